"""How much may still be taken of what is limited in any stretch of time: the arithmetic of `State.take`.

Never here: where the window is kept.
"""

from __future__ import annotations

from penstock.state.protocol import Grant

Taken = list[tuple[float, int]]
"""When and how much, oldest first."""


def take_from(taken: Taken, amount: int, *, limit: int, seconds: float, now: float) -> Grant:
    """Take from a sliding window, which is changed in place.

    Args:
        taken: What was taken before.
        amount: Units asked for.
        limit: Units that may be taken in any ``seconds``.
        seconds: Length of the window.
        now: On the clock of ``taken``.
    """
    while taken and not now - seconds < taken[0][0] <= now:  # what is later than now was taken before a clock was set
        del taken[0]
    room = limit - sum(units for _, units in taken)
    given = max(0, min(amount, room))
    if given:
        taken.append((now, given))
        return Grant(given)
    return Grant(0, taken[0][0] + seconds - now if taken else seconds)
