"""Large answers are packed for whoever can unpack them, and answers to mutations never are."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator

import brotli
import httpx
import pytest
import pytest_asyncio

from penstock.http.compression import Compression, choose_coding
from tests.http.conftest import Stage, staged

LARGE = json.dumps({"query": "{ large }", "variables": {"filler": "x" * 3_000}})
SMALL = json.dumps({"query": "{ small }"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def packing() -> AsyncIterator[Stage]:
    async with staged(Compression(1_000), body_limit=1_000_000) as stage:
        yield stage


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def raw(stage: Stage, content: str, accepted: str | None, method: str = "POST") -> httpx.Response:
    """The answer as it came, not unpacked."""
    headers = {"content-type": "application/json"}
    request = stage.client.build_request(method, "/graphql", content=content, headers=headers)
    del request.headers["accept-encoding"]
    if accepted is not None:
        request.headers["accept-encoding"] = accepted
    answer = await stage.client.send(request, stream=True)
    body = b"".join([piece async for piece in answer.aiter_raw()])
    answer.extensions["raw"] = body
    return answer


@pytest.mark.parametrize(
    "accepted", ["gzip", "GZIP", "x-gzip", "br;q=0.5, gzip", "*, br;q=0", "gzip;q=0.001", "a, gzip"]
)
async def test_gzip_is_always_there(packing: Stage, accepted: str) -> None:
    answer = await raw(packing, LARGE, accepted)

    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.extensions["raw"]))["data"]["variables"]["filler"] == "x" * 3_000
    assert answer.headers["content-length"] == str(len(answer.extensions["raw"]))
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("accepted", ["br", "gzip, deflate, br, zstd", "*", "gzip;q=0.9, br;q=0.95", "br, identity"])
async def test_br_comes_where_it_is_wanted(packing: Stage, accepted: str) -> None:
    answer = await raw(packing, LARGE, accepted)

    assert answer.headers["content-encoding"] == "br"
    assert "data" in json.loads(brotli.decompress(answer.extensions["raw"]))


@pytest.mark.parametrize(
    "accepted",
    [
        None,
        "",
        "identity",
        "deflate",
        "zstd",
        "gzip;q=0",
        "gzip;q=0, br;q=0.000",
        "*;q=0",
        "gzip;q=nonsense",
        "gzip;q=1.5",
        "gzip;q=-1",
        "identity, gzip;q=0.5",
        "gzip gzip",
        ",,;;,=,q=1",
    ],
)
async def test_an_answer_comes_as_it_is_to_whoever_wants_it_so(packing: Stage, accepted: str | None) -> None:
    answer = await raw(packing, LARGE, accepted)

    assert "content-encoding" not in answer.headers
    assert "data" in json.loads(answer.extensions["raw"])
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


async def test_a_small_answer_is_not_worth_it(packing: Stage) -> None:
    assert "content-encoding" not in (await raw(packing, SMALL, "gzip")).headers


async def test_an_answer_to_a_mutation_is_never_packed(packing: Stage) -> None:
    content = json.dumps({"query": "mutation { large }", "variables": {"filler": "x" * 3_000}})

    answer = await raw(packing, content, "gzip, br")

    assert "content-encoding" not in answer.headers
    assert len(answer.extensions["raw"]) > 3_000


async def test_a_very_large_answer_is_packed_as_well(packing: Stage) -> None:
    content = json.dumps({"query": "{ large }", "variables": {"filler": "x" * 400_000}})

    answer = await raw(packing, content, "gzip")

    assert len(gzip.decompress(answer.extensions["raw"])) > 400_000


async def test_an_answer_to_a_get_is_packed_as_well(packing: Stage) -> None:
    variables = json.dumps({"filler": "x" * 2_000})
    answer = await packing.client.get(
        "/graphql", params={"query": "{ large }", "variables": variables}, headers={"accept-encoding": "gzip"}
    )

    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.json()["data"]["variables"] == {"filler": "x" * 2_000}


async def test_where_it_is_switched_off_nothing_is_packed() -> None:
    async with staged(Compression(0)) as stage:
        answer = await raw(stage, LARGE, "gzip, br")

    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept"


async def test_a_header_of_any_length_is_read_in_bounded_work() -> None:
    assert choose_coding(",".join(f"a{n};q=0.5" for n in range(50_000))) is None
    assert choose_coding("gzip," * 50_000) is not None
