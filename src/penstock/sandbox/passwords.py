"""Passwords: kept as salted scrypt hashes, never as they were.

Never here: what makes a password good (CONTRACT Q24: upstream has no known rule).
"""

from __future__ import annotations

import hashlib
import hmac

# A toy store on a laptop: signing in costs a millisecond instead of the tenth of a second a real one should spend.
_COST = 2**8


def hash_password(password: str, salt: bytes) -> str:
    """Return `salt$hash`, both in hexadecimal."""
    return f"{salt.hex()}${_digest(password, salt).hex()}"


def is_password(password: str, hashed: str) -> bool:
    """Tell whether a hash was made of this password."""
    salt, _, digest = hashed.partition("$")
    return hmac.compare_digest(_digest(password, bytes.fromhex(salt)).hex(), digest)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=8, p=1)
