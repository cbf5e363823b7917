"""Variable values of a request, coerced: the usual forms here, everything else by graphql-core.

Never here: arguments, judging values by a store's rules.
Source: the GraphQL specification, "Coercing Variable Values".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_input_type,
    type_from_ast,
)
from graphql.execution.values import get_variable_values

from penstock.definitions.model import JSON
from penstock.errors import CallerError
from penstock.operations.echoes import without_values
from penstock.operations.faults import RequestError
from penstock.operations.plan.collect import NotCovered


class _Unusual(Exception):  # noqa: N818 (not an error: graphql-core looks closer)
    """The value is not in the usual form; it may be valid all the same."""


_Coerce = Callable[[JSON], JSON]

_INT_BOUND = 2**31


class Variables:
    """Coerces the variable values of one operation.

    Args:
        schema: The generation's.
        operation: Validated.
    """

    __slots__ = ("_definitions", "_operation", "_schema")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._operation = operation
        self._definitions: list[tuple[str, _Coerce, bool]] = []
        for node in operation.variable_definitions or ():
            type_ = type_from_ast(schema, node.type)
            if type_ is None or not is_input_type(type_):
                raise NotCovered("unknown variable type")
            # A default makes an absent value a present one: graphql-core knows how.
            coerce = _unusual if node.default_value is not None else _coercer(type_, set())
            self._definitions.append((node.variable.name.value, coerce, isinstance(type_, GraphQLNonNull)))

    def coerce(self, given: Mapping[str, JSON] | None, *, suggestions: bool = True) -> Mapping[str, JSON]:
        """The coerced values, absent ones left out.

        Args:
            given: Raw values, or None.
            suggestions: Whether a refusal may name fields and members that exist.

        Raises:
            RequestError: A value does not fit its type.
        """
        if not self._definitions:
            return _NONE
        values: dict[str, JSON] = {}
        given = given or _NONE
        try:
            for name, coerce, is_required in self._definitions:
                if name in given:
                    values[name] = coerce(given[name])
                elif is_required or coerce is _unusual:
                    return self._coerce_unusual(given, suggestions)
        except _Unusual:
            return self._coerce_unusual(given, suggestions)
        return values

    def _coerce_unusual(self, given: Mapping[str, JSON], suggestions: bool) -> Mapping[str, JSON]:
        definitions = self._operation.variable_definitions or ()
        found = get_variable_values(
            self._schema, definitions, dict(given), max_errors=50, hide_suggestions=not suggestions
        )
        if isinstance(found, list):
            raise RequestError(
                [
                    (
                        CallerError(without_values(error.message)),
                        [(location.line, location.column) for location in error.locations or ()],
                    )
                    for error in found
                ]
            )
        coerced: dict[str, JSON] = dict(found.coerced)
        return coerced


_NONE: Mapping[str, JSON] = {}


def _unusual(_value: JSON) -> JSON:
    raise _Unusual


def _coercer(type_: GraphQLInputType, above: set[str]) -> _Coerce:
    if isinstance(type_, GraphQLNonNull):
        inner = _coercer(type_.of_type, above)

        def required(value: JSON) -> JSON:
            if value is None:
                raise _Unusual
            return inner(value)

        return required
    nullable = _nullable_coercer(type_, above)
    return lambda value: None if value is None else nullable(value)


def _nullable_coercer(type_: GraphQLInputType, above: set[str]) -> _Coerce:
    if isinstance(type_, GraphQLScalarType):
        return _SCALARS.get(type_.name, _unusual)
    if isinstance(type_, GraphQLEnumType):
        return _enum(type_)
    if isinstance(type_, GraphQLInputObjectType) and type_.name not in above and not type_.is_one_of:
        return _input_object(type_, above | {type_.name})
    if isinstance(type_, GraphQLList):
        return _unusual
    return _unusual


def _enum(type_: GraphQLEnumType) -> _Coerce:
    internal: dict[str, JSON] = {name: value.value for name, value in type_.values.items()}

    def coerce(value: JSON) -> JSON:
        if not isinstance(value, str) or value not in internal:
            raise _Unusual
        return internal[value]

    return coerce


def _input_object(type_: GraphQLInputObjectType, above: set[str]) -> _Coerce:
    fields: dict[str, _Coerce] = {}
    required: list[str] = []
    for name, field in type_.fields.items():
        fields[name] = _coercer(field.type, above)
        if isinstance(field.type, GraphQLNonNull):
            required.append(name)

    def coerce(value: JSON) -> JSON:
        if not isinstance(value, dict) or any(name not in value for name in required):
            raise _Unusual
        made: dict[str, JSON] = {}
        for name, coerce_field in fields.items():
            if name in value:
                made[name] = coerce_field(value[name])
        if len(made) != len(value):
            raise _Unusual
        return made

    return coerce


def _text(value: JSON) -> JSON:
    if not isinstance(value, str):
        raise _Unusual
    return value


def _int(value: JSON) -> JSON:
    if type(value) is not int or not -_INT_BOUND <= value < _INT_BOUND:
        raise _Unusual
    return value


def _boolean(value: JSON) -> JSON:
    if not isinstance(value, bool):
        raise _Unusual
    return value


def _float(value: JSON) -> JSON:
    if type(value) is not float:
        raise _Unusual
    return value


_SCALARS: dict[str, _Coerce] = {
    "ID": _text,
    "String": _text,
    "Email": _text,
    "DateTime": _text,
    "FlowDate": _text,
    "Int": _int,
    "Boolean": _boolean,
    "Float": _float,
}
