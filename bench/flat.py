"""Whether a process stayed as large as it was: what is told from looking at it from time to time.

Never here: looking, load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

WARM_UP_SECONDS = 90.0
"""Until then pools, caches and the allocator's own arenas fill: whatever grows then says nothing."""
SHORTEST_SECONDS = 120.0
"""Less than that after the warm-up says nothing either."""
GROWTH_MB = 8.0
GROWTH_FILES = 30


@dataclass(frozen=True, slots=True)
class Look:
    """The process at one time.

    Attributes:
        at: Seconds since the load began.
        megabytes: Resident.
        files: Open descriptors.
    """

    at: float
    megabytes: float
    files: int


@dataclass(frozen=True, slots=True)
class Growth:
    """The last third of the time after the warm-up beyond its first third, each by its median."""

    megabytes: float
    files: float

    @property
    def is_flat(self) -> bool:
        """Whether it is no more than what caches that fill late may hold."""
        return self.megabytes < GROWTH_MB and self.files < GROWTH_FILES


def growth(looks: Sequence[Look]) -> Growth | None:
    """What came to stay; None where the time is too short to tell."""
    if not looks or looks[-1].at < WARM_UP_SECONDS + SHORTEST_SECONDS:
        return None
    third = (looks[-1].at - WARM_UP_SECONDS) / 3
    first = [look for look in looks if WARM_UP_SECONDS <= look.at < WARM_UP_SECONDS + third]
    last = [look for look in looks if look.at >= looks[-1].at - third]
    if not first:
        return None
    return Growth(
        median([look.megabytes for look in last]) - median([look.megabytes for look in first]),
        median([look.files for look in last]) - median([look.files for look in first]),
    )
