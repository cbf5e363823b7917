"""What it costs to tell what is done: request lines and metrics, and traces of all, of one in a hundred, of none.

    python bench/telling.py [--workloads W1,W3] [--rounds 3] [--seconds 2]

The gateway beside itself with nothing told at all, in alternating rounds; the collector shares the load's core.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from gateway import LOAD_CORE, SERVER_CORE, Bench, check_same
from processes import Process, fetch, free_port, stopped_after
from servers import HERE, Server, build_stub, penstock
from tables import Run, table_of
from workloads import WORKLOADS

NOTHING = "nothing told"


def variants(upstream: str, collector: int) -> list[Server]:
    """The gateway, telling nothing, what it always tells, and traces as well."""
    traces = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector}",
        "OTEL_TRACES_SAMPLER": "traceidratio",
        "OTEL_BSP_MAX_QUEUE_SIZE": "100000",
    }
    told = penstock(free_port(), upstream, name="lines and metrics")
    silent = [sys.executable, str(HERE / "peers" / "silent.py")]
    servers = [replace(told, name=NOTHING, port=free_port(), command=silent), told]
    servers[0].command.append(str(servers[0].port))
    for name, ratio in (("+ traces, none taken", "0"), ("+ traces, 1 %", "0.01"), ("+ traces, all", "1")):
        one = penstock(free_port(), upstream, name=name)
        servers.append(replace(one, environment=one.environment | traces | {"OTEL_TRACES_SAMPLER_ARG": ratio}))
    return servers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default="W1,W3")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--tries", type=int, default=3, help="of a run that somebody else disturbed")
    parser.add_argument("--stub", type=Path, help="a compiled stub")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "penstock-bench")
    options = parser.parse_args()
    options.scratch.mkdir(exist_ok=True)
    names = options.workloads.split(",")
    with stopped_after() as running:
        stub = options.stub or build_stub(options.scratch)
        bench = Bench(options.scratch, running, stub, (SERVER_CORE, LOAD_CORE), options.tries)
        port = free_port()
        command = [sys.executable, str(HERE / "peers" / "collector.py"), str(port)]
        collector = Process(command, {}, LOAD_CORE, options.scratch / "collector.log", HERE)
        running.append(collector)
        collector.wait_for(lambda: fetch(f"http://127.0.0.1:{port}/") is not None)
        chosen = variants(bench.upstream, port)
        servers = {server: bench.start(server) for server in chosen}
        check_same(chosen, names)
        runs: list[Run] = []
        for name in names:
            for number in range(-1, options.rounds):
                for server in chosen if number % 2 == 0 else chosen[::-1]:
                    run = bench.load_in_quiet(server, servers[server], name, number, options.seconds)
                    runs += [run] if number >= 0 else []
            print(f"\n### {name}: {WORKLOADS[name].words}\n\n{table_of(name, runs, [NOTHING])}", flush=True)


if __name__ == "__main__":
    main()
