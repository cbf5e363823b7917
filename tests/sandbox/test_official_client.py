"""The official JavaScript SDK cannot tell the sandbox from the real thing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from penstock.sandbox import SandboxSettings

from .serving import serve

WALK = Path(__file__).parent / "js"


def not_run(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"official client not run: {reason}")


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
