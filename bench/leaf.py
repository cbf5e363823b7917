"""What a leaf costs as a plan and in the reference executor; first, that both give the same bytes.

    python bench/leaf.py [--rows 100] [--seconds 0.5] [--json FILE]

A leaf's cost is the slope between one and nine aliases of the same field on a page of rows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from in_process import KINDS, InProcess, build, customer, listing, microseconds, name_of
from tables import short, table

FIELDS = len(KINDS)
FEW, MANY = 1, 9
LEAVES = {
    "id": "id",
    "core text": "name",
    "core flag": "hasPassword",
    "timestamp": "createdAt",
    "type name": "__typename",
    **{f"custom {kind}": name_of(number) for number, kind in enumerate(KINDS)},
}


def page(selection: str) -> str:
    return f"query P {{ customers(first: 100) {{ nodes {{ {selection} }} }} }}"


def aliases(name: str, count: int) -> str:
    return " ".join([f"a{number}: {name}" for number in range(count)])


def documents() -> list[str]:
    """What both executors must agree on: every leaf alone, aliased, and all of them in fragments under conditions."""
    everything = " ".join(LEAVES.values())
    return [
        *[page(aliases(name, count)) for name in LEAVES.values() for count in (FEW, MANY)],
        page(everything),
        f"{page('...All')} fragment All on Customer {{ {everything} ... on Customer @skip(if: false) {{ id }} }}",
        page(f"{everything} customFields {{ slug value }}"),
    ]


async def check_same(plan: InProcess, reference: InProcess) -> int:
    """How many documents gave the same bytes from both, by the same calls.

    Raises:
        SystemExit: One did not.
    """
    checked = documents()
    for document in checked:
        planned, referred = await plan.run(document), await reference.run(document)
        if planned != referred:
            raise SystemExit(f"The executors differ on {document}:\n{planned[:400]!r}\n{referred[:400]!r}")
        if b'"errors"' in planned:
            raise SystemExit(f"{document}: {planned[:400]!r}")
    if plan.upstream.asked != reference.upstream.asked:
        raise SystemExit("The executors made different calls.")
    return len(checked)


def asking(executor: InProcess, document: str) -> Callable[[], Awaitable[bytes]]:
    return lambda: executor.run(document)


async def measure(executor: InProcess, rows: int, seconds: float) -> dict[str, float]:
    """CPU microseconds of one leaf of each kind."""
    found = {}
    for kind, name in LEAVES.items():
        few, many = [await microseconds(asking(executor, page(aliases(name, count))), seconds) for count in (FEW, MANY)]
        found[kind] = (many - few) / (MANY - FEW) / rows
    return found


async def compare(rows: int, seconds: float) -> dict[str, dict[str, float]]:
    body = listing([customer(number, FIELDS) for number in range(rows)])
    plan, reference = InProcess(build(FIELDS), body), InProcess(build(FIELDS), body, plan=False)
    print(f"{await check_same(plan, reference)} documents: same bytes, same calls.\n")
    found = {"plan": await measure(plan, rows, seconds), "reference": await measure(reference, rows, seconds)}
    cells = [
        [kind, f"{found['plan'][kind]:.3f}", f"{found['reference'][kind]:.2f}",
         short(found["reference"][kind] / max(found["plan"][kind], 1e-6))]
        for kind in LEAVES
    ]  # fmt: skip
    print(table(["leaf", "plan CPU µs", "reference CPU µs", "ratio"], cells))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0.5, help="of CPU for one figure")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = asyncio.run(compare(options.rows, options.seconds))
    if options.json:
        options.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
