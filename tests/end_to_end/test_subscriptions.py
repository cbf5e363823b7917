"""Subscriptions from the store's webhook to the client's stream, over real sockets."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from penstock.http.webhook import PATH
from penstock.settings import Secret, read_state_address
from tests.docs.reference import page
from tests.end_to_end.stores import create_customer, sign_in
from tests.end_to_end.test_schema_changes import store
from tests.support.sandboxes import RunningSandbox
from tests.support.scripted import ScriptedUpstream, error
from tests.support.served import Served, served
from tests.support.stores import field_json
from tests.support.subscribers import SECRET, Subscriber, event, subscribed, webhook

OWN = "subscription { customerChanged { id isDeleted customer { name email addresses { line1 } } } }"
ANY = "subscription ($id: ID) { customerChanged(id: $id) { isDeleted customer { id name } } }"
ORDER = "subscription ($id: ID!) { orderChanged(id: $id) { id isDeleted order { ...Shown items { name } } } } "
SHOWN = "fragment Shown on Order { status customer { name } }"


@asynccontextmanager
async def told(url: str, **changes: Any) -> AsyncIterator[Served]:
    """A gateway that the store may tell of changes."""
    async with served(url, webhook_secret=Secret(SECRET), **changes) as running:
        yield running


async def bring(running: Served, identity: str, subject: str = "a", kind: str = "customer") -> int:
    """The status of the webhook's answer to one event."""
    return (await running.client.post("/webhooks/upstream", **event(identity, kind, subject))).status_code


async def count(running: Served, metric: str) -> float:
    """A number of the exposition; 0 where it is not there."""
    lines = (await running.client.get("/metrics")).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric)), 0.0)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what nobody tells."""
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110 # metrics and tasks are seen by looking alone
            await asyncio.sleep(0.01)


async def _is(running: Served, metric: str, number: float) -> bool:
    return await count(running, metric) == number


async def _are_gone(most: int) -> bool:
    return len(asyncio.all_tasks()) <= most


def customer(upstream: ScriptedUpstream, name: str = "Ines", *fields: str) -> None:
    """A store with one customer."""
    store(upstream, *fields)
    upstream.answers["/v2/customers/a"] = {"data": {"type": "customer", "id": "a", "name": name}}


@pytest.mark.parametrize("executor", ["plan", "reference"])
async def test_what_the_store_tells_of_is_read_anew_for_whoever_may_read_it(
    seeded: RunningSandbox, executor: str
) -> None:
    email = f"{uuid4().hex}@example.test"
    mine, other = create_customer(seeded, email), create_customer(seeded, f"other-{email}")
    async with told(seeded.url, executor=executor) as running:
        token, strange = await sign_in(running, email), await sign_in(running, f"other-{email}")
        with webhook(seeded, str(running.client.base_url).rstrip("/")):
            async with (
                subscribed(running.client, OWN, customer=token) as own,
                subscribed(running.client, OWN, customer=strange) as others,
                subscribed(running.client, ANY, {"id": mine}, bearer=seeded.staff) as staff,
                subscribed(running.client, ANY, {"id": mine}, customer=strange) as stranger,
                subscribed(running.client, ANY, {"id": mine}) as nobody,
            ):
                refused = [await one.end() for one in (stranger, nobody)]
                seeded.call("PUT", f"/v2/customers/{mine}", {"type": "customer", "name": "Renamed"})
                changed = [await one.until(1) for one in (own, staff)]
                seeded.call("PUT", f"/v2/customers/{other}", {"type": "customer", "name": "Other"})
                others_own = await others.until(1)
                seeded.call("DELETE", f"/v2/customers/{mine}")
                gone, ended = await staff.until(2), await staff.end()

    assert refused == [["next", "complete"], ["next", "complete"]]
    assert [one.told[0]["errors"][0]["extensions"]["code"] for one in (stranger, nobody)] == ["FORBIDDEN"] * 2
    assert changed[0]["data"]["customerChanged"] == {
        "id": mine,
        "isDeleted": False,
        "customer": {"name": "Renamed", "email": email, "addresses": []},
    }
    assert changed[1]["data"]["customerChanged"] == {"isDeleted": False, "customer": {"id": mine, "name": "Renamed"}}
    assert others_own["data"]["customerChanged"]["customer"]["name"] == "Other"
    assert gone == {"data": {"customerChanged": {"isDeleted": True, "customer": None}}}
    assert ended == ["next", "next", "complete"]
    assert len(own.told) == len(others.told) == 1


async def test_an_order_is_told_of_with_all_that_is_selected_below_it(seeded: RunningSandbox) -> None:
    order = seeded.call("GET", "/v2/orders?page[limit]=1").json()["data"][0]
    async with told(seeded.url) as running:
        with webhook(seeded, str(running.client.base_url).rstrip("/")):
            async with subscribed(running.client, ORDER + SHOWN, {"id": order["id"]}, bearer=seeded.staff) as staff:
                body = {"type": "order", "shipping_address": order["shipping_address"], "gift_message": "Soon"}
                assert seeded.call("PUT", f"/v2/orders/{order['id']}", body).status_code == 200
                answer = await staff.until(1)

    shown = answer["data"]["orderChanged"]
    assert "errors" not in answer
    assert shown["id"] == order["id"]
    assert shown["order"]["status"] == order["status"].upper()
    assert shown["order"]["items"]


def test_the_integrations_of_the_page_are_what_the_store_takes(seeded: RunningSandbox) -> None:
    blocks = re.findall(r"^```json\n(.*?)^```$", page("subscriptions.md"), re.MULTILINE | re.DOTALL)
    bodies = [json.loads(block)["data"] for block in blocks]

    made = [seeded.call("POST", "/v2/integrations", body | {"enabled": False}) for body in bodies]

    assert [answer.status_code for answer in made] == [200, 200]
    assert {path for body in bodies for path in [body["configuration"]["url"]]} == {f"https://shop.example{PATH}"}


async def test_whoever_may_read_it_no_longer_is_told_nothing_at_all(upstream: ScriptedUpstream) -> None:
    customer(upstream)
    async with told(upstream.url) as running, subscribed(running.client, ANY, {"id": "a"}, bearer="b") as one:
        upstream.answers["/v2/customers/a"] = [error(403, title="Forbidden"), error(401, title="Unauthorized")]
        statuses = [await bring(running, "e1"), await bring(running, "e2")]
        refused = 'penstock_subscription_events_total{field="customerChanged",outcome="refused"}'
        await until(lambda: _is(running, refused, 1))
        before = list(one.events)
        customer(upstream, "Back")
        statuses.append(await bring(running, "e3"))
        answer = await one.until(1)

    assert statuses == [204, 204, 204]
    assert before == []
    assert answer["data"]["customerChanged"]["customer"]["name"] == "Back"


async def test_an_event_counts_once_and_an_outage_of_the_store_loses_none(upstream: ScriptedUpstream) -> None:
    customer(upstream)
    async with told(upstream.url) as running, subscribed(running.client, ANY, {"id": "a"}, bearer="b") as one:
        row = {"data": {"type": "customer", "id": "a", "name": "Later"}}
        upstream.answers["/v2/customers/a"] = [error(503), error(503), error(503), error(503), row]
        statuses = [await bring(running, "e1"), await bring(running, "e1"), await bring(running, "e2", "b")]
        answer = await one.until(1)
        counts = [
            await count(running, f'penstock_webhook_events_total{{outcome="{outcome}"}}')
            for outcome in ("received", "duplicate")
        ]
        spoken = running.logged.getvalue() + (await running.client.get("/metrics")).text + repr(running.gateway)

    assert statuses == [204, 204, 204]
    assert answer["data"]["customerChanged"]["customer"] == {"id": "a", "name": "Later"}
    assert counts == [2.0, 1.0]
    assert SECRET not in spoken
    assert "not to be trusted" not in spoken


async def test_an_event_reaches_the_subscribers_of_every_replica(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    customer(upstream)
    shared = {"state_url": read_state_address(str(tmp_path))}
    async with (
        told(upstream.url, **shared) as here,
        told(upstream.url, **shared) as there,
        subscribed(here.client, ANY, {"id": "a"}, bearer="b") as near,
        subscribed(there.client, ANY, {"id": "a"}, bearer="b") as far,
    ):
        statuses = [await bring(here, "e1"), await bring(there, "e1")]
        answers = [await near.until(1), await far.until(1)]
        duplicates = await count(there, 'penstock_webhook_events_total{outcome="duplicate"}')

    assert statuses == [204, 204]
    assert answers[0] == answers[1]
    assert duplicates == 1


async def test_subscriptions_go_on_after_a_swap_and_end_where_their_document_is_gone(
    upstream: ScriptedUpstream,
) -> None:
    customer(upstream, "Ines", "slot", "other")
    slot = ANY.replace("name", "slot")
    news = "subscription { schemaChanged { version changes { coordinate } } }"
    async with told(upstream.url, field_grace_days=0.0) as running:
        old = running.gateway.holder.current
        async with (
            subscribed(running.client, ANY, {"id": "a"}, bearer="b") as goes_on,
            subscribed(running.client, slot, {"id": "a"}, bearer="b") as ends,
            subscribed(running.client, news) as schema,
        ):
            upstream.answers["/v2/flows/customers/fields"] = {"data": [field_json("other")]}
            await running.reload()
            swapped, ended = await schema.until(1), await ends.end()
            await bring(running, "e1")
            answer = await goes_on.until(1)
            current = running.gateway.holder.current

    assert old is not None
    assert current is not None
    assert swapped["data"]["schemaChanged"]["version"] == current.version != old.version
    assert {"coordinate": "Customer.slot"} in swapped["data"]["schemaChanged"]["changes"]
    assert ended == ["next", "complete"]
    assert ends.told[0]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert answer["data"]["customerChanged"]["customer"]["name"] == "Ines"


async def test_places_are_bounded_and_given_back_when_clients_leave(upstream: ScriptedUpstream) -> None:
    customer(upstream)
    async with told(upstream.url, max_subscriptions=3, max_client_subscriptions=2) as running:
        client, before = running.client, len(asyncio.all_tasks())
        async with (
            subscribed(client, ANY, {"id": "a"}, bearer="b"),
            subscribed(client, ANY, {"id": "a"}, bearer="b"),
            subscribed(client, ANY, {"id": "a"}, bearer="b") as third,
            subscribed(client, ANY, {"id": "a"}, bearer="c"),
            subscribed(client, ANY, {"id": "a"}, bearer="d") as fourth,
        ):
            statuses = [third.answer.status_code, fourth.answer.status_code]
            waits = [third.answer.headers["retry-after"], fourth.answer.headers["retry-after"]]
            was_open = await count(running, 'penstock_subscriptions{field="customerChanged"}')
        await until(lambda: _is(running, 'penstock_subscriptions{field="customerChanged"}', 0))
        await until(lambda: _are_gone(before + 1))  # a connection of the client may stay open

    assert statuses == [429, 503]
    assert waits == ["30", "30"]
    assert was_open == 3


async def test_a_gateway_that_stops_cuts_streams_so_that_clients_come_back(upstream: ScriptedUpstream) -> None:
    customer(upstream)
    async with (
        told(upstream.url, heartbeat_seconds=0.05) as running,
        subscribed(running.client, ANY, {"id": "a"}, bearer="b") as one,
    ):
        await one.beat(3)
        running.stop()
        events = await one.end()

    assert events == []
    assert "failed" not in running.logged.getvalue()


async def test_without_a_secret_nothing_is_taken_and_subscriptions_say_so(upstream: ScriptedUpstream) -> None:
    customer(upstream)
    async with served(upstream.url) as running:
        status = await bring(running, "e1")
        async with (
            subscribed(running.client, ANY, {"id": "a"}, bearer="b") as one,
            subscribed(running.client, ORDER + SHOWN, {"id": "a"}, bearer="b") as two,
        ):
            events = [await one.end(), await two.end()]

    assert status == 404
    assert events == [["next", "complete"]] * 2
    assert "not offered here" in one.told[0]["errors"][0]["message"]
    assert "PENSTOCK_WEBHOOK_SECRET" in two.told[0]["errors"][0]["message"]


async def test_streams_are_plain_and_open_to_allowed_pages_alone(upstream: ScriptedUpstream) -> None:
    customer(upstream)
    shop = "https://shop.example"
    async with told(upstream.url, cors_origins=(shop,)) as running:
        async with subscribed(
            running.client, ANY, {"id": "a"}, bearer="b", origin=shop, accept_encoding="gzip, br"
        ) as one:
            headers = one.answer.headers
        page = {"origin": "https://evil.example", "sec-fetch-site": "cross-site", "accept": "text/event-stream"}
        query = {"query": "subscription { schemaChanged { version } }"}
        crossed = await running.client.get("/graphql", params=query, headers=page)
        mutation = {"query": 'mutation { customerDelete(id: "a") { deletedCustomerId } }'}
        mutated = await running.client.get("/graphql", params=mutation, headers={"accept": "text/event-stream"})
        async with running.client.stream(
            "GET", "/graphql", params=query, headers={"accept": "text/event-stream"}
        ) as answer:
            by_get = Subscriber(answer).answer.headers["content-type"]

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "content-encoding" not in headers
    assert headers["access-control-allow-origin"] == shop
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert headers["schema-version"]
    assert headers["x-request-id"]
    assert (crossed.status_code, mutated.status_code) == (403, 405)
    assert by_get == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "query", "kind", "body"),
    [
        ("text/event-stream", "{ schemaInfo { source } }", "text/event-stream", 'event: next\ndata: {"data":{'),
        ("text/event-stream", "{ nowhere }", "text/event-stream", 'event: next\ndata: {"errors":['),
        ("text/event-stream", "subscription { nowhere }", "text/event-stream", 'event: next\ndata: {"errors":['),
        ("text/event-stream", "subscription {", "text/event-stream", 'event: next\ndata: {"errors":['),
        ("text/event-stream", OWN, "text/event-stream", "CUSTOMER_TOKEN_MISSING"),
        (
            "text/event-stream",
            'subscription { orderChanged(id: "../x") { id } }',
            "text/event-stream",
            "BAD_USER_INPUT",
        ),
        ("text/event-stream", ORDER + SHOWN, "text/event-stream", "BAD_USER_INPUT"),
        ("application/json, text/event-stream;q=0.5", "{ schemaInfo { source } }", "application/json", '{"data":{'),
        ("application/json, text/event-stream;q=0.5", OWN, "text/event-stream", "CUSTOMER_TOKEN_MISSING"),
        ("application/json", OWN, "application/json", "text/event-stream"),
        ("*/*", OWN, "application/json", "text/event-stream"),
        (
            "text/event-stream",
            "subscription { schemaChanged { version } customerChanged { id } }",
            "text/event-stream",
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
async def test_what_is_no_open_subscription_is_one_answer(
    shared_gateway: Served, accept: str, query: str, kind: str, body: str
) -> None:
    answer = await shared_gateway.client.post("/graphql", json={"query": query}, headers={"accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert body in answer.text
    assert answer.text.endswith("\n\nevent: complete\ndata:\n\n") == (kind == "text/event-stream")


@pytest.fixture
async def shared_gateway(upstream: ScriptedUpstream) -> AsyncIterator[Served]:
    """A gateway in front of a store with one customer."""
    customer(upstream)
    async with told(upstream.url) as running:
        yield running


async def test_trusted_documents_alone_are_run_as_subscriptions_where_only_those_are(
    upstream: ScriptedUpstream, tmp_path: Path
) -> None:
    customer(upstream)
    (tmp_path / "persisted.json").write_text(json.dumps({"watch": ANY}))
    async with told(upstream.url, trusted_documents="only", trusted_documents_path=str(tmp_path)) as running:
        refused = await running.client.post(
            "/graphql", json={"query": OWN}, headers={"accept": "text/event-stream", "authorization": "Bearer b"}
        )
        body = {"documentId": "watch", "variables": {"id": "a"}}
        headers = {"accept": "text/event-stream", "authorization": "Bearer b"}
        async with running.client.stream("POST", "/graphql", json=body, headers=headers) as answer:
            subscriber = Subscriber(answer)
            reading = asyncio.create_task(subscriber.read())
            await bring(running, "e1")
            shown = await subscriber.until(1)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    assert '"code":"FORBIDDEN"' in refused.text
    assert shown["data"]["customerChanged"]["customer"]["name"] == "Ines"
