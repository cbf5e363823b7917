"""The page on dependencies knows each of them, and no other."""

from __future__ import annotations

import re
import tomllib

from tests.docs.reference import ROOT

PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def names(requirements: list[str]) -> set[str]:
    return {match[0].lower() for line in requirements if (match := re.match(r"[A-Za-z0-9._-]+", line))}


def test_every_dependency_has_a_row_and_every_row_a_dependency() -> None:
    section = PAGE.partition("## At run time")[2].partition("\n## ")[0]

    assert set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)) == names(PROJECT["dependencies"])


def test_every_extra_that_serves_is_told_of() -> None:
    extras = {
        extra: names(lines)
        for extra, lines in PROJECT["optional-dependencies"].items()
        if extra not in {"dev", "test", "lint"}
    }

    assert [name for packages in extras.values() for name in packages if f"`{name}`" not in PAGE] == []
    assert [extra for extra in extras if f"extra `{extra}`" not in PAGE] == []
