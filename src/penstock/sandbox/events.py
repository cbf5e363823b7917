"""Events: what the store tells its integrations, put down in the same transaction as the change.

Never here: delivering anything.

Source: CONTRACT §12.
"""

from __future__ import annotations

from penstock.sandbox.calls import Call
from penstock.sandbox.documents import Document


def publish(call: Call, event: str, payload: Document) -> None:
    """Put an event down for every enabled integration that observes it."""
