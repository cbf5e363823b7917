"""Commands as a terminal runs them: what they print, how they stop, what they exit with."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from penstock import __version__
from tests.support.sandboxes import RunningSandbox

PENSTOCK = (sys.executable, "-W", "error", "-m", "penstock")


def environment(**variables: str) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PENSTOCK_")}
    return kept | variables


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PENSTOCK, *arguments], env=environment(**variables), capture_output=True, text=True, timeout=30, check=False
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(*arguments: str, until: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command under way, and what it printed until a line with this text came."""
    process = subprocess.Popen(
        [*PENSTOCK, *arguments],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, _read_until(process, until)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _read_until(process: subprocess.Popen[str], until: str) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if until in line:
            break
    return "".join(lines)


def interrupt(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> tuple[int, str, float]:
    started = time.monotonic()
    os.killpg(process.pid, number)
    output, _ = process.communicate(timeout=15)
    return process.returncode, output, time.monotonic() - started


@pytest.mark.parametrize("words", [("version",), ("--version",)])
def test_version_prints_the_version(words: tuple[str, ...]) -> None:
    done = run(*words)

    assert (done.returncode, done.stdout) == (0, f"penstock {__version__}\n")


def test_dev_prints_a_line_that_returns_a_custom_field_and_stops_on_interrupt() -> None:
    port, sandbox_port = free_port(), free_port()
    with running("dev", "--port", str(port), "--sandbox-port", str(sandbox_port), until="curl -s") as (
        process,
        printed,
    ):
        line = next(text.strip() for text in printed.splitlines() if "curl" in text)
        words = shlex.split(line)
        answer = httpx.post(
            words[2], content=words[-1], headers=dict(word.split(": ") for word in (words[4], words[6])), timeout=10
        )
        code, output, seconds = interrupt(process)

    nodes = answer.json()["data"]["customers"]["nodes"]
    assert nodes[0]["deliveryDetails"]
    assert f"http://127.0.0.1:{port}/graphql" in printed
    assert f"http://127.0.0.1:{sandbox_port}" in printed
    assert re.search(r"Sign in as \S+@\S+ with the password \S+", printed)
    assert code == 0
    assert "Traceback" not in output
    assert seconds < 3


def test_dev_keeps_its_data_in_a_folder(tmp_path: Path) -> None:
    arguments = ("dev", "--port", "0", "--sandbox-port", "0", "--data", str(tmp_path / "store"))
    for _ in range(2):
        with running(*arguments, until="curl -s") as (process, printed):
            code, _, _ = interrupt(process, signal.SIGTERM)

        assert str(tmp_path / "store") in printed
        assert code == 0
    assert any((tmp_path / "store").iterdir())


@pytest.mark.parametrize("option", ["--port", "--sandbox-port"])
def test_a_taken_port_is_one_sentence_and_exit_2(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        other = "--sandbox-port" if option == "--port" else "--port"
        done = run("dev", option, port, other, "0")

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"penstock: Port {port} of 127.0.0.1 is taken; choose another one with {option}.\n"


def test_an_unusable_data_folder_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for command in (("dev", "--port", "0", "--sandbox-port", "0"), ("sandbox", "--port", "0")):
        done = run(*command, "--data", str(tmp_path / "file"))

        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert str(tmp_path / "file") in done.stderr


def test_serve_without_a_store_is_one_sentence_and_exit_2() -> None:
    done = run("serve")

    assert done.returncode == 2
    assert done.stderr.startswith("penstock: PENSTOCK_UPSTREAM_URL is not set;")
    assert len(done.stderr.splitlines()) == 1


def test_a_shared_state_that_cannot_be_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = {"PENSTOCK_UPSTREAM_URL": "http://127.0.0.1:1", "PENSTOCK_CLIENT_ID": "c"}
    for where, said in (
        (f"{tmp_path}/file/state", "cannot be used (Not a directory); give one that can be written."),
        (f"rediss://:planted@127.0.0.1?ca_file={tmp_path}/none.pem", "cannot be read (No such file or directory)"),
        ("redis://:planted@127.0.0.1/x", "its value cannot be used; give a redis:// or rediss:// URL"),
    ):
        done = run("serve", "--port", "0", "--workers", "2", **store, PENSTOCK_STATE_URL=where)

        assert done.returncode == 2
        assert said in done.stderr
        assert done.stderr.count("\n") <= 2
        assert "planted" not in done.stderr


def test_a_bad_setting_and_a_bad_option_exit_with_2() -> None:
    setting = run("serve", PENSTOCK_PORT="eighty")
    option = run("serve", "--port", "eighty")

    assert (setting.returncode, option.returncode) == (2, 2)
    assert setting.stderr.startswith("penstock: PENSTOCK_PORT: 'eighty' cannot be used; ")


def test_an_unknown_variable_is_a_warning() -> None:
    done = run("schema", "print", PENSTOCK_UPSTREAM_URI="x")

    assert (
        "PENSTOCK_UPSTREAM_URI is no setting and does nothing. The nearest one is PENSTOCK_UPSTREAM_URL." in done.stderr
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_answers_and_stops_cleanly(seeded: RunningSandbox, workers: str) -> None:
    port = free_port()
    store = {
        "PENSTOCK_UPSTREAM_URL": seeded.url,
        "PENSTOCK_CLIENT_ID": "sandbox",
        "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
    }
    arguments = ("serve", "--port", str(port), "--workers", workers)
    with running(*arguments, until="Penstock serves", **store) as (process, printed):
        answer = _ask_until_ready(f"http://127.0.0.1:{port}")
        _wait_for_workers(f"http://127.0.0.1:{port}", float(workers))
        code, output, seconds = interrupt(process)

    assert answer.json()["data"]["schemaInfo"]["version"] == answer.headers["schema-version"]
    assert "server" not in answer.headers
    assert f"http://127.0.0.1:{port}/graphql" in printed
    assert code == 0
    assert "Traceback" not in output
    assert "should not have happened" not in output
    assert seconds < 5


def _wait_for_workers(url: str, workers: float) -> None:
    deadline = time.monotonic() + 20
    while f"\npenstock_workers {workers}\n" not in httpx.get(f"{url}/metrics").text:
        assert time.monotonic() < deadline
        time.sleep(0.1)  # another process has no event to wait for


def _ask_until_ready(url: str) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(retries=5), timeout=20) as client:
        return client.post(f"{url}/graphql", json={"query": "{ schemaInfo { version } }"})


def test_the_sandbox_runs_alone() -> None:
    port = free_port()
    with running("sandbox", "--port", str(port), until="The sandbox serves") as (process, _):
        answer = httpx.post(
            f"http://127.0.0.1:{port}/oauth/access_token", data={"client_id": "sandbox", "grant_type": "implicit"}
        )
        code, output, _ = interrupt(process)

    assert answer.json()["access_token"]
    assert (code, output) == (0, "")


def test_schema_print_is_the_same_from_the_store_and_from_a_gateway(seeded: RunningSandbox) -> None:
    store = {
        "PENSTOCK_UPSTREAM_URL": seeded.url,
        "PENSTOCK_CLIENT_ID": "sandbox",
        "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
    }
    port = free_port()
    built = run("schema", "print", **store)
    with running("serve", "--port", str(port), until="Penstock serves", **store):
        fetched = run("schema", "print", "--url", f"http://127.0.0.1:{port}/graphql")

    assert built.returncode == 0
    assert "deliveryDetails" in built.stdout
    assert fetched.stdout == built.stdout


@pytest.mark.parametrize("url", ["ftp://x", "nonsense", "http://"])
def test_schema_print_of_a_bad_url_is_one_sentence(url: str) -> None:
    done = run("schema", "print", "--url", url)

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_schema_print_of_a_silent_gateway_fails_in_one_sentence() -> None:
    done = run("schema", "print", "--url", f"http://127.0.0.1:{free_port()}")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
