"""`penstock schema check`, `release`, `log`, `status` and `penstock fields usage` against a real gateway and store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.commands import run_here
from tests.support.sandboxes import RunningSandbox, sandbox

from .test_commands import free_port, run, running

TOKEN = "admin-of-the-tests"
PROFILE = (
    'query ProfilePage { customers(first: 1) { nodes { deliveryDetails customField(slug: "shoe-size") { value } } } }'
)


@dataclass(frozen=True)
class Stage:
    """A gateway in front of a store, asked by clients."""

    store: RunningSandbox
    url: str
    variables: dict[str, str]

    def penstock(self, *arguments: str, token: str = TOKEN) -> tuple[int, str, str]:
        done = run_here(*arguments, "--url", self.url, **self.variables | {"PENSTOCK_ADMIN_TOKEN": token})
        return done.returncode, done.stdout, done.stderr

    def delete_field(self, slug: str) -> None:
        fields = self.store.call("GET", "/v2/flows/customers/fields").json()["data"]
        identity = next(field["id"] for field in fields if field["slug"] == slug)
        assert self.store.call("DELETE", f"/v2/fields/{identity}").status_code == 204

    def reload(self) -> str:
        answer = httpx.post(f"{self.url}/admin/schema/reload", headers={"authorization": f"Bearer {TOKEN}"}, timeout=20)
        return str(answer.json()["outcome"])


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Run all of it once."""
    with sandbox() as store:
        variables = {
            "PENSTOCK_UPSTREAM_URL": store.url,
            "PENSTOCK_CLIENT_ID": "sandbox",
            "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
            "PENSTOCK_SCHEMA_POLL_SECONDS": "0",
            "PENSTOCK_SCHEMA_POLICY": "freeze",
            "PENSTOCK_STATE_URL": str(tmp_path_factory.mktemp("state")),
            "PENSTOCK_ADMIN_TOKEN": TOKEN,
        }
        port = free_port()
        with running("serve", "--port", str(port), until="Penstock serves", **variables):
            url = f"http://127.0.0.1:{port}"
            headers = {"authorization": f"Bearer {store.staff}", "apollographql-client-name": "web"}
            for _ in range(3):
                answer = httpx.post(f"{url}/graphql", json={"query": PROFILE}, headers=headers, timeout=20)
                assert "errors" not in answer.json()
            yield Stage(store, url, variables)


def test_usage_tells_who_uses_a_field(stage: Stage) -> None:
    code, out, _ = stage.penstock("fields", "usage")
    lines = {line.split()[0]: line.split() for line in out.splitlines() if line.startswith("Customer.")}

    assert code == 0
    assert lines["Customer.deliveryDetails"][1:4] == ["delivery_details", "3", "0"]
    assert lines["Customer.deliveryDetails"][-2:] == ["web", "3"]
    assert lines["Customer.shoeSize"][2:4] == ["3", "0"]
    assert "never" in out
    assert "Counted since 20" in out


def test_usage_of_one_field_as_json(stage: Stage) -> None:
    code, out, _ = stage.penstock("fields", "usage", "Customer.deliveryDetails", "--format", "json")
    by_slug = stage.penstock("fields", "usage", "delivery_details", "--format", "json")[1]
    (field,) = json.loads(out)["fields"]

    assert code == 0
    assert (field["reads"], field["writes"], field["clients"][0]["client"]) == (3, 0, "web")
    assert field["last_used_at"].endswith("Z")
    assert json.loads(by_slug)["fields"] == [field]


def test_a_field_that_is_none_is_one_sentence(stage: Stage) -> None:
    code, out, error = stage.penstock("fields", "usage", "Customer.nothing")

    assert (code, out) == (2, "")
    assert error.startswith("penstock: There is no custom field 'Customer.nothing'")


def test_a_check_names_who_breaks_and_fails(stage: Stage, tmp_path: Path) -> None:
    sdl = httpx.get(f"{stage.url}/schema.graphql", timeout=20).text
    (tmp_path / "new.graphql").write_text(sdl.replace("  deliveryDetails: String", "  deliveryDetails: Int", 1))
    (tmp_path / "same.graphql").write_text(sdl)
    breaks = stage.penstock("schema", "check", str(tmp_path / "new.graphql"))
    told = stage.penstock("schema", "check", str(tmp_path / "new.graphql"), "--format", "json")
    same = stage.penstock("schema", "check", str(tmp_path / "same.graphql"))

    line = "ProfilePage (client web) breaks: Customer.deliveryDetails changed its type from String to Int"
    assert breaks[0] == 1
    assert "1 breaking" in breaks[1]
    assert f"of 1 known operations affected\n  {line}\n" in breaks[1]
    assert json.loads(told[1])["lines"] == [line]
    assert same[:2] == (0, "No changes.\n\n0 of 1 known operations affected\n")


def test_a_held_schema_is_shown_checked_released_and_logged(stage: Stage) -> None:
    before = stage.penstock("schema", "status")
    nothing = stage.penstock("schema", "release")
    stage.delete_field("delivery_details")
    outcome = stage.reload()
    held = stage.penstock("schema", "status")
    checked = stage.penstock("schema", "check")
    version = held[1].partition("\nVersion ")[2].split()[0]
    another = stage.penstock("schema", "release", "another")
    released = stage.penstock("schema", "release", version)
    after = stage.penstock("schema", "status")
    log = stage.penstock("schema", "log", "--first", "200")
    short = stage.penstock("schema", "log", "--first", "1", "--format", "json")

    assert before[0] == 0
    assert " serves, read 20" in before[1]
    assert "waits" not in before[1]
    assert (nothing[0], nothing[2]) == (
        1,
        "penstock: No schema waits to be released: what the store says serves.\n",
    )
    assert outcome == "held"
    assert "waits since 20" in held[1]
    assert "The schema is frozen" in held[1]
    assert "CustomerCreateInput.deliveryDetails removed" in checked[1]
    assert (another[0], another[1]) == (1, "")
    assert another[2].startswith("penstock: Version 'another' does not wait to be released")
    assert released[0] == 0
    assert released[1].startswith("Version ")
    assert released[1].split()[1] in after[1]
    assert "breaking   CustomerUpdateInput.deliveryDetails removed" in log[1]
    assert len(json.loads(short[1])) == 1


@pytest.mark.parametrize(
    "words", [("schema", "release"), ("schema", "log"), ("schema", "check", __file__), ("fields", "usage")]
)
def test_a_wrong_token_is_one_sentence_and_exit_2(stage: Stage, words: tuple[str, ...]) -> None:
    code, out, error = stage.penstock(*words, token="wrong")

    assert (code, out) == (2, "")
    assert error == f"penstock: {stage.url} refuses the admin token; give the gateway's as PENSTOCK_ADMIN_TOKEN.\n"


def test_what_is_no_schema_is_refused(stage: Stage) -> None:
    code, out, error = stage.penstock("schema", "check", __file__)

    assert (code, out) == (1, "")
    assert error.startswith("penstock: The new schema is no GraphQL schema (")


def test_a_silent_gateway_and_a_bad_url_are_one_sentence() -> None:
    silent = run("schema", "status", "--url", f"http://127.0.0.1:{free_port()}")
    wrong = run_here("schema", "status", "--url", "nonsense")

    assert (silent.returncode, wrong.returncode) == (1, 2)
    assert len(silent.stderr.splitlines()) == len(wrong.stderr.splitlines()) == 1


def test_another_server_is_no_gateway(seeded: RunningSandbox) -> None:
    done = run_here("schema", "release", "--url", seeded.url, PENSTOCK_ADMIN_TOKEN="x")

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
