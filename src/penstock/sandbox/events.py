"""Events: what the store tells its integrations, put down in the same transaction as the change.

Never here: delivering anything.

Source: CONTRACT §12, §13 (personal data logs).
"""

from __future__ import annotations

from penstock.sandbox.calls import Call
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, listing, mapping, write_json
from penstock.sandbox.faults import Fault
from penstock.sandbox.tables import CHANGES, DELIVERIES, INTEGRATIONS

STORE_ID = "7d5b1d2e-0000-4000-8000-000000000001"
ORGANISATION_ID = "7d5b1d2e-0000-4000-8000-000000000002"
_PERSONAL = ("customer.", "address.")


def publish(call: Call, event: str, payload: Document) -> None:
    """Put an event down for every enabled integration that observes it.

    Args:
        call: the call that caused it.
        event: such as `customer.updated`.
        payload: `{data: resource}`, or bare `{type, id}` of something deleted.
    """
    if event.startswith(_PERSONAL):
        _log_personal_data(call, event, payload)
    for integration in call.shop.database.select(INTEGRATIONS, Where()):
        core = integration.core
        if (
            core.get("enabled") is True
            and event in listing(core.get("observes"))
            and core["integration_type"] == "webhook"
        ):
            _put_down(call, event, payload, integration)


def _put_down(call: Call, event: str, payload: Document, integration: Row) -> None:
    is_deletion = "data" not in payload
    body: Document = {
        "id": call.shop.new_id(),
        "triggered_by": event,
        "attempt": 1,
        "integration": {
            "id": integration.id,
            **{key: integration.core.get(key) for key in ("integration_type", "name", "description")},
        },
        "payload": payload,
        "resources": payload if is_deletion else write_json(payload),
        "configuration": mapping(integration.core["configuration"]),
        "store_id": STORE_ID,
        "org_id": ORGANISATION_ID,
    }
    late = call.struck.get(Fault.WEBHOOK_OUT_OF_ORDER)
    now = call.shop.now()
    due = now + (int(late.seconds * 1000) if late else 0)
    for _ in range(2 if Fault.WEBHOOK_DUPLICATE in call.struck else 1):
        core: Document = {"due": due, "body": body, "event": event}
        call.shop.database.insert(DELIVERIES, Row(call.shop.new_id(), integration.id, now, now, core))
    call.shop.bell.ring()


def _log_personal_data(call: Call, event: str, payload: Document) -> None:
    subject = mapping(payload.get("data", payload))
    now = call.shop.now()
    core: Document = {
        "event_type": event.replace(".", ".event."),
        "resource_type": subject.get("type"),
        "resource_id": subject.get("id"),
        "delta": {key: value for key, value in subject.items() if key not in ("password", "links", "meta")},
    }
    call.shop.database.insert(CHANGES, Row(call.shop.new_id(), "", now, now, core))
