"""``penstock documents``: manifests of trusted documents where all replicas find them.

Never here: what a manifest looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from penstock.app import open_shared_state
from penstock.cli.arguments import Arguments
from penstock.cli.changes import printable
from penstock.cli.servers import run
from penstock.errors import OperatorError, StateError
from penstock.lifecycle.library import KEY, read_shared
from penstock.operations.stored import Manifest, read_manifest
from penstock.settings import Settings
from penstock.state import State

Work: TypeAlias = Callable[[State], Awaitable[str]]
"""What is done with what replicas share; gives what is printed."""

_CLIENT = re.compile(r"[A-Za-z0-9._-]{1,64}")


def keep_documents(arguments: Arguments, settings: Settings) -> None:
    """Publish a manifest, list what is published, or take one back.

    Raises:
        OperatorError: Replicas share nothing, or the file or the client cannot be used.
        StateError: What they share cannot be reached.
    """
    down: list[str] = []
    said: list[str] = []
    match arguments.documents_command:
        case "publish":
            work = _publishing(arguments.file, _client(arguments.client))
        case "remove":
            work = _removing(_client(arguments.client))
        case _:
            work = _listing(arguments.format)

    async def main() -> None:
        state = open_shared_state(settings, down.append)
        try:
            said.append(await work(state))
        finally:
            await state.aclose()

    run(main)
    if down:
        raise StateError(f"What the replicas share cannot be reached, and nothing was done: {down[0]}")
    print(*said, sep="\n")


def _publishing(file: str, client: str) -> Work:
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise OperatorError(f"{file[:200]} cannot be read ({error.strerror}); give a manifest.") from error
    manifest = read_manifest(f"{client}/{Path(file).name}", content)
    if manifest.problems or not manifest.documents:
        said = " ".join(manifest.problems[:5]) or "There is no document in it."
        raise OperatorError(f"{file[:200]} is not published. {printable(said)}")

    async def publish(state: State) -> str:
        await state.put(KEY + client, content)
        return f"Published {len(manifest.documents)} documents of client {client}."

    return publish


def _removing(client: str) -> Work:
    async def remove(state: State) -> str:
        if await state.get(KEY + client) is None:
            return f"Nothing is published for client {client}."
        await state.remove(KEY + client)
        return f"Removed the documents of client {client}."

    return remove


def _listing(form: str) -> Work:
    async def show(state: State) -> str:
        files = await read_shared(state)
        published = {path.partition("/")[0]: read_manifest(path, content) for path, content in files}
        if form == "json":
            return json.dumps({client: _described(manifest) for client, manifest in published.items()}, indent=2)
        lines = [_line(client, manifest) for client, manifest in published.items()]
        return "\n".join(lines) or "Nothing is published."

    return show


def _line(client: str, manifest: Manifest) -> str:
    names = ", ".join(sorted(document.name for document in manifest.documents))
    return printable(f"{client}: {len(manifest.documents)} documents: {names}")


def _described(manifest: Manifest) -> list[dict[str, str]]:
    return [{"id": document.id, "name": document.name} for document in manifest.documents]


def _client(name: str) -> str:
    if not _CLIENT.fullmatch(name):
        raise OperatorError(
            f"--client: {name[:80]!r} cannot be used; give 1 to 64 letters, digits, dots, underscores and hyphens."
        )
    return name
