"""The explorer's page and files as they come over HTTP: policy, escaping, addresses, packing."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from penstock.http.bundle import Bundle, load_bundle
from penstock.http.explorer import Explorer, Form, make_built_form, make_pinned_form
from penstock.http.front import Front
from penstock.http.operating import OperatingParts, create_operating_app
from penstock.http.pinned import FILES
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.reload import ReloadReport
from penstock.settings import Secret
from tests.http.conftest import serve
from tests.support.stores import field_json, flow_json, generation_of

SCRIPT = b"console.log('\xc3\xbc')"


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """A bundle of two files, as the bundler and the build hook leave them."""
    manifest = {
        "main.tsx": {"file": "main-1a.js", "isEntry": True, "css": ["main-2b.css"]},
        "other": {"file": "other-3c.js", "name": "other"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "made-of").write_text("nothing")
    (tmp_path / "main-1a.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "main-2b.css.gz").write_bytes(gzip.compress(b"body{}"))
    loaded = load_bundle(tmp_path)
    assert loaded is not None
    return loaded


async def _never() -> ReloadReport:
    raise AssertionError


@asynccontextmanager
async def door(form: Form, bundle: Bundle | None, holder: GenerationHolder) -> AsyncIterator[httpx.AsyncClient]:
    """A door whose GraphQL side is the explorer's page alone."""
    nonces = (f"nonce-{number}" for number in range(100))
    explorer = Explorer(form, bundle, holder, lambda: next(nonces))
    rest = create_operating_app(OperatingParts(holder, _never, None, Secret()))
    async with serve(Front(explorer, rest, explorer)) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


def holder_of(*slugs: str) -> GenerationHolder:
    holder = GenerationHolder()
    fields = {"customers": [field_json(slug) for slug in slugs]}
    holder.swap(generation_of(fields, [flow_json("customers")]), 1.0)
    return holder


def options_of(page: str) -> dict[str, str]:
    """What the page hands to its script."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found is not None
    options: dict[str, str] = json.loads(html.unescape(found[1]))
    return options


def directives(answer: httpx.Response) -> dict[str, list[str]]:
    """The page's policy, by directive."""
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("form", ["built", "pinned"])
async def test_no_inline_script_runs_but_our_own(bundle: Bundle, form: str) -> None:
    made = make_built_form(bundle) if form == "built" else make_pinned_form()
    async with door(made, bundle, holder_of()) as client:
        answer = await client.get("/graphql")

    policy = directives(answer)
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline}
    assert policy["default-src"] == ["'none'"]
    assert {source for source in policy["script-src"] if "sha256" in source} == hashes
    assert not any("unsafe" in source for source in (*policy["script-src"], *policy["style-src"]))
    assert policy["style-src-attr"] == ["'unsafe-inline'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert not re.search(r"<[^>]+\son\w+=", answer.text.split("<script>")[0])


async def test_the_built_page_names_no_other_host(bundle: Bundle) -> None:
    async with door(make_built_form(bundle), bundle, holder_of()) as client:
        answer = await client.get("/graphql")

    assert "//" not in answer.headers["content-security-policy"]
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)
    assert '<script type="module" src="graphql/assets/main-1a.js"></script>' in answer.text
    assert '<link rel="stylesheet" href="graphql/assets/main-2b.css">' in answer.text


async def test_every_file_from_elsewhere_is_pinned_by_address_and_digest() -> None:
    async with door(make_pinned_form(), None, holder_of()) as client:
        answer = await client.get("/graphql")

    sources = {source for values in directives(answer).values() for source in values if source.startswith("https:")}
    named = re.findall(
        r'(?:src|href)="(https://[^"]+)" integrity="(sha384-[^"]+)" crossorigin="anonymous"', answer.text
    )
    assert sources == {file.url for file in FILES}
    assert dict(named) == {file.url: file.integrity for file in FILES}
    assert len(re.findall(r'(?:src|href)="https', answer.text)) == len(FILES)
    assert "not built into this installation" in answer.text


async def test_the_nonce_is_another_one_each_time(bundle: Bundle) -> None:
    async with door(make_built_form(bundle), bundle, holder_of()) as client:
        first, second = await client.get("/graphql"), await client.get("/graphql")

    assert "'nonce-nonce-0'" in directives(first)["style-src"]
    assert "'nonce-nonce-1'" in directives(second)["style-src"]
    assert '<style nonce="nonce-1">' in second.text
    assert first.headers["cache-control"] == "no-store"


async def test_the_first_document_follows_the_store(bundle: Bundle) -> None:
    holder = GenerationHolder()
    async with door(make_built_form(bundle), bundle, holder) as client:
        before = options_of((await client.get("/graphql")).text)
        holder.swap(generation_of({"customers": [field_json("shoe_size")]}), 1.0)
        first = options_of((await client.get("/graphql")).text)
        holder.swap(generation_of({"customers": [field_json("hat_size")]}), 2.0)
        second = options_of((await client.get("/graphql")).text)

    assert (before["query"], before["version"]) == ("", "none")
    assert "shoeSize" in first["query"]
    assert "hatSize" in second["query"]
    assert first["version"] != second["version"]


async def test_what_a_store_says_cannot_leave_its_attribute(bundle: Bundle) -> None:
    hostile = ('"><script>alert(1)</script>', "{{nonce}}", "</style>", "&quot;")
    async with door(make_built_form(bundle), bundle, holder_of(*hostile)) as client:
        page = (await client.get("/graphql")).text

    assert "alert(1)" not in page
    assert page.count("<script>") == 2
    assert "query MyFields" in options_of(page)["query"]


@pytest.mark.parametrize(("path", "up"), [("/graphql", "graphql/assets/"), ("/graphql/", "assets/")])
async def test_addresses_are_relative_to_the_page(bundle: Bundle, path: str, up: str) -> None:
    async with door(make_built_form(bundle), bundle, holder_of()) as client:
        page = await client.get(path)
        asset = await client.get(str(page.url.join(f"{up}main-1a.js")))
        schema = await client.get(str(page.url.join(options_of(page.text)["schemaUrl"])))

    assert f'src="{up}main-1a.js"' in page.text
    assert asset.status_code == schema.status_code == 200


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip", "*"])
async def test_a_file_comes_packed_where_that_is_taken(bundle: Bundle, accepted: str) -> None:
    async with door(make_built_form(bundle), bundle, holder_of()) as client:
        answer = await client.get("/graphql/assets/main-1a.js", headers={"accept-encoding": accepted})

    assert answer.content == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["identity", "br", "", "gzip;q=0"])
async def test_a_file_comes_unpacked_to_whoever_cannot_unpack(bundle: Bundle, accepted: str) -> None:
    async with door(make_built_form(bundle), bundle, holder_of()) as client:
        answer = await client.get("/graphql/assets/main-1a.js", headers={"accept-encoding": accepted})

    assert answer.content == SCRIPT
    assert "content-encoding" not in answer.headers


async def test_a_head_has_no_body(bundle: Bundle) -> None:
    async with door(make_built_form(bundle), bundle, holder_of()) as client:
        answer = await client.head("/graphql/assets/main-1a.js", headers={"accept-encoding": "identity"})

    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(SCRIPT))
    assert answer.content == b""


@pytest.mark.parametrize(
    ("method", "name", "status"),
    [
        ("GET", "nothing.js", 404),
        ("GET", "manifest.json", 404),
        ("GET", "made-of", 404),
        ("GET", "..%2F..%2Fpage%2Fsession.js", 404),
        ("GET", "main-1a.js.gz", 404),
        ("GET", "", 404),
        ("POST", "main-1a.js", 405),
        ("DELETE", "main-1a.js", 405),
    ],
)
async def test_nothing_else_is_a_file(bundle: Bundle, method: str, name: str, status: int) -> None:
    async with door(make_built_form(bundle), bundle, holder_of()) as client:
        answer = await client.request(method, f"/graphql/assets/{name}", headers={"x-request-id": "mine"})

    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST", "requestId": "mine"}
    assert answer.headers["cache-control"] == "no-store"


async def test_where_the_explorer_is_off_its_files_are_nowhere() -> None:
    rest = create_operating_app(OperatingParts(GenerationHolder(), _never, None, Secret()))
    async with serve(Front(rest, rest)) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/graphql/assets/main-1a.js")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/json")


def test_without_a_manifest_nothing_was_built(tmp_path: Path) -> None:
    assert load_bundle(tmp_path) is None
    assert load_bundle(tmp_path / "missing") is None
