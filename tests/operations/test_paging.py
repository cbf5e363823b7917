"""Connections: keyset in both directions, offsets with their wall, cursors, page info and counts."""

from __future__ import annotations

import base64
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.errors import CallerError
from penstock.operations.paging import Cursor, page_request
from penstock.resources.customer import LISTING
from penstock.resources.ways import Edge, Route, Shape
from tests.support.gateway import Gateway, gateway
from tests.support.scripted import Call, ScriptedUpstream, listing
from tests.support.stores import generation_of

STORE = generation_of({"wishlists": []})
EDGE = Edge("customers", "", Shape.CONNECTION, "Customer", Route("GET", "/v2/customers"), listing=LISTING)


class Shop:
    """Customers that can be listed by id key and by offset, as upstream lists them."""

    def __init__(self, count: int, *, has_meta: bool = True) -> None:
        self.ids = [f"c{number:03}" for number in range(count)]
        self.has_meta = has_meta

    def __call__(self, call: Call) -> Any:
        ids = list(self.ids)
        found = re.search(r'(gt|lt)\(id,"([^"]*)"\)', call.target)
        if found:
            ids = [one for one in ids if (one > found[2] if found[1] == "gt" else one < found[2])]
        if "sort=-" in call.target:
            ids.reverse()
        limit = int(re.search(r"limit\]=(\d+)", call.target)[1])  # type: ignore[index] # always asked for
        offset = re.search(r"offset\]=(\d+)", call.target)
        start = int(offset[1]) if offset else 0
        rows = [{"id": one} for one in ids[start : start + limit]]
        return listing(*rows, total=len(ids) if self.has_meta else None)


async def walk(running: Gateway, arguments: str, first: int = 7) -> list[str]:
    """Every id of a connection, page after page."""
    found: list[str] = []
    after = None
    for _ in range(100):
        answer = await running.run(
            f"query ($after: String) {{ customers(first: {first}, after: $after {arguments}) "
            "{ nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
            {"after": after},
        )
        page = answer.data["customers"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        if page["edges"]:
            assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
            assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
    raise AssertionError("the connection never ends")


@pytest.mark.parametrize("has_meta", [True, False])
@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 14, 20])
@pytest.mark.parametrize("sort", ["", "sort: ID_ASC", "sort: ID_DESC", "sort: NAME_ASC", "sort: CREATED_AT_DESC"])
async def test_walking_a_connection_meets_every_row_once(
    upstream: ScriptedUpstream, sort: str, count: int, has_meta: bool
) -> None:
    shop = Shop(count, has_meta=has_meta)
    upstream.answers = {"/v2/customers": shop}

    async with gateway(upstream.url, STORE) as running:
        found = await walk(running, sort)

    assert found == (shop.ids[::-1] if "DESC" in sort else shop.ids)


@pytest.mark.parametrize(("sort", "wanted"), [("ID_ASC", 'filter=gt(id,"c001")'), ("ID_DESC", 'filter=lt(id,"c001")')])
async def test_sorted_by_id_the_next_page_is_asked_for_by_key(
    upstream: ScriptedUpstream, sort: str, wanted: str
) -> None:
    upstream.answers = {"/v2/customers": listing({"id": "c001"}, total=2)}

    async with gateway(upstream.url, STORE) as running:
        first = await running.run(f"{{ customers(first: 1, sort: {sort}) {{ pageInfo {{ endCursor }} }} }}")
        cursor = first.data["customers"]["pageInfo"]["endCursor"]
        await running.run(f'{{ customers(first: 1, sort: {sort}, after: "{cursor}") {{ nodes {{ id }} }} }}')

    assert wanted in upstream.calls[1].target
    assert "offset" not in upstream.calls[1].target


async def test_a_filter_that_leaves_no_room_for_the_key_is_walked_by_offset(upstream: ScriptedUpstream) -> None:
    shop = Shop(20)
    upstream.answers = {"/v2/customers": shop}
    moments = (
        'lt: "2027-01-01T00:00:00Z" le: "2027-01-01T00:00:00Z" gt: "2020-01-01T00:00:00Z" ge: "2020-01-01T00:00:00Z"'
    )
    ten = f'createdAt: {{{moments}}} updatedAt: {{{moments}}} name: {{like: "a*"}} email: {{like: "a*"}}'

    async with gateway(upstream.url, STORE) as running:
        found = await walk(running, f"filter: {{{ten}}}")

    assert found == shop.ids
    assert "gt(id," not in upstream.calls[1].target


async def test_keys_have_no_wall_and_offsets_do(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": listing({"id": "c1"}, total=50_000)}
    at_the_wall = Cursor("name", None, 10_000).encode()
    behind_it = Cursor("name", None, 10_001).encode()

    async with gateway(upstream.url, STORE) as running:
        last = await running.run(f'{{ customers(sort: NAME_ASC, after: "{at_the_wall}") {{ nodes {{ id }} }} }}')
        beyond = await running.run(f'{{ customers(sort: NAME_ASC, after: "{behind_it}") {{ nodes {{ id }} }} }}')

    assert last.data["customers"]["nodes"] == [{"id": "c1"}]
    assert beyond.codes == ["PAGINATION_LIMIT"]
    assert "ID_ASC" in beyond.errors[0]["message"]
    assert len(upstream.calls) == 1


async def test_a_list_without_an_id_sort_names_another_remedy(upstream: ScriptedUpstream) -> None:
    after = Cursor("-created_at", None, 20_000).encode()

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(f'{{ orders(after: "{after}") {{ nodes {{ id }} }} }}')

    assert answer.codes == ["PAGINATION_LIMIT"]
    assert "filter" in answer.errors[0]["message"]


@pytest.mark.parametrize(
    "after",
    [
        Cursor("name", None, 5).encode(),
        Cursor("-id", "c1", 0).encode(),
        Cursor("id", None, 5).encode(),
        base64.urlsafe_b64encode(b"2|id|kc1").decode(),
        base64.urlsafe_b64encode(b"1|id|k").decode(),
        base64.urlsafe_b64encode(b"1|id|").decode(),
        base64.urlsafe_b64encode(b"1|id").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        "",
        "x",
        "===",
        "💥",
        "c1",
    ],
)
async def test_a_cursor_of_another_sort_or_of_nowhere_is_refused(upstream: ScriptedUpstream, after: str) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            "query ($after: String) { customers(after: $after) { nodes { id } } }", {"after": after}
        )

    assert answer.codes == ["BAD_USER_INPUT"]
    assert "after" in answer.errors[0]["message"]
    assert upstream.calls == []


@pytest.mark.parametrize("key", ["a),eq(name,x", 'a"', "a\\", "a b", "*", "x" * 65, "\u2028", "a&sort=name"])
async def test_a_forged_key_never_becomes_a_filter_of_its_own(upstream: ScriptedUpstream, key: str) -> None:
    upstream.answers = {"/v2/customers": listing()}
    forged = base64.urlsafe_b64encode(f"1|id|k{key}".encode()).decode()

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            "query ($after: String) { customers(after: $after) { nodes { id } } }", {"after": forged}
        )

    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    assert answer.data["customers"] == {"nodes": []}
    assert upstream.lines == [f'GET /v2/customers?page[limit]=25&sort=id&filter=gt(id,"{quoted}")']


@pytest.mark.parametrize("first", [0, -1, -(2**31)])
async def test_first_is_one_at_least(upstream: ScriptedUpstream, first: int) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(f"{{ customers(first: {first}) {{ nodes {{ id }} }} }}")

    assert answer.codes == ["BAD_USER_INPUT"]
    assert "100" in answer.errors[0]["message"]
    assert upstream.calls == []


@pytest.mark.parametrize(("first", "largest"), [(101, 100), (2**31 - 1, 100), (31, 30)])
async def test_a_page_beyond_the_largest_is_refused_and_counted(
    upstream: ScriptedUpstream, first: int, largest: int
) -> None:
    async with gateway(upstream.url, STORE, largest_page=largest) as running:
        answer = await running.run(
            "query ($n: Int) { customers(first: $n) { nodes { id } } schemaInfo { version } }", {"n": first}
        )

    assert answer.codes == ["LIMIT_EXCEEDED"]
    assert answer.partial["schemaInfo"]
    assert str(largest) in answer.errors[0]["message"]
    assert running.limits == ["first"]
    assert upstream.calls == []


@pytest.mark.parametrize(("arguments", "limit"), [("", 25), ("(first: null)", 25), ("(first: 100)", 100)])
async def test_the_page_size_is_always_sent(upstream: ScriptedUpstream, arguments: str, limit: int) -> None:
    upstream.answers = {"/v2/customers": listing()}

    async with gateway(upstream.url, STORE) as running:
        await running.run(f"{{ customers{arguments} {{ nodes {{ id }} }} }}")

    assert upstream.lines == [f"GET /v2/customers?page[limit]={limit}&sort=id"]
    assert "page%5Blimit%5D=" in upstream.calls[0].raw_target


async def test_rows_beyond_those_asked_for_are_cut_off(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": listing(*({"id": f"c{number}"} for number in range(9)))}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers(first: 3) { nodes { id } pageInfo { hasNextPage } } }")

    assert answer.data["customers"] == {
        "nodes": [{"id": "c0"}, {"id": "c1"}, {"id": "c2"}],
        "pageInfo": {"hasNextPage": True},
    }


@pytest.mark.parametrize(
    ("rows", "total", "has_next"),
    [
        (2, None, True),
        (1, None, False),
        (0, None, False),
        (2, 2, False),
        (2, 3, True),
        (1, 3, True),
        (0, 3, False),
        (2, "3", True),
        (2, -1, True),
        (2, True, True),
        (2, 2.0, True),
        (1, [], False),
    ],
)
async def test_whether_there_is_more_is_told_with_and_without_meta(
    upstream: ScriptedUpstream, rows: int, total: Any, has_next: bool
) -> None:
    upstream.answers = {"/v2/customers": listing(*({"id": f"c{number}"} for number in range(rows)), total=total)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers(first: 2) { pageInfo { hasNextPage } } }")

    assert answer.data["customers"]["pageInfo"]["hasNextPage"] is has_next


@pytest.mark.parametrize("meta", [None, [], "x", {"results": None}, {"results": {"total": None}}, {"results": 3}, {}])
async def test_a_total_that_upstream_does_not_tell_is_null(upstream: ScriptedUpstream, meta: object) -> None:
    upstream.answers = {"/v2/customers": listing({"id": "c1"}, meta=meta)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers { totalCount pageInfo { hasNextPage } } }")

    assert answer.data["customers"]["totalCount"] is None


async def test_a_total_costs_no_call_where_the_page_tells_it(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": Shop(30)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers(first: 2) { totalCount nodes { id } } }")

    assert answer.data["customers"]["totalCount"] == 30
    assert len(upstream.calls) == 1


async def test_behind_a_key_the_total_is_asked_for_only_when_selected(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": Shop(30)}
    after = Cursor("id", "c003", 0).encode()

    async with gateway(upstream.url, STORE) as running:
        await running.run(f'{{ customers(after: "{after}") {{ nodes {{ id }} }} }}')
        without = len(upstream.calls)
        answer = await running.run(
            f'{{ customers(after: "{after}", filter: {{name: {{like: "*"}}}}) {{ totalCount nodes {{ id }} }} }}'
        )

    assert without == 1
    assert answer.data["customers"]["totalCount"] == 30
    assert sorted(upstream.lines[1:]) == [
        'GET /v2/customers?page[limit]=1&sort=id&filter=like(name,"*")',
        'GET /v2/customers?page[limit]=25&sort=id&filter=like(name,"*"):gt(id,"c003")',
    ]


async def test_a_total_that_fails_leaves_the_page(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": Shop(30)}
    after = Cursor("id", "c003", 0).encode()

    async with gateway(upstream.url, STORE, budget=1) as running:
        answer = await running.run(f'{{ customers(first: 1, after: "{after}") {{ totalCount nodes {{ id }} }} }}')

    assert answer.partial == {"customers": {"totalCount": None, "nodes": [{"id": "c004"}]}}
    assert [(entry["path"], entry["extensions"]["code"]) for entry in answer.errors] == [
        (["customers", "totalCount"], "BUDGET_EXCEEDED")
    ]


async def test_a_page_of_which_nothing_is_served_never_sends_a_client_round_in_circles(
    upstream: ScriptedUpstream,
) -> None:
    upstream.answers = {"/v2/customers": listing({"name": "no id"}, {"name": "no id"}, total=90)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } } }")

    assert answer.data["customers"] == {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def test_a_page_that_lost_all_its_rows_can_be_gone_on_from(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers": [listing({"id": "c1"}, {"id": "c2"}, total=90), listing({"id": "c3", "name": "N"})]
    }
    document = (
        'query ($after: String) { customers(first: 2, after: $after, filter: {name: {eq: "N"}}) '
        "{ nodes { id } pageInfo { hasNextPage endCursor } } }"
    )

    async with gateway(upstream.url, STORE) as running:
        first = (await running.run(document)).data["customers"]
        second = (await running.run(document, {"after": first["pageInfo"]["endCursor"]})).data["customers"]

    assert first["nodes"] == []
    assert first["pageInfo"]["hasNextPage"] is True
    assert second["nodes"] == [{"id": "c3"}]
    assert 'gt(id,"c2")' in upstream.calls[1].target


async def test_a_page_by_offset_that_lost_all_its_rows_can_be_gone_on_from(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/orders": [listing({}, {}, total=90), listing({"id": "o3"})]}
    document = "query ($after: String) { orders(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }"

    async with gateway(upstream.url, STORE) as running:
        first = (await running.run(document)).data["orders"]
        second = (await running.run(document, {"after": first["pageInfo"]["endCursor"]})).data["orders"]

    assert first["nodes"] == []
    assert second["nodes"] == [{"id": "o3"}]
    assert "page[offset]=2" in upstream.calls[1].target


async def test_dropped_rows_count_in_offsets(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": listing({"no": "id"}, {"id": "c1"}, total=9)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers(first: 2, sort: NAME_ASC) { pageInfo { endCursor } } }")

    cursor = answer.data["customers"]["pageInfo"]["endCursor"]
    assert cursor == Cursor("name", None, 2).encode()


async def test_a_page_that_repeats_ends_the_connection(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": listing({"id": "c1"}, {"id": "c2"}, total=90)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            f'{{ customers(first: 2, after: "{Cursor("id", "c2", 0).encode()}") {{ pageInfo {{ hasNextPage }} }} }}'
        )

    assert answer.data["customers"]["pageInfo"]["hasNextPage"] is False


async def test_orders_of_several_customers_are_paged_alike(upstream: ScriptedUpstream) -> None:
    def orders(call: Call) -> Any:
        owner = re.search(r'eq\(customer_id,"(\w+)"\)', call.target)[1]  # type: ignore[index] # always asked for
        return listing({"id": f"o-{owner}", "relationships": {"customer": {"data": {"id": owner}}}}, total=7)

    upstream.answers = {"/v2/customers": Shop(3), "/v2/orders": orders}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ customers { nodes { id orders(first: 1, sort: STATUS_ASC, filter: {email: {eq: "A@b.co"}}) '
            "{ totalCount edges { cursor node { id } } } } } }"
        )

    assert upstream.lines[1] == (
        'GET /v2/orders?page[limit]=1&sort=status&filter=eq(customer_id,"c000"):eq(email,"a@b.co")'
    )
    assert [customer["orders"]["totalCount"] for customer in answer.data["customers"]["nodes"]] == [7, 7, 7]


HOLE = "00000000-pen-stock-hole-000000000000"


@pytest.mark.parametrize("text", [HOLE, f"x{HOLE}y", "{id}", "%s", "\u00e9", "a+b", "a&filter=eq(id,x)#?"])
async def test_any_text_can_be_filtered_by(upstream: ScriptedUpstream, text: str) -> None:
    upstream.answers = {
        "/v2/customers": listing({"id": "c1"}),
        "/v2/orders": listing(),
        "/v2/customers/c1": {"data": {"id": "c1"}},
    }

    async with gateway(upstream.url, STORE) as running:
        await running.run(
            "query ($text: String!) { customers(filter: {name: {like: $text}}) { nodes { id } } "
            'customer(id: "c1") { orders(filter: {name: {like: $text}}) { nodes { id } } } }',
            {"text": text},
        )

    assert f'GET /v2/customers?page[limit]=25&sort=id&filter=like(name,"{text}")' in upstream.lines
    assert (
        f'GET /v2/orders?page[limit]=25&sort=-created_at&filter=eq(customer_id,"c1"):like(name,"{text}")'
        in upstream.lines
    )


async def test_an_empty_filter_is_none(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers": listing()}

    async with gateway(upstream.url, STORE) as running:
        await running.run(
            "{ customers(filter: {}) { nodes { id } } b: customers(filter: {name: {}}) { nodes { id } } }"
        )

    assert upstream.lines == ["GET /v2/customers?page[limit]=25&sort=id"]


async def test_more_conditions_than_upstream_takes_are_refused(upstream: ScriptedUpstream) -> None:
    conditions = " ".join(
        f'{name}: {{eq: "x", like: "y"}}'
        for name in ("name", "email", "shippingPostcode", "billingPostcode", "externalRef", "orderNumber")
    )

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(f"{{ orders(filter: {{{conditions}}}) {{ nodes {{ id }} }} }}")

    assert answer.codes == ["BAD_USER_INPUT"]
    assert upstream.calls == []


@given(
    sort=st.sampled_from(["id", "-id", "name", "-created_at"]),
    key=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    offset=st.integers(0, 10_000),
)
def test_a_cursor_comes_back_as_the_place_it_names(sort: str, key: str, offset: int) -> None:
    by_key = sort.lstrip("-") == "id"
    cursor = Cursor(sort, key if by_key else None, 0 if by_key else offset)

    request = page_request(EDGE, LISTING, {"sort": sort, "after": cursor.encode()})

    if by_key:
        operator = "lt" if sort.startswith("-") else "gt"
        assert f"{operator}%28id%2C%22{key}%22%29" in request.target(None)
    else:
        assert request.offset == offset


@given(st.text())
def test_any_text_for_a_cursor_is_understood_or_refused(text: str) -> None:
    with suppress(CallerError):
        request = page_request(EDGE, LISTING, {"after": text})

        assert request.continues
