"""A running gateway with its sandbox, for the examples of the documentation."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.commands import Dev, running_dev


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """`penstock dev` of this environment, freshly seeded."""
    with running_dev(Path(sys.executable).with_name("penstock"), tmp_path_factory.mktemp("dev")) as running:
        yield running
