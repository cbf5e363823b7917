"""Fixtures of the plan's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.operations.plan.both import Bench, bench


@pytest.fixture(scope="module")
def running() -> Iterator[Bench]:
    """Both executors on one event loop that the tests of a module share."""
    with bench() as made:
        yield made
