"""What served last is kept in the shared state and found again, whatever else may be there."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from penstock.definitions.flow_file import StoreDocuments
from penstock.definitions.lock import NO_LOCK
from penstock.definitions.parse import parse_definitions
from penstock.definitions.reading import Reading
from penstock.lifecycle.snapshots import SNAPSHOT_KEY, Snapshots
from penstock.lifecycle.stages import Settled
from penstock.state import MemoryState
from penstock.telemetry.logs import create_log
from tests.support.stores import field_json, flow_json


def settled(*slugs: str, source: str = "live") -> Settled:
    documents = StoreDocuments([flow_json("customers")], {"customers": [field_json(slug) for slug in slugs]})
    definitions = parse_definitions(documents.flows, documents.fields)
    reading = Reading(definitions, source, documents)  # type: ignore[arg-type] # one of the three
    return Settled(reading, NO_LOCK, "f", 1_800_000_000.0)


class Kept:
    def __init__(self) -> None:
        self.state = MemoryState(lambda: 0.0)
        self.logged = io.StringIO()
        self.snapshots = Snapshots(self.state, create_log("info", "json", self.logged))


async def test_what_was_kept_is_recalled() -> None:
    kept = Kept()
    before = settled("size")
    await kept.snapshots.keep(before)
    reading = await kept.snapshots.recall()

    assert reading is not None
    assert reading.definitions == before.definitions
    assert (reading.source, reading.taken_at) == ("snapshot", 1_800_000_000.0)


async def test_nothing_is_written_where_nothing_changed() -> None:
    kept = Kept()
    await kept.snapshots.keep(settled("size"))
    before = await kept.state.get(SNAPSHOT_KEY)
    await kept.snapshots.keep(settled("size"))
    same = await kept.state.get(SNAPSHOT_KEY)
    await kept.snapshots.keep(settled("width"))

    assert same is before
    assert await kept.state.get(SNAPSHOT_KEY) != before


@pytest.mark.parametrize("source", ["snapshot", "file"])
async def test_only_what_the_store_said_itself_is_kept(source: str) -> None:
    kept = Kept()
    await kept.snapshots.keep(settled("size", source=source))

    assert await kept.state.get(SNAPSHOT_KEY) is None
    assert await kept.snapshots.recall() is None


async def test_a_broken_snapshot_is_told_and_not_used() -> None:
    kept = Kept()
    await kept.state.put(SNAPSHOT_KEY, b'{"format": "penstock-snapshot", "version": 1, "flows": 7}')

    assert await kept.snapshots.recall() is None
    assert "schema snapshot unusable" in kept.logged.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b'"size"', b'"width"'),
        lambda text: text.replace(b"penstock-snapshot", b"something-else"),
    ],
)
async def test_a_spoilt_snapshot_is_written_again_whatever_it_says_of_itself(spoil: Callable[[bytes], bytes]) -> None:
    kept = Kept()
    await kept.snapshots.keep(settled("size"))
    good = await kept.state.get(SNAPSHOT_KEY) or b""
    await kept.state.put(SNAPSHOT_KEY, spoil(good))
    await kept.snapshots.keep(settled("size"))

    assert await kept.state.get(SNAPSHOT_KEY) == good
