"""A whole gateway in a thread, with the form of the explorer's page that a test asks for."""

from __future__ import annotations

import asyncio
import io
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from penstock.app import create_gateway
from penstock.cli.servers import Server, address_of, configure, listen
from penstock.http.asgi import App, Receive, Scope, Send
from penstock.http.explorer import Explorer, make_pinned_form
from penstock.settings import Secret, Settings

ADMIN = "planted-admin-token"


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """Where a gateway listens."""

    url: str

    @property
    def page(self) -> str:
        """The explorer's address."""
        return f"{self.url}/graphql"

    def reload(self) -> str:
        """Let the gateway look at the store's definitions; what came of it."""
        answer = httpx.post(f"{self.url}/admin/schema/reload", headers={"authorization": f"Bearer {ADMIN}"}, timeout=20)
        return str(answer.json()["outcome"])


@contextmanager
def gateway_in_thread(store_url: str, *, pinned: bool = False) -> Iterator[RunningGateway]:
    """Serve a gateway; `pinned` gives the page that takes GraphiQL from elsewhere, whatever was built."""
    settings = Settings(
        upstream_url=store_url,
        client_id="sandbox",
        client_secret=Secret("sandbox-secret"),
        admin_token=Secret(ADMIN),
        upstream_rate_limit=0,
        show_calls=True,
    )
    started: queue.Queue[tuple[str, Server, asyncio.AbstractEventLoop]] = queue.Queue()

    async def serve() -> None:
        gateway = create_gateway(settings, log_stream=io.StringIO())
        explorer = Explorer(make_pinned_form(), None, gateway.holder, lambda: "planted-nonce")
        listener = listen("127.0.0.1", 0)
        server = Server(configure(_instead(gateway.app, explorer) if pinned else gateway.app, 1.0))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.answers.wait()
        started.put((address_of(listener), server, asyncio.get_running_loop()))
        await task

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    url, server, loop = started.get(timeout=20)
    try:
        yield RunningGateway(url)
    finally:
        loop.call_soon_threadsafe(setattr, server, "should_exit", True)
        thread.join(20)


def _instead(app: App, explorer: Explorer) -> App:
    """The application, with another explorer for browsers."""

    async def chosen(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        is_page = b"text/html" in headers.get(b"accept", b"") and scope["path"] == "/graphql"
        await (explorer if is_page else app)(scope, receive, send)

    return chosen
