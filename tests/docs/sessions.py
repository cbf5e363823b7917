"""The shell commands of a page, run in their order in one shell, and what each of them printed.

Never here: tests, what a page ought to say.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.docs.blocks import blocks_of

MARK = "--8<-- the next command"


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a page shows it.

    Attributes:
        text: All of it, be it several lines.
        shown: What the page says that it prints; empty where it says nothing.
    """

    text: str
    shown: str

    @property
    def may_fail(self) -> bool:
        """Whether the page shows it fail."""
        return self.shown.startswith("penstock: ")


def commands_of(path: Path) -> list[Command]:
    """Every command of a page: a `sh` block has one a line, a `console` block one behind each `$`."""
    return [command for block in blocks_of(path) for command in _commands_in(block.kind, block.text)]


def _commands_in(kind: str, text: str) -> Iterator[Command]:
    if kind == "sh" and not text.startswith("$ "):
        lines = re.sub(r"\\\n", "\\\n\0", text).splitlines()
        yield from (Command(line, "") for line in _joined(lines))
    if kind in {"sh", "console"} and text.startswith("$ "):
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield Command(command, shown)


def _joined(lines: list[str]) -> Iterator[str]:
    """Lines, those that go on put together."""
    whole = ""
    for line in lines:
        whole += line.replace("\0", "\n")
        if not line.endswith("\\") and whole.strip():
            yield whole
            whole = ""


def run_session(commands: list[Command], folder: Path, environment: Mapping[str, str]) -> list[str]:
    """What each command printed, errors included; the first that fails, and should not, ends it.

    Raises:
        AssertionError: One failed.
    """
    script = "\n".join(_step(command) for command in commands)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = done.stdout.split(f"{MARK}\n")[1:]
    failing = commands[len(printed) - 1].text if printed else ""
    assert done.returncode == 0, f"{failing}\n{printed[-1:]}\n{done.stderr}"
    return printed


def _step(command: Command) -> str:
    unless = "true" if command.may_fail else "exit 1"
    return f"echo '{MARK}'\n{{ {command.text}\n}} 2>&1 || {unless}"
