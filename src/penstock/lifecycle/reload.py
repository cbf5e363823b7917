"""Looks at the store's definitions at boot, on a beat and on demand, and swaps the generation when they changed.

Never here: fetching, building.
Source: CONTRACT §9.8 (no webhook tells of flows or fields, so they are polled).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from penstock.definitions.model import StoreDefinitions
from penstock.errors import PenstockError
from penstock.lifecycle.holder import GenerationHolder
from penstock.schema.generation import Generation
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics, SchemaFacts
from penstock.telemetry.redaction import describe_failure

Load = Callable[[], Awaitable[StoreDefinitions]]
Build = Callable[[StoreDefinitions, int, float], Generation]
"""Definitions, the generation's number and the epoch seconds of the reading, to a generation: slow and pure."""

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_JITTER = 0.2
_LONGEST_BACK_OFF = 8
_INTERNAL = "The schema could not be built. The log has the details."


@dataclass(frozen=True, slots=True)
class ReloadReport:
    """What one look at the definitions came to.

    Attributes:
        outcome: ``swapped``: a new generation serves; ``unchanged``: nothing was built; ``failed``: the old one, if
            there is one, goes on serving.
        number: Number of the generation that serves now, 0 for none.
        version: Its version, or "".
        problems: How many definitions could not be used as they are.
        seconds: How long it took.
        reason: Why it failed, or "".
    """

    outcome: Literal["swapped", "unchanged", "failed"]
    number: int
    version: str
    problems: int
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Beat:
    """When the reloader looks, and the clocks it looks at.

    Attributes:
        poll_seconds: Time between looks; 0 for none after the first generation.
        sleep: Waits that many seconds.
        random: Evenly from 0 to 1.
        clock: Seconds since the epoch.
    """

    poll_seconds: float
    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]
    clock: Callable[[], float]

    def pause(self, failures: int, *, serving: bool) -> float:
        """Seconds until the next look, after so many failures in a row.

        Before the first generation: from half a second, doubling to half a minute. Later: the poll's own beat,
        doubling to eight times that. Always jittered, so that replicas spread.
        """
        if serving:
            pause = self.poll_seconds * min(1 << min(failures, 16), _LONGEST_BACK_OFF)
        else:
            doublings = max(0, min(failures, 16) - 1)
            pause = min(_FIRST_PAUSE_SECONDS * float(1 << doublings), _LONGEST_PAUSE_SECONDS)
        return pause * (1 - _JITTER / 2 + _JITTER * self.random())


class Reloader:
    """The only writer of a `GenerationHolder`.

    Args:
        holder: What requests read.
        load: Reads and parses the store's definitions.
        build: Builds a generation; run in a worker thread.
        beat: When to look.
        log: Where swaps and failures are told.
        metrics: Where they are counted.
    """

    def __init__(
        self, holder: GenerationHolder, load: Load, build: Build, beat: Beat, log: Log, metrics: Metrics
    ) -> None:
        self._holder = holder
        self._load = load
        self._build = build
        self._beat = beat
        self._log = log
        self._metrics = metrics
        self._number = 0
        self._looked = asyncio.Event()
        self._running: asyncio.Task[ReloadReport] | None = None
        self._waiting: asyncio.Task[ReloadReport] | None = None

    async def run(self) -> None:
        """Look until cancelled: at once, then on the beat."""
        failures = 0
        while True:
            report = await self.reload()
            failures = failures + 1 if report.outcome == "failed" else 0
            serving = self._holder.current is not None
            if serving and not self._beat.poll_seconds:
                return
            await self._beat.sleep(self._beat.pause(failures, serving=serving))

    async def first_look(self, timeout_seconds: float) -> None:
        """Wait until the first look came to something, whatever it is, but no longer than this."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._looked.wait()

    async def reload(self) -> ReloadReport:
        """Look now.

        Whoever asks while a look is under way shares the one after it, which sees every change made before the
        question.

        Returns:
            What it came to; a failure is a report, not an exception.
        """
        if self._waiting is not None:  # not begun yet, though the one before it may just have ended
            return await asyncio.shield(self._waiting)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._look())
            return await asyncio.shield(self._running)
        self._waiting = asyncio.create_task(self._look_after(self._running))
        return await asyncio.shield(self._waiting)

    async def aclose(self) -> None:
        """End what is under way."""
        tasks = [task for task in (self._waiting, self._running) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_after(self, other: asyncio.Task[ReloadReport]) -> ReloadReport:
        await asyncio.wait((other,))
        self._running, self._waiting = self._waiting, None
        return await self._look()

    async def _look(self) -> ReloadReport:
        started = self._beat.clock()
        outcome: Literal["swapped", "unchanged", "failed"]
        reason = ""
        try:
            outcome = await self._renew()
        except Exception as error:  # noqa: BLE001 (whatever breaks a rebuild, the old generation goes on serving)
            outcome = "failed"
            reason = str(error) if isinstance(error, PenstockError) else _INTERNAL
            self._holder.fail(reason)
            self._log.warning("schema reload failed", **describe_failure(error))
        self._metrics.schema_checked(outcome)
        self._looked.set()
        return self._report(outcome, started, reason)

    async def _renew(self) -> Literal["swapped", "unchanged"]:
        definitions = await self._load()
        at = self._beat.clock()
        current = self._holder.current
        if current is not None and current.fingerprint == definitions.fingerprint:
            self._holder.confirm(at)
            return "unchanged"
        generation = await asyncio.to_thread(self._build, definitions, self._number + 1, at)
        self._number += 1
        self._holder.swap(generation, self._beat.clock())
        self._metrics.schema_swapped(SchemaFacts(generation.number, generation.loaded_at, len(generation.problems)))
        return "swapped"

    def _report(self, outcome: Literal["swapped", "unchanged", "failed"], started: float, reason: str) -> ReloadReport:
        current = self._holder.current
        report = ReloadReport(
            outcome,
            number=current.number if current else 0,
            version=current.version if current else "",
            problems=len(current.problems) if current else 0,
            seconds=max(0.0, self._beat.clock() - started),
            reason=reason,
        )
        if outcome == "swapped":
            self._log.info(
                "schema swapped",
                generation=report.number,
                version=report.version,
                problems=report.problems,
                seconds=round(report.seconds, 3),
            )
        return report
