"""Identifiers and moments of the seed, derived from names and numbers.

Never here: rows.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

# 2025-01-06T09:00:00Z: the store opened on a Monday morning.
_OPENING = 1_736_154_000_000
_HOUR = 3_600_000


def seeded_id(kind: str, name: str) -> str:
    """Return the identifier of a seeded thing."""
    return str(uuid5(NAMESPACE_URL, f"https://penstock.example/seed/{kind}/{name}"))


def seeded_moment(hours: int) -> int:
    """Return the moment some hours after the store opened, in milliseconds since the epoch."""
    return _OPENING + hours * _HOUR
