"""What of a schema a document makes use of, as schema coordinates.

Never here: running, what follows from a use.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Undefined,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    visit,
)


@dataclass(slots=True)
class Reach:
    """What a document makes use of.

    Attributes:
        certain: Coordinates that it names, and the types it passes through.
        possible: Coordinates that the values of its variables may name: fields of inputs, values of enums.
        inputs: Input types of which it may give a value.
        given: Those of which it gives one whenever it runs.
    """

    certain: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    inputs: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)


def reach_of(schema: GraphQLSchema, document: DocumentNode) -> Reach:
    """What a document makes use of in a schema; what the schema does not know is left out."""
    reach = Reach()
    info = TypeInfo(schema)
    visit(document, TypeInfoVisitor(info, _Reaching(schema, info, reach)))
    return reach


class _Reaching(Visitor):
    def __init__(self, schema: GraphQLSchema, info: TypeInfo, reach: Reach) -> None:
        super().__init__()
        self._schema = schema
        self._info = info
        self._reach = reach
        self._field: str | None = None
        self._spread: set[tuple[str, bool]] = set()
        self._is_given = False

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        self._reach.certain.add(f"schema.{node.operation.value}")

    def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
        name = node.name.value
        self._reach.certain.add(name)
        self._reach_by_variable(self._schema.type_map.get(name), is_given=self._is_given)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> None:
        is_needed = isinstance(node.type, NonNullTypeNode) and isinstance(node.type.type, NamedTypeNode)
        self._is_given = is_needed and node.default_value is None

    def leave_variable_definition(self, *_: object) -> None:
        self._is_given = False

    def enter_field(self, node: FieldNode, *_: object) -> None:
        owner, given = self._info.get_parent_type(), self._info.get_type()
        is_known = owner is not None and self._info.get_field_def() is not None
        self._field = f"{owner.name}.{node.name.value}" if owner is not None and is_known else None
        if owner is not None:
            self._reach.certain.add(owner.name)
        if self._field is not None:
            self._reach.certain.add(self._field)
        if given is not None:
            self._reach.certain.add(get_named_type(given).name)

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self._reach.certain.add(f"@{node.name.value}")

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        directive = self._info.get_directive()
        owner = f"@{directive.name}" if directive is not None else self._field
        if owner is not None:
            self._reach.certain.add(f"{owner}({node.name.value}:)")

    def enter_object_value(self, _node: ObjectValueNode, *_: object) -> None:
        given = self._info.get_input_type()
        if given is not None:
            name = get_named_type(given).name
            self._reach.inputs.add(name)
            self._reach.given.add(name)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        owner = self._info.get_parent_input_type()
        if owner is not None:
            self._reach.certain.add(f"{get_named_type(owner).name}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_: object) -> None:
        given = self._info.get_input_type()
        if given is not None:
            self._reach.certain.add(f"{get_named_type(given).name}.{node.value}")

    def _reach_by_variable(self, given: GraphQLNamedType | None, *, is_given: bool) -> None:
        """Note everything that a value of an input type may name, of the types below it as well.

        ``is_given`` where there is such a value whenever the operation runs.
        """
        if isinstance(given, GraphQLEnumType):
            self._reach.possible.update(f"{given.name}.{value}" for value in given.values)
        elif isinstance(given, GraphQLInputObjectType) and (given.name, is_given) not in self._spread:
            self._spread.add((given.name, is_given))
            self._reach.inputs.add(given.name)
            if is_given:
                self._reach.given.add(given.name)
            for name, one in given.fields.items():
                self._reach.possible.add(f"{given.name}.{name}")
                below = get_named_type(one.type)
                self._reach.certain.add(below.name)
                is_one = isinstance(one.type, GraphQLNonNull) and one.type.of_type is below
                self._reach_by_variable(below, is_given=is_given and is_one and one.default_value is Undefined)
