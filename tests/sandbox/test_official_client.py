"""The official JavaScript SDK cannot tell the sandbox from the real thing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from penstock.sandbox import SandboxSettings

from .serving import serve

WALK = Path(__file__).parent / "js"
GUIDE = Path(__file__).parents[2] / "docs" / "migrating.md"


def not_run(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"official client not run: {reason}")


def calls_of_the_guide() -> list[str]:
    """What the guide to migrating says that the client has, as `Customers.Create`."""
    rows = [line.split("|")[1] for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [call for cell in rows for call in re.findall(r"`([A-Z]\w+(?:\(\))?(?:\.\w+)?)`", cell) if call[1].islower()]


@pytest.mark.timeout(300)
def test_the_official_client_does_the_guides_steps(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        not_run("install Node.js with npm")
        return
    for name in ("package.json", "package-lock.json", "walk.mjs"):
        shutil.copy(WALK / name, tmp_path)
    installed = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    if installed.returncode != 0:
        not_run(f"npm ci failed: {installed.stderr[-500:]}")
        return

    calls = calls_of_the_guide()
    assert {"Authenticate", "Customers.Create", "Cart().Checkout"} <= set(calls)
    (tmp_path / "calls.json").write_text(json.dumps(calls))

    with serve(SandboxSettings()) as url:
        walk = subprocess.run(
            [node, "walk.mjs", url.removeprefix("http://"), "sandbox", "sandbox-secret"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert walk.returncode == 0, walk.stdout + walk.stderr
    assert walk.stdout.count("ok ") == (WALK / "walk.mjs").read_text().count("await step(")
