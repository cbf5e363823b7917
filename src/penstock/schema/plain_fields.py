"""Fields of objects that the gateway itself holds as plain mappings, and the references they are made of.

Never here: which objects there are.
"""

from __future__ import annotations

from penstock.schema.model import FieldDescription, Plain, TypeRef

TEXT = TypeRef("String")
REQUIRED_TEXT = TypeRef("String", non_null=True)
REQUIRED_ID = TypeRef("ID", non_null=True)


def plain(name: str, type_: TypeRef, description: str) -> FieldDescription:
    """A field that is read under its own name."""
    return FieldDescription(name, type_, description, Plain(name))
