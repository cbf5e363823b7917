"""A rate that several processes keep together: units are fetched a few at a time, from what all of them share.

Never here: where that is; this process's own line.
Source: CONTRACT §5 (a store counts the requests of a second, whoever sends them).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

Fetch: TypeAlias = Callable[[int], Awaitable[tuple[int, float]]]
"""From units wanted to units given and, where none was, the seconds until one is free; it does not fail."""

UNIT_SECONDS = 0.025
"""How long units may be used after they came."""
SLACK_SECONDS = 2 * UNIT_SECONDS
"""By so much the shared window is longer than the store's, so that no late use of a unit breaks that one."""

_LONGEST_PAUSE_SECONDS = 0.25


class SharedRate:
    """Units in hand.

    What was used of the last fetch is fetched again beside what is waited for, so that a busy process asks a few times
    in each hundredth of a second and an idle one takes nothing from the others.

    Args:
        fetch: Where units come from.
        most: Units fetched at once.
    """

    def __init__(self, fetch: Fetch, most: int) -> None:
        self._fetch = fetch
        self._most = most
        self._in_hand = 0
        self._good_until = 0.0
        self._used = 0
        self._fetching: asyncio.Task[None] | None = None

    def use(self, now: float) -> bool:
        """Use a unit, if there is one at this time of the event loop's clock."""
        if not self._in_hand or now >= self._good_until:
            return False
        self._in_hand -= 1
        self._used += 1
        return True

    def want(self, units: int, then: Callable[[], None]) -> None:
        """Fetch units for calls that wait; ``then`` is called when there are some, or when it is time to want again."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._get(units, then))

    def close(self) -> None:
        """Fetch no more."""
        if self._fetching is not None:
            self._fetching.cancel()

    async def _get(self, units: int, then: Callable[[], None]) -> None:
        wanted = min(self._most, units + self._used)
        self._used = 0
        given, wait = await self._fetch(wanted)
        if given:
            self._in_hand = given
            self._good_until = asyncio.get_running_loop().time() + UNIT_SECONDS
        else:
            await asyncio.sleep(min(wait, _LONGEST_PAUSE_SECONDS))
        self._fetching = None
        then()
