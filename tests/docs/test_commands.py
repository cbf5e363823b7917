"""Every command of the documentation is run, here or in tests that are named here, and prints what its page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.cli.test_commands import free_port
from tests.docs.blocks import PAGES
from tests.docs.reference import ROOT
from tests.docs.sessions import Command, commands_of, run_session
from tests.docs.test_cli_page import commands, options_of
from tests.packaging.commands import clean_environment
from tests.support.sandboxes import sandbox

# How a command begins → what runs it, or its like, instead of the session of its page.
ELSEWHERE = {
    "python3 -m venv .venv": "tests/packaging",
    ". .venv/bin/activate": "tests/packaging",
    ".venv/bin/pip install -e .": "tests/packaging",
    ".venv/bin/penstock serve": "the session of connecting.md",
    "python -m venv /tmp/audit": "needs the index of known holes",
    "npm audit": "needs the index of known holes",
    "cd src/explorer": "tests/packaging",
    "npm install": "tests/codegen",
    "npx ": "tests/codegen",
    "pip install ariadne-codegen": "tests/codegen",
    "ariadne-codegen": "tests/codegen",
    "EMAIL=": "tests/codegen",
    "node compose.js": "tests/federation",
    "docker compose": "tests/docker",
    "docker run": "tests/docker",
    "python3 -m venv /tmp/sbom": "tests/packaging/test_wheel.py",
    "/tmp/sbom/bin/cyclonedx-py": "tests/packaging/test_wheel.py",
    "kubectl ": "tests/docker",
    "git add": "a store's own repository",
    "penstock dev": "this test's own gateway",
    "penstock sandbox": "tests/cli/test_commands.py",
    "penstock serve --host": "this test's own gateway",
    "penstock serve --definitions": "tests/cli/test_schema_life.py",
    "PENSTOCK_STATE_URL=/var/lib/penstock penstock serve": "tests/cli/test_workers.py",
    "OTEL_EXPORTER_OTLP_ENDPOINT=": "tests/telemetry",
    "penstock schema diff schema.graphql live --fail-on": "tests/cli/test_schema_diff.py",
    "penstock schema check new.graphql": "tests/cli/test_gateway_calls.py",
    "PENSTOCK_TRUSTED_DOCUMENTS_PATH=": "tests/codegen",
    "PENSTOCK_STATE_URL=redis://… penstock documents": "tests/cli/test_documents.py",
    "curl http://localhost:8000/graphql": "tests/http",
}
# Pages whose output is of another store than the sandbox's.
OF_ANOTHER_STORE = {"flows-as-code.md", "schema-changes.md", "schema-life.md"}


def is_run_elsewhere(command: Command) -> bool:
    return command.text.startswith(tuple(ELSEWHERE))


def sessions() -> Iterator[Path]:
    """Every page with a command that is run here."""
    for path in PAGES:
        if path.name != "README.md" and not all(map(is_run_elsewhere, commands_of(path))):
            yield path


@contextmanager
def serving(sandbox_url: str, folder: Path) -> Iterator[dict[str, str]]:
    """`penstock serve` as the page on connecting a store has it, and the environment that its reader has by then."""
    variables = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PENSTOCK_UPSTREAM_URL": sandbox_url,
        "PENSTOCK_CLIENT_ID": "sandbox",
        "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
        "PENSTOCK_ADMIN_TOKEN": "only-for-this-test",
        "PENSTOCK_PORT": str(free_port()),
    }
    (line,) = (item.text for item in commands_of(ROOT / "docs" / "connecting.md") if "penstock serve" in item.text)
    words = line.replace("8000", variables["PENSTOCK_PORT"]).split()
    environment = clean_environment(variables)
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_until_ready(f"http://127.0.0.1:{variables['PENSTOCK_PORT']}/readyz")
        yield environment
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(url):
                return
        except (HTTPError, URLError):
            time.sleep(0.05)  # another process has no event to wait for
    raise AssertionError(f"{url} is not ready")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with sandbox() as store, serving(store.url, tmp_path_factory.mktemp("serve")) as variables:
        yield variables


def as_here(text: str, environment: dict[str, str]) -> str:
    """A command with the addresses and the credentials that are right here."""
    here = {
        "http://127.0.0.1:8000": f"http://127.0.0.1:{environment['PENSTOCK_PORT']}",
        "http://127.0.0.1:8001": environment["PENSTOCK_UPSTREAM_URL"],
        "https://euwest.api.elasticpath.com": environment["PENSTOCK_UPSTREAM_URL"],
        "PENSTOCK_CLIENT_ID=…": "PENSTOCK_CLIENT_ID=sandbox",
        "PENSTOCK_CLIENT_SECRET=…": "PENSTOCK_CLIENT_SECRET=sandbox-secret",
    }
    for there, what in here.items():
        text = text.replace(there, what)
    # The gateway has this one already.
    return re.sub(r"^export PENSTOCK_ADMIN_TOKEN=.*", "true", text)


@pytest.mark.parametrize("path", list(sessions()), ids=lambda path: path.name)
def test_the_commands_of_a_page_do_what_it_says(path: Path, environment: dict[str, str], tmp_path: Path) -> None:
    commands = [
        Command(as_here(command.text, environment), command.shown)
        for command in commands_of(path)
        if not is_run_elsewhere(command)
    ]

    printed = run_session(commands, tmp_path, environment)

    for command, got in zip(commands, printed, strict=True):
        shown = ".*".join(re.escape(part) for part in command.shown.rstrip("\n").split("…"))
        if command.shown and path.name not in OF_ANOTHER_STORE:
            assert re.fullmatch(shown, got.rstrip("\n"), re.DOTALL), f"{command.text}\n{got}"


def test_nothing_is_run_elsewhere_that_no_page_has() -> None:
    texts = [command.text for path in PAGES for command in commands_of(path)]

    assert [start for start in ELSEWHERE if not any(text.startswith(start) for text in texts)] == []
    assert [place for place in ELSEWHERE.values() if place.startswith("tests/") and not (ROOT / place).exists()] == []


def penstock_lines() -> set[str]:
    """What follows `penstock` in every command and in every code span."""
    spans = (span for path in PAGES for span in re.findall(r"`(penstock [^`\n]+)`", path.read_text(encoding="utf-8")))
    texts = (command.text for path in PAGES for command in commands_of(path))
    lines = (re.search(r"(?:^|.*[ /])penstock ([a-z-][^#>|\\]*)", text) for text in (*spans, *texts))
    return {line[1].strip() for line in lines if line}


def test_every_command_that_a_page_names_is_one_with_these_options() -> None:
    known = {" ".join(command): {*options_of(*command), "--help"} for command in commands()}
    groups = {command.partition(" ")[0] for command in known}
    wrong = []

    for line in penstock_lines() - groups - {"--version"}:
        command = next((name for name in sorted(known, reverse=True) if f"{line} ".startswith(f"{name} ")), None)
        if command is None or set(re.findall(r"--[a-z-]+", line)) - known[command]:
            wrong.append(line)

    assert wrong == []
