"""Faults that a tester switches on: what they are, when they strike, how they run out.

Never here: what a fault does to an answer.

Source: CONTRACT §15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum


class Fault(Enum):
    """Everything that can be made to go wrong, by its name at the control endpoint."""

    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    LATENCY = "latency"
    EXPIRED_BEARER = "expired_bearer"
    EXPIRED_CUSTOMER_TOKEN = "expired_customer_token"  # noqa: S105 (the name of a fault)
    NOT_JSON = "not_json"
    STATUS_AS_STRING = "status_as_string"
    DUPLICATE_EMAILS = "duplicate_emails"
    FIELD_LAG = "field_lag"
    WRONG_TYPES = "wrong_types"
    NO_LINKS = "no_links"
    PREVIOUS_LINK = "previous_link"
    WEBHOOK_DUPLICATE = "webhook_duplicate"
    WEBHOOK_OUT_OF_ORDER = "webhook_out_of_order"


@dataclass(frozen=True, slots=True)
class Switch:
    """One fault that is on.

    Attributes:
        fault: what goes wrong.
        count: how many more times it strikes; None without end.
        method: only calls of this method; None for all.
        path: only calls whose path this expression finds; None for all.
        status: of `server_error` (503 where it is not named) and `not_json` (200).
        seconds: of `latency`, `field_lag` and `webhook_out_of_order`.
        after: the call is carried out before its answer is spoilt.
    """

    fault: Fault
    count: int | None = None
    method: str | None = None
    path: re.Pattern[str] | None = None
    status: int | None = None
    seconds: float = 1.0
    after: bool = False

    def meets(self, method: str, path: str) -> bool:
        """Tell whether the switch concerns such a call."""
        return (self.method is None or self.method == method) and (self.path is None or bool(self.path.search(path)))


class Faults:
    """The switches that are on."""

    def __init__(self) -> None:
        """Begin with none."""
        self._on: list[Switch] = []

    def switches(self) -> tuple[Switch, ...]:
        """Return what is on, in the order it was switched on."""
        return tuple(self._on)

    def switch_on(self, switch: Switch) -> None:
        """Switch a fault on, beside those that are on already."""
        self._on.append(switch)

    def reset(self) -> None:
        """Switch everything off."""
        self._on.clear()

    def strike(self, fault: Fault, method: str = "", path: str = "") -> Switch | None:
        """Return the switch that strikes such a call, counting it down, or None."""
        for index, switch in enumerate(self._on):
            if switch.fault is fault and switch.meets(method, path):
                if switch.count is not None:
                    left = switch.count - 1
                    self._on[index : index + 1] = [replace(switch, count=left)] if left else []
                return switch
        return None
