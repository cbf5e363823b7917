"""What a caller may send upstream, and what the gateway reads from it."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.http.answers import Refusal
from penstock.http.credentials import CredentialReader, Key, make_credentials
from penstock.http.customer_token import NO_HINT, read_hint
from penstock.http.head import FORWARDED, read_head
from penstock.operations.request import Credentials

CUSTOMER = "6f1f7c38-0a43-4a58-9b1c-3a52a3f9a111"


def key(**values: bytes) -> Key:
    """Values by the header's name with underscores."""
    return tuple(values.get(name.decode().lower().replace("-", "_")) for name in FORWARDED)


def credentials(**values: bytes) -> Credentials:
    made = make_credentials(key(**values))
    assert isinstance(made, Credentials)
    return made


def token(payload: object, *, padded: bool = True, url: bool = False) -> bytes:
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    text = encode(json.dumps(payload).encode())
    return b"eyJh." + (text if padded else text.rstrip(b"=")) + b"." + b"0" * 64


def test_allow_listed_headers_travel_unchanged_and_no_other() -> None:
    head = read_head(
        [
            (b"authorization", b"Bearer a.b-c"),
            (b"ep-channel", b"web store"),
            (b"x-moltin-currency", b"EUR"),
            (b"ep-internal-store", b"x"),
            (b"x-moltin-settings-page", b"x"),
            (b"x-moltin-auth-store", b"x"),
            (b"cookie", b"x"),
        ]
    )
    made = make_credentials(tuple(head.values[: len(FORWARDED)]))

    assert isinstance(made, Credentials)
    assert made.headers.pairs == (
        (b"Authorization", b"Bearer a.b-c"),
        (b"X-MOLTIN-CURRENCY", b"EUR"),
        (b"EP-Channel", b"web store"),
    )
    assert made.has_bearer
    assert not made.customer_token


def test_nothing_brings_nothing() -> None:
    made = credentials()

    assert made.headers.pairs == ()
    assert not made.has_bearer
    assert made.customer_id is None


def test_an_empty_header_counts_as_absent() -> None:
    made = credentials(authorization=b" ", x_moltin_customer_token=b"", ep_channel=b"\t")

    assert made.headers.pairs == ()
    assert not made.has_bearer
    assert not made.customer_token


@pytest.mark.parametrize("value", [b"Basic eDp5", b"Bearer", b"Bearer ", b"Bearer a b", b"abc", b"Bearer a, Bearer b"])
def test_an_authorization_that_is_no_bearer_is_refused(value: bytes) -> None:
    refusal = make_credentials(key(authorization=value))

    assert isinstance(refusal, Refusal)
    assert refusal.status == 401
    assert refusal.code == "UNAUTHENTICATED"
    assert dict(refusal.headers) == {b"www-authenticate": b"Bearer"}


@pytest.mark.parametrize("name", [name.decode().lower().replace("-", "_") for name in FORWARDED])
@pytest.mark.parametrize("control", [b"\x00", b"\x07", b"\x1f", b"\x7f", b"\n", b"\r", b"\t"])
def test_control_characters_are_refused_in_every_header(name: str, control: bytes) -> None:
    refusal = make_credentials(key(**{name: b"Bearer a" + control + b"b"}))

    assert isinstance(refusal, Refusal)
    assert refusal.status == 400


def test_a_header_beyond_its_cap_is_refused() -> None:
    refusal = make_credentials(key(ep_channel=b"a" * 8193))

    assert isinstance(refusal, Refusal)
    assert refusal.status == 431


def test_digests_tell_every_difference_apart() -> None:
    digests = {
        credentials().digest,
        credentials(authorization=b"Bearer a").digest,
        credentials(authorization=b"Bearer b").digest,
        credentials(ep_channel=b"a").digest,
        credentials(ep_context_tag=b"a").digest,
        credentials(ep_channel=b"a", ep_context_tag=b"a").digest,
        credentials(ep_channel=b"a6:1:a").digest,
        credentials(x_moltin_customer_token=b"a").digest,
    }

    assert len(digests) == 8


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("url", [True, False])
@pytest.mark.parametrize("name", ["Ines", "Zoë ÿ?~>", "a", "ab", "abc"])
def test_the_payload_of_a_customer_token_is_a_hint(padded: bool, url: bool, name: str) -> None:
    raw = token({"sub": CUSTOMER, "name": name, "exp": 1_893_542_400}, padded=padded, url=url)
    made = credentials(x_moltin_customer_token=raw)

    assert made.customer_token
    assert made.customer_id == CUSTOMER
    assert made.expires == 1_893_542_400
    assert made.headers.pairs == ((b"X-Moltin-Customer-Token", raw),)


def test_calls_that_make_no_use_of_the_customer_token_go_without_it() -> None:
    both = credentials(authorization=b"Bearer a", x_moltin_customer_token=b"a.b.c", ep_channel=b"c")
    bare = credentials(authorization=b"Bearer a")

    assert [name for name, _ in both.headers_without_customer.pairs] == [b"Authorization", b"EP-Channel"]
    assert bare.headers_without_customer is bare.headers


@pytest.mark.parametrize(
    "raw",
    [
        b"opaque",
        b"a.b",
        b"a.b.c.d",
        b"..",
        b"a.!!!!.c",
        b"a." + base64.b64encode(b"\xff\xfe") + b".c",
        b"a." + base64.b64encode(b"[" * 3000) + b".c",
        token([1, 2]),
        token({"sub": 7, "exp": "soon"}),
        token({"sub": "../orders", "exp": True}),
        token({"sub": "a" * 65}),
        token({"sub": CUSTOMER + "\n"}),
        b"a." + b"A" * 9000 + b".c",
    ],
)
def test_an_undecodable_token_is_no_hint(raw: bytes) -> None:
    assert read_hint(raw) == NO_HINT


@given(st.binary(max_size=200))
def test_reading_a_hint_never_raises(raw: bytes) -> None:
    hint = read_hint(raw)

    assert hint.customer_id is None or len(hint.customer_id) <= 64


@given(st.lists(st.one_of(st.none(), st.binary(max_size=20)), min_size=len(FORWARDED), max_size=len(FORWARDED)))
def test_whatever_is_rendered_cannot_break_a_head(values: list[bytes | None]) -> None:
    made = make_credentials(tuple(values))

    if isinstance(made, Credentials):
        assert made.headers.wire.count(b"\r\n") == len(made.headers.pairs)
        assert b"\r" not in made.headers.wire.replace(b"\r\n", b"")


def test_the_second_request_of_a_caller_builds_nothing() -> None:
    reader = CredentialReader()
    values = key(authorization=b"Bearer a")

    assert reader.read(values) is reader.read(tuple(values))


def test_the_memory_of_callers_is_bounded_and_keeps_the_busy_ones() -> None:
    reader = CredentialReader(entries=4)
    busy = key(authorization=b"Bearer busy")
    kept = reader.read(busy)
    for number in range(100):
        reader.read(key(authorization=b"Bearer %d" % number))
        assert reader.read(busy) is kept
    assert len(reader._young) + len(reader._old) <= 8


def test_a_refusal_is_not_remembered() -> None:
    reader = CredentialReader()
    reader.read(key(authorization=b"Basic x"))

    assert not reader._young


def test_credentials_show_no_secret() -> None:
    shown = repr(credentials(authorization=b"Bearer planted", x_moltin_customer_token=token({"sub": CUSTOMER})))

    assert "planted" not in shown
    assert CUSTOMER not in shown
