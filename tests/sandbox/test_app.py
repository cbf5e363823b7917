"""The sandbox as a whole: its data, its envelope, its start."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from starlette.types import Message

from penstock.sandbox import SandboxError, SandboxSettings, create_sandbox, seeded_login

from .conftest import Store, run_store


async def test_data_survives_a_restart_and_is_seeded_once(tmp_path: Path) -> None:
    settings = SandboxSettings(data=tmp_path / "new" / "folder")
    async with run_store(settings) as store:
        await store.call("DELETE", f"/v2/customers/{seeded_login.customer_id}")
        made = await store.call("POST", "/v2/customers", {"type": "customer", "name": "N", "email": "n@example.test"})
        staff = store.staff

    async with run_store(settings) as store:
        kept = await store.call("GET", f"/v2/customers/{made.json()['data']['id']}", headers=staff)
        gone = await store.call("GET", f"/v2/customers/{seeded_login.customer_id}")

    assert (kept.status_code, gone.status_code) == (200, 404)


async def test_two_new_stores_are_alike(store: Store) -> None:
    async with run_store(SandboxSettings()) as other:
        for path in (
            "/v2/flows",
            "/v2/fields",
            "/v2/customers?page[limit]=100",
            "/v2/orders",
            "/v2/flows/wishlists/entries",
        ):
            first, second = await store.call("GET", path), await other.call("GET", path)
            assert first.text.replace(store.url, "") == second.text.replace(other.url, "")


async def test_an_unseeded_store_is_empty() -> None:
    async with run_store(SandboxSettings(seed=False, page_length=10)) as store:
        assert (await store.call("GET", "/v2/flows")).json() == {"data": []}
        page = (await store.call("GET", "/v2/customers")).json()["meta"]
        assert page == {"page": {"limit": 10, "offset": 0, "current": 1, "total": 0}, "results": {"total": 0}}


def test_a_folder_that_is_a_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SandboxError, match=r"The data folder .*file cannot be used .*; name another one"):
        create_sandbox(SandboxSettings(data=tmp_path / "file"))


@pytest.mark.parametrize("content", [b"not a database" * 100, b""])
def test_a_corrupt_database_is_named_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    database = tmp_path / "sandbox.sqlite3"
    database.write_bytes(content)
    if not content:
        connection = sqlite3.connect(database)
        connection.execute("CREATE TABLE strangers (id)")
        connection.close()

    with pytest.raises(
        SandboxError, match=r"The database in the data folder .* cannot be used .*; remove sandbox.sqlite3"
    ):
        create_sandbox(SandboxSettings(data=tmp_path))


async def test_a_second_sandbox_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    settings = SandboxSettings(data=tmp_path)
    async with run_store(settings):
        with pytest.raises(SandboxError, match="in use by another sandbox"):
            create_sandbox(settings)


def test_the_secret_stays_out_of_repr() -> None:
    assert "hush" not in repr(SandboxSettings(client_secret="hush"))
    assert seeded_login.password not in repr(seeded_login)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v2/nothing", 404), ("PATCH", "/v2/flows", 405), ("PUT", "/v2/customers", 405), ("GET", "/", 404)],
)
async def test_what_leads_nowhere_is_answered_in_json(store: Store, method: str, path: str, status: int) -> None:
    answer = await store.call(method, path)

    assert (answer.status_code, answer.json()["errors"][0]["status"]) == (status, status)


async def test_a_trailing_slash_changes_nothing(store: Store) -> None:
    assert (await store.call("GET", f"/v2/customers/{seeded_login.customer_id}/")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b'{"data": []}', b'{"data": NaN}', b'{"data": {"type": "customer", "name": "\\ud800"}}',
     b"[" * 90_000],
)  # fmt: skip
async def test_unusable_bodies_are_a_400(store: Store, body: bytes) -> None:
    answer = await store.client.post("/v2/customers", content=body, headers=store.staff)

    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_the_id_of_a_body_must_be_that_of_the_path(store: Store) -> None:
    answer = await store.call("PUT", f"/v2/customers/{seeded_login.customer_id}", {"type": "customer", "id": "x"})

    assert answer.status_code == 422


async def test_read_only_settings_are_ignored_silently(store: Store) -> None:
    answer = await store.call("PUT", "/v2/settings", {"type": "settings", "page_length": 3, "field_limit": 1})

    assert (answer.json()["data"]["page_length"], answer.json()["data"]["field_limit"]) == (3, 100)
    assert len((await store.call("GET", "/v2/customers")).json()["data"]) == 3


async def test_a_client_that_leaves_before_its_body_is_there_changes_nothing_and_breaks_nothing() -> None:
    messages: list[Message] = []
    halves: list[Message] = [
        {"type": "http.request", "body": b'{"data": ', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return halves.pop(0)

    async def send(message: Message) -> None:
        messages.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/v2/flows", "query_string": b"", "scheme": "http",
        "server": ("127.0.0.1", 1), "headers": [],
    }  # fmt: skip
    await create_sandbox(SandboxSettings())(scope, receive, send)

    assert halves == []
    assert messages[0]["status"] == 400
