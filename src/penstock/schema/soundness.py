"""What must hold of a description before Strawberry sees it: names valid and unique, references that lead somewhere.

Strawberry drops a field silently when two names meet, and one bad name fails the whole build without saying whose.

Never here: Strawberry, repairs: names are final.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set

from penstock.errors import DefinitionError
from penstock.schema.model import (
    EnumDescription,
    FieldDescription,
    InputDescription,
    ObjectDescription,
    SchemaDescription,
    TypeRef,
)

BUILT_IN_SCALARS = frozenset({"ID", "String", "Int", "Float", "Boolean"})
OWN_SCALARS = frozenset({"DateTime", "FlowDate", "Email", "BigInt", "Decimal", "JSON"})

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
_RESERVED_MEMBERS = frozenset({"true", "false", "null"})


def assert_sound(description: SchemaDescription) -> None:
    """Check a whole description.

    Raises:
        DefinitionError: A name or a reference cannot be used; it names the type and the field.
    """
    roots = description.roots
    objects = [*roots, *description.objects.values()]
    _assert_type_names(description, [one.name for one in roots])
    scalars = BUILT_IN_SCALARS | OWN_SCALARS
    enums = {one.name for one in description.enums.values()}
    outputs = scalars | enums | {one.name for one in objects}
    inputs = scalars | enums | {one.name for one in description.inputs.values()}
    members = {one.name: frozenset(name for name, _, _ in one.members) for one in description.enums.values()}
    for described_object in objects:
        _assert_object(described_object, outputs, inputs)
        for field in described_object.fields:
            _assert_defaults(f"Field {described_object.name}.{field.name}", field, members)
    for described_input in description.inputs.values():
        _assert_input(described_input, inputs)
    for described_enum in description.enums.values():
        _assert_enum(described_enum)


def _assert_type_names(description: SchemaDescription, roots: list[str]) -> None:
    tables: tuple[dict[str, ObjectDescription] | dict[str, InputDescription] | dict[str, EnumDescription], ...] = (
        description.objects,
        description.inputs,
        description.enums,
    )
    names = list(roots)
    for table in tables:
        for key, one in table.items():
            if key != one.name:
                raise DefinitionError(f"Type {one.name!r} is filed under {key!r}: file it under its own name.")
            names.append(key)
    _assert_names(names, lambda name: f"Type {name!r}")
    for name in names:
        if name in BUILT_IN_SCALARS or name in OWN_SCALARS:
            raise DefinitionError(f"Type {name!r} has the name of a scalar: give it another.")


def _assert_object(described: ObjectDescription, outputs: Set[str], inputs: Set[str]) -> None:
    _assert_fields(described.name, [field.name for field in described.fields])
    for field in described.fields:
        where = f"Field {described.name}.{field.name}"
        _assert_reference(where, field.type, outputs)
        _assert_arguments(where, field, inputs)


def _assert_arguments(where: str, field: FieldDescription, inputs: Set[str]) -> None:
    _assert_names([argument.name for argument in field.arguments], lambda name: f"{where}: argument {name!r}")
    for argument in field.arguments:
        _assert_reference(f"{where}: argument {argument.name}", argument.type, inputs)


def _assert_defaults(where: str, field: FieldDescription, members: dict[str, frozenset[str]]) -> None:
    for argument in field.arguments:
        allowed = members.get(argument.type.name)
        if allowed is not None and argument.default is not None and argument.default not in allowed:
            raise DefinitionError(
                f"{where}: argument {argument.name} defaults to {argument.default!r}: give a member of the enum."
            )


def _assert_input(described: InputDescription, inputs: Set[str]) -> None:
    _assert_fields(described.name, [field.name for field in described.fields])
    for field in described.fields:
        where = f"Input field {described.name}.{field.name}"
        _assert_reference(where, field.type, inputs)
        if described.one_of and field.type.non_null:
            raise DefinitionError(f"{where} is non-null, but exactly one field of a @oneOf input is given: loosen it.")


def _assert_enum(described: EnumDescription) -> None:
    if not described.members:
        raise DefinitionError(f"Enum {described.name} has no members: leave it out.")
    names = [name for name, _, _ in described.members]
    _assert_names(names, lambda name: f"Enum {described.name}: member {name!r}")
    for name in names:
        if name in _RESERVED_MEMBERS:
            raise DefinitionError(f"Enum {described.name}: member {name!r} is a word of GraphQL: give it another name.")
    twice = _first_repeated(value for _, value, _ in described.members)
    if twice is not None:
        raise DefinitionError(f"Enum {described.name}: two members stand for {twice!r}: keep one.")


def _assert_fields(type_name: str, names: list[str]) -> None:
    if not names:
        raise DefinitionError(f"Type {type_name} has no fields: leave it out.")
    _assert_names(names, lambda name: f"Type {type_name}: field {name!r}")


def _assert_names(names: list[str], where: Callable[[str], str]) -> None:
    for name in names:
        if _NAME.fullmatch(name) is None or name.startswith("__"):
            raise DefinitionError(f"{where(name)} is not a GraphQL name: letters, digits and single underscores only.")
    twice = _first_repeated(names)
    if twice is not None:
        raise DefinitionError(f"{where(twice)} is there twice: Strawberry would drop one, so give it another name.")


def _assert_reference(where: str, reference: TypeRef, known: Set[str]) -> None:
    if reference.name not in known:
        raise DefinitionError(f"{where} refers to {reference.name!r}, which cannot stand there: describe that type.")


def _first_repeated(texts: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            return text
        seen.add(text)
    return None
