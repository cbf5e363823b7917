"""The URL of a gateway is taken apart, or refused in a sentence that repeats no password."""

from __future__ import annotations

import pytest

from penstock.cli.gateway_calls import find_gateway, split_url
from penstock.errors import OperatorError
from penstock.settings import Settings


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "nonsense",
        "ftp://host",
        "http://[::1",
        "http://host:99999",
        "http://host:0",
        "http://host:a",
        "http://user:pa55word@host",
        "http://user:pa55word@host:99999",
        "http://pa55word@[::1",
    ],
)
def test_what_is_no_url_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(OperatorError) as refused:
        split_url(url)

    assert "give " in str(refused.value)
    assert "pa55word" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", ""),
        ("https://shop.example/api/graphql", "https://shop.example", "/api"),
        ("HTTP://[::1]:8000/", "http://[::1]:8000", ""),
        (None, "http://127.0.0.1:8000", ""),
    ],
)
def test_a_gateway_is_found_at_its_own_url_or_that_of_its_endpoint(url: str | None, origin: str, path: str) -> None:
    found = find_gateway(url, Settings())

    assert (found.origin, found.path) == (origin, path)
