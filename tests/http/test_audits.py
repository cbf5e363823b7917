"""GraphQL over HTTP as its working group's own audits see it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandboxes import RunningSandbox
from tests.support.served import served

AUDITS = Path(__file__).parent / "audits"
AT_LEAST = 61


def not_run(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"audits not run: {reason}")


def install(folder: Path) -> str | None:
    """The command of Node.js, with the audits installed in the folder; None where that cannot be."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        not_run("install Node.js with npm")
        return None
    for name in ("package.json", "package-lock.json", "audit.mjs"):
        shutil.copy(AUDITS / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        not_run(f"npm ci failed: {done.stderr[-500:]}")
        return None
    return node


async def audited(node: str, folder: Path, url: str) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        node, "audit.mjs", url, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.timeout(300)
async def test_every_audit_passes(seeded: RunningSandbox, tmp_path: Path) -> None:
    node = install(tmp_path)
    if node is None:
        return
    async with served(seeded.url) as gateway:
        found = await audited(node, tmp_path, f"{gateway.client.base_url}/graphql")

    assert [one for one in found if one["status"] != "ok"] == []
    assert len(found) >= AT_LEAST
