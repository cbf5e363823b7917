"""What only a folder has: other processes on this machine, restarts, damage, and what is swept out."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from penstock.errors import OperatorError, StateError
from penstock.state.directory import DirectoryState
from penstock.state.file_lock import locked
from penstock.state.sweeping import sweep

OTHER_PROCESS = """
import asyncio, sys, time
from pathlib import Path
from penstock.state.directory import DirectoryState

async def main():
    state = DirectoryState(Path(sys.argv[1]), time.time, timeout_seconds=20)
    for _ in range(50):
        await state.count("tally", {"x": 1})
        while True:
            old = await state.get("n")
            if await state.swap("n", old, str(int(old or b"0") + 1).encode()):
                break

asyncio.run(main())
"""


async def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    start = asyncio.create_subprocess_exec
    workers = [await start(sys.executable, "-c", OTHER_PROCESS, tmp_path / "state") for _ in range(3)]

    assert [await worker.wait() for worker in workers] == [0, 0, 0]
    state = DirectoryState(tmp_path / "state", time.time)
    assert await state.get("n") == b"150"
    assert await state.counts("tally") == {"x": 150.0}


async def test_it_is_all_there_after_a_restart(tmp_path: Path) -> None:
    before = DirectoryState(tmp_path / "deep" / "state", time.time)
    await before.put("lock", b"names")
    await before.append("changes", b"1", keep=5)
    await before.aclose()

    after = DirectoryState(tmp_path / "deep" / "state", time.time)

    assert await after.get("lock") == b"names"
    assert await after.entries("changes", 5) == [b"1"]


async def test_it_is_this_users_alone(tmp_path: Path) -> None:
    state = DirectoryState(tmp_path / "state", time.time)
    await state.put("lock", b"names")

    modes = {path.name: path.stat().st_mode & 0o077 for path in [tmp_path / "state", *(tmp_path / "state").rglob("*")]}

    assert set(modes.values()) == {0}


async def test_a_damaged_record_is_set_aside_and_counts_as_none(tmp_path: Path) -> None:
    state = DirectoryState(tmp_path, time.time)
    await state.put("lock", b"names")
    (tmp_path / "values" / "lock").write_bytes(b"\xc1 half of someth")

    assert await state.get("lock") is None
    assert await state.keys("") == []
    assert [path.name for path in (tmp_path / "values").iterdir()] == ["lock.damaged"]
    assert await state.add("lock", b"again")


async def test_a_folder_that_cannot_be_made_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OperatorError, match=r"PENSTOCK_STATE_URL: the folder .*file/state cannot be used"):
        DirectoryState(tmp_path / "file" / "state", time.time)


async def test_a_folder_that_cannot_be_written_is_the_operators_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: not mode & os.W_OK)  # root may write whatever the mode says

    with pytest.raises(OperatorError, match=r"the folder .* cannot be used \(Permission denied\); give one that"):
        DirectoryState(tmp_path, lambda: 0.0)


async def test_a_folder_that_is_gone_is_a_failure_of_ours(tmp_path: Path) -> None:
    state = DirectoryState(tmp_path / "state", time.time)
    for room in (tmp_path / "state").iterdir():
        room.rmdir()

    with pytest.raises(StateError, match="The state's folder cannot be used"):
        await state.put("a", b"1")


async def test_a_process_that_hangs_in_a_change_is_named_after_the_timeout(tmp_path: Path) -> None:
    state = DirectoryState(tmp_path, time.time, timeout_seconds=0.05)
    await state.put("a", b"1")
    (lock,) = (tmp_path / "locks").iterdir()

    with locked(lock, 1), pytest.raises(StateError, match="is held by another process"):
        await state.put("a", b"2")

    assert await state.get("a") == b"1"


async def test_the_dead_the_oldest_of_too_many_and_leftovers_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000_000.0]
    state = DirectoryState(tmp_path, lambda: now[0])
    await state.put("dead", b"1", seconds=1)
    await state.put("lasting", b"1")
    for number in range(5):
        await state.put(f"apq:{number}", b"1", seconds=100 + number)
    await state.put("other:1", b"1", seconds=100)
    (tmp_path / "values" / ".leftover").write_bytes(b"x")
    monkeypatch.setattr("penstock.state.sweeping._MOST_MORTALS", 2)
    now[0] += 2

    sweep(state._values, now[0])
    sweep(state._values, time.time() + 7200)

    assert sorted(path.name for path in (tmp_path / "values").iterdir()) == ["lasting"]
    assert await state.keys("") == ["lasting"]


async def test_a_clock_that_was_set_back_does_not_close_a_window(tmp_path: Path) -> None:
    now = [1_000_000.0]
    state = DirectoryState(tmp_path, lambda: now[0])
    await state.take("store", 5, limit=5, seconds=1)
    now[0] -= 3600

    assert (await state.take("store", 5, limit=5, seconds=1)).amount == 5


async def test_listeners_of_another_process_hear_in_order(tmp_path: Path) -> None:
    one = DirectoryState(tmp_path, time.time, look_seconds=0.01)
    other = DirectoryState(tmp_path, time.time, look_seconds=0.01)
    await one.publish("schema", b"before")
    messages = other.listen("schema")
    first = asyncio.ensure_future(anext(messages))
    while not first.done():
        await one.publish("schema", b"0")
        await asyncio.sleep(0.02)
    for number in range(1, 6):
        await one.publish("schema", b"%d" % number)

    heard = [first.result()]
    while heard[-1] != b"5":
        heard.append(await anext(messages))

    assert [message for message in heard if message != b"0"] == [b"1", b"2", b"3", b"4", b"5"]
