"""Each door keeps its law: for what Hypothesis makes, and for what a fuzzer finds that watches what it reaches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import SEEDS, TARGETS, Endpoint, Target
from tests.fuzz.upstream_events import UpstreamEvents
from tests.fuzz.webhook import Webhook

SECONDS = int(os.environ.get("PENSTOCK_TEST_FUZZ_SECONDS", "1"))
"""For each target, of the guided fuzzer."""
pytestmark = pytest.mark.timeout(120 + 10 * SECONDS)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> Iterator[dict[str, Target]]:
    targets = {name: make() for name, make in TARGETS.items()}
    yield targets
    for target in targets.values():
        if isinstance(target, Endpoint | UpstreamEvents | Webhook):
            target.close()


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    data = draw(st.sampled_from(SEEDS[name]))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=8)) + data[at + draw(st.integers(0, 8)) :]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_the_law_of_a_door_holds(name: str, made: dict[str, Target]) -> None:
    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(mutated(name) | st.binary(max_size=200))
    def try_out(data: bytes) -> None:
        made[name](data)

    try_out()


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this Python")
def test_a_guided_fuzzer_breaks_no_law(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "tests.fuzz", "all", str(SECONDS)]

    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr[-3000:]
    assert ran.stderr.count("stat::number_of_executed_units") == len(TARGETS)
