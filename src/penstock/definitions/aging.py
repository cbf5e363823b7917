"""How a lock follows a store: what has gone is marked, what is back is unmarked, what is gone long enough is over.

Never here: a clock; names.
Source: GRAPHQL conventions (disabled and deleted fields); CONTRACT §9.5, Q14.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from penstock.definitions.lock import FieldPin, FlowPin, Gone, Lock, Reason, moment, seconds_of
from penstock.definitions.model import FlowDefinition, StoreDefinitions

_Pin = TypeVar("_Pin", FieldPin, FlowPin)


@dataclass(frozen=True, slots=True)
class Look:
    """When a store was looked at.

    Attributes:
        began: When reading its definitions began, in epoch seconds: nothing older is news to the reading, and what the
            lock learnt from others after it may be unknown to the reading.
        now: Epoch seconds.
        grace_seconds: How long what has gone is still shown.
    """

    began: float
    now: float
    grace_seconds: float

    def gone(self, why: Reason, since: float) -> Gone:
        """The mark of what has gone since then."""
        until = since + self.grace_seconds
        return Gone(why, moment(since), moment(until), is_over=self.now >= until)


def age(lock: Lock, definitions: StoreDefinitions, owners: Mapping[str, str], look: Look) -> Lock:
    """The lock after a look: marks set and taken away, no pin added.

    Args:
        lock: What was known.
        definitions: What the store says.
        owners: Flow slug → owner, as `owners_of` tells.
        look: When.
    """
    flows = {owners[flow.slug]: flow for flow in definitions.flows}
    return Lock(
        fields={owner: _age_fields(pins, flows.get(owner), definitions, look) for owner, pins in lock.fields.items()},
        flows={key: _aged(pin, _flow_reason(flows.get(key)), look) for key, pin in lock.flows.items()},
    )


def disabled_since(updated_at: str, look: Look) -> float:
    """When something that was never seen enabled was disabled: upstream's word for it, the look's own where none."""
    try:
        return max(0.0, min(seconds_of(updated_at), look.now))
    except (ValueError, OverflowError):
        return look.now


def _flow_reason(flow: FlowDefinition | None) -> Reason | None:
    if flow is None:
        return "deleted"
    return None if flow.enabled else "disabled"


def _age_fields(
    pins: Mapping[str, FieldPin], flow: FlowDefinition | None, definitions: StoreDefinitions, look: Look
) -> dict[str, FieldPin]:
    reasons: dict[str, Reason | None] = {}
    if flow is not None:
        reasons |= {field_id: "unreadable" for slug, field_id, _ in definitions.quarantined if slug == flow.slug}
        reasons |= {field.id: None if field.enabled and flow.enabled else "disabled" for field in flow.fields}
    return {field_id: _aged(pin, reasons.get(field_id, "deleted"), look) for field_id, pin in pins.items()}


def _aged(pin: _Pin, why: Reason | None, look: Look) -> _Pin:
    gone = pin.gone
    if why is None:
        is_later_news = gone is not None and look.began < seconds_of(gone.since) <= look.now
        return pin if gone is None or is_later_news else replace(pin, gone=None)
    if gone is None:
        is_later_news = look.began < seconds_of(pin.first_seen) <= look.now
        return pin if is_later_news else replace(pin, gone=look.gone(why, look.now))
    is_over = gone.is_over or look.now >= seconds_of(gone.until)
    return replace(pin, gone=replace(gone, why=why, is_over=is_over))
