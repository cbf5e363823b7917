"""When `penstock dev` opens a page, and that it does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from penstock.cli.browser import wants_page
from tests.cli.test_commands import interrupt, running

SCREEN = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("chosen", "environ", "platform", "is_terminal", "wanted"),
    [
        (None, SCREEN, "linux", True, True),
        (None, {"WAYLAND_DISPLAY": "w"}, "linux", True, True),
        (None, {}, "linux", True, False),
        (None, SCREEN, "linux", False, False),
        (None, SCREEN | {"CI": "true"}, "linux", True, False),
        (None, {"SSH_CONNECTION": "a"}, "linux", True, False),
        (None, {}, "darwin", True, True),
        (None, {"SSH_CONNECTION": "a"}, "darwin", True, False),
        (True, {"CI": "true"}, "linux", False, True),
        (False, SCREEN, "linux", True, False),
    ],
)
def test_a_page_is_opened_where_somebody_sees_it(
    chosen: bool | None, environ: dict[str, str], platform: str, is_terminal: bool, wanted: bool
) -> None:
    assert wants_page(chosen, environ, platform, is_terminal=is_terminal) is wanted


def browser(folder: Path, exit_code: int = 0) -> str:
    """A browser that writes down what it is asked to open."""
    script = folder / "browser.py"
    script.write_text(f"import sys\nopen({str(folder / 'opened')!r}, 'w').write(sys.argv[1])\nsys.exit({exit_code})\n")
    return f"{sys.executable} {script} %s"


def test_dev_opens_the_explorer_when_told_to(tmp_path: Path) -> None:
    command = ("dev", "--open", "--port", "0", "--sandbox-port", "0")
    with running(*command, "--data", str(tmp_path / "d"), until="No browser", BROWSER=browser(tmp_path, 1)) as (
        process,
        printed,
    ):
        code, _, _ = interrupt(process)
    opened = (tmp_path / "opened").read_text()

    assert opened.startswith("http://127.0.0.1:")
    assert opened.endswith("/graphql")
    assert opened in printed
    assert code == 0


def test_dev_opens_nothing_without_a_terminal(tmp_path: Path) -> None:
    with running("dev", "--port", "0", "--sandbox-port", "0", until="curl -s", BROWSER=browser(tmp_path)) as (
        process,
        _,
    ):
        code, output, _ = interrupt(process)

    assert not (tmp_path / "opened").exists()
    assert "No browser" not in output
    assert code == 0
