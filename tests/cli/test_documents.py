"""`penstock documents`, as a terminal runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import free_port, run

PROFILE = "query Profile { me { id } }"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "persisted-documents.json"
    file.write_text(json.dumps({"p1": PROFILE, "p2": "{ me { name } }"}))
    return file


def test_a_manifest_is_published_listed_and_taken_back(tmp_path: Path, manifest: Path) -> None:
    shared = {"PENSTOCK_STATE_URL": str(tmp_path / "state")}
    (tmp_path / "state").mkdir()

    published = run("documents", "publish", str(manifest), "--client", "web", **shared)
    listed = run("documents", "list", **shared)
    as_json = run("documents", "list", "--format", "json", **shared)
    removed = run("documents", "remove", "--client", "web", **shared)
    empty = run("documents", "list", **shared)

    assert (published.returncode, published.stdout) == (0, "Published 2 documents of client web.\n"), published.stderr
    assert listed.stdout == "web: 2 documents: Profile, p2\n"
    assert json.loads(as_json.stdout) == {"web": [{"id": "p1", "name": "Profile"}, {"id": "p2", "name": "p2"}]}
    assert removed.stdout == "Removed the documents of client web.\n"
    assert empty.stdout == "Nothing is published.\n"


@pytest.mark.parametrize(
    ("content", "client", "said"),
    [
        ('{"p1": 7}', "web", "no document under"),
        ("{", "web", "not JSON"),
        ("{}", "web", "no document in it"),
        ('{"p1": "{ me { id } }"}', "../web", "--client"),
        (None, "web", "cannot be read"),
    ],
)
def test_what_cannot_be_published_is_one_sentence(tmp_path: Path, content: str | None, client: str, said: str) -> None:
    file = tmp_path / "manifest.json"
    if content is not None:
        file.write_text(content)

    refused = run("documents", "publish", str(file), "--client", client, PENSTOCK_STATE_URL=str(tmp_path))

    assert refused.returncode == 2
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_without_shared_state_there_is_nowhere_to_publish(manifest: Path) -> None:
    refused = run("documents", "publish", str(manifest), "--client", "web")

    assert refused.returncode == 2
    assert "PENSTOCK_STATE_URL" in refused.stderr


def test_a_state_that_is_down_is_told_and_nothing_is_said_to_be_done(manifest: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}"

    refused = run("documents", "publish", str(manifest), "--client", "web", PENSTOCK_STATE_URL=url)

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "cannot be reached" in refused.stderr


def test_a_folder_of_manifests_that_is_not_there_stops_the_gateway(tmp_path: Path) -> None:
    stopped = run(
        "serve",
        "--port",
        "0",
        PENSTOCK_UPSTREAM_URL="http://127.0.0.1:1",
        PENSTOCK_CLIENT_ID="a",
        PENSTOCK_TRUSTED_DOCUMENTS_PATH=str(tmp_path / "nowhere"),
    )

    assert stopped.returncode == 2
    assert "PENSTOCK_TRUSTED_DOCUMENTS_PATH" in stopped.stderr
