"""Every example of the documentation is run as it stands, and answers what the page says it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.docs.reference import ROOT
from tests.packaging.commands import Dev

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SIGN_IN = """
mutation { customerTokenCreate(input: {password: {email: "%s", password: "%s"}}) { customerToken { token } } }
"""


class Example(NamedTuple):
    """A document of a page, and the answer that follows it on the page, if one does."""

    page: str
    document: str
    answer: Any


def examples() -> Iterator[Example]:
    """Every GraphQL block of every page."""
    for path in PAGES:
        blocks = BLOCK.findall(path.read_text(encoding="utf-8"))
        for (kind, text), (next_kind, next_text) in zip(blocks, [*blocks[1:], ("", "")], strict=False):
            if kind == "graphql":
                yield Example(path.name, text, json.loads(next_text) if next_kind == "json" else None)


def name_of(example: Example) -> str:
    """Page and first words."""
    return f"{example.page} {' '.join(example.document.split())[:40]}"


@pytest.mark.parametrize("example", list(examples()), ids=name_of)
def test_example(dev: Dev, example: Example) -> None:
    is_a_customers = example.document.lstrip().startswith("mutation") or re.search(r"\bme \{", example.document)
    headers = {"X-Moltin-Customer-Token": sign_in(dev)} if is_a_customers else {"Authorization": dev.authorization}

    if "$email" in example.document:
        answer = dev.ask(_with_login(example.document, dev), {})
    else:
        answer = dev.ask(example.document, headers)

    answer.pop("extensions", None)  # what `penstock dev` tells besides: the calls, with their times
    assert "errors" not in answer
    if example.answer is not None:
        assert answer == example.answer


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", path.read_text(encoding="utf-8"))

    broken = [
        place for place, anchor in links if not place.startswith("http") and not _leads(path.parent / place, anchor)
    ]

    assert broken == []


def sign_in(dev: Dev) -> str:
    """A token of the customer that `penstock dev` offers."""
    token: str = dev.ask(SIGN_IN % dev.login, {})["data"]["customerTokenCreate"]["customerToken"]["token"]
    return token


def _with_login(document: str, dev: Dev) -> str:
    """The document with its two variables filled in."""
    body = re.sub(r"\(\$email[^)]*\)", "", document, count=1)
    return body.replace("$email", json.dumps(dev.login[0])).replace("$password", json.dumps(dev.login[1]))


def _leads(place: Path, anchor: str) -> bool:
    if not place.exists():
        return False
    headings = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
    return not anchor or anchor in {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings
    }
