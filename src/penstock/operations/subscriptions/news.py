"""Word of changes: passed on once, to the watchers of every replica, whichever of them upstream told.

Never here: who tells, how it proves who it is; what is done about it.
Source: CONTRACT §12 (at least once, unordered, concurrent: an event counts once by its id, and its contents are never
taken for what is there now).
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Awaitable, Callable

import msgspec

from penstock.errors import StateError
from penstock.operations.subscriptions.hub import Hub, Subject
from penstock.state import State
from penstock.upstream.wire import is_id

CHANNEL = "events"
"""Where each event is published."""

_REMEMBERED_SECONDS = 6 * 3600.0
"""For how long an event's id is known: upstream means to deliver within half an hour, and does not say for how long it
tries again."""
_PAUSE_SECONDS = 1.0


class _Message(msgspec.Struct, frozen=True):
    kind: str
    id: str


class _Envelope(msgspec.Struct, frozen=True):
    """The parts of an event that are looked at; whatever else it holds, the secret among it, is not even decoded."""

    id: str
    payload: dict[str, object]


class Event(msgspec.Struct, frozen=True):
    """What an event of upstream says."""

    id: str
    subject: Subject | None


_envelopes = msgspec.json.Decoder(_Envelope)
_messages = msgspec.json.Decoder(_Message)
_LONGEST_ID = 200


def read_news(body: bytes) -> Event | None:
    """The event in a body, or None where that is none.

    An event about something without an id (of the store's settings, say) has no subject.
    """
    try:
        envelope = _envelopes.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not 0 < len(envelope.id) <= _LONGEST_ID:
        return None
    told = envelope.payload.get("data", envelope.payload)
    kind, identity = (told.get("type"), told.get("id")) if isinstance(told, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(identity, str) or not is_id(identity):
        return Event(envelope.id, None)
    return Event(envelope.id, Subject(kind, identity))


class News:
    """Passes events on.

    Args:
        state: What replicas share.
        hub: The watchers of this process.
    """

    def __init__(self, state: State, hub: Hub) -> None:
        self._state = state
        self._hub = hub

    async def announce(self, identity: str, subject: Subject) -> bool:
        """Tell every replica of an event; False where that was done before.

        Args:
            identity: The event's own id.
            subject: What has changed.

        Raises:
            StateError: The replicas cannot be told; whoever brought the event is to bring it again.
        """
        key = f"event:{hashlib.sha256(identity.encode('utf-8', 'surrogatepass')).hexdigest()}"
        if not await self._state.add(key, b"", seconds=_REMEMBERED_SECONDS):
            return False
        try:
            await self._state.publish(CHANNEL, msgspec.json.encode(_Message(*subject)))
        except BaseException:
            with contextlib.suppress(StateError):
                await self._state.remove(key)  # not told: when it comes again, it is new
            raise
        return True

    async def follow(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Until cancelled: wake the watchers of whatever any replica heard of."""
        while True:
            with contextlib.suppress(StateError):
                async for raw in self._state.listen(CHANNEL):
                    with contextlib.suppress(msgspec.DecodeError):
                        message = _messages.decode(raw)
                        self._hub.tell(Subject(message.kind, message.id))
            await sleep(_PAUSE_SECONDS)
