"""`penstock schema diff`: schemas from files, gateways and the live store, compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import build_schema, introspection_from_schema

from tests.support.commands import run_here
from tests.support.sandboxes import RunningSandbox, sandbox

from .test_commands import free_port, run, running

OLD = "type Query { a: Int b(x: Int): Int }"
NEW = "type Query { a: Int c: Int }"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """An old and a new schema in files."""
    (tmp_path / "old.graphql").write_text(OLD)
    (tmp_path / "new.graphql").write_text(NEW)
    return str(tmp_path / "old.graphql"), str(tmp_path / "new.graphql")


def test_changes_are_printed_grouped_the_worst_first(files: tuple[str, str]) -> None:
    done = run("schema", "diff", *files)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "1 breaking, 0 dangerous, 1 safe\n\nBreaking\n  Query.b removed\n\nSafe\n  Query.c added: Int\n"
    )


def test_json_tells_the_same(files: tuple[str, str]) -> None:
    told = json.loads(run_here("schema", "diff", *files, "--format", "json").stdout)

    assert told == {
        "breaking": 1,
        "dangerous": 0,
        "safe": 1,
        "changes": [
            {"level": "breaking", "kind": "FIELD_REMOVED", "coordinate": "Query.b", "description": "Query.b removed"},
            {"level": "safe", "kind": "FIELD_ADDED", "coordinate": "Query.c", "description": "Query.c added: Int"},
        ],
    }


@pytest.mark.parametrize(
    ("order", "fail_on", "code"),
    [
        ((0, 1), "breaking", 1),
        ((0, 1), "dangerous", 1),
        ((1, 1), "dangerous", 0),
    ],
)
def test_it_fails_on_the_level_that_is_asked_for_and_on_worse(
    files: tuple[str, str], order: tuple[int, int], fail_on: str, code: int
) -> None:
    done = run_here("schema", "diff", files[order[0]], files[order[1]], "--fail-on", fail_on)

    assert done.returncode == code


def test_a_dangerous_change_fails_only_where_dangerous_ones_do(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("type Query { a: E } enum E { A }")
    (tmp_path / "new").write_text("type Query { a: E } enum E { A B }")
    arguments = ("schema", "diff", str(tmp_path / "old"), str(tmp_path / "new"), "--fail-on")

    assert [run_here(*arguments, level).returncode for level in ("breaking", "dangerous")] == [0, 1]


def test_an_introspection_result_in_a_file_is_a_schema(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text(json.dumps({"data": introspection_from_schema(build_schema(OLD))}))
    done = run_here("schema", "diff", files[0], str(tmp_path / "told.json"))

    assert (done.returncode, done.stdout) == (0, "No changes.\n")


def test_what_cannot_be_read_is_one_sentence_and_exit_2(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "text").write_text("no schema")
    for wrong in ("missing.graphql", str(tmp_path), str(tmp_path / "binary"), str(tmp_path / "text"), "http://"):
        done = run_here("schema", "diff", files[0], wrong)

        assert done.returncode == 2, wrong
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""


def test_the_terminal_obeys_nothing_that_a_merchant_wrote(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("type Query { a: Int }")
    (tmp_path / "new").write_text('type Query { a: Int @deprecated(reason: "\\u001b[2J\\u0007gone") }')
    done = run_here("schema", "diff", str(tmp_path / "old"), str(tmp_path / "new"))

    assert "gone" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_a_gateway_its_introspection_and_the_live_store_are_compared() -> None:
    with sandbox() as store:
        variables = {
            "PENSTOCK_UPSTREAM_URL": store.url,
            "PENSTOCK_CLIENT_ID": "sandbox",
            "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
            "PENSTOCK_SCHEMA_POLL_SECONDS": "0",
        }
        port = free_port()
        with running("serve", "--port", str(port), until="Penstock serves", **variables):
            gateway = f"http://127.0.0.1:{port}"
            same = run_here("schema", "diff", gateway, f"{gateway}/graphql", **variables)
            _remove_field(store, "delivery_details")
            changed = run_here("schema", "diff", gateway, "live", "--fail-on", "breaking", **variables)
            wrong = run_here("schema", "diff", f"{gateway}/nothing.json", "live", **variables)

    assert (same.returncode, same.stdout) == (0, "No changes.\n")
    assert changed.returncode == 1
    assert "  Customer.deliveryDetails removed\n" in changed.stdout
    assert wrong.returncode == 2


def _remove_field(store: RunningSandbox, slug: str) -> None:
    fields = store.call("GET", "/v2/flows/customers/fields").json()["data"]
    identity = next(field["id"] for field in fields if field["slug"] == slug)
    assert store.call("DELETE", f"/v2/fields/{identity}").status_code == 204
