"""A schema description becomes a Strawberry schema: the only dynamic class-making in the product.

Nothing is resolved here: the reference executor binds its resolvers on the finished graphql-core schema. Strawberry's
own definitions are filled directly, without dataclasses, because a GraphQL name may be a word of Python and because
`typing` keeps every class it has seen in a container alive.

Never here: which types and fields there are, resolvers, I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import strawberry
from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
)
from strawberry.annotation import StrawberryAnnotation
from strawberry.exceptions import StrawberryException
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional, StrawberryType
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from penstock.definitions.text import without_surrogates
from penstock.errors import DefinitionError
from penstock.schema.directives import BuiltInOneOf, Constraint, FlowField, exact_float, field_directives
from penstock.schema.model import (
    ArgumentDescription,
    EnumDescription,
    FieldDescription,
    InputDescription,
    InputFieldDescription,
    ObjectDescription,
    SchemaDescription,
    TypeRef,
)
from penstock.schema.scalars import BigInt, DateTime, Decimal, Email, FlowDate, RawJSON, make_scalar_map
from penstock.schema.soundness import assert_sound

_Annotated: TypeAlias = StrawberryType | type

_SCALARS: dict[str, _Annotated] = {
    "ID": strawberry.ID,
    "String": str,
    "Int": int,
    "Float": float,
    "Boolean": bool,
    "DateTime": DateTime,
    "FlowDate": FlowDate,
    "Email": Email,
    "BigInt": BigInt,
    "Decimal": Decimal,
    "JSON": RawJSON,
}


class InternalText:
    """Stands where Strawberry wants the Python enum behind a GraphQL enum, so that members stay plain text.

    Strawberry calls it on what a client gave, already turned into the internal value, and asks of a result whether it
    is an instance: it hands the text through and has none.
    """

    def __new__(cls, value: str) -> str:  # type: ignore[misc] # the whole point: no instance of it ever exists
        """The text itself."""
        return value


@dataclass(frozen=True, slots=True)
class _Types:
    """What stands for each type name in an annotation, and which of the names are enums."""

    by_name: dict[str, _Annotated]
    enums: dict[str, EnumDescription]

    def annotation(self, reference: TypeRef) -> StrawberryAnnotation:
        """The annotation of a reference, wrappers included."""
        wrapped = self.by_name[reference.name]
        if reference.is_list:
            wrapped = StrawberryList(wrapped if reference.item_non_null else StrawberryOptional(wrapped))
        return StrawberryAnnotation(wrapped if reference.non_null else StrawberryOptional(wrapped))

    def default(self, argument: ArgumentDescription) -> object:
        """The default of an argument as a resolver is to receive it: of an enum, the internal text of the member."""
        if argument.default is None:
            return strawberry.UNSET
        if argument.type.name not in self.enums:
            return argument.default
        members = {name: value for name, value, _ in self.enums[argument.type.name].members}
        return members[str(argument.default)]


def build_schema(description: SchemaDescription) -> strawberry.Schema:
    """The Strawberry schema of a description, every described type included, no resolver bound.

    On its graphql-core schema an enum argument arrives as the member's internal text and a result is given as that
    text; an input object arrives as a plain dict of the keys that were given.

    Raises:
        DefinitionError: A name or a reference cannot be used; it names the type and the field.
    """
    assert_sound(description)
    objects = _all_objects(description)
    inputs = list(description.inputs.values())
    definitions = {one.name: _object_definition(one) for one in objects} | {
        one.name: _input_definition(one) for one in inputs
    }
    enums = {one.name: _enum_definition(one) for one in description.enums.values()}
    classes = {name: definition.origin for name, definition in definitions.items()}
    types = _Types({**_SCALARS, **enums, **classes}, description.enums)
    for one in objects:
        definitions[one.name].fields.extend(_output_field(field, types) for field in one.fields)
    for described in inputs:
        definitions[described.name].fields.extend(_input_field(field, types) for field in described.fields)
    return _assemble(description, classes, enums)


def _all_objects(description: SchemaDescription) -> list[ObjectDescription]:
    return [*description.roots, *description.objects.values()]


def _object_definition(described: ObjectDescription) -> StrawberryObjectDefinition:
    return _definition(described.name, described.description)


def _input_definition(described: InputDescription) -> StrawberryObjectDefinition:
    return _definition(
        described.name, described.description, is_input=True, directives=[BuiltInOneOf()] * described.one_of
    )


def _definition(
    name: str, description: str, *, is_input: bool = False, directives: Sequence[object] = ()
) -> StrawberryObjectDefinition:
    definition = StrawberryObjectDefinition(
        name=name,
        is_input=is_input,
        is_interface=False,
        origin=object,
        description=_prose(description),
        interfaces=[],
        extend=False,
        directives=directives,
        is_type_of=None,
        resolve_type=None,
        fields=[],
    )
    definition.origin = type(name, (), {"__strawberry_definition__": definition})
    return definition


def _enum_definition(described: EnumDescription) -> StrawberryEnumDefinition:
    return StrawberryEnumDefinition(
        wrapped_cls=InternalText,  # type: ignore[arg-type] # see InternalText: no Python enum stands behind ours
        name=described.name,
        values=[EnumValue(name, value, description=_prose(text)) for name, value, text in described.members],
        description=_prose(described.description),
    )


def _output_field(described: FieldDescription, types: _Types) -> StrawberryField:
    field = StrawberryField(
        python_name=described.name,
        graphql_name=described.name,
        type_annotation=types.annotation(described.type),
        description=_prose(described.description),
        deprecation_reason=_prose(described.deprecation or ""),
        directives=field_directives(described.definition, is_enum=described.type.name in types.enums),
    )
    field.arguments = [_argument(argument, types) for argument in described.arguments]
    return field


def _argument(described: ArgumentDescription, types: _Types) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=described.name,
        graphql_name=described.name,
        type_annotation=types.annotation(described.type),
        description=_prose(described.description),
        default=types.default(described),
    )


def _input_field(described: InputFieldDescription, types: _Types) -> StrawberryField:
    return StrawberryField(
        python_name=described.name,
        graphql_name=described.name,
        type_annotation=types.annotation(described.type),
        description=_prose(described.description),
        directives=field_directives(described.definition, is_enum=described.type.name in types.enums),
    )


def _prose(text: str) -> str | None:
    return without_surrogates(text) or None


def _assemble(
    description: SchemaDescription, classes: dict[str, type], enums: dict[str, StrawberryEnumDefinition]
) -> strawberry.Schema:
    mutation, subscription = description.mutation, description.subscription
    try:
        schema = strawberry.Schema(
            query=classes[description.query.name],
            mutation=None if mutation is None else classes[mutation.name],
            subscription=None if subscription is None else classes[subscription.name],
            types=[*classes.values(), *enums.values(), FlowField, Constraint],
            config=StrawberryConfig(auto_camel_case=False, scalar_map=make_scalar_map()),
        )
    except (StrawberryException, GraphQLError, TypeError, ValueError) as error:
        raise DefinitionError(f"The store's definitions make no valid GraphQL schema: {error}") from error
    _settle(schema._schema, description)
    return schema


def _settle(schema: GraphQLSchema, description: SchemaDescription) -> None:
    """Correct what Strawberry leaves otherwise than graphql-core has it."""
    for one in description.inputs.values():
        built = schema.type_map[one.name]
        if one.one_of and isinstance(built, GraphQLInputObjectType):
            # Strawberry checks @oneOf in `out_type` only: too late for validation, and not where variables are read.
            built.is_one_of = True
    _settle_introspection(schema)
    constraint = schema.get_directive("constraint")
    if constraint is not None:
        # Only printing and introspection read these types: an integer bound beyond 2^53 prints as it is.
        constraint.args["min"].type = constraint.args["max"].type = exact_float()


def _settle_introspection(schema: GraphQLSchema) -> None:
    # Strawberry replaces the resolver of `__Type.isOneOf`, for the whole process, by one that fails on `!` and `[]`.
    introspection = schema.type_map["__Type"]
    if isinstance(introspection, GraphQLObjectType):
        introspection.fields["isOneOf"] = GraphQLField(GraphQLBoolean, resolve=_resolve_is_one_of)


def _resolve_is_one_of(described: object, _info: object) -> bool | None:
    return described.is_one_of if isinstance(described, GraphQLInputObjectType) else None
