"""`extensions.upstream`: the calls an operation took, for whoever develops with it and for nobody else."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from penstock.errors import UpstreamTimeout
from penstock.operations.calls import CallNotes, with_extension
from penstock.upstream.transport import HeaderBlock, Request
from tests.support.sandboxes import RunningSandbox
from tests.support.served import served

LIST = "{ customers(first: 2) { nodes { id name addresses { id } } } }"


def request(target: str) -> Request:
    headers = HeaderBlock(((b"Authorization", b"Bearer planted"), (b"X-Moltin-Customer-Token", b"planted")))
    return Request("GET", "/v2/customers/{id}", target, headers, 0.0)


async def test_every_call_of_an_operation_is_told(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, show_calls=True, executor=executor) as running:
        body = await running.answer(LIST, bearer=seeded.staff)

    calls: list[dict[str, Any]] = body["extensions"]["upstream"]
    assert [call["path"].partition("?")[0] for call in calls[:1]] == ["/v2/customers"]
    assert len([call for call in calls if call["path"].endswith("/addresses")]) == 2
    assert all(call["method"] == "GET" and call["status"] == 200 and call["ms"] > 0 for call in calls)
    assert all(call["headers"] == ["Authorization"] for call in calls)
    assert seeded.staff not in str(body)


async def test_nothing_is_told_unless_an_operator_asks_for_it(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, executor=executor) as running:
        body = await running.answer(LIST, bearer=seeded.staff)

    assert "extensions" not in body


async def test_what_was_never_run_tells_of_no_calls(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, show_calls=True, executor=executor) as running:
        body = await running.answer("{ nothing }")

    assert "extensions" not in body


async def test_operations_at_the_same_time_tell_of_their_own_calls(seeded: RunningSandbox, executor: str) -> None:
    async with served(seeded.url, show_calls=True, executor=executor) as running:
        ids = [row["id"] for row in (await running.ask(LIST, bearer=seeded.staff))["customers"]["nodes"]]
        bodies = await asyncio.gather(
            *(
                running.answer("query($id: ID!) { customer(id: $id) { name } }", {"id": id_}, bearer=seeded.staff)
                for id_ in ids * 10
            )
        )

    told = [[call["path"] for call in body["extensions"]["upstream"]] for body in bodies]
    assert told == [[f"/v2/customers/{id_}"] for id_ in ids * 10]


def test_a_failure_is_told_by_its_kind_alone() -> None:
    notes = CallNotes()
    noted = notes.begin()
    notes.note(request("/v2/customers/c1"), UpstreamTimeout("planted"), 0.01)
    (call,) = noted.calls

    assert (call.status, call.error) == (None, "UpstreamTimeout")


def test_a_note_has_names_of_headers_and_no_values() -> None:
    notes = CallNotes()
    noted = notes.begin()
    notes.note(request("/v2/customers/c1"), 200, 0.01)
    (call,) = noted.calls

    assert call.headers == ("Authorization", "X-Moltin-Customer-Token")
    assert "planted" not in repr(call)
    assert "planted" not in msgspec.json.encode(call).decode()


def test_calls_outside_an_operation_are_nobodys() -> None:
    CallNotes().note(request("/v2/flows"), 200, 0.01)


def test_calls_shown_are_bounded() -> None:
    notes = CallNotes()
    noted = notes.begin()
    for number in range(500):
        notes.note(request(f"/v2/customers/{number}"), 200, 0.01)

    assert len(noted.calls) == 200


def test_an_extension_leaves_the_rest_byte_for_byte() -> None:
    body = b'{"data":{"n":1e400,"big":123456789012345678901234567890,"f":1.0},"extensions":{"cost":{"x":1.50}}}'

    grown = with_extension(body, "upstream", b"[]")

    assert grown == body[:-2] + b',"upstream":[]}}'
