"""Liberal out: whatever a row holds, one bad value never blanks a page, and foreign rows never leave."""

from __future__ import annotations

import pytest

from tests.support.gateway import gateway
from tests.support.scripted import Call, Reply, ScriptedUpstream, listing
from tests.support.stores import between, enum_rule, field_json, generation_of, to_many, to_one

FIELDS = {
    "text": "string",
    "whole": "integer",
    "part": "float",
    "flag": "boolean",
    "day": "date",
}
STORE = generation_of(
    {
        "customers": [
            *(field_json(slug, field_type) for slug, field_type in FIELDS.items()),
            field_json("slot", "string", enum_rule("early bird", "noon")),
            field_json("wide", "integer", between(0, 2**60)),
            field_json("friend", "relationship", to_one("customer")),
            field_json("friends", "relationship", to_many("customer")),
            field_json("wish", "relationship", to_one("wishlists")),
            field_json("product", "relationship", to_one("product")),
            field_json("products", "relationship", to_many("product")),
            field_json("gone", enabled=False),
        ],
        "wishlists": [field_json("title")],
        "addresses": [field_json("bell")],
    }
)
ALL = "text whole part flag day slot wide"


def customer(**more: object) -> dict[str, object]:
    return {"data": {"id": "c1", "type": "customer", "name": "Ines"} | more}


@pytest.mark.parametrize(
    ("name", "stored", "read"),
    [
        ("text", 0, "0"),
        ("text", True, "true"),
        ("text", 1.5, "1.5"),
        ("text", "", ""),
        ("text", {"a": 1}, None),
        ("text", ["a"], None),
        ("whole", "12", 12),
        ("whole", 12.0, 12),
        ("whole", 12.5, None),
        ("whole", 2**31, None),
        ("whole", -(2**31), -(2**31)),
        ("whole", True, None),
        ("whole", "", None),
        ("whole", "0x1", None),
        ("part", "1.5", 1.5),
        ("part", 3, 3.0),
        ("part", "NaN", None),
        ("part", float("inf"), None),
        ("part", float("nan"), None),
        ("part", 10**400, None),
        ("flag", "true", True),
        ("flag", "false", False),
        ("flag", 1, None),
        ("flag", "yes", None),
        ("day", "2024-02-30", "2024-02-30"),
        ("day", "2024-02-28 10:00:00", "2024-02-28 10:00:00"),
        ("day", "2024-02-28T10:00:00.000Z", "2024-02-28T10:00:00.000Z"),
        ("day", 1700000000, None),
        ("day", "tomorrow", None),
        ("slot", "noon", "NOON"),
        ("slot", "early bird", "EARLY_BIRD"),
        ("slot", "midnight", "UNRECOGNIZED"),
        ("slot", "UNRECOGNIZED", "UNRECOGNIZED"),
        ("slot", "", None),
        ("slot", 7, "UNRECOGNIZED"),
        ("slot", [], None),
        ("wide", 2**53 - 1, 2**53 - 1),
        ("wide", 2**53, str(2**53)),
        ("wide", 2**63, None),
        ("wide", "99", 99),
    ],
)
async def test_a_stored_value_is_read_as_its_type_or_is_null(
    upstream: ScriptedUpstream, name: str, stored: object, read: object
) -> None:
    upstream.answers = {"/v2/customers/c1": customer(**{name: stored})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(f'{{ customer(id: "c1") {{ name {ALL} }} }}')

    assert answer.data["customer"] == {"name": "Ines"} | dict.fromkeys(ALL.split()) | {name: read}
    assert running.uncoercible == ([("Customer", name)] if read is None and (name, stored) != ("slot", "") else [])


async def test_a_value_that_cannot_be_read_is_there_raw(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/customers/c1": customer(whole="twelve", text={"deep": [1]})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ customer(id:"c1") { whole text a:customField(slug:"whole") { slug value definition { fieldType } } '
            'b:customField(slug:"text") { value } } }'
        )

    assert answer.data["customer"] == {
        "whole": None,
        "text": None,
        "a": {"slug": "whole", "value": "twelve", "definition": {"fieldType": "integer"}},
        "b": {"value": {"deep": [1]}},
    }


@pytest.mark.parametrize("junk", [None, 1, "x", [], {}, [[]], {"data": 1}, True])
async def test_core_values_of_any_shape_never_fail_a_row(upstream: ScriptedUpstream, junk: object) -> None:
    upstream.answers = {
        "/v2/customers/c1": customer(name=junk, email=junk, password=junk, meta=junk, relationships=junk),
        "/v2/orders/o1": {
            "data": {
                "id": "o1",
                "status": junk,
                "customer": junk,
                "billing_address": junk,
                "relationships": junk,
                "meta": {"timestamps": junk},
            }
        },
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ customer(id:"c1") { id name email hasPassword createdAt friend { id } friends { id } products { id } '
            'customFields { value } } order(id:"o1") { id status customerName customer { id } billingAddress { line1 } '
            "createdAt } }"
        )

    assert answer.data["customer"]["id"] == "c1"
    assert answer.data["customer"]["friends"] == []
    assert answer.data["order"]["customer"] is None


@pytest.mark.parametrize(
    "row", [{}, {"id": None}, {"id": ""}, {"id": []}, {"id": True}, None, 1, "x", [], [{"id": "c9"}]]
)
async def test_a_row_without_an_id_is_dropped_from_lists(upstream: ScriptedUpstream, row: object) -> None:
    good = {"id": "a1", "line_1": "1 Hill"}
    upstream.answers = {
        "/v2/customers": listing(row, {"id": "c1"}, row),
        "/v2/customers/c1/addresses": listing(row, good),
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ customers(first: 3) { nodes { id addresses { id line1 } } } }")

    assert answer.data["customers"]["nodes"] == [{"id": "c1", "addresses": [{"id": "a1", "line1": "1 Hill"}]}]
    assert running.dropped == [("Customer", "no id")] * 2 + [("Address", "no id")]


@pytest.mark.parametrize("answered", [{"id": "c2"}, {"id": 1}, {}, {"id": None}])
async def test_another_row_than_was_asked_for_is_refused(
    upstream: ScriptedUpstream, answered: dict[str, object]
) -> None:
    upstream.answers = {"/v2/customers/c1": {"data": {"name": "Mallory"} | answered}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id:"c1") { name } }')

    assert answer.partial == {"customer": None}
    assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"{", b'{"data":', b'{"data": []}', b'{"data": null}', b"{}", b"[" * 100_000],
)
async def test_an_answer_that_is_no_resource_is_an_error_that_says_nothing_of_it(
    upstream: ScriptedUpstream, body: bytes
) -> None:
    upstream.answers = {"/v2/customers/c1": Reply(200, body)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id:"c1") { name } }')

    assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"]
    assert "html" not in answer.text
    assert "/v2" not in answer.text


async def test_a_list_that_is_null_is_empty_and_one_that_is_missing_is_no_answer(upstream: ScriptedUpstream) -> None:
    text = '{ customers { totalCount nodes { id } } customer(id: "c1") { addresses { id } } }'
    upstream.answers = {
        "/v2/customers": [{"data": None}, {}],
        "/v2/customers/c1": customer(),
        "/v2/customers/c1/addresses": [{"data": None}, {}],
    }

    async with gateway(upstream.url, STORE) as running:
        empty = await running.run(text)
        missing = await running.run(text)

    assert empty.data == {"customers": {"totalCount": None, "nodes": []}, "customer": {"addresses": []}}
    assert missing.codes == ["UPSTREAM_INVALID_RESPONSE"] * 2


async def test_rows_that_break_an_equality_filter_never_leave(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers": listing(
            {"id": "c1", "email": "a@b.co"}, {"id": "c2", "email": "x@b.co"}, {"id": "c3"}, total=3
        )
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customers(filter: {email: {eq: " A@b.co "}}) { nodes { id } } }')

    assert answer.data["customers"]["nodes"] == [{"id": "c1"}]
    assert 'eq(email,"a@b.co")' in upstream.calls[0].target
    assert running.dropped == [("Customer", "filter not kept")] * 2


@pytest.mark.parametrize(
    ("given", "kept", "dropped"),
    [
        ('name: {eq: "A"}', {"name": "A"}, {"name": "a"}),
        ('externalRef: {eq: "7"}', {"external_ref": "7"}, {"external_ref": None}),
        ('id: {eq: "r1"}', {}, {"id": "r3"}),
    ],
)
async def test_every_checkable_equality_is_checked(
    upstream: ScriptedUpstream, given: str, kept: dict[str, object], dropped: dict[str, object]
) -> None:
    upstream.answers = {"/v2/customers": listing({"id": "r1"} | kept, {"id": "r2"} | dropped)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(f"{{ customers(filter: {{{given}}}) {{ nodes {{ id }} }} }}")

    assert answer.data["customers"]["nodes"] == [{"id": "r1"}]


async def test_states_of_orders_are_checked(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"/v2/orders": listing({"id": "o1", "status": "complete"}, {"id": "o2", "status": "cancelled"})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run("{ orders(filter: {status: {eq: COMPLETE}}) { nodes { id status } } }")

    assert answer.data["orders"]["nodes"] == [{"id": "o1", "status": "COMPLETE"}]


@pytest.mark.parametrize(
    "owner",
    [
        {"relationships": {"customer": {"data": {"id": "c2"}}}},
        {"customer": {"id": "c2"}},
        {"relationships": {"customer": {"data": {"id": "c1"}}}, "customer": {"id": "c2"}},
        {"customer": {"name": "guest"}},
        {},
    ],
)
async def test_orders_of_another_customer_are_dropped(upstream: ScriptedUpstream, owner: dict[str, object]) -> None:
    own = {"id": "o1", "relationships": {"customer": {"data": {"id": "c1"}}}}
    upstream.answers = {"/v2/customers/c1": customer(), "/v2/orders": listing(own, {"id": "o2"} | owner, total=2)}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id:"c1") { orders { nodes { id } } } }')

    assert answer.data["customer"]["orders"]["nodes"] == [{"id": "o1"}]
    assert 'eq(customer_id,"c1")' in upstream.calls[1].target


@pytest.mark.parametrize(
    "stored",
    [
        {"data": {"type": "customer", "id": "c2"}},
        {"data": [{"type": "customer", "id": "c2"}]},
        {"type": "customer", "id": "c2"},
        [{"id": "c2"}],
        {"data": [{"type": "customer", "id": "c2"}, {"type": "customer", "id": "c2"}, None, {"id": ".."}, {"id": 3}]},
    ],
)
async def test_relationships_are_read_in_every_shape(upstream: ScriptedUpstream, stored: object) -> None:
    upstream.answers = {
        "/v2/customers/c1": customer(relationships={"friend": stored, "friends": stored, "products": stored}),
        "/v2/customers/c2": {"data": {"id": "c2", "name": "Bo"}},
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id:"c1") { friend { name } friends { name } products { id } } }')

    assert answer.data["customer"] == {
        "friend": {"name": "Bo"},
        "friends": [{"name": "Bo"}],
        "products": [{"id": "c2"}],
    }
    assert upstream.paths == ["/v2/customers/c1", "/v2/customers/c2"]


@pytest.mark.parametrize("stored", [None, {"data": None}, {"data": []}, {}, [], "x", 3])
async def test_no_relationship_is_null_or_an_empty_list(upstream: ScriptedUpstream, stored: object) -> None:
    upstream.answers = {"/v2/customers/c1": customer(relationships={"friend": stored, "friends": stored})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ customer(id:"c1") { friend { name } friends { name } wish { id } product { id } } }'
        )

    assert answer.data["customer"] == {"friend": None, "friends": [], "wish": None, "product": None}
    assert len(upstream.calls) == 1


async def test_a_related_row_that_is_gone_is_left_out(upstream: ScriptedUpstream) -> None:
    references = {"data": [{"id": "c2"}, {"id": "c3"}]}
    upstream.answers = {
        "/v2/customers/c1": customer(relationships={"friends": references, "friend": {"data": {"id": "c2"}}}),
        "/v2/customers/c3": {"data": {"id": "c3"}},
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id:"c1") { friends { id } friend { id } } }')

    assert answer.data["customer"] == {"friends": [{"id": "c3"}], "friend": None}


async def test_a_reference_to_what_is_not_served_has_its_type_and_id(upstream: ScriptedUpstream) -> None:
    one = {"data": {"type": "product", "id": "p1"}}
    upstream.answers = {
        "/v2/customers/c1": customer(relationships={"product": one, "products": {"data": [{"id": "p2"}]}})
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id:"c1") { product { type id } products { type id } } }')

    assert answer.data["customer"] == {
        "product": {"type": "product", "id": "p1"},
        "products": [{"type": None, "id": "p2"}],
    }


async def test_custom_flows_are_read_one_by_one_and_as_lists(upstream: ScriptedUpstream) -> None:
    row = {"id": "w1", "type": "entry", "title": "Wish", "meta": {"timestamps": {"created_at": "2024-01-01T00:00:00Z"}}}
    upstream.answers = {
        "/v2/flows/wishlists/entries/w1": {"data": row},
        "/v2/flows/wishlists/entries": listing(row, total=1),
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ wishlist(id:"w1") { title createdAt } gone: wishlist(id:"w2") { title } '
            "wishlists(first: 1) { nodes { id title } totalCount } }"
        )

    assert answer.data == {
        "wishlist": {"title": "Wish", "createdAt": "2024-01-01T00:00:00Z"},
        "gone": None,
        "wishlists": {"nodes": [{"id": "w1", "title": "Wish"}], "totalCount": 1},
    }
    assert [call.target for call in upstream.calls if "?" in call.target] == [
        "/v2/flows/wishlists/entries?page[limit]=1"
    ]


@pytest.mark.parametrize("unset", ["0001-01-01T00:00:00Z", "", "yesterday", 1700000000, None, "2024-01-01"])
async def test_a_moment_that_is_none_is_null(upstream: ScriptedUpstream, unset: object) -> None:
    upstream.answers = {"/v2/customers/c1": customer(meta={"timestamps": {"created_at": unset}})}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('{ customer(id:"c1") { createdAt } }')

    assert answer.data == {"customer": {"createdAt": None}}


async def test_an_address_is_read_within_its_customer(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "/v2/customers/c1": customer(),
        "/v2/customers/c1/addresses/a1": {"data": {"id": "a1", "line_1": "1 Hill", "bell": 3}},
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ customer(id:"c1") { address(id:"a1") { line1 bell } none: address(id:"a2") { line1 } } }'
        )

    assert answer.data["customer"] == {"address": {"line1": "1 Hill", "bell": "3"}, "none": None}


@pytest.mark.parametrize("identity", ["", "..", ".", "a/b", "a%2Fb", "a b", "x" * 65, "é", "a\n", "{id}"])
async def test_what_is_no_id_is_refused_before_any_call(upstream: ScriptedUpstream, identity: str) -> None:
    upstream.answers = {"/v2/customers/c1": customer()}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            "query ($id: ID!) { customer(id: $id) { id } order(id: $id) { id } wishlist(id: $id) { id } }",
            {"id": identity},
        )

    assert answer.codes == ["BAD_USER_INPUT"] * 3
    assert upstream.calls == []


async def test_a_key_that_two_rows_share_is_read_for_each(upstream: ScriptedUpstream) -> None:
    def order(call: Call) -> object:
        return {"data": {"id": call.path.rpartition("/")[2], "relationships": {"customer": {"data": {"id": "c1"}}}}}

    upstream.answers = {"/v2/orders/o1": order, "/v2/orders/o2": order, "/v2/customers/c1": customer()}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            '{ a: order(id:"o1") { customer { name } } b: order(id:"o2") { customer { name } } }'
        )

    assert answer.data == {"a": {"customer": {"name": "Ines"}}, "b": {"customer": {"name": "Ines"}}}
    assert upstream.paths.count("/v2/customers/c1") == 1
