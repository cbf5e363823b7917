"""What documents made to cost do cost: refused or prepared, CPU milliseconds, with the default limits.

PYTHONPATH=. python bench/hostile.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import time

from hostile_documents import HOSTILE
from in_process import build
from penstock.operations.documents import Documents, DocumentSettings
from penstock.operations.faults import RequestError
from penstock.operations.plan import compile_operation
from penstock.schema.generation import Generation
from tables import table


def cost(generation: Generation, text: str, rounds: int) -> tuple[float, str]:
    """The least of some rounds in milliseconds, and what came of it."""
    best, said = float("inf"), "prepared"
    for _ in range(rounds):
        documents = Documents(generation, DocumentSettings(), lambda *what: compile_operation(*what, lambda *_: None))
        started = time.process_time_ns()
        try:
            documents.prepare(text, "q0" if text.startswith("query q0") else None)
        except RequestError as error:
            said = error.faults[0][0].public_code
        best = min(best, (time.process_time_ns() - started) / 1e6)
    return best, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    generation = build(25)
    rows = []
    for words, text in HOSTILE.items():
        milliseconds, said = cost(generation, text, rounds)
        rows.append([words, str(len(text)), f"{milliseconds:.1f}", said])
    print(table(["document", "characters", "CPU ms", "what became of it"], rows))


if __name__ == "__main__":
    main()
