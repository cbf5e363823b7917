"""The six scalars of the API beside GraphQL's own: what they take in, what they give out, who specifies them.

Text scalars take any text and nothing else: whether it follows a rule is checked later, all rules at once, so that a
broken one becomes a user error and never fails the whole request.

Never here: rules of a field, reading of stored values.
Source: CONTRACT §9.4 (dates as text), RFC 8259 §6 (which integers JSON carries safely).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NewType

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLScalarType,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    Undefined,
    UndefinedType,
    ValueNode,
)
from strawberry.types.scalar import ScalarDefinition

from penstock.definitions.coerce import SAFE_INTEGER
from penstock.definitions.model import JSON

DateTime = NewType("DateTime", str)
FlowDate = NewType("FlowDate", str)
Email = NewType("Email", str)
BigInt = NewType("BigInt", int)
Decimal = NewType("Decimal", str)
RawJSON = NewType("RawJSON", object)

_WIDEST_INTEGER = 2**63 - 1
_NARROWEST_INTEGER = -(2**63)
_DIGITS = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)
_MOST_DIGITS = 4_000
"""Digits an integer inside a JSON literal may have; Python itself refuses to read more than 4 300."""


def text_input(value: object) -> str | UndefinedType:
    """Text as it is; anything else is refused."""
    return value if isinstance(value, str) else Undefined


def text_literal(node: ValueNode) -> str | UndefinedType:
    """The text of a string literal; an enum literal or a number is not text."""
    return node.value if isinstance(node, StringValueNode) else Undefined


def big_int_input(value: object) -> int | UndefinedType:
    """An integer of 64 bits given as a JSON number or as decimal digits with an optional sign."""
    if isinstance(value, bool):
        return Undefined
    if isinstance(value, str) and _DIGITS.fullmatch(value) is not None:
        value = int(value)
    if isinstance(value, int) and _NARROWEST_INTEGER <= value <= _WIDEST_INTEGER:
        return value
    return Undefined


def big_int_literal(node: ValueNode) -> int | UndefinedType:
    """An integer of 64 bits given as an integer literal or as a string of digits."""
    return big_int_input(node.value) if isinstance(node, IntValueNode | StringValueNode) else Undefined


def big_int_output(value: object) -> int | str | UndefinedType:
    """A JSON number where every client reads it exactly (at most 2^53 - 1 either side of zero), else its digits."""
    if isinstance(value, bool) or not isinstance(value, int):
        return Undefined
    return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else str(value)


def json_input(value: JSON) -> JSON:
    """Any JSON value as it is."""
    return value


def json_literal(node: ValueNode) -> JSON | UndefinedType:
    """The JSON value that a literal writes; variables inside it have been replaced before.

    An enum literal is its name, as it would be in a variable. A number that JSON cannot hold is refused.
    """
    match node:
        case NullValueNode():
            return None
        case StringValueNode() | BooleanValueNode() | EnumValueNode():
            return node.value
        case IntValueNode():
            return int(node.value) if len(node.value) <= _MOST_DIGITS else Undefined
        case FloatValueNode():
            number = float(node.value)
            return number if math.isfinite(number) else Undefined
        case ListValueNode():
            return _json_list(node)
        case ObjectValueNode():
            return _json_object(node)
        case _:
            return Undefined


def _json_list(node: ListValueNode) -> JSON | UndefinedType:
    items: list[JSON] = []
    for item_node in node.values:
        item = json_literal(item_node)
        if isinstance(item, UndefinedType):
            return Undefined
        items.append(item)
    return items


def _json_object(node: ObjectValueNode) -> JSON | UndefinedType:
    members: dict[str, JSON] = {}
    for member_node in node.fields:
        member = json_literal(member_node.value)
        if isinstance(member, UndefinedType):
            return Undefined
        members[member_node.name.value] = member
    return members


def _text_scalar(name: str, description: str, specified_by_url: str) -> ScalarDefinition:
    return _scalar(
        GraphQLScalarType(
            name,
            description=description,
            specified_by_url=specified_by_url,
            coerce_input_value=text_input,
            coerce_input_literal=text_literal,
        )
    )


def _scalar(implementation: GraphQLScalarType) -> ScalarDefinition:
    # Strawberry takes a finished graphql-core scalar as it is: its own wrapper knows neither constant literals nor
    # the refusal of an enum literal where text is wanted.
    return ScalarDefinition(
        name=implementation.name,
        description=implementation.description,
        specified_by_url=implementation.specified_by_url,
        serialize=None,
        parse_value=None,
        parse_literal=None,
        implementation=implementation,
    )


def _big_int() -> ScalarDefinition:
    return _scalar(
        GraphQLScalarType(
            "BigInt",
            description=(
                "An integer of 64 bits. Given out as a JSON number between -(2^53 - 1) and 2^53 - 1 and as a string of "
                "digits beyond; taken as a number or as a string of digits."
            ),
            specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
            coerce_output_value=big_int_output,
            coerce_input_value=big_int_input,
            coerce_input_literal=big_int_literal,
        )
    )


def _raw_json() -> ScalarDefinition:
    return _scalar(
        GraphQLScalarType(
            "JSON",
            description="Any JSON value.",
            specified_by_url="https://ecma-international.org/publications-and-standards/standards/ecma-404/",
            coerce_input_value=json_input,
            coerce_input_literal=json_literal,
        )
    )


def _date_time() -> ScalarDefinition:
    return _text_scalar(
        "DateTime",
        "A moment as RFC 3339 writes it, such as `2024-03-09T16:20:00.000Z`.",
        "https://scalars.graphql.org/andimarek/date-time.html",
    )


def _flow_date() -> ScalarDefinition:
    return _text_scalar(
        "FlowDate",
        "A day, `YYYY-MM-DD`, or a day with a time and no zone, `YYYY-MM-DD HH:MM:SS`. Given out as it was stored.",
        "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    )


def _email() -> ScalarDefinition:
    return _text_scalar(
        "Email",
        "An e-mail address.",
        "https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address",
    )


def _decimal() -> ScalarDefinition:
    return _text_scalar(
        "Decimal",
        "An exact decimal number as text, such as `-1234.50`: as many decimal places as the currency has.",
        "https://www.w3.org/TR/xmlschema-2/#decimal",
    )


_MAKERS: tuple[tuple[object, Callable[[], ScalarDefinition]], ...] = (
    (DateTime, _date_time),
    (FlowDate, _flow_date),
    (Email, _email),
    (BigInt, _big_int),
    (Decimal, _decimal),
    (RawJSON, _raw_json),
)


def make_scalar_map() -> dict[object, ScalarDefinition]:
    """The scalars of one schema by the marker type that stands for each in an annotation."""
    return {marker: make() for marker, make in _MAKERS}
