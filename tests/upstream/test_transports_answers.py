"""Well-formed and ill-formed answers, whole and in pieces."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from functools import cache

import pytest

from penstock.errors import UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.transport import HeaderBlock

from .conftest import Make, call
from .hostile import Behaviour, Peer, always, answer, chunked, once, serving

RAW_DEFLATE = zlib.compressobj(wbits=-15)
PLAIN = b'{"data":{"id":"1"}}' * 20
DEFLATED = RAW_DEFLATE.compress(PLAIN) + RAW_DEFLATE.flush()
CLOSED = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + PLAIN

WHOLE = {
    "content-length": answer(PLAIN),
    "chunked": chunked([PLAIN[:7], PLAIN[7:]]),
    "chunked with trailers": chunked([PLAIN], trailer=b"X-Sum: 1\r\nX-More: 2\r\n"),
    "chunk extensions": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x;a=b\r\n%b\r\n0\r\n\r\n"
    % (len(PLAIN), PLAIN),
    "one byte a chunk": chunked([bytes([byte]) for byte in PLAIN]),
    "until close": CLOSED,
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n" + PLAIN,
    "gzip": answer(gzip.compress(PLAIN), b"Content-Encoding: gzip"),
    "gzip until close": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PLAIN),
    "gzip in chunks": chunked([gzip.compress(PLAIN)[:5], gzip.compress(PLAIN)[5:]], b"Content-Encoding: GZIP"),
    "gzip of two members": answer(gzip.compress(PLAIN[:9]) + gzip.compress(PLAIN[9:]), b"Content-Encoding: x-gzip"),
    "zlib deflate": answer(zlib.compress(PLAIN), b"Content-Encoding: deflate"),
    "raw deflate": answer(DEFLATED, b"Content-Encoding: deflate"),
    "identity": answer(PLAIN, b"Content-Encoding: identity"),
    "interim answers": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(PLAIN),
}


def dribbling(data: bytes) -> Behaviour:
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(*[data[at : at + 1] for at in range(len(data))])

    return behave


@pytest.mark.parametrize("framing", WHOLE)
async def test_an_answer_is_read_whole_however_it_is_framed(make: Make, framing: str) -> None:
    async with serving(once(WHOLE[framing])) as server:
        response = await make(server.url).send(call())

    assert (response.status, response.body) == (200, PLAIN)


@pytest.mark.parametrize("framing", WHOLE)
async def test_an_answer_is_read_whole_byte_by_byte(make: Make, framing: str) -> None:
    async with serving(dribbling(WHOLE[framing])) as server:
        response = await make(server.url).send(call())

    assert (response.status, response.body) == (200, PLAIN)


@pytest.mark.parametrize("framing", ["content-length", "chunked with trailers", "gzip until close", "interim answers"])
async def test_an_answer_cut_at_any_byte_is_no_answer(make: Make, framing: str) -> None:
    whole = WHOLE[framing]
    cuts = iter(range(len(whole)))

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(whole[: next(cuts)])

    async with serving(behave) as server:
        transport = make(server.url)
        outcomes = [await attempt(transport.send(call(method="POST"))) for _ in whole]

    kinds = {type(outcome) for outcome in outcomes}
    assert kinds <= {UpstreamUnavailable, UpstreamInvalid}
    assert all(outcome.sent for outcome in outcomes if isinstance(outcome, UpstreamUnavailable))
    assert len(server.requests) == len(whole)


async def attempt(sending: object) -> object:
    try:
        return await sending  # type: ignore[misc] # a coroutine
    except UpstreamError as error:
        return error


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_statuses_without_body_end_with_their_head(make: Make, status: bytes) -> None:
    async with serving(always(b"HTTP/1.1 %b\r\nContent-Encoding: gzip\r\n\r\n" % status)) as server:
        transport = make(server.url)
        first = await transport.send(call())
        second = await transport.send(call())

    assert (first.status, first.body) == (second.status, second.body) == (int(status[:3]), b"")
    assert server.connections == 1


async def test_an_answer_to_head_has_no_body_whatever_it_announces(make: Make) -> None:
    async with serving(always(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Encoding: gzip\r\n\r\n")) as server:
        transport = make(server.url)
        outcomes = [await transport.send(call(method="HEAD")) for _ in range(3)]

    assert [(outcome.status, outcome.body) for outcome in outcomes] == [(200, b"")] * 3


async def test_a_get_after_a_head_reads_its_body(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            await peer.send(
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (b"" if request[:4] == b"HEAD" else b"ok")
            )

    async with serving(behave) as server:
        transport = make(server.url)
        outcomes = [(await transport.send(call(method=method))).body for method in ("HEAD", "GET", "HEAD", "GET")]

    assert outcomes == [b"", b"ok", b"", b"ok"]


async def test_header_names_come_in_lower_case_and_values_as_they_are(make: Make) -> None:
    async with serving(once(answer(b"{}", b"X-Moltin-Request-Id: Ab1", b"x-twice: 1", b"X-Twice: 2"))) as server:
        response = await make(server.url).send(call())

    assert response.header(b"x-moltin-request-id") == "Ab1"
    assert [value for name, value in response.headers if name == b"x-twice"] == [b"1", b"2"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.0\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x28" * 20,
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        answer(b"not gzip at all", b"Content-Encoding: gzip"),
        answer(gzip.compress(PLAIN)[:-3], b"Content-Encoding: gzip"),
        answer(gzip.compress(PLAIN) + b"tail", b"Content-Encoding: gzip"),
        answer(zlib.compress(PLAIN)[:1], b"Content-Encoding: deflate"),
        answer(PLAIN, b"Content-Encoding: br"),
        answer(gzip.compress(gzip.compress(PLAIN)), b"Content-Encoding: gzip, gzip"),
    ],
)
async def test_what_is_no_http_or_not_packed_as_it_says_is_invalid(make: Make, garbage: bytes) -> None:
    async with serving(once(garbage)) as server:
        transport = make(server.url)

        with pytest.raises(UpstreamInvalid):
            await transport.send(call())


async def test_a_length_beside_chunks_is_never_read_by_the_length(make: Make) -> None:
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    async with serving(once(smuggled)) as server:
        outcome = await attempt(make(server.url).send(call()))

    assert isinstance(outcome, UpstreamInvalid) or getattr(outcome, "body", None) == b"ok"


async def test_a_flood_of_interim_answers_ends(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await peer.request()
        while True:
            await peer.send(b"HTTP/1.1 100 Continue\r\nX-Pad: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n" * 50)

    async with serving(behave) as server:
        transport = make(server.url)

        with pytest.raises((UpstreamInvalid, UpstreamTimeout)):
            await transport.send(call(seconds=0.3))


@pytest.mark.parametrize("size", [5_000, 70_000, 300_000])
async def test_a_head_beyond_its_cap_is_refused(make: Make, size: int) -> None:
    async with serving(once(answer(b"{}", b"X-Long: " + b"a" * size))) as server:
        transport = make(server.url, max_header_bytes=4_096)

        with pytest.raises(UpstreamInvalid):
            await transport.send(call())


async def test_many_headers_beyond_the_cap_are_refused_in_pieces_too(make: Make) -> None:
    head = answer(b"{}", *[b"X-%d: aaaaaaaaaaaa" % number for number in range(300)])
    async with serving(once(*[head[at : at + 700] for at in range(0, len(head), 700)])) as server:
        transport = make(server.url, max_header_bytes=4_096)

        with pytest.raises(UpstreamInvalid):
            await transport.send(call())


async def test_a_body_at_its_cap_is_read_and_one_byte_more_is_refused(make: Make) -> None:
    bodies = iter([b"a" * 4_096, b"a" * 4_097])

    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(answer(next(bodies)))

    async with serving(behave) as server:
        transport = make(server.url, max_body_bytes=4_096)
        full = await transport.send(call())

        with pytest.raises(UpstreamInvalid):
            await transport.send(call())

    assert len(full.body) == 4_096


async def test_a_body_in_as_many_pieces_as_may_be_is_read_and_one_more_is_refused(make: Make) -> None:
    pieces = iter([100, 101])

    async def behave(peer: Peer) -> None:
        while await peer.request():
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            await peer.send(head + b"1\r\na\r\n" * next(pieces) + b"0\r\n\r\n")

    async with serving(behave) as server:
        transport = make(server.url, max_pieces=100)
        first = await transport.send(call())

        with pytest.raises(UpstreamInvalid, match="pieces"):
            await transport.send(call())

    assert first.body == b"a" * 100


ENDLESS = {
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65_536),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 10_000),
    "chunk extension": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a=b;" * 10_000),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX:", b"a" * 40_000),
    "head": (b"HTTP/1.1 200 OK\r\nX:", b"a" * 40_000),
    "status line": (b"HTTP/1.1 200 ", b"O" * 40_000),
    "leading blank lines": (b"", b"\r\n" * 20_000),
}


@pytest.mark.parametrize("what", ENDLESS)
async def test_an_endless_answer_ends_within_bounded_memory(make: Make, what: str) -> None:
    begin, more = ENDLESS[what]

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(begin)
        while True:
            await peer.send(more)

    async with serving(behave) as server:
        transport = make(server.url, max_body_bytes=1_000_000)
        tracemalloc.start()
        try:
            with pytest.raises(UpstreamError):
                await transport.send(call(seconds=1.5))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak < 12_000_000


@cache
def bomb_of(coding: str) -> bytes:
    packer = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    return b"".join([packer.compress(bytes(1_000_000)) for _ in range(100)]) + packer.flush()


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_small_answer_that_unpacks_without_end_is_refused_within_bounded_memory(
    make: Make, coding: str
) -> None:
    async with serving(once(answer(bomb_of(coding), b"Content-Encoding: " + coding.encode()))) as server:
        transport = make(server.url, max_body_bytes=1_000_000)
        tracemalloc.start()
        try:
            with pytest.raises(UpstreamInvalid):
                await transport.send(call())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak < 12_000_000


async def test_a_redirect_is_an_answer_like_any_other(make: Make) -> None:
    async with serving(always(answer(b"", b"Location: /elsewhere", status=b"302 Found"))) as server:
        response = await make(server.url).send(call())

    assert response.status == 302
    assert len(server.requests) == 1


async def test_no_cookie_is_kept(make: Make) -> None:
    async with serving(always(answer(b"{}", b"Set-Cookie: session=1; Path=/"))) as server:
        transport = make(server.url)
        await transport.send(call())
        await transport.send(call())

    assert b"cookie" not in server.requests[1].lower()


async def test_a_request_goes_out_as_it_is_written(make: Make) -> None:
    async with serving(always(answer())) as server:
        transport = make(server.url + "/prefix/", user_agent="penstock/1")
        block = HeaderBlock(((b"authorization", b"Bearer secret"), (b"x-moltin-customer-token", b"a.b.c")))
        await transport.send(call("/v2/x?filter=eq%28a%2C%22b%22%29&page%5Blimit%5D=1", headers=block))
        await transport.send(call(method="POST", body=b'{"data":{}}', content_type="application/json", headers=block))
        await transport.send(call(method="DELETE"))

    get, post, delete = server.requests
    head, _, _ = get.lower().partition(b"\r\n\r\n")
    assert get.startswith(b"GET /prefix/v2/x?filter=eq%28a%2C%22b%22%29&page%5Blimit%5D=1 HTTP/1.1\r\n")
    assert {b"host: 127.0.0.1:%d" % server.port, b"user-agent: penstock/1", b"accept: application/json"} < set(
        head.split(b"\r\n")
    )
    assert b"content-length" not in head
    assert b"\r\nauthorization: bearer secret\r\nx-moltin-customer-token: a.b.c\r\n" in get.lower()
    assert post.startswith(b"POST /prefix/v2/customers/1 HTTP/1.1\r\n")
    assert post.endswith(b'\r\n\r\n{"data":{}}')
    assert b"content-type: application/json\r\n" in post.lower()
    assert delete.startswith(b"DELETE ")
    assert server.connections == 1


async def test_a_post_without_body_says_so(make: Make) -> None:
    async with serving(always(answer())) as server:
        await make(server.url).send(call(method="POST"))

    assert b"content-length: 0\r\n" in server.requests[0].lower()


async def test_calls_side_by_side_get_their_own_answers(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            await asyncio.sleep(0)
            await peer.send(answer(request.split(b" ")[1]))

    async with serving(behave) as server:
        transport = make(server.url, max_connections=7)
        targets = [f"/v2/customers/{number}" for number in range(60)]
        answers = await asyncio.gather(*[transport.send(call(target)) for target in targets])

    assert [response.body.decode() for response in answers] == targets
