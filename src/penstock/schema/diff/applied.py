"""The directives applied to a part of a schema, compared: `@flowField`, `@constraint` and whatever else is there.

Only schemas read from text know them; introspection does not tell.

Never here: definitions of directives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from graphql import DirectiveNode, print_ast

from penstock.schema.diff.change import Change, Level, change

_TOLD_OTHERWISE = frozenset({"deprecated", "specifiedBy", "oneOf"})
_TELLS_ORIGIN = "@flowField("
"""Says where a field comes from, and binds nobody."""


class WithDirectives(Protocol):
    """A piece of a document that may carry directives."""

    @property
    def directives(self) -> tuple[DirectiveNode, ...] | None:
        """Those it carries."""


def diff_applied(
    coordinate: str, old: WithDirectives | None, new: WithDirectives | None, *, is_input: bool
) -> Iterator[Change]:
    """What was applied and is not, and what was not and is.

    What stands on an input may refuse what was taken before, so it is dangerous there; on an output it tells only.

    Args:
        coordinate: Where.
        old: The definition as it was written, or None where it is not known.
        new: The same today.
        is_input: Whether it is something that clients send.
    """
    if old is None or new is None:
        return
    before, after = _texts(old), _texts(new)
    for text in sorted((before - after).elements()):
        yield change(
            _level(text, is_input=is_input), "APPLIED_DIRECTIVE_REMOVED", coordinate, f"is no longer marked {text}"
        )
    for text in sorted((after - before).elements()):
        yield change(_level(text, is_input=is_input), "APPLIED_DIRECTIVE_ADDED", coordinate, f"is marked {text}")


def _level(text: str, *, is_input: bool) -> Level:
    return "dangerous" if is_input and not text.startswith(_TELLS_ORIGIN) else "safe"


def _texts(node: WithDirectives) -> Counter[str]:
    return Counter(
        f"@{one.name.value}({', '.join(sorted(map(print_ast, one.arguments or ())))})".removesuffix("()")
        for one in node.directives or ()
        if one.name.value not in _TOLD_OTHERWISE
    )
