"""What replacing the schema costs those who ask meanwhile, and what it leaves behind.

    python bench/swaps.py [--swaps 40] [--fields 100] [--clients 8]

The gateway serves on a file of definitions that changes before each reload; requests need no store. Latencies are those
that clients see, with and without swaps; resident memory is read after each tenth of the swaps.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from processes import Process, free_port, stopped_after
from tables import table

ADMIN = "admin-token-of-the-bench"
BODY = json.dumps({"query": "{ schemaInfo { version } }"}).encode()
TYPES = ("string", "integer", "float", "boolean", "date")
PAUSE_SECONDS = 0.25


def definitions(number: int, fields: int) -> bytes:
    """A snapshot with so many fields, some of which are other ones each time."""
    stamp = {"timestamps": {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}}
    flow = {"id": "flow-1", "type": "flow", "slug": "customers", "name": "C", "description": "", "enabled": True}
    made = [
        {
            "id": f"field-{index}-{number % 5 if index % 10 == 0 else 0}",
            "type": "field",
            "slug": f"field_{index}",
            "name": f"Field {index}",
            "description": "",
            "field_type": TYPES[index % 5],
            "validation_rules": [],
            "required": False,
            "enabled": index != number % fields,
            "meta": stamp,
        }
        for index in range(fields)
    ]
    head = {"format": "penstock-snapshot", "version": 1, "taken_at": "2026-11-21T00:00:00.000Z"}
    return json.dumps(head | {"flows": [flow], "fields": {"customers": made}}).encode()


class Client:
    """One connection that asks, one question after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.seconds: list[float] = []

    async def post(self, path: str, body: bytes, more: str = "") -> bytes:
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{more}"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        return await self._reader.readexactly(length)

    async def ask_until(self, over: asyncio.Event) -> None:
        while not over.is_set():
            started = time.perf_counter()
            assert b"version" in await self.post("/graphql", BODY)
            self.seconds.append(time.perf_counter() - started)


async def connect(port: int) -> Client:
    return Client(*await asyncio.open_connection("127.0.0.1", port))


async def under_load(port: int, clients: int, work: asyncio.Future[None] | None, seconds: float) -> list[float]:
    """Latencies of every request while the work goes on, or for so many seconds."""
    over = asyncio.Event()
    asking = [await connect(port) for _ in range(clients)]
    running = [asyncio.create_task(client.ask_until(over)) for client in asking]
    await (asyncio.sleep(seconds) if work is None else work)
    over.set()
    await asyncio.gather(*running)
    return sorted(latency for client in asking for latency in client.seconds)


async def swap(port: int, path: Path, options: argparse.Namespace, levels: list[float], server: Process) -> list[float]:
    """Replace the schema again and again; the seconds that each took."""
    admin, took = await connect(port), []
    for number in range(1, options.swaps + 1):
        await asyncio.to_thread(path.write_bytes, definitions(number, options.fields))
        answer = json.loads(await admin.post("/admin/schema/reload", b"", f"Authorization: Bearer {ADMIN}\r\n"))
        assert answer["outcome"] == "swapped", answer
        took.append(answer["seconds"])
        if number % max(1, options.swaps // 10) == 0:
            levels.append(sum(server.used().rss))
        await asyncio.sleep(options.pause)
    return took


async def measure(options: argparse.Namespace, port: int, path: Path, server: Process) -> None:
    quiet = await under_load(port, options.clients, None, options.quiet)
    levels = [sum(server.used().rss)]
    took: list[float] = []

    async def work() -> None:
        took.extend(await swap(port, path, options, levels, server))

    busy = await under_load(port, options.clients, asyncio.ensure_future(work()), 0)
    print(f"\n### Latency of a request in ms: {options.clients} clients, {options.fields} custom fields\n")
    rows = [[name, *shares(latencies)] for name, latencies in (("no swaps", quiet), ("swaps all the time", busy))]
    print(table(["", "requests", "median", "99 %", "99.9 %", "longest"], rows))
    each = 1000 * statistics.median(took)
    print(f"\nA swap took {each:.0f} ms (median of {len(took)}), {1000 * max(took):.0f} ms at the most.")
    print(f"\n### Resident memory over {options.swaps} swaps, MB\n")
    print(" ".join(f"{level:.1f}" for level in levels))


def shares(latencies: list[float]) -> list[str]:
    count = len(latencies)
    picked = [latencies[min(count - 1, int(count * share))] for share in (0.5, 0.99, 0.999, 1.0)]
    return [str(count), *(f"{1000 * one:.1f}" for one in picked)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swaps", type=int, default=40)
    parser.add_argument("--fields", type=int, default=100)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--quiet", type=float, default=5.0, help="seconds without swaps")
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, help="seconds between two swaps")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, stopped_after() as running:
        path, port = Path(folder) / "definitions.json", free_port()
        path.write_bytes(definitions(0, options.fields))
        environment = {
            "PENSTOCK_UPSTREAM_URL": "http://127.0.0.1:9",
            "PENSTOCK_CLIENT_ID": "bench",
            "PENSTOCK_ADMIN_TOKEN": ADMIN,
            "PENSTOCK_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "penstock", "serve", "--port", str(port), "--definitions", str(path)]
        log = Path(folder) / "log"
        server = Process(command, environment, "0", log, Path(folder))
        running.append(server)

        async def answers() -> bool:
            client = await connect(port)
            return b"version" in await client.post("/graphql", BODY)

        server.wait_for(lambda: asyncio.run(answers()))
        asyncio.run(measure(options, port, path, server))


if __name__ == "__main__":
    main()
