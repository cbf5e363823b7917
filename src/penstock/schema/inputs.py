"""Input types: what a create and an update take, what a list can be filtered and sorted by.

Never here: judging values, Strawberry.
Source: GRAPHQL conventions (three states, filters); CONTRACT §6.3, §10.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.resources.attributes import Attribute, EnumRow, Kind
from penstock.resources.inputs import InputRow, Nested
from penstock.resources.rows import Mutation, Resource, Verb
from penstock.resources.ways import FilterRow, Listing, Operator
from penstock.schema.model import EnumDescription, InputDescription, InputFieldDescription, TypeRef

_OPERATOR_WORDS: dict[Operator, str] = {
    "eq": "Equal to.",
    "like": "Like: `*` as the first or last character stands for any text.",
    "gt": "Greater than.",
    "ge": "Greater than or equal to.",
    "lt": "Less than.",
    "le": "Less than or equal to.",
}

_OPERATOR_TYPES: dict[tuple[Kind, tuple[Operator, ...]], str] = {
    (Kind.STRING, ("eq", "like")): "StringFilter",
    (Kind.STRING, ("eq",)): "ExactStringFilter",
    (Kind.ID, ("eq",)): "ExactIDFilter",
    (Kind.ID, ("eq", "like")): "TextIDFilter",
    (Kind.ID, ("eq", "gt", "ge", "lt", "le")): "IDRangeFilter",
    (Kind.INT, ("gt", "ge", "lt", "le")): "IntRangeFilter",
    (Kind.DATE_TIME, ("eq", "gt", "ge", "lt", "le")): "DateTimeFilter",
}


def input_type(attribute: Attribute) -> str:
    """Name of the type in which an input takes the attribute."""
    return attribute.enum.name if attribute.enum else attribute.kind.value


def input_name(mutation: Mutation) -> str:
    """Name of the type of a mutation's `input`."""
    return f"{mutation.name[0].upper()}{mutation.name[1:]}Input"


def write_inputs(resource: Resource) -> dict[str, InputDescription]:
    """The input types of a resource's mutations, the ones inside them included."""
    made: dict[str, InputDescription] = {}
    for mutation in resource.mutations:
        rows = resource.input_of(mutation)
        if rows:
            name = input_name(mutation)
            about = _ABOUT.get(mutation.verb, "The values.").format(resource.type_name)
            made |= _input_types(name, "How to sign in: exactly one of the ways." if mutation.one_of else about, rows)
            made[name] = replace(made[name], one_of=mutation.one_of)
    return made


_ABOUT: dict[Verb, str] = {
    "create": "A new `{}`.",
    "update": "What to change: a key left out stays as it is, null clears a value.",
    "define": "What a flow or a field is to be; in an update, a key left out stays as it is.",
    "relate": "What the fields are to lead to: a key left out stays as it is, null or an empty list clears a field.",
}


def _input_types(name: str, description: str, rows: tuple[InputRow, ...]) -> dict[str, InputDescription]:
    made = {name: InputDescription(name, description, tuple(_input_field(row) for row in rows))}
    for row in rows:
        if isinstance(row, Nested):
            made |= _input_types(row.type_name, row.description, row.rows)
            made[row.type_name] = replace(made[row.type_name], one_of=row.one_of)
    return made


def _input_field(row: InputRow) -> InputFieldDescription:
    if isinstance(row, Nested):
        return InputFieldDescription(
            row.name, TypeRef(row.type_name, row.presence == "required", row.many), row.description
        )
    type_ref = TypeRef(input_type(row), non_null=row.create == "required", is_list=row.many)
    return InputFieldDescription(row.name, type_ref, row.description, attribute=row, definition=row.field)


def filter_inputs(type_name: str, listing: Listing) -> dict[str, InputDescription]:
    """`…Filter` and the operator types that it needs."""
    if not listing.filters:
        return {}
    made: dict[str, InputDescription] = {}
    fields = []
    for row in listing.filters:
        operators = _operator_input(row)
        made[operators.name] = operators
        fields.append(InputFieldDescription(row.name, TypeRef(operators.name), f"By `{row.name}`.", filter=row))
    name = f"{type_name}Filter"
    made[name] = InputDescription(name, "All the conditions given must hold.", tuple(fields))
    return made


def _operator_input(row: FilterRow) -> InputDescription:
    value_type = row.enum.name if row.enum else row.kind.value
    if row.enum is not None:
        name = row.enum.name.removesuffix("Enum") + "Filter"
    else:
        name = _OPERATOR_TYPES[row.kind, row.operators]
    return InputDescription(
        name,
        "Conditions on one value; all that are given must hold.",
        tuple(
            InputFieldDescription(operator, TypeRef(value_type), _OPERATOR_WORDS[operator])
            for operator in row.operators
        ),
    )


def sort_enum(type_name: str, listing: Listing) -> EnumDescription | None:
    """`…Sort`: one member for each attribute and direction; the internal value is upstream's sort text."""
    if not listing.sorts:
        return None
    members = []
    for row in listing.sorts:
        words = row.name.lower().replace("_", " ")
        members.append((f"{row.name}_ASC", row.attribute, f"By {words}, ascending."))
        members.append((f"{row.name}_DESC", f"-{row.attribute}", f"By {words}, descending."))
    return EnumDescription(f"{type_name}Sort", f"In what order to list `{type_name}`.", tuple(members))


def enum_description(row: EnumRow) -> EnumDescription:
    """The enum type of a row, with the output-only member where upstream may hold other values."""
    members = [
        (name, value, f"`{value}`" if name != description else value) for name, value, description in row.members
    ]
    if row.open:
        members.append(("UNRECOGNIZED", "", "A stored value that is none of the others. Output only."))
    return EnumDescription(row.name, row.description, tuple(members), row)
