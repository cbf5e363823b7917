"""From the slugs of custom flows to the names of their types and root fields, derived names included.

Never here: core resources' names (the caller passes them as reserved), GraphQL types.
Source: the naming rules of the GraphQL conventions; CONTRACT §9.1, R18 (one flow a slug).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from penstock.definitions.age import age_key
from penstock.definitions.model import FlowDefinition, Problem
from penstock.definitions.naming import capitalised, join_camel, slug_words

DERIVED_TYPE_SUFFIXES = (
    "Connection",
    "Edge",
    "Filter",
    "Sort",
    "SortKey",
    "Input",
    "Payload",
    "CreateInput",
    "CreatePayload",
    "UpdateInput",
    "UpdatePayload",
    "DeleteInput",
    "DeletePayload",
    "RelationshipSetInput",
    "RelationshipSetPayload",
)
"""What may be put behind a type's name to name another type."""

DERIVED_ROOT_SUFFIXES = ("Create", "Update", "Delete", "RelationshipSet")
"""What may be put behind a single root field's name to name a mutation."""

_LANGUAGE_TYPES = frozenset({"Query", "Mutation", "Subscription", "String", "Int", "Float", "Boolean", "ID"})
_SINGULARS = {"caches": "cache", "cookies": "cookie", "movies": "movie", "niches": "niche"}
_WITHOUT_PLURAL = frozenset({"news", "series", "species"})
_KEEPS_S = ("ss", "us", "is")
_DROPS_ES = ("sses", "shes", "ches", "xes", "zzes", "tzes")
_SHORTEST_IES = 5


@dataclass(frozen=True, slots=True)
class EntryNames:
    """The names of one custom flow in the schema.

    Attributes:
        type_name: `Wishlist`; the types derived from it add one of `DERIVED_TYPE_SUFFIXES`.
        singular: `wishlist`, the query of one entry.
        plural: `wishlists`, the query of many.
    """

    type_name: str
    singular: str
    plural: str

    @property
    def create_root(self) -> str:
        """The mutation that makes an entry: `wishlistCreate`."""
        return f"{self.singular}Create"

    @property
    def update_root(self) -> str:
        """The mutation that changes an entry: `wishlistUpdate`."""
        return f"{self.singular}Update"

    @property
    def delete_root(self) -> str:
        """The mutation that removes an entry: `wishlistDelete`."""
        return f"{self.singular}Delete"

    @property
    def relationship_set_root(self) -> str:
        """The mutation that sets a relationship of an entry: `wishlistRelationshipSet`."""
        return f"{self.singular}RelationshipSet"

    @property
    def types(self) -> frozenset[str]:
        """Every type name that these names may lead to."""
        return frozenset(with_suffixes([self.type_name], DERIVED_TYPE_SUFFIXES))

    @property
    def roots(self) -> frozenset[str]:
        """Every root field that these names may lead to, queries and mutations together."""
        return frozenset([*with_suffixes([self.singular], DERIVED_ROOT_SUFFIXES), self.plural])


def with_suffixes(names: Iterable[str], suffixes: Sequence[str]) -> list[str]:
    """Each name, bare and with each suffix."""
    return [name + suffix for name in names for suffix in ("", *suffixes)]


def singular_of(word: str) -> str:
    """The singular of an English word by rule, the word itself where no rule applies; capitals are kept."""
    lower = word.lower()
    if lower in _WITHOUT_PLURAL or not lower.endswith("s") or lower.endswith(_KEEPS_S) or len(word) <= 2:
        return word
    if lower in _SINGULARS:
        return word[: len(_SINGULARS[lower])]
    if lower.endswith("ies") and len(word) >= _SHORTEST_IES:
        return word[:-3] + ("Y" if word.isupper() else "y")
    return word[:-2] if lower.endswith(_DROPS_ES) else word[:-1]


def assign_type_names(
    flows: Sequence[FlowDefinition],
    reserved_types: frozenset[str],
    reserved_roots: frozenset[str],
    pinned: Mapping[str, EntryNames] | None = None,
    taken: Iterable[EntryNames] = (),
) -> tuple[dict[str, EntryNames], tuple[Problem, ...]]:
    """Flow slug → names, and a problem for each flow that could not have its own.

    Pinned names are taken first; then, oldest first (`created_at`, then id), each flow takes the first free of its own
    names, those with `2`, `3`…; what meets a reserved name gets the prefix `Custom` before. Free means that none of its
    names, derived ones included, meets a name, derived ones included, that is reserved or taken, and that the type does
    not end in `Enum`.

    Args:
        flows: The custom flows. Disabled ones too, if switching one on is never to rename another.
        reserved_types: Type names that belong to the gateway.
        reserved_roots: Root fields, queries and mutations, that belong to the gateway.
        pinned: Flow slug → names given earlier. Names that are not free are passed over.
        taken: Names of flows that are gone: no flow gets them, but whose pin says so.
    """
    given = _given(reserved_types, reserved_roots)
    own = {flow.slug: _own_names(flow) for flow in flows}
    reserved = frozenset(slug for slug, wanted in own.items() if given.meets(wanted))
    oldest_first = sorted(flows, key=lambda flow: (age_key(flow.created_at, flow.id), flow.slug))
    names: dict[str, EntryNames] = {}
    for flow in oldest_first:
        kept = (pinned or {}).get(flow.slug)
        if kept is not None and flow.slug not in names and given.leaves_free(kept):
            names[flow.slug] = given.give(kept)
    for gone in taken:
        given.give(gone)
    for flow in oldest_first:
        if flow.slug not in names:
            wanted = own[flow.slug]
            names[flow.slug] = given.give(given.first_free(_customised(wanted) if flow.slug in reserved else wanted))
    refused = {slug for slug, name in names.items() if name != own[slug] and not given.leaves_free(own[slug])}
    return names, tuple(_refusal(slug, own[slug], names[slug]) for slug in sorted(refused))


def are_free(
    names: EntryNames, taken: Iterable[EntryNames], reserved_types: frozenset[str], reserved_roots: frozenset[str]
) -> bool:
    """Whether names can be used beside those that are taken or reserved, derived ones included."""
    given = _given(reserved_types, reserved_roots)
    for others in taken:
        given.give(others)
    return given.leaves_free(names)


def _given(reserved_types: frozenset[str], reserved_roots: frozenset[str]) -> _Given:
    return _Given(
        set(with_suffixes(reserved_types | _LANGUAGE_TYPES, DERIVED_TYPE_SUFFIXES)),
        set(with_suffixes(reserved_roots, DERIVED_ROOT_SUFFIXES)),
    )


def _refusal(slug: str, wanted: EntryNames, given: EntryNames) -> Problem:
    reason = f"The name {wanted.type_name} or one derived from it cannot be given; the type is {given.type_name}."
    return Problem(slug, None, None, reason)


@dataclass(frozen=True, slots=True)
class _Given:
    """The names given so far."""

    types: set[str]
    roots: set[str]

    def give(self, names: EntryNames) -> EntryNames:
        self.types.update(names.types)
        self.roots.update(names.roots)
        return names

    def meets(self, names: EntryNames) -> bool:
        return not (self.types.isdisjoint(names.types) and self.roots.isdisjoint(names.roots))

    def leaves_free(self, names: EntryNames) -> bool:
        return not names.type_name.endswith("Enum") and not self.meets(names)

    def first_free(self, names: EntryNames) -> EntryNames:
        candidate, number = names, 1
        while not self.leaves_free(candidate):
            number += 1
            candidate = EntryNames(f"{names.type_name}{number}", f"{names.singular}{number}", f"{names.plural}{number}")
        return candidate


def _own_names(flow: FlowDefinition) -> EntryNames:
    words = slug_words(flow.slug)
    plural = join_camel(words, flow.id)
    single = join_camel([*words[:-1], singular_of(words[-1])], flow.id) if words else plural
    return EntryNames(capitalised(single), single, f"{plural}List" if single == plural else plural)


def _customised(names: EntryNames) -> EntryNames:
    return EntryNames(
        f"Custom{names.type_name}",
        f"custom{capitalised(names.singular)}",
        f"custom{capitalised(names.plural)}",
    )
