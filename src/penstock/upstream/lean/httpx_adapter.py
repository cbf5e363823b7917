"""The lean transport as a transport of httpx: code written for httpx rides on it.

Never here: the client's own business: redirects, cookies, authentication.
Source: httpx's transport API (`httpx.AsyncBaseTransport`).
"""

from __future__ import annotations

import asyncio
import re
from types import TracebackType
from typing import get_args

import httpx

from penstock.errors import (
    LimitError,
    OperatorError,
    PenstockError,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean.transport import LeanTransport
from penstock.upstream.transport import HeaderBlock, Method, Request, Response

DEFAULT_SECONDS = 60.0

_METHODS: dict[str, Method] = {method: method for method in get_args(Method)}
_OURS = frozenset({b"host", b"connection", b"content-length", b"content-type", b"transfer-encoding", b"keep-alive"})
_UNDONE = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAKING = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class LeanHttpxTransport(httpx.AsyncBaseTransport):
    """Sends what an `httpx.AsyncClient` asks for; one pool for each origin that is asked for.

    Request bodies are read whole before they are sent, answers are whole and unpacked when they come back. httpx has
    no deadline over the whole call: the longest of its timeouts becomes one, `DEFAULT_SECONDS` where it has none.

    Args:
        config: Bounds of each pool.
    """

    def __init__(self, config: TransportConfig | None = None) -> None:
        self._config = config or TransportConfig()
        self._pools: dict[str, LeanTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.AsyncBaseTransport.handle_async_request`.

        Raises:
            httpx.TransportError: The subclass that httpx itself would have chosen.
        """
        outgoing = await _translate_request(request)
        try:
            answer = await self._pool(request.url).send(outgoing)
        except PenstockError as error:
            raise _translate_error(error, request) from error
        return _translate_response(answer, request)

    async def aclose(self) -> None:
        """Close every pool."""
        await asyncio.gather(*[pool.aclose() for pool in self._pools.values()])

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    def _pool(self, url: httpx.URL) -> LeanTransport:
        base = f"{url.scheme}://{url.netloc.decode('ascii')}"
        pool = self._pools.get(base)
        if pool is None:
            pool = self._pools[base] = LeanTransport(base, self._config, has_defaults=False)
        return pool


async def _translate_request(request: httpx.Request) -> Request:
    method = _METHODS.get(request.method)
    if method is None:
        raise httpx.LocalProtocolError(f"The method {request.method!a} is not spoken here.", request=request)
    pairs = tuple([(name.lower(), value) for name, value in request.headers.raw if name.lower() not in _OURS])
    for name, value in pairs:
        if _NAME.fullmatch(name) is None or _BREAKING.search(value) is not None:
            raise httpx.LocalProtocolError(f"The header {name!r} cannot be sent.", request=request)
    return Request(
        method=method,
        route=request.url.host,
        target=request.url.raw_path.decode("ascii"),
        headers=HeaderBlock(pairs),
        deadline=asyncio.get_running_loop().time() + _seconds(request.extensions.get("timeout")),
        body=await request.aread(),
        content_type=request.headers.get("content-type", ""),
    )


def _seconds(timeouts: object) -> float:
    given = timeouts.values() if isinstance(timeouts, dict) else ()
    return max([float(value) for value in given if isinstance(value, (int, float))], default=DEFAULT_SECONDS)


def _translate_response(answer: Response, request: httpx.Request) -> httpx.Response:
    """The body is unpacked already, so that the headers that say otherwise go; an answer to HEAD keeps them."""
    is_head = request.method == "HEAD"
    headers = [(name, value) for name, value in answer.headers if is_head or name not in _UNDONE]
    return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(answer.body), request=request)


def _translate_error(error: PenstockError, request: httpx.Request) -> httpx.TransportError:
    kind: type[httpx.TransportError] = httpx.RemoteProtocolError
    if isinstance(error, UpstreamTimeout):
        kind = httpx.ReadTimeout
    elif isinstance(error, UpstreamUnavailable):
        kind = httpx.ReadError if error.sent else httpx.ConnectError
    elif isinstance(error, LimitError):
        kind = httpx.PoolTimeout
    elif isinstance(error, OperatorError):
        kind = httpx.UnsupportedProtocol
    elif not isinstance(error, UpstreamError):
        kind = httpx.LocalProtocolError
    return kind(str(error), request=request)
