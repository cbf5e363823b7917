"""What a subscriber is told, and when: by a clock that the test holds, in both executors."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.operations.subscriptions import (
    Hub,
    Subject,
    Subscriptions,
    SubscriptionSettings,
    SubscriptionStream,
    TooMany,
)
from penstock.schema.generation import Generation
from tests.support.gateway import NOW, Gateway, credentials_of, customer_token, gateway
from tests.support.scripted import ScriptedUpstream, error
from tests.support.stores import field_json, generation_of

STORE = generation_of({"customers": [field_json("slot")]})
CHANGED = 'subscription Watch { customerChanged(id: "c1") { id isDeleted customer { name } } }'
OWN = "subscription { customerChanged { customer { name } } }"
WHO = Subject("customer", "c1")


@dataclass(slots=True)
class Stage:
    """Subscriptions on a gateway without its door, at a time that the test says."""

    running: Gateway
    hub: Hub
    now: float = NOW
    told: list[tuple[str, str]] = field(default_factory=list)
    current: Generation | None = None
    check_seconds: float = 0.0

    async def open(
        self, document: str = CHANGED, credentials: Credentials | None = None, variables: Any = None
    ) -> SubscriptionStream | OperationResult | TooMany | None:
        rules = SubscriptionSettings(is_told=True, check_seconds=self.check_seconds)
        made = Subscriptions(
            self.running.runner,
            self.hub,
            rules,
            lambda: self.current or self.running.generation,
            lambda: self.now,
            lambda name, outcome: self.told.append((name, outcome)),
        )
        request = OperationRequest(document, None, variables, "request-1")
        return await made.open(self.running.generation, request, credentials or credentials_of(), b"client")

    async def stream(self, document: str = CHANGED, credentials: Credentials | None = None) -> SubscriptionStream:
        opened = await self.open(document, credentials)
        assert isinstance(opened, SubscriptionStream), opened
        return opened

    async def refusal(self, document: str, credentials: Credentials | None = None, variables: Any = None) -> Any:
        opened = await self.open(document, credentials, variables)
        assert isinstance(opened, OperationResult), opened
        return json.loads(opened.body)["errors"]


@asynccontextmanager
async def staged(upstream: ScriptedUpstream, name: str = "Ines") -> AsyncIterator[Stage]:
    customer(upstream, name)
    async with gateway(upstream.url, STORE) as running:
        yield Stage(running, Hub(5, 5))


def customer(upstream: ScriptedUpstream, name: str) -> None:
    upstream.answers["/v2/customers/c1"] = {"data": {"id": "c1", "type": "customer", "name": name}}


async def first(stream: SubscriptionStream) -> Any:
    """The next answer, decoded."""
    async with asyncio.timeout(20):
        return json.loads(await anext(stream.answers()))


async def test_an_event_costs_one_call_however_much_of_the_row_is_selected(upstream: ScriptedUpstream) -> None:
    async with staged(upstream) as stage:
        with await stage.stream() as stream:
            opened = len(upstream.calls)
            stage.hub.tell(WHO)
            answer = await first(stream)

    assert opened == 1
    assert len(upstream.calls) == 2
    assert answer["data"]["customerChanged"] == {"id": "c1", "isDeleted": False, "customer": {"name": "Ines"}}
    assert stage.told == [("customerChanged", "delivered")]


async def test_many_changes_before_a_look_are_one_event(upstream: ScriptedUpstream) -> None:
    async with staged(upstream) as stage:
        with await stage.stream() as stream:
            for _ in range(1000):
                stage.hub.tell(WHO)
            await first(stream)

    assert len(upstream.calls) == 2


async def test_an_expired_customer_token_ends_a_subscription_by_itself(upstream: ScriptedUpstream) -> None:
    caller = credentials_of("b", customer_token("c1", NOW + 0.02))
    async with staged(upstream) as stage:
        with await stage.stream(OWN, caller) as stream:
            stage.now = NOW + 0.01
            answers = stream.answers()
            waiting = asyncio.create_task(anext(answers))
            await asyncio.sleep(0)
            stage.now = NOW + 60
            answer = json.loads(await waiting)
            rest = [body async for body in answers]

    assert answer["errors"][0]["extensions"]["code"] == "CUSTOMER_TOKEN_EXPIRED"
    assert "data" not in answer
    assert rest == []
    assert len(upstream.calls) == 1


async def test_a_change_that_nobody_told_of_is_found_at_the_next_look(upstream: ScriptedUpstream) -> None:
    async with staged(upstream) as stage:
        stage.check_seconds = 100.0
        with await stage.stream() as stream:
            stage.now = NOW + 100
            answers = stream.answers()
            looking = asyncio.create_task(anext(answers))
            await upstream.until(2)
            customer(upstream, "Changed")
            stage.now = NOW + 200
            stage.hub.swap()
            answer = json.loads(await looking)

    assert answer["data"]["customerChanged"]["customer"] == {"name": "Changed"}
    assert stage.told == [("customerChanged", "delivered")]


async def test_whoever_may_not_read_it_any_more_is_ended_by_a_look_and_by_no_event(upstream: ScriptedUpstream) -> None:
    async with staged(upstream) as stage:
        stage.check_seconds = 100.0
        with await stage.stream() as stream:
            upstream.answers["/v2/customers/c1"] = error(403, title="Forbidden")
            answers = stream.answers()
            stage.hub.tell(WHO)
            waiting = asyncio.create_task(anext(answers))
            await upstream.until(2)
            while not stage.told:  # noqa: ASYNC110 # the refusal is told to nobody but the metrics
                await asyncio.sleep(0)
            was_silent = not waiting.done()
            stage.now = NOW + 100
            stage.hub.swap()
            answer = json.loads(await waiting)
            rest = [body async for body in answers]

    assert was_silent
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert rest == []
    assert stage.told == [("customerChanged", "refused"), ("customerChanged", "refused"), ("customerChanged", "ended")]


async def test_no_generation_is_held_while_nothing_is_told(upstream: ScriptedUpstream) -> None:
    async with staged(upstream) as stage:
        with await stage.stream() as stream:
            answers = stream.answers()
            stage.hub.tell(WHO)
            await anext(answers)
            waiting = asyncio.create_task(anext(answers))
            old = weakref.ref(stage.running.generation)
            stage.running.generation = generation_of({"customers": []})
            stage.hub.swap()
            for _ in range(20):
                await asyncio.sleep(0)
            gc.collect()
            is_gone = old() is None
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    assert is_gone


async def test_a_subscription_is_refused_with_the_error_that_a_query_has(upstream: ScriptedUpstream) -> None:
    typed = "subscription ($id: ID!) { orderChanged(id: $id) { id } }"
    async with staged(upstream) as stage:
        missing = await stage.refusal(OWN)
        gone = await stage.refusal('subscription { customerChanged(id: "c2") { id } }')
        bad_id = await stage.refusal('subscription { customerChanged(id: "..") { id } }')
        no_value = await stage.refusal(typed)
        two = await stage.refusal("subscription { schemaChanged { version } customerChanged { id } }")
        decided = "subscription ($a: Boolean!) { schemaChanged @skip(if: $a) { version } ...F } "
        fragment = "fragment F on Subscription { customerChanged @include(if: $a) { id } }"
        conditions = await stage.refusal(decided + fragment, None, {"a": True})
        upstream.answers["/v2/customers/c1"] = error(503)
        down = await stage.refusal(CHANGED)
        places = dict(stage.hub.open)

    codes = [one[0]["extensions"]["code"] for one in (missing, gone, bad_id, no_value, two, conditions, down)]
    assert codes == [
        "CUSTOMER_TOKEN_MISSING",
        "BAD_USER_INPUT",
        "BAD_USER_INPUT",
        "BAD_USER_INPUT",
        "GRAPHQL_VALIDATION_FAILED",
        conditions[0]["extensions"]["code"],
        "UPSTREAM_UNAVAILABLE",
    ]
    assert conditions[0]["extensions"]["code"] in {"GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST"}
    assert sum(places.values()) == 0


async def test_another_customer_than_was_asked_for_is_never_told(upstream: ScriptedUpstream) -> None:
    async with staged(upstream) as stage:
        with await stage.stream() as stream:
            upstream.answers["/v2/customers/c1"] = {"data": {"id": "c9", "type": "customer", "name": "Someone"}}
            stage.hub.tell(WHO)
            answer = await first(stream)

    assert "Someone" not in json.dumps(answer)
    assert answer["errors"][0]["extensions"]["code"] == "UPSTREAM_INVALID_RESPONSE"


def test_places_are_given_back_once() -> None:
    hub = Hub(2, 1)
    one = hub.join(WHO, "customerChanged", b"a")
    assert not isinstance(one, str)
    refused = [hub.join(WHO, "customerChanged", b"a"), hub.join(WHO, "customerChanged", b"b")]
    full = hub.join(WHO, "customerChanged", b"c")
    one.leave()
    one.leave()
    again = hub.join(WHO, "customerChanged", b"a")

    assert refused[0] == "client"
    assert not isinstance(refused[1], str)
    assert full == "total"
    assert not isinstance(again, str)
    assert hub.open == {"customerChanged": 2}
