"""Lets pages of the origins an operator names call the gateway, preflight included.

Never here: credentials by cookie, which the gateway does not know.
"""

from __future__ import annotations

from collections.abc import Callable

from penstock.http.asgi import App, Headers, Receive, Scope, Send, Sent

_EXPOSED = b"Schema-Version, X-Request-ID, Retry-After, ETag"
_METHODS = b"GET, POST"
_SECONDS = b"600"
_ANY = "*"


class Cors:
    """An ASGI middleware, put in front only where origins are named.

    Args:
        app: What pages call.
        origins: The origins, or ``*`` for every one.
        stamp: Puts on an answer of its own what every answer carries.
    """

    def __init__(self, app: App, origins: tuple[str, ...], stamp: Callable[[App], App] = lambda app: app) -> None:
        self._app = app
        self._preflight = stamp(self._answer_preflight)
        self._any = _ANY in origins
        self._origins = frozenset(origin.lower().encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight; let everything else pass, with the headers that a page of an allowed origin needs."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(reversed(scope["headers"]))
        origin = given.get(b"origin")
        if origin is not None and scope["method"] == "OPTIONS" and b"access-control-request-method" in given:
            await self._preflight(scope, receive, send)
            return
        added = self._headers(origin)

        async def widened(message: Sent) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _merge(message.get("headers", []), added)
            await send(message)

        await self._app(scope, receive, widened)

    def _allows(self, origin: bytes) -> bool:
        return self._any or origin.lower() in self._origins

    def _headers(self, origin: bytes | None) -> Headers:
        vary: Headers = [] if self._any else [(b"vary", b"Origin")]
        if origin is None or not self._allows(origin):
            return vary
        allowed = b"*" if self._any else origin
        return [*vary, (b"access-control-allow-origin", allowed), (b"access-control-expose-headers", _EXPOSED)]

    async def _answer_preflight(self, scope: Scope, _receive: Receive, send: Send) -> None:
        given = dict(reversed(scope["headers"]))
        origin, asked = given[b"origin"], given.get(b"access-control-request-headers", b"")
        headers: Headers = [(b"vary", b"Origin, Access-Control-Request-Headers"), (b"content-length", b"0")]
        if self._allows(origin):
            headers += [
                (b"access-control-allow-origin", b"*" if self._any else origin),
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-max-age", _SECONDS),
            ]
            if asked:
                headers.append((b"access-control-allow-headers", asked))
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _merge(headers: Headers, added: Headers) -> Headers:
    """The headers with those added; `Vary` is one list."""
    merged = [pair for pair in headers if pair[0] != b"vary"]
    vary = [value for name, value in (*headers, *added) if name == b"vary"]
    merged += [pair for pair in added if pair[0] != b"vary"]
    return [*merged, (b"vary", b", ".join(vary))] if vary else merged
