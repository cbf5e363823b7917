from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.text import canonical, clean_line, clean_paragraphs, shown

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (7, "7"),
        (10**1000, "a very large integer"),
        ("a\nb", '"a b"'),
        ([1], "a list"),
        ({}, "an object"),
        pytest.param(object(), "a value that is not JSON", id="not JSON"),
    ],
    ids=str,
)
def test_a_value_is_quoted_on_one_line(value: object, words: str) -> None:
    assert shown(value) == words


@given(ANY_TEXT, st.integers(1, 40))
def test_a_clean_text_can_be_sent_and_keeps_its_limit(text: str, limit: int) -> None:
    line, paragraphs = clean_line(text, limit), clean_paragraphs(text, limit)

    assert (line + paragraphs).encode() is not None
    assert max(len(line), len(paragraphs)) <= limit
    assert "\n" not in line
    assert clean_line(line, limit) == line


@given(ANY_TEXT)
def test_a_quoted_text_is_json(text: str) -> None:
    assert isinstance(json.loads(shown(text)), str)


@pytest.mark.parametrize("value", [object(), {"a": {1}}, {1: 2, "a": 3}])
def test_what_is_not_json_has_no_canonical_text(value: object) -> None:
    assert canonical(value) == ""


def test_the_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1}) == '{"a":2,"b":1}'
    assert canonical(float("nan"), finite=True) == ""
