"""`docs/http.md` has every endpoint and every header that the door reads or writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from starlette.routing import Route

from penstock.http.head import FORWARDED
from penstock.http.operating import OperatingParts, create_operating_app
from penstock.lifecycle import GenerationHolder, ReloadReport
from penstock.lifecycle.changelog import SwapEntry
from penstock.lifecycle.feed import Subscription
from penstock.settings import Secret
from tests.docs.reference import names_in, page
from tests.house.sources import Module, modules

HEADER = re.compile(r"[a-z]+(?:-[a-z]+)+|accept|allow|etag|origin|vary")
NO_HEADER = {"same-origin", "x-gzip"}


async def never() -> ReloadReport:
    """A reload that no test asks for."""
    raise AssertionError


async def unheard(*_: object) -> None:
    """A webhook that no test tells anything."""
    raise AssertionError


class Deaf:
    """A feed that no test listens to."""

    entries: tuple[SwapEntry, ...] = ()

    def subscribe(self, last_id: str | None) -> Subscription | None:
        raise AssertionError


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_the_endpoint_is_where_the_page_says(path: str) -> None:
    front = next(module for module in modules() if module.place == "http/front.py")

    assert f'"{path}"' in front.text
    assert "`/graphql`" in page("http.md")


def test_every_route_is_on_the_page_with_its_method() -> None:
    parts = OperatingParts(GenerationHolder(), never, lambda: b"", Secret("open"), feed=Deaf(), webhook=unheard)
    routes = [route for route in create_operating_app(parts).routes if isinstance(route, Route)]

    expected = {f"| {(route.methods or set()) - {'HEAD'}} | `{route.path}` |" for route in routes}

    rows = [re.match(r"\| (\w+) \| `(/[^`]*)` \|", line) for line in page("http.md").splitlines()]
    shown = {f"| { ({row[1]}) } | `{row[2]}` |" for row in rows if row}
    assert expected == shown


def test_every_header_that_travels_is_on_the_page() -> None:
    named = names_in(page("http.md"), r"[A-Za-z-]+")

    assert [name for name in (header.decode() for header in FORWARDED) if name not in named] == []


def test_every_header_that_the_door_names_is_on_the_page() -> None:
    named = {name.lower() for name in names_in(page("http.md"), r"[A-Za-z-]+")}

    known = {name for module in modules() if module.place.startswith("http/") for name in headers_in(module)}

    assert {"schema-version", "etag", "x-request-id"} <= known
    assert sorted(known - named) == []


def test_no_header_is_on_the_page_that_the_code_does_not_name() -> None:
    text = page("http.md").partition("\n## Request headers\n")[2]
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    shown = {name.lower() for cell in cells for name in names_in(cell, r"[A-Za-z-]+")}

    code = "\n".join(module.text.lower() for module in modules() if not module.place.startswith("sandbox/"))

    assert {"x-moltin-customer-token", "schema-version"} <= shown
    assert [name for name in sorted(shown) if f'"{name}"' not in code] == []


def headers_in(module: Module) -> Iterator[str]:
    """Every header that a module names: byte texts in lower case, keys of dictionaries of texts, `headers.get(…)`."""
    for node in ast.walk(module.tree):
        for constant in _candidates(node):
            value = constant.value
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            if isinstance(text, str) and HEADER.fullmatch(text) and text not in NO_HEADER:
                yield text


def _candidates(node: ast.AST) -> Iterator[ast.Constant]:
    """Where a module writes a header's name: before its value, as a key, compared with, or asked for."""
    found: list[ast.expr | None] = []
    match node:
        case ast.Tuple(elts=[first, _]):
            found = [first] if isinstance(first, ast.Constant) and isinstance(first.value, bytes) else []
        case ast.Assign(targets=[ast.Name(id="_OWN")], value=ast.Tuple(elts=names)):
            found = list(names)
        case ast.Dict(keys=keys):
            found = list(keys)
        case ast.Call(func=ast.Attribute(attr="get"), args=[first, *_]):
            found = [first]
        case ast.Compare(left=left, comparators=others):
            found = [left, *others]
    yield from (item for item in found if isinstance(item, ast.Constant))
