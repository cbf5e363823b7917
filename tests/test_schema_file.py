"""The committed schema is the one that the sandbox's store has today."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PENSTOCK = (sys.executable, "-m", "penstock")


@pytest.fixture
def sandbox_url(tmp_path: Path) -> Iterator[str]:
    """Where a freshly seeded sandbox answers."""
    said = tmp_path / "sandbox.stderr"
    with said.open("w") as stderr:
        process = subprocess.Popen([*PENSTOCK, "sandbox", "--port", "0"], stdin=subprocess.DEVNULL, stderr=stderr)
    try:
        yield _wait_for_url(process, said)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for_url(process: subprocess.Popen[bytes], said: Path) -> str:
    while process.poll() is None:
        found = re.search(r"http://\S+", said.read_text())
        if found:
            return found[0]
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"penstock sandbox ended early:\n{said.read_text()}")


def test_the_schema_file_is_the_printed_schema_of_the_seeded_sandbox(sandbox_url: str) -> None:
    settings = {
        "PENSTOCK_UPSTREAM_URL": sandbox_url,
        "PENSTOCK_CLIENT_ID": "sandbox",
        "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
    }

    printed = subprocess.run(
        [*PENSTOCK, "schema", "print"], env={**os.environ, **settings}, capture_output=True, text=True, check=True
    )

    remedy = "`penstock dev`, then `penstock schema print --url http://127.0.0.1:8000 > schema.graphql`"
    assert printed.stdout == (ROOT / "schema.graphql").read_text(encoding="utf-8"), f"Renew it: {remedy}."
