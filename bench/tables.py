"""Medians, ratios within a round, and tables a README can take as they are.

Never here: measuring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Run:
    """One server under one workload in one round.

    Attributes:
        rate: Requests a second.
        cpu_us: CPU microseconds a request, the server's processes together.
        busy: Share of a core the server used.
        foreign: Cores that were busy with what was not started here: noise.
        calls: Calls to the stub a request.
        rss: Resident megabytes of each process afterwards.
        failed: Requests without a good answer.
    """

    server: str
    workload: str
    round: int
    rate: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    busy: float
    foreign: float
    calls: float
    rss: tuple[float, ...]
    failed: int


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns in line."""
    lines = [list(heads), *[list(row) for row in rows]]
    widths = [max([len(line[i]) for line in lines]) for i in range(len(heads))]
    shown = []
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        shown.append(f"| {' | '.join(cells)} |")
    rule = "|" + "|".join(["-" * (width + 2) for width in widths]) + "|"
    return "\n".join([shown[0], rule, *shown[1:]])


def ratios(runs: Sequence[Run], base: Sequence[Run]) -> list[float]:
    """Rates against another server's in the same rounds."""
    rates = {run.round: run.rate for run in base}
    return [run.rate / rates[run.round] for run in runs if rates.get(run.round)]


def cpu_ratios(runs: Sequence[Run], base: Sequence[Run]) -> list[float]:
    """CPU a request against another server's in the same rounds."""
    costs = {run.round: run.cpu_us for run in base}
    return [run.cpu_us / costs[run.round] for run in runs if costs.get(run.round)]


def short(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"


def spread(values: Sequence[float]) -> str:
    """Median, least and most."""
    if not values:
        return "-"
    return f"{short(median(values))} ({short(min(values))}-{short(max(values))})"


def table_of(workload: str, runs: Sequence[Run], bases: Sequence[str], least: str = "") -> str:
    """The table of one workload.

    Args:
        workload: Whose runs are shown.
        runs: Of every workload so far.
        bases: Servers the others are measured by: in rate, and in CPU a request, which noise does not touch so much.
        least: The server whose CPU a request the others' is divided by.
    """
    names = list(dict.fromkeys([run.server for run in runs if run.workload == workload]))
    of = {name: [run for run in runs if run.workload == workload and run.server == name] for name in names}
    bases = [base for base in bases if base in of]
    heads = ["server", "req/s", *[f"x {base}" for base in bases], "CPU µs/req", *[f"x {base} in CPU" for base in bases]]
    heads += [f"CPU / {least}"] if least in of else []
    rows = []
    for name, own in of.items():
        row = [name, spread([run.rate for run in own]), *[spread(ratios(own, of[base])) for base in bases]]
        row.append(spread([run.cpu_us for run in own]))
        row += [spread([1 / ratio for ratio in cpu_ratios(own, of[base])]) for base in bases]
        row += [spread(cpu_ratios(own, of[least]))] if least in of else []
        rows.append([*row, *_rest(own)])
    return table([*heads, "p50 ms", "p99 ms", "core", "others", "calls/req", "MB", "failed"], rows)


def _rest(own: Sequence[Run]) -> list[str]:
    return [
        short(median([run.p50_ms for run in own])),
        short(median([run.p99_ms for run in own])),
        f"{median([run.busy for run in own]):.2f}",
        f"{max([run.foreign for run in own]):.2f}",
        f"{median([run.calls for run in own]):.2f}",
        f"{max([sum(run.rss) for run in own]):.0f}",
        str(sum([run.failed for run in own])),
    ]
