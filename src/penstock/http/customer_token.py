"""What the payload of a customer token says, as a hint: upstream decides, so anything undecodable is simply no hint.

Never here: whether a token is valid.
Source: CONTRACT §7 (three dot-joined parts, base64 with padding, `sub` and `exp`).
"""

from __future__ import annotations

import binascii
import math
import re
from typing import NamedTuple

import msgspec

_LONGEST = 8192
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_STANDARD = bytes.maketrans(b"-_", b"+/")


class TokenHint(NamedTuple):
    """The customer's id and the expiry in epoch seconds, each None where it cannot be told."""

    customer_id: str | None
    expires: float | None


NO_HINT = TokenHint(None, None)


def read_hint(token: bytes) -> TokenHint:
    """Read the payload of a token, padded or not, in either base64 alphabet; never raises."""
    parts = token.split(b".")
    if len(parts) != 3 or len(token) > _LONGEST:
        return NO_HINT
    encoded = parts[1].rstrip(b"=").translate(_STANDARD)
    try:
        payload: object = msgspec.json.decode(binascii.a2b_base64(encoded + b"=" * (-len(encoded) % 4)))
    except (ValueError, RecursionError):
        return NO_HINT
    if not isinstance(payload, dict):
        return NO_HINT
    return TokenHint(_read_id(payload.get("sub")), _read_moment(payload.get("exp")))


def _read_id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _read_moment(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
