"""One digest over everything in the definitions that can change the schema or what is said about it.

Never here: files, clocks, the schema itself.
Source: CONTRACT §9.8.3.
"""

from __future__ import annotations

import hashlib

from penstock.definitions.model import FieldDefinition, FlowDefinition, Rule, StoreDefinitions
from penstock.definitions.text import canonical


def fingerprint(definitions: StoreDefinitions) -> str:
    """SHA-256 in hex: the same for the same flows, fields, rules, quarantine and problems in whatever order.

    The options of an enum rule keep their order, because the generated enum does. The digest that the definitions
    already carry does not count.
    """
    parts = [
        sorted(definitions.mandatory_address_keys),
        sorted(_flow(flow) for flow in definitions.flows),
        sorted(canonical(list(item)) for item in definitions.quarantined),
        sorted(canonical([p.flow, p.slug, p.field_id, p.reason]) for p in definitions.problems),
    ]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def _flow(flow: FlowDefinition) -> str:
    own = [flow.id, flow.slug, flow.name, flow.description, flow.enabled, flow.created_at]
    return canonical([*own, sorted(_field(field) for field in flow.fields)])


def _field(field: FieldDefinition) -> str:
    return canonical(
        [
            field.id,
            field.slug,
            field.name,
            field.description,
            field.field_type.value,
            field.required,
            field.enabled,
            field.omit_null,
            field.order,
            field.default,
            field.created_at,
            field.updated_at,
            field.unread_rules,
            sorted(_rule(rule) for rule in field.rules),
        ]
    )


def _rule(rule: Rule) -> str:
    return canonical([rule.kind.value, list(rule.options), rule.minimum, rule.maximum, rule.target])
