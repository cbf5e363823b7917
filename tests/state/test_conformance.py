"""What every kind of state promises, asked of all three of them; what time must end, ends in tens of milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from penstock.state.protocol import Lease, State
from tests.state.conftest import OpenState

BINARY = bytes(range(256)) + b"\r\n\x00*3\r\n"
AWKWARD_KEYS = [
    "a",
    "apq:" + "f" * 64,
    "with space",
    "ünï/cödé",
    "..",
    "a.b~c%2F",
    "x" * 400,
    "star*[a-z]?\\",
    "~" * 90,
]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what time brings; the test's own timeout is the bound."""
    while True:
        if await condition():
            return
        await asyncio.sleep(0.005)


async def test_nothing_is_there_at_first(state: State) -> None:
    assert await state.get("a") is None
    assert await state.keys("") == []
    assert await state.entries("a", 10) == []
    assert await state.counts("a") == {}


async def test_a_value_is_kept_byte_by_byte_under_any_key(open_again: OpenState) -> None:
    one, other = open_again(), open_again()
    for number, key in enumerate(AWKWARD_KEYS):
        await one.put(key, BINARY + str(number).encode())

    assert [await other.get(key) for key in AWKWARD_KEYS] == [
        BINARY + str(number).encode() for number in range(len(AWKWARD_KEYS))
    ]
    assert await other.keys("") == sorted(AWKWARD_KEYS)


async def test_the_empty_value_is_a_value(state: State) -> None:
    await state.put("a", b"")

    assert await state.get("a") == b""
    assert not await state.add("a", b"1")
    assert not await state.swap("a", None, b"1")
    assert await state.swap("a", b"", b"1")


async def test_a_later_value_replaces_an_earlier_one_and_its_life(state: State) -> None:
    await state.put("a", b"short", seconds=0.05)
    await state.put("a", b"long")
    await asyncio.sleep(0.1)

    assert await state.get("a") == b"long"


async def test_a_value_ends_with_its_life(state: State) -> None:
    await state.put("a", b"1", seconds=0.05)
    await state.put("b", b"1", seconds=60)

    async def is_gone() -> bool:
        return await state.get("a") is None

    await until(is_gone)

    assert await state.keys("") == ["b"]
    assert await state.add("a", b"2")


async def test_a_value_with_a_life_can_be_made_one_for_good(state: State) -> None:
    await state.put("a", b"1", seconds=0.2)

    assert await state.swap("a", b"1", b"2")

    await asyncio.sleep(0.3)
    assert await state.get("a") == b"2"


async def test_keys_are_those_that_begin_so_to_the_letter(state: State) -> None:
    for key in ("doc:a", "doc:b", "doc*:c", "dob", "other"):
        await state.put(key, b"1")

    assert await state.keys("doc:") == ["doc:a", "doc:b"]
    assert await state.keys("doc*") == ["doc*:c"]
    assert await state.keys("do[bc]") == []


async def test_of_many_who_add_one_succeeds(open_again: OpenState) -> None:
    several = [open_again() for _ in range(4)]

    added = await asyncio.gather(*(one.add("a", str(n).encode()) for n, one in enumerate(several * 5)))

    assert sum(added) == 1
    assert await several[0].get("a") == str(added.index(True)).encode()


async def test_a_swap_needs_what_it_expects(state: State) -> None:
    assert not await state.swap("a", b"1", b"2")
    assert await state.swap("a", None, b"1")
    assert not await state.swap("a", None, b"2")
    assert not await state.swap("a", b"x", b"2")
    assert await state.swap("a", b"1", b"2")
    assert await state.get("a") == b"2"


async def test_no_swap_is_lost_among_many(open_again: OpenState) -> None:
    async def add_one(state: State) -> None:
        while True:
            old = await state.get("n")
            if await state.swap("n", old, str(int(old or b"0") + 1).encode()):
                return

    several = [open_again() for _ in range(3)]
    await asyncio.gather(*(add_one(one) for one in several for _ in range(8)))

    assert await several[0].get("n") == b"24"


async def test_removing_forgets_value_log_and_tally(state: State) -> None:
    await state.put("a", b"1")
    await state.append("a", b"1", keep=5)
    await state.count("a", {"x": 1})

    await state.remove("a")
    await state.remove("never there")

    assert (await state.get("a"), await state.entries("a", 9), await state.counts("a")) == (None, [], {})


async def test_a_log_keeps_the_newest_and_shows_them_first(open_again: OpenState) -> None:
    one, other = open_again(), open_again()
    for number in range(7):
        await one.append("changes", b"%d" % number, keep=5)

    assert await other.entries("changes", 3) == [b"6", b"5", b"4"]
    assert await other.entries("changes", 100) == [b"6", b"5", b"4", b"3", b"2"]
    assert await other.entries("changes", 0) == []


async def test_no_entry_and_no_count_is_lost_among_many(open_again: OpenState) -> None:
    several = [open_again() for _ in range(3)]

    await asyncio.gather(*(one.append("log", b"x", keep=100) for one in several * 6))
    await asyncio.gather(*(one.count("tally", {"a": 1, "b é": 0.5}) for one in several * 6))

    assert len(await several[0].entries("log", 100)) == 18
    assert await several[0].counts("tally") == {"a": 18.0, "b é": 9.0}


async def test_counting_nothing_is_nothing(state: State) -> None:
    await state.count("tally", {})

    assert await state.counts("tally") == {}


async def test_one_has_a_lease_until_it_is_given_back(open_again: OpenState) -> None:
    several = [open_again() for _ in range(4)]

    leases = await asyncio.gather(*(one.lease("poll", 30) for one in several))
    (held,) = [lease for lease in leases if lease is not None]

    assert await several[0].lease("another", 30) is not None
    await several[1].release(held)
    assert await several[2].lease("poll", 30) is not None


async def test_a_lease_ends_by_itself_and_the_late_holder_cannot_touch_the_next(state: State) -> None:
    late = await state.lease("poll", 0.05)
    assert late is not None
    taken: list[Lease] = []

    async def is_free() -> bool:
        taken.extend(lease for lease in [await state.lease("poll", 30)] if lease)
        return bool(taken)

    await until(is_free)

    assert not await state.renew(late, 30)
    await state.release(late)
    assert await state.lease("poll", 30) is None
    assert await state.renew(taken[0], 30)


async def test_a_renewed_lease_lasts_from_then(state: State) -> None:
    lease = await state.lease("poll", 0.2)
    assert lease is not None

    assert await state.renew(lease, 30)

    await asyncio.sleep(0.3)
    assert await state.lease("poll", 30) is None


async def test_a_window_gives_no_more_than_its_limit_to_all_together(open_again: OpenState) -> None:
    several = [open_again() for _ in range(3)]

    grants = await asyncio.gather(*(one.take("store", 4, limit=10, seconds=30) for one in several * 2))

    assert sum(grant.amount for grant in grants) == 10
    refused = [grant for grant in grants if not grant.amount]
    assert all(0 < grant.wait_seconds <= 30 for grant in refused)
    assert len(refused) == 3


async def test_a_window_slides(state: State) -> None:
    await state.take("store", 2, limit=2, seconds=0.1)
    wait = (await state.take("store", 1, limit=2, seconds=0.1)).wait_seconds

    await asyncio.sleep(wait + 0.01)

    assert (await state.take("store", 5, limit=2, seconds=0.1)).amount == 2


async def test_windows_do_not_know_each_other(state: State) -> None:
    await state.take("a", 5, limit=5, seconds=30)

    assert (await state.take("b", 5, limit=5, seconds=30)).amount == 5


async def test_whoever_listens_hears(open_again: OpenState) -> None:
    one, other = open_again(), open_again()
    heard: list[bytes] = []

    async def hear() -> None:
        async for message in other.listen("schema"):
            heard.append(message)  # noqa: PERF401 (looked at while it grows)

    hearing = asyncio.create_task(hear())

    async def hears() -> bool:
        await one.publish("else", b"not for us")
        await one.publish("schema", BINARY)
        return bool(heard)

    await until(hears)
    await one.publish("schema", b"end")

    async def heard_the_end() -> bool:
        return heard[-1] == b"end"

    await until(heard_the_end)
    assert set(heard) == {BINARY, b"end"}
    await other.aclose()
    await hearing


async def test_a_listener_of_its_own_state_hears_it_too(state: State) -> None:
    messages = state.listen("schema")
    first = asyncio.ensure_future(anext(messages))

    async def is_heard() -> bool:
        await state.publish("schema", b"1")
        return first.done()

    await until(is_heard)

    assert first.result() == b"1"
