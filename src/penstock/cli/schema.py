"""``penstock schema``: the schema as text, and what changed in it.

Never here: how a schema is made or compared.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from penstock.cli.arguments import Arguments
from penstock.cli.changes import show_changes
from penstock.cli.keeping import lock, pull
from penstock.cli.schema_life import check, log, release, status
from penstock.cli.schema_texts import LIVE, fetch_text, read_text
from penstock.cli.servers import run
from penstock.schema.diff import LEVELS, diff_schemas, read_schema
from penstock.settings import Settings

_FOUND = 1


def look_at_schema(arguments: Arguments, settings: Settings) -> int | None:
    """Do what a verb of ``penstock schema`` says; its exit code, None for 0."""
    return _VERBS[arguments.schema_command](arguments, settings)


def print_schema(arguments: Arguments, settings: Settings) -> None:
    """Print the SDL of the store in the settings, or of the gateway at a URL.

    Raises:
        OperatorError: There is no such store or gateway.
        UpstreamError: It does not answer.
    """

    async def main() -> None:
        url = arguments.url
        sys.stdout.write(await (read_text(LIVE, settings) if url is None else fetch_text(url, settings)))

    run(main)


def diff(arguments: Arguments, settings: Settings) -> int:
    """Print what changed between two schemas.

    Returns:
        1 where there is a change of the level to fail on, or of a worse one.

    Raises:
        OperatorError: One of them cannot be read, or is no schema.
        UpstreamError: A store or a gateway does not answer.
    """
    texts: list[str] = []

    async def main() -> None:
        texts.extend([await read_text(source, settings) for source in (arguments.old, arguments.new)])

    run(main)
    old, new = (
        read_schema(text, repr(source)) for text, source in zip(texts, (arguments.old, arguments.new), strict=True)
    )
    changes = diff_schemas(old, new)
    print(show_changes(changes, arguments.format))
    failing = [level for level in LEVELS if arguments.fail_on in LEVELS[LEVELS.index(level) :]]
    return _FOUND if any(one.level in failing for one in changes) else 0


_VERBS: Mapping[str, Callable[[Arguments, Settings], int | None]] = {
    "print": print_schema,
    "diff": diff,
    "check": check,
    "release": release,
    "log": log,
    "status": status,
    "lock": lock,
    "pull": pull,
}
