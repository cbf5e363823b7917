"""Writes: exactly the given keys travel, once; violations are told together; nothing upstream said leaks."""

from __future__ import annotations

from typing import Any

import pytest

from penstock.upstream.config import RetryConfig
from tests.support.gateway import credentials_of, customer_token, gateway
from tests.support.scripted import Reply, ScriptedUpstream, error
from tests.support.stores import between, enum_rule, field_json, generation_of, to_one

STORE = generation_of(
    {
        "customers": [
            field_json("delivery_details", default=0),
            field_json("shoe-size", "integer", between(16, 52)),
            field_json("slot", "string", enum_rule("early bird", "noon")),
            field_json("tier", required=True),
            field_json("score", "float", between(0, 1)),
            field_json("wide", "integer", between(0, 2**60)),
            field_json("vip", "boolean"),
            field_json("day", "date"),
            field_json("backup_email", "string", {"type": "email"}),
            field_json("handle", "string", {"type": "slug"}),
            field_json("device", "string", {"type": "uuid"}),
            field_json("size", "integer", enum_rule(1, 2)),
            field_json("friend", "relationship", to_one("customer")),
        ]
    }
)
LOOSE = generation_of({"customers": [field_json("delivery_details"), field_json("backup_email")]})
UPDATE = (
    "mutation ($id: ID, $input: CustomerUpdateInput!) { customerUpdate(id: $id, input: $input) "
    "{ customer { id name } userErrors { code field message } } }"
)
CREATE = (
    "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) "
    "{ customer { id } userErrors { code field message } } }"
)
DELETE = "mutation ($id: ID) { customerDelete(id: $id) { deletedCustomerId userErrors { code field } } }"
LOGIN = (
    "mutation ($email: Email!, $password: String!) "
    "{ customerTokenCreate(input: {password: {email: $email, password: $password}}) "
    "{ customerToken { token customerId expiresAt } userErrors { code field message } } }"
)
SAVED = {"data": {"id": "c1", "type": "customer", "name": "Ines"}}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {}),
        ({"deliveryDetails": "porch"}, {"delivery_details": "porch"}),
        ({"deliveryDetails": None}, {"delivery_details": None}),
        ({"deliveryDetails": ""}, {"delivery_details": ""}),
        ({"shoeSize": 40, "vip": False}, {"shoe-size": 40, "vip": False}),
        ({"slot": "EARLY_BIRD"}, {"slot": "early bird"}),
        ({"score": 1}, {"score": 1.0}),
        ({"wide": 2**53 + 1}, {"wide": 2**53 + 1}),
        ({"wide": str(2**53 + 1)}, {"wide": 2**53 + 1}),
        ({"day": "2024-02-29 10:00:00"}, {"day": "2024-02-29 10:00:00"}),
        ({"email": "  Ines@Example.TEST "}, {"email": "ines@example.test"}),
        ({"externalRef": None}, {"external_ref": None}),
        ({"password": "correct horse"}, {"password": "correct horse"}),
        ({"name": "Ada 💡 \n"}, {"name": "Ada 💡 \n"}),
        ({"friend": None}, None),
    ],
)
async def test_exactly_the_given_keys_travel_by_slug(
    upstream: ScriptedUpstream, given: dict[str, Any], sent: dict[str, Any] | None
) -> None:
    upstream.answers = {"PUT /v2/customers/c1": SAVED}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(UPDATE, {"id": "c1", "input": given})

    if sent is None:
        assert answer.codes == ["BAD_USER_INPUT"]
        assert upstream.calls == []
        return
    assert answer.data["customerUpdate"] == {"customer": {"id": "c1", "name": "Ines"}, "userErrors": []}
    assert [call.json for call in upstream.calls] == [{"data": {"type": "customer", "id": "c1"} | sent}]
    assert upstream.calls[0].header("content-type") == "application/json"


async def test_literals_and_unset_variables_leave_keys_out(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"PUT /v2/customers/c1": SAVED}
    document = (
        'mutation ($name: String, $ref: String = null) { customerUpdate(id: "c1", '
        "input: {name: $name, externalRef: $ref, slot: NOON, deliveryDetails: null}) { customer { id } } }"
    )

    async with gateway(upstream.url, STORE) as running:
        await running.run(document)

    assert upstream.calls[0].json == {
        "data": {"type": "customer", "id": "c1", "external_ref": None, "slot": "noon", "delivery_details": None}
    }


async def test_a_create_sends_no_id(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"POST /v2/customers": Reply(201, SAVED)}
    given = {"name": "Ines", "email": "Ines@example.test", "tier": "gold", "deliveryDetails": "porch"}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(CREATE, {"input": given})

    assert answer.data["customerCreate"] == {"customer": {"id": "c1"}, "userErrors": []}
    assert upstream.calls[0].json == {
        "data": {
            "type": "customer",
            "name": "Ines",
            "email": "ines@example.test",
            "tier": "gold",
            "delivery_details": "porch",
        }
    }


async def test_all_violations_are_told_at_once_and_nothing_is_sent(upstream: ScriptedUpstream) -> None:
    given = {
        "name": " ",
        "email": "nobody",
        "password": "short",
        "externalRef": "x" * 2049,
        "shoeSize": 99,
        "slot": "UNRECOGNIZED",
        "tier": None,
        "score": 1.5,
        "wide": -1,
        "day": "2024-02-30",
        "backupEmail": "a..b@c.d",
        "handle": "no spaces",
        "device": "1234",
        "size": 3,
        "deliveryDetails": "x" * 10_001,
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(UPDATE, {"id": "c1", "input": given})

    payload = answer.data["customerUpdate"]
    assert payload["customer"] is None
    assert {(found["field"][1], found["code"]) for found in payload["userErrors"]} == {
        ("name", "REQUIRED"),
        ("email", "NOT_AN_EMAIL"),
        ("password", "INVALID"),
        ("externalRef", "TOO_LONG"),
        ("shoeSize", "OUT_OF_RANGE"),
        ("slot", "NOT_IN_ENUM"),
        ("tier", "REQUIRED"),
        ("score", "OUT_OF_RANGE"),
        ("wide", "OUT_OF_RANGE"),
        ("day", "INVALID"),
        ("backupEmail", "NOT_AN_EMAIL"),
        ("handle", "NOT_A_SLUG"),
        ("device", "NOT_A_UUID"),
        ("size", "NOT_IN_ENUM"),
        ("deliveryDetails", "TOO_LONG"),
    }
    assert {found["field"][0] for found in payload["userErrors"]} == {"input"}
    assert upstream.calls == []


@pytest.mark.parametrize("text", ["\x00", "a\x1bb", "\ud800"])
@pytest.mark.parametrize("name", ["name", "deliveryDetails", "email", "password", "externalRef"])
async def test_text_that_is_no_text_never_travels(upstream: ScriptedUpstream, name: str, text: str) -> None:
    upstream.answers = {"PUT /v2/customers/c1": SAVED}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(UPDATE, {"id": "c1", "input": {name: text * 8}})

    if name == "deliveryDetails" and text != "\ud800":
        assert answer.data["customerUpdate"]["userErrors"] == []
    else:
        assert {found["field"][1] for found in answer.data["customerUpdate"]["userErrors"]} == {name}
        assert upstream.calls == []


@pytest.mark.parametrize("identity", ["", "..", "a/b", "c1?x", "é", "x" * 65])
async def test_an_id_that_is_none_is_a_user_error(upstream: ScriptedUpstream, identity: str) -> None:
    async with gateway(upstream.url, STORE) as running:
        updated = await running.run(UPDATE, {"id": identity, "input": {"name": ""}})
        deleted = await running.run(DELETE, {"id": identity})

    assert [(found["code"], found["field"]) for found in updated.data["customerUpdate"]["userErrors"]] == [
        ("REQUIRED", ["input", "name"]),
        ("INVALID", ["id"]),
    ]
    assert deleted.data["customerDelete"] == {
        "deletedCustomerId": None,
        "userErrors": [{"code": "INVALID", "field": ["id"]}],
    }
    assert upstream.calls == []


SECRET = "https://internal.example/v2 eyJtoken host-17"

REFUSALS = [
    (error(409, title="Duplicate email", detail=SECRET), [("EMAIL_TAKEN", ["input", "email"])]),
    (error(422, title="Validation", detail=f"email already exists {SECRET}"), [("EMAIL_TAKEN", ["input", "email"])]),
    (error(400, detail="A customer with this e-mail is there"), [("EMAIL_TAKEN", ["input", "email"])]),
    (Reply(422, {"errors": [{"title": "Email taken", "status": "409"}]}), [("EMAIL_TAKEN", ["input", "email"])]),
    (error(400, title="required", detail="name is required", source="name"), [("REQUIRED", ["input", "name"])]),
    (
        error(422, title="Validation Error", detail='data.attributes.name: "name" is required'),
        [("REQUIRED", ["input", "name"])],
    ),
    (
        error(400, title="format", source="data.customer.email", detail="must be format email"),
        [("NOT_AN_EMAIL", ["input", "email"])],
    ),
    (
        error(400, title="Bad", source="data.email", detail="The data.email field is too long."),
        [("TOO_LONG", ["input", "email"])],
    ),
    (
        error(422, title="Invalid", source="data.backup_email", detail="backup_email is none of the options"),
        [("REJECTED", ["input", "backupEmail"])],
    ),
    (error(422, title="Validation", details="delivery_details: no"), [("REJECTED", ["input", "deliveryDetails"])]),
    (error(422, source={"pointer": "/data/name"}, title="odd"), [("REJECTED", ["input", "name"])]),
    (error(422, title=SECRET), [("REJECTED", None)]),
    (Reply(422, {"errors": []}), [("REJECTED", None)]),
    (Reply(422, b""), [("REJECTED", None)]),
    (Reply(400, b"<html>nope</html>"), [("REJECTED", None)]),
    (Reply(400, {"errors": "plain words"}), [("REJECTED", None)]),
    (Reply(422, {"error": {"title": "one"}}), [("REJECTED", None)]),
    (Reply(422, {"errors": [None, 3, {}, [], {"title": 7, "detail": {}, "source": []}]}), [("REJECTED", None)]),
    (
        Reply(
            422,
            {
                "errors": [
                    {"title": "required", "source": "data.name", "detail": "name is required"},
                    {"title": "Invalid", "source": "data.delivery_details", "detail": "no"},
                    {"title": "Taken", "source": "data.email", "detail": "email already taken"},
                ]
            },
        ),
        [
            ("REQUIRED", ["input", "name"]),
            ("REJECTED", ["input", "deliveryDetails"]),
            ("EMAIL_TAKEN", ["input", "email"]),
        ],
    ),
    (error(409, title="Conflict", detail="Write conflict detected"), [("CONFLICT", None)]),
    (error(403, title="Forbidden", detail=SECRET), [("FORBIDDEN", None)]),
    (error(403, title="Forbidden", detail="missing the email scope"), [("FORBIDDEN", None)]),
]


@pytest.mark.parametrize(("refusal", "wanted"), REFUSALS)
async def test_refusals_of_every_shape_become_user_errors(
    upstream: ScriptedUpstream, refusal: Reply, wanted: list[tuple[str, list[str] | None]]
) -> None:
    upstream.answers = {"PUT /v2/customers/c1": refusal, "POST /v2/customers": refusal}

    async with gateway(upstream.url, LOOSE) as running:
        updated = await running.run(UPDATE, {"id": "c1", "input": {"name": "A"}})
        created = await running.run(CREATE, {"input": {"name": "A", "email": "a@example.com"}})

    for answer, name in ((updated, "customerUpdate"), (created, "customerCreate")):
        payload = answer.data[name]
        assert payload["customer"] is None
        assert [(found["code"], found["field"]) for found in payload["userErrors"]] == wanted
        for leaked in ("internal", "eyJ", "host-17", "html", "Validation", "plain words", "/v2"):
            assert leaked not in answer.text
    assert len(upstream.calls) == 2


async def test_what_is_gone_is_not_found_at_the_id_that_was_given(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        updated = await running.run(UPDATE, {"id": "c1", "input": {"name": "A"}})
        deleted = await running.run(DELETE, {"id": "c1"})

    assert [(e["code"], e["field"]) for e in updated.data["customerUpdate"]["userErrors"]] == [("NOT_FOUND", ["id"])]
    assert deleted.data["customerDelete"] == {
        "deletedCustomerId": None,
        "userErrors": [{"code": "NOT_FOUND", "field": ["id"]}],
    }


async def test_what_is_gone_and_was_not_named_is_not_told_as_a_wrong_id(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, LOOSE) as running:
        answer = await running.run(CREATE, {"input": {"name": "A", "email": "a@example.com"}})

    (told,) = answer.data["customerCreate"]["userErrors"]
    assert (told["code"], told["field"], "id" in told["message"].split()) == ("NOT_FOUND", None, False)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(401, {"errors": [{"title": "Unable to validate access token"}]}), "UNAUTHENTICATED"),
        (Reply(429, {"errors": [{"status": 429}]}), "RATE_LIMITED"),
        (Reply(500, {"errors": [{"title": "Internal", "request_id": "up-1"}]}), "UPSTREAM_UNAVAILABLE"),
        (Reply(502, b"<html>"), "UPSTREAM_UNAVAILABLE"),
        (Reply(503, b""), "UPSTREAM_UNAVAILABLE"),
        (Reply(504, b""), "UPSTREAM_UNAVAILABLE"),
        (Reply(302, b"", (("location", "http://127.0.0.1:1/"),)), "UPSTREAM_INVALID_RESPONSE"),
        (Reply(405, b""), "UPSTREAM_INVALID_RESPONSE"),
        (Reply(418, b""), "UPSTREAM_INVALID_RESPONSE"),
        (Reply(200, b"no json"), "UPSTREAM_INVALID_RESPONSE"),
        (Reply(200, {"data": {"id": "c2"}}), "UPSTREAM_INVALID_RESPONSE"),
        (Reply(200, {"data": []}), "UPSTREAM_INVALID_RESPONSE"),
    ],
)
async def test_a_write_is_sent_once_whatever_comes_back(upstream: ScriptedUpstream, reply: Reply, code: str) -> None:
    upstream.answers = {"PUT /v2/customers/c1": reply}

    async with gateway(
        upstream.url, STORE, retry=RetryConfig(base_seconds=0.001, rate_limited_base_seconds=0.001)
    ) as running:
        answer = await running.run(UPDATE, {"id": "c1", "input": {"name": "A"}})

    assert answer.codes == [code]
    assert answer.partial is None
    assert upstream.lines == ["PUT /v2/customers/c1"]


@pytest.mark.parametrize(
    ("reply", "tells_to_look"),
    [
        (error(500), True),
        (Reply(503, b""), True),
        (Reply(201, b"<html>"), True),
        (error(429), False),
        (error(401, title="Unable to validate access token"), False),
    ],
)
async def test_nobody_is_told_to_try_a_write_again_that_may_have_happened(
    upstream: ScriptedUpstream, reply: Reply, tells_to_look: bool
) -> None:
    upstream.answers = {"POST /v2/customers": reply, "/v2/customers/c1": error(503)}

    async with gateway(upstream.url, STORE) as running:
        written = await running.run(CREATE, {"input": {"name": "A", "email": "a@b.co", "tier": "x"}})
        read = await running.run('{ customer(id: "c1") { id } }')

    assert ("may have happened" in written.text) is tells_to_look
    assert ("try again" in written.text.lower()) is (reply.status == 429)
    assert "may have happened" not in read.text


async def test_a_write_that_was_never_sent_may_be_tried_again(upstream: ScriptedUpstream) -> None:
    nobody_listens = "http://127.0.0.1:9"

    async with gateway(nobody_listens, STORE) as running:
        answer = await running.run(DELETE, {"id": "c1"})

    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert "may have happened" not in answer.text
    assert upstream.calls == []


async def test_a_write_without_a_bearer_of_the_callers_is_sent_once_too(upstream: ScriptedUpstream) -> None:
    tokens = iter(range(9))
    upstream.answers = {
        "POST /oauth/access_token": lambda _: {"access_token": f"t{next(tokens)}", "expires_in": 3600},
        "PUT /v2/customers/c1": [Reply(401, {"errors": [{"title": "Unable to validate access token"}]}), SAVED],
    }
    anonymous = credentials_of(None, customer_token("c1"))

    async with gateway(upstream.url, STORE, client_id="shop") as running:
        first = await running.run(UPDATE, {"input": {"name": "A"}}, credentials=anonymous)
        second = await running.run(UPDATE, {"input": {"name": "A"}}, credentials=anonymous)

    assert first.codes == ["UNAUTHENTICATED"]
    assert second.data["customerUpdate"]["customer"]["id"] == "c1"
    assert [call.header("authorization") for call in upstream.calls if call.method == "PUT"] == [
        "Bearer t0",
        "Bearer t1",
    ]


async def test_an_update_without_an_id_is_of_the_signed_in_customer(upstream: ScriptedUpstream) -> None:
    upstream.answers = {
        "PUT /v2/customers/c7": {"data": {"id": "c7", "name": "A"}},
        "DELETE /v2/customers/c7": Reply(204, b""),
    }
    signed_in = credentials_of("bearer-1", customer_token("c7"))

    async with gateway(upstream.url, STORE) as running:
        updated = await running.run(UPDATE, {"input": {"name": "A"}}, credentials=signed_in)
        explicit = await running.run(UPDATE, {"id": None, "input": {"name": "A"}}, credentials=signed_in)
        deleted = await running.run(DELETE, {}, credentials=signed_in)

    assert updated.data == explicit.data
    assert updated.data["customerUpdate"]["customer"] == {"id": "c7", "name": "A"}
    assert deleted.data["customerDelete"] == {"deletedCustomerId": "c7", "userErrors": []}
    assert upstream.calls[0].header("x-moltin-customer-token") == customer_token("c7")
    assert upstream.calls[2].body == b""


async def test_without_an_id_and_without_a_customer_nothing_is_written(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        updated = await running.run(UPDATE, {"input": {"name": "A"}})
        deleted = await running.run(DELETE, {})

    assert updated.codes == deleted.codes == ["CUSTOMER_TOKEN_MISSING"]
    assert updated.partial is None
    assert upstream.calls == []


async def test_nothing_is_written_after_a_write_that_failed(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"PUT /v2/customers/c1": Reply(500, b""), "PUT /v2/customers/c2": {"data": {"id": "c2"}}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            'mutation { a: customerUpdate(id:"c1", input:{name:"A"}) { customer { id } } '
            'b: customerUpdate(id:"c2", input:{name:"A"}) { customer { id } } }'
        )

    assert answer.partial is None
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert upstream.lines == ["PUT /v2/customers/c1"]


async def test_a_user_error_does_not_stop_the_writes_after_it(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"PUT /v2/customers/c2": {"data": {"id": "c2"}}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            'mutation { a: customerUpdate(id:"c1", input:{name:""}) { userErrors { code } } '
            'b: customerUpdate(id:"c2", input:{name:"A"}) { customer { id } } }'
        )

    assert answer.data == {"a": {"userErrors": [{"code": "REQUIRED"}]}, "b": {"customer": {"id": "c2"}}}


async def test_a_payload_that_selects_nothing_of_the_answer_still_writes(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"PUT /v2/customers/c1": SAVED}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run('mutation { customerUpdate(id:"c1", input:{name:"A"}) { __typename } }')

    assert answer.data == {"customerUpdate": {"__typename": "CustomerUpdatePayload"}}
    assert len(upstream.calls) == 1


async def test_signing_in_gives_a_token(upstream: ScriptedUpstream) -> None:
    token = {"type": "token", "id": "t", "customer_id": "c1", "token": "eyJ", "expires": 1893542400}
    upstream.answers = {"POST /v2/customers/tokens": {"data": token}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(LOGIN, {"email": " A@Example.com", "password": " s e c "})

    assert answer.data["customerTokenCreate"] == {
        "customerToken": {"token": "eyJ", "customerId": "c1", "expiresAt": "2030-01-02T00:00:00Z"},
        "userErrors": [],
    }
    assert upstream.calls[0].json == {
        "data": {
            "type": "token",
            "authentication_mechanism": "password",
            "email": "a@example.com",
            "password": " s e c ",
        }
    }


OIDC = (
    "mutation ($login: CustomerTokenCreateInput!) { customerTokenCreate(input: $login) { userErrors { code field } } }"
)


async def test_signing_in_by_openid_connect_sends_what_the_provider_gave(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"POST /v2/customers/tokens": {"data": {"token": "eyJ", "customer_id": "c1", "expires": 1}}}
    given = {"authorizationCode": "code", "redirectUri": "https://shop.example/back", "codeVerifier": "verifier"}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(OIDC, {"login": {"oidc": given}})
        blank = await running.run(OIDC, {"login": {"oidc": {**given, "codeVerifier": " "}}})
        both = await running.run(
            OIDC, {"login": {"oidc": given, "password": {"email": "a@b.co", "password": "12345678"}}}
        )

    assert answer.data["customerTokenCreate"]["userErrors"] == []
    assert [call.json["data"] for call in upstream.calls] == [
        {
            "type": "token",
            "authentication_mechanism": "oidc",
            "oauth_authorization_code": "code",
            "oauth_redirect_uri": "https://shop.example/back",
            "oauth_code_verifier": "verifier",
        }
    ]
    assert blank.data["customerTokenCreate"]["userErrors"] == [
        {"code": "REQUIRED", "field": ["input", "oidc", "codeVerifier"]}
    ]
    assert both.codes == ["BAD_USER_INPUT"]


async def test_a_refusal_of_what_a_provider_gave_speaks_of_no_password(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"POST /v2/customers/tokens": error(401, title="Unauthorized")}
    given = {"authorizationCode": "code", "redirectUri": "https://shop.example/back", "codeVerifier": "verifier"}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(OIDC.replace("code field", "code message"), {"login": {"oidc": given}})

    (told,) = answer.data["customerTokenCreate"]["userErrors"]
    assert (told["code"], "password" in told["message"]) == ("INVALID_CREDENTIALS", False)


@pytest.mark.parametrize("token", [None, "", {}])
async def test_a_sign_in_without_a_token_in_the_answer_is_none(upstream: ScriptedUpstream, token: object) -> None:
    upstream.answers = {"POST /v2/customers/tokens": {"data": {"customer_id": "c1", "token": token}}}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(LOGIN, {"email": "a@b.co", "password": "password"})

    assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refused_sign_in_never_says_why(upstream: ScriptedUpstream, status: int) -> None:
    upstream.answers = {
        "POST /v2/customers/tokens": error(status, title="Unauthorized", detail="no such e-mail a@b.co")
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(LOGIN, {"email": "a@b.co", "password": "wrong password"})

    payload = answer.data["customerTokenCreate"]
    assert payload["customerToken"] is None
    assert [(found["code"], found["field"]) for found in payload["userErrors"]] == [("INVALID_CREDENTIALS", None)]
    assert "such" not in answer.text
    assert "wrong password" not in answer.text
    assert len(upstream.calls) == 1


async def test_a_refused_bearer_at_sign_in_is_not_the_customers_fault(upstream: ScriptedUpstream) -> None:
    upstream.answers = {"POST /v2/customers/tokens": error(401, title="Unable to validate access token")}

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(LOGIN, {"email": "a@b.co", "password": "wrong password"})

    assert answer.codes == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("token", [customer_token("c1", 5), "garbled", customer_token("c1")])
async def test_signing_in_works_with_an_old_customer_token_attached(upstream: ScriptedUpstream, token: str) -> None:
    upstream.answers = {
        "POST /v2/customers/tokens": {"data": {"token": "eyJ", "customer_id": "c1", "expires": 1893542400}}
    }

    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(
            LOGIN, {"email": "a@b.co", "password": "password"}, credentials=credentials_of("bearer-1", token)
        )

    assert answer.data["customerTokenCreate"]["customerToken"]["token"] == "eyJ"
    assert upstream.calls[0].header("authorization") == "Bearer bearer-1"
    assert upstream.calls[0].header("x-moltin-customer-token") is None


async def test_violations_of_a_sign_in_have_their_paths(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(LOGIN, {"email": "nobody", "password": "\x00"})

    assert [(e["code"], e["field"]) for e in answer.data["customerTokenCreate"]["userErrors"]] == [
        ("NOT_AN_EMAIL", ["input", "password", "email"]),
        ("INVALID", ["input", "password", "password"]),
    ]
    assert upstream.calls == []


async def test_sign_up_uses_the_gateways_own_credentials_only_where_it_is_switched_on(
    upstream: ScriptedUpstream,
) -> None:
    upstream.answers = {
        "POST /oauth/access_token": lambda call: {
            "access_token": "own" if b"client_credentials" in call.body else "implicit",
            "expires_in": 3600,
        },
        "POST /v2/customers": Reply(201, SAVED),
    }
    given = {"input": {"name": "A", "email": "a@b.co", "tier": "x"}}
    nobody = credentials_of(None)

    async with gateway(upstream.url, STORE, client_id="shop") as running:
        await running.run(CREATE, given, credentials=nobody)
    async with gateway(upstream.url, STORE, client_id="shop", sign_up_secret="s") as running:
        await running.run(CREATE, given, credentials=nobody)
        await running.run(CREATE, given, credentials=credentials_of("callers"))
        await running.run(DELETE, {"id": "c1"}, credentials=nobody)

    sent = [call.header("authorization") for call in upstream.calls if call.path.startswith("/v2")]
    assert sent == ["Bearer implicit", "Bearer own", "Bearer callers", "Bearer implicit"]


async def test_a_missing_required_value_is_refused_before_any_call(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        by_variable = await running.run(CREATE, {"input": {"name": "A", "email": "a@b.co"}})
        by_literal = await running.run(
            'mutation { customerCreate(input: {name: "A", email: "a@b.co"}) { customer { id } } }'
        )

    assert by_variable.codes == ["BAD_USER_INPUT"]
    assert by_literal.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert upstream.calls == []


@pytest.mark.parametrize(
    "given",
    [{"name": 7}, {"shoeSize": "40"}, {"vip": 1}, {"score": "0.5"}, {"slot": "noon"}, {"unknown": 1}, {"id": "x"}],
)
async def test_inputs_are_strict_in_type(upstream: ScriptedUpstream, given: dict[str, Any]) -> None:
    async with gateway(upstream.url, STORE) as running:
        answer = await running.run(UPDATE, {"id": "c1", "input": given})

    assert answer.codes == ["BAD_USER_INPUT"]
    assert "data" not in answer.body
    assert upstream.calls == []
