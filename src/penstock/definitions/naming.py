"""From slugs to GraphQL names: total, deterministic, and stable when a store adds fields, options or flows.

Never here: names of core attributes (the caller passes them as reserved), GraphQL types.
Source: the naming rules of the GraphQL conventions; CONTRACT §9.2, §9.5 (slugs are not GraphQL-safe).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penstock.definitions.age import age_key
from penstock.definitions.model import FieldDefinition, Number

OUTPUT_ONLY_MEMBER = "UNRECOGNIZED"
"""The enum member that stands for a stored value outside its rule; no option may be named so."""

_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_GRAPHQL_NAME = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LONGEST_MEMBER = 255


def slug_words(slug: str) -> list[str]:
    """The runs of ASCII letters and digits in a slug, in order, none of them empty."""
    return [word for word in _SEPARATORS.split(slug) if word]


def _is_mixed_case(word: str) -> bool:
    return word != word.lower() and word != word.upper()


def _first_word(word: str) -> str:
    return word[0].lower() + word[1:] if _is_mixed_case(word) else word.lower()


def _later_word(word: str) -> str:
    return word[0].upper() + word[1:] if _is_mixed_case(word) else word.capitalize()


def join_camel(words: Sequence[str], identity: str) -> str:
    """Words of ASCII letters and digits as one camelCase GraphQL name; no words → `field` and part of the id."""
    if not words:
        return "field" + "".join(slug_words(identity))[:8]
    name = _first_word(words[0]) + "".join(_later_word(word) for word in words[1:])
    return f"field{name}" if name[0].isdigit() else name


def camel_name(slug: str, field_id: str) -> str:
    """The GraphQL name of a slug: `delivery_details` → `deliveryDetails`, `2fa_secret` → `field2faSecret`.

    Valid for any text: only ASCII letters and digits survive, a leading digit gets the prefix `field`, and where
    nothing survives the name is `field` and the first eight letters or digits of the id.
    """
    return join_camel(slug_words(slug), field_id)


def pascal_name(slug: str, field_id: str) -> str:
    """As `camel_name`, with a capital first letter: the form of type names."""
    return capitalised(camel_name(slug, field_id))


def capitalised(name: str) -> str:
    """The name with its first letter upper-cased and the rest untouched."""
    return name[:1].upper() + name[1:]


def assign_field_names(
    fields: Sequence[FieldDefinition],
    reserved: frozenset[str],
    pinned: Mapping[str, str] | None = None,
    taken: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """Field id → GraphQL name, all different and none reserved.

    Pinned names are taken first; then each field, oldest first (`created_at`, then id), takes the first free of its
    own name, that name with `2`, `3`…; a reserved name becomes `custom…` before. A field newer than all others
    therefore never renames one of them.

    Args:
        fields: The fields of one flow in any order, ids all different.
        reserved: GraphQL names that the extended type already has.
        pinned: Field id → name given earlier. A pin that is no valid name, is reserved by now or was already taken
            by an older field's pin is passed over; pins of ids not among the fields reserve nothing.
        taken: Names of fields that are gone: nobody gets them, but whose pin says so.
    """
    oldest_first = sorted(fields, key=lambda field: age_key(field.created_at, field.id))
    names: dict[str, str] = {}
    given = set(reserved)
    numbers: dict[str, int] = {}
    for field in oldest_first:
        name = (pinned or {}).get(field.id)
        if name is not None and name not in given and _GRAPHQL_NAME.fullmatch(name):
            names[field.id] = name
            given.add(name)
    given |= taken
    for field in oldest_first:
        if field.id in names:
            continue
        name = camel_name(field.slug, field.id)
        if name in reserved:
            name = "custom" + capitalised(name)
        names[field.id] = _first_free(name, given, numbers)
        given.add(names[field.id])
    return names


def _first_free(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    """The name, or the name with the first free number; `numbers` remembers where each name's search had got to."""
    if name not in taken:
        return name
    number = numbers.get(name, 2)
    while f"{name}{number}" in taken:
        number += 1
    numbers[name] = number
    return f"{name}{number}"


@dataclass(frozen=True, slots=True)
class EnumMember:
    """One member of a generated enum: its GraphQL name and the option it stands for."""

    name: str
    value: str


def pinned_members(options: Sequence[str | Number], pinned: Mapping[str, str]) -> tuple[EnumMember, ...] | None:
    """As `enum_members`, for a field that has been an enum: adding an option never renames or removes another one.

    An option whose own name cannot be given gets the first free of that name with `_2`, `_3`…, or of `OPTION`; the
    empty text, which is how upstream stores nothing, gets none.

    Args:
        options: Of the rule, in its order.
        pinned: Option → member given earlier, options that are gone included: theirs are given to nobody else.
    """
    if not pinned:
        return enum_members(options)
    texts = dict.fromkeys(option for option in options if isinstance(option, str) and option)
    if not texts or not all(isinstance(option, str) for option in options):
        return None
    names: dict[str, str] = {}
    taken = {OUTPUT_ONLY_MEMBER, *pinned.values()}
    for option in texts:
        kept = pinned.get(option)
        is_kept = kept is not None and kept != OUTPUT_ONLY_MEMBER and kept not in names.values()
        names[option] = kept if kept is not None and is_kept else _free_member(option, taken)
        taken.add(names[option])
    return tuple(EnumMember(name, option) for option, name in names.items())


def _free_member(option: str, taken: set[str]) -> str:
    name = _member_name(option)[: _LONGEST_MEMBER - 10] or "OPTION"
    number = 2
    candidate = name
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def _member_name(option: str) -> str:
    name = "_".join(slug_words(option)).upper()
    return f"OPTION_{name}" if name[:1].isdigit() else name


def enum_members(options: Sequence[str | Number]) -> tuple[EnumMember, ...] | None:
    """The members for the options of an enum rule, in their order, or None where the field must stay `String`.

    Names are SCREAMING_SNAKE of the option, split where it holds anything but ASCII letters and digits; a leading
    digit gets the prefix `OPTION_`. None when there is no option, one is not text, is left without a name, is named
    like `UNRECOGNIZED`, or two options meet in one name.
    """
    members: dict[str, EnumMember] = {}
    for option in options:
        if not isinstance(option, str):
            return None
        name = _member_name(option)
        if not name or name in members or name == OUTPUT_ONLY_MEMBER or len(name) > _LONGEST_MEMBER:
            return None
        members[name] = EnumMember(name, option)
    return tuple(members.values()) or None
