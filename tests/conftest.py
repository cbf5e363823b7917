"""Fixtures that tests of several rooms share."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from tests.support.sandboxes import RunningSandbox, sandbox
from tests.support.scripted import ScriptedUpstream, scripted

settings.register_profile("suite", deadline=None)  # the machine is shared: how long an example takes says nothing
settings.load_profile("suite")

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # so do shells for what runs in the background, and commands inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def seeded() -> Iterator[RunningSandbox]:
    """A seeded sandbox that the tests of one module share."""
    with sandbox() as running:
        yield running


@pytest.fixture
async def upstream() -> AsyncIterator[ScriptedUpstream]:
    """An upstream that answers from a script."""
    async with scripted() as running:
        yield running
