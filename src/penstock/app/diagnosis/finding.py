"""What a check found: one line, and what to do where something is wrong.

Never here: checks, printing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Status: TypeAlias = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; no text of it holds a secret.

    Attributes:
        check: Which: one of a fixed set of words.
        status: ``ok``; ``warning``: a gateway would serve; ``failed``: it would not, or not what it should;
            ``skipped``: it could not be looked at, because of something that failed.
        summary: What was found, without a full stop.
        remedy: What to do, in one sentence; empty where nothing is to be done.
        details: One sentence for each single thing.
    """

    check: str
    status: Status
    summary: str
    remedy: str = ""
    details: tuple[str, ...] = ()


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 field``, ``3 fields``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
