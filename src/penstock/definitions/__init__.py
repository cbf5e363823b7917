"""What a store says about its custom data: definitions, quarantine of what cannot be read, names, rules, fingerprint.

`parse_definitions` makes definitions of what upstream answers; `assign_field_names`, `assign_type_names` and
`enum_members` name them; `violations` checks what a caller writes and the functions of `coerce` read what a row holds.

Never here: GraphQL types, I/O.
"""

from __future__ import annotations

from penstock.definitions.fingerprint import fingerprint
from penstock.definitions.model import (
    JSON,
    FieldDefinition,
    FieldType,
    FlowDefinition,
    Problem,
    Rule,
    RuleKind,
    StoreDefinitions,
)
from penstock.definitions.naming import assign_field_names, camel_name, enum_members, pascal_name
from penstock.definitions.parse import parse_definitions
from penstock.definitions.rules import Violation, is_wide_integer, sole_rule, violations
from penstock.definitions.type_naming import EntryNames, assign_type_names

__all__ = [
    "JSON",
    "EntryNames",
    "FieldDefinition",
    "FieldType",
    "FlowDefinition",
    "Problem",
    "Rule",
    "RuleKind",
    "StoreDefinitions",
    "Violation",
    "assign_field_names",
    "assign_type_names",
    "camel_name",
    "enum_members",
    "fingerprint",
    "is_wide_integer",
    "parse_definitions",
    "pascal_name",
    "sole_rule",
    "violations",
]
