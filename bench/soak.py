"""Minutes of load under faults: memory and file descriptors stay flat, and every request is answered.

    python bench/soak.py [--seconds 600] [--clients 16] [--share 0.15] [--transport lean]

Starts a store that fails a share of the time in every way it can, a gateway in front of it as its own process, and
clients that read, write and sometimes leave in the middle. Looks at the gateway's memory and descriptors all the time.
Prints Markdown; ends with 1 where something grew, or where a request got no answer. A run of less than three and a half
minutes does not judge growth, and says so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from faulty_store import FaultyStore, faulty_store
from flat import SHORTEST_SECONDS, WARM_UP_SECONDS, Look, growth
from processes import Process, fetch, free_port, stopped_after
from tables import table

PAGE = os.sysconf("SC_PAGE_SIZE")


class Clients:
    """Those who ask, each over a connection of its own."""

    def __init__(self, port: int, until: float) -> None:
        self._port = port
        self._until = until
        self.outcomes: Counter[str] = Counter()
        self.slowest = 0.0

    async def ask_on(self, number: int) -> None:
        """Ask until the time is over."""
        reader, writer = await self._connect()
        while time.monotonic() < self._until:
            kind = random.choices(["read", "list", "nested", "write", "fresh", "leave"], [40, 10, 5, 15, 10, 2])[0]
            begun = time.monotonic()
            try:
                writer.write(_post(kind, number))
                if kind == "leave":
                    raise ConnectionAbortedError
                async with asyncio.timeout(30):
                    self.outcomes[_told(await _read(reader))] += 1
                self.slowest = max(self.slowest, time.monotonic() - begun)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as failure:
                self.outcomes["left" if kind == "leave" else f"no answer: {type(failure).__name__}"] += 1
                writer.close()
                reader, writer = await self._connect()
            await asyncio.sleep(random.uniform(0, 0.1))
        writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)


def _post(kind: str, number: int) -> bytes:
    identity = f"c0ffee00-0000-4000-8000-{random.randrange(500):012d}"
    document = {
        "read": f'{{ customer(id: "{identity}") {{ id name email }} }}',
        "list": "{ customers(first: 20) { nodes { id name } } }",
        "nested": "{ customers(first: 10) { nodes { name addresses { line1 } orders(first: 5) { nodes { id } } } } }",
        "write": f'mutation {{ customerUpdate(id: "{identity}", input: {{name: "I"}}) {{ userErrors {{ code }} }} }}',
        "fresh": f"query F{random.randrange(10**9)} {{ customers(first: 1) {{ nodes {{ id }} }} }}",
        "leave": "{ customers(first: 20) { nodes { id name addresses { line1 } } } }",
    }[kind]
    body = json.dumps({"query": document}).encode()
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer b{number}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(length)


def _told(body: bytes) -> str:
    document = json.loads(body)
    errors = document.get("errors")
    return "good" if not errors else str(errors[0]["extensions"]["code"])


def look(pid: int, at: float) -> Look:
    """The gateway now."""
    rss = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6
    return Look(at, rss, len(os.listdir(f"/proc/{pid}/fd")))


async def watch(pid: int, until: float, every: float) -> list[Look]:
    """Look from time to time."""
    begun, seen = time.monotonic(), []
    while time.monotonic() < until:
        await asyncio.sleep(every)
        seen.append(look(pid, time.monotonic() - begun))
    return seen


def start(store: FaultyStore, options: argparse.Namespace, port: int, scratch: Path) -> Process:
    environment = {
        "PENSTOCK_UPSTREAM_URL": f"http://127.0.0.1:{store.port}",
        "PENSTOCK_CLIENT_ID": "soak",
        "PENSTOCK_CLIENT_SECRET": "soak",
        "PENSTOCK_UPSTREAM_TRANSPORT": options.transport,
        "PENSTOCK_UPSTREAM_RATE_LIMIT": "400",
        "PENSTOCK_UPSTREAM_TIMEOUT_SECONDS": "2",
        "PENSTOCK_REQUEST_TIMEOUT_SECONDS": "5",
        "PENSTOCK_SCHEMA_POLL_SECONDS": "20",
        "PENSTOCK_DOCUMENT_CACHE_ENTRIES": "100",  # full before the warm-up is over, also where few ask
    }
    command = [sys.executable, "-m", "penstock", "serve", "--port", str(port)]
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    return Process(command, environment, cores, scratch / "soak.log", scratch)


async def soak(options: argparse.Namespace, running: list[Process], scratch: Path) -> bool:
    """Run it and print what was seen; whether all stayed as it was."""
    async with faulty_store(options.share) as store:
        port = free_port()
        process = start(store, options, port, scratch)
        running.append(process)
        await asyncio.to_thread(process.wait_for, lambda: bool(fetch(f"http://127.0.0.1:{port}/readyz")))
        until = time.monotonic() + options.seconds
        clients = Clients(port, until)
        watching = asyncio.create_task(watch(process.pid, until, max(0.5, options.seconds / 120)))
        await asyncio.gather(*[clients.ask_on(number) for number in range(options.clients)])
        seen = await watching
    return report(options, clients, store, seen)


def report(options: argparse.Namespace, clients: Clients, store: FaultyStore, seen: list[Look]) -> bool:
    """Print what was seen; whether it is good."""
    asked, calls = sum(clients.outcomes.values()), sum(store.calls.values())
    print(f"{asked} requests in {options.seconds:g} s over {options.transport}, {calls} calls,")
    print(f"of which {calls - store.calls['good']} met a fault; slowest {clients.slowest:.1f} s.\n")
    print(table(["outcome", "requests"], [[name, str(n)] for name, n in clients.outcomes.most_common()]))
    print("\n" + table(["fault", "calls"], [[name, str(n)] for name, n in store.calls.most_common()]))
    marks = [seen[min(len(seen) - 1, len(seen) * tenth // 10)] for tenth in range(11)]
    rows = [[f"{mark.at:.0f}", f"{mark.megabytes:.1f}", str(mark.files)] for mark in marks]
    print("\n" + table(["s", "MB", "descriptors"], rows))
    lost = sum(count for name, count in clients.outcomes.items() if name.startswith("no answer"))
    print(f"\n{lost} without an answer.")
    grown = growth(seen)
    if grown is None:
        print(f"Growth is judged after {WARM_UP_SECONDS + SHORTEST_SECONDS:.0f} s: this run was too short.")
    else:
        print(f"After the warm-up, last third against first: {grown.megabytes:+.1f} MB, {grown.files:+g} descriptors.")
    return lost == 0 and (grown is None or grown.is_flat)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--share", type=float, default=0.15, help="of calls that meet a fault")
    parser.add_argument("--transport", choices=["lean", "httpx"], default="lean")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, stopped_after() as running:
        is_flat = asyncio.run(soak(options, running, Path(scratch)))
    raise SystemExit(0 if is_flat else 1)


if __name__ == "__main__":
    main()
