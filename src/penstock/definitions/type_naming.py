"""From the slugs of custom flows to the names of their types and root fields, derived names included.

Never here: core resources' names (the caller passes them as reserved), GraphQL types.
Source: the naming rules of the GraphQL conventions; CONTRACT §9.1, R18 (one flow a slug).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
) -> tuple[dict[str, EntryNames], tuple[Problem, ...]]:
    """Flow slug → names, and a problem for each flow that could not have its own.

    Oldest first (`created_at`, then id), each flow takes the first free of its own names, those with `2`, `3`…; what
    meets a reserved name gets the prefix `Custom` before. Free means that none of its names, derived ones included,
    meets a name, derived ones included, that is reserved or taken, and that the type does not end in `Enum`.

    Args:
        flows: The custom flows. Disabled ones too, if switching one on is never to rename another.
        reserved_types: Type names that belong to the gateway.
        reserved_roots: Root fields, queries and mutations, that belong to the gateway.
    """
    names: dict[str, EntryNames] = {}
    problems: list[Problem] = []
    types = set(with_suffixes(reserved_types | _LANGUAGE_TYPES, DERIVED_TYPE_SUFFIXES))
    roots = set(with_suffixes(reserved_roots, DERIVED_ROOT_SUFFIXES))
    own = {flow.slug: _own_names(flow) for flow in flows}
    reserved = frozenset(slug for slug, wanted in own.items() if _meets(wanted, types, roots))
    for flow in sorted(flows, key=lambda flow: (age_key(flow.created_at, flow.id), flow.slug)):
        if flow.slug in names:
            continue
        wanted = own[flow.slug]
        given = _first_free(_customised(wanted) if flow.slug in reserved else wanted, types, roots)
        names[flow.slug] = given
        types |= given.types
        roots |= given.roots
        if given != wanted:
            reason = (
                f"The name {wanted.type_name} or one derived from it cannot be given; the type is {given.type_name}."
            )
            problems.append(Problem(flow.slug, None, None, reason))
    return names, tuple(sorted(problems, key=lambda problem: (problem.flow or "", problem.reason)))


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


def _first_free(names: EntryNames, types: set[str], roots: set[str]) -> EntryNames:
    candidate, number = names, 1
    while not _is_free(candidate, types, roots):
        number += 1
        candidate = EntryNames(f"{names.type_name}{number}", f"{names.singular}{number}", f"{names.plural}{number}")
    return candidate


def _is_free(names: EntryNames, types: set[str], roots: set[str]) -> bool:
    return not names.type_name.endswith("Enum") and not _meets(names, types, roots)


def _meets(names: EntryNames, types: set[str], roots: set[str]) -> bool:
    return not (types.isdisjoint(names.types) and roots.isdisjoint(names.roots))
