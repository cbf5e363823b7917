"""The arguments of a field: constants are read at compile time, variables looked up at run time.

Never here: what an argument means.
Source: the GraphQL specification, "Coercing Field Arguments".
"""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    ListValueNode,
    NonNullTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.utilities import coerce_input_literal

from penstock.definitions.model import JSON
from penstock.operations.failures import ArgumentError, argument_error
from penstock.operations.plan.collect import NotCovered


class Arguments:
    """The arguments of one field node.

    Attributes:
        constant: The arguments, where no variable takes part in them; else None.
        names: The arguments that the document gives.
        variables: The variables that stand for a whole argument.
    """

    __slots__ = ("_field", "_fixed", "_literals", "_looked_up", "_node", "_single", "constant", "names", "variables")

    def __init__(self, node: FieldNode, field: GraphQLField) -> None:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        self.names = frozenset(given)
        self._node = node
        self._field = field
        self._fixed: dict[str, JSON] = {}
        self._looked_up: list[tuple[str, str, bool]] = []
        self._literals: list[tuple[str, ValueNode, GraphQLArgument]] = []
        for name, definition in field.args.items():
            value = given.get(name)
            has_default = definition.default_value is not Undefined
            if value is None:
                if has_default:
                    self._fixed[name] = definition.default_value
            elif isinstance(value, VariableNode):
                if has_default:
                    self._fixed[name] = definition.default_value
                self._looked_up.append((name, value.name.value, isinstance(definition.type, GraphQLNonNull)))
            elif holds_variable(value):
                self._literals.append((name, value, definition))
            else:
                self._fixed[name] = _constant(value, definition)
        self.variables = frozenset(variable for _, variable, _ in self._looked_up)
        is_constant = not self._looked_up and not self._literals
        self.constant: Mapping[str, JSON] | None = self._fixed if is_constant else None
        is_single = len(self._looked_up) == 1 and not self._literals and not self._fixed
        self._single = self._looked_up[0][:2] if is_single else None

    def read(self, variables: Mapping[str, JSON]) -> Mapping[str, JSON]:
        """The arguments, given ones and defaults only.

        Raises:
            ArgumentError: A variable that may be null is null where no null may stand.
        """
        if self.constant is not None:
            return self.constant
        if self._single is not None:
            name, variable = self._single
            only = variables.get(variable)
            if only is not None:
                return {name: only}
        values = dict(self._fixed)
        for name, variable, is_required in self._looked_up:
            if variable in variables:
                values[name] = variables[variable]
            if is_required and values.get(name) is None:
                raise self._refusal(variables)
        for name, node, definition in self._literals:
            value: object = coerce_input_literal(node, definition.type, VariableValues({}, dict(variables)))
            if value is Undefined:
                raise self._refusal(variables)
            values[name] = coerce_input_literal(node, definition.type, VariableValues({}, dict(variables)))
        return values

    def _refusal(self, variables: Mapping[str, JSON]) -> ArgumentError:
        """What graphql-core says of arguments that it cannot coerce."""
        try:
            get_argument_values(self._field, self._node, VariableValues({}, dict(variables)), hide_suggestions=True)
        except GraphQLError as error:
            return argument_error(error)
        return ArgumentError("An argument is null where it must not be.", ())


def _constant(node: ValueNode, definition: GraphQLArgument) -> JSON:
    read: object = coerce_input_literal(node, definition.type)
    if read is Undefined:
        raise NotCovered("argument literal")
    value: JSON = coerce_input_literal(node, definition.type)
    return value


def holds_variable(node: ValueNode) -> bool:
    """Whether a variable stands anywhere inside a literal."""
    if isinstance(node, VariableNode):
        return True
    if isinstance(node, ListValueNode):
        return any(holds_variable(item) for item in node.values)
    if isinstance(node, ObjectValueNode):
        return any(holds_variable(member.value) for member in node.fields)
    return False


def required_variables(operation: OperationDefinitionNode) -> frozenset[str]:
    """The variables of an operation that are never null."""
    return frozenset(
        node.variable.name.value
        for node in operation.variable_definitions or ()
        if isinstance(node.type, NonNullTypeNode)
    )
