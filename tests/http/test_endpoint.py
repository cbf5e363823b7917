"""GraphQL over HTTP, request by request over a real socket."""

from __future__ import annotations

import asyncio
import json

import pytest

from .conftest import BODY_LIMIT, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUERY = json.dumps({"query": "{ __typename }"})
GRAPHQL = "application/graphql-response+json"


def code(answer: object) -> str:
    body = json.loads(answer.content)  # type: ignore[attr-defined]
    assert "data" not in body
    return body["errors"][0]["extensions"]["code"]


async def test_a_query_is_answered_with_one_json_body_and_its_headers(stage: Stage) -> None:
    answer = await stage.post(
        json.dumps({"query": "{ a }", "variables": {"x": [1]}, "operationName": "N", "later": 1}), x_request_id="abc.1"
    )

    assert answer.status_code == 200
    assert answer.json()["data"] == {"variables": {"x": [1]}, "name": "N", "schema": stage.holder.current.version}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-request-id"] == "abc.1"
    assert answer.headers["schema-version"] == stage.holder.current.version
    assert answer.headers["cache-control"] == "no-store"
    assert "Accept" in answer.headers["vary"]
    assert stage.told[0].status == 200
    assert stage.told[0].path == "plan"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/*", "application/json"),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, application/json", GRAPHQL),
        (f"application/json, {GRAPHQL}", "application/json"),
        (f"application/json;q=0.5, {GRAPHQL};q=0.4", "application/json"),
        (f"application/json;q=0.4, {GRAPHQL};q=0.5", GRAPHQL),
        (f"*/*, {GRAPHQL}", GRAPHQL),
        ("application/json;q=0, */*", GRAPHQL),
        ("text/html, */*;q=0.1", "application/json"),
        ("APPLICATION/JSON; charset=UTF-8", "application/json"),
    ],
)
async def test_the_answer_comes_in_the_media_type_that_accept_prefers(stage: Stage, accept: str, expected: str) -> None:
    answer = await stage.post(QUERY, accept=accept)

    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == expected


@pytest.mark.parametrize("accept", ["text/plain", "application/json;charset=utf-16", "image/*", "application/json;q=0"])
async def test_nothing_acceptable_is_a_406_and_runs_nothing(stage: Stage, accept: str) -> None:
    answer = await stage.post(QUERY, accept=accept)

    assert answer.status_code == 406
    assert code(answer) == "BAD_REQUEST"
    assert stage.runner.asked == []


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/graphql",
        "application/json; charset=utf-16",
        "text/plain; application/json",
        "application/jsonp",
        "",
    ],
)
async def test_any_content_type_but_json_in_utf8_is_a_415(stage: Stage, content_type: str) -> None:
    answer = await stage.post(QUERY, content_type=content_type)

    assert answer.status_code == 415
    assert stage.runner.asked == []


async def test_a_missing_content_type_is_a_415(stage: Stage) -> None:
    answer = await stage.client.post("/graphql", content=QUERY)

    assert answer.status_code == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])
async def test_json_in_utf8_is_taken_however_it_is_spelled(stage: Stage, content_type: str) -> None:
    assert (await stage.post(QUERY, content_type=content_type)).status_code == 200


async def test_a_compressed_body_is_a_415(stage: Stage) -> None:
    assert (await stage.post(QUERY, content_encoding="gzip")).status_code == 415
    assert (await stage.post(QUERY, content_encoding="Identity")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b'{"query":',
        b"\xef\xbb\xbf" + QUERY.encode(),
        b'{"query":"\xff"}',
        b'{"query":"{a}","later":"\xff"}',
        b'{"query":"\\ud800 {a}"}',
        QUERY.encode("utf-16"),
        b"[" * 2000,
        b"null",
        b'"{a}"',
        b"7",
        f"[{QUERY}]".encode(),
        b"{}",
        b'{"query":null}',
        b'{"query":7}',
        b'{"query":false}',
        b'{"query":["{a}"]}',
        b'{"query":{"a":1}}',
        b'{"query":"{a}","operationName":7}',
        b'{"query":"{a}","operationName":{}}',
        b'{"query":"{a}","variables":[1]}',
        b'{"query":"{a}","variables":"{}"}',
        b'{"query":"{a}","variables":false}',
        b'{"query":"{a}","extensions":[]}',
        b'{"query":"{a}","extensions":"x"}',
        b'{"query":"{a}","query":"{b}"}',
        b'{"query":"{a}","variables":{"a":1},"variables":null}',
        b'{"query":"{a}","variables":{"a":NaN}}',
        b'{"query":"{a}"} {}',
    ],
)
@pytest.mark.parametrize("accept", ["application/json", GRAPHQL])
async def test_a_body_that_is_no_request_is_a_400_without_data(stage: Stage, body: bytes, accept: str) -> None:
    answer = await stage.post(body, accept=accept)

    assert answer.status_code == 400
    assert code(answer) == "BAD_REQUEST"
    assert answer.headers["content-type"].startswith(accept)
    assert stage.runner.asked == []


async def test_a_number_out_of_range_is_told_as_such(stage: Stage) -> None:
    answer = await stage.post('{"query":"{a}","variables":{"a":1e999}}')

    assert answer.status_code == 400
    assert "out of range" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("name", ["query", "variables"])
async def test_the_same_key_inside_the_variables_is_no_repetition(stage: Stage, name: str) -> None:
    answer = await stage.post(json.dumps({"query": "{a}", "variables": {name: 1, "b": {"query": 2}}}))

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["variables", "operationName", "extensions"])
async def test_null_is_as_good_as_absent(stage: Stage, name: str) -> None:
    assert (await stage.post(json.dumps({"query": "{a}", name: None}))).status_code == 200


async def test_a_batch_is_refused_in_clear_words(stage: Stage) -> None:
    answer = await stage.post(f"[{QUERY},{QUERY}]")

    assert "one operation a request" in answer.json()["errors"][0]["message"]


DIGEST = "AB" * 32


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ({"documentId": "sha256:a"}, ("", "sha256:a", "")),
        ({"documentId": "a", "query": None, "extensions": None}, ("", "a", "")),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}}, ("", "", DIGEST.lower())),
        (
            {"query": "{a}", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}},
            ("{a}", "", DIGEST.lower()),
        ),
        ({"query": "{a}", "documentId": None, "extensions": {"other": {}}}, ("{a}", "", "")),
    ],
)
async def test_a_document_may_be_named_instead_of_sent(
    stage: Stage, body: dict[str, object], asked: tuple[str, str, str]
) -> None:
    posted = await stage.post(json.dumps(body))
    params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items() if value}
    got = await stage.client.get("/graphql", params=params, headers={"accept": "text/html, application/json;q=0.9"})

    assert (posted.status_code, got.status_code) == (200, 200)
    assert [(request.document, request.document_id, request.document_digest) for request, _ in stage.runner.asked] == [
        asked,
        asked,
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": 7},
        {"documentId": ""},
        {"documentId": "x" * 513},
        {"documentId": ["a"]},
        {"documentId": "a", "query": "{a}"},
        {"documentId": "a", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}},
        {"extensions": {"persistedQuery": []}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": DIGEST}}},
        {"extensions": {"persistedQuery": {"version": True, "sha256Hash": DIGEST}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "a"}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST + "\n"}}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"other": 1}},
    ],
)
async def test_a_document_that_is_named_wrongly_is_a_400(stage: Stage, body: dict[str, object]) -> None:
    answer = await stage.post(json.dumps(body))

    assert answer.status_code == 400
    assert code(answer) == "BAD_REQUEST"
    assert stage.runner.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"query":"{a}","qu\\u0065ry":"{b}"}',
        b'{"\\u0071uery":"{a}","query":"{b}"}',
        b'{"documentId":"a","documentId":"b"}',
        b'{"query":"{a}","operation\\u004eame":"A","operationName":"B"}',
    ],
)
async def test_a_parameter_given_twice_is_a_400_however_it_is_written(stage: Stage, body: bytes) -> None:
    answer = await stage.post(body)

    assert answer.status_code == 400
    assert "twice" in answer.text


@pytest.mark.parametrize(
    ("failure", "graphql_status"),
    [("GRAPHQL_VALIDATION_FAILED", 400), ("UNAUTHENTICATED", 401), ("RATE_LIMITED", 429), ("INTERNAL", 500)],
)
async def test_a_refused_operation_is_200_as_json_and_what_it_is_as_graphql(
    stage: Stage, failure: str, graphql_status: int
) -> None:
    body = json.dumps({"query": f"refuse {failure}"})
    plain = await stage.post(body, accept="application/json")
    typed = await stage.post(body, accept=GRAPHQL)

    assert plain.status_code == 200
    assert typed.status_code == graphql_status
    assert code(typed) == failure
    assert stage.told[1].codes == (failure,)


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), ("*/*", 200), (GRAPHQL, 294)])
async def test_data_with_errors_is_a_partial_success_where_the_media_type_says_so(
    stage: Stage, accept: str, status: int
) -> None:
    answer = await stage.post(json.dumps({"query": "partial"}), accept=accept)

    assert answer.status_code == status
    assert answer.json() == {"data": None, "errors": [{"message": "half"}]}
    assert stage.told[0].status == status


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), (GRAPHQL, 422)])
async def test_an_operation_that_cannot_be_told_is_a_422_where_the_media_type_says_so(
    stage: Stage, accept: str, status: int
) -> None:
    answer = await stage.post(json.dumps({"query": "undetermined"}), accept=accept)

    assert answer.status_code == status
    assert code(answer) == "BAD_REQUEST"


async def test_an_exception_is_a_500_that_tells_nothing(stage: Stage) -> None:
    answer = await stage.post(json.dumps({"query": "{ boom }"}))

    assert answer.status_code == 500
    assert code(answer) == "INTERNAL"
    assert "planted" not in answer.text
    assert "planted" not in stage.logged.getvalue()
    assert "RuntimeError" in stage.logged.getvalue()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_a_405_that_says_which_are_allowed(stage: Stage, method: str) -> None:
    answer = await stage.client.request(method, "/graphql")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


async def test_a_get_runs_a_query_with_variables(stage: Stage) -> None:
    answer = await stage.client.get(
        "/graphql", params={"query": "{ a }", "variables": '{"ü": "✓"}', "operationName": "N", "other": "x"}
    )

    assert answer.status_code == 200
    assert answer.json()["data"]["variables"] == {"ü": "✓"}
    assert "Authorization" in answer.headers["vary"]
    assert answer.headers["cache-control"] == "no-store"


async def test_empty_parameters_of_a_get_count_as_absent(stage: Stage) -> None:
    answer = await stage.client.get("/graphql?query=%7Ba%7D&variables=&operationName=&extensions=")

    assert answer.status_code == 200
    assert answer.json()["data"] == {"variables": None, "name": None, "schema": stage.holder.current.version}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query",
        "query=a&query=b",
        "query=a&variables=%5B%5D",
        "query=a&variables=%7B",
        "query=a&variables=7",
        "query=a&extensions=%22x%22",
        "query=a&variables=%7B%7D&variables=%7B%7D",
        "query=%FF",
        "query=a&" + "&".join(f"p{n}=1" for n in range(70)),
    ],
)
async def test_a_get_that_is_no_request_is_a_400(stage: Stage, query: str) -> None:
    answer = await stage.client.get(f"/graphql?{query}", headers={"accept": "application/json"})

    assert answer.status_code == 400 if query != "query" else 200
    assert len(stage.runner.asked) == (query == "query")


async def test_a_get_never_mutates(stage: Stage) -> None:
    answer = await stage.client.get("/graphql", params={"query": "mutation { a }"})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert stage.runner.asked[0][0].allow_mutation is False


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "leave",
    [{"graphql-require-preflight": "1"}, {"apollo-require-preflight": "true"}, {"content-type": "application/json"}],
)
async def test_a_simple_request_of_another_site_never_runs(stage: Stage, site: str, leave: dict[str, str]) -> None:
    params = {"query": "{ a }"}
    simple = await stage.client.get("/graphql", params=params, headers={"sec-fetch-site": site})
    form = {"sec-fetch-site": site, "content-type": "text/plain; application/json"}
    formed = await stage.client.get("/graphql", params=params, headers=form)
    asked = len(stage.runner.asked)
    trusted = await stage.client.get("/graphql", params=params, headers={"sec-fetch-site": site} | leave)

    assert (simple.status_code, formed.status_code) == (403, 403)
    assert asked == 0
    assert trusted.status_code == 200


async def test_a_very_long_url_is_a_414(stage: Stage) -> None:
    host, port = stage.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /graphql?query=" + b"a" * 40_000 + b" HTTP/1.1\r\nhost: a\r\n\r\n")
    head = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert b"414" in head


async def test_a_declared_length_beyond_the_cap_is_refused_unread(stage: Stage) -> None:
    answer = await stage.post(b"x" * (BODY_LIMIT + 1))

    assert answer.status_code == 413
    assert code(answer) == "LIMIT_EXCEEDED"
    assert stage.limits == ["body"]
    assert (await stage.post(QUERY)).status_code == 200


async def test_a_streamed_body_is_cut_off_at_the_cap(stage: Stage) -> None:
    async def pieces() -> object:
        for _ in range(100):
            yield b" " * 1000

    answer = await stage.client.post("/graphql", content=pieces(), headers={"content-type": "application/json"})

    assert answer.status_code == 413


async def test_a_body_in_pieces_is_put_together(stage: Stage) -> None:
    async def pieces() -> object:
        for byte in QUERY.encode():
            yield bytes([byte])
            await asyncio.sleep(0)

    answer = await stage.client.post("/graphql", content=pieces(), headers={"content-type": "application/json"})

    assert answer.status_code == 200


async def test_a_body_that_never_ends_is_a_408(stage: Stage) -> None:
    host, port = stage.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{")
    head = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert b"408" in head


async def test_a_client_that_leaves_while_sending_is_no_error(stage: Stage) -> None:
    host, port = stage.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    answer = await stage.post(QUERY)

    assert answer.status_code == 200
    assert [facts.status for facts in stage.told] == [200]
    assert stage.logged.getvalue() == ""


@pytest.mark.parametrize("given", ["a b", "x" * 129, "é", "a\tb", ""])
async def test_an_unusable_request_id_is_replaced(stage: Stage, given: str) -> None:
    answer = await stage.client.post(
        "/graphql", content=QUERY, headers=[(b"content-type", b"application/json"), (b"x-request-id", given.encode())]
    )

    assert answer.headers["x-request-id"].startswith("t-")


async def test_before_the_first_generation_the_answer_is_503(stage: Stage) -> None:
    stage.holder.current = None
    answer = await stage.post(QUERY)

    assert answer.status_code == 503
    assert code(answer) == "UPSTREAM_UNAVAILABLE"
    assert answer.headers["schema-version"] == "none"
    assert "retry-after" in answer.headers


async def test_the_path_with_a_slash_at_its_end_is_the_same(stage: Stage) -> None:
    answer = await stage.client.post("/graphql/", content=QUERY, headers={"content-type": "application/json"})

    assert answer.status_code == 200


async def test_a_browser_gets_the_explorer(stage: Stage) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = await stage.client.get("/graphql", headers={"accept": accept})
    query = await stage.client.get("/graphql?query=%7Ba%7D", headers={"accept": accept})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["schema-version"] == stage.holder.current.version
    assert page.headers["x-request-id"]
    assert query.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("name", ["authorization", "x-moltin-customer-token", "ep-channel", "content-type"])
async def test_a_header_given_twice_is_a_400(stage: Stage, name: str) -> None:
    value = "application/json" if name == "content-type" else "Bearer a"
    headers = [("content-type", "application/json"), (name, value), (name, value)]
    answer = await stage.client.post("/graphql", content=QUERY, headers=headers)

    assert answer.status_code == 400
    assert "twice" in answer.json()["errors"][0]["message"]
    assert stage.runner.asked == []


async def test_an_authorization_that_is_no_bearer_is_a_401(stage: Stage) -> None:
    answer = await stage.post(QUERY, authorization="Basic eDp5")

    assert answer.status_code == 401
    assert code(answer) == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_credentials_reach_the_runner_and_no_line_of_telemetry(stage: Stage) -> None:
    await stage.post(QUERY, authorization="Bearer planted-bearer", x_moltin_customer_token="a.b.planted")
    request, credentials = stage.runner.asked[0]

    assert credentials.has_bearer
    assert credentials.customer_token
    assert request.allow_mutation
    assert "planted" not in repr(stage.told) + stage.logged.getvalue() + repr(credentials)
