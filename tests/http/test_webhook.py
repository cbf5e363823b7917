"""The store's door opens to its secret alone, says nothing of it, and believes nothing that it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from penstock.errors import StateError
from penstock.http.asgi import Received, Scope, Sent
from penstock.http.webhook import Webhook
from penstock.operations.subscriptions import Subject
from penstock.settings import Secret

SECRET = b"s3cret"
EVENT = {"id": "e1", "triggered_by": "customer.updated", "payload": {"data": {"type": "customer", "id": "c1"}}}


class Hook:
    """A webhook, what it passed on and what it counted."""

    def __init__(self, *, is_down: bool = False) -> None:
        self.announced: list[tuple[str, Subject]] = []
        self.counted: list[str] = []
        self.is_down = is_down
        self.app = Webhook(Secret(SECRET.decode()), self._announce, frozenset({"customer"}), self.counted.append)

    async def _announce(self, identity: str, subject: Subject) -> bool:
        if self.is_down:
            raise StateError("planted")
        self.announced.append((identity, subject))
        return len(self.announced) == 1

    async def bring(self, body: bytes, *secrets: bytes, **headers: str) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[Sent] = []
        given = [(b"x-moltin-secret-key", one) for one in secrets]
        given += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope: Scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": given}

        async def receive() -> Received:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Sent) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(one.get("body", b"") for one in sent)


def told(**changes: Any) -> bytes:
    return json.dumps(EVENT | changes).encode()


async def test_an_event_is_taken_once_and_a_second_one_is_no_fault() -> None:
    hook = Hook()

    statuses = [(await hook.bring(told(), SECRET))[0] for _ in range(2)]

    assert statuses == [204, 204]
    assert hook.announced[0] == ("e1", Subject("customer", "c1"))
    assert hook.counted == ["received", "duplicate"]


@pytest.mark.parametrize(
    "secrets", [(), (b"",), (b"s3cre",), (b"s3crets",), (b"S3CRET",), (b"\xff",), (SECRET, SECRET), (SECRET, b"x")]
)
async def test_any_other_secret_opens_nothing_and_is_not_told_which_it_is(secrets: tuple[bytes, ...]) -> None:
    hook = Hook()

    status, _, body = await hook.bring(told(configuration={"secret_key": "s3cret"}), *secrets)

    assert status == 401
    assert SECRET not in body
    assert hook.announced == []
    assert hook.counted == ["refused"]


async def test_an_unset_secret_matches_nothing() -> None:
    counted: list[str] = []
    hook = Hook()
    hook.app = Webhook(Secret(), hook._announce, frozenset({"customer"}), counted.append)

    status, _, _ = await hook.bring(told(), b"")

    assert status == 401


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"\x00" * 10, {}, 400),
        (told(), {"content_length": "99999999"}, 413),
        (b'{"id":"e","payload":{}, "x": "' + b"x" * (4 * 1024 * 1024) + b'"}', {}, 413),
    ],
)
async def test_what_is_no_event_is_refused_in_words(body: bytes, headers: dict[str, str], status: int) -> None:
    hook = Hook()

    answered, _, text = await hook.bring(body, SECRET, **headers)

    assert answered == status
    assert json.loads(text)["errors"][0]["message"]
    assert hook.counted == ["refused"]


@pytest.mark.parametrize("payload", [{"data": {"type": "cart", "id": "c"}}, {"data": {"type": "settings"}}, {}])
async def test_what_nobody_can_watch_is_taken_and_passed_on_to_nobody(payload: Any) -> None:
    hook = Hook()

    status, _, _ = await hook.bring(told(payload=payload), SECRET)

    assert status == 204
    assert hook.announced == []
    assert hook.counted == ["ignored"]


async def test_an_event_that_cannot_be_passed_on_is_asked_for_again() -> None:
    hook = Hook(is_down=True)

    status, headers, _ = await hook.bring(told(), SECRET)

    assert status == 503
    assert headers[b"retry-after"] == b"5"
    assert hook.counted == ["failed"]
