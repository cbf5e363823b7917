"""The judge of candidates: what is held under which policy, and what is told of those that break."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from penstock.definitions.lock import NO_LOCK
from penstock.definitions.reading import Reading
from penstock.errors import StateError
from penstock.lifecycle.judging import Policy, PolicyJudge, reason_to_hold
from penstock.lifecycle.stages import Change, Settled
from penstock.schema.diff import Change as SchemaChange
from penstock.schema.generation import Generation
from penstock.schema.impact import KnownOperation
from penstock.telemetry.logs import create_log
from penstock.telemetry.metrics import Metrics
from tests.support.stores import field_json, generation_of

PROFILE = KnownOperation("ProfilePage", "web", "{ me { slot } }")


def generation(*slugs: str) -> Generation:
    return generation_of({"customers": [field_json(slug) for slug in slugs]})


def step(before: Generation | None, after: Generation) -> Change:
    return Change(before, after, Settled(Reading(after.definitions), NO_LOCK, after.fingerprint, 1.0), 1.0)


class Bench:
    """A judge whose known operations and releases are in the test's hands."""

    def __init__(self, policy: Policy = "apply", *known: KnownOperation) -> None:
        self.logged = io.StringIO()
        self.metrics = Metrics(lambda: 0.0)
        self.known: Sequence[KnownOperation] | Exception = known
        self.released: bool | Exception = False
        log = create_log("info", "json", self.logged)
        self.judge = PolicyJudge(policy, self.list_known, self.is_released, log, self.metrics)

    async def list_known(self) -> Sequence[KnownOperation]:
        if isinstance(self.known, Exception):
            raise self.known
        return self.known

    async def is_released(self, _change: Change) -> bool:
        if isinstance(self.released, Exception):
            raise self.released
        return self.released


@pytest.mark.parametrize("policy", ["apply", "hold-breaking", "freeze"])
async def test_the_first_of_a_process_and_the_same_schema_again_serve(policy: Policy) -> None:
    bench = Bench(policy)

    for change in (step(None, generation("slot")), step(generation("slot"), generation("slot"))):
        assert not (await bench.judge(change)).is_held


@pytest.mark.parametrize(
    ("policy", "after", "is_held"),
    [
        ("apply", (), False),
        ("hold-breaking", (), True),
        ("hold-breaking", ("slot", "more"), False),
        ("freeze", ("slot", "more"), True),
    ],
)
async def test_the_policy_decides(policy: Policy, after: tuple[str, ...], is_held: bool) -> None:
    verdict = await Bench(policy).judge(step(generation("slot"), generation(*after)))

    assert verdict.is_held is is_held
    assert bool(verdict.reason) is is_held
    assert "Customer.slot" in {one.coordinate for one in verdict.changes} or after


async def test_broken_operations_are_told_whatever_the_policy() -> None:
    bench = Bench("apply", PROFILE, KnownOperation("Other", "web", "{ me { id } }"))
    verdict = await bench.judge(step(generation("slot"), generation()))

    assert [one.line for one in verdict.broken] == ["ProfilePage (client web) breaks: Customer.slot removed"]
    assert "ProfilePage (client web) breaks: Customer.slot removed" in bench.logged.getvalue()
    assert b"penstock_schema_broken_operations 1.0" in bench.metrics.render()


async def test_what_was_released_is_not_held() -> None:
    bench = Bench("freeze")
    bench.released = True

    assert not (await bench.judge(step(generation("slot"), generation()))).is_held


async def test_what_is_held_is_only_asked_about_again() -> None:
    bench = Bench("freeze", PROFILE)
    change = step(generation("slot"), generation())
    held = await bench.judge(change)
    logged = bench.logged.getvalue()
    again = await bench.judge(replace(change, verdict=held))
    bench.released = True
    released = await bench.judge(replace(change, verdict=held))

    assert again is held
    assert (released.is_held, released.reason, released.broken) == (False, "", held.broken)
    assert bench.logged.getvalue() == logged


async def test_a_state_that_is_down_holds_and_knows_nobody() -> None:
    bench = Bench("hold-breaking")
    bench.known = bench.released = StateError("down")
    verdict = await bench.judge(step(generation("slot"), generation()))

    assert verdict.is_held
    assert verdict.broken == ()
    assert "known operations not read" in bench.logged.getvalue()


def test_a_reason_names_the_first_breaking_changes_and_counts_the_rest() -> None:
    changes = [SchemaChange("breaking", "FIELD_REMOVED", f"T.f{number}", f"T.f{number} removed") for number in range(5)]

    assert reason_to_hold("hold-breaking", changes) == (
        "It breaks: T.f0 removed; T.f1 removed; T.f2 removed and 2 more. Release it, or undo the change in the store."
    )
