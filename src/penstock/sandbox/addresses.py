"""Customer addresses: the endpoints over them.

Never here: the store setting that says what is mandatory.

Source: CONTRACT §8, Q10, R14, R17.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import Access
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, listing
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, Problem, invalid, not_found
from penstock.sandbox.events import publish
from penstock.sandbox.extensions import accept_changes, accept_new, refuse_unknown, show_relationships, show_values
from penstock.sandbox.faults import Fault
from penstock.sandbox.moments import to_milliseconds_text
from penstock.sandbox.tables import ADDRESSES, CUSTOMERS

_SLUG = "addresses"
_KEYS = (
    "name", "first_name", "last_name", "company_name", "line_1", "line_2", "city", "county", "region", "postcode",
    "country", "phone_number", "instructions",
)  # fmt: skip


def list_addresses(call: Call) -> Answer:
    """Answer `GET /v2/customers/{customer}/addresses`: all of them, unpaged."""
    rows = call.shop.database.select(ADDRESSES, Where("parent = ?", (_find_customer(call),)))
    return Answer(200, {"data": [show_address(call, row) for row in rows]})


def read_address(call: Call) -> Answer:
    """Answer `GET …/addresses/{id}`."""
    return Answer(200, {"data": show_address(call, _find(call))})


def create_address(call: Call) -> Answer:
    """Answer `POST …/addresses`: up to the store's limit a customer."""
    customer_id = _find_customer(call)
    data = _read(call)
    given = {key: data[key] for key in _KEYS if data.get(key) is not None}
    _check(call, dict.fromkeys(_KEYS, "") | given)
    limit = int(str(call.shop.preferences()["shopper_address_limit"]))
    if call.shop.database.count(ADDRESSES, Where("parent = ?", (customer_id,))) >= limit:
        raise invalid(f"A customer may have {limit} addresses")
    now = call.shop.now()
    row = Row(call.shop.new_id(), customer_id, now, now, given, accept_new(call, _SLUG, data))
    call.shop.database.insert(ADDRESSES, row)
    shown = show_address(call, row)
    publish(call, "address.created", {"data": shown})
    return Answer(201, {"data": shown})


def update_address(call: Call) -> Answer:
    """Answer `PUT …/addresses/{id}`: what is given changes."""
    row = _find(call)
    data = _read(call)
    given = {key: "" if data[key] is None else data[key] for key in _KEYS if key in data}
    _check(call, given)
    custom = accept_changes(call, _SLUG, data, row.custom)
    changed = replace(row, core=row.core | given, custom=custom, updated=call.shop.now())
    call.shop.database.replace(ADDRESSES, changed)
    shown = show_address(call, changed)
    publish(call, "address.updated", {"data": shown})
    return Answer(200, {"data": shown})


def delete_address(call: Call) -> Answer:
    """Answer `DELETE …/addresses/{id}`."""
    row = _find(call)
    call.shop.database.delete(ADDRESSES, Where("id = ?", (row.id,)))
    publish(call, "address.deleted", {"type": "address", "id": row.id})
    return Answer(204)


def show_address(call: Call, row: Row) -> Document:
    """Return an address as upstream shows it: what is unset is an empty string."""
    shown: Document = {"type": "address", "id": row.id}
    shown |= {key: row.core.get(key, "") for key in _KEYS}
    shown |= show_values(call, _SLUG, row)
    shown["meta"] = {
        "timestamps": {"created_at": to_milliseconds_text(row.created), "updated_at": to_milliseconds_text(row.updated)}
    }
    if Fault.NO_LINKS not in call.struck:
        shown["links"] = {"self": f"{call.base}/v2/customers/{row.parent}/addresses/{row.id}"}
    relationships: Document = {"customer": {"type": "customer", "id": row.parent}}
    return shown | {"relationships": relationships | show_relationships(call, _SLUG, row)}


def _find_customer(call: Call) -> str:
    if call.shop.database.get(CUSTOMERS, call.params["customer"]) is None:
        raise not_found("customer")
    return call.params["customer"]


def _find(call: Call) -> Row:
    customer_id = _find_customer(call)
    row = call.shop.database.get(ADDRESSES, call.params["id"])
    if row is None or row.parent != customer_id:
        raise not_found("address")
    return row


def _read(call: Call) -> Document:
    data = call.data()
    if data.get("type") != "address":
        raise ApiError(400, _fault("type", "eq"))
    refuse_unknown(call, _SLUG, data, _KEYS)
    return data


def _check(call: Call, given: Document) -> None:
    """Refuse what is no string, and mandatory keys that are blank.

    Raises:
        ApiError: 400 naming every such key.
    """
    mandatory = listing(call.shop.preferences()["address_mandatory_fields"])
    faults = [_fault(key, "string") for key, value in given.items() if not isinstance(value, str)]
    faults += [_fault(key, "min") for key, value in given.items() if value == "" and key in mandatory]
    if faults:
        raise ApiError(400, *faults)


def _fault(key: str, tag: str) -> Problem:
    return Problem("Bad Request", f"Validation failed: field '{key}' on the '{tag}' tag.", f"data.{key}", 400)


_OWN = Access(customer=True, owner="customer")
_PATH = "/v2/customers/{customer}/addresses"
ENDPOINTS = (
    Endpoint("GET", _PATH, list_addresses, _OWN),
    Endpoint("POST", _PATH, create_address, _OWN),
    Endpoint("GET", _PATH + "/{id}", read_address, _OWN),
    Endpoint("PUT", _PATH + "/{id}", update_address, _OWN),
    Endpoint("DELETE", _PATH + "/{id}", delete_address, _OWN),
)
