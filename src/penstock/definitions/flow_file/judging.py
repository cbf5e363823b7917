"""What a file asks for and upstream would not do, one sentence for each, with the remedy.

Never here: what is wrong with a file whatever the store holds (`reading`).
Source: CONTRACT §9.1 (core slugs, owners, an empty text changes nothing), §9.2 (reserved slugs, `$`), R3, R19.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from penstock.definitions.authoring import field_faults, name_faults
from penstock.definitions.flow_file.comparing import field_body
from penstock.definitions.flow_file.model import DeclaredField, DeclaredFlow, HeldField, HeldFlow
from penstock.definitions.flow_file.steps import Part
from penstock.definitions.text import shown

_LONGEST_ADDRESS = 64
_JUDGED_IN_THE_FILE = frozenset({"validation_rules", "field_type"})
"""Keys that reading has judged, with the line of each rule; a rule given verbatim is judged by the store alone."""
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
    if "slug" in written and len(slug) > _LONGEST_ADDRESS:
        reasons.append(f"A flow's slug stands in addresses and has at most {_LONGEST_ADDRESS} characters.")
    if held is not None and "slug" in written and {slug, held.attributes.slug} & core:
        reasons.append(
            f"It would be renamed from {shown(held.attributes.slug)}; a flow of upstream's own resources is bound to "
            "its slug. Leave out was."
        )
    if held is not None and "description" in written and not flow.attributes.description:
        reasons.append("Upstream takes an empty description for none at all; leave it out or write one.")
    if parts and held is not None and not held.own:
        reasons.append(_ORGANISATION)
    return (*reasons, *(fault.message for fault in name_faults({part.key: part.after for part in parts})))


def judge_field(
    found: DeclaredField, match: HeldField | None, parts: Sequence[Part], place: FieldPlace
) -> tuple[str, ...]:
    """Why upstream would not make this field or these changes of it; empty where it would."""
    written = {part.key: part for part in parts}
    reasons = [*_type_reasons(match, written)]
    if match is None and found.attributes.slug in place.closed:
        reasons.append("The store holds a field of this slug that a file cannot describe.")
    if parts and not (place.own if match is None else match.own):
        reasons.append(_ORGANISATION)
    given = written.keys() - _JUDGED_IN_THE_FILE
    reasons.extend(fault.message for fault in field_faults(field_body(found.attributes), given, place.reserved))
    return tuple(reasons)


def _type_reasons(match: HeldField | None, written: dict[str, Part]) -> Iterable[str]:
    change = written.get("field_type")
    if match is not None and change is not None:
        yield (
            f"The type of a field cannot be changed from {change.before} to {change.after}. Declare a field with "
            "another slug, or delete this one first: its values go with it."
        )
