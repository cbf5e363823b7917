"""The reloader: one look at a time, a swap when something changed, the old schema when something failed."""

from __future__ import annotations

import asyncio
import gc
import io
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from penstock.definitions.model import StoreDefinitions
from penstock.definitions.reading import Reading
from penstock.errors import DefinitionError, StateError, UpstreamUnavailable
from penstock.lifecycle import GenerationHolder, Reloader
from penstock.lifecycle.beat import Beat
from penstock.lifecycle.stages import Change, Settled, Stages, Verdict
from penstock.schema.generation import Generation, build_generation
from penstock.telemetry.logs import create_log
from penstock.telemetry.metrics import Metrics


class StopLoopError(Exception):
    """Ends a loop under test."""


@dataclass
class Bench:
    """A reloader whose store, clock and sleep are in the test's hands."""

    fingerprint: str = "a"
    failure: Exception | None = None
    gate: asyncio.Event | None = None
    loads: int = 0
    builds: int = 0
    sleeps: list[float] = field(default_factory=list)
    most_sleeps: int = 3
    poll_seconds: float = 60.0
    on_sleep: Callable[[], None] = lambda: None
    verdict: Verdict = field(default_factory=Verdict)
    recorded: list[Change] = field(default_factory=list)
    record_failure: Exception | None = None
    remembered: str = ""

    def __post_init__(self) -> None:
        self.logged = io.StringIO()
        self.metrics = Metrics(lambda: 1000.0)
        self.holder = GenerationHolder()
        beat = Beat(self.poll_seconds, self.sleep, lambda: 0.5, lambda: 1000.0)
        log = create_log("info", "json", self.logged)
        stages = Stages(
            self.load,
            self.build,
            judge=self.judge,
            record=(self.record,),
            recall=self.recall,
            recalls_first=bool(self.remembered),
        )
        self.reloader = Reloader(self.holder, stages, beat, log, self.metrics)

    async def load(self) -> Reading:
        self.loads += 1
        fingerprint, failure = self.fingerprint, self.failure
        if self.gate is not None:
            await self.gate.wait()
        if failure is not None:
            raise failure
        return Reading(StoreDefinitions(fingerprint=fingerprint))

    def build(self, settled: Settled, number: int) -> Generation:
        self.builds += 1
        if settled.definitions.fingerprint == "impossible":
            raise DefinitionError("no schema can be made of this")
        return build_generation(settled.definitions, number, settled.loaded_at, settled.source)

    async def recall(self) -> Reading | None:
        return Reading(StoreDefinitions(fingerprint=self.remembered), "snapshot") if self.remembered else None

    async def judge(self, _change: Change) -> Verdict:
        return self.verdict

    async def record(self, change: Change) -> None:
        self.recorded.append(change)
        if self.record_failure is not None:
            raise self.record_failure

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.on_sleep()
        if len(self.sleeps) >= self.most_sleeps:
            raise StopLoopError


async def test_the_first_look_makes_generation_one() -> None:
    bench = Bench()
    report = await bench.reloader.reload()

    assert report.outcome == "swapped"
    assert report.number == 1
    assert bench.holder.current is not None
    assert bench.holder.trouble is None
    assert bench.metrics.reloads.value("swapped") == 1


async def test_the_same_fingerprint_builds_nothing() -> None:
    bench = Bench()
    await bench.reloader.reload()
    before = bench.holder.current
    report = await bench.reloader.reload()

    assert report.outcome == "unchanged"
    assert bench.builds == 1
    assert bench.holder.current is before


@pytest.mark.parametrize(
    ("fingerprint", "failure"),
    [("b", UpstreamUnavailable("GET /v2/flows: refused")), ("impossible", None), ("b", RuntimeError("of the store"))],
)
async def test_a_failure_keeps_what_serves_and_is_told(fingerprint: str, failure: Exception | None) -> None:
    bench = Bench()
    await bench.reloader.reload()
    before = bench.holder.current
    bench.fingerprint, bench.failure = fingerprint, failure
    report = await bench.reloader.reload()

    assert report.outcome == "failed"
    assert report.number == 1
    assert bench.holder.current is before
    assert bench.holder.trouble == report.reason
    assert "schema reload failed" in bench.logged.getvalue()
    assert "of the store" not in bench.logged.getvalue() + report.reason
    assert bench.metrics.reloads.value("failed") == 1


async def test_a_recovered_store_clears_the_trouble() -> None:
    bench = Bench(failure=UpstreamUnavailable("down"))
    await bench.reloader.reload()
    bench.failure = None
    await bench.reloader.reload()

    assert bench.holder.trouble is None
    assert bench.holder.current is not None
    assert bench.holder.current.number == 1


async def test_questions_during_a_look_share_one_later_look_that_sees_every_change() -> None:
    bench = Bench(gate=asyncio.Event())
    first = asyncio.create_task(bench.reloader.reload())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.fingerprint = "b"
    later = [asyncio.create_task(bench.reloader.reload()) for _ in range(20)]
    await asyncio.sleep(0)
    assert bench.gate is not None
    bench.gate.set()
    reports = [await first, *[await task for task in later]]

    assert bench.loads == 2
    assert [report.number for report in reports] == [1, *[2] * 20]
    assert bench.holder.current is not None
    assert bench.holder.current.definitions.fingerprint == "b"


async def test_a_cancelled_question_leaves_the_look_alone() -> None:
    bench = Bench(gate=asyncio.Event())
    impatient = asyncio.create_task(bench.reloader.reload())
    await asyncio.sleep(0)
    patient = asyncio.create_task(bench.reloader.reload())
    await asyncio.sleep(0)
    impatient.cancel()
    assert bench.gate is not None
    bench.gate.set()

    assert (await patient).number == 1


async def test_polling_keeps_its_beat_and_backs_off_when_it_fails() -> None:
    bench = Bench(most_sleeps=6)

    def break_down() -> None:
        bench.failure = UpstreamUnavailable("down") if len(bench.sleeps) < 5 else None

    bench.on_sleep = break_down
    with pytest.raises(StopLoopError):
        await bench.reloader.run()

    assert bench.sleeps == [60, 120, 240, 480, 480, 60]


async def test_before_the_first_generation_it_tries_again_soon() -> None:
    bench = Bench(failure=UpstreamUnavailable("down"), most_sleeps=9)
    with pytest.raises(StopLoopError):
        await bench.reloader.run()

    assert bench.sleeps == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


async def test_polling_switched_off_ends_with_the_first_generation() -> None:
    bench = Bench(poll_seconds=0)
    await bench.reloader.run()

    assert bench.sleeps == []
    assert bench.holder.current is not None


def test_pauses_are_jittered_around_the_beat() -> None:
    pauses = [Beat(100.0, asyncio.sleep, lambda x=x: x, lambda: 0.0).pause(0, serving=True) for x in (0.0, 0.5, 1.0)]

    assert pauses == pytest.approx([90, 100, 110])


async def test_the_first_look_is_awaited_no_longer_than_allowed() -> None:
    bench = Bench(gate=asyncio.Event())
    running = asyncio.create_task(bench.reloader.run())
    await bench.reloader.first_look(0.01)
    running.cancel()
    await asyncio.wait((running,))
    await bench.reloader.aclose()

    assert bench.holder.current is None


async def test_a_held_candidate_waits_while_the_old_one_serves() -> None:
    bench = Bench()
    await bench.reloader.reload()
    before = bench.holder.current
    bench.fingerprint, bench.verdict = "b", Verdict(is_held=True, reason="Customer.x goes.")
    first = await bench.reloader.reload()
    again = await bench.reloader.reload()

    assert (first.outcome, first.reason, first.number) == ("held", "Customer.x goes.", 1)
    assert again.outcome == "held"
    assert bench.builds == 2
    assert bench.holder.current is before
    assert bench.holder.held is not None
    assert bench.holder.held.change.after.number == 2
    assert len(bench.recorded) == 1


async def test_a_released_candidate_serves() -> None:
    bench = Bench()
    await bench.reloader.reload()
    bench.fingerprint, bench.verdict = "b", Verdict(is_held=True, reason="no")
    await bench.reloader.reload()
    assert bench.holder.held is not None
    version = bench.holder.held.change.after.version
    another = await bench.reloader.release("another")
    report = await bench.reloader.release(version)

    assert another is None
    assert report is not None
    assert (report.outcome, report.number) == ("swapped", 2)
    assert bench.holder.held is None
    assert (await bench.reloader.reload()).outcome == "unchanged"
    assert await bench.reloader.release(version) is None


async def test_a_candidate_that_was_released_elsewhere_serves_at_the_next_look() -> None:
    bench = Bench()
    await bench.reloader.reload()
    bench.fingerprint, bench.verdict = "b", Verdict(is_held=True, reason="no")
    await bench.reloader.reload()
    builds = bench.builds
    bench.verdict = Verdict()
    report = await bench.reloader.reload()

    assert (report.outcome, report.number) == ("swapped", 2)
    assert bench.builds == builds
    assert bench.holder.held is None


async def test_a_store_that_takes_its_change_back_clears_the_held_candidate() -> None:
    bench = Bench()
    await bench.reloader.reload()
    bench.fingerprint, bench.verdict = "b", Verdict(is_held=True, reason="no")
    await bench.reloader.reload()
    bench.fingerprint = "a"
    report = await bench.reloader.reload()

    assert report.outcome == "unchanged"
    assert bench.holder.held is None


async def test_a_candidate_waits_behind_what_served_before_the_restart_at_the_beat_of_the_poll() -> None:
    bench = Bench(fingerprint="new", remembered="old", verdict=Verdict(is_held=True, reason="frozen"))
    with pytest.raises(StopLoopError):
        await bench.reloader.run()

    assert bench.holder.current is not None
    assert (bench.holder.current.source, bench.holder.current.definitions.fingerprint) == ("snapshot", "old")
    assert bench.holder.held is not None
    assert bench.holder.trouble is None
    assert bench.sleeps == [60, 60, 60]
    assert bench.builds == 2


async def test_each_swap_is_recorded_with_what_it_replaced() -> None:
    bench = Bench()
    await bench.reloader.reload()
    bench.fingerprint = "b"
    await bench.reloader.reload()
    await bench.reloader.reload()
    first, second = bench.recorded

    assert first.before is None
    assert second.before is first.after
    assert second.after is bench.holder.current


async def test_a_swap_that_cannot_be_recorded_serves_all_the_same() -> None:
    bench = Bench(record_failure=StateError("torn"))
    report = await bench.reloader.reload()

    assert report.outcome == "swapped"
    assert bench.holder.current is not None
    assert "schema swap not recorded" in bench.logged.getvalue()


async def test_a_replaced_generation_is_freed() -> None:
    bench = Bench()
    await bench.reloader.reload()
    assert bench.holder.current is not None
    old = weakref.ref(bench.holder.current)
    bench.fingerprint = "b"
    bench.recorded.clear()
    await bench.reloader.reload()
    bench.recorded.clear()
    gc.collect()

    assert old() is None


async def test_a_glance_does_on_the_beat_but_not_for_whoever_asks() -> None:
    bench = Bench(most_sleeps=1)
    glances = 0

    async def glance() -> Reading:
        nonlocal glances
        glances += 1
        return Reading(StoreDefinitions(fingerprint=bench.fingerprint))

    beat = Beat(60.0, bench.sleep, lambda: 0.5, lambda: 1000.0)
    log = create_log("info", "json", bench.logged)
    reloader = Reloader(bench.holder, Stages(bench.load, bench.build, glance=glance), beat, log, bench.metrics)
    await reloader.reload(unasked=True)
    before = (glances, bench.loads)
    await asyncio.gather(reloader.reload(unasked=True), reloader.reload(unasked=True), reloader.reload())

    assert before == (1, 0)
    assert (glances, bench.loads) == (2, 1)  # the second and the third share a look, and it is a whole one
