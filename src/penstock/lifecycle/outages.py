"""What the schema's life has to do with outages of the shared state: wait a little before it, look again after it.

A gateway that begins without what replicas share knows no name that was ever given, and would give some anew.

Never here: how an outage is found out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from penstock.errors import StateError
from penstock.lifecycle.pinning import LOCK_KEY
from penstock.state import State

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

_PATIENCE_SECONDS = 3.0
_TURN_SECONDS = 0.1
_BEAT_SECONDS = 1.0


async def wait_for_state(state: State, sleep: Sleep) -> None:
    """Wait until what is shared can be read, but no longer than a few seconds."""
    with suppress(StateError):
        await state.get(LOCK_KEY)  # only what was asked for something knows that it is down
    waited_seconds = 0.0
    while not state.is_shared and waited_seconds < _PATIENCE_SECONDS:
        await sleep(_TURN_SECONDS)
        waited_seconds += _TURN_SECONDS


async def look_after_outages(state: State, look: Callable[[], Awaitable[object]], sleep: Sleep) -> None:
    """Until cancelled: look whenever what is shared is back, since others may have learnt something meanwhile."""
    was_shared = True
    while True:
        await sleep(_BEAT_SECONDS)
        is_shared = state.is_shared
        if is_shared and not was_shared:
            await look()
        was_shared = is_shared
