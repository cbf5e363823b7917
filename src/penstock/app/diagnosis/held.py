"""What is kept beside the store, looked at: the shared state, and the files that settings name.

Never here: what a state or a file means to the schema.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from penstock.app.diagnosis.finding import Finding, counted
from penstock.app.keeping import file_faults
from penstock.errors import OperatorError, StateError
from penstock.settings import Settings
from penstock.state import Clocks, State, Watch, open_state, try_out

_SKEW_SECONDS = 5.0
_SLOW_SHARE = 0.25


@asynccontextmanager
async def opened(settings: Settings, clocks: Clocks, outages: list[str]) -> AsyncIterator[State]:
    """The state of the settings, closed at the end; why it fails is put among the outages.

    Raises:
        OperatorError: It cannot be opened.
    """
    state = open_state(
        settings.state_url,
        prefix=settings.state_prefix,
        timeout_seconds=settings.state_timeout_seconds,
        clocks=clocks,
        watch=Watch(on_failure=outages.append),
    )
    try:
        yield state
    finally:
        await state.aclose()


async def look_at_state(settings: Settings, clocks: Clocks) -> Finding:
    """Try every kind of call out, under keys of its own."""
    address = settings.state_url
    outages: list[str] = []
    try:
        async with opened(settings, clocks, outages) as state:
            tried = await try_out(state, clocks.monotonic, clocks.epoch)
    except (OperatorError, StateError) as error:
        return Finding("state", "failed", str(error).rstrip("."), _remedy(settings))
    if outages:
        return Finding("state", "failed", f"{address.shown}: {outages[0].rstrip('.')}", _remedy(settings))
    if tried.wrong:
        remedy = "Let PENSTOCK_STATE_URL name a folder on a disk of this machine, or a Redis that is nobody's proxy."
        return Finding("state", "failed", f"{address.shown} does not do what it should", remedy, tried.wrong)
    if address.kind == "memory":
        return Finding("state", "ok", "each process keeps its own, in memory; PENSTOCK_STATE_URL is not set")
    took = (
        f"{address.shown} is written and read, one step at a time; the slowest call took {tried.seconds * 1000:.0f} ms"
    )
    if tried.seconds > settings.state_timeout_seconds * _SLOW_SHARE:
        remedy = "Bring it nearer, or raise PENSTOCK_STATE_TIMEOUT_SECONDS."
        return Finding("state", "warning", f"{took} of the {settings.state_timeout_seconds:g} s it may take", remedy)
    if tried.skew_seconds is not None and abs(tried.skew_seconds) > _SKEW_SECONDS:
        apart = counted(round(abs(tried.skew_seconds)), "second")
        return Finding("state", "warning", f"{took}; its clock is {apart} off this machine's", _CLOCKS)
    return Finding("state", "ok", took)


_CLOCKS = "Set both clocks by a time server: what replicas tell each other carries times."


def _remedy(settings: Settings) -> str:
    if settings.state_url.kind == "directory":
        return "Let the folder of PENSTOCK_STATE_URL be one that the gateway's user may write, on a disk with room."
    return "Start the server that PENSTOCK_STATE_URL names, let this machine reach it, and give the right password."


def look_at_files(settings: Settings) -> Finding:
    """Read the lock, the definitions and the manifests that are named."""
    named = [path for path in (settings.schema_lock, settings.definitions, settings.trusted_documents_path) if path]
    faults = file_faults(settings)
    if faults:
        remedy = "Write or mount what is named here, or name another."
        return Finding("files", "failed", f"{len(faults)} of {len(named)} cannot be used", remedy, faults)
    return Finding("files", "ok", f"{', '.join(named)} can be read" if named else "none are named")
