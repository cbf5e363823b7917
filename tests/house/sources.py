"""Reads the package's sources once: every module with its text, its tree and its place in the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "penstock"


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the package.

    Attributes:
        place: Its path under the package, as ``upstream/wire.py``.
        text: Its source.
        tree: Its source, parsed.
    """

    place: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        """The source, line by line."""
        return self.text.splitlines()


@cache
def modules() -> tuple[Module, ...]:
    """Every module under `src/penstock`, in the order of their paths."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Module(path.relative_to(PACKAGE).as_posix(), text, ast.parse(text)))
    return tuple(found)


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, nested ones included."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
