"""A write that a key of the client's makes happen once: who may make it, and what became of it before.

What is kept is the id of what was made and a digest of the input: no personal data, and nothing that one caller could
read of another's, because the caller is a part of the key: the customer whom upstream has proved, or else the
credentials that came.

Never here: which write it is, sending.
Source: CONTRACT §5 (no idempotency upstream), §11 (a cart may be checked out again).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from penstock.operations.request import Credentials
from penstock.state import State

KEPT_SECONDS = 86_400.0
"""How long a key stands for what it was first used for."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier submission with the same key.

    Attributes:
        is_same: Whether its input was the same.
        made: The id of what it made; None while it is under way, and after it ended without a clear answer.
    """

    is_same: bool
    made: str | None


@dataclass(frozen=True, slots=True)
class Once:
    """The right to make one write, or the knowledge that it was made.

    Args:
        state: Where it is kept.
        key: Under which.
        fingerprint: A digest of what is written.
    """

    state: State
    key: str
    fingerprint: str

    async def claim(self) -> Earlier | None:
        """Take the right, or tell of who took it earlier.

        Raises:
            StateError: It cannot be told; nothing was taken.
        """
        for _ in range(2):
            if await self.state.add(self.key, self._value(None), seconds=KEPT_SECONDS):
                return None
            found = await self.state.get(self.key)
            if found is not None:
                return self._read(found)
        return Earlier(is_same=True, made=None)

    async def keep(self, made: str) -> None:
        """Remember what was made.

        Raises:
            StateError: It could not be written.
        """
        await self.state.put(self.key, self._value(made), seconds=KEPT_SECONDS)

    async def release(self) -> None:
        """Give the right back: nothing was written, and the same key may try again.

        Raises:
            StateError: It could not be given back.
        """
        await self.state.remove(self.key)

    def _value(self, made: str | None) -> bytes:
        return json.dumps({"fingerprint": self.fingerprint, "made": made}).encode()

    def _read(self, value: bytes) -> Earlier:
        kept = json.loads(value)
        made = kept.get("made")
        return Earlier(kept.get("fingerprint") == self.fingerprint, made if isinstance(made, str) else None)


def once_for(
    state: State, what: str, credentials: Credentials, key: str, body: bytes, *, proven_customer: str = ""
) -> Once:
    """The claim of one caller to one write.

    Args:
        state: Where it is kept.
        what: What is written to, as a target.
        credentials: The caller's: the same key means another write for anybody else.
        key: The client's own text.
        body: What is written.
        proven_customer: Id of the customer that upstream knows the caller for: the caller stays the same when tokens
            are renewed between two submissions. "" for anybody else.
    """
    digest = hashlib.sha256()
    caller = proven_customer.encode() or credentials.digest or credentials.headers.wire
    kind = b"customer" if proven_customer else b"credentials"
    for part in (what.encode(), kind, caller, key.encode("utf-8", "replace")):
        digest.update(len(part).to_bytes(8, "big") + part)
    return Once(state, f"once:{digest.hexdigest()}", hashlib.sha256(body).hexdigest())
