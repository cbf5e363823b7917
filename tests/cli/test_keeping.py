"""`schema lock` and `schema pull` against a store, and a gateway that serves on what they wrote."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.test_commands import run, running
from tests.cli.test_workers import children
from tests.support.sandboxes import RunningSandbox, sandbox


@pytest.fixture
def store() -> Iterator[RunningSandbox]:
    with sandbox() as serving:
        yield serving


def variables(store: RunningSandbox) -> dict[str, str]:
    return {
        "PENSTOCK_UPSTREAM_URL": store.url,
        "PENSTOCK_CLIENT_ID": "sandbox",
        "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
    }


def rename(store: RunningSandbox, slug: str, to: str) -> None:
    listed = store.call("GET", "/v2/flows/customers/fields").json()["data"]
    identity = next(field["id"] for field in listed if field["slug"] == slug)
    store.call("PUT", f"/v2/fields/{identity}", {"id": identity, "type": "field", "slug": to}).raise_for_status()


def test_a_lock_is_written_checked_and_kept(store: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "schema.lock.json"
    missing = run("schema", "lock", str(path), "--check", **variables(store))
    first = run("schema", "lock", str(path), **variables(store))
    text = path.read_bytes()
    again = run("schema", "lock", str(path), **variables(store))
    checked = run("schema", "lock", str(path), "--check", **variables(store))

    assert (missing.returncode, path.name in missing.stderr) == (1, True)
    assert first.returncode == 0, first.stderr
    assert "customers.deliveryDetails (field " in first.stdout
    assert (again.returncode, again.stdout, path.read_bytes()) == (0, "", text)
    assert (checked.returncode, checked.stdout) == (0, "")
    assert "sandbox-secret" not in text.decode()


def test_a_stale_lock_says_what_is_stale_and_pins_what_is_printed(store: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    environment = variables(store) | {"PENSTOCK_SCHEMA_LOCK": str(path)}
    run("schema", "lock", str(path), **variables(store))
    rename(store, "delivery_details", "where_to")
    stale = run("schema", "lock", "--check", **environment)
    printed = run("schema", "print", **environment)
    renewed = run("schema", "lock", **environment)
    fresh = run("schema", "lock", "--check", **environment)

    assert stale.returncode == 1
    assert "had the slug delivery_details and has where_to" in stale.stdout
    assert "deliveryDetails: String" in printed.stdout
    assert "whereTo" not in printed.stdout
    assert (renewed.returncode, fresh.returncode) == (0, 0)


def test_a_name_chosen_in_the_lock_is_the_name(store: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    run("schema", "lock", str(path), **variables(store))
    path.write_text(path.read_text().replace('"deliveryDetails"', '"dropOffNote"'))
    printed = run("schema", "print", **variables(store), PENSTOCK_SCHEMA_LOCK=str(path))

    assert "dropOffNote: String" in printed.stdout
    assert "deliveryDetails" not in printed.stdout


@pytest.mark.parametrize(
    ("variable", "text"),
    [("PENSTOCK_SCHEMA_LOCK", None), ("PENSTOCK_SCHEMA_LOCK", "{"), ("PENSTOCK_DEFINITIONS", "[]")],
)
def test_serve_refuses_files_that_cannot_be_used(
    store: RunningSandbox, tmp_path: Path, variable: str, text: str | None
) -> None:
    path = tmp_path / "file.json"
    if text is not None:
        path.write_text(text)
    done = run("serve", "--port", "0", **variables(store) | {variable: str(path)})

    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_gateway_serves_on_pulled_definitions_with_all_its_workers(store: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "definitions.json"
    done = run("schema", "pull", str(path), **variables(store))
    shown = run("schema", "pull", **variables(store))
    dead = variables(store) | {"PENSTOCK_UPSTREAM_URL": "http://127.0.0.1:9"}
    options = ("serve", "--port", "0", "--workers", "2", "--definitions", str(path))
    with running(*options, until="Penstock serves", **dead) as (_, said):
        url = said.partition("serves ")[2].partition("/graphql")[0].strip()
        ready = _ready(url)
        sdl = httpx.get(f"{url}/schema.graphql").text

    assert done.returncode == 0, done.stderr
    assert json.loads(shown.stdout)["fields"] == json.loads(path.read_text())["fields"]
    assert (ready["ready"], ready["source"]) == (True, "file")
    assert "deliveryDetails" in sdl


def test_workers_without_a_state_of_their_own_keep_names_when_they_are_killed(store: RunningSandbox) -> None:
    admin = {"authorization": "Bearer admin-token-of-the-test"}
    more = {"PENSTOCK_ADMIN_TOKEN": "admin-token-of-the-test", "PENSTOCK_SCHEMA_POLL_SECONDS": "0"}
    renamed = 'slug: "where_to")'
    with running("serve", "--port", "0", "--workers", "2", until="Penstock serves", **variables(store), **more) as (
        process,
        said,
    ):
        url = said.partition("serves ")[2].partition("/graphql")[0].strip()
        _ready(url)
        rename(store, "delivery_details", "where_to")
        reloaded = httpx.post(f"{url}/admin/schema/reload", headers=admin, timeout=20).json()["outcome"]
        killed = children(process.pid)
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
        lines = _until_all_say(url, renamed)
        alive = children(process.pid)

    assert reloaded == "swapped"
    assert not killed & alive
    assert {line.partition(":")[0].strip() for line in lines} == {"deliveryDetails"}


def _until_all_say(url: str, text: str) -> set[str]:
    """The lines with that text, once the schemas of a dozen connections agree that there are some."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            schemas = [httpx.get(f"{url}/schema.graphql", timeout=20).text for _ in range(12)]
        except httpx.TransportError:
            schemas = [""]
        if all(text in schema for schema in schemas):
            return {line for schema in schemas for line in schema.splitlines() if text in line}
        time.sleep(0.1)  # another process has no event to wait for
    raise AssertionError("the workers do not agree")


def _ready(url: str) -> dict[str, object]:
    transport = httpx.HTTPTransport(retries=20)
    with httpx.Client(transport=transport, timeout=20) as client:
        answer: dict[str, object] = client.get(f"{url}/readyz").json()
    return answer


def test_no_lock_is_written_without_the_names_that_are_shared(store: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    done = run("schema", "lock", str(path), **variables(store), PENSTOCK_STATE_URL="redis://127.0.0.1:1")

    assert (done.returncode, done.stderr.startswith("penstock: The shared state cannot be reached")) == (1, True)
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_one_sentence(store: RunningSandbox, tmp_path: Path) -> None:
    for command in ("lock", "pull"):
        done = run("schema", command, str(tmp_path / "no" / "such"), **variables(store))

        assert done.returncode == 2
        assert "cannot be" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
