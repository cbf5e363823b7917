"""Which of two definitions is the older: by `created_at`, then by id.

Never here: a clock; only the texts that a store gave are compared.
Source: CONTRACT §1 (timestamps vary in precision and zone).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TypeAlias

AgeKey: TypeAlias = tuple[int, str, str, str]
"""Seconds since year 0 or -1, fraction digits, the text itself, the id: sorts the older first."""

_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,18}))?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?)?",
    re.ASCII,
)


def age_key(created_at: str, identity: str) -> AgeKey:
    """A key that sorts the older definition first, whatever precision or zone its timestamp has.

    What has no readable `created_at` counts as older than everything that has one: it stems from before upstream
    wrote them, and a field added today must not push an old one aside.
    """
    seconds, fraction = _instant(created_at)
    return (seconds, fraction, created_at if seconds < 0 else "", identity)


def _instant(text: str) -> tuple[int, str]:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return -1, ""
    year, month, day, hour, minute, second, fraction, sign, zone_hour, zone_minute = found.groups()
    try:
        days = date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        return -1, ""
    offset = int(zone_hour or 0) * 3600 + int(zone_minute or 0) * 60
    seconds = days * 86_400 + int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)
    return seconds - (offset if sign == "+" else -offset), (fraction or "").rstrip("0")
