"""Word of a change is read without belief, told once, and told again where it could not be."""

from __future__ import annotations

import json

import pytest

from penstock.errors import StateError
from penstock.operations.subscriptions import Hub, News, Subject, read_news
from penstock.state import MemoryState


class Mute(MemoryState):
    """A state that cannot tell anybody, for a while."""

    is_mute = True

    async def publish(self, channel: str, message: bytes) -> None:
        if self.is_mute:
            raise StateError("planted")
        await super().publish(channel, message)


@pytest.mark.parametrize(
    ("payload", "subject"),
    [
        ({"data": {"type": "customer", "id": "c1"}}, Subject("customer", "c1")),
        ({"data": {"type": "order", "id": "o-1"}, "included": {"items": []}}, Subject("order", "o-1")),
        ({"type": "customer", "id": "c1"}, Subject("customer", "c1")),
        ({"data": {"type": "customer", "id": "../flows"}}, None),
        ({"data": {"type": "customer", "id": 7}}, None),
        ({"data": {"type": ["customer"], "id": "c1"}}, None),
        ({"data": [{"type": "customer", "id": "c1"}]}, None),
        ({"data": None, "type": "customer", "id": "c1"}, None),
        ({}, None),
    ],
)
def test_an_event_says_where_to_look_and_no_more(payload: object, subject: Subject | None) -> None:
    body = {"id": "e1", "triggered_by": "customer.updated", "payload": payload, "resources": "{", "configuration": 1}

    event = read_news(json.dumps(body).encode())

    assert event is not None
    assert (event.id, event.subject) == ("e1", subject)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{",
        b'{"id":"","payload":{}}',
        b'{"id":"%s","payload":{}}' % (b"x" * 201),
        b'{"id":1,"payload":{}}',
        b'{"id":"e","payload":[]}',
        b'{"id":"e"}',
        b'{"id":"e","payload":{"data":' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    ],
)
def test_what_is_no_event_is_none(body: bytes) -> None:
    assert read_news(body) is None


async def test_an_event_that_could_not_be_told_is_new_when_it_comes_again() -> None:
    state = Mute(lambda: 0.0)
    news = News(state, Hub(1, 1))
    with pytest.raises(StateError):
        await news.announce("e1", Subject("customer", "c1"))
    state.is_mute = False

    assert await news.announce("e1", Subject("customer", "c1"))
    assert not await news.announce("e1", Subject("customer", "c1"))
