"""Requests that no client of good faith sends, over a bare socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

import pytest

from penstock.http.one_write import OneWriteProtocol

from .conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
BODY = json.dumps({"query": "{ a }"}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"


async def talk(stage: Stage, pieces: Iterable[bytes], *, until: bytes = b"") -> bytes:
    """Send pieces, one after the other as long as the other side takes them; what came back until it closed."""
    host, port = stage.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if until:
            return await asyncio.wait_for(reader.readuntil(until), 5)
        return await asyncio.wait_for(reader.read(), 5)
    except (ConnectionError, asyncio.IncompleteReadError):
        return b""
    finally:
        writer.close()


async def test_a_head_without_end_is_cut_off(stage: Stage) -> None:
    endless = (b"x-filler-%d: %b\r\n" % (n, b"y" * 1_000) for n in range(5_000))

    answer = await talk(stage, [HEAD, *endless])

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert stage.runner.asked == []


async def test_a_header_without_end_is_cut_off(stage: Stage) -> None:
    answer = await talk(stage, [HEAD + b"x-filler: ", *[b"y" * 10_000] * 500])

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


async def test_a_trailer_without_end_is_cut_off(stage: Stage) -> None:
    begin = HEAD + b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)

    answer = await talk(stage, [begin, *[b"x-trailer: " + b"y" * 5_000 + b"\r\n"] * 500])

    assert answer == b"" or b" 431 " in answer or b" 408 " in answer
    assert stage.runner.asked == []


@pytest.mark.parametrize("sent", [[], [b"G"], [HEAD], [HEAD + b"connection: keep-alive\r\ncontent-le"]])
async def test_a_head_that_does_not_come_is_waited_for_no_longer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, sent: list[bytes]
) -> None:
    monkeypatch.setattr(OneWriteProtocol, "head_seconds", 0.05)

    answer = await talk(stage, sent)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert stage.runner.asked == []


async def test_a_second_head_is_waited_for_no_longer_than_the_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OneWriteProtocol, "head_seconds", 0.05)
    whole = HEAD + b"content-length: %d\r\n\r\n%b" % (len(BODY), BODY)

    answer = await talk(stage, [whole, whole[:50]])

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 408 ") == 1
    assert len(stage.runner.asked) == 1


async def test_an_answer_may_take_longer_than_a_head(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneWriteProtocol, "head_seconds", 0.05)
    body = json.dumps({"query": "slow"}).encode()
    whole = HEAD + b"content-length: %d\r\n\r\n%b" % (len(body), body)

    answer = await talk(stage, [whole + b"POST /graphql HT"])

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 408 ") == 1


async def test_a_large_head_within_reason_is_read(stage: Stage) -> None:
    filler = b"".join(b"x-filler-%d: %b\r\n" % (n, b"y" * 1_000) for n in range(30))

    answer = await talk(
        stage, [HEAD + filler, b"content-length: %d\r\n\r\n" % len(BODY), BODY[:5], BODY[5:]], until=b"}}"
    )

    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_large_body_in_small_pieces_is_no_head(stage: Stage) -> None:
    chunks = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [BODY[:-1], *[b" " * 100] * 30, b"}"]]

    answer = await talk(stage, [HEAD + b"transfer-encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n"], until=b"}}")

    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"content-length: 15\r\ntransfer-encoding: chunked\r\n\r\n",
        HEAD + b"content-length: 15\r\ncontent-length: 16\r\n\r\n",
        HEAD + b"content-length: -1\r\n\r\n",
        HEAD + b"content-length: 1e3\r\n\r\n",
        HEAD + b"bad header\r\n\r\n",
        b"POST /graphql HTTP/9.9\r\n\r\n",
        b"NONSENSE\r\n\r\n",
    ],
)
async def test_a_request_that_can_be_read_in_two_ways_is_read_in_none(stage: Stage, head: bytes) -> None:
    answer = await talk(stage, [head, BODY])

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert stage.runner.asked == []


async def test_pipelined_requests_are_answered_in_their_order(stage: Stage) -> None:
    one, two = (json.dumps({"query": "{ a }", "operationName": name}).encode() for name in ("One", "Two"))
    both = b"".join(HEAD + b"content-length: %d\r\n\r\n%b" % (len(body), body) for body in (one, two))

    answer = await talk(stage, [both], until=b'"Two"')

    assert answer.index(b'"One"') < answer.index(b'"Two"')


async def test_a_head_has_no_body(stage: Stage) -> None:
    answer = await talk(stage, [b"HEAD /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"])

    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 405 " in head
    assert body == b""


@pytest.mark.parametrize(
    "agent", ["Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/15.0 Safari/605.1.15", "Mozilla/4.0 (MSIE 8.0)"]
)
async def test_a_browser_that_does_not_say_where_a_get_comes_from_may_not_run_it(stage: Stage, agent: str) -> None:
    params = {"query": "{ a }"}
    simple = await stage.client.get("/graphql", params=params, headers={"user-agent": agent})
    asked = len(stage.runner.asked)
    signed = await stage.client.get(
        "/graphql", params=params, headers={"user-agent": agent, "authorization": "Bearer a"}
    )
    typed = await stage.client.get("/graphql", params=params, headers={"user-agent": agent, "sec-fetch-site": "none"})

    assert (simple.status_code, asked) == (403, 0)
    assert (signed.status_code, typed.status_code) == (200, 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/page"},
        {"user-agent": "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.16"},
    ],
)
async def test_whatever_comes_from_a_page_may_not_run_a_plain_get(stage: Stage, headers: dict[str, str]) -> None:
    simple = await stage.client.get("/graphql", params={"query": "{ a }"}, headers=headers)
    asked = len(stage.runner.asked)
    own = await stage.client.get(
        "/graphql", params={"query": "{ a }"}, headers=headers | {"sec-fetch-site": "same-origin"}
    )

    assert (simple.status_code, asked) == (403, 0)
    assert own.status_code == 200


async def test_where_a_request_comes_from_is_said_once(stage: Stage) -> None:
    said = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]
    answer = await stage.client.get("/graphql", params={"query": "{ a }"}, headers=said)

    assert answer.status_code == 400
    assert stage.runner.asked == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
async def test_a_form_never_runs(stage: Stage, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    bodies = [
        BODY,
        b"query=%7Ba%7D",
        b'------a\r\nContent-Disposition: form-data; name="query"\r\n\r\n{a}\r\n------a--',
    ]

    answers = [await stage.client.post("/graphql", content=body, headers=headers) for body in bodies]

    assert {answer.status_code for answer in answers} == {415}
    assert stage.runner.asked == []


async def test_a_query_in_the_url_of_a_post_is_not_run(stage: Stage) -> None:
    answer = await stage.client.post(
        "/graphql?query=%7Ba%7D", content=b"{}", headers={"content-type": "application/json"}
    )

    assert answer.status_code == 400
    assert stage.runner.asked == []


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*;q=0", 406),
        ("application/json;q=0, application/graphql-response+json;q=0", 406),
        ("application/json;q=0, */*", 200),
        ("application/*;q=0.1", 200),
        ("application/json;q=0.5;charset=utf-8", 200),
        ('application/json;charset="utf-8"', 200),
        ("application/json;q=2, text/plain", 406),
        (";;;", 406),
        (",", 406),
        ("a" * 20_000, 406),
        ("application/xml," * 40 + "application/json", 406),
    ],
)
async def test_accept_may_be_anything(stage: Stage, accept: str, status: int) -> None:
    answer = await stage.client.post(
        "/graphql", content=BODY, headers={"accept": accept, "content-type": "application/json"}
    )

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/")
