"""The directives applied to a part of a schema, compared: `@flowField`, `@constraint` and whatever else is there.

Only schemas read from text know them; introspection does not tell.

Never here: definitions of directives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from graphql import ArgumentNode, DirectiveNode, print_ast
from graphql.utilities.sort_value_node import sort_value_node

from penstock.schema.diff.change import Change, Level, change

_TOLD_OTHERWISE = frozenset({"deprecated", "specifiedBy", "oneOf"})
_TELLS_ORIGIN = "@flowField("
"""Says where a field comes from, and binds nobody."""
_BINDS_INPUTS = "@constraint("
"""Refuses what is sent; on an output it tells only."""


class WithDirectives(Protocol):
    """A piece of a document that may carry directives."""

    @property
    def directives(self) -> tuple[DirectiveNode, ...] | None:
        """Those it carries."""


class Written(Protocol):
    """A part of a schema that may know how it was written."""

    @property
    def ast_node(self) -> WithDirectives | None:
        """Its definition."""


class Extended(Written, Protocol):
    """One that may be written in several places."""

    @property
    def extension_ast_nodes(self) -> Iterable[WithDirectives]:
        """What extends it."""


def diff_applied(coordinate: str, old: Written, new: Written, *, is_input: bool) -> Iterator[Change]:
    """What was applied to a member of a type and is not, and what was not and is.

    It may mean anything, so it is dangerous, but for what is known to bind nobody there.

    Args:
        coordinate: Where.
        old: As it was.
        new: As it is.
        is_input: Whether it is something that clients send.
    """
    before, after = old.ast_node, new.ast_node
    if before is not None and after is not None:
        yield from _diff(coordinate, (before,), (after,), is_input=is_input)


def diff_all_applied(
    coordinate: str, old: Extended, new: Extended, *, is_input: bool, is_text: bool
) -> Iterator[Change]:
    """The same for what may be extended: a type, or the schema itself.

    Args:
        coordinate: Where.
        old: As it was.
        new: As it is.
        is_input: Whether it is something that clients send.
        is_text: Whether both were read from text, though neither need be written there.
    """
    if is_text:
        yield from _diff(coordinate, _nodes(old), _nodes(new), is_input=is_input)


def _nodes(one: Extended) -> list[WithDirectives]:
    return [*([] if one.ast_node is None else [one.ast_node]), *one.extension_ast_nodes]


def _diff(
    coordinate: str, old: Iterable[WithDirectives], new: Iterable[WithDirectives], *, is_input: bool
) -> Iterator[Change]:
    before, after = _texts(old), _texts(new)
    for text in sorted((before - after).elements()):
        yield change(
            _level(text, is_input=is_input), "APPLIED_DIRECTIVE_REMOVED", coordinate, f"is no longer marked {text}"
        )
    for text in sorted((after - before).elements()):
        yield change(_level(text, is_input=is_input), "APPLIED_DIRECTIVE_ADDED", coordinate, f"is marked {text}")


def _level(text: str, *, is_input: bool) -> Level:
    is_harmless = text.startswith(_TELLS_ORIGIN) or (text.startswith(_BINDS_INPUTS) and not is_input)
    return "safe" if is_harmless else "dangerous"


def _texts(nodes: Iterable[WithDirectives]) -> Counter[str]:
    return Counter(
        f"@{one.name.value}({', '.join(sorted(map(_text, one.arguments or ())))})".removesuffix("()")
        for node in nodes
        for one in node.directives or ()
        if one.name.value not in _TOLD_OTHERWISE
    )


def _text(argument: ArgumentNode) -> str:
    return f"{argument.name.value}: {print_ast(sort_value_node(argument.value))}"
