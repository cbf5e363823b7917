"""The arguments of a field: constants are read at compile time, variables looked up at run time.

Never here: what an argument means.
Source: the GraphQL specification, "Coercing Field Arguments".
"""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNonNull,
    ListValueNode,
    NonNullTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    value_from_ast,
)

from penstock.definitions.model import JSON
from penstock.operations.plan.collect import NotCovered


class Arguments:
    """The arguments of one field node.

    Attributes:
        constant: The arguments, where no variable takes part in them; else None.
        names: The arguments that the document gives.
    """

    __slots__ = ("_fixed", "_literals", "_looked_up", "constant", "names")

    def __init__(self, node: FieldNode, field: GraphQLField, operation: OperationDefinitionNode) -> None:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        self.names = frozenset(given)
        self._fixed: dict[str, JSON] = {}
        self._looked_up: list[tuple[str, str]] = []
        self._literals: list[tuple[str, ValueNode, GraphQLArgument]] = []
        required = _required_variables(operation)
        for name, definition in field.args.items():
            value = given.get(name)
            has_default = definition.default_value is not Undefined
            if value is None:
                if has_default:
                    self._fixed[name] = definition.default_value
            elif isinstance(value, VariableNode):
                if isinstance(definition.type, GraphQLNonNull) and value.name.value not in required:
                    raise NotCovered("nullable variable for a required argument")
                if has_default:
                    self._fixed[name] = definition.default_value
                self._looked_up.append((name, value.name.value))
            elif holds_variable(value):
                self._literals.append((name, value, definition))
            else:
                self._fixed[name] = _read(value, definition, None)
        is_constant = not self._looked_up and not self._literals
        self.constant: Mapping[str, JSON] | None = self._fixed if is_constant else None

    def read(self, variables: Mapping[str, JSON]) -> Mapping[str, JSON]:
        """The arguments, given ones and defaults only."""
        if self.constant is not None:
            return self.constant
        values = dict(self._fixed)
        for name, variable in self._looked_up:
            if variable in variables:
                values[name] = variables[variable]
        for name, node, definition in self._literals:
            values[name] = _read(node, definition, variables)
        return values


def _read(node: ValueNode, definition: GraphQLArgument, variables: Mapping[str, JSON] | None) -> JSON:
    read: object = value_from_ast(node, definition.type, dict(variables) if variables is not None else None)
    if read is Undefined:
        raise NotCovered("argument literal")
    value: JSON = value_from_ast(node, definition.type, dict(variables) if variables is not None else None)
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


def _required_variables(operation: OperationDefinitionNode) -> frozenset[str]:
    return frozenset(
        node.variable.name.value
        for node in operation.variable_definitions or ()
        if isinstance(node.type, NonNullTypeNode)
    )
