"""Every setting as the documentation shows it.

Never here: which settings there are, reading them.
"""

from __future__ import annotations

from dataclasses import fields

from penstock.settings.kinds import Kind, Setting, show_default
from penstock.settings.reading import PREFIX
from penstock.settings.table import Settings


def table() -> tuple[Setting, ...]:
    """Every setting as the documentation shows it, in the order of `Settings`."""
    rows = []
    for item in fields(Settings):
        kind: Kind = item.metadata["kind"]
        words: str = item.metadata["help"]
        default = show_default(item.default)
        rows.append(Setting(PREFIX + item.name.upper(), item.name, kind.name, default, words, kind.secret))
    return tuple(rows)
