"""Changes of a schema as a terminal shows them, or as JSON.

Never here: how they are found.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from penstock.schema.diff import LEVELS, Change

_INDENT = "  "


def show_changes(changes: Sequence[Change], form: str) -> str:
    """Changes in their order, grouped by level.

    Args:
        changes: The worst first.
        form: ``text`` or ``json``.
    """
    counts = Counter(one.level for one in changes)
    if form == "json":
        told: dict[str, object] = {level: counts[level] for level in LEVELS}
        told["changes"] = [asdict(one) for one in changes]
        return json.dumps(told, indent=2)
    if not changes:
        return "No changes."
    lines = [", ".join(f"{counts[level]} {level}" for level in LEVELS)]
    for level in LEVELS:
        if counts[level]:
            lines += ["", level.capitalize()]
            lines += [_INDENT + printable(one.description) for one in changes if one.level == level]
    return "\n".join(lines)


def printable(text: str) -> str:
    """A text of a store on one line, without anything that a terminal obeys."""
    return "".join(character if character.isprintable() else " " for character in text)
