"""What a file asks for and upstream would not do, one sentence for each, with the remedy.

Never here: what is wrong with a file whatever the store holds (`reading`).
Source: CONTRACT §9.1 (core slugs, owners, an empty text changes nothing), §9.2 (reserved slugs, `$`), R3, R19.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from penstock.definitions.field_parsing import read_field
from penstock.definitions.flow_file.comparing import field_body
from penstock.definitions.flow_file.model import DeclaredField, DeclaredFlow, FieldAttributes, HeldField, HeldFlow
from penstock.definitions.flow_file.steps import Part
from penstock.definitions.model import JSON
from penstock.definitions.rules import violations
from penstock.definitions.text import shown

_ADDRESSABLE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_FIELD_SLUG = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_ORGANISATION = "It belongs to the organisation; a store cannot change it."


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """The flow that a field is in.

    Attributes:
        flow: Its slug, as the file has it.
        reserved: Keys that no field of it may have.
        own: Whether it is the store's own.
        closed: Slugs of its fields that a file cannot describe.
    """

    flow: str
    reserved: frozenset[str]
    own: bool
    closed: tuple[str, ...]


def flow_reasons(
    flow: DeclaredFlow, held: HeldFlow | None, parts: Sequence[Part], core: frozenset[str], *, closed: bool
) -> tuple[str, ...]:
    """Why upstream would not make this flow or these changes of it; empty where it would."""
    slug = flow.attributes.slug
    written = {part.key: part for part in parts}
    reasons: list[str] = []
    if closed and held is None:
        reasons.append("The store holds a flow of this slug that a file cannot describe.")
    if "slug" in written and not _ADDRESSABLE.fullmatch(slug):
        reasons.append("A flow's slug has 1 to 64 letters, digits, hyphens and underscores.")
    if held is not None and "slug" in written and {slug, held.attributes.slug} & core:
        reasons.append(
            f"It would be renamed from {shown(held.attributes.slug)}; a flow of upstream's own resources is bound to "
            "its slug. Leave out was."
        )
    if held is not None and "description" in written and not flow.attributes.description:
        reasons.append("Upstream takes an empty description for none at all; leave it out or write one.")
    if parts and held is not None and not held.own:
        reasons.append(_ORGANISATION)
    return (*reasons, *_name_reasons(written))


def judge_field(
    found: DeclaredField, match: HeldField | None, parts: Sequence[Part], place: FieldPlace
) -> tuple[str, ...]:
    """Why upstream would not make this field or these changes of it; empty where it would."""
    written = {part.key: part for part in parts}
    reasons = [*_type_reasons(match, written), *_slug_reasons(found, match, written, place), *_name_reasons(written)]
    if parts and not (place.own if match is None else match.own):
        reasons.append(_ORGANISATION)
    if "default" in written and found.attributes.default is not None and not reasons:
        reasons.extend(_default_reasons(found.attributes))
    return tuple(reasons)


def _type_reasons(match: HeldField | None, written: dict[str, Part]) -> Iterable[str]:
    change = written.get("field_type")
    if match is not None and change is not None:
        yield (
            f"The type of a field cannot be changed from {change.before} to {change.after}. Declare a field with "
            "another slug, or delete this one first: its values go with it."
        )


def _slug_reasons(
    found: DeclaredField, match: HeldField | None, written: dict[str, Part], place: FieldPlace
) -> Iterable[str]:
    slug = found.attributes.slug
    if match is None and slug in place.closed:
        yield "The store holds a field of this slug that a file cannot describe."
    if "slug" not in written:
        return
    if slug in place.reserved:
        yield f"{shown(slug)} is an attribute that {place.flow} have anyway; take another slug."
    if not _FIELD_SLUG.fullmatch(slug):
        yield "A field's slug has letters, digits, hyphens and underscores."


def _name_reasons(written: dict[str, Part]) -> Iterable[str]:
    name = written.get("name")
    if name is not None and str(name.after).startswith("$"):
        yield "A name cannot begin with $."


def _default_reasons(attributes: FieldAttributes) -> Iterable[str]:
    """Why the default does not suit: upstream would keep it and never apply it, which nobody can mean."""
    body: dict[str, JSON] = {**field_body(attributes), "id": "new", "default": None}
    definition = read_field(body).definition
    if definition is None:
        return
    for violation in violations(definition, attributes.default):
        yield f"The default {shown(attributes.default)} does not suit. {violation.message}"
