"""The least a Python gateway can do: a GET's bytes through our own transport, on our own server with its settings.

    python bench/peers/raw_proxy.py PORT UPSTREAM_URL [--short]

No parsing, no decoding, no log, no metrics: what is left is the server, the transport and the event loop. With --short
answers also take the gateway's own short cut past what uvicorn does to an answer's head.
"""

from __future__ import annotations

import asyncio
import sys

from penstock.cli.servers import Server, configure, listen, run, serve_until_signal
from penstock.http.asgi import Receive, Scope, Send
from penstock.http.one_write import PlainAnswers
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean import LeanTransport
from penstock.upstream.transport import HeaderBlock, Request

JSON = (b"content-type", b"application/json")
FORWARDED = (b"authorization", b"x-moltin-customer-token")


class RawProxy:
    """Sends every GET on, with the caller's credentials."""

    def __init__(self, url: str, *, short: bool) -> None:
        self._plain = PlainAnswers([JSON]) if short else None
        self._transport = LeanTransport(url, TransportConfig())
        self._clock = asyncio.get_running_loop().time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        headers = HeaderBlock(tuple([pair for pair in scope["headers"] if pair[0] in FORWARDED]))
        answer = await self._transport.send(Request("GET", "/", scope["path"], headers, self._clock() + 30))
        if self._plain is not None and answer.status == 200 and self._plain.send(send, b"-", answer.body):
            return
        content = [JSON, (b"content-length", b"%d" % len(answer.body))]
        await send({"type": "http.response.start", "status": answer.status, "headers": content})
        await send({"type": "http.response.body", "body": answer.body})


async def lifespan(receive: Receive, send: Send) -> None:
    for _ in range(2):
        message = await receive()
        await send({"type": f"{message['type']}.complete"})


async def main(port: int, url: str, *, short: bool) -> None:
    async def announce() -> None:
        print("The raw proxy serves.", file=sys.stderr, flush=True)

    with listen("127.0.0.1", port) as listener:
        await serve_until_signal([(Server(configure(RawProxy(url, short=short), 1.0)), listener)], announce)


if __name__ == "__main__":
    run(lambda: main(int(sys.argv[1]), sys.argv[2], short="--short" in sys.argv))
