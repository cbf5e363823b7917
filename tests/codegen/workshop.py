"""The tools, installed as their lock files say, and the files of the guide laid out for one of them.

Never here: tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.reference import page

HERE = Path(__file__).parent
FILE = re.compile(r"^`([\w./]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def not_run(reason: str) -> None:
    """In CI a failure, else a skip."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"tools not run: {reason}")


def section_of(section: str, guide: str) -> str:
    """The text of one section of a guide."""
    _, _, rest = page(guide).partition(f"\n## {section}\n")
    return rest.partition("\n## ")[0]


def files_in(text: str) -> dict[str, str]:
    """Path → text of every file that a part of a page shows."""
    return dict(FILE.findall(text))


def files_of(section: str, guide: str = "codegen.md") -> dict[str, str]:
    """Path → text of every file that a section of a guide shows."""
    return files_in(section_of(section, guide))


def commands_of(section: str, guide: str = "codegen.md") -> list[str]:
    """Every command of a section of a guide, in order, without what it prints."""
    return re.findall(r"^\$ (.+)$", section_of(section, guide), re.MULTILINE)


def printed_in(section: str) -> str:
    """The line that the last command of a section prints, as the guide shows it."""
    return re.findall(r"^\{.+\}$", section_of(section, "codegen.md"), re.MULTILINE)[-1]


@dataclass(frozen=True, slots=True)
class Shop:
    """A served gateway, and who can sign in there."""

    url: str
    email: str
    password: str

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the guide's programs."""
        return {"GRAPHQL_URL": f"{self.url}/graphql", "EMAIL": self.email, "PASSWORD": self.password}


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder where a tool is at work.

    Attributes:
        folder: It has the files.
        path: Where commands are found, before the rest.
    """

    folder: Path
    path: Path

    def run(self, command: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command line of the guide."""
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "COV_"))},
            "NO_COLOR": "1",
            "PATH": f"{self.path}{os.pathsep}{os.environ['PATH']}",
            **(variables or {}),
        }
        return subprocess.run(
            command.removeprefix("npx "),
            shell=True,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def do(self, command: str, variables: Mapping[str, str] | None = None) -> str:
        """Run a command that must succeed; what it printed."""
        done = self.run(command, variables)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout


def lay_out(folder: Path, files: Mapping[str, str], modules: Path) -> Bench:
    """A folder with these files and the installed Node.js tools."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    (folder / "node_modules").symlink_to(modules)
    return Bench(folder, modules / ".bin")


def install_node_tools(folder: Path, locked: Path = HERE) -> Path | None:
    """The `node_modules` of a lock file, freshly installed; None where that cannot be."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        not_run("install Node.js with npm")
        return None
    for name in ("package.json", "package-lock.json"):
        shutil.copy(locked / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        not_run(f"npm ci failed: {done.stderr[-500:]}")
        return None
    return folder / "node_modules"


def install_python_tools(folder: Path) -> Path | None:
    """The commands of an environment of their own: the tool needs another graphql-core than the gateway."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    commands = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", commands / "python", "--disable-pip-version-check"]
    install = [*pip, "install", "-q", "--no-compile", "-r", HERE / "requirements.txt"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        not_run(f"pip failed: {done.stderr[-500:]}")
        return None
    return commands
