"""The README's commands are the ones that CI runs."""

from __future__ import annotations

import re

from tests.docs.reference import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_first_command_installs_and_runs_the_sandbox_and_the_gateway() -> None:
    steps = COMMANDS[0].strip().split(" && ")

    assert steps == ["python3 -m venv .venv", ".venv/bin/pip install .", ".venv/bin/penstock dev"]


def test_the_second_command_is_one_line_and_what_ci_runs_last() -> None:
    second = COMMANDS[1].strip()
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "\n" not in second
    assert second.endswith(".venv/bin/python -m pytest -n auto")
    assert run.rstrip().endswith(f"\n{second}")


def test_every_page_of_the_documentation_is_linked() -> None:
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}

    assert pages - set(re.findall(r"\]\((docs/[^)#]+)\)", README)) == set()
