"""Integrations: the endpoints that define webhooks and show what became of deliveries.

Never here: delivering.

Source: CONTRACT §12, R24; integrations.yaml.
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlsplit

from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, mapping
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import invalid, not_found
from penstock.sandbox.events import publish
from penstock.sandbox.listings import Listing, answer_list
from penstock.sandbox.moments import to_milliseconds_text
from penstock.sandbox.tables import DELIVERIES, INTEGRATION_LOGS, INTEGRATIONS

_KINDS = ("webhook", "aws_sqs", "stomp")
_KEYS = ("name", "description", "enabled", "integration_type", "observes", "configuration")
_EVENTS = {
    "customer": "created updated deleted",
    "address": "created updated deleted",
    "order": "created updated paid authorized fulfilled cancelled refunded",
    "cart": "updated deleted",
    "transaction": "created updated",
    "settings": "created updated",
    "integration": "created updated deleted",
    "file": "created deleted",
    "currency": "created updated deleted",
    "payment-gateway": "updated",
    "user-authentication-info": "created updated deleted",
    "one-time-password-token-request": "created",
}
_OBSERVABLE = frozenset(f"{subject}.{verb}" for subject, verbs in _EVENTS.items() for verb in verbs.split())
_LOGS = Listing(INTEGRATION_LOGS, {}, {}, "sequence DESC")


def list_integrations(call: Call) -> Answer:
    """Answer `GET /v2/integrations`: all of them, unpaged."""
    return Answer(200, {"data": [_show(call, row) for row in call.shop.database.select(INTEGRATIONS, Where())]})


def read_integration(call: Call) -> Answer:
    """Answer `GET /v2/integrations/{id}`."""
    return Answer(200, {"data": _show(call, _get(call))})


def create_integration(call: Call) -> Answer:
    """Answer `POST /v2/integrations`."""
    data = call.data("integration")
    core: Document = {"description": "", "enabled": False, "integration_type": "webhook", "observes": []}
    core |= {key: data[key] for key in _KEYS if data.get(key) is not None}
    _check(call, core)
    now = call.shop.now()
    row = Row(call.shop.new_id(), "", now, now, core)
    if call.shop.database.count(INTEGRATIONS, Where()) >= int(str(call.shop.preferences()["integration_limit"])):
        raise invalid("The store has as many integrations as it may have")
    call.shop.database.insert(INTEGRATIONS, row)
    publish(call, "integration.created", {"data": _show(call, row)})
    return Answer(200, {"data": _show(call, row)})


def update_integration(call: Call) -> Answer:
    """Answer `PUT /v2/integrations/{id}`: what is given changes."""
    row = _get(call)
    data = call.data("integration")
    core = row.core | {key: data[key] for key in _KEYS if data.get(key) is not None}
    _check(call, core)
    changed = replace(row, core=core, updated=call.shop.now())
    call.shop.database.replace(INTEGRATIONS, changed)
    publish(call, "integration.updated", {"data": _show(call, changed)})
    return Answer(200, {"data": _show(call, changed)})


def delete_integration(call: Call) -> Answer:
    """Answer `DELETE /v2/integrations/{id}`: its deliveries go with it."""
    row = _get(call)
    for table in (DELIVERIES, INTEGRATION_LOGS):
        call.shop.database.delete(table, Where("parent = ?", (row.id,)))
    call.shop.database.delete(INTEGRATIONS, Where("id = ?", (row.id,)))
    publish(call, "integration.deleted", {"type": "integration", "id": row.id})
    return Answer(204)


def list_logs(call: Call) -> Answer:
    """Answer `GET /v2/integrations/logs`, `…/{id}/logs` and `…/{id}/jobs/{job}/logs`: attempts, newest first."""
    scope = Where()
    if "id" in call.params:
        scope = Where("parent = ?", (_get(call).id,))
    if "job" in call.params:
        scope &= Where("json_extract(core, '$.job') = ?", (call.params["job"],))
    envelope = answer_list(call, _LOGS, scope, _show_log)[1]
    meta = mapping(envelope["meta"])
    # These listings hold the page flat in `meta` and the total beside it (integrations.yaml).
    return Answer(200, {"data": envelope["data"], "meta": meta["page"], "results": meta["results"]})


def list_jobs(call: Call) -> Answer:
    """Answer `GET /v2/integrations/{id}/jobs`: one for each event."""
    rows = call.shop.database.select(INTEGRATION_LOGS, Where("parent = ?", (_get(call).id,)))
    jobs = dict.fromkeys(str(row.core["job"]) for row in rows)
    return Answer(200, {"data": [{"type": "integration-job", "id": job} for job in jobs]})


def _get(call: Call) -> Row:
    row = call.shop.database.get(INTEGRATIONS, call.params["id"])
    if row is None:
        raise not_found("Integration")
    return row


def _check(call: Call, core: Document) -> None:
    if not isinstance(core.get("name"), str) or not core["name"]:
        raise invalid('data.name: "name" is required', "data.name")
    if not isinstance(core["description"], str):
        raise invalid('data.description: "description" must be a string', "data.description")
    if not isinstance(core["enabled"], bool):
        raise invalid('data.enabled: "enabled" must be a boolean', "data.enabled")
    if core["integration_type"] not in _KINDS:
        raise invalid(f"data.integration_type: must be one of {', '.join(_KINDS)}", "data.integration_type")
    observes = core["observes"]
    limit = int(str(call.shop.preferences()["event_limit"]))
    if not isinstance(observes, list) or len(observes) > limit:
        raise invalid(f"data.observes: must be an array of at most {limit} events", "data.observes")
    unknown = [event for event in observes if not isinstance(event, str) or event not in _OBSERVABLE]
    if unknown:
        raise invalid(f"data.observes: {json.dumps(unknown[0])} cannot be observed", "data.observes")
    _check_configuration(core.get("configuration"))


def _check_configuration(configuration: object) -> None:
    path = "data.configuration"
    if not isinstance(configuration, dict) or not isinstance(configuration.get("url"), str):
        raise invalid(f"{path}.url is required", f"{path}.url")
    try:
        parts = urlsplit(configuration["url"])
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise invalid(f"{path}.url must be an http or https address", f"{path}.url")
    secret = configuration.get("secret_key", "")
    if not isinstance(secret, str) or not secret.isascii() or not (secret == "" or secret.isprintable()):
        raise invalid(f"{path}.secret_key must be printable text", f"{path}.secret_key")


def _show(call: Call, row: Row) -> Document:
    stamps = {"created_at": to_milliseconds_text(row.created), "updated_at": to_milliseconds_text(row.updated)}
    links = {"self": f"{call.base}/v2/integrations/{row.id}"}
    return {"id": row.id, "type": "integration", **row.core, "links": links, "meta": {"timestamps": stamps}}


def _show_log(row: Row) -> Document:
    core = {key: value for key, value in row.core.items() if key != "job"}
    relationships = {
        "integration": {"data": {"type": "integration", "id": row.parent}},
        "job": {"data": {"type": "integration-job", "id": row.core["job"]}},
    }
    created = to_milliseconds_text(row.created)
    return {"id": row.id, "type": "integration-log", **core, "created_at": created, "relationships": relationships}


_ONE = "/v2/integrations/{id}"
ENDPOINTS = (
    Endpoint("GET", "/v2/integrations", list_integrations),
    Endpoint("POST", "/v2/integrations", create_integration),
    Endpoint("GET", "/v2/integrations/logs", list_logs),
    Endpoint("GET", _ONE, read_integration),
    Endpoint("PUT", _ONE, update_integration),
    Endpoint("DELETE", _ONE, delete_integration),
    Endpoint("GET", _ONE + "/logs", list_logs),
    Endpoint("GET", _ONE + "/jobs", list_jobs),
    Endpoint("GET", _ONE + "/jobs/{job}/logs", list_logs),
)
