"""The health check of the image, asked of real servers."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.docker.recipe import ROOT
from tests.packaging.commands import clean_environment


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[int]:
    """The port of a server."""
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def ask(place: str, port: int) -> tuple[int, str]:
    """Exit code and messages of the check."""
    done = subprocess.run(
        [sys.executable, ROOT / "docker" / "health.py", place],
        env=clean_environment({"PENSTOCK_PORT": str(port)}),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("status", "code"), [(200, 0), (401, 0), (404, 0), (500, 1), (503, 1)])
def test_any_answer_but_a_failure_is_health(status: int, code: int) -> None:
    with serving() as port:
        assert ask(f"/{status}", port) == (code, "")


def test_a_url_is_asked_where_it_says() -> None:
    with serving() as port:
        assert ask(f"http://127.0.0.1:{port}/401", 1) == (0, "")


def test_no_server_is_no_health() -> None:
    with serving() as port:
        pass

    assert ask("/200", port) == (1, "")
