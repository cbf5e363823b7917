"""What is known of a store beyond the moment: pinned names, the last good definitions, definitions from a file.

Never here: an `if` about business, how any of it is written down.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from penstock.app.life import Work
from penstock.app.sharing import watched_state
from penstock.app.store import connect, definitions_source, require_store
from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.lock_joining import reviewed_over
from penstock.definitions.lock_text import parse_lock
from penstock.definitions.reading import Reading
from penstock.definitions.snapshot import LARGEST_SNAPSHOT_BYTES, read_snapshot
from penstock.errors import OperatorError, StateError
from penstock.lifecycle import Reloader
from penstock.lifecycle.beat import Beat
from penstock.lifecycle.library import read_folder, require_folder
from penstock.lifecycle.memory import Sweeper
from penstock.lifecycle.outages import look_after_outages, wait_for_state
from penstock.lifecycle.pinning import Pinning, held_lock, nothing_reviewed
from penstock.lifecycle.snapshots import Snapshots
from penstock.lifecycle.stages import Build, Judge, Keep, Load, Recall, Record, Settle, Stages
from penstock.lifecycle.together import Together
from penstock.schema.generation import Generation, build_generation
from penstock.schema.settling import settle
from penstock.settings import Settings
from penstock.state import State
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Keeping:
    """The stages that remember.

    Attributes:
        load: Reads the definitions: the store's, or those of a file.
        settle: Gives everything its name, as it was pinned.
        recall: Finds what served last.
        keep: Remembers what serves.
        beat: When to look.
        recalls_first: Whether what served last serves first, because what the store says now may have to wait.
        sweeper: Frees what was replaced.
        state: What replicas share.
        together: Looks for all replicas; None where there is one, or nothing to look for.
    """

    load: Load
    settle: Settle
    recall: Recall
    keep: Keep
    beat: Beat
    recalls_first: bool
    sweeper: Sweeper
    state: State
    together: Together | None = None

    def stages(self, around: Callable[[Load], Load], build: Build, judge: Judge, record: Record) -> Stages:
        """All stages of a look; ``around`` makes of the load here one that leads to it."""
        glance = None if self.together is None else around(self.together.glance)
        records, keep, first = (record, self.sweeper), (self.keep,), self.recalls_first
        return Stages(
            around(self.load), build, self.settle, judge, records, keep, self.recall, first, glance, self._begin
        )

    def beside(self, reloader: Reloader) -> tuple[Work, ...]:
        """What runs beside the requests until it is cancelled."""
        together = self.together
        if together is None:
            return (self.sweeper.run,)

        async def look() -> None:
            await reloader.reload(unasked=True)

        after_outages = partial(look_after_outages, self.state, look, asyncio.sleep)
        return (self.sweeper.run, partial(together.follow, look), after_outages)

    async def _begin(self) -> None:
        if self.together is not None:
            await wait_for_state(self.state, asyncio.sleep)


def make_keeping(settings: Settings, load: Load, state: State, log: Log) -> Keeping:
    """The stages that remember; nothing is read yet.

    Args:
        settings: Every choice an operator has.
        load: Reads the store's definitions.
        state: What replicas share.
        log: Where trouble is told.
    """
    path = settings.schema_lock

    async def reviewed() -> Lock:
        return await asyncio.to_thread(read_lock_file, path)

    async def load_file() -> Reading:
        return await asyncio.to_thread(read_definitions_file, settings.definitions)

    grace = settings.field_grace_days * DAY_SECONDS
    pinning = Pinning(state, reviewed if path else nothing_reviewed, grace, time.time, log)
    snapshots = Snapshots(state, log)
    sweeper = Sweeper()
    if settings.definitions:
        file_beat, waits = _beat(0.0), False
        return Keeping(load_file, pinning, snapshots.recall, snapshots.keep, file_beat, waits, sweeper, state)
    may_wait = settings.schema_policy != "apply"
    beat = _beat(settings.schema_poll_seconds)
    if settings.state_url.kind == "memory":
        return Keeping(load, pinning, snapshots.recall, snapshots.keep, beat, may_wait, sweeper, state)
    together = Together(load, state, beat.poll_seconds, time.time)
    return Keeping(together.ask, pinning, snapshots.recall, snapshots.keep, beat, may_wait, sweeper, state, together)


def _beat(poll_seconds: float) -> Beat:
    return Beat(poll_seconds, asyncio.sleep, random.random, time.time)


def file_faults(settings: Settings) -> tuple[str, ...]:
    """A sentence for each of the lock, the definitions and the manifests that is named and cannot be used."""

    def read_manifests(path: str) -> None:
        require_folder(path)
        try:
            read_folder(Path(path))
        except OSError as error:
            variable = "PENSTOCK_TRUSTED_DOCUMENTS_PATH"
            raise OperatorError(f"{variable}: {path[:200]!r} cannot be read: {error.strerror}.") from error

    faults = []
    for path, read in (
        (settings.schema_lock, read_lock_file),
        (settings.definitions, read_definitions_file),
        (settings.trusted_documents_path, read_manifests),
    ):
        try:
            if path:
                read(path)
        except OperatorError as error:
            faults.append(str(error))
    return tuple(faults)


def require_files(settings: Settings) -> None:
    """Refuse settings that name a lock, definitions or manifests which cannot be used.

    Raises:
        OperatorError: The sentence names the variable and the file.
    """
    for sentence in file_faults(settings):
        raise OperatorError(sentence)


def read_lock_file(path: str) -> Lock:
    """The lock of a file.

    Raises:
        OperatorError: It cannot be read or used.
    """
    return parse_lock(_read(path, "PENSTOCK_SCHEMA_LOCK", "penstock schema lock"), f"The lock {path!r}")


def read_definitions_file(path: str) -> Reading:
    """The definitions of a file.

    Raises:
        OperatorError: It cannot be read or used.
    """
    text = _read(path, "PENSTOCK_DEFINITIONS", "penstock schema pull")
    return read_snapshot(text, f"The file of definitions {path!r}", "file")


def _read(path: str, variable: str, command: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST_SNAPSHOT_BYTES + 1)  # whoever reads it refuses what is larger
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise OperatorError(
            f"{variable}: {path!r} cannot be read: {reason}. Write it with `{command}`, or name another file."
        ) from error


async def known_lock(settings: Settings) -> Lock:
    """The lock that a gateway of these settings would begin with; nothing is written.

    Raises:
        OperatorError: The lock of the file or of the state cannot be used, or the state's folder cannot.
        StateError: The state cannot be reached.
    """
    reviewed = read_lock_file(settings.schema_lock) if settings.schema_lock else NO_LOCK
    outages: list[str] = []
    state = watched_state(settings, outages.append)
    try:
        _, held = await held_lock(state)
    finally:
        await state.aclose()
    if outages:  # a gateway would go on by itself; what is written to a file must not be made of half the names
        raise StateError(f"{outages[0]} The names of the schema are kept there; without them nothing is said of it.")
    return reviewed_over(reviewed, held)


async def read_store(settings: Settings) -> Reading:
    """What the store says now or, where the settings name one, what a file says.

    Raises:
        OperatorError: A setting is missing, the file cannot be used, or the store refuses the client id.
        UpstreamError: The store cannot be read.
    """
    if settings.definitions:
        return read_definitions_file(settings.definitions)
    require_store(settings)
    store = connect(settings, Metrics(time.time))
    try:
        return await definitions_source(settings, store).load()
    finally:
        await store.aclose()


def followed(settings: Settings, reading: Reading, lock: Lock) -> Lock:
    """The lock after a reading."""
    now = time.time()
    began = now if reading.taken_at is None else reading.taken_at
    return settle(reading.definitions, lock, Look(began, now, settings.field_grace_days * DAY_SECONDS))


def generation_of(settings: Settings, reading: Reading, lock: Lock) -> Generation:
    """The generation that a gateway of these settings would make of a reading and a lock.

    Raises:
        DefinitionError: The definitions make no schema.
    """
    at = time.time() if reading.taken_at is None else reading.taken_at
    followed_lock = followed(settings, reading, lock)
    return build_generation(reading.definitions, 1, at, reading.source, followed_lock, is_subgraph=settings.federation)
