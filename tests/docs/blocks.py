"""The code blocks of the pages, and the documents among them with what belongs to each.

A GraphQL block may say who asks: `visitor`, `customer` or `staff`. Its variables, and the answer that it must get,
follow as JSON. An ellipsis among the variables is the id in the answer before, in an answer it stands for any text.

Never here: tests.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.reference import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A code block: its language, what else its first line says, its text."""

    kind: str
    note: str
    text: str


class Example(NamedTuple):
    """A document of a page, with what the page says about it.

    Attributes:
        asker: `visitor`, `customer`, `staff`, or empty where the page does not say.
        answer: What it must be answered with; None where the page does not show it.
    """

    asker: str
    document: str
    variables: Any
    answer: Any


def blocks_of(path: Path) -> list[Block]:
    """Every code block of a page, in its order."""
    return [Block(*found) for found in BLOCK.findall(path.read_text(encoding="utf-8"))]


def examples_of(path: Path) -> list[Example]:
    """Every GraphQL block of a page."""
    blocks = blocks_of(path)
    return [
        _example(block, blocks[place + 1 : place + 3]) for place, block in enumerate(blocks) if block.kind == "graphql"
    ]


def _example(block: Block, rest: list[Block]) -> Example:
    variables = answer = None
    if rest and rest[0][:2] == ("json", "variables"):
        variables, *rest = json.loads(rest[0].text), *rest[1:]
    if rest and rest[0][:2] == ("json", ""):
        answer = json.loads(rest[0].text)
    return Example(block.note, block.text, variables, answer)


def is_like(shown: object, got: object) -> bool:
    """Whether an answer is the one that a page shows."""
    match shown, got:
        case dict(), dict():
            return shown.keys() == got.keys() and all(is_like(value, got[key]) for key, value in shown.items())
        case list(), list():
            return len(shown) == len(got) and all(map(is_like, shown, got))
        case str(), str():
            return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), got) is not None
        case _:
            return type(shown) is type(got) and shown == got
