"""Customers: the endpoints over them.

Never here: customer tokens, addresses, custom fields' rules.

Source: CONTRACT §6, Q1, Q2, Q4, Q20, R1, R8, R29.
"""

from __future__ import annotations

from dataclasses import replace
from secrets import token_bytes

from penstock.sandbox.access import ANYBODY, STAFF, Access
from penstock.sandbox.calls import Answer, Call, Grant
from penstock.sandbox.customer_tokens import issue_customer_token
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, text
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, Problem, invalid, not_found, refuse
from penstock.sandbox.events import publish
from penstock.sandbox.extensions import (
    accept_changes,
    accept_new,
    refuse_unknown,
    show_included,
    show_relationships,
    show_values,
    visible_fields,
)
from penstock.sandbox.faults import Fault
from penstock.sandbox.listings import Attribute, Kind, Listing, answer_list
from penstock.sandbox.moments import to_seconds_text
from penstock.sandbox.passwords import hash_password
from penstock.sandbox.rules import is_email
from penstock.sandbox.tables import ADDRESSES, CARTS, CUSTOMERS

_SLUG = "customers"
_KEYS = ("name", "email", "password", "external_ref")
_LONGEST_REFERENCE = 2048
_EXACT = frozenset({"eq", "gt", "ge", "lt", "le", "is_null"})
_TEXT = frozenset({"eq", "like", "is_null"})
_LISTING = Listing(
    CUSTOMERS,
    {
        "email": Attribute("email", _TEXT),
        "name": Attribute("name", _TEXT),
        "id": Attribute("id", _EXACT),
        "created_at": Attribute("created", _EXACT, Kind.MOMENT),
        "updated_at": Attribute("updated", _EXACT, Kind.MOMENT),
        "external_ref": Attribute("external_ref", frozenset({"eq", "is_null"})),
    },
    {"created_at": "created", "email": "email", "id": "id", "name": "name", "updated_at": "updated"},
)


def list_customers(call: Call) -> Answer:
    """Answer `GET /v2/customers`."""
    rows, envelope = answer_list(call, _LISTING, Where(), lambda row: show_customer(call, row))
    included = show_included(call, _SLUG, rows)
    return Answer(200, envelope | ({"included": included} if included else {}))


def read_customer(call: Call) -> Answer:
    """Answer `GET /v2/customers/{id}`."""
    row = find_customer(call)
    included = show_included(call, _SLUG, [row])
    return Answer(200, {"data": show_customer(call, row)} | ({"included": included} if included else {}))


def create_customer(call: Call) -> Answer:
    """Answer `POST /v2/customers`; implicit tokens only where the operator allows it (R8)."""
    if call.principal.grant is Grant.IMPLICIT and not call.shop.settings.allow_implicit_signup:
        raise refuse(403, "Forbidden", "Creating customers needs a client_credentials token")
    data = call.data("customer")
    core, custom = _accept_new(call, data)
    now = call.shop.second()
    row = Row(call.shop.new_id(), "", now, now, core, custom)
    _refuse_duplicate(call, row)
    call.shop.database.insert(CUSTOMERS, row)
    shown = show_customer(call, row)
    publish(call, "customer.created", {"data": shown})
    return Answer(201, {"data": shown})


def update_customer(call: Call) -> Answer:
    """Answer `PUT /v2/customers/{id}`: any subset."""
    row = find_customer(call)
    data = call.data("customer")
    refuse_unknown(call, _SLUG, data, _KEYS)
    given = {key: data[key] for key in _KEYS if key in data}
    _refuse(_find_faults(given))
    core = row.core | _keep(given)
    custom = accept_changes(call, _SLUG, data, row.custom)
    changed = replace(row, core=core, custom=custom, updated=call.shop.second())
    _refuse_duplicate(call, changed)
    call.shop.database.replace(CUSTOMERS, changed)
    shown = show_customer(call, changed)
    publish(call, "customer.updated", {"data": shown})
    return Answer(200, {"data": shown})


def delete_customer(call: Call) -> Answer:
    """Answer `DELETE /v2/customers/{id}`: addresses go, orders stay, an associated cart stands in the way (Q20)."""
    row = find_customer(call)
    database = call.shop.database
    if database.count(CARTS, Where("EXISTS (SELECT 1 FROM json_each(core, '$.customers') WHERE value = ?)", (row.id,))):
        raise invalid("The customer is associated with a cart; disassociate it first")
    database.delete(ADDRESSES, Where("parent = ?", (row.id,)))
    database.delete(CUSTOMERS, Where("id = ?", (row.id,)))
    publish(call, "customer.deleted", {"type": "customer", "id": row.id})
    return Answer(204)


def list_attributes(call: Call) -> Answer:
    """Answer `GET /v2/customers/attributes`, which upstream does not document (CONTRACT §9.8)."""
    core = [{"label": name, "value": name, "type": "string", "required": name in ("name", "email")} for name in _KEYS]
    custom = [
        {"label": field.slug, "value": field.slug, "type": field.type, "required": field.required}
        for field in visible_fields(call, _SLUG)
    ]
    return Answer(200, {"data": [*core, *custom], "meta": {"entity": _SLUG, "version": "v2"}})


def find_customer(call: Call) -> Row:
    """Return the customer that the path names.

    Raises:
        ApiError: 404.
    """
    row = call.shop.database.get(CUSTOMERS, call.params["id"])
    if row is None:
        raise not_found("customer")
    return row


def show_customer(call: Call, row: Row) -> Document:
    """Return a customer as upstream shows it; the password is only ever a boolean."""
    shown: Document = {
        "type": "customer",
        "id": row.id,
        "name": row.core["name"],
        "email": row.core["email"],
        "password": "password" in row.core,
        "external_ref": row.core.get("external_ref"),
        **show_values(call, _SLUG, row),
        "meta": {
            "timestamps": {"created_at": to_seconds_text(row.created), "updated_at": to_seconds_text(row.updated)}
        },
    }
    relationships = show_relationships(call, _SLUG, row)
    return shown | ({"relationships": relationships} if relationships else {})


def _accept_new(call: Call, data: Document) -> tuple[Document, Document]:
    refuse_unknown(call, _SLUG, data, _KEYS)
    given = {key: data[key] for key in _KEYS if key in data and not (key == "password" and data[key] is None)}
    faults = _find_faults({"name": None, "email": None} | given)
    try:
        custom = accept_new(call, _SLUG, data)
    except ApiError as error:
        raise ApiError(422, *faults, *error.problems) from error
    _refuse(faults)
    return _keep(given), custom


def _find_faults(given: Document) -> list[Problem]:
    faults: list[tuple[str, str]] = [
        (key, "is required" if given[key] in (None, "") else "must be a string")
        for key in ("name", "email", "password")
        if key in given and not text(given[key])
    ]
    email, reference = text(given.get("email")), given.get("external_ref")
    if email and not is_email(email):
        faults.append(("email", "must be a valid email"))
    if reference is not None and (not isinstance(reference, str) or len(reference) > _LONGEST_REFERENCE):
        faults.append(("external_ref", f"must be a string of at most {_LONGEST_REFERENCE} characters"))
    return [Problem("Validation Error", f'data.{key}: "{key}" {fault}', f"data.{key}", 422) for key, fault in faults]


def _refuse(faults: list[Problem]) -> None:
    if faults:
        raise ApiError(422, *faults)


def _keep(given: Document) -> Document:
    password = text(given.get("password"))
    return given | ({"password": hash_password(password, token_bytes(16))} if password else {})


def _refuse_duplicate(call: Call, row: Row) -> None:
    email = row.core["email"]
    taken = call.shop.database.count(CUSTOMERS, Where("email = ? AND id <> ?", (email, row.id)))
    if taken and Fault.DUPLICATE_EMAILS not in call.struck:
        raise refuse(409, "Duplicate email", "A customer with this email already exists", "data.email")


OWN = Access(customer=True, owner="id")
ENDPOINTS = (
    Endpoint("GET", "/v2/customers", list_customers),
    Endpoint("POST", "/v2/customers", create_customer, ANYBODY),
    Endpoint("POST", "/v2/customers/tokens", issue_customer_token, ANYBODY),
    Endpoint("GET", "/v2/customers/attributes", list_attributes, STAFF),
    Endpoint("GET", "/v2/customers/{id}", read_customer, OWN),
    Endpoint("PUT", "/v2/customers/{id}", update_customer, OWN),
    Endpoint("DELETE", "/v2/customers/{id}", delete_customer, OWN),
)
