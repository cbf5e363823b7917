"""The page of an installation without built files: pinned files from elsewhere, or the small explorer."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from penstock.http.pinned import FILES, HOST
from penstock.sandbox import seeded_login
from tests.browser.conftest import Watched, not_run

ELSEWHERE = f"https://{HOST}/**"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Address → what is there: the files as they lie in the packages of the registry."""
    npm = shutil.which("npm")
    if npm is None:
        not_run("install Node.js with npm")
        return {}
    folder = tmp_path_factory.mktemp("packages")
    found: dict[str, bytes] = {}
    for package in sorted({file.package for file in FILES}):
        done = subprocess.run([npm, "pack", package], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            not_run(f"npm pack {package} failed: {done.stderr[-300:]}")
        found |= _files_of(folder / f"{package.replace('@', '-')}.tgz", package)
    return found


def _files_of(archive: Path, package: str) -> dict[str, bytes]:
    with tarfile.open(archive) as opened:
        files = {file.url: opened.extractfile(f"package/{file.path}") for file in FILES if file.package == package}
        return {url: member.read() for url, member in files.items() if member is not None}


def deliver(pinned: Watched, packages: dict[str, bytes], spoilt: str = "") -> None:
    """Stand in for the mirrors, handing out one file with a byte too many."""

    def answer(route: Route) -> None:
        url = route.request.url
        kind = "text/css" if url.endswith(".css") else "application/javascript"
        body = packages[url] + (b" " if url == spoilt else b"")
        route.fulfill(body=body, content_type=kind, headers={"access-control-allow-origin": "*"})

    pinned.page.route(ELSEWHERE, answer)


def test_the_digests_are_those_of_the_packages(packages: dict[str, bytes]) -> None:
    digests = {
        url: f"sha384-{base64.b64encode(hashlib.sha384(body).digest()).decode()}" for url, body in packages.items()
    }

    assert digests == {file.url: file.integrity for file in FILES}


def test_the_page_says_where_it_comes_from_and_works(pinned: Watched, packages: dict[str, bytes]) -> None:
    deliver(pinned, packages)
    pinned.page.goto(pinned.gateway.page)
    expect(pinned.page.locator("#said")).to_contain_text(HOST)
    pinned.sign_in()
    expect(pinned.page.locator("#who")).to_have_text(seeded_login.email)
    pinned.page.locator(".graphiql-query-editor .CodeMirror-line").first.click()
    pinned.page.keyboard.press("Control+Enter")

    expect(pinned.page.locator(".result-window")).to_contain_text("Leave at porch")
    expect(pinned.page.locator("#said")).to_contain_text(HOST)
    assert set(pinned.elsewhere) == {file.url for file in FILES}
    assert pinned.complaints == []


def test_the_docs_of_the_pinned_files_describe_a_custom_field(pinned: Watched, packages: dict[str, bytes]) -> None:
    deliver(pinned, packages)
    pinned.page.goto(pinned.gateway.page)
    pinned.page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = pinned.page.locator(".graphiql-doc-explorer")
    docs.get_by_text("Customer", exact=True).click()
    docs.get_by_text("deliveryDetails", exact=True).click()

    expect(docs).to_contain_text("Where the courier leaves the parcel")
    assert pinned.complaints == []


def test_a_file_that_is_not_the_one_that_was_pinned_does_not_run(pinned: Watched, packages: dict[str, bytes]) -> None:
    deliver(pinned, packages, spoilt=next(url for url in packages if url.endswith("graphiql.min.js")))
    pinned.page.goto(pinned.gateway.page)

    expect(pinned.page.locator("#small")).to_be_visible()
    expect(pinned.page.locator("#said")).to_contain_text("could not be loaded")
    assert any("integrity" in text for text in pinned.complaints)


def test_without_a_way_out_the_small_explorer_does_it_all(pinned: Watched) -> None:
    pinned.page.route(ELSEWHERE, lambda route: route.abort())
    pinned.page.goto(pinned.gateway.page)
    expect(pinned.page.locator("#small")).to_be_visible()
    pinned.sign_in()
    expect(pinned.page.locator("#who")).to_have_text(seeded_login.email)
    pinned.page.get_by_role("button", name="Run").click()

    expect(pinned.page.locator("#result")).to_contain_text("Leave at porch")
    expect(pinned.page.locator("#said")).to_contain_text("this is the small explorer")


def test_without_scripts_the_page_says_what_to_do(browser: Browser, pinned: Watched) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(pinned.gateway.page)

    assert "This page needs JavaScript" in page.inner_text("body")
    page.close()
