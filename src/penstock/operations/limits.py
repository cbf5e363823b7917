"""How large an operation is, measured before it is validated: each fragment once, so that spreads cost linear time.

Never here: parsing, validation rules of the language.
Source: HOUSE (limiters that expand every spread again cost seconds on 800 bytes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from penstock.errors import LimitError


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a document. 0 switches a bound off.

    Attributes:
        tokens: Lexical tokens of the whole document.
        depth: Levels of fields, introspection aside.
        aliases: Aliases and repeated fields of an operation, spreads expanded.
        root_fields: Fields an operation begins with.
        mutations: Root fields of a mutation.
        directives: Directives on one node.
    """

    tokens: int = 3_000
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    mutations: int = 5
    directives: int = 10


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    fields: int = 0


_MOST = 10**9
"""Counts stop growing here: doubling spreads would make numbers of thousands of digits."""


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document with an operation that is too large.

    Args:
        document: Parsed, not validated: fragments may be missing or go in circles.
        limits: The bounds.

    Raises:
        LimitError: Names the bound, what was found, and what is allowed.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measure = _Measure(fragments, limits)
    for fragment in fragments.values():
        measure.fragment(fragment.name.value)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _check_operation(node, measure.selection_set(node.selection_set), limits)


def _check_operation(node: OperationDefinitionNode, size: _Size, limits: Limits) -> None:
    name = f"The operation {node.name.value}" if node.name else "The operation"
    _bound(name, "is nested {} levels deep", size.depth, limits.depth)
    _bound(name, "has {} aliases and repeated fields", size.aliases, limits.aliases)
    _bound(name, "begins with {} fields", size.fields, limits.root_fields)
    if node.operation is OperationType.MUTATION:
        _bound(name, "begins with {} mutations", size.fields, limits.mutations)


def _bound(name: str, words: str, found: int, allowed: int) -> None:
    if allowed and found > allowed:
        shown = f"more than {_MOST}" if found >= _MOST else str(found)
        raise LimitError(f"{name} {words.format(shown)}; {allowed} are allowed. Split it.", "LIMIT_EXCEEDED")


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._sizes: dict[str, _Size | None] = {}

    def fragment(self, name: str) -> _Size:
        """The size of a fragment; nothing for one that is missing or being measured (validation refuses both)."""
        if name in self._sizes:
            return self._sizes[name] or _Size()
        node = self._fragments.get(name)
        if node is None:
            return _Size()
        self._sizes[name] = None
        size = self._sizes[name] = self.selection_set(node.selection_set)
        return size

    def selection_set(self, node: SelectionSetNode | None, level: int = 0) -> _Size:
        """The size of a selection set."""
        if node is None:
            return _Size()
        if level > 200:
            raise LimitError("The document is nested more than 200 levels deep. Split it.", "LIMIT_EXCEEDED")
        depth = aliases = fields = 0
        seen: set[str] = set()
        for selection in node.selections:
            self._check_directives(len(selection.directives or ()))
            match selection:
                case FieldNode():
                    key = selection.alias.value if selection.alias else selection.name.value
                    if selection.alias is not None or key in seen:
                        aliases += 1
                    seen.add(key)
                    fields += 1
                    inner = self.selection_set(selection.selection_set, level + 1)
                    is_introspection = selection.name.value.startswith("__")
                    depth = max(depth, 0 if is_introspection else 1 + inner.depth)
                    aliases += inner.aliases
                case InlineFragmentNode():
                    inner = self.selection_set(selection.selection_set, level + 1)
                    depth, aliases, fields = max(depth, inner.depth), aliases + inner.aliases, fields + inner.fields
                case FragmentSpreadNode():
                    inner = self.fragment(selection.name.value)
                    depth, aliases, fields = max(depth, inner.depth), aliases + inner.aliases, fields + inner.fields
                case _:
                    pass
        return _Size(depth, min(aliases, _MOST), min(fields, _MOST))

    def _check_directives(self, found: int) -> None:
        if self._limits.directives and found > self._limits.directives:
            raise LimitError(
                f"A field carries {found} directives; {self._limits.directives} are allowed.", "LIMIT_EXCEEDED"
            )
