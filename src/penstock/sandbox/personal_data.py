"""Personal data: the log of changes, what else belongs to a customer, requests to erase.

Never here: erasing anything; upstream does that later, by itself.

Source: CONTRACT §13; personal-data.yaml.
"""

from __future__ import annotations

from penstock.sandbox.body_checks import BodyChecks
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import not_found
from penstock.sandbox.events import STORE_ID
from penstock.sandbox.listings import Attribute, Listing, answer_page
from penstock.sandbox.moments import to_milliseconds_text
from penstock.sandbox.tables import ADDRESSES, CHANGES, ERASURES

_EQUAL = frozenset({"eq"})
_SUBJECT = {
    name: Attribute(f"json_extract(core, '$.{name}')", _EQUAL)
    for name in ("resource_type", "resource_id", "event_type")
}
_LOGS = Listing(CHANGES, _SUBJECT, offset_limit=10_000)
_REQUESTS = Listing(ERASURES, _SUBJECT, offset_limit=10_000)
_INITIATOR: Document = {"access-token-type": "client-credentials-token", "access-token-store-id": STORE_ID}
_DAYS = "personal data log days"


def list_logs(call: Call) -> Answer:
    """Answer `GET /v2/personal-data/logs`: changes of customers and addresses, newest first."""
    return answer_page(call, _LOGS, Where(), _show_log)


def list_related(call: Call) -> Answer:
    """Answer `GET /v2/personal-data/related-data-entries`: the addresses of customers, filterable by owner."""
    owners = {"resource_id": Attribute("parent", _EQUAL), "resource_type": Attribute("'customer'", _EQUAL)}
    return answer_page(call, Listing(ADDRESSES, owners, offset_limit=10_000), Where(), _show_related)


def create_request(call: Call) -> Answer:
    """Answer `POST /v2/personal-data/erasure-requests`."""
    data = call.data()
    checks = BodyChecks()
    checks.require(data, "data", ("type", "resource_id", "resource_type"))
    checks.settle()
    now = call.shop.now()
    core: Document = {key: data[key] for key in ("resource_id", "resource_type")}
    row = Row(call.shop.new_id(), "", now, now, core)
    call.shop.database.insert(ERASURES, row)
    return Answer(201, {"data": _show_request(call, row)})


def list_requests(call: Call) -> Answer:
    """Answer `GET /v2/personal-data/erasure-requests`."""
    return answer_page(call, _REQUESTS, Where(), lambda row: _show_request(call, row))


def read_request(call: Call) -> Answer:
    """Answer `GET /v2/personal-data/erasure-requests/{id}`."""
    row = call.shop.database.get(ERASURES, call.params["id"])
    if row is None:
        raise not_found("Erasure request")
    return Answer(200, {"data": _show_request(call, row)})


def read_log_days(call: Call) -> Answer:
    """Answer `GET /v2/settings/logs-ttl`."""
    days = int(call.shop.database.fact(_DAYS) or "365")
    return Answer(200, {"data": {"type": "time_to_live", "days": days}})


def update_log_days(call: Call) -> Answer:
    """Answer `PUT /v2/settings/logs-ttl`."""
    days = call.data().get("days")
    checks = BodyChecks()
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 3650:
        checks.note("invalid_type", "data.days", "must be a whole number from 1 to 3650")
    checks.settle()
    call.shop.database.remember(_DAYS, str(days))
    return read_log_days(call)


def _show_log(row: Row) -> object:
    return {
        "id": row.id,
        "type": "personal_data_log_entry",
        "store_id": STORE_ID,
        "initiator": _INITIATOR,
        "time": to_milliseconds_text(row.created),
        **row.core,
    }


def _show_related(row: Row) -> object:
    return {"type": "related_data_entry", "resource_type": "address", "resource_id": row.id}


def _show_request(call: Call, row: Row) -> Document:
    return {
        "id": row.id,
        "type": "erasure_request",
        **row.core,
        "initiator": _INITIATOR,
        "status": "CREATED",
        "status_description": "The erasure request successfully created",
        "created_at": to_milliseconds_text(row.created),
        "updated_at": to_milliseconds_text(row.updated),
        "links": {"self": f"{call.base}/v2/personal-data/erasure-requests/{row.id}"},
    }


ENDPOINTS = (
    Endpoint("GET", "/v2/personal-data/logs", list_logs),
    Endpoint("GET", "/v2/personal-data/related-data-entries", list_related),
    Endpoint("POST", "/v2/personal-data/erasure-requests", create_request),
    Endpoint("GET", "/v2/personal-data/erasure-requests", list_requests),
    Endpoint("GET", "/v2/personal-data/erasure-requests/{id}", read_request),
    Endpoint("GET", "/v2/settings/logs-ttl", read_log_days),
    Endpoint("PUT", "/v2/settings/logs-ttl", update_log_days),
)
