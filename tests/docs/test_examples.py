"""Every example of the documentation is run as it stands, and answers what the page says it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from graphql import parse, validate

from penstock.schema.diff import read_schema
from tests.docs.blocks import PAGES, Example, blocks_of, examples_of, is_like
from tests.docs.reference import ROOT
from tests.packaging.commands import Dev

SIGN_IN = """
mutation { customerTokenCreate(input: {password: {email: "%s", password: "%s"}}) { customerToken { token } } }
"""
ASKERS = {"visitor", "customer", "staff"}


@pytest.mark.parametrize("path", [path for path in PAGES if examples_of(path)], ids=lambda path: path.name)
def test_the_examples_of_a_page_are_answered_as_it_says(dev: Dev, path: Path) -> None:
    before: object = None

    for example in examples_of(path):
        answer = dev.ask(example.document, headers_of(example, dev), variables_of(example, dev, before))

        if example.document.startswith("subscription"):  # valid, so that all that is wrong is how it is asked for
            assert "Accept: text/event-stream" in answer["errors"][0]["message"]
            continue
        answer.pop("extensions", None)  # what `penstock dev` tells besides: the calls, with their times
        told = f"{example.document}\n{json.dumps(answer, indent=1, ensure_ascii=False)}"
        if example.answer is None:
            assert "errors" not in answer, told
            assert [violation for violation in user_errors_in(answer["data"]) if violation] == [], told
        else:
            assert is_like(example.answer, answer), told
        before = answer


def test_documents_that_are_shown_and_not_run_fit_the_schema() -> None:
    schema = read_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    documents = [parse(block.text) for path in PAGES for block in blocks_of(path) if block.kind == "gql"]

    wrong = [error.message for document in documents for error in validate(schema, document)]

    assert wrong == []
    assert documents


def test_an_answer_is_like_the_one_shown_where_they_differ_in_ellipses_alone() -> None:
    shown = {"id": "…", "name": "Ines …", "all": [{"amount": 1}]}

    assert is_like(shown, {"id": "3f9a", "name": "Ines Okafor", "all": [{"amount": 1}]})
    assert not is_like(shown, {"id": "3f9a", "name": "Otto Okafor", "all": [{"amount": 1}]})
    assert not is_like(shown, {"id": "3f9a", "name": "Ines Okafor", "all": [{"amount": True}]})
    assert not is_like(shown, {"id": None, "name": "Ines Okafor", "all": [{"amount": 1}]})
    assert not is_like(shown, {"id": "3f9a", "name": "Ines Okafor", "all": []})


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", path.read_text(encoding="utf-8"))

    broken = [
        place for place, anchor in links if not place.startswith("http") and not _leads(path.parent / place, anchor)
    ]

    assert broken == []


def headers_of(example: Example, dev: Dev) -> dict[str, str]:
    """What the one who asks sends; whoever is not named is a customer where the document is about one, else staff."""
    assert example.asker in ASKERS | {""}
    is_about_me = example.document.lstrip().startswith("mutation") or re.search(r"\bme \{", example.document)
    match example.asker or ("customer" if is_about_me else "staff"):
        case "customer":
            return {"X-Moltin-Customer-Token": sign_in(dev)}
        case "staff":
            return {"Authorization": dev.authorization}
        case _:
            return {}


def variables_of(example: Example, dev: Dev, before: object) -> dict[str, object]:
    """The variables that the page shows, an ellipsis being the id in the answer before; or else those of a sign-in."""
    if example.variables is not None:
        return {name: next(ids_in(before)) if value == "…" else value for name, value in example.variables.items()}
    return dict(zip(("email", "password"), dev.login, strict=True)) if "$email" in example.document else {}


def ids_in(answer: object) -> Iterator[str]:
    """Every `id` of an answer, in its order."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name == "id" and isinstance(value, str):
                yield value
            yield from ids_in(value)
    if isinstance(answer, list):
        for item in answer:
            yield from ids_in(item)


def user_errors_in(data: object) -> Iterator[object]:
    """The `userErrors` of every payload."""
    if isinstance(data, dict):
        for payload in data.values():
            if isinstance(payload, dict):
                yield payload.get("userErrors")


@cache
def sign_in(dev: Dev) -> str:
    """A token of the customer that `penstock dev` offers, the same each time."""
    token: str = dev.ask(SIGN_IN % dev.login, {})["data"]["customerTokenCreate"]["customerToken"]["token"]
    return token


def _leads(place: Path, anchor: str) -> bool:
    if not place.exists():
        return False
    headings = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
    return not anchor or anchor in {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings
    }
