"""When the reloader looks: the poll's beat, back-off after failures, jitter so that replicas spread.

Never here: what a look does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_JITTER = 0.2
_LONGEST_BACK_OFF = 8


@dataclass(frozen=True, slots=True)
class Beat:
    """When the reloader looks, and the clocks it looks at.

    Attributes:
        poll_seconds: Time between looks; 0 for none after the first generation.
        sleep: Waits that many seconds.
        random: Evenly from 0 to 1.
        clock: Seconds since the epoch.
        patience_seconds: How long the first look may take before what served last is recalled.
    """

    poll_seconds: float
    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]
    clock: Callable[[], float]
    patience_seconds: float = 2.0

    def pause(self, failures: int, *, serving: bool) -> float:
        """Seconds until the next look, after so many failures in a row.

        Before the first generation: from half a second, doubling to half a minute. Later: the poll's own beat,
        doubling to eight times that. Always jittered, so that replicas spread.
        """
        if serving:
            pause = self.poll_seconds * min(1 << min(failures, 16), _LONGEST_BACK_OFF)
        else:
            doublings = max(0, min(failures, 16) - 1)
            pause = min(_FIRST_PAUSE_SECONDS * float(1 << doublings), _LONGEST_PAUSE_SECONDS)
        return pause * (1 - _JITTER / 2 + _JITTER * self.random())
