"""The steps of a plan are taken in order, each write once, and what became of them is known at any moment."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from penstock.definitions.flow_file import Part, Step, StepKind
from penstock.errors import OperatorError, UpstreamError
from penstock.upstream.config import StackConfig
from penstock.upstream.flow_steps import Progress, take_steps
from penstock.upstream.flow_writes import FlowWrites
from penstock.upstream.stack import build_stack
from penstock.upstream.tokens import ClientCredentials, TokenSource
from tests.support.scripted import Reply, ScriptedUpstream

TOKEN = {"access_token": "own-token", "expires_in": 3600}
FLOW = Step(StepKind.ADD, "flow", "pets", "pets", parts=(Part("slug", None, "pets"),))
FIELD = Step(StepKind.ADD, "field", "pets", "kind", parts=(Part("slug", None, "kind"),))
RENAME = Step(StepKind.CHANGE, "field", "pets", "kind", id="f1", flow_id="p1", parts=(Part("order", 1, 2),))
GONE = Step(StepKind.DESTROY, "field", "pets", "old", id="f2", flow_id="p1")


@asynccontextmanager
async def writes(upstream: ScriptedUpstream) -> AsyncIterator[FlowWrites]:
    upstream.answers.setdefault("POST /oauth/access_token", TOKEN)
    transport = build_stack(StackConfig(upstream.url))
    tokens = TokenSource(transport, ClientCredentials("c", "s"), clock=time.monotonic)
    try:
        yield FlowWrites(transport, tokens, timeout_seconds=5)
    finally:
        await tokens.aclose()
        await transport.aclose()


async def take(upstream: ScriptedUpstream, *steps: Step) -> tuple[Progress, list[str]]:
    progress, told = Progress(steps), list[str]()
    async with writes(upstream) as ready:
        await take_steps(progress, ready, lambda step: told.append(step.name))
    return progress, told


def sent(upstream: ScriptedUpstream) -> list[Any]:
    return [(call.line, call.json if call.body else None) for call in upstream.calls if "oauth" not in call.path]


async def test_a_field_is_made_in_the_flow_that_was_made_before_it(upstream: ScriptedUpstream) -> None:
    upstream.answers["POST /v2/flows"] = Reply(201, {"data": {"id": "p1", "slug": "pets"}})
    upstream.answers["POST /v2/fields"] = Reply(201, {"data": {"id": "f1", "slug": "kind"}})

    progress, told = await take(upstream, FLOW, FIELD)

    assert (progress.done, progress.failure, progress.otherwise) == (2, None, [])
    assert told == ["pets", "pets.kind"]
    flow = {"data": {"type": "flow", "id": "p1"}}
    assert sent(upstream) == [
        ("POST /v2/flows", {"data": {"type": "flow", "slug": "pets"}}),
        ("POST /v2/fields", {"data": {"type": "field", "slug": "kind", "relationships": {"flow": flow}}}),
    ]


async def test_a_change_names_type_and_id_and_a_destruction_has_no_body(upstream: ScriptedUpstream) -> None:
    upstream.answers["PUT /v2/fields/f1"] = {"data": {"id": "f1", "order": 2}}
    upstream.answers["DELETE /v2/fields/f2"] = Reply(204, b"")

    progress, _ = await take(upstream, RENAME, GONE)

    assert progress.done == 2
    assert sent(upstream) == [
        ("PUT /v2/fields/f1", {"data": {"type": "field", "id": "f1", "order": 2}}),
        ("DELETE /v2/fields/f2", None),
    ]


async def test_what_is_gone_already_is_destroyed(upstream: ScriptedUpstream) -> None:
    progress, told = await take(upstream, GONE)

    assert (progress.failure, told) == (None, ["pets.old"])


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 429])
async def test_a_refusal_stops_the_rest_and_is_not_sent_again(upstream: ScriptedUpstream, status: int) -> None:
    errors = [{"title": "Validation Error", "detail": "slug is taken"}, {"title": "Another"}]
    upstream.answers["PUT /v2/fields/f1"] = Reply(status, {"errors": errors})

    progress, told = await take(upstream, RENAME, GONE)

    assert (progress.done, progress.is_unsure, told) == (0, False, [])
    assert progress.failure == f"the store refused it ({status}): slug is taken; Another"
    assert len(sent(upstream)) == 1


@pytest.mark.parametrize("answer", [Reply(503, {}), Reply(201, b"<html>"), Reply(201, {"data": None}), Reply(302, {})])
async def test_an_answer_that_tells_nothing_leaves_the_outcome_open(upstream: ScriptedUpstream, answer: Reply) -> None:
    upstream.answers["POST /v2/fields"] = answer

    progress, _ = await take(upstream, Step(StepKind.ADD, "field", "a", "b", flow_id="p1"), GONE)

    assert progress.is_unsure
    assert len(sent(upstream)) == 1


async def test_what_the_store_shows_otherwise_is_noted(upstream: ScriptedUpstream) -> None:
    upstream.answers["PUT /v2/fields/f1"] = {"data": {"id": "f1", "order": 1}}

    progress, _ = await take(upstream, RENAME)

    assert progress.otherwise == [(RENAME, (Part("order", 1, 2),))]


async def test_a_refused_secret_is_no_failed_write(upstream: ScriptedUpstream) -> None:
    upstream.answers["POST /oauth/access_token"] = Reply(401, {})
    progress = Progress((RENAME,))

    with pytest.raises(OperatorError):
        async with writes(upstream) as ready:
            await take_steps(progress, ready, lambda _: None)

    assert (progress.done, progress.under_way, sent(upstream)) == (0, False, [])


async def test_without_a_connection_nothing_was_sent() -> None:
    upstream = ScriptedUpstream()
    upstream.url = "http://127.0.0.1:1"

    with pytest.raises(UpstreamError):
        await take(upstream, RENAME)
