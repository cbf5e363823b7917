"""The way to a store that a command takes: at one rate with whoever else uses the store."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from penstock.app import flow_store
from penstock.settings import Secret, Settings, read_state_address
from tests.support.scripted import ScriptedUpstream


async def test_commands_and_gateways_of_one_state_keep_one_rate(upstream: ScriptedUpstream, tmp_path: Path) -> None:
    upstream.answers["POST /oauth/access_token"] = {"access_token": "own", "expires_in": 3600}
    upstream.answers["/v2/flows"] = {"data": []}
    upstream.answers["/v2/settings"] = {"data": {}}
    settings = Settings(
        upstream_url=upstream.url,
        client_id="c",
        client_secret=Secret("s"),
        upstream_rate_limit=10,
        state_url=read_state_address(str(tmp_path / "state")),
    )

    async with flow_store(settings) as one, flow_store(settings) as other:
        started = time.monotonic()
        await asyncio.gather(*(store.documents() for store in (one, other) for _ in range(4)))
        seconds = time.monotonic() - started

    calls = [call for call in upstream.calls if "oauth" not in call.path]
    assert len(calls) == 16
    assert seconds >= 1  # each alone begins its eight calls within the first second
