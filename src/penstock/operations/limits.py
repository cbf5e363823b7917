"""How large an operation is, measured before it is validated: each fragment once, so that spreads cost linear time.

Never here: parsing, validation rules of the language.
Source: HOUSE (limiters that expand every spread again cost seconds on 800 bytes).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
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

from penstock.definitions.model import JSON
from penstock.errors import LimitError

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a document and its variables. 0 switches a bound off.

    Attributes:
        characters: Length of the document's text.
        tokens: Lexical tokens of the whole document.
        operations: Operations of the whole document.
        depth: Levels of fields, introspection aside.
        aliases: Aliases and repeated fields of an operation, spreads expanded.
        root_fields: Fields an operation begins with.
        mutations: Root fields of a mutation.
        directives: Directives on one node.
        cost: Calls to the store that an operation may be estimated to take.
        variables_bytes: Size of the variables as JSON.
        variables_depth: Levels of lists and objects in a variable.
    """

    characters: int = 100_000
    tokens: int = 3_000
    operations: int = 50
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    mutations: int = 5
    directives: int = 10
    cost: int = 500
    variables_bytes: int = 100_000
    variables_depth: int = 16


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    fields: int = 0
    introspection: int = 0


_INTROSPECTION = {"__schema": 4, "__type": 1}
"""What introspection weighs: a schema takes tens of milliseconds to tell, and each alias below it tells it anew."""

_MOST_INTROSPECTION = 7

_ROOM = 200
"""Characters that a number, its quotes and its comma may have, with much to spare."""

_MOST = 10**9
"""Counts stop growing here: doubling spreads would make numbers of thousands of digits."""


_MOST_LINES = 10_000
"""Lines of a document: whatever names a place counts them."""


def check_text(text: str, limits: Limits) -> None:
    """Refuse a document by its length, before it is parsed.

    Raises:
        LimitError: It is too long.
    """
    if limits.characters and len(text) > limits.characters:
        raise LimitError(
            f"The document has {len(text)} characters; {limits.characters} are allowed. "
            "Split it, and send values as variables.",
            limit="characters",
        )
    lines = text.count("\n") + text.count("\r")
    if lines > _MOST_LINES:
        raise LimitError(f"The document has {lines} lines; {_MOST_LINES} are allowed.", limit="characters")


def check_variables(variables: Mapping[str, JSON], limits: Limits) -> None:
    """Refuse the variables of a request by their size and depth.

    Args:
        variables: As they came, of any form.
        limits: The bounds.

    Raises:
        LimitError: Names the bound and what is allowed, never a value.
    """
    characters = 0
    for name, value in variables.items():
        characters += len(name)
        if isinstance(value, str):
            characters += len(value)
        elif isinstance(value, (dict, list)):
            characters += _MOST
            if limits.variables_depth and _is_deeper(value, limits.variables_depth):
                raise LimitError(
                    f"The variable ${name[:80]} is nested more than {limits.variables_depth} levels deep. "
                    "Send a flatter value.",
                    limit="variables_depth",
                )
    # Measured only where it may be too much: a character has six bytes at the most, a name or a number few.
    if limits.variables_bytes and characters + _ROOM * len(variables) > limits.variables_bytes // 6:
        found = _size(variables)
        if found > limits.variables_bytes:
            raise LimitError(
                f"The variables have {found} bytes; {limits.variables_bytes} are allowed. Send less at once.",
                limit="variables_bytes",
            )


def too_costly(found: int, allowed: int) -> LimitError:
    """What is said of an operation that may take more calls to the store than one may."""
    shown = f"more than {_MOST}" if found >= _MOST else str(found)
    return LimitError(
        f"The operation may take {shown} calls to the store; {allowed} are allowed. "
        "Ask for smaller pages, or for less below them.",
        "BUDGET_EXCEEDED",
        limit="cost",
    )


def _size(variables: Mapping[str, JSON]) -> int:
    """Bytes of the variables as JSON."""
    try:
        return len(_encoder.encode(variables))
    except UnicodeEncodeError:  # half a surrogate pair, which only escapes can write
        return len(json.dumps(variables))


def _is_deeper(value: JSON, levels: int) -> bool:
    """Whether lists and objects are nested deeper than this; level by level, so that no depth breaks it."""
    level: list[JSON] = [value]
    for _ in range(levels):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        level = [item for item in level if isinstance(item, dict | list)]
        if not level:
            return False
    return True


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
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    _bound("The document has {} operations", len(operations), limits.operations, "operations")
    for node in operations:
        _check_operation(node, measure.selection_set(node.selection_set), limits)


def _check_operation(node: OperationDefinitionNode, size: _Size, limits: Limits) -> None:
    name = f"The operation {node.name.value[:80]}" if node.name else "The operation"
    _bound(f"{name} is nested {{}} levels deep", size.depth, limits.depth, "depth")
    _bound(f"{name} has {{}} aliases and repeated fields", size.aliases, limits.aliases, "aliases")
    if size.introspection > _MOST_INTROSPECTION:
        message = f"{name} introspects too much: ask for `__schema` once, or for a few types, without aliases below."
        raise LimitError(message, limit="introspection")
    _bound(f"{name} begins with {{}} fields", size.fields, limits.root_fields, "root_fields")
    if node.operation is OperationType.MUTATION:
        _bound(f"{name} begins with {{}} mutations", size.fields, limits.mutations, "mutations")


def _bound(words: str, found: int, allowed: int, limit: str) -> None:
    if allowed and found > allowed:
        shown = f"more than {_MOST}" if found >= _MOST else str(found)
        raise LimitError(f"{words.format(shown)}; {allowed} are allowed. Split it.", limit=limit)


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
            raise LimitError("The document is nested more than 200 levels deep. Split it.", limit="depth")
        depth = aliases = fields = introspection = 0
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
                    introspection += _INTROSPECTION.get(selection.name.value, 0) * (1 + inner.aliases)
                case InlineFragmentNode():
                    inner = self.selection_set(selection.selection_set, level + 1)
                case FragmentSpreadNode():
                    inner = self.fragment(selection.name.value)
                case _:
                    continue
            if not isinstance(selection, FieldNode):
                depth, aliases, fields = max(depth, inner.depth), aliases + inner.aliases, fields + inner.fields
                introspection += inner.introspection
        return _Size(depth, min(aliases, _MOST), min(fields, _MOST), min(introspection, _MOST))

    def _check_directives(self, found: int) -> None:
        if self._limits.directives and found > self._limits.directives:
            raise LimitError(
                f"A field carries {found} directives; {self._limits.directives} are allowed. Remove some.",
                limit="directives",
            )
