"""What is wrong with a field that someone wants to make or change, judged before the store is asked.

Never here: the GraphQL names of what is wrong, sending.
Source: CONTRACT §9.2 (names, slugs, immutable type), §9.3 (a rule suits a type), R3 (a default has the type).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Literal, TypeAlias

from penstock.definitions.field_parsing import read_field
from penstock.definitions.model import JSON, FieldType
from penstock.definitions.rule_parsing import read_rules
from penstock.definitions.rules import violations
from penstock.definitions.text import shown

FaultCode: TypeAlias = Literal["INVALID", "NOT_A_SLUG", "REQUIRED", "REJECTED"]
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BodyFault:
    """Something wrong with a body: where it stands under upstream's keys, a code, a sentence."""

    path: tuple[str, ...]
    code: FaultCode
    message: str


def name_faults(body: Mapping[str, JSON]) -> list[BodyFault]:
    """What is wrong with the name and the slug of a flow or a field."""
    faults = []
    name, slug = body.get("name"), body.get("slug")
    if isinstance(name, str) and name.startswith("$"):
        faults.append(BodyFault(("name",), "INVALID", "A name cannot begin with $."))
    if isinstance(slug, str) and slug and _SLUG.fullmatch(slug) is None:
        faults.append(BodyFault(("slug",), "NOT_A_SLUG", "A slug has letters, digits, hyphens and underscores."))
    return faults


def field_faults(body: Mapping[str, JSON], given: Set[str], reserved: Set[str]) -> list[BodyFault]:
    """What is wrong with a field.

    Args:
        body: The whole field as it would be, in upstream's own form.
        given: The keys that are written; what is not written is not judged.
        reserved: Keys that no field of its flow may have.
    """
    faults = name_faults({key: body[key] for key in given if key in body})
    if "slug" in given and body.get("slug") in reserved:
        said = f"{shown(body.get('slug'))} is an attribute of upstream's own; take another slug."
        faults.append(BodyFault(("slug",), "REJECTED", said))
    field_type = next((one for one in FieldType if one.value == body.get("field_type")), None)
    if field_type is None:
        return faults
    if given & {"validation_rules", "field_type"}:
        faults += _rule_faults(body.get("validation_rules"), field_type)
    if field_type is FieldType.RELATIONSHIP and body.get("required") is True:
        faults.append(BodyFault(("required",), "INVALID", "A relationship cannot be required."))
    if given & {"default", "validation_rules"} and not faults:
        faults += _default_faults(body)
    return faults


def _rule_faults(rules: JSON, field_type: FieldType) -> list[BodyFault]:
    listed = rules if isinstance(rules, list) else []
    faults = [
        BodyFault(("validation_rules", str(index)), "INVALID", reason)
        for index, rule in enumerate(listed)
        for reason in _reasons(rule, field_type)
    ]
    if field_type is FieldType.RELATIONSHIP and not faults and len(listed) != 1:
        said = "A relationship needs exactly one rule: ONE_TO_ONE or ONE_TO_MANY, with what it points to."
        faults.append(BodyFault(("validation_rules",), "REQUIRED" if not listed else "INVALID", said))
    return faults


def _reasons(rule: JSON, field_type: FieldType) -> tuple[str, ...]:
    """Why a rule cannot be written: what reading it would say, and bounds that no whole number is."""
    read = read_rules([rule], field_type)
    bounds = [bound for one in read.rules for bound in (one.minimum, one.maximum)]
    if field_type is FieldType.INTEGER and any(isinstance(bound, float) for bound in bounds):
        return (*read.reasons, "The bounds of an integer field are whole numbers.")
    return read.reasons


def _default_faults(body: Mapping[str, JSON]) -> list[BodyFault]:
    default = body.get("default")
    if default is None:
        return []
    if isinstance(default, dict | list):
        return [BodyFault(("default",), "INVALID", "A default is a single value.")]
    definition = read_field({**body, "id": "new", "name": "default", "default": None}).definition
    if definition is None:
        return []
    if definition.field_type is FieldType.RELATIONSHIP:
        return [BodyFault(("default",), "INVALID", "A relationship has no default.")]
    return [BodyFault(("default",), "INVALID", found.message) for found in violations(definition, default)]
