"""Flows: the endpoints that define them.

Never here: fields, entries.

Source: CONTRACT §9.1, R12, R18, R19.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import ANYBODY
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.core_slugs import CORE_SLUGS
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, text
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import invalid, not_found, refuse
from penstock.sandbox.faults import Fault
from penstock.sandbox.fields import refuse_reserved, show_field
from penstock.sandbox.moments import to_milliseconds_text
from penstock.sandbox.rules import is_slug
from penstock.sandbox.tables import ENTRIES, FIELDS, FLOWS

_TEXTS = ("name", "slug", "description")


def find_flow(call: Call) -> Row:
    """Return the flow whose slug (or id, R12) the path names.

    Raises:
        ApiError: 404.
    """
    row = call.shop.catalog.flow(call.params["flow"])
    if row is None:
        raise not_found("Flow")
    return row


def list_flows(call: Call) -> Answer:
    """Answer `GET /v2/flows`: all of them, unpaged."""
    return Answer(200, {"data": [_show(call, row) for row in call.shop.database.select(FLOWS, Where())]})


def read_flow(call: Call) -> Answer:
    """Answer `GET /v2/flows/{id}`."""
    return Answer(200, {"data": _show(call, _get(call))})


def create_flow(call: Call) -> Answer:
    """Answer `POST /v2/flows`."""
    data = call.data("flow")
    for key in _TEXTS:
        if not text(data.get(key)) and (key != "description" or data.get(key) != ""):
            raise invalid(f'data.attributes.{key}: "{key}" is required', f"data.{key}")
    if not isinstance(data.get("enabled"), bool):
        raise invalid('data.attributes.enabled: "enabled" is required and must be a boolean', "data.enabled")
    core = {key: data[key] for key in (*_TEXTS, "enabled")}
    now = call.shop.now()
    row = Row(call.shop.new_id(), "", now, now, core)
    _check(call, row)
    call.shop.database.insert(FLOWS, row)
    call.shop.catalog.forget()
    return Answer(201, {"data": _show(call, row)})


def update_flow(call: Call) -> Answer:
    """Answer `PUT /v2/flows/{id}`: empty attributes change nothing."""
    row = _get(call)
    data = call.data("flow")
    for key in _TEXTS:
        if key in data and data[key] is not None and text(data[key]) is None:
            raise invalid(f'data.attributes.{key}: "{key}" must be a string', f"data.{key}")
    if not isinstance(data.get("enabled", True), bool):
        raise invalid('data.attributes.enabled: "enabled" must be a boolean', "data.enabled")
    changes = {key: data[key] for key in (*_TEXTS, "enabled") if data.get(key) not in ("", None)}
    changed = replace(row, core=row.core | changes, updated=call.shop.now())
    _check(call, changed)
    call.shop.database.replace(FLOWS, changed)
    call.shop.catalog.forget()
    return Answer(200, {"data": _show(call, changed)})


def delete_flow(call: Call) -> Answer:
    """Answer `DELETE /v2/flows/{id}`: refused while the slug is a core one (R19); fields and entries go with it."""
    row = _get(call)
    if row.core["slug"] in CORE_SLUGS:
        raise refuse(405, "Method Not Allowed", "A core flow cannot be deleted")
    database = call.shop.database
    database.delete(ENTRIES, Where("parent = ?", (row.id,)))
    database.delete(FIELDS, Where("parent = ?", (row.id,)))
    database.delete(FLOWS, Where("id = ?", (row.id,)))
    call.shop.catalog.forget()
    return Answer(204)


def list_flow_fields(call: Call) -> Answer:
    """Answer `GET /v2/flows/{flow}/fields`: all of them, unpaged, disabled ones too."""
    rows = call.shop.catalog.field_rows(find_flow(call).id)
    return Answer(200, {"data": [show_field(call, row) for row in rows]})


def _get(call: Call) -> Row:
    row = call.shop.database.get(FLOWS, call.params["id"])
    if row is None:
        raise not_found("Flow")
    return row


def _check(call: Call, row: Row) -> None:
    name, slug = str(row.core["name"]), str(row.core["slug"])
    if name.startswith("$"):
        raise invalid('data.attributes.name: "name" must not start with $', "data.name")
    if not is_slug(slug):
        raise invalid('data.attributes.slug: "slug" may hold letters, digits, - and _ only', "data.slug")
    if call.shop.database.count(FLOWS, Where("slug = ? AND id <> ?", (slug, row.id))):
        raise invalid(f'data.attributes.slug: "slug" must be unique, {slug} is taken', "data.slug")
    for field in call.shop.catalog.field_rows(row.id):
        refuse_reserved(str(field.core["slug"]), slug)


def _show(call: Call, row: Row) -> Document:
    stamps = {"created_at": to_milliseconds_text(row.created), "updated_at": to_milliseconds_text(row.updated)}
    shown: Document = {"id": row.id, "type": "flow", **row.core}
    if Fault.NO_LINKS not in call.struck:
        shown["links"] = {"self": f"{call.base}/v2/flows/{row.id}"}
    return shown | {"relationships": {}, "meta": {"owner": "store", "timestamps": stamps}}


ENDPOINTS = (
    Endpoint("GET", "/v2/flows", list_flows, ANYBODY),
    Endpoint("POST", "/v2/flows", create_flow),
    Endpoint("GET", "/v2/flows/{id}", read_flow, ANYBODY),
    Endpoint("PUT", "/v2/flows/{id}", update_flow),
    Endpoint("DELETE", "/v2/flows/{id}", delete_flow),
    Endpoint("GET", "/v2/flows/{flow}/fields", list_flow_fields, ANYBODY),
)
