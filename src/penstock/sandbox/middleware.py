"""Middleware of the sandbox, one ASGI wrapper each; the control endpoints are let through untouched.

Never here: routes, endpoints, which faults are on.

Source: CONTRACT §1 (trailing slashes), §2 (429), §5 (rate limit), §15 (fault switches).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from penstock.sandbox.documents import write_json
from penstock.sandbox.faults import Fault, Faults, Switch
from penstock.sandbox.request_log import RequestLog

CONTROL = "/__control"


class TrailingSlashes:
    """Drops the slash at the end of a path, which upstream tolerates."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on with the shorter path."""
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)


class RequestLogging:
    """Notes method, path and status of every call."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        """Wrap the app."""
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, noting its status as it is sent."""
        if not _is_api_call(scope):
            await self._app(scope, receive, send)
            return
        noted = self._log.note(scope["method"], scope["path"])

        async def note_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                noted.status = message["status"]
            await send(message)

        await self._app(scope, receive, note_status)


class FaultInjection:
    """Does to calls what the switched-on faults say: slow them, fail them, garble them."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        """Wrap the app."""
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the app's place where a fault strikes."""
        if not _is_api_call(scope) or not self._faults.switches():
            await self._app(scope, receive, send)
            return
        call = (scope["method"], scope["path"])
        slow = self._faults.strike(Fault.LATENCY, *call)
        if slow is not None:
            await asyncio.sleep(slow.seconds)
        for fault, answer in _ANSWERS.items():
            switch = self._faults.strike(fault, *call)
            if switch is not None:
                if switch.after:
                    await self._app(scope, receive, _swallow)
                await answer(switch)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class RateLimit:
    """Lets so many calls through in each second of the clock."""

    def __init__(self, app: ASGIApp, calls_a_second: int, clock: Callable[[], float]) -> None:
        """Wrap the app; 0 calls a second means no limit."""
        self._app = app
        self._limit = calls_a_second
        self._clock = clock
        self._second = 0
        self._calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on or answer 429."""
        if self._limit and _is_api_call(scope) and self._is_over():
            await _too_many()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_over(self) -> bool:
        second = int(self._clock())
        if second != self._second:
            self._second, self._calls = second, 0
        self._calls += 1
        return self._calls > self._limit


def _is_api_call(scope: Scope) -> bool:
    return scope["type"] == "http" and not scope["path"].startswith(CONTROL)


async def _swallow(message: Message) -> None:
    """Drop what the app answers: the call was carried out, its caller never learns it."""


def _too_many(_: Switch | None = None) -> Response:
    # Only the status is guaranteed in the body of a 429, and no header says when to come back (Q12).
    return Response(write_json({"errors": [{"status": 429}]}), 429, media_type="application/json")


def _fail(switch: Switch) -> Response:
    problem = {"status": switch.status or 503, "title": "Internal Server Error", "request_id": "sandbox-fault"}
    return Response(write_json({"errors": [problem]}), switch.status or 503, media_type="application/json")


def _garble(switch: Switch) -> Response:
    return Response("<html><body>Bad gateway</body></html>", switch.status or 200, media_type="text/html")


_ANSWERS: dict[Fault, Callable[[Switch], Response]] = {
    Fault.RATE_LIMIT: _too_many,
    Fault.SERVER_ERROR: _fail,
    Fault.NOT_JSON: _garble,
}
