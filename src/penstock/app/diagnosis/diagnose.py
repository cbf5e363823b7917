"""The checks in their order; one that rests on what failed before is skipped, and says so.

Never here: what a check looks at.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping

from penstock.app.diagnosis.chosen import Chosen, look_at_settings
from penstock.app.diagnosis.content import look_at_documents, look_at_flows, look_at_names
from penstock.app.diagnosis.finding import Finding
from penstock.app.diagnosis.held import look_at_files, look_at_state
from penstock.app.diagnosis.way import look_at_credentials, look_at_upstream
from penstock.app.store import connect
from penstock.state import Clocks
from penstock.telemetry.metrics import Metrics

_STORE = ("PENSTOCK_UPSTREAM_URL", "PENSTOCK_CLIENT_ID")


async def diagnose(environ: Mapping[str, str]) -> AsyncIterator[Finding]:
    """Look at everything that a gateway of this environment needs, but for its port.

    Args:
        environ: Names to texts, as `Settings.from_environment` takes them.

    Yields:
        Each finding as soon as it is there.
    """
    clocks = Clocks(time.monotonic, time.time)
    chosen, finding = look_at_settings(environ)
    yield finding
    if "PENSTOCK_STATE_URL" in chosen.faults:
        yield _skipped("state", "PENSTOCK_STATE_URL")
    else:
        yield await look_at_state(chosen.settings, clocks)
    yield look_at_files(chosen.settings)
    async for found in _over_store(chosen, clocks):
        yield found


async def _over_store(chosen: Chosen, clocks: Clocks) -> AsyncIterator[Finding]:
    settings = chosen.settings
    unusable = chosen.unusable(*_STORE, "PENSTOCK_CLIENT_SECRET")
    if unusable:
        for check in ("upstream", "credentials", "flows", "names", "documents"):
            yield _skipped(check, unusable)
        return
    store = connect(settings, Metrics(clocks.epoch))
    try:
        way = await look_at_upstream(settings, store, clocks.epoch)
        yield way
        keys = _skipped("credentials", "upstream")
        if way.status != "failed":
            keys = await look_at_credentials(settings, store)
        yield keys
        is_open = keys.status in ("ok", "warning") or bool(settings.definitions)
        if not is_open:
            for check in ("flows", "names", "documents"):
                yield _skipped(check, "upstream" if way.status == "failed" else "credentials")
            return
        content, flows = await look_at_flows(settings, None if settings.definitions else store)
        yield flows
        if content is None:
            yield _skipped("names", "flows")
            yield _skipped("documents", "flows")
            return
        yield await look_at_names(settings, content)
        yield await look_at_documents(settings, store, content, clocks)
    finally:
        await store.aclose()


def _skipped(check: str, because: str) -> Finding:
    return Finding(check, "skipped", f"not looked at, because of {because}")
