"""A document without the values that somebody wrote into it: what is left may be kept.

Never here: where it is kept.
"""

from __future__ import annotations

from graphql import (
    DocumentNode,
    FloatValueNode,
    IntValueNode,
    StringValueNode,
    Visitor,
    print_ast,
    strip_ignored_characters,
    visit,
)

_EMPTY = StringValueNode(value="", block=False)
_ZERO = IntValueNode(value="0")
_ZERO_FLOAT = FloatValueNode(value="0.0")


def blank(document: DocumentNode) -> str:
    """The text of a document, short, every text in it empty and every number zero; names and enums stay."""
    return strip_ignored_characters(print_ast(visit(document, _Blanking())))


class _Blanking(Visitor):
    def enter_string_value(self, _node: StringValueNode, *_: object) -> StringValueNode:
        return _EMPTY

    def enter_int_value(self, _node: IntValueNode, *_: object) -> IntValueNode:
        return _ZERO

    def enter_float_value(self, _node: FloatValueNode, *_: object) -> FloatValueNode:
        return _ZERO_FLOAT
