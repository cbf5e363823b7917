"""Puts the schema's version and the request's id on every answer of an application behind it.

Never here: the GraphQL endpoint's own answers, which carry both already.
"""

from __future__ import annotations

from penstock.http.answers import UNKNOWN_VERSION
from penstock.http.asgi import App, Receive, Scope, Send, Sent
from penstock.http.request_id import RequestIds
from penstock.lifecycle.holder import GenerationHolder


class Stamp:
    """An ASGI middleware.

    Args:
        app: What is stamped.
        holder: Where the serving generation stands.
        request_ids: Names requests.
    """

    def __init__(self, app: App, holder: GenerationHolder, request_ids: RequestIds) -> None:
        self._app = app
        self._holder = holder
        self._request_ids = request_ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the id that holds, and stamp what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        request_id = self._request_ids.choose(given).encode("ascii")
        kept = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        scope = {**scope, "headers": [*kept, (b"x-request-id", request_id)]}

        async def stamped(message: Sent) -> None:
            if message["type"] == "http.response.start":
                current = self._holder.current
                version = UNKNOWN_VERSION if current is None else current.version
                headers = message.get("headers", [])
                message["headers"] = [
                    *headers,
                    (b"schema-version", version.encode("ascii", "replace")),
                    (b"x-request-id", request_id),
                ]
            await send(message)

        await self._app(scope, receive, stamped)
