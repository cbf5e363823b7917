"""Runs the installed command as a stranger would, and stops it with Ctrl-C."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Dev:
    """A running `penstock dev`.

    Attributes:
        said: What it printed until it was ready.
        curl: The line it offers, as arguments.
        sandbox_url: Where its sandbox is.
        login: E-mail and password of the customer it offers.
    """

    said: str
    curl: tuple[str, ...]
    sandbox_url: str
    login: tuple[str, str]

    @property
    def graphql_url(self) -> str:
        """The endpoint, as the curl line has it."""
        return self.curl[2]

    @property
    def authorization(self) -> str:
        """The value of the curl line's `Authorization`."""
        return next(part for part in self.curl if part.startswith("Authorization: ")).partition(": ")[2]

    def paste(self) -> Any:
        """What the curl line gets, headers and body as it has them."""
        headers = [value for option, value in zip(self.curl, self.curl[1:], strict=False) if option == "-H"]
        body = next(value for option, value in zip(self.curl, self.curl[1:], strict=False) if option == "-d")
        return self._post(body.encode(), dict(line.split(": ", 1) for line in headers))

    def ask(self, query: str, headers: Mapping[str, str], variables: Mapping[str, object] | None = None) -> Any:
        """The answer to a document."""
        body = json.dumps({"query": query, "variables": dict(variables or {})}).encode()
        return self._post(body, {"Content-Type": "application/json", **headers})

    def _post(self, body: bytes, headers: Mapping[str, str]) -> Any:
        with urlopen(Request(self.graphql_url, body, dict(headers))) as answer:
            return json.load(answer)


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without settings of ours and without an interpreter's own paths."""
    dropped = ("PENSTOCK_", "PYTHON", "VIRTUAL_ENV", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, **(more or {})}


@contextmanager
def running_dev(penstock: Path, folder: Path) -> Iterator[Dev]:
    """A `penstock dev` on ports that the system chose; leaving stops it and checks that it ended well.

    Args:
        penstock: The command.
        folder: Where it runs; its messages go to a file there.
    """
    complaints = folder / "dev.stderr"
    with complaints.open("w") as stderr:
        process = subprocess.Popen(
            [penstock, "dev", "--port", "0", "--sandbox-port", "0"],
            cwd=folder,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    try:
        yield _read_announcement(process, complaints)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=STOP_SECONDS)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, complaints.read_text()
    assert "Traceback" not in complaints.read_text()


def _read_announcement(process: subprocess.Popen[str], complaints: Path) -> Dev:
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("  curl "):
            break
    else:
        raise AssertionError(f"penstock dev ended early:\n{''.join(said)}{complaints.read_text()}")
    sandbox = next(line for line in said if line.split()[:1] == ["Sandbox"])
    words = next(line for line in said if line.split()[:2] == ["Sign", "in"]).split()
    return Dev("".join(said), tuple(shlex.split(said[-1])), sandbox.split()[1], (words[3], words[-1]))
