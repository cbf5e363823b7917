"""Certificates: the good one, and each way of being bad."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
import trustme

from penstock.errors import OperatorError, UpstreamUnavailable

from .conftest import Make, call
from .hostile import Peer, always, answer, once, serving


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def test_a_good_certificate_is_accepted_and_the_connection_kept(
    make: Make, authority: trustme.CA, ca_file: str
) -> None:
    context = server_context(authority.issue_cert("localhost"))
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    async with serving(always(answer(b"a" * 300_000)), tls=context, name="localhost") as server:
        transport = make(server.url, ca_file=ca_file)
        bodies = [(await transport.send(call(method=method))).body for method in ("GET", "GET", "POST")]

    assert bodies == [b"a" * 300_000] * 3
    assert server.connections == 1
    assert names == ["localhost"]


async def test_an_address_in_the_certificate_is_accepted(make: Make, authority: trustme.CA, ca_file: str) -> None:
    context = server_context(authority.issue_cert("127.0.0.1"))
    async with serving(always(answer()), tls=context) as server:
        response = await make(server.url, ca_file=ca_file).send(call())

    assert response.status == 200


async def test_a_wrong_name_is_refused(make: Make, authority: trustme.CA, ca_file: str) -> None:
    context = server_context(authority.issue_cert("elsewhere.example"))
    async with serving(always(answer()), tls=context, name="localhost") as server:
        transport = make(server.url, ca_file=ca_file)

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call(method="POST"))

    assert not failure.value.sent
    assert server.requests == []


async def test_an_expired_certificate_is_refused(make: Make, authority: trustme.CA, ca_file: str) -> None:
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    context = server_context(authority.issue_cert("localhost", not_after=yesterday))
    async with serving(always(answer()), tls=context, name="localhost") as server:
        transport = make(server.url, ca_file=ca_file)

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call())

    assert not failure.value.sent


async def test_an_unknown_authority_is_refused(make: Make, authority: trustme.CA, ca_file: str) -> None:
    context = server_context(trustme.CA().issue_cert("localhost"))
    async with serving(always(answer()), tls=context, name="localhost") as server:
        strict, usual = make(server.url, ca_file=ca_file), make(server.url)

        for transport in (strict, usual):
            with pytest.raises(UpstreamUnavailable) as failure:
                await transport.send(call())

            assert not failure.value.sent


async def test_a_server_without_tls_is_refused(make: Make) -> None:
    async def behave(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(behave) as server:
        transport = make(server.url.replace("http:", "https:"))

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call())

    assert not failure.value.sent


async def test_an_answer_that_breaks_off_over_tls_is_unavailable(
    make: Make, authority: trustme.CA, ca_file: str
) -> None:
    context = server_context(authority.issue_cert("localhost"))
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"
    async with serving(once(cut), tls=context, name="localhost") as server:
        transport = make(server.url, ca_file=ca_file)

        with pytest.raises(UpstreamUnavailable) as failure:
            await transport.send(call())

    assert failure.value.sent


async def test_a_read_on_a_stale_tls_connection_is_made_again(make: Make, authority: trustme.CA, ca_file: str) -> None:
    context = server_context(authority.issue_cert("localhost"))

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(b"ok"))
        await peer.request()

    async with serving(behave, tls=context, name="localhost") as server:
        transport = make(server.url, ca_file=ca_file)
        bodies = [(await transport.send(call())).body for _ in range(3)]

    assert bodies == [b"ok"] * 3


def test_authorities_that_cannot_be_read_are_the_operators_fault(make: Make, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")

    for path in (str(broken), str(tmp_path / "missing.pem")):
        with pytest.raises(OperatorError):
            make("https://localhost:1", ca_file=path)
