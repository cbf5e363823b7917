"""What the operating system says about the process, joined over workers.

Never here: anything of ours.
"""

from __future__ import annotations

from prometheus_client import ProcessCollector
from prometheus_client.core import Metric

from penstock.telemetry.slots import Labels, Share, Slots
from penstock.telemetry.tables import Join, join

_JOINS: dict[str, Join] = {
    "process_virtual_memory_bytes": "sum",
    "process_resident_memory_bytes": "sum",
    "process_start_time_seconds": "min",
    "process_cpu_seconds": "sum",
    "process_open_fds": "sum",
    "process_max_fds": "min",
}
"""How each metric of several processes becomes one; one that is not here is the first worker's."""


class ProcessTables:
    """Every ``process_…`` metric of the platform.

    Args:
        slots: Where the numbers are kept.
    """

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._collector = ProcessCollector(registry=None)
        self._places: dict[str, int | None] = {}

    def read(self) -> None:
        """Put what the platform says now where every worker sees it."""
        for family in self._collector.collect():
            if family.name not in self._places:
                self._places[family.name] = self._slots.open(family.name, (), 1)
            place = self._places[family.name]
            if place is not None and family.samples:
                self._slots.numbers[place] = family.samples[0].value

    def families(self, shares: list[Share], living: list[Share]) -> list[Metric]:
        """The metrics as Prometheus reads them; seconds of processor time stay when a worker ends."""
        found = list(self._collector.collect())
        for family in found:
            among = shares if family.type == "counter" else living
            values = [numbers[0] for share in among for numbers in share.tables.get(family.name, _NONE).values()]
            if values and family.samples:
                value = join(_JOINS.get(family.name, "max"), values)
                family.samples = [sample._replace(value=value) for sample in family.samples[:1]]
        return found


_NONE: dict[Labels, list[float]] = {}
