"""YAML as a tree with lines: what scalars mean, and what no text may do."""

from __future__ import annotations

import math

import pytest

from penstock.definitions.flow_file.located import (
    DEEPEST,
    MOST_CHARACTERS,
    Entries,
    Listing,
    Scalar,
    plain_value,
    read_tree,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("2024-01-01", "2024-01-01"),
        ("1:30", "1:30"),
        ("1e3", 1000.0),
        ("-7", -7),
        ("007", 7),
        (".5", 0.5),
        ("~", None),
        ("", None),
        ("True", True),
        ("FALSE", False),
        ("0x1F", 31),
        ("0o17", 15),
        ("0xg", "0xg"),
        ("017", 17),
        ("-.INF", -math.inf),
        (".NaN ", ".NaN "),
        ("1_000", "1_000"),
    ],
)
def test_plain_scalars_mean_what_the_core_schema_says(text: str, value: object) -> None:
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)


def test_quoted_scalars_are_text_and_every_node_has_its_line() -> None:
    root, faults = read_tree("a: '1'\nb:\n  - \"true\"\n  - |\n    two\n    lines\n")

    assert faults == ()
    assert isinstance(root, Entries)
    assert root.lines == {"a": 1, "b": 2}
    assert root.nodes["a"] == Scalar(1, "1", "1")
    listing = root.nodes["b"]
    assert isinstance(listing, Listing)
    assert listing.items == [Scalar(3, "true", "true"), Scalar(4, "two\nlines\n", "two\nlines\n")]


def test_a_doubled_key_is_told_with_both_lines() -> None:
    _, faults = read_tree("a: 1\nb: 2\na: 3\n")

    assert [(fault.line, fault.message) for fault in faults] == [
        (3, "'a' stands here a second time; the first is on line 1.")
    ]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!secret", "!!timestamp"])
def test_a_tag_is_refused(tag: str) -> None:
    _, faults = read_tree(f"a: {tag} [x]\n")

    assert [fault.line for fault in faults] == [1]
    assert "has no meaning here" in faults[0].message


def test_an_alias_bomb_is_refused_before_it_is_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    root, faults = read_tree("\n".join(lines))

    assert root is None
    assert "aliases unfolded" in faults[-1].message


def test_a_chain_of_aliases_is_as_deep_as_what_it_stands_for() -> None:
    lines = ["a0: &a0 [x]", *[f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 500)]]

    root, faults = read_tree("\n".join(lines))

    assert root is None
    assert faults[-1].message == f"It is nested more than {DEEPEST} levels deep."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [" * 40_000, "nested more than"),
        ("a: *b\n", "*b stands for nothing"),
        ("a: &a [*a]\n", "*a stands for nothing"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("a: [1\n", "This is no YAML"),
        ("a: \x07\n", "This is no YAML"),
        ("a: \ud800\n", "This is no YAML"),
        ("\ta: 1\n", "This is no YAML"),
        ("? [x]\n: 1\n", "A key is a list"),
        ("x" * (MOST_CHARACTERS + 1), "characters"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str, said: str) -> None:
    _, faults = read_tree(text)

    assert said in faults[-1].message
