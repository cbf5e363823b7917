"""Microseconds a GET costs over each transport, at 1, 16, 100 and 256 calls side by side.

    python bench/transports.py [--stub PORT] [--calls N] [--loop uvloop|asyncio] [--only lean,httpx]

Without --stub, a tiny server runs in a process of its own on another core. CPU is this process's alone; wall time
includes the server. Prints a table and one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import httpx
import uvloop

from penstock.upstream.config import BreakerConfig, StackConfig, TransportConfig
from penstock.upstream.httpx_transport import HttpxTransport
from penstock.upstream.lean import LeanTransport
from penstock.upstream.lean.httpx_adapter import LeanHttpxTransport
from penstock.upstream.stack import build_stack
from penstock.upstream.transport import HeaderBlock, Request, Transport

TARGET = "/v2/customers/00000011-5b1c-4d2e-9f3a-000000000000"
HEADERS = HeaderBlock(((b"authorization", b"Bearer 0123456789abcdef0123456789abcdef01234567"),))
BODY = b'{"data":{"type":"customer","id":"%b","name":"Ines Okafor","email":"ines@example.test"}}' % (b"0" * 400)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
CONCURRENCY = (1, 16, 100, 256)

Call = Callable[[], Awaitable[int]]
Close = Callable[[], Awaitable[None]]


class Tiny(asyncio.Protocol):
    """Answers everything that ends a head."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.write = transport.write  # type: ignore[attr-defined] # a stream transport

    def data_received(self, data: bytes) -> None:
        """Answer each request."""
        self.write(ANSWER * data.count(b"\r\n\r\n"))


def pin(core: int) -> None:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def serve(pipe: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Tiny, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    pin(1)
    uvloop.run(run())


def over_seam(transport: Transport) -> tuple[Call, Close]:
    clock = asyncio.get_running_loop().time

    async def call() -> int:
        return (await transport.send(Request("GET", "/v2/customers/{id}", TARGET, HEADERS, clock() + 120))).status

    return call, transport.aclose


def over_client(url: str, transport: httpx.AsyncBaseTransport) -> tuple[Call, Close]:
    client = httpx.AsyncClient(base_url=url, transport=transport, trust_env=False, timeout=120)

    async def call() -> int:
        return (await client.get(TARGET, headers={"authorization": "Bearer 0"})).status_code

    return call, client.aclose


def kinds(url: str) -> dict[str, Callable[[], tuple[Call, Close]]]:
    # httpx needs seconds of CPU to open 256 connections at once.
    config = TransportConfig(max_connections=300, connect_timeout=60, first_byte_timeout=60)
    stack = StackConfig(url, connection=config, breaker=BreakerConfig())
    return {
        "lean": lambda: over_seam(LeanTransport(url, config)),
        "lean in its stack": lambda: over_seam(build_stack(stack)),
        "httpx over lean": lambda: over_client(url, LeanHttpxTransport(config)),
        "httpx": lambda: over_seam(HttpxTransport(url, config)),
    }


async def measure(build: Callable[[], tuple[Call, Close]], concurrent: int, calls: int) -> tuple[float, float]:
    call, close = build()

    async def work(count: int) -> None:
        for _ in range(count):
            if await call() != 200:
                raise SystemExit("The server did not answer 200.")

    await asyncio.gather(*[work(2) for _ in range(concurrent)])
    each = max(1, calls // concurrent)
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*[work(each) for _ in range(concurrent)])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await close()
    return wall / (each * concurrent) * 1e6, cpu / (each * concurrent) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stub", type=int, help="port of a server that is already running")
    parser.add_argument("--calls", type=int, default=20_000, help="of the lean transport; httpx makes a tenth")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts")
    parser.add_argument("--loop", choices=["uvloop", "asyncio"], default="uvloop")
    parser.add_argument("--only", default="", help="comma-separated names of transports")
    options = parser.parse_args()
    process = None
    port = options.stub
    if port is None:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
        process.start()
        port = ours.recv()
    pin(0)
    run = uvloop.run if options.loop == "uvloop" else asyncio.run
    results: dict[str, dict[int, dict[str, float]]] = {}
    try:
        for name, build in kinds(f"http://127.0.0.1:{port}").items():
            if options.only and name not in options.only.split(","):
                continue
            calls = options.calls if name.startswith("lean") else options.calls // 10
            for concurrent in CONCURRENCY:
                rounds = [run(measure(build, concurrent, calls)) for _ in range(options.rounds)]
                wall, cpu = (round(statistics.median(column), 1) for column in zip(*rounds, strict=True))
                results.setdefault(name, {})[concurrent] = {"wall_us": wall, "cpu_us": cpu}
    finally:
        if process is not None:
            process.kill()
    print(f"CPU µs a GET (wall µs), {options.loop}")
    print(f"{'':20}" + "".join([f"{f'{count} at once':>18}" for count in CONCURRENCY]))
    for name, row in results.items():
        print(f"{name:20}" + "".join([f"{cell['cpu_us']:>9.1f} ({cell['wall_us']:>6.1f})" for cell in row.values()]))
    print(json.dumps({"bench": "transports", "loop": options.loop, "results": results}))


if __name__ == "__main__":
    main()
