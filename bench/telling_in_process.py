"""What it costs one request to be told of, in CPU time of one process: no load generator, no other core.

    python bench/telling_in_process.py [--rounds 15] [--requests 1500]

The whole gateway but for uvicorn answers W1 over real connections to a store in the same process. The variants take
turns, round by round; of each the least is shown, and what it has over the gateway that tells nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import io
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace

import uvloop

import penstock.app.door
import penstock.app.store
from penstock.app.gateway import Gateway, create_gateway
from penstock.settings import Settings
from penstock.upstream.stack import build_layers

ID = "6f1f8a35-0000-4000-8000-000000000001"
DOCUMENT = '{ customer(id: "%s") { id name email externalRef hasPassword createdAt updatedAt } }' % ID  # noqa: UP031 (braces)
ROW = {
    "type": "customer",
    "id": ID,
    "name": "Ines Okafor",
    "email": "ines@example.test",
    "external_ref": "crm-1",
    "password": True,
    "meta": {"timestamps": {"created_at": "2030-02-03T04:05:06Z", "updated_at": "2031-02-03T04:05:06Z"}},
}
TRACES = {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_BSP_MAX_QUEUE_SIZE": "100000"}


class Store(asyncio.Protocol):
    """Answers whatever comes, in one piece."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1]
        told: object = {"data": ROW if b"/customers/" in path else []}
        if b"oauth" in path:
            told = {"access_token": "t", "expires_in": 3600}
        body = json.dumps(told).encode() if b"/customers/" not in path else CUSTOMER
        self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))


CUSTOMER = json.dumps({"data": ROW}).encode()


class Collector(Store):
    """Takes spans, however many reads they come in."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.left = 0

    def data_received(self, data: bytes) -> None:
        if self.left == 0:
            head, _, data = data.partition(b"\r\n\r\n")
            self.left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        self.left -= len(data)
        if self.left == 0:
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


def nothing(*_: object) -> None:
    """Tell nobody."""


def make(settings: Settings, environ: dict[str, str], *, silent: bool = False) -> Gateway:
    stream = io.TextIOWrapper(io.FileIO(os.open(os.devnull, os.O_WRONLY), "w"), write_through=True)
    kept = penstock.app.door.RequestMeter, penstock.app.store.build_layers
    if silent:
        penstock.app.door.RequestMeter = lambda *_: nothing  # type: ignore[assignment,misc] # a benchmark's own short cut
        penstock.app.store.build_layers = lambda *given, **named: build_layers(  # type: ignore[assignment] # the same
            *given, **{**named, "observer": nothing}
        )
    try:
        return create_gateway(settings, log_stream=stream, environ=environ)
    finally:
        penstock.app.door.RequestMeter, penstock.app.store.build_layers = kept


class Caller:
    """Sends one request again and again."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._body = {"type": "http.request", "body": json.dumps({"query": DOCUMENT}).encode(), "more_body": False}
        self.answer = b""

    async def receive(self) -> dict[str, object]:
        return self._body

    async def send(self, message: dict[str, object]) -> None:
        if message["type"] == "http.response.body":
            self.answer = message["body"]  # type: ignore[assignment] # bytes, by ASGI

    async def ask(self, number: int) -> None:
        for _ in range(number):
            scope = {
                "type": "http",
                "method": "POST",
                "path": "/graphql",
                "query_string": b"",
                "headers": [
                    (b"host", b"127.0.0.1:8000"),
                    (b"content-type", b"application/json"),
                    (b"accept", b"application/json"),
                    (b"authorization", b"Bearer abc"),
                    (b"content-length", b"%d" % len(self._body["body"])),  # type: ignore[arg-type] # bytes, by ASGI
                ],
            }
            await self.gateway.app(scope, self.receive, self.send)  # type: ignore[arg-type] # the same ASGI


async def measure(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    store, collector = [await loop.create_server(kind, "127.0.0.1", 0) for kind in (Store, Collector)]
    port, collecting = (server.sockets[0].getsockname()[1] for server in (store, collector))
    settings = Settings(upstream_url=f"http://127.0.0.1:{port}", client_id="c", upstream_rate_limit=0.0)
    traces = TRACES | {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collecting}"}
    quiet = replace(settings, log_level="error")
    gateways = {
        "nothing told": make(settings, {}, silent=True),
        "metrics": make(quiet, {}),
        "lines and metrics": make(settings, {}),
        "+ traces, none taken": make(settings, traces | {"OTEL_TRACES_SAMPLER_ARG": "0"}),
        "+ traces, 1 %": make(settings, traces | {"OTEL_TRACES_SAMPLER_ARG": "0.01"}),
        "+ traces, all": make(settings, traces | {"OTEL_TRACES_SAMPLER_ARG": "1"}),
    }
    callers = {}
    works = []
    for name, gateway in gateways.items():
        works.append(await started(gateway))
        callers[name] = Caller(gateway)
        await callers[name].ask(50)
        assert b"Ines Okafor" in callers[name].answer, callers[name].answer
    least = await rounds(callers, options, time.process_time)
    base = least["nothing told"]
    for name, micros in least.items():
        print(f"{name:24} {micros:7.2f} µs  {micros - base:+6.2f} µs  {100 * (micros / base - 1):+5.1f} %")
    os._exit(0)  # the gateways' own works go on; there is nothing to be ended well


async def started(gateway: Gateway) -> asyncio.Task[None]:
    """The gateway's lifespan, begun: what runs beside the requests runs."""
    ready = asyncio.Event()
    messages = iter([{"type": "lifespan.startup"}])

    async def receive() -> dict[str, str]:
        for message in messages:
            return message
        return await asyncio.get_running_loop().create_future()

    async def send(_message: dict[str, object]) -> None:
        ready.set()

    task = asyncio.create_task(gateway.app({"type": "lifespan", "state": {}}, receive, send))  # type: ignore[arg-type] # the same ASGI
    await ready.wait()
    return task


async def rounds(
    callers: dict[str, Caller], options: argparse.Namespace, clock: Callable[[], float]
) -> dict[str, float]:
    """The least CPU time of a request, in microseconds."""
    least = dict.fromkeys(callers, float("inf"))
    gc.collect()
    gc.freeze()
    for number in range(options.rounds):
        names = list(callers) if number % 2 else list(callers)[::-1]
        for name in names:
            began = clock()
            await asyncio.gather(*(callers[name].ask(options.requests // 8) for _ in range(8)))
            least[name] = min(least[name], (clock() - began) / (options.requests // 8 * 8) * 1e6)
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=1500)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
