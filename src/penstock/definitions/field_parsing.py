"""Reading of one field as a store holds it: a definition, a place in quarantine, or nothing but problems.

Never here: what fields of one flow do to each other (`parse`).
Source: CONTRACT §9.2-9.4, R3 (defaults of another type are real), Q3 (lengths).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from penstock.definitions.model import FieldDefinition, FieldType
from penstock.definitions.rule_parsing import read_rules
from penstock.definitions.rules import violations
from penstock.definitions.text import canonical, clean_line, clean_paragraphs, has_controls, has_surrogates, shown

LONGEST_IDENTITY = 255
LONGEST_NAME = 255
LONGEST_DESCRIPTION = 10_000
_LONGEST_DEFAULT = 10_000
_LARGEST_ORDER = 2**31
_FIELD_TYPES = {field_type.value: field_type for field_type in FieldType}


@dataclass(frozen=True, slots=True)
class FieldRead:
    """What became of one field.

    Attributes:
        id: Its id, or "" where there is no usable one.
        slug: Its slug, verbatim, or "" where there is no usable one.
        definition: The usable definition, or None: then the field is quarantined if it has a slug.
        reasons: One sentence for each thing that could not be used as it is.
    """

    id: str
    slug: str
    definition: FieldDefinition | None
    reasons: tuple[str, ...]


def read_field(raw: object) -> FieldRead:
    """One field from its decoded JSON, whatever that holds."""
    if not isinstance(raw, dict):
        return FieldRead("", "", None, (f"A field is {shown(raw)}, not an object, and is left out.",))
    reasons: list[str] = []
    identity = read_id(raw.get("id"))
    slug = raw.get("slug")
    if not isinstance(slug, str) or not slug or has_surrogates(slug):
        reasons.append(f"Its slug is {shown(slug)}, which cannot be a key; the field is left out. Give it a slug.")
        return FieldRead(identity, "", None, tuple(reasons))
    if not identity:
        reasons.append(f"Its id is {shown(raw.get('id'))}, to which no name can be pinned; {_QUARANTINED}")
    if len(slug) > LONGEST_IDENTITY:
        reasons.append(f"Its slug is longer than {LONGEST_IDENTITY} characters; {_QUARANTINED}")
    if has_controls(slug):
        reasons.append("Its slug holds control characters; the field is served, but change the slug.")
    field_type = read_field_type(raw.get("field_type"))
    if field_type is None:
        reasons.append(f"Its field_type {shown(raw.get('field_type'))} is unknown; {_QUARANTINED}")
    if not identity or field_type is None or len(slug) > LONGEST_IDENTITY:
        return FieldRead(identity, slug, None, tuple(reasons))
    definition = _define(raw, identity, slug, field_type, reasons)
    return FieldRead(identity, slug, definition, tuple(reasons))


_QUARANTINED = "the field is reachable through customField only."


def _define(
    raw: Mapping[str, object], identity: str, slug: str, field_type: FieldType, reasons: list[str]
) -> FieldDefinition | None:
    rules = read_rules(raw.get("validation_rules"), field_type)
    reasons.extend(rules.reasons)
    usable = rules.rules
    if field_type is FieldType.RELATIONSHIP:
        if not usable:
            reasons.append(f"It is a relationship without a target; {_QUARANTINED} Give it a rule with to.")
            return None
        if len(usable) > 1:
            reasons.append(
                f"It has several relationship rules; {usable[0].kind.value} to {shown(usable[0].target)} counts."
            )
            usable = usable[:1]
    created_at, updated_at = read_timestamps(raw)
    definition = FieldDefinition(
        id=identity,
        slug=slug,
        name=read_name(raw.get("name"), slug, reasons),
        description=read_description(raw.get("description"), reasons),
        field_type=field_type,
        required=read_flag(raw, "required", reasons, absent=False) and field_type is not FieldType.RELATIONSHIP,
        enabled=read_flag(raw, "enabled", reasons, absent=True),
        omit_null=read_flag(raw, "omit_null", reasons, absent=False),
        order=_read_order(raw.get("order"), reasons),
        rules=usable,
        created_at=created_at,
        updated_at=updated_at,
        unread_rules=rules.unread,
    )
    return replace(definition, default=_read_default(raw.get("default"), definition, reasons))


def read_id(raw: object) -> str:
    """An id that can be compared and written down, verbatim, or ""."""
    usable = isinstance(raw, str) and len(raw) <= LONGEST_IDENTITY and not has_surrogates(raw) and not has_controls(raw)
    return raw if usable and isinstance(raw, str) else ""


def read_field_type(raw: object) -> FieldType | None:
    """The field type that upstream's word names, or None."""
    return _FIELD_TYPES.get(raw) if isinstance(raw, str) else None


def read_name(raw: object, slug: str, reasons: list[str]) -> str:
    """A name on one line; the slug stands in for what is missing, empty or not text."""
    if raw is not None and not isinstance(raw, str):
        reasons.append(f"Its name is {shown(raw)}, not text; the slug stands in for it.")
    given = clean_line(raw, LONGEST_NAME) if isinstance(raw, str) else ""
    return given or clean_line(slug, LONGEST_NAME)


def read_description(raw: object, reasons: list[str]) -> str:
    """A description of one or more lines, "" for what is missing or not text."""
    if isinstance(raw, str):
        return clean_paragraphs(raw, LONGEST_DESCRIPTION)
    if raw is not None:
        reasons.append(f"Its description is {shown(raw)}, not text, and is ignored.")
    return ""


def read_flag(raw: Mapping[str, object], key: str, reasons: list[str], *, absent: bool) -> bool:
    """A boolean, also from the text of one; `absent` where it is missing, null or anything else."""
    given = raw.get(key)
    if given is None or isinstance(given, bool):
        return absent if given is None else given
    word = given.strip().lower() if isinstance(given, str) else ""
    read = {"true": True, "false": False}.get(word, absent)
    reasons.append(f"Its {key} is {shown(given)}, not a boolean; it is read as {str(read).lower()}.")
    return read


def read_timestamps(raw: Mapping[str, object]) -> tuple[str, str]:
    """`created_at` and `updated_at` of `meta.timestamps`, each "" where it is missing or unusable."""
    meta = raw.get("meta")
    timestamps = meta.get("timestamps") if isinstance(meta, dict) else None
    if not isinstance(timestamps, dict):
        return "", ""
    return read_id(timestamps.get("created_at")), read_id(timestamps.get("updated_at"))


def _read_order(raw: object, reasons: list[str]) -> int | None:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) <= _LARGEST_ORDER:
        return raw
    if raw is not None:
        reasons.append(f"Its order is {shown(raw)}, not an integer; the field stands behind those that have one.")
    return None


def _read_default(raw: object, field: FieldDefinition, reasons: list[str]) -> str:
    """The default as JSON text, "null" for what cannot be written as JSON; a default that does not suit is kept."""
    text = canonical(raw, finite=True)
    if not text or len(text) > _LONGEST_DEFAULT:
        reasons.append("Its default is not JSON or too long to be shown; it is left out.")
        return "null"
    if raw is None:
        return text
    if field.field_type is FieldType.STRING and isinstance(raw, bool | int | float):
        reasons.append(
            f"Its default {shown(raw)} is no text, which is harmless: it is shown as it is and never applied."
        )
    elif not isinstance(raw, bool | int | float | str):
        reasons.append(f"Its default is {shown(raw)}, which no field can hold; it is shown as it is and never applied.")
    else:
        reasons.extend(
            f"Its default {shown(raw)} does not suit the field: {violation.message} "
            "It is shown as it is and never applied; correct it in the store."
            for violation in violations(field, raw)
        )
    return text
