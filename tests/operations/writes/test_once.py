"""A key stands for one write of one caller, for a day, and tells nothing but what that write made."""

from __future__ import annotations

import asyncio

import pytest

from penstock.operations.writes.once import KEPT_SECONDS, Earlier, once_for
from penstock.state import MemoryState
from tests.support.gateway import credentials_of

WHERE = "/v2/carts/c1/checkout"
BODY = b'{"data":{"customer":{"email":"ines@example.test"}}}'


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_of_many_who_claim_a_key_one_has_it() -> None:
    state = MemoryState(Clock())

    told = await asyncio.gather(*(once_for(state, WHERE, credentials_of(), "k", BODY).claim() for _ in range(9)))

    assert told.count(None) == 1
    assert told.count(Earlier(is_same=True, made=None)) == 8


async def test_what_was_made_is_told_to_the_same_caller_with_the_same_input() -> None:
    state = MemoryState(Clock())
    once = once_for(state, WHERE, credentials_of(), "k", BODY)
    await once.claim()
    await once.keep("o1")

    again = await once_for(state, WHERE, credentials_of(), "k", BODY).claim()
    other = await once_for(state, WHERE, credentials_of(), "k", BODY + b" ").claim()

    assert again == Earlier(is_same=True, made="o1")
    assert other == Earlier(is_same=False, made="o1")


async def test_a_key_that_was_given_back_can_be_claimed_again() -> None:
    state = MemoryState(Clock())
    once = once_for(state, WHERE, credentials_of(), "k", BODY)
    await once.claim()

    await once.release()

    assert await once.claim() is None


async def test_a_key_is_forgotten_after_a_day() -> None:
    clock = Clock()
    once = once_for(MemoryState(clock), WHERE, credentials_of(), "k", BODY)
    await once.claim()
    await once.keep("o1")

    clock.now = KEPT_SECONDS

    assert await once.claim() is None


@pytest.mark.parametrize(
    ("where", "bearer", "key"),
    [
        ("/v2/carts/c2/checkout", "bearer-1", "k"),
        (WHERE, "bearer-2", "k"),
        (WHERE, None, "k"),
        (WHERE, "bearer-1", "kk"),
        (WHERE + "k", "bearer-1", ""),
    ],
)
async def test_another_cart_caller_or_key_is_another_write(where: str, bearer: str | None, key: str) -> None:
    state = MemoryState(Clock())
    await once_for(state, WHERE, credentials_of(), "k", BODY).claim()

    assert await once_for(state, where, credentials_of(bearer), key, BODY).claim() is None


async def test_neither_the_key_nor_the_value_holds_what_was_given() -> None:
    state = MemoryState(Clock())
    await once_for(state, WHERE, credentials_of("secret-bearer"), "my own key", BODY).claim()

    (key,) = await state.keys("")
    kept = (await state.get(key) or b"").decode() + key

    assert not any(word in kept for word in ("secret-bearer", "my own key", "ines@example.test", "c1"))


async def test_a_proven_customer_is_the_same_caller_with_new_tokens() -> None:
    state = MemoryState(Clock())
    await once_for(state, WHERE, credentials_of("bearer-1", "token-1"), "k", BODY, proven_customer="u1").claim()

    later = credentials_of("bearer-2", "token-2")
    again = await once_for(state, WHERE, later, "k", BODY, proven_customer="u1").claim()
    other = await once_for(state, WHERE, later, "k", BODY, proven_customer="u2").claim()
    nobody = await once_for(state, WHERE, credentials_of("u1", None), "k", BODY).claim()

    assert again == Earlier(is_same=True, made=None)
    assert (other, nobody) == (None, None)
