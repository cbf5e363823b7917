"""`docs/errors.md` has every code that a client may see, and no other."""

from __future__ import annotations

from typing import get_args

from penstock.errors import Code
from penstock.operations.sayings import SAYINGS
from penstock.schema.fixed_types import USER_ERROR_CODES
from tests.docs.reference import page


def codes_in(section: str) -> list[str]:
    """The codes of the table of one section, in its order."""
    _, _, rest = page("errors.md").partition(f"\n## {section}\n")
    lines = rest.partition("\n## ")[0].splitlines()
    cells = [line.split("|")[1].strip() for line in lines if line.startswith("| `")]
    return [cell.strip("`") for cell in cells if cell.strip("`").isupper()]


def test_every_top_level_code_is_explained_once() -> None:
    assert sorted(codes_in("Top-level errors")) == sorted(get_args(Code))


def test_every_user_error_code_is_explained_once() -> None:
    assert codes_in("User errors") == [code for code, _ in USER_ERROR_CODES]


def test_every_code_of_a_warning_is_explained_once() -> None:
    made_here = {"ORDER_NOT_READABLE", "SCHEMA_NOT_RENEWED", "WARNING"}

    assert codes_in("Warnings") == sorted({code for _, code, _ in SAYINGS} | made_here)
