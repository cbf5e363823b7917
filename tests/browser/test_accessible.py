"""What axe, the common checker of accessibility, finds on the page."""

from __future__ import annotations

import shutil
import subprocess
import tarfile

import pytest
from playwright.sync_api import expect

from penstock.sandbox import seeded_login
from tests.browser.conftest import RESPONSE, Watched, not_run

AXE = "axe-core@4.11.0"
NOT_OURS = {
    # The colours of syntax are the editor's.
    "exclude": [".view-lines"],
    # GraphiQL puts a button to close it into each tab.
    "rules": {"nested-interactive": {"enabled": False}},
}


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The checker, a script."""
    npm = shutil.which("npm")
    if npm is None:
        not_run("install Node.js with npm")
        return ""
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run([npm, "pack", AXE], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        not_run(f"npm pack {AXE} failed: {done.stderr[-300:]}")
    with tarfile.open(folder / f"{AXE.replace('@', '-')}.tgz") as opened:
        script = opened.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def findings(built: Watched, axe: str) -> list[str]:
    """What the checker has against the page as it is now."""
    built.page.evaluate(axe)
    found = built.page.evaluate(
        "({exclude, rules}) => axe.run({exclude}, {rules, resultTypes: ['violations']})", NOT_OURS
    )
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize(("is_dark", "width"), [(False, 1280), (True, 390)])
def test_the_page_its_dialog_its_calls_and_its_docs_are_accessible(
    built: Watched, axe: str, *, is_dark: bool, width: int
) -> None:
    built.page.emulate_media(color_scheme="dark" if is_dark else "light")
    built.page.set_viewport_size({"width": width, "height": 800})
    built.open()
    built.page.get_by_role("button", name="Sign in").click()
    found = findings(built, axe)
    built.page.keyboard.press("Escape")
    built.sign_in()
    expect(built.page.locator("#who")).to_have_text(seeded_login.email)
    built.run()
    expect(built.page.locator(RESPONSE).first).to_contain_text("Leave at porch")
    built.page.locator(".calls summary").press("Enter")
    found += findings(built, axe)
    built.page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = built.page.locator(".graphiql-doc-explorer")
    docs.get_by_role("link", name="Customer", exact=True).click()
    expect(docs).to_contain_text("deliveryDetails")
    found += findings(built, axe)

    assert found == []
