"""Relationship fields of entries: adding, replacing and removing references.

Never here: how relationships show on a resource.

Source: CONTRACT §9.3, §9.6, R13, R15.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.catalog import Field
from penstock.sandbox.documents import Document, listing, text
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.entries import find_entry_row
from penstock.sandbox.errors import ApiError, Problem, invalid, not_found
from penstock.sandbox.extensions import find_entry, target_table, visible_fields
from penstock.sandbox.tables import ENTRIES

_PATH = "/v2/flows/{flow}/entries/{id}/relationships/{field}"


def add_references(call: Call) -> Answer:
    """Answer `POST`: the references join those there are; a one-to-one holds the last."""
    return _write(call, keep=True, status=201)


def replace_references(call: Call) -> Answer:
    """Answer `PUT`: the references take the place of those there were (R13)."""
    return _write(call, keep=False, status=200)


def remove_references(call: Call) -> Answer:
    """Answer `DELETE`: the named references go, or all of them without a body."""
    slug, table, row = find_entry_row(call)
    field = _find_field(call, slug)
    gone = {one.get("id") for one in _read_references(call, field)} if call.body.strip() else None
    present = listing(row.related.get(field.id))
    left = [one for one in present if gone is not None and isinstance(one, dict) and one.get("id") not in gone]
    related = row.related | {field.id: left}
    call.shop.database.replace(table, replace(row, related=related, updated=call.shop.now()))
    return Answer(204)


def _write(call: Call, *, keep: bool, status: int) -> Answer:
    slug, table, row = find_entry_row(call)
    field = _find_field(call, slug)
    given = _read_references(call, field)
    _refuse_missing(call, field, given)
    present = [one for one in listing(row.related.get(field.id)) if isinstance(one, dict)] if keep else []
    every = {str(one["id"]): one for one in (*present, *given)}
    references: list[object] = list(every.values())
    related = row.related | {field.id: references if field.is_plural else references[-1:]}
    call.shop.database.replace(table, replace(row, related=related, updated=call.shop.now()))
    return Answer(status, {"data": related[field.id]})


def _find_field(call: Call, slug: str) -> Field:
    found = [field for field in visible_fields(call, slug) if field.slug == call.params["field"]]
    if not found:
        raise not_found("Field")
    if not found[0].is_relationship:
        raise invalid(f"The field {found[0].slug} is not a relationship")
    return found[0]


def _read_references(call: Call, field: Field) -> list[Document]:
    """Read the body: an array of references, or one object; null and [] empty it."""
    data = call.payload().get("data")
    given = data if isinstance(data, list) else [] if data is None else [data]
    if len(given) > 1 and not field.is_plural:
        raise invalid(f"The relationship {field.slug} is one-to-one and holds one reference", "data")
    found = target_table(call, field.target)
    is_entry = found is not None and found[1] is ENTRIES
    references: list[Document] = []
    for one in given:
        if not isinstance(one, dict) or not text(one.get("id")) or not text(one.get("type")):
            raise invalid('A reference needs "type" and "id"', "data")
        if not is_entry and one["type"] != field.target:
            raise invalid(f'The relationship {field.slug} takes references of type "{field.target}"', "data.type")
        references.append({"type": "entry" if is_entry else field.target, "id": one["id"]})
    return references


def _refuse_missing(call: Call, field: Field, given: list[Document]) -> None:
    if target_table(call, field.target) is None:
        return  # a target the sandbox does not keep, such as products
    missing = [one["id"] for one in given if find_entry(call, field.target, str(one["id"])) is None]
    if missing:
        detail = f"The relationship {field.slug} names what does not exist"
        raise ApiError(422, Problem("Unprocessable Entity", detail, "data", 422, {"missing_ids": missing}))


ENDPOINTS = (
    Endpoint("POST", _PATH, add_references),
    Endpoint("PUT", _PATH, replace_references),
    Endpoint("DELETE", _PATH, remove_references),
)
