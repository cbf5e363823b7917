"""Fields of flows: the endpoints that define them, and every check of a definition.

Never here: values of fields.

Source: CONTRACT §9.2, §9.3, R3, R4, Q10, Q17.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import ANYBODY
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.core_slugs import reserved_slugs
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, mapping, text
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, Problem, invalid, not_found
from penstock.sandbox.faults import Fault
from penstock.sandbox.moments import to_milliseconds_text
from penstock.sandbox.rules import FIELD_TYPES, find_rules_fault, is_slug
from penstock.sandbox.tables import FIELDS, FLOWS

_FLAGS = ("required", "enabled")
_STORED = (
    "name", "slug", "field_type", "description", "required", "enabled", "order", "omit_null", "default",
    "validation_rules",
)  # fmt: skip
_CHANGEABLE = frozenset(_STORED) - {"field_type"}


def list_fields(call: Call) -> Answer:
    """Answer `GET /v2/fields`: those of all flows, unpaged."""
    return Answer(200, {"data": [show_field(call, row) for row in call.shop.database.select(FIELDS, Where())]})


def read_field(call: Call) -> Answer:
    """Answer `GET /v2/fields/{id}`."""
    return Answer(200, {"data": show_field(call, _get(call))})


def create_field(call: Call) -> Answer:
    """Answer `POST /v2/fields`; `unique` is ignored (R4), `default` kept as it comes (R3)."""
    data = call.data("field")
    for key in ("name", "slug", "field_type", "description", *_FLAGS):
        if data.get(key) is None:
            raise _wrong(key, "is required")
    if data["field_type"] not in FIELD_TYPES:
        raise _wrong("field_type", f"must be one of {', '.join(FIELD_TYPES)}")
    flow = _read_flow(call, data)
    blank: Document = {"order": None, "omit_null": False, "default": None, "validation_rules": []}
    given = {key: data[key] for key in _STORED if key in data and not (key in blank and data[key] is None)}
    now = call.shop.now()
    row = Row(call.shop.new_id(), flow.id, now, now, _settle(blank | given))
    _check(call, row, flow)
    limit = call.shop.preferences()["field_limit"]
    if call.shop.database.count(FIELDS, Where("parent = ?", (flow.id,))) >= int(str(limit)):
        raise invalid(f"A flow may have {limit} fields")
    call.shop.database.insert(FIELDS, row)
    call.shop.catalog.forget()
    return Answer(201, {"data": show_field(call, row)})


def update_field(call: Call) -> Answer:
    """Answer `PUT /v2/fields/{id}`: what is given changes, but never the type or the flow; values stay (Q17)."""
    row = _get(call)
    data = call.data("field")
    if data.get("field_type", row.core["field_type"]) != row.core["field_type"]:
        raise _wrong("field_type", "cannot be changed")
    nullable = {"order", "default"}
    changes = {key: data[key] for key in data if key in _CHANGEABLE and (data[key] is not None or key in nullable)}
    flow = call.shop.database.get(FLOWS, row.parent)
    changed = replace(row, core=_settle(row.core | changes), updated=call.shop.now())
    if flow is not None:
        _check(call, changed, flow)
    call.shop.database.replace(FIELDS, changed)
    call.shop.catalog.forget()
    return Answer(200, {"data": show_field(call, changed)})


def delete_field(call: Call) -> Answer:
    """Answer `DELETE /v2/fields/{id}`: its key disappears from every resource."""
    row = _get(call)
    call.shop.database.delete(FIELDS, Where("id = ?", (row.id,)))
    call.shop.catalog.forget()
    return Answer(204)


def show_field(call: Call, row: Row) -> Document:
    """Return a field as upstream shows it."""
    stamps = {"created_at": to_milliseconds_text(row.created), "updated_at": to_milliseconds_text(row.updated)}
    shown: Document = {"id": row.id, "type": "field", **row.core}
    if Fault.NO_LINKS not in call.struck:
        shown["links"] = {"self": f"{call.base}/v2/flows/{row.parent}/fields/{row.id}"}
    return shown | {
        "relationships": {"flow": {"data": {"type": "flow", "id": row.parent}}},
        "meta": {"owner": "store", "timestamps": stamps},
    }


def refuse_reserved(slug: str, flow_slug: str) -> None:
    """Refuse the slug of a field that a core attribute has already.

    Raises:
        ApiError: 422 whose body has no status (CONTRACT §9.2).
    """
    if slug in reserved_slugs(flow_slug):
        raise ApiError(422, Problem("Invalid Slug", f"{slug} is a reserved slug and cannot be used for custom fields"))


def _get(call: Call) -> Row:
    row = call.shop.database.get(FIELDS, call.params["id"])
    if row is None:
        raise not_found("Field")
    return row


def _read_flow(call: Call, data: Document) -> Row:
    reference = mapping(mapping(mapping(data.get("relationships")).get("flow")).get("data"))
    if reference.get("type") != "flow" or text(reference.get("id")) is None:
        raise invalid("data.relationships.flow: exactly one flow is required", "data.relationships.flow")
    flow = call.shop.database.get(FLOWS, str(reference["id"]))
    if flow is None:
        raise invalid("data.relationships.flow: there is no such flow", "data.relationships.flow.data.id")
    return flow


def _settle(core: Document) -> Document:
    """Return the attributes with `required` false on a relationship, whatever was asked (CONTRACT §9.2)."""
    return core | {"required": False} if core.get("field_type") == "relationship" else core


def _check(call: Call, row: Row, flow: Row) -> None:
    """Check the attributes of a definition that is about to be kept.

    Raises:
        ApiError: 422.
    """
    core = row.core
    for key in ("name", "slug", "description"):
        if text(core[key]) is None or (key != "description" and not core[key]):
            raise _wrong(key, "must be a string that is not empty")
    for key in (*_FLAGS, "omit_null"):
        if not isinstance(core[key], bool):
            raise _wrong(key, "must be a boolean")
    if str(core["name"]).startswith("$"):
        raise _wrong("name", "must not start with $")
    if isinstance(core["order"], bool) or not isinstance(core["order"], int | float | None):
        raise _wrong("order", "must be a number or null")
    if isinstance(core["default"], dict | list):
        raise _wrong("default", "must be a scalar or null")
    fault = find_rules_fault(str(core["field_type"]), core["validation_rules"])
    if fault is not None:
        raise _wrong("validation_rules", fault)
    _check_slug(call, row, flow)


def _check_slug(call: Call, row: Row, flow: Row) -> None:
    slug = str(row.core["slug"])
    if not is_slug(slug):
        raise _wrong("slug", "may hold letters, digits, - and _ only")
    refuse_reserved(slug, str(flow.core["slug"]))
    if call.shop.database.count(FIELDS, Where("parent = ? AND slug = ? AND id <> ?", (flow.id, slug, row.id))):
        raise _wrong("slug", f"must be unique within the flow, {slug} is taken")


def _wrong(key: str, what: str) -> ApiError:
    return invalid(f'data.attributes.{key}: "{key}" {what}', f"data.{key}")


ENDPOINTS = (
    Endpoint("GET", "/v2/fields", list_fields, ANYBODY),
    Endpoint("POST", "/v2/fields", create_field),
    Endpoint("GET", "/v2/fields/{id}", read_field, ANYBODY),
    Endpoint("PUT", "/v2/fields/{id}", update_field),
    Endpoint("DELETE", "/v2/fields/{id}", delete_field),
)
