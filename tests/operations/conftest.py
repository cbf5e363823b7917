"""Both executors run every test of this room that runs operations: they are one truth."""

from __future__ import annotations

import pytest

from tests.support.gateway import EXECUTORS, Executor


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if {"upstream", "seeded"} & set(metafunc.fixturenames):
        metafunc.parametrize("executor", list(EXECUTORS), indirect=True)


@pytest.fixture(autouse=True)
def executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The executor in which this test's gateways run operations."""
    chosen = str(getattr(request, "param", "plan"))
    monkeypatch.setattr(Executor, "chosen", chosen)
    return chosen
