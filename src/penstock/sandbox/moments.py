"""Moments as upstream writes and reads them; inside the sandbox a moment is a whole number of milliseconds.

Never here: the clock.

Source: CONTRACT §1 (timestamps), §4 (dates in filters).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})\Z", re.ASCII)
_MILLISECONDS = re.compile(r"-?\d{1,15}\Z", re.ASCII)


def to_seconds_text(milliseconds: int) -> str:
    """Return `2031-02-03T04:05:06Z`, the form of customers, carts and orders."""
    return (_EPOCH + timedelta(seconds=milliseconds // 1000)).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_milliseconds_text(milliseconds: int) -> str:
    """Return `2031-02-03T04:05:06.007Z`, the form of flows, fields, entries and addresses."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def parse_moment(operand: str) -> int | None:
    """Read a filter operand: `YYYY-MM-DD`, milliseconds since the epoch, or a full timestamp; None for others."""
    if _MILLISECONDS.match(operand):
        return int(operand)
    try:
        moment = datetime.fromisoformat(operand)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def is_timestamp(value: str) -> bool:
    """Tell whether the text is a full RFC 3339 timestamp with its zone."""
    if not _TIMESTAMP.match(value):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def is_date_text(value: str) -> bool:
    """Tell whether the text is `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS` and names a real day (CONTRACT §9.4)."""
    moment = f"{value} 00:00:00" if _DAY.match(value) else value
    try:
        # Not strftime: it writes the year 1 without its zeros.
        return datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").isoformat(" ") == moment  # noqa: DTZ007 (no zone)
    except ValueError:
        return False
