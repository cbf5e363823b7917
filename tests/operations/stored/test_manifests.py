"""Manifests in every known form, and in none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.operations.stored import StoredDocument, manifests, read_manifest, trust
from penstock.operations.stored.manifests import client_of
from penstock.operations.stored.trusted import digest_of

PROFILE = "query Profile { me { id } }"
CODEGEN = json.dumps({"a1": PROFILE, "b2": "{ me { name } }"}).encode()
APOLLO = json.dumps(
    {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": "a1", "name": "Profile", "type": "query", "body": PROFILE}],
    }
).encode()


def test_the_form_of_codegen_and_of_relay_is_read() -> None:
    manifest = read_manifest("web/persisted-documents.json", CODEGEN)

    assert manifest.problems == ()
    assert manifest.documents[0] == StoredDocument("a1", PROFILE, "web")
    assert [document.name for document in manifest.documents] == ["Profile", "b2"]


def test_the_form_of_apollo_is_read() -> None:
    assert read_manifest("ios.json", APOLLO).documents == (StoredDocument("a1", PROFILE, "ios"),)


@pytest.mark.parametrize(
    ("path", "client"),
    [
        ("persisted-documents.json", ""),
        ("persisted_queries.json", ""),
        ("web.json", "web"),
        ("web.persisted-documents.json", "web"),
        ("web/persisted_queries.json", "web"),
        ("shop/web/a.json", "shop/web"),
    ],
)
def test_the_path_tells_whose_documents_these_are(path: str, client: str) -> None:
    assert client_of(path) == client


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"[]", b"7", b'{"a":', b"\xff", b"[" * 100_000, b'{"format": "x", "a": 1}']
)
def test_what_is_no_manifest_is_a_problem_and_no_failure(content: bytes) -> None:
    manifest = read_manifest("web.json", content)

    assert len(manifest.problems) >= 1
    assert all("web.json" in problem for problem in manifest.problems)


def test_a_manifest_that_is_too_large_is_a_problem_and_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "LARGEST_BYTES", len(CODEGEN) - 1)

    manifest = read_manifest("web.json", CODEGEN)

    assert manifest.documents == ()
    assert "web.json is larger than" in manifest.problems[0]


def test_what_is_no_document_is_left_out_and_the_rest_stays() -> None:
    content = json.dumps({"a": PROFILE, "": "{ a }", "b": 7, "c": "  ", "d\n": "{ a }", "é": "{ a }"}).encode()

    manifest = read_manifest("web.json", content)

    assert [document.id for document in manifest.documents] == ["a"]
    assert len(manifest.problems) == 5


@given(st.dictionaries(st.text(), st.text() | st.none() | st.integers()) | st.lists(st.text()))
def test_any_json_can_be_read(given_: object) -> None:
    manifest = read_manifest("x.json", json.dumps(given_).encode())

    assert all(document.text and document.id for document in manifest.documents)


def test_a_document_is_found_by_its_id_and_by_its_digest() -> None:
    trusted = trust([read_manifest("web.json", CODEGEN), read_manifest("ios.json", APOLLO)])
    digest = digest_of(PROFILE)

    assert trusted.by_id["a1"].text == PROFILE
    assert trusted.by_id[f"sha256:{digest}"].text == PROFILE
    assert trusted.by_digest[digest].text == PROFILE
    assert digest not in trusted.by_id
    assert trusted.problems == ()


def test_of_two_documents_under_one_id_the_first_client_s_holds() -> None:
    other = json.dumps({"a1": "{ me { email } }"}).encode()

    trusted = trust([read_manifest("web.json", CODEGEN), read_manifest("android.json", other)])

    assert trusted.by_id["a1"].client == "android"
    assert PROFILE not in trusted.texts
    assert len(trusted.problems) == 1
