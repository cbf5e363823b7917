"""What a soak says of memory: nothing too early, nothing of peaks, and everything of what comes to stay."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "bench" / "flat.py"


@pytest.fixture(scope="module")
def flat() -> Iterator[ModuleType]:
    """The module as the script next to it finds it."""
    spec = importlib.util.spec_from_file_location("bench_flat", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_flat"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["bench_flat"]


def looks(flat: ModuleType, seconds: float, megabytes: Callable[[float], float], files: Callable[[float], int]) -> Any:
    times = [at * seconds / 120 for at in range(1, 121)]
    return [flat.Look(at, megabytes(at), files(at)) for at in times]


def test_a_short_run_is_not_judged(flat: ModuleType) -> None:
    assert flat.growth(looks(flat, 3, lambda at: 60 + 10 * at, lambda _: 20)) is None
    assert flat.growth(looks(flat, 209, lambda at: 60 + 10 * at, lambda _: 20)) is None
    assert flat.growth([]) is None


def test_a_warm_up_and_peaks_are_no_growth(flat: ModuleType) -> None:
    draw = random.Random(7)  # noise, no secret
    seen = looks(flat, 600, lambda at: min(90, 60 + at) + draw.choice([0, 0, 1, 35]), lambda _: draw.randint(10, 60))

    assert flat.growth(seen).is_flat


def test_a_slow_leak_is_growth(flat: ModuleType) -> None:
    assert not flat.growth(looks(flat, 600, lambda at: 80 + at * 2 / 60, lambda _: 20)).is_flat
    assert not flat.growth(looks(flat, 600, lambda _: 80, lambda at: 20 + int(at / 10))).is_flat
