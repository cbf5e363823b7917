"""The hook that builds the explorer: what it needs, and what it does where that is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "explorer"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """The hook's module, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("build_hook", SOURCES / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Screen:
    """Stands where hatchling shows warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the explorer's sources, and an old build that nobody should meet again."""
    folder = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("node_modules", "built", "__pycache__")
    shutil.copytree(SOURCES, folder / "src" / "explorer", ignore=ignored)
    output = folder / "src" / "penstock" / "http" / "built"
    output.mkdir(parents=True)
    (output / "manifest.json").write_text("{}")
    return folder


def tools(folder: Path, monkeypatch: pytest.MonkeyPatch, *, node: str, npm: str) -> None:
    """Put commands of these scripts before everything else; an empty script is a missing command."""
    folder.mkdir()
    for name, script in (("node", node), ("npm", npm)):
        if script:
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin-without-node")


def initialize(hook: ModuleType, checkout: Path) -> tuple[list[str], list[str]]:
    """What the hook warns of, and which files it has version control not ignore."""
    screen = Screen()
    built = hook.ExplorerBuildHook(str(checkout), {}, None, None, "", "wheel", screen)
    data: dict[str, list[str]] = {"artifacts": []}
    built.initialize("standard", data)
    return screen.warnings, data["artifacts"]


@pytest.mark.parametrize(
    ("node", "npm", "reason"),
    [
        ("", "", "not installed"),
        ("echo v22.12.0", "", "not installed"),
        ("echo v18.19.0", "exit 0", "too old"),
        ("echo v20.18.9", "exit 0", "too old"),
        ("echo v22.12.0", "echo no network >&2; exit 1", "npm ci failed: no network"),
        ("exit 3", "exit 0", "node --version failed"),
    ],
)
def test_what_cannot_be_built_is_a_warning_and_leaves_nothing_old(
    hook: ModuleType, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str, npm: str, reason: str
) -> None:
    tools(tmp_path / "tools", monkeypatch, node=node, npm=npm)
    monkeypatch.delenv(hook.VARIABLE, raising=False)

    warnings, artifacts = initialize(hook, checkout)

    assert len(warnings) == 1
    assert reason in warnings[0]
    assert artifacts == ["/src/penstock/http/built/*"]
    assert not (checkout / hook.OUTPUT).exists()


def test_where_it_is_required_its_absence_is_an_error(
    hook: ModuleType, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(tmp_path / "tools", monkeypatch, node="", npm="")
    monkeypatch.setenv(hook.VARIABLE, "require")

    with pytest.raises(hook.NotBuiltError, match=r"Node\.js"):
        initialize(hook, checkout)


def test_where_it_is_off_nothing_is_built_or_left(
    hook: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hook.VARIABLE, "off")

    warnings, _ = initialize(hook, checkout)

    assert warnings == []
    assert not (checkout / hook.OUTPUT).exists()


def test_what_is_made_of_the_same_sources_is_not_made_again(
    hook: ModuleType, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools(tmp_path / "tools", monkeypatch, node="", npm="")
    monkeypatch.delenv(hook.VARIABLE, raising=False)
    (checkout / hook.OUTPUT / hook.MADE_OF).write_text(hook.digest(checkout / "src" / "explorer"))

    same, _ = initialize(hook, checkout)
    (checkout / "src" / "explorer" / "main.css").write_text("/* changed */")
    changed, _ = initialize(hook, checkout)

    assert same == []
    assert len(changed) == 1


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [((20, 18), False), ((20, 19), True), ((21, 9), False), ((22, 11), False), ((22, 12), True), ((24, 0), True)],
)
def test_the_version_of_node_is_the_bundlers(hook: ModuleType, version: tuple[int, int], is_enough: bool) -> None:
    assert hook.is_new_enough(*version) is is_enough
