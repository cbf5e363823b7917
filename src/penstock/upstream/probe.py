"""The way to the REST API walked step by step: names, TCP, TLS, HTTP; the first step that fails says what to do.

Never here: credentials, what the store holds.
Source: CONTRACT §1 (base URLs, envelope), §2 (a call without a bearer is answered 401 in JSON).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal, TypeAlias

from penstock.errors import PenstockError, UpstreamError, UpstreamInvalid, UpstreamTimeout
from penstock.upstream.answers import decode_json
from penstock.upstream.definitions_source import FLOWS_ROUTE
from penstock.upstream.lean.dial import Dialer
from penstock.upstream.origin import Origin, tls_context
from penstock.upstream.transport import NO_HEADERS, Request, Response, Transport

StepName: TypeAlias = Literal["DNS", "TCP", "TLS", "HTTP"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken.

    Attributes:
        name: Which.
        seconds: How long it took.
    """

    name: StepName
    seconds: float


@dataclass(frozen=True, slots=True)
class Walk:
    """How far it went.

    Attributes:
        steps: What succeeded, in order.
        failed: The step that did not, or None.
        reason: Why it did not.
        remedy: What to do about it.
        skew_seconds: How far the store's clock is ahead of ours, by the Date of its answer; None where it told none.
        is_crowded: Whether the store answered that there were too many requests.
    """

    steps: tuple[Step, ...] = ()
    failed: StepName | None = None
    reason: str = ""
    remedy: str = ""
    skew_seconds: float | None = None
    is_crowded: bool = False


class _StepError(PenstockError):
    """A step failed; caught where the walk ends."""

    def __init__(self, name: StepName, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.name: StepName = name
        self.remedy = remedy


async def walk(
    origin: Origin, transport: Transport, connect_seconds: float, answer_seconds: float, clock: Callable[[], float]
) -> Walk:
    """Walk the way to the store once; nothing there is changed, and no credential is shown to it.

    Args:
        origin: Where the store is.
        transport: What calls go through, for the last step.
        connect_seconds: For each step but the last.
        answer_seconds: For the last.
        clock: Seconds since the epoch.
    """
    loop = asyncio.get_running_loop()
    steps: list[Step] = []
    try:
        began = loop.time()
        await _look_up(Dialer(origin, None, connect_seconds))
        steps.append(Step("DNS", loop.time() - began))
        began = loop.time()
        await _connect("TCP", Dialer(origin, None, connect_seconds))
        steps.append(Step("TCP", loop.time() - began))
        context = tls_context(origin, "")
        if context is not None:
            began = loop.time()
            await _connect("TLS", Dialer(origin, context, connect_seconds))
            steps.append(Step("TLS", loop.time() - began))
        began = loop.time()
        response = await _ask(transport, answer_seconds)
        _judge(response)
        steps.append(Step("HTTP", loop.time() - began))
    except _StepError as error:
        return Walk(tuple(steps), error.name, str(error), error.remedy)
    return Walk(tuple(steps), skew_seconds=_skew(response, clock()), is_crowded=response.status == 429)


class _Nothing(asyncio.Protocol):
    """A connection that is there and is not used."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self.transport = transport


async def _look_up(dialer: Dialer) -> None:
    host = dialer.origin.host
    try:
        async with asyncio.timeout(dialer.timeout_seconds):
            await dialer.look_up(asyncio.get_running_loop())
    except TimeoutError as error:
        raise _StepError(
            "DNS",
            f"no name server told the address of {host} in {dialer.timeout_seconds:g} s",
            "Let this machine reach its name servers.",
        ) from error
    except (OSError, UnicodeError) as error:
        raise _StepError(
            "DNS",
            f"the name {host} has no address here",
            "Correct the host in PENSTOCK_UPSTREAM_URL, or the name servers of this machine.",
        ) from error


async def _connect(name: StepName, dialer: Dialer) -> None:
    deadline = asyncio.get_running_loop().time() + 2 * dialer.timeout_seconds
    try:
        made = await dialer.connect(_Nothing, _request(deadline))
    except UpstreamError as error:
        raise (_tls_trouble if name == "TLS" else _tcp_trouble)(error.__cause__, dialer) from error
    made.transport.close()


def _tcp_trouble(cause: BaseException | None, dialer: Dialer) -> _StepError:
    where = f"port {dialer.origin.port} of {dialer.origin.host}"
    if isinstance(cause, TimeoutError):
        return _StepError(
            "TCP",
            f"{where} does not take a connection in {dialer.timeout_seconds:g} s",
            "Let this machine reach it: a firewall, a network policy or a route drops what is sent there.",
        )
    if isinstance(cause, ConnectionRefusedError):
        return _StepError(
            "TCP", f"nothing listens on {where}", "Correct host and port in PENSTOCK_UPSTREAM_URL, or start it."
        )
    return _StepError(
        "TCP", f"{where} cannot be reached ({type(cause).__name__})", "Let this machine reach that network."
    )


def _tls_trouble(cause: BaseException | None, dialer: Dialer) -> _StepError:
    host = dialer.origin.host
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _StepError(
            "TLS",
            f"the certificate of {host} is refused: {cause.verify_message.rstrip('.')}",
            "Name the host that the certificate is made for in PENSTOCK_UPSTREAM_URL; for an authority of your own let "
            "SSL_CERT_FILE name its PEM file.",
        )
    if isinstance(cause, TimeoutError):
        reason = f"{host} makes no TLS connection in {dialer.timeout_seconds:g} s"
    else:
        reason = f"{host} speaks no TLS that can be used ({getattr(cause, 'reason', None) or type(cause).__name__})"
    return _StepError("TLS", reason, "Correct the scheme and the port in PENSTOCK_UPSTREAM_URL.")


async def _ask(transport: Transport, seconds: float) -> Response:
    try:
        return await transport.send(_request(asyncio.get_running_loop().time() + seconds))
    except UpstreamTimeout as error:
        raise _StepError(
            "HTTP", f"no answer in {seconds:g} s", "Wait for the store, or raise PENSTOCK_UPSTREAM_TIMEOUT_SECONDS."
        ) from error
    except UpstreamInvalid as error:
        raise _StepError("HTTP", f"no usable HTTP: {error}", _NO_STORE) from error
    except UpstreamError as error:
        raise _StepError("HTTP", f"no answer: {error}", _NO_STORE) from error


_NO_STORE = "Give the base URL of the store's REST API as PENSTOCK_UPSTREAM_URL; something else answers at this one."
_REFUSALS = frozenset({401, 403})


def _judge(response: Response) -> None:
    """Refuse an answer that no store gives."""
    status = response.status
    if status >= 500:
        raise _StepError("HTTP", f"the store answers {status}", "The store is in trouble: wait, or ask its operator.")
    if 300 <= status < 400:
        raise _StepError(
            "HTTP", f"{FLOWS_ROUTE} is answered by a redirect ({status})", "Give the URL it leads to as the base URL."
        )
    if status == 404 or (status not in _REFUSALS and status != 429 and not _is_json(response.body)):
        kind = (response.header(b"content-type") or "no content type").partition(";")[0][:60]
        raise _StepError("HTTP", f"{FLOWS_ROUTE} is answered {status} with {kind!r}, which is no store's", _NO_STORE)


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(decode_json(body), dict)
    except ValueError:
        return False


def _skew(response: Response, now: float) -> float | None:
    try:
        return parsedate_to_datetime(response.header(b"date") or "").timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None


def _request(deadline: float) -> Request:
    return Request("GET", FLOWS_ROUTE, FLOWS_ROUTE, NO_HEADERS, deadline)
