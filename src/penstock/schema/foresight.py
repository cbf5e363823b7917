"""What a schema would become if a store's definitions became others: at once, and when what has gone is shown no more.

Never here: whether they do; operations that break.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from penstock.definitions.aging import Look
from penstock.definitions.lock import Lock
from penstock.definitions.model import Problem, StoreDefinitions
from penstock.schema.diff import Change, diff_texts
from penstock.schema.generation import build_generation
from penstock.schema.settling import settle

_TICK_SECONDS = 0.001
"""The lock's own resolution: what happens a tick later is news."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would become of a schema.

    Attributes:
        changes: At once, the worst first.
        later: Once the grace for what has gone is over, beside those; the worst first.
        problems: What could not be used as it is then, and can now.
    """

    changes: tuple[Change, ...]
    later: tuple[Change, ...]
    problems: tuple[Problem, ...]


def foresee(before: StoreDefinitions, after: StoreDefinitions, lock: Lock, look: Look) -> Foresight:
    """What would become of the schema: slow (tens of milliseconds), pure, never for the event loop.

    Args:
        before: What the store says.
        after: What it would say.
        lock: The names that are settled.
        look: When, and how long what has gone is shown.

    Raises:
        DefinitionError: The definitions make no schema, as they are or as they would be.
    """
    known = settle(before, lock, look)
    at_once = settle(after, known, _later(look, _TICK_SECONDS))
    at_last = settle(after, at_once, _later(look, look.grace_seconds + 2 * _TICK_SECONDS))
    first = build_generation(before, 1, look.now, lock=known)
    second = build_generation(after, 1, look.now, lock=at_once)
    third = second if at_last == at_once else build_generation(after, 1, look.now, lock=at_last)
    told = set(first.problems)
    return Foresight(
        diff_texts(first.sdl, second.sdl),
        diff_texts(second.sdl, third.sdl),
        tuple(problem for problem in second.problems if problem not in told),
    )


def _later(look: Look, seconds: float) -> Look:
    return replace(look, began=look.began + seconds, now=look.now + seconds)
