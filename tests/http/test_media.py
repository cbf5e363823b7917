"""Content negotiation never fails, and a named type beats a wildcard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from penstock.http.media import is_json, negotiate


@given(st.text(max_size=100))
def test_any_text_can_be_negotiated(accept: str) -> None:
    assert negotiate(accept).media in ("json", "graphql", None)
    assert is_json(accept) in (True, False)


def test_a_browser_wants_a_page_and_a_program_does_not() -> None:
    assert negotiate("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").page
    assert negotiate("text/html").page
    assert not negotiate("*/*").page
    assert not negotiate("application/json, text/html").page
    assert not negotiate("text/html;q=0.5, application/json").page
    assert not negotiate("text/html;q=0").page


def test_broken_ranges_are_ignored() -> None:
    assert negotiate("application/json;q=2, application/graphql-response+json;q=x").media is None
    assert negotiate(",,application/json,,").media == "json"
