"""`docs/settings.md` has every setting as the code has it, and no other."""

from __future__ import annotations

from tests.docs.reference import ROOT, names_in, page, setting_rows


def test_every_setting_has_its_row() -> None:
    text = page("settings.md")

    missing = [row for row in setting_rows().values() if row not in text.splitlines()]

    assert missing == []


def test_no_page_names_a_setting_that_is_none() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

    named = {name for path in pages for name in names_in(path.read_text(encoding="utf-8"), r"PENSTOCK_[A-Z0-9_]+")}

    assert named - setting_rows().keys() == set()


def test_the_defaults_in_the_readme_are_the_defaults() -> None:
    rows = [line.split("|") for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `PENSTOCK")]

    shown = {row[1].strip(" `"): row[2].strip(" `") for row in rows}

    expected = {name: setting_rows()[name].split("|")[3].strip(" `") for name in shown}
    assert shown == expected
    assert shown
