"""Flows as code on a terminal: export, plan and apply against the sandbox, and what is said when things go wrong."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import httpx
import pytest

from penstock.cli.main import main
from tests.cli.test_commands import PENSTOCK, environment
from tests.docs.reference import DOCS, page
from tests.support.sandboxes import RunningSandbox, sandbox


@pytest.fixture
def shop() -> Iterator[RunningSandbox]:
    """A seeded sandbox of one's own: these tests change it."""
    with sandbox() as running:
        yield running


def store_of(shop: RunningSandbox, secret: str = "sandbox-secret") -> dict[str, str]:
    return {
        "PENSTOCK_UPSTREAM_URL": shop.url,
        "PENSTOCK_CLIENT_ID": "sandbox",
        "PENSTOCK_CLIENT_SECRET": secret,
        "PENSTOCK_UPSTREAM_RATE_LIMIT": "0",
    }


def call(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command in this process, which costs a fraction of one of its own."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(os, "environ", environment(**variables))
        patch.setattr("sys.excepthook", sys.excepthook)
        patch.setattr("threading.excepthook", threading.excepthook)
        code = main(arguments)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def flows(shop: RunningSandbox, *arguments: str) -> subprocess.CompletedProcess[str]:
    return call("flows", *arguments, **store_of(shop))


def exported(shop: RunningSandbox, folder: Path) -> Path:
    path = folder / "flows.yaml"
    done = flows(shop, "export", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return path


def add_below_customers(path: Path, lines: str) -> None:
    text = path.read_text()
    head, marker, rest = text.partition("object\n    fields:\n      delivery_details:")
    assert marker
    path.write_text(f"{head}object\n    fields:\n{lines}      delivery_details:{rest}")


def writes_of(shop: RunningSandbox) -> list[str]:
    """The writes of definitions that the sandbox has seen, in order."""
    seen = httpx.get(f"{shop.url}/__control/requests", timeout=10).json()["data"]
    return [
        f"{call['method']} {call['path']}"
        for call in seen
        if call["method"] != "GET" and call["path"].startswith(("/v2/flows", "/v2/fields"))
    ]


def fields_of(shop: RunningSandbox, flow: str) -> dict[str, dict[str, Any]]:
    return {found["slug"]: found for found in shop.call("GET", f"/v2/flows/{flow}/fields").json()["data"]}


def fail(shop: RunningSandbox, **switch: Any) -> None:
    answer = httpx.post(f"{shop.url}/__control/faults", json={"data": switch}, timeout=10)
    assert answer.status_code == 200, answer.text


def test_an_export_is_what_the_plan_finds_nothing_in(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)

    planned = flows(shop, "plan", "--check", str(path))
    applied = flows(shop, "apply", str(path))
    printed = flows(shop, "export")

    said = "No changes: the store is as the file declares it.\n"
    assert (planned.returncode, planned.stdout) == (0, said)
    assert (applied.returncode, applied.stdout) == (0, said)
    assert printed.stdout == path.read_text()
    assert writes_of(shop) == []


def test_the_guides_steps_print_what_the_guide_shows(shop: RunningSandbox, tmp_path: Path) -> None:
    guide = page("flows-as-code.md")
    snippet = guide.partition("```yaml\n")[2].partition("```")[0]
    shown = guide.split("$ penstock flows plan flows.yaml\n")[2].partition("```")[0]
    path = exported(shop, tmp_path)
    add_below_customers(path, snippet)

    planned = flows(shop, "plan", str(path))

    assert planned.returncode == 0
    assert planned.stdout.startswith(shown.rstrip("\n"))
    assert "Customer.deliveryWindow added: CustomerDeliveryWindowEnum" in planned.stdout


def test_the_example_file_is_applied_once_and_then_there_is_nothing_left(shop: RunningSandbox) -> None:
    example = str(DOCS / "flows.example.yaml")

    email = fields_of(shop, "customers")["contact_email"]["id"]

    first = flows(shop, "apply", example)
    kept = flows(shop, "plan", "--check", example)
    second = flows(shop, "apply", "--allow-destroy", example)
    third = flows(shop, "apply", "--allow-destroy", example)

    assert first.returncode == 0, first.stderr
    assert kept.returncode == 1
    assert "kept: nothing is destroyed without --allow-destroy" in kept.stdout
    assert second.returncode == 0, second.stderr
    assert "destroyed field wishlists.visibility" in second.stdout
    assert (third.returncode, third.stdout) == (
        0,
        "  . Flow orders is not in the file; upstream deletes no flow of its own resources, so it stays.\n\n"
        "No changes: the store is as the file declares it.\n",
    )
    assert fields_of(shop, "customers")["notice_email"]["id"] == email
    assert set(fields_of(shop, "wishlists")) == {"title", "code", "reference"}
    assert fields_of(shop, "customers")["date_of_birth"]["enabled"] is False
    assert set(fields_of(shop, "orders")) == {"gift_message"}


def test_flows_come_before_fields_and_destruction_last(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)
    text = path.read_text().partition("  wishlists:\n")[0]
    path.write_text(text + "  pets:\n    name: Pets\n    fields:\n      kind: {name: Kind, type: string}\n")
    add_below_customers(path, "      note: {name: Note, type: string, required: true}\n")

    done = flows(shop, "apply", "--allow-destroy", str(path))

    assert done.returncode == 0, done.stderr
    paths = [line.partition("-")[0] for line in writes_of(shop)]
    assert [line.rpartition("/")[0] if "DELETE" in line else line for line in paths] == [
        "POST /v2/flows",
        "POST /v2/fields",
        "POST /v2/fields",
        "DELETE /v2/flows",
    ]
    assert done.stdout.splitlines()[-6:] == [
        "added flow pets",
        "added field customers.note",
        "added field pets.kind",
        "destroyed flow wishlists",
        "",
        "Done: 4 of 4.",
    ]
    assert fields_of(shop, "pets")["kind"]["description"] == "Kind"


def test_what_is_forbidden_is_told_with_its_line_and_nothing_is_written(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)
    add_below_customers(path, "      email: {name: E-mail, type: string}\n      fine: {name: Fine, type: string}\n")
    path.write_text(path.read_text().replace("type: boolean", "type: string"))

    planned = flows(shop, "plan", str(path))
    applied = flows(shop, "apply", str(path))

    assert (planned.returncode, applied.returncode) == (2, 2)
    assert "! field customers.email  (line 23)" in applied.stdout
    assert "The type of a field cannot be changed from boolean to string." in applied.stdout
    assert "2 forbidden: nothing will be written" in applied.stdout
    assert writes_of(shop) == []


@pytest.mark.parametrize("after", [False, True])
def test_a_write_that_fails_stops_there_and_the_next_run_does_the_rest(
    shop: RunningSandbox, tmp_path: Path, after: bool
) -> None:
    path = exported(shop, tmp_path)
    add_below_customers(path, "      one: {name: One, type: string}\n")
    text = path.read_text().replace("name: Delivery slot", "name: Slot").replace("name: Gift note", "name: Note")
    path.write_text(text)
    slot = fields_of(shop, "customers")["delivery_slot"]["id"]
    fail(shop, fault="server_error", method="PUT", path=slot, count=1, after=after)

    failed = flows(shop, "apply", str(path))
    again = flows(shop, "apply", str(path))

    assert failed.returncode == 1
    assert failed.stdout.endswith("\nadded field customers.one\n")
    assert failed.stderr == (
        "penstock: change field customers.delivery_slot: /v2/fields/{id} answered 503 (Internal Server Error). "
        "It may have been done nevertheless. 1 of 3 are done; run it again for the rest.\n"
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout.endswith(f"Done: {1 if after else 2} of {1 if after else 2}.\n")
    calls = writes_of(shop)
    assert calls.count("POST /v2/fields") == 1
    assert calls.count(f"PUT /v2/fields/{slot}") == (1 if after else 2)
    assert flows(shop, "plan", "--check", str(path)).returncode == 0


def test_a_refusal_is_told_in_the_stores_words(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)
    add_below_customers(path, "      one: {name: One, type: string}\n")
    fail(shop, fault="server_error", method="POST", path="/v2/fields", status=422, count=1)

    done = flows(shop, "apply", str(path))

    assert done.returncode == 1
    assert "add field customers.one: the store refused it (422)" in done.stderr
    assert "It may have been done" not in done.stderr


def interrupted(shop: RunningSandbox, number: signal.Signals, *arguments: str) -> tuple[int, str]:
    """A command that is ended while the store keeps it waiting: its exit code, and what it said on standard error."""
    process = subprocess.Popen(
        [*PENSTOCK, "flows", *arguments],
        env=environment(**store_of(shop)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 30
    while httpx.get(f"{shop.url}/__control/faults", timeout=10).json()["data"] and time.monotonic() < until:
        time.sleep(0.01)  # the switch is gone once the call has come
    process.send_signal(number)
    _, said = process.communicate(timeout=15)
    return process.returncode, said


@pytest.mark.parametrize(
    ("number", "slug", "name"), [(signal.SIGINT, "gift_note", "Gift note"), (signal.SIGTERM, "crm_id", "CRM id")]
)
def test_an_interrupt_says_how_far_it_is(
    seeded: RunningSandbox, tmp_path: Path, number: signal.Signals, slug: str, name: str
) -> None:
    path = exported(seeded, tmp_path)
    add_below_customers(
        path, f"      {slug}-1: {{name: One, type: string}}\n      {slug}-2: {{name: Two, type: date}}\n"
    )
    path.write_text(path.read_text().replace(f"name: {name}", "name: Changed"))
    changed = fields_of(seeded, "customers")[slug]["id"]
    fail(seeded, fault="latency", method="PUT", path=changed, seconds=4, count=1)

    code, said = interrupted(seeded, number, "apply", str(path))

    assert (code, said) == (
        1,
        f"penstock: change field customers.{slug}: interrupted. It may have been done nevertheless. "
        "2 of 3 are done; run it again for the rest.\n",
    )
    assert flows(seeded, "apply", str(path)).returncode == 0


@pytest.mark.parametrize("words", [("plan", "--check"), ("apply",)])
def test_what_is_interrupted_before_it_writes_has_found_nothing(
    seeded: RunningSandbox, tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = exported(seeded, tmp_path)
    fail(seeded, fault="latency", method="GET", path="/v2/flows$", seconds=4, count=1)

    assert interrupted(seeded, signal.SIGINT, *words, str(path)) == (130, "penstock: interrupted.\n")


def test_a_reader_who_leaves_stops_nothing(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)
    add_below_customers(path, "      one: {name: One, type: string}\n      two: {name: Two, type: string}\n")
    process = subprocess.Popen(
        [*PENSTOCK, "flows", "apply", str(path)],
        env=environment(**store_of(shop)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()

    assert (process.wait(timeout=30), said) == (0, b"")
    assert {"one", "two"} <= set(fields_of(shop, "customers"))


def test_a_full_disk_stops_no_writes_but_a_plan_that_cannot_be_printed_fails(
    shop: RunningSandbox, tmp_path: Path
) -> None:
    path = exported(shop, tmp_path)
    add_below_customers(path, "      one: {name: One, type: string}\n      two: {name: Two, type: string}\n")

    with open("/dev/full", "wb") as full:
        planned, applied = (
            subprocess.run(
                [*PENSTOCK, "flows", verb, str(path)],
                env=environment(**store_of(shop)),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            for verb in ("plan", "apply")
        )

    assert (planned.returncode, planned.stderr) == (
        2,
        "penstock: Standard output cannot be written: No space left on device.\n",
    )
    assert (applied.returncode, applied.stderr) == (0, "")
    assert {"one", "two"} <= set(fields_of(shop, "customers"))


def test_what_is_printed_for_programs_is_utf_8_wherever_it_is_run(shop: RunningSandbox) -> None:
    note = fields_of(shop, "customers")["gift_note"]["id"]
    shop.call("PUT", f"/v2/fields/{note}", {"type": "field", "id": note, "name": "Grüße 🎁"})

    done = subprocess.run(
        [*PENSTOCK, "flows", "export"],
        env=environment(**store_of(shop), PYTHONIOENCODING="ascii"),
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert "name: Grüße 🎁\n".encode() in done.stdout


def test_on_a_terminal_there_is_a_bar(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)
    add_below_customers(path, "      one: {name: One, type: string}\n      two: {name: Two, type: string}\n")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PENSTOCK, "flows", "apply", str(path)],
        env=environment(**store_of(shop), TERM="xterm", COLUMNS="100"),
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    printed, _ = process.communicate(timeout=30)
    drawn = b""
    while chunk := _read(ours):
        drawn += chunk
    os.close(ours)

    assert process.returncode == 0
    assert "added field customers.two\n" in printed
    assert b"2/2" in drawn


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # what a terminal says when its other end is closed
        return b""


def test_a_plan_for_a_program_is_json(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)
    add_below_customers(path, "      one: {name: One, type: string}\n")

    told = json.loads(flows(shop, "plan", "--format", "json", str(path)).stdout)

    assert [(step["action"], step["name"], step["taken"]) for step in told["steps"]] == [("add", "customers.one", True)]
    assert told["schema"]["breaking"] == 0
    assert "Customer.one" in {change["coordinate"] for change in told["schema"]["changes"]}


def test_a_plan_names_fields_as_the_lock_does_and_says_when_they_go(shop: RunningSandbox, tmp_path: Path) -> None:
    lock = {"PENSTOCK_SCHEMA_LOCK": str(tmp_path / "schema.lock.json")}
    assert call("schema", "lock", str(tmp_path / "schema.lock.json"), **store_of(shop)).returncode == 0
    note = fields_of(shop, "customers")["gift_note"]["id"]
    shop.call("PUT", f"/v2/fields/{note}", {"type": "field", "id": note, "slug": "wrapping"})
    path = exported(shop, tmp_path)
    head, _, rest = path.read_text().partition("      wrapping:\n")
    path.write_text(head + rest.partition("omit_null: true\n")[2])

    slowly = call("flows", "plan", "--allow-destroy", str(path), **store_of(shop), **lock).stdout
    at_once = call(
        "flows", "plan", "--allow-destroy", str(path), **store_of(shop), **lock, PENSTOCK_FIELD_GRACE_DAYS="0"
    ).stdout

    now, later = slowly.split("Once the days of grace are over: ")
    assert "- field customers.wrapping" in now
    assert "Customer.giftNote" in now
    assert "Customer.giftNote removed" not in now
    assert "Customer.giftNote removed" in later
    assert "Customer.giftNote removed" in at_once
    assert "days of grace" not in at_once


def test_a_file_is_judged_as_a_whole_before_the_store_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "flows.yaml"
    path.write_text("flows:\n  a: {nam: A}\n  a: {name: A, enabled: maybe}\n")

    done = call("flows", "apply", str(path))

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"{path}:2: Flow a has no key 'nam'; did you mean 'name'?",
        f"{path}:2: Flow a needs a name.",
        f"{path}:3: 'a' stands here a second time; the first is on line 2.",
    ]


def test_what_cannot_be_used_is_one_sentence_and_exit_2(shop: RunningSandbox, tmp_path: Path) -> None:
    path = exported(shop, tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    endless = tmp_path / "endless"
    with endless.open("wb") as file:
        file.truncate(2**36)

    cases = [
        call("flows", "apply", str(path), **store_of(shop, secret="")),
        call("flows", "plan", str(path)),
        flows(shop, "plan", str(tmp_path / "absent")),
        flows(shop, "plan", str(tmp_path / "bytes")),
        flows(shop, "plan", str(endless)),
        flows(shop, "export", str(tmp_path)),
    ]

    assert [(case.returncode, len(case.stderr.splitlines())) for case in cases] == [(2, 1)] * 6
    assert "PENSTOCK_CLIENT_SECRET" in cases[0].stderr
    assert "sandbox-secret" not in "".join(case.stderr + case.stdout for case in cases)
