"""The webhooks of the sandbox: whatever an integration says, the store answers, and its courier lives on.

Never here: where the bytes come from.
"""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import AsyncExitStack
from typing import Any

import httpx

from penstock.sandbox import SandboxSettings, create_sandbox

_PATH = "/v2/integrations"


class Webhook:
    """A sandbox without a server, whose webhooks lead to a port where nobody listens."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._nobody = socket.socket()
        self._nobody.bind(("127.0.0.1", 0))
        self._address = f"http://127.0.0.1:{self._nobody.getsockname()[1]}/"
        self._client = self._loop.run_until_complete(self._start())

    def __call__(self, data: bytes) -> None:
        """An integration that is refused is refused with words, and one that is taken is delivered to and logged."""
        self._loop.run_until_complete(self._try_out(data))

    def close(self) -> None:
        """End the store and the event loop."""
        self._loop.run_until_complete(self._open.aclose())
        self._loop.close()
        self._nobody.close()

    async def _start(self) -> httpx.AsyncClient:
        settings = SandboxSettings(seed=False)
        app = create_sandbox(settings)
        await self._open.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://sandbox.test", trust_env=False)
        await self._open.enter_async_context(client)
        form = {"client_id": settings.client_id, "client_secret": settings.client_secret}
        token = await client.post("/oauth/access_token", data={**form, "grant_type": "client_credentials"})
        client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        return client

    async def _try_out(self, data: bytes) -> None:
        is_whole, data = bool(data) and data[0] >= 128, data[1:]
        body = data if is_whole else json.dumps({"data": self._integration(data)}).encode()
        made = await self._client.post(_PATH, content=body, headers={"content-type": "application/json"})
        told = made.json()
        if made.status_code != 200:
            assert made.status_code in {400, 422}, (made.status_code, told)
            assert told["errors"][0]["title"], told
            return
        one = f"{_PATH}/{told['data']['id']}"
        if not is_whole:
            async with asyncio.timeout(10):
                while not (await self._client.get(f"{one}/logs")).json()["data"]:  # noqa: ASYNC110 # its courier tells nobody
                    await asyncio.sleep(0)
        assert (await self._client.delete(one)).status_code == 204

    def _integration(self, data: bytes) -> dict[str, Any]:
        path, name, secret = (data + b"\x1f\x1f").decode("utf-8", "replace").split("\x1f")[:3]
        configuration = {"url": self._address + path, "secret_key": secret}
        return {
            "type": "integration",
            "name": name,
            "enabled": True,
            "observes": ["integration.created"],
            "configuration": configuration,
        }
