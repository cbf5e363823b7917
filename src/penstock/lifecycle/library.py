"""The trusted documents kept up to date: read at every look at the store, prepared on every generation.

Never here: what a manifest looks like, which documents are run.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias
from weakref import WeakKeyDictionary

from penstock.errors import OperatorError, StateError
from penstock.lifecycle.holder import GenerationHolder
from penstock.operations.stored import LARGEST_BYTES, Manifest, StoredDocument, StoredDocuments, read_manifest, trust
from penstock.schema.generation import Generation
from penstock.state import State
from penstock.telemetry.logs import Log
from penstock.telemetry.metrics import Metrics

KEY = "documents:"
"""How the keys of shared manifests begin; what follows is whose they are."""

_MOST_TOLD = 50

File: TypeAlias = tuple[str, bytes]
"""A manifest's path, with slashes, and its content."""

ReadFiles: TypeAlias = Callable[[], Awaitable[Sequence[File]]]


class Holds(Protocol):
    """Prepares documents on a generation."""

    def hold(self, generation: Generation, texts: Iterable[str]) -> dict[str, str]:
        """Prepare documents for good; text → why it cannot be run."""
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known about the trusted documents of a generation.

    Attributes:
        ready: How many can be run.
        unusable: A sentence for each that cannot, and for each thing in the manifests that is no document.
        refused: How many of these are documents.
    """

    ready: int = 0
    unusable: tuple[str, ...] = ()
    refused: int = 0


class Library:
    """Keeps the trusted documents of one gateway.

    Args:
        read: Gives every manifest there is.
        stored: Where requests find documents.
        holds: Prepares them.
        holder: Where the serving generation stands.
        log: Where it is told what cannot be used.
        metrics: Where it is counted.
    """

    def __init__(
        self,
        read: ReadFiles,
        stored: StoredDocuments,
        holds: Holds,
        holder: GenerationHolder,
        log: Log,
        metrics: Metrics,
    ) -> None:
        self._read = read
        self._stored = stored
        self._holds = holds
        self._holder = holder
        self._log = log
        self._metrics = metrics
        self._seen = b""
        self._good: dict[str, Manifest] = {}
        self._shelves: WeakKeyDictionary[Generation, Shelf] = WeakKeyDictionary()

    @property
    def shelf(self) -> Shelf:
        """What is known about the documents of the generation that serves."""
        current = self._holder.current
        return Shelf() if current is None else self._shelves.get(current, Shelf())

    async def refresh(self) -> None:
        """Read the manifests; where they have changed, trust what they hold from now on.

        What cannot be read changes nothing: the documents of before stay.
        """
        try:
            files = await self._read()
        except (OSError, StateError) as error:
            self._log.warning("manifests not read", failure=type(error).__name__)
            return
        seen = hashlib.sha256(repr([(path, hashlib.sha256(content).digest()) for path, content in files]).encode())
        if seen.digest() == self._seen:
            self.tell()
            return
        self._seen = seen.digest()
        self._good = await asyncio.to_thread(self._read_all, files)
        self._stored.trusted = await asyncio.to_thread(trust, self._good.values())
        held = self._holder.held
        for generation in (self._holder.current, None if held is None else held.change.after):
            if generation is not None:
                await asyncio.to_thread(self.prepare, generation)
        self.tell()

    def _read_all(self, files: Sequence[File]) -> dict[str, Manifest]:
        """Path → manifest; of one that cannot be read at all, as while it is written, what it held before stays."""
        found: dict[str, Manifest] = {}
        for path, content in files:
            manifest = read_manifest(path, content)
            before = self._good.get(path)
            if not manifest.documents and manifest.problems and before is not None:
                manifest = Manifest(before.documents, manifest.problems)
            found[path] = manifest
        return found

    def prepare(self, generation: Generation) -> None:
        """Prepare every trusted document on a generation, and tell which cannot be run there; slow."""
        trusted = self._stored.trusted
        refused = self._holds.hold(generation, trusted.texts)
        unusable = [_tell(item, refused[item.text]) for item in trusted.documents if item.text in refused]
        ready = len(trusted.documents) - len(unusable)
        shelf = self._shelves[generation] = Shelf(ready, (*trusted.problems, *unusable), len(unusable))
        for sentence in shelf.unusable[:_MOST_TOLD]:
            self._log.warning("trusted text unusable", version=generation.version, reason=sentence)
        if ready or unusable:
            self._log.info("trusted texts ready", version=generation.version, ready=ready, unusable=len(unusable))

    def tell(self) -> None:
        """Count what can be run on the generation that serves, which may just have changed."""
        shelf = self.shelf
        self._metrics.documents_trusted(shelf.ready, shelf.refused)

    def detail(self) -> dict[str, object]:
        """What readiness tells of it; nothing where there are no trusted documents."""
        shelf = self.shelf
        if not shelf.ready and not shelf.unusable:
            return {}
        return {"documents": {"ready": shelf.ready, "unusable": list(shelf.unusable[:_MOST_TOLD])}}


def _tell(document: StoredDocument, reason: str) -> str:
    client = f" of client {document.client}" if document.client else ""
    return f"{document.name}{client} cannot be run: {reason}"


def read_folder(folder: Path) -> list[File]:
    """Every ``.json`` file of a folder and of those in it, sorted; or the one file that is named.

    Raises:
        OSError: It cannot be read.
    """
    if folder.is_file():
        return [(folder.name, _read(folder))]
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    paths = sorted(path for path in folder.rglob("*.json") if path.is_file() and not _is_hidden(path, folder))
    return [(path.relative_to(folder).as_posix(), _read(path)) for path in paths]


def _read(path: Path) -> bytes:
    """A file, and of one that is too large so much that this can be seen."""
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)


def _is_hidden(path: Path, folder: Path) -> bool:
    """Whether a dot stands before a name on the way, as in the folders of a mounted config map."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def require_folder(folder: str) -> None:
    """Refuse a setting that names nothing.

    Raises:
        OperatorError: There is no such file or folder.
    """
    if folder and not Path(folder).exists():
        raise OperatorError(
            f"PENSTOCK_TRUSTED_DOCUMENTS_PATH: there is nothing at {folder[:200]!r}; "
            "give a folder of manifests, or a manifest."
        )


def make_reader(folder: str, state: State) -> ReadFiles:
    """What reads the manifests of a folder, and those that replicas share; none is of one process alone."""

    async def read() -> list[File]:
        files = await asyncio.to_thread(read_folder, Path(folder)) if folder else []
        return [*files, *await read_shared(state)] if state.is_shared else files

    return read


async def read_shared(state: State) -> list[File]:
    """The manifests that replicas share.

    Raises:
        StateError: They cannot be read.
    """
    found = []
    for key in await state.keys(KEY):
        content = await state.get(key)
        if content is not None:
            found.append((f"{key.removeprefix(KEY)}/shared.json", content))
    return found
