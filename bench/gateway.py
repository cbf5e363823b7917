"""The gateway beside a raw proxy and other gateways, under the same load, in alternating rounds.

    python bench/gateway.py [--workloads W1,W2,W3,W5] [--rounds 3] [--seconds 2] [--only penstock,mercurius]

Needs Linux, two cores, wrk and a C compiler; Node for two of the peers. The server that is asked has core 0, the stub
and wrk have core 1. Everything it needs is put into a scratch folder once. Prints Markdown; --json keeps every run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

from processes import Process, busy_seconds, fetch, free_port, stopped_after, wait_for_quiet
from servers import (
    HERE,
    Server,
    build_stub,
    documented,
    node,
    penstock,
    prepare_documented,
    prepare_node,
    raw_proxy,
)
from tables import Run, table, table_of
from workloads import WORKLOADS, Workload, leaves, requests_of

SERVER_CORE, LOAD_CORE = "0", "1"
NOISE = 0.1
"""Cores that others may keep busy during a run that counts."""
HEADERS = {"content-type": "application/json", "authorization": "Bearer b", "x-moltin-customer-token": "t"}


class Bench:
    """Everything that runs: the stub, the servers, and the load that is put on them one by one."""

    def __init__(
        self, scratch: Path, running: list[Process], stub: Path, cores: tuple[str, str], tries: int = 1
    ) -> None:
        self._scratch = scratch
        self._tries = tries
        self._running = running
        self._cores = cores
        self._fresh = 0
        port = free_port()
        self.upstream = f"http://127.0.0.1:{port}"
        process = Process([str(stub), str(port)], {}, cores[1], scratch / "stub.log", scratch)
        running.append(process)
        process.wait_for(lambda: bool(fetch(f"{self.upstream}/stub/counts")))

    def start(self, server: Server) -> Process:
        """Start a server and wait for its first good answer to W1."""
        log = self._scratch / f"{server.name.replace(' ', '-')}.log"
        process = Process(server.command, server.environment, self._cores[0], log, server.folder)
        self._running.append(process)
        process.wait_for(lambda: ask(server, WORKLOADS["W1"]) is not None)
        return process

    def set_latency(self, milliseconds: int) -> None:
        """How long the stub holds its answers back."""
        fetch(f"{self.upstream}/stub/latency?ms={milliseconds}")

    def load(self, server: Server, process: Process, name: str, number: int, seconds: int) -> Run:
        """Put one workload on one server for some seconds."""
        fetch(f"{self.upstream}/stub/reset")
        before, ours, busy = process.used(), self._own_seconds(), busy_seconds()
        summary = self._wrk(server, WORKLOADS[name], seconds)
        after, ours, busy = process.used(), self._own_seconds() - ours, busy_seconds() - busy
        process.settle()
        counts = json.loads(fetch(f"{self.upstream}/stub/counts"))
        calls = sum([value for kind, value in counts.items() if kind not in {"latency_ms", "definition", "token"}])
        asked, cpu = max(1, summary["requests"]), after.cpu - before.cpu
        return Run(
            server=server.name,
            workload=name,
            round=number,
            rate=summary["requests"] / summary["seconds"],
            cpu_us=cpu / asked * 1e6,
            p50_ms=summary["p50_ms"],
            p99_ms=summary["p99_ms"],
            busy=cpu / summary["seconds"],
            foreign=max(0.0, busy - ours) / summary["seconds"],
            calls=calls / asked,
            rss=after.rss,
            failed=int(summary["failed"]),
        )

    def load_in_quiet(self, server: Server, process: Process, name: str, number: int, seconds: int) -> Run:
        """The same when nobody else works, tried again where somebody did; the quietest run counts."""
        tries = []
        for _ in range(self._tries):
            wait_for_quiet()
            tries.append(self.load(server, process, name, number, seconds))
            if tries[-1].foreign < NOISE:
                break
        return min(tries, key=lambda run: run.foreign)

    def _own_seconds(self) -> float:
        """CPU of everything that was started here, finished loads included."""
        finished = resource.getrusage(resource.RUSAGE_CHILDREN)
        return sum([process.used().cpu for process in self._running]) + finished.ru_utime + finished.ru_stime

    def _wrk(self, server: Server, workload: Workload, seconds: int) -> dict[str, float]:
        bodies, summary = self._scratch / "bodies", self._scratch / "summary"
        bodies.write_text("\n".join(requests_of(workload, server.dialect, server.path)) + "\n")
        self._fresh += 10_000_000
        environment = {"BODIES": str(bodies), "SUMMARY": str(summary), "FRESH": str(self._fresh)}
        wrk = ["wrk", "-t1", f"-c{workload.connections}", f"-d{seconds}s", "--timeout", "20s"]
        subprocess.run(
            ["taskset", "-c", self._cores[1], *wrk, "-s", str(HERE / "load.lua"), f"http://127.0.0.1:{server.port}"],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found: dict[str, float] = json.loads(summary.read_text())
        return found


def ask(server: Server, workload: Workload) -> object:
    """The data of one good answer to a workload's first request, None where it cannot be asked."""
    requests = requests_of(workload, server.dialect, server.path)
    if not requests:
        return None
    _, path, *body = requests[0].replace("@@", "0").split(" ", 2)
    answer = json.loads(fetch(f"http://127.0.0.1:{server.port}{path}", *body, headers=HEADERS))
    if "errors" in answer:
        raise SystemExit(f"{server.name}: {answer['errors']}")
    return answer["data"]


def check_same(servers: list[Server], names: list[str]) -> None:
    """Every server gives the same values: a fast wrong answer would win.

    Raises:
        SystemExit: One does not.
    """
    for name in names:
        asked = [server for server in servers if server.dialect != "raw"]
        found = {server.name: leaves(ask(server, WORKLOADS[name])) for server in asked}
        for server, values in found.items():
            if values != next(iter(found.values())):
                raise SystemExit(f"{name}: {server} answers differently: {str(values)[:400]}")


def choose(options: argparse.Namespace, scratch: Path, upstream: str) -> list[Server]:
    raw = [raw_proxy(free_port(), upstream, short=short) for short in (False, True)]
    servers = [penstock(free_port(), upstream), *raw]
    only = options.only.split(",") if options.only else []
    if not only or "strawberry" in only:
        python = options.documented_python or prepare_documented(scratch)
        servers.append(documented(free_port(), upstream, Path(python)))
    if not only or {"mercurius", "yoga"} & set(only):
        folder = prepare_node(scratch)
        if folder is not None:
            servers += [node(name, free_port(), upstream, folder) for name in ("mercurius", "yoga")]
    return [server for server in servers if not only or server.name in only]


def measure(bench: Bench, servers: dict[Server, Process], options: argparse.Namespace) -> list[Run]:
    runs: list[Run] = []
    for name in options.workloads.split(","):
        workload = WORKLOADS[name]
        bench.set_latency(workload.latency_ms)
        able = [server for server in servers if requests_of(workload, server.dialect, server.path)]
        for server in able:
            bench.load(server, servers[server], name, -1, 1)
        for number in range(options.rounds):
            turn = able if number % 2 == 0 else able[::-1]
            runs += [bench.load_in_quiet(server, servers[server], name, number, options.seconds) for server in turn]
        bench.set_latency(0)
        shown = table_of(name, runs, ["strawberry", "mercurius"], "raw proxy")
        print(f"\n### {name}: {workload.words}\n\n{shown}", flush=True)
    return runs


def show_processes(servers: dict[Server, Process]) -> None:
    rows = [
        [server.name, f"{process.seconds:.2f}", " + ".join([f"{rss:.0f}" for rss in process.used().rss])]
        for server, process in servers.items()
    ]
    print("\n### Start and memory\n\n" + table(["server", "s to the first answer", "MB after the run"], rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default="W1,W2,W3,W4,W5,W6,MIX")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2, help="of load for a server in a round")
    parser.add_argument("--tries", type=int, default=3, help="of a run that somebody else disturbed")
    parser.add_argument("--only", help="penstock, raw proxy, rawest proxy, strawberry, mercurius, yoga; with commas")
    parser.add_argument("--stub", type=Path, help="a compiled stub")
    parser.add_argument("--documented-python", type=Path, help="a Python that has what peers/documented.py needs")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "penstock-bench")
    parser.add_argument("--json", type=Path, help="a file for every run, one JSON object a line")
    options = parser.parse_args()
    options.scratch.mkdir(exist_ok=True)
    with stopped_after() as running:
        stub = options.stub or build_stub(options.scratch)
        bench = Bench(options.scratch, running, stub, (SERVER_CORE, LOAD_CORE), options.tries)
        chosen = choose(options, options.scratch, bench.upstream)
        started = {server: bench.start(server) for server in chosen}
        check_same(chosen, options.workloads.split(","))
        runs = measure(bench, started, options)
        show_processes(started)
    if options.json:
        options.json.write_text("".join([json.dumps(asdict(run)) + "\n" for run in runs]))


if __name__ == "__main__":
    main()
