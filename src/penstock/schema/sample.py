"""A first document to try on a store: one that asks for what this store has added itself.

Never here: running it, who shows it.
"""

from __future__ import annotations

from penstock.resources.ways import Edge
from penstock.schema.model import FieldDescription, ObjectDescription, SchemaDescription

_MOST_FIELDS = 12
_ROWS = "first: 3"
_ADDED = "# What this store has added to the usual fields."
_AS_CUSTOMER = "# Sign in as a customer, then press Ctrl+Enter."
_AS_STAFF = "# Give an access token, then press Ctrl+Enter."
_PLAIN = """\
# This store has no fields of its own yet. Press Ctrl+Enter.
query Store {
  schemaInfo {
    version
    loadedAt
  }
}
"""


def sample_document(description: SchemaDescription) -> str:
    """A valid query over the store's own fields, with a comment that says how to run it.

    It asks for the signed-in customer where anything hangs on customers, else for the first root that leads to a field
    of the store's own, else for the schema's version. At most twelve fields of a type are asked for.
    """
    for root in sorted(description.query.fields, key=lambda field: field.name != "me"):
        lines = _edge(description, root, follow=True)
        if lines:
            is_me = root.name == "me"
            head = [_AS_CUSTOMER, "query MyFields {"] if is_me else [_AS_STAFF, "query OwnFields {"]
            return "\n".join([_ADDED, *head, *_indent(lines), "}", ""])
    return _PLAIN


def _edge(description: SchemaDescription, field: FieldDescription, *, follow: bool) -> list[str]:
    """The lines that ask for the store's own fields behind an edge; none when there are none."""
    target = description.objects.get(field.type.name)
    needs = any(argument.type.non_null and argument.default is None for argument in field.arguments)
    if not isinstance(field.source, Edge) or target is None or needs or field.deprecation is not None:
        return []
    nodes = next((inner for inner in target.fields if inner.name == "nodes"), None)
    if nodes is None:
        return _block(field.name, _own(description, target, follow=follow))
    rows = _own(description, description.objects[nodes.type.name], follow=follow)
    return _block(f"{field.name}({_ROWS})", _block("nodes", rows))


def _own(description: SchemaDescription, owner: ObjectDescription, *, follow: bool) -> list[str]:
    """The lines for a type's own fields, and for those of the types it leads to."""
    fields = [field for field in owner.fields if field.definition is not None and field.deprecation is None]
    lines = [_field(description, field) for field in fields[:_MOST_FIELDS]]
    if follow:
        for field in owner.fields:
            lines += _edge(description, field, follow=False)
    named = [name for name in ("name", "id") if any(field.name == name for field in owner.fields)]
    return [*named[:1], *lines] if lines else []


def _field(description: SchemaDescription, field: FieldDescription) -> str:
    target = description.objects.get(field.type.name)
    if target is None:
        return field.name
    has_id = any(inner.name == "id" for inner in target.fields)
    return f"{field.name} {{ {'id' if has_id else '__typename'} }}"


def _block(head: str, lines: list[str]) -> list[str]:
    return [f"{head} {{", *_indent(lines), "}"] if lines else []


def _indent(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
