"""A real Chromium, pages that keep what they asked for and said, and gateways for them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from penstock.http.bundle import load_bundle
from penstock.sandbox import seeded_login
from tests.browser.serving import RunningGateway, gateway_in_thread
from tests.support.sandboxes import RunningSandbox

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
RESPONSE = ".result-window, .graphiql-response"
expect.set_options(timeout=15_000)


def not_run(reason: str) -> None:
    """Skip; in CI, where everything runs, fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not tried in a browser: {reason}")


def define_field(store: RunningSandbox, slug: str, description: str) -> None:
    """Add a text field to the store's customers."""
    flows = store.call("GET", "/v2/flows").json()["data"]
    flow = next(flow["id"] for flow in flows if flow["slug"] == "customers")
    made = {
        "type": "field",
        "name": slug,
        "slug": slug,
        "field_type": "string",
        "description": description,
        "required": False,
        "enabled": True,
        "relationships": {"flow": {"data": {"type": "flow", "id": flow}}},
    }
    assert store.call("POST", "/v2/fields", made).status_code == 201


@dataclass(slots=True)
class Watched:
    """A page of a gateway, and what went on in it.

    Attributes:
        page: The page.
        gateway: Whose page it is.
        complaints: What the console said at the level of warnings and above, and errors nobody caught.
        elsewhere: Addresses of other hosts that were asked for.
    """

    page: Page
    gateway: RunningGateway
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Keep what the page says and asks for from now on."""
        host = urlsplit(self.gateway.url).netloc
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self._ask(asked.url, host))

    def open(self) -> None:
        """Open the explorer and wait until it can be typed in."""
        self.page.goto(self.gateway.page)
        expect(self.page.locator(".graphiql-query-editor")).to_contain_text("query")

    def run(self) -> None:
        """Run what is in the editor, by keyboard."""
        self.page.locator(".graphiql-query-editor .view-line").first.click()
        self.page.keyboard.press("Control+Enter")

    def sign_in(self, password: str = seeded_login.password) -> None:
        """Sign in as the customer that the seeded store offers."""
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_label("E-mail address").fill(seeded_login.email)
        self.page.get_by_label("Password").fill(password)
        self.page.locator("#customer").get_by_role("button", name="Sign in").click()

    def write(self, document: str) -> None:
        """Replace what is in the editor."""
        self.page.locator(".graphiql-query-editor .view-line").first.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(document)

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("warning", "error"):
            self.complaints.append(f"{kind}: {text}")

    def _ask(self, url: str, host: str) -> None:
        parts = urlsplit(url)
        if parts.netloc != host and parts.scheme not in ("data", "blob"):
            self.elsewhere.append(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; its driver holds this thread's event loop, so it ends with the module, before tests that need one."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        not_run("install Chromium (Debian: apt-get install chromium)")
        return
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="module")
def built_gateway(seeded: RunningSandbox) -> Iterator[RunningGateway]:
    """A gateway with the built explorer."""
    if load_bundle() is None:
        not_run("the explorer was not built; install with Node.js 20.19, 22.12 or later at hand")
        return
    with gateway_in_thread(seeded.url) as running:
        yield running


@pytest.fixture(scope="module")
def pinned_gateway(seeded: RunningSandbox) -> Iterator[RunningGateway]:
    """A gateway whose page takes GraphiQL from elsewhere."""
    with gateway_in_thread(seeded.url, pinned=True) as running:
        yield running


@pytest.fixture
def built(browser: Browser, built_gateway: RunningGateway) -> Iterator[Watched]:
    """A fresh page, not opened yet, that has to be quiet and keep to its own host."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    watched = Watched(context.new_page(), built_gateway)
    watched.watch()
    yield watched
    context.close()
    assert watched.complaints == []
    assert watched.elsewhere == []


@pytest.fixture
def pinned(browser: Browser, pinned_gateway: RunningGateway) -> Iterator[Watched]:
    """A fresh page, not opened yet, of the gateway without built files."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    watched = Watched(context.new_page(), pinned_gateway)
    watched.watch()
    yield watched
    context.close()
