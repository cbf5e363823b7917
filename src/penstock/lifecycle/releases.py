"""The operator's word that a held candidate may serve, told to every replica.

Never here: why a candidate was held.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from penstock.errors import StateError
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.reload import ReloadReport
from penstock.lifecycle.stages import Change
from penstock.state import State

_PREFIX = "schema:released:"
_REMEMBERED_SECONDS = 3600.0
_POLL_SECONDS = 5.0

LetServe: TypeAlias = Callable[[str], Awaitable[ReloadReport | None]]
"""Swaps the candidate of a version in; None where it does not wait (any more)."""


class Releases:
    """Releases held candidates, here and on the other replicas.

    Args:
        state: What replicas share.
        holder: Where the held candidate stands.
        sleep: Waits that many seconds.
    """

    def __init__(self, state: State, holder: GenerationHolder, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._state = state
        self._holder = holder
        self._sleep = sleep
        self._untold: dict[str, None] = {}

    async def is_released(self, change: Change) -> bool:
        """Whether this change from one version to another was released within the last hour.

        Raises:
            StateError: That cannot be read.
        """
        return await self._state.get(_key(change)) is not None

    async def release(self, let_serve: LetServe, version: str | None = None) -> ReloadReport | None:
        """Let the candidate that waits serve, and tell the others; None where none waits, or another one.

        Args:
            let_serve: Swaps it in here.
            version: The only one that is meant; None for whichever waits.
        """
        held = self._holder.held
        if held is None or version not in (None, held.change.after.version):
            return None
        key = _key(held.change)
        with contextlib.suppress(StateError):  # it serves here all the same; the others are told later
            self._untold[key] = None
            await self._tell(key)
        return await let_serve(held.change.after.version)

    async def follow(self, let_serve: LetServe) -> None:
        """Until cancelled: let a candidate serve that waits here and was released elsewhere.

        What was released here while the state was out is told to the others when it is back.
        """
        while True:
            await self._sleep(_POLL_SECONDS)
            held = self._holder.held
            with contextlib.suppress(StateError):
                for key in tuple(self._untold):
                    await self._tell(key)
                if held is not None and await self.is_released(held.change):
                    await let_serve(held.change.after.version)

    async def _tell(self, key: str) -> None:
        await self._state.put(key, b"1", seconds=_REMEMBERED_SECONDS)
        if not self._state.is_standing_in:
            self._untold.pop(key, None)


def _key(change: Change) -> str:
    before = change.before.version if change.before is not None else ""
    return f"{_PREFIX}{before}:{change.after.version}"
