"""Fuzz a target, or one after the other, for some seconds each, guided by which lines of the gateway are reached.

    python -m tests.fuzz TARGET|all [SECONDS] [FOLDER]

A folder keeps what was found from one time to the next. Ends with an error at the first input that breaks the law of
its target; libFuzzer writes it to a file in the working directory.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["penstock"]):
    from tests.fuzz.targets import SEEDS, TARGETS


def main() -> None:
    """Fuzz what was asked for; each target in a process of its own, which libFuzzer ends itself."""
    chosen = sys.argv[1]
    seconds = sys.argv[2] if len(sys.argv) > 2 else "60"
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp())
    for name in TARGETS if chosen == "all" else [chosen]:
        child = os.fork()
        if child == 0:
            fuzz(name, seconds, folder / name)
        if os.waitpid(child, 0)[1] != 0:
            sys.exit(f"The law of {name!r} is broken.")


def fuzz(name: str, seconds: str, folder: Path) -> None:
    """Run libFuzzer on one target; does not return."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (folder / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=2000",
        "-rss_limit_mb=2000",
        "-timeout=20",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], TARGETS[name]())
    atheris.Fuzz()


if __name__ == "__main__":
    main()
