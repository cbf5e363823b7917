"""The door for the store's events: whatever stands in one, it is taken or refused, and nothing is told of it.

Never here: where the bytes come from.
"""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

from penstock.app import create_gateway
from penstock.settings import Secret, Settings

SECRET = b"the-secret-of-the-store"


class UpstreamEvents:
    """A gateway by ASGI that a store tells of changes, right secret or not."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._logged = io.StringIO()
        self._loop.run_until_complete(self._make())

    async def _make(self) -> None:
        secret = Secret(SECRET.decode())
        settings = Settings(upstream_url="http://127.0.0.1:1", client_id="c", log_level="error", webhook_secret=secret)
        self._gateway = create_gateway(settings, log_stream=self._logged, environ={})

    def __call__(self, data: bytes) -> None:
        """A wrong secret opens nothing; a right one is answered by 204 or 400; the secret comes back in no answer."""
        is_known, data = bool(data) and data[0] >= 128, data[1:]
        secret = SECRET if is_known else data[:30]
        status, body = self._loop.run_until_complete(self._ask(secret, data))
        assert status in ({204, 400} if secret == SECRET else {401}), (status, body)
        assert SECRET not in body
        if body:
            assert json.loads(body)["errors"][0]["extensions"]["code"] in {"BAD_REQUEST", "UNAUTHENTICATED"}
        assert self._logged.getvalue() == "", self._logged.getvalue()

    def close(self) -> None:
        """End the event loop."""
        self._loop.close()

    async def _ask(self, secret: bytes, data: bytes) -> tuple[int, bytes]:
        headers = [(b"content-type", b"application/json"), (b"x-moltin-secret-key", secret)]
        scope: dict[str, Any] = {"type": "http", "path": "/webhooks/upstream", "headers": headers, "query_string": b""}
        scope |= {"method": "POST", "root_path": "", "http_version": "1.1", "scheme": "http", "raw_path": b""}
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._gateway.app(scope, receive, send)  # type: ignore[arg-type] # a scope as a server makes it
        return sent[0]["status"], b"".join([message.get("body", b"") for message in sent[1:]])
