"""One worker and two, with every core for everybody: what a second one brings, and what it costs.

    python bench/workers.py [--workloads W1,W2,W3] [--rounds 3] [--seconds 2]

The load and the stub take their share of the same cores, so that the rates say less than CPU a request does.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from gateway import Bench, check_same
from processes import free_port, stopped_after
from servers import build_stub, penstock
from tables import Run, table, table_of
from workloads import WORKLOADS

COUNTS = (1, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default="W1,W2,W3")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--stub", type=Path, help="a compiled stub")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "penstock-bench")
    options = parser.parse_args()
    options.scratch.mkdir(exist_ok=True)
    names = options.workloads.split(",")
    everywhere = ",".join([str(core) for core in sorted(os.sched_getaffinity(0))])
    with stopped_after() as running:
        bench = Bench(options.scratch, running, options.stub or build_stub(options.scratch), (everywhere, everywhere))
        chosen = [penstock(free_port(), bench.upstream, count, f"{count} worker(s)") for count in COUNTS]
        servers = {server: bench.start(server) for server in chosen}
        check_same(chosen, names)
        runs: list[Run] = []
        for name in names:
            for number in range(-1, options.rounds):
                for server in chosen if number % 2 == 0 else chosen[::-1]:
                    run = bench.load(server, servers[server], name, number, options.seconds)
                    runs += [run] if number >= 0 else []
            print(f"\n### {name}: {WORKLOADS[name].words}\n\n{table_of(name, runs, [chosen[0].name])}", flush=True)
        rows = [
            [server.name, f"{process.seconds:.2f}", " + ".join([f"{rss:.0f}" for rss in process.used().rss])]
            for server, process in servers.items()
        ]
        print("\n### Start and memory\n\n" + table(["gateway", "s to the first answer", "MB of each process"], rows))


if __name__ == "__main__":
    main()
