"""`docs/cli.md` has every command, every option and its default."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from functools import cache

import pytest

from penstock.cli.arguments import parse_arguments
from tests.docs.reference import page


@cache
def help_of(*command: str) -> str:
    """What `--help` of a command prints on a wide terminal."""
    printed = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        patch.setenv("COLUMNS", "200")
        patch.setenv("NO_COLOR", "1")
        parse_arguments([*command, "--help"])
    return printed.getvalue()


def commands(*above: str) -> Iterator[tuple[str, ...]]:
    """Every command that does something, as its words: those without commands below them."""
    _, _, listed = help_of(*above).partition("positional arguments:")
    names = re.findall(r"^ {4}([a-z]+)(?: |$)", listed.partition("options:")[0], re.MULTILINE)
    for name in names:
        yield from commands(*above, name)
    if not names and above:
        yield above


def options_of(*command: str) -> set[str]:
    """The long options of a command, but for its help."""
    _, _, listed = help_of(*command).partition("options:")
    return set(re.findall(r"^ {2}(?:-\w, )?(--[a-z-]+)", listed, re.MULTILINE)) - {"--help"}


def sections() -> dict[str, str]:
    """Heading → text of each section of the page."""
    parts = re.split(r"^## (.+)$", page("cli.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section() -> None:
    documented = {heading.strip("`") for heading in sections() if heading.startswith("`")}

    assert "penstock schema diff" in documented
    assert documented == {f"penstock {' '.join(command)}" for command in commands()}


def test_every_option_has_its_row() -> None:
    documented = {
        command: set(re.findall(r"^\| `(--[a-z-]+)`", sections()[f"`penstock {' '.join(command)}`"], re.MULTILINE))
        for command in commands()
    }

    assert documented == {command: options_of(*command) for command in commands()}
