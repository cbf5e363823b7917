"""Of all replicas, one asks the store for its definitions; the others read what it was told, and hear of changes.

Never here: when it is time to look, what becomes of a reading.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from penstock.definitions.reading import Reading
from penstock.definitions.snapshot import read_snapshot, render_snapshot
from penstock.errors import OperatorError, StateError
from penstock.lifecycle.stages import Load
from penstock.state import Lease, State

CHANNEL = "schema:readings"
"""Where the fingerprint of each new reading is published."""

_READING = "schema:reading"
_LOOKED = "schema:looked"
_LOOK = "schema:look"
_WHERE = f"The reading in the shared state (key {_READING!r})"
_LEAST_SECONDS = 5.0
_PAUSE_SECONDS = 1.0
_LOOK_UP_SECONDS = 2.0
_IN_VAIN_SECONDS = 15.0

Look: TypeAlias = Callable[[], Awaitable[object]]
"""Lets this replica look now."""


class Together:
    """A `Load` for the beat (`glance`) and one for those who must know (`ask`).

    The replica that holds the lease asks the store at each beat and writes down what it was told. The others take that,
    as long as it is recent and no older than they are: whoever starts a gateway expects it to begin with what the store
    says then. When nobody has looked for a while, they ask for themselves, and so does each of them while the shared
    state is down.

    Args:
        load: Asks the store.
        state: What replicas share.
        poll_seconds: Time between beats; 0 where nobody looks unasked.
        clock: Seconds since the epoch.
    """

    def __init__(self, load: Load, state: State, poll_seconds: float, clock: Callable[[], float]) -> None:
        self._load = load
        self._state = state
        self._lease_seconds = 1.5 * poll_seconds + _LEAST_SECONDS
        self._recent_seconds = 2 * poll_seconds + _LEAST_SECONDS
        self._clock = clock
        self._since = clock()
        self._lease: Lease | None = None
        self._last: Reading | None = None
        self._untold: tuple[Reading, float] | None = None
        self._in_vain = ""
        self._in_vain_until = 0.0

    async def glance(self) -> Reading:
        """What the store says, or said when another replica asked a moment ago.

        Raises:
            PenstockError: The store was asked, and could not be read.
        """
        if not await self._leads():
            reading = await self._told()
            if reading is not None:
                return reading
        try:
            return await self.ask()
        except BaseException:
            await self._give_up()  # another replica may reach the store where this one does not
            raise

    async def ask(self) -> Reading:
        """What the store says now; the others are told.

        Raises:
            PenstockError: The store could not be read.
        """
        began = self._clock()
        self._last = reading = await self._load()
        await self._tell_all(reading, began)
        return reading

    async def follow(self, look: Look, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Until cancelled: look whenever another replica has read something else than this one.

        Messages say so at once; what was told is looked up every other second besides, for messages can be lost. In
        the end, whatever this one led is left to the others.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._hear(look, sleep))
                tasks.create_task(self._look_up(look, sleep))
        finally:
            await self._give_up()

    async def _hear(self, look: Look, sleep: Callable[[float], Awaitable[None]]) -> None:
        while True:
            with contextlib.suppress(StateError):
                async for fingerprint in self._state.listen(CHANNEL):
                    await self._follow(fingerprint.decode("ascii", "replace"), look)
            await sleep(_PAUSE_SECONDS)

    async def _look_up(self, look: Look, sleep: Callable[[float], Awaitable[None]]) -> None:
        while True:
            await sleep(_LOOK_UP_SECONDS)
            if self._untold is not None and not self._state.is_standing_in:
                await self._tell_all(*self._untold)
            with contextlib.suppress(StateError):
                _, fingerprint = _parse_looked(await self._state.get(_LOOKED))
                await self._follow(fingerprint, look)

    async def _follow(self, told: str, look: Look) -> None:
        """Look, unless that is known, or was looked at in vain: a gateway of another version may read otherwise."""
        if not told or self._knows(told) or (told == self._in_vain and self._clock() < self._in_vain_until):
            return
        await look()
        if not self._knows(told):
            self._in_vain, self._in_vain_until = told, self._clock() + _IN_VAIN_SECONDS

    def _knows(self, fingerprint: str) -> bool:
        return self._last is not None and self._last.definitions.fingerprint == fingerprint

    async def _leads(self) -> bool:
        try:
            if self._lease is None or not await self._state.renew(self._lease, self._lease_seconds):
                self._lease = await self._state.lease(_LOOK, self._lease_seconds)
        except StateError:
            return True
        return self._lease is not None

    async def _give_up(self) -> None:
        lease, self._lease = self._lease, None
        if lease is not None:
            with contextlib.suppress(StateError):
                await self._state.release(lease)

    async def _told(self) -> Reading | None:
        """The shared reading; None where nobody looked lately or since this one began, or it cannot be used."""
        try:
            began, fingerprint = _parse_looked(await self._state.get(_LOOKED))
            if not fingerprint or began < self._since:
                return None
            if self._last is not None and self._knows(fingerprint):
                return self._last
            text = await self._state.get(_READING)
            if text is None:
                return None
            reading = await asyncio.to_thread(read_snapshot, text, _WHERE, "live")
        except (StateError, OperatorError):
            return None
        if reading.definitions.fingerprint != fingerprint:  # written by a gateway of another version
            return None
        self._last = reading
        return reading

    async def _tell_all(self, reading: Reading, began: float) -> None:
        """Tell the others; during an outage nobody hears, and what was read last is told when it is over."""
        self._untold = (reading, began)
        with contextlib.suppress(StateError):
            await self._tell(reading, began)
            if not self._state.is_standing_in:
                self._untold = None

    async def _tell(self, reading: Reading, began: float) -> None:
        fingerprint = reading.definitions.fingerprint
        began_before, known = _parse_looked(await self._state.get(_LOOKED))
        if began_before > began:
            return  # somebody asked later, and was quicker
        if known != fingerprint:
            text = await asyncio.to_thread(render_snapshot, reading.documents, began, fingerprint)
            await self._state.put(_READING, text)
        await self._state.put(_LOOKED, f"{began!r} {fingerprint}".encode(), seconds=self._recent_seconds)
        if known != fingerprint:
            await self._state.publish(CHANNEL, fingerprint.encode())


def _parse_looked(found: bytes | None) -> tuple[float, str]:
    """When somebody looked and what was seen; 0 and "" where nobody did."""
    began, _, fingerprint = (found or b"").decode("ascii", "replace").partition(" ")
    try:
        return float(began), fingerprint
    except ValueError:
        return 0.0, ""
