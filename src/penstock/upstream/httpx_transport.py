"""The general transport: httpx, kept within our bounds.

Never here: retries of answers, statuses, GraphQL words.
Source: CONTRACT §1; httpx has no total deadline, unpacks without a bound and keeps one cookie jar for all callers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from penstock.errors import (
    PenstockError,
    UpstreamError,
    UpstreamInvalid,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from penstock.upstream.config import TransportConfig
from penstock.upstream.fair import FairSlots
from penstock.upstream.leftovers import discard_if_followed
from penstock.upstream.origin import check_target, parse_origin, tls_context
from penstock.upstream.transport import Request, Response
from penstock.upstream.unpack import is_framed, unpacker_for

_CLOSED_BY_PEER = ("disconnected", "closed connection")
_IN_A_ROW = 256
"""Pieces of a body that are taken before others have their turn."""


class _Progress:
    """How far one attempt came: what may have left, what came back."""

    __slots__ = ("answered", "connected", "is_abandoned", "sent")

    def __init__(self) -> None:
        self.connected = self.sent = self.answered = self.is_abandoned = False

    async def trace(self, event: str, _: object) -> None:
        """Take note of httpcore's own events; an abandoned call ends before its first byte."""
        if self.is_abandoned and event == "http11.send_request_headers.started":
            raise httpx.ConnectError("abandoned while it connected")
        if event == "connection.connect_tcp.started":
            self.connected = True
        elif event == "http11.send_request_headers.started":
            self.sent = True
        elif event == "http11.receive_response_headers.complete":
            self.answered = True


class HttpxTransport:
    """Calls to one origin over `httpx.AsyncClient`: own limits, one deadline, capped bodies, no redirects, no cookies.

    Args:
        base_url: ``http(s)://host[:port][/prefix]``.
        config: Bounds; see `TransportConfig`.

    Raises:
        OperatorError: The URL or the file of authorities cannot be used.
    """

    def __init__(self, base_url: str, config: TransportConfig | None = None) -> None:
        self._config = config = config or TransportConfig()
        self._origin = origin = parse_origin(base_url)
        self._client = httpx.AsyncClient(
            verify=tls_context(origin, config.ca_file) or config.trust_env,
            trust_env=config.trust_env,
            follow_redirects=False,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            headers={
                "accept": "application/json",
                "accept-encoding": "gzip" if config.accept_gzip else "identity",
                "user-agent": config.user_agent,
            },
            # The bound is our own semaphore: httpcore never frees the slot of a call cancelled while it connects.
            limits=httpx.Limits(
                max_keepalive_connections=config.max_connections, keepalive_expiry=config.keepalive_seconds
            ),
        )
        self._slots = FairSlots(config.max_connections, config.max_waiting)
        self._abandoned: set[asyncio.Task[Response]] = set()
        self._closed = False

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        check_target(request.target)
        begun = request.deadline
        try:
            async with self._slot(request), asyncio.timeout_at(request.deadline):
                begun = asyncio.get_running_loop().time()
                try:
                    return await self._attempt(request, _Progress(), retry=request.is_safe)
                except _StaleConnection:
                    return await self._attempt(request, _Progress(), retry=False)
        except TimeoutError as error:
            what, waited = f"{request.method} {request.route}", max(0.0, request.deadline - begun)
            raise UpstreamTimeout(f"{what} was not answered by its deadline.", waited=waited) from error

    async def aclose(self) -> None:
        """See `Transport.aclose`."""
        self._closed = True
        if self._abandoned:  # bounded by the connect timeout
            await asyncio.wait(self._abandoned)
        await self._client.aclose()

    @asynccontextmanager
    async def _slot(self, request: Request) -> AsyncIterator[None]:
        if self._closed:
            raise UpstreamUnavailable(f"{request.method} {request.route}: the transport is closed.", sent=False)
        if request.deadline <= asyncio.get_running_loop().time():
            raise TimeoutError
        await self._slots.acquire(request)
        try:
            yield
        finally:
            self._slots.release()

    async def _attempt(self, request: Request, progress: _Progress, *, retry: bool) -> Response:
        left = request.deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise TimeoutError
        try:
            return await self._shelter(self._exchange(request, progress, left), progress)
        except httpx.HTTPError as error:
            stale = not progress.connected and not progress.answered and progress.sent
            if retry and stale and _is_broken_off(error):
                raise _StaleConnection from error
            raise self._translate(error, request, progress, left) from error
        except OSError as error:
            raise UpstreamUnavailable(f"{request.method} {request.route}: {error!r}", sent=progress.sent) from error
        except (httpx.InvalidURL, httpx.StreamError) as error:
            raise PenstockError(f"{request.method} {request.route} could not be put into a request.") from error
        except RuntimeError as error:
            if not self._closed:
                raise
            raise UpstreamUnavailable(f"{request.route}: the transport was closed.", sent=progress.sent) from error

    async def _shelter(self, exchange: Coroutine[object, object, Response], progress: _Progress) -> Response:
        """Run an exchange so that giving it up never cancels it while it connects.

        httpcore loses the socket of a handshake that is cancelled, but closes it after one that fails or times out.
        """
        task = asyncio.get_running_loop().create_task(exchange)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if progress.sent:
                task.cancel()
                await asyncio.wait([task])
            else:
                progress.is_abandoned = True
                self._abandoned.add(task)
                task.add_done_callback(self._abandoned.discard)
            raise
        finally:
            del task  # its failure knows this frame: together they would stay until the collector comes

    async def _exchange(self, request: Request, progress: _Progress, left: float) -> Response:
        config = self._config
        headers = list(request.headers.pairs)
        if request.content_type:
            headers.append((b"content-type", request.content_type.encode("ascii")))
        outgoing = self._client.build_request(
            request.method,
            self._origin.base + request.target,
            headers=headers,
            content=request.body or None,
            timeout=httpx.Timeout(
                None,
                # Narrower than the deadline, which would otherwise cancel a call that is connecting.
                connect=min(config.connect_timeout, left * 0.9),
                write=config.write_timeout,
                read=config.first_byte_timeout,
            ),
            extensions={"trace": progress.trace},
        )
        answer = await self._client.send(outgoing, stream=True)
        try:
            return await self._read(answer, request)
        finally:
            await answer.aclose()

    async def _read(self, answer: httpx.Response, request: Request) -> Response:
        config = self._config
        headers = tuple([(name.lower(), value) for name, value in answer.headers.raw])
        if answer.status_code < 200:
            raise UpstreamInvalid(f"{request.method} {request.route} was answered {answer.status_code}.")
        if sum([len(name) + len(value) + 4 for name, value in headers]) > config.max_header_bytes:
            raise UpstreamInvalid(
                f"{request.method} {request.route}: a head of more than {config.max_header_bytes} bytes."
            )
        unpacker = None
        if request.method != "HEAD" and answer.status_code not in {204, 304}:
            unpacker = unpacker_for(
                b",".join([v for n, v in headers if n == b"content-encoding"]), config.max_body_bytes
            )
        received = pieces = 0
        body = bytearray()
        if not isinstance(answer.stream, httpx.AsyncByteStream):
            raise PenstockError("httpx gave a stream that cannot be awaited.")
        try:
            async for piece in answer.stream:
                received += len(piece)
                pieces += 1
                self._check_bounds(received, pieces, request)
                if pieces % _IN_A_ROW == 0:  # httpx hands over what one read brought without a look at the clock
                    await asyncio.sleep(0)
                body += piece if unpacker is None else unpacker.feed(piece)
        except BaseException:
            body.clear()  # httpx's failures know their frames for longer than anybody wants to read this
            raise
        await discard_if_followed(answer)
        if unpacker is not None:
            unpacker.finish(may_be_empty=is_framed(headers))
        return Response(answer.status_code, bytes(body), headers)

    def _check_bounds(self, received: int, pieces: int, request: Request) -> None:
        config = self._config
        if received > config.max_body_bytes:
            raise UpstreamInvalid(f"{request.route}: a body of more than {config.max_body_bytes} bytes.")
        if pieces > config.max_pieces:
            raise UpstreamInvalid(f"{request.route}: a body in more than {config.max_pieces} pieces.")

    def _translate(
        self, error: httpx.HTTPError, request: Request, progress: _Progress, left: float
    ) -> UpstreamError | PenstockError:
        what = f"{request.method} {request.route}"
        config = self._config
        if isinstance(error, httpx.ConnectTimeout):
            if left * 0.9 < config.connect_timeout:
                return UpstreamTimeout(f"{what}: no connection by the deadline.", waited=left)
            return UpstreamUnavailable(f"{what}: no connection within {config.connect_timeout} s.", sent=False)
        if isinstance(error, httpx.TimeoutException):
            return UpstreamTimeout(f"{what}: {type(error).__name__}.")
        if isinstance(error, httpx.LocalProtocolError) and not self._closed:
            return PenstockError(f"{what} could not be put into a request.")
        if isinstance(error, httpx.RemoteProtocolError) and not _is_broken_off(error):
            return UpstreamInvalid(f"{what}: the answer is no HTTP.")
        return UpstreamUnavailable(f"{what}: {type(error).__name__}.", sent=progress.sent)


class _StaleConnection(Exception):  # noqa: N818 (never leaves this module)
    """A kept connection was closed before it answered anything; the call is safe to make again."""


def _is_broken_off(error: httpx.HTTPError) -> bool:
    """Whether the peer went away, as against talking nonsense: httpx tells the two apart in its text only."""
    if isinstance(error, httpx.RemoteProtocolError):
        return any(words in str(error) for words in _CLOSED_BY_PEER)
    return isinstance(error, httpx.NetworkError)
