"""Looks at the store's definitions at boot, on a beat and on demand, and swaps the generation when they changed.

Never here: fetching, naming, building, judging: each is a stage that is passed in.
Source: CONTRACT §9.8 (no webhook tells of flows or fields, so they are polled).
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from penstock.definitions.reading import Reading
from penstock.errors import PenstockError
from penstock.lifecycle.beat import Beat
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.memory import short_turns
from penstock.lifecycle.stages import Change, Held, Load, Settled, Stages
from penstock.schema.generation import Generation
from penstock.telemetry.facts import SchemaFacts
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.redaction import describe_failure

Outcome: TypeAlias = Literal["swapped", "unchanged", "held", "failed"]

_INTERNAL = "The schema could not be built. The log has the details."


@dataclass(frozen=True, slots=True)
class ReloadReport:
    """What one look at the definitions came to.

    Attributes:
        outcome: ``swapped``: a new generation serves; ``unchanged``: nothing was built; ``held``: a candidate waits;
            ``failed``: the old generation, if there is one, goes on serving.
        number: Number of the generation that serves now, 0 for none.
        version: Its version, or "".
        problems: How many definitions could not be used as they are.
        seconds: How long it took.
        reason: Why it failed or a candidate waits, or "".
    """

    outcome: Outcome
    number: int
    version: str
    problems: int
    seconds: float
    reason: str = ""


class Reloader:
    """The only writer of a `GenerationHolder`.

    Args:
        holder: What requests read.
        stages: What a look does, step by step.
        beat: When to look.
        log: Where swaps and failures are told.
        metrics: Where they are counted.
    """

    def __init__(self, holder: GenerationHolder, stages: Stages, beat: Beat, log: Log, metrics: Metrics) -> None:
        self._holder = holder
        self._stages = stages
        self._beat = beat
        self._log = log
        self._metrics = metrics
        self._turn = asyncio.Lock()
        self._looked = asyncio.Event()
        self._running: asyncio.Task[ReloadReport] | None = None
        self._waiting: asyncio.Task[ReloadReport] | None = None
        self._waits_unasked = True

    async def run(self) -> None:
        """Look until cancelled: at once, then on the beat."""
        failures = 0
        report = await self._begin()
        while True:
            failures = failures + 1 if report.outcome == "failed" else 0
            current, held = self._holder.current, self._holder.held
            serving = current is not None and (current.source != "snapshot" or held is not None)
            if serving and not self._beat.poll_seconds:
                return
            await self._beat.sleep(self._beat.pause(failures, serving=serving))
            report = await self.reload(unasked=True)

    async def _begin(self) -> ReloadReport:
        """The first look; where it fails or takes its time, what served last serves until a look succeeds."""
        await self._stages.begin()
        if self._stages.recalls_first:
            await self._serve_last()
        look = asyncio.create_task(self.reload(unasked=True))
        try:
            await asyncio.wait((look,), timeout=self._beat.patience_seconds)
            if self._holder.current is None:
                await self._serve_last()
            if self._holder.current is not None:
                self._looked.set()
            return await look
        finally:
            self._looked.set()
            look.cancel()

    async def _serve_last(self) -> None:
        holder, stages = self._holder, self._stages
        try:
            reading = await stages.recall()
            if reading is None:
                return
            async with self._turn:
                if holder.current is not None:
                    return
                settled = await stages.settle(reading, self._beat.clock())
                generation = await asyncio.to_thread(stages.build, settled, 1)
                holder.serve_stale(generation)
                self._tell_swap(generation)
        except Exception as error:  # noqa: BLE001 (a memory that cannot be used must not keep the store out)
            self._log.warning("schema snapshot not served", **describe_failure(error))

    async def first_look(self, timeout_seconds: float) -> None:
        """Wait until the first look came to something, whatever it is, but no longer than this."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._looked.wait()

    async def reload(self, *, unasked: bool = False) -> ReloadReport:
        """Look now.

        Whoever asks while a look is under way shares the one after it, which sees every change made before the
        question.

        Args:
            unasked: Whether a glance will do: nobody waits for what he has just changed in the store.

        Returns:
            What it came to; a failure is a report, not an exception.
        """
        if self._waiting is not None:  # not begun yet, though the one before it may just have ended
            self._waits_unasked = self._waits_unasked and unasked
            return await asyncio.shield(self._waiting)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._look(unasked=unasked))
            return await asyncio.shield(self._running)
        self._waits_unasked = unasked
        self._waiting = asyncio.create_task(self._look_after(self._running))
        return await asyncio.shield(self._waiting)

    async def release(self, version: str) -> ReloadReport | None:
        """Let the candidate of a version serve; None where it does not wait (any more)."""
        started = self._beat.clock()
        async with self._turn:
            held = self._holder.held
            if held is None or held.change.after.version != version:
                return None
            await self._swap(held.change)
        return self._report("swapped", started, "")

    async def aclose(self) -> None:
        """End what is under way."""
        tasks = [task for task in (self._waiting, self._running) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_after(self, other: asyncio.Task[ReloadReport]) -> ReloadReport:
        await asyncio.wait((other,))
        self._running, self._waiting = self._waiting, None
        return await self._look(unasked=self._waits_unasked)

    async def _look(self, *, unasked: bool) -> ReloadReport:
        started = self._beat.clock()
        outcome: Outcome
        reason = ""
        try:
            reading = await self._load_for(unasked=unasked)()
            async with self._turn:
                with short_turns():
                    outcome, reason = await self._renew(reading, started)
        except Exception as error:  # noqa: BLE001 (whatever breaks a rebuild, the old generation goes on serving)
            outcome = "failed"
            reason = str(error) if isinstance(error, PenstockError) else _INTERNAL
            self._holder.fail(reason)
            self._log.warning("schema reload failed", **describe_failure(error))
        self._metrics.schema_checked(outcome)
        return self._report(outcome, started, reason)

    def _load_for(self, *, unasked: bool) -> Load:
        glance = self._stages.glance
        return glance if unasked and glance is not None else self._stages.load

    async def _renew(self, reading: Reading, started: float) -> tuple[Outcome, str]:
        holder = self._holder
        settled = await self._stages.settle(reading, started)
        current, held = holder.current, holder.held
        if current is not None and _is_made_of(current.fingerprint, current.source, settled):
            holder.confirm(self._beat.clock())
            self._metrics.schema_waits(is_held=False)
            await self._keep(settled)
            return "unchanged", ""
        if held is not None and _is_made_of(held.change.settled.fingerprint, held.change.settled.source, settled):
            return await self._look_again(held)
        number = current.number + 1 if current is not None else 1
        candidate = await asyncio.to_thread(self._stages.build, settled, number)
        change = Change(current, candidate, settled, self._beat.clock())
        verdict = await self._stages.judge(change)
        change = replace(change, verdict=verdict)
        if verdict.is_held:
            holder.hold(Held(change, verdict.reason), self._beat.clock())
            self._metrics.schema_waits(is_held=True)
            self._log.warning("schema held", version=candidate.version, reason=verdict.reason)
            return "held", verdict.reason
        await self._swap(change)
        return "swapped", ""

    async def _look_again(self, held: Held) -> tuple[Outcome, str]:
        """What becomes of a candidate that waits already and was found again: it may have been released elsewhere."""
        verdict = await self._stages.judge(held.change)
        if not verdict.is_held:
            await self._swap(replace(held.change, verdict=verdict))
            return "swapped", ""
        self._holder.hold(held, self._beat.clock())
        return "held", held.reason

    async def _swap(self, change: Change) -> None:
        change = replace(change, at=self._beat.clock())
        generation = change.after
        self._holder.swap(generation, change.at)
        self._metrics.schema_waits(is_held=False)
        self._tell_swap(generation)
        for record in self._stages.record:
            try:
                await record(change)
            except Exception as error:  # noqa: BLE001 (the schema serves already, whatever cannot be written down)
                self._log.warning("schema swap not recorded", **describe_failure(error))
        await self._keep(change.settled)

    def _tell_swap(self, generation: Generation) -> None:
        self._metrics.schema_swapped(SchemaFacts(generation.number, generation.loaded_at, len(generation.problems)))
        self._log.info(
            "schema swapped",
            generation=generation.number,
            version=generation.version,
            source=generation.source,
            problems=len(generation.problems),
        )

    async def _keep(self, settled: Settled) -> None:
        for keep in self._stages.keep:
            try:
                await keep(settled)
            except Exception as error:  # noqa: BLE001 (the schema serves already, whatever cannot be written down)
                self._log.warning("schema not kept", **describe_failure(error))

    def _report(self, outcome: Outcome, started: float, reason: str) -> ReloadReport:
        current = self._holder.current
        return ReloadReport(
            outcome,
            number=current.number if current else 0,
            version=current.version if current else "",
            problems=len(current.problems) if current else 0,
            seconds=max(0.0, self._beat.clock() - started),
            reason=reason,
        )


def _is_made_of(fingerprint: str, source: str, settled: Settled) -> bool:
    return (fingerprint, source) == (settled.fingerprint, settled.source)
