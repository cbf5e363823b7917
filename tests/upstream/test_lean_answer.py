"""The reader of answers alone, fed by a machine."""

from __future__ import annotations

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.errors import UpstreamInvalid
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean.answer import AnswerReader
from penstock.upstream.transport import Response

from .hostile import answer, chunked

CONFIG = TransportConfig(max_header_bytes=2_000, max_body_bytes=2_000)
SEEDS = [
    answer(b'{"data":{}}'),
    chunked([b"abc", b"defg"], b"X-A: 1", trailer=b"X-T: 1\r\n"),
    answer(gzip.compress(b"text" * 30), b"Content-Encoding: gzip"),
    chunked([gzip.compress(b"text")], b"Content-Encoding: gzip"),
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    answer(b"{}", b"Date: Mon", b"connection: keep-alive", b"X-Request-Id: \xe9", b"Vary:", status=b"404 Not Found"),
    b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
]
SCRAPS = st.sampled_from(
    [
        *[
            b"\r\n",
            b"\n",
            b"\r",
            b"\x00",
            b":",
            b" ",
            b"\t",
            b"-",
            b"1",
            b"0\r\n\r\n",
            b"ffffffffffffffffff",
            b"HTTP/1.1 ",
        ],
        *[
            b"Content-Length: 5\r\n",
            b"content-length:11\r\n",
            b"Content-length : 2\r\n",
            b"Transfer-Encoding: chunked\r\n",
        ],
        *[
            b"Connection: close\r\n",
            b"CONNECTION: keep-alive\r\n",
            b"connection: keep-alive, close\r\n",
            b"close",
            b"close\r\n",
        ],
        *[
            b"Content-Encoding: gzip\r\n",
            b"Upgrade: h2c\r\n",
            b"Trailer: X\r\n",
            b"X-Content-Length: 9\r\n",
            b"204",
            b"304 ",
        ],
    ]
)


@st.composite
def broken_answers(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        scrap = draw(SCRAPS | st.binary(max_size=6))
        data = data[:at] + scrap + data[at + draw(st.integers(0, 8)) :]
    return data


def seen(response: Response) -> tuple[object, ...]:
    return response.status, response.body, [(name, value.strip(b" \t")) for name, value in response.headers]


def read(pieces: list[bytes]) -> tuple[object, bool]:
    reader = AnswerReader(CONFIG)
    try:
        for piece in pieces:
            reader.feed(piece)
            if reader.done:
                return seen(reader.take()), reader.keep_alive
        return (seen(reader.take()), False) if reader.finish() else ("incomplete", False)
    except UpstreamInvalid:
        return "invalid", False


@settings(max_examples=600)
@given(broken_answers() | st.binary(max_size=80), st.integers(1, 30))
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(data: bytes, size: int) -> None:
    whole = read([data])
    pieces = read([data[at : at + size] for at in range(0, len(data), size)])

    assert whole == pieces


@settings(max_examples=200)
@given(st.lists(st.sampled_from(SEEDS[:4] + SEEDS[5:6]), min_size=1, max_size=6))
def test_one_answer_leaves_nothing_to_the_next(answers: list[bytes]) -> None:
    reader = AnswerReader(CONFIG)
    for data in answers:
        reader.reset(is_head_only=False)
        reader.feed(data)

        assert reader.done
        assert not reader.is_dirty
        assert (seen(reader.take()), reader.keep_alive) == read([data])
