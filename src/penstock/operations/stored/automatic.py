"""Documents that clients bring along with their digest, so as to ask by the digest alone from then on.

Nothing wrong can get in: a text is kept under its own digest only, and only once it was found valid. What others share
is checked again when it is read. What is shared in a day is bounded as well: a space more makes another valid document.

Never here: trusted documents, what a request looks like.
"""

from __future__ import annotations

from collections import OrderedDict

from penstock.errors import StateError
from penstock.operations.stored.trusted import digest_of
from penstock.state import State

_SHARE_OF_ONE = 16
_MOST_ENTRIES = 10_000
_SHARED_SECONDS = 86_400.0
_KEY = "apq:"
_WINDOW = "apq"
_UNIT_BYTES = 1024
"""What of a day's share a shared text takes is counted in these."""


class AutomaticDocuments:
    """The texts of one process, the least recently used forgotten first, and beyond it what replicas share.

    Args:
        most_bytes: Of all texts together, in this process and, over a day, among those that share; one text may have a
            sixteenth of that.
        state: What replicas share, or None.
    """

    def __init__(self, most_bytes: int, state: State | None = None) -> None:
        self._most_bytes = most_bytes
        self._state = state if state is not None and state.is_shared else None
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._texts)

    async def find(self, digest: str) -> str | None:
        """The text of a digest, or None."""
        text = self._texts.get(digest)
        if text is not None:
            self._texts.move_to_end(digest)
            return text
        text = await self._find_shared(digest)
        if text is not None:
            self._remember(digest, text)
        return text

    async def keep(self, digest: str, text: str) -> None:
        """Keep a valid document under its digest, which the caller has checked."""
        if digest in self._texts or not self._remember(digest, text) or self._state is None:
            return
        content = text.encode()
        units = -(-len(content) // _UNIT_BYTES)
        try:
            share = self._most_bytes // _UNIT_BYTES
            granted = await self._state.take(_WINDOW, units, limit=share, seconds=_SHARED_SECONDS)
            if granted.amount == units:
                await self._state.put(_KEY + digest, content, seconds=_SHARED_SECONDS)
        except StateError:
            return  # it is kept here, and another replica will ask for it

    async def _find_shared(self, digest: str) -> str | None:
        if self._state is None:
            return None
        try:
            found = await self._state.get(_KEY + digest)
        except StateError:
            return None
        if found is None or len(found) > self._most_bytes // _SHARE_OF_ONE:
            return None
        text = found.decode("utf-8", "replace")
        return text if digest_of(text) == digest else None

    def _remember(self, digest: str, text: str) -> bool:
        size = _size(text)
        if size > self._most_bytes // _SHARE_OF_ONE:
            return False
        self._texts[digest] = text
        self._bytes += size
        while self._bytes > self._most_bytes or len(self._texts) > _MOST_ENTRIES:
            _, dropped = self._texts.popitem(last=False)
            self._bytes -= _size(dropped)
        return True


def _size(text: str) -> int:
    """Bytes of a text in UTF-8, which is what it is shared as."""
    return len(text) if text.isascii() else len(text.encode())
