"""``penstock schema check``, ``release``, ``log`` and ``status``: the life of a gateway's schema from a terminal.

Never here: what the gateway makes of it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from penstock.cli.arguments import Arguments
from penstock.cli.changes import printable, show_changes
from penstock.cli.gateway_calls import call, find_gateway, told
from penstock.cli.schema_texts import LIVE, read_text
from penstock.cli.servers import run
from penstock.errors import OperatorError
from penstock.schema.diff import Change
from penstock.settings import Settings
from penstock.upstream.transport import Response

_FOUND = 1
_SDL = "application/graphql"


class _Judgement(msgspec.Struct):
    changes: list[Change]
    known: int
    lines: list[str]


class _Report(msgspec.Struct):
    version: str


class _Line(msgspec.Struct):
    level: str
    coordinate: str
    description: str
    at: str


class _Waiting(msgspec.Struct):
    version: str
    reason: str
    since: float
    breaks: list[str] = []


class _Ready(msgspec.Struct, rename="camel"):
    ready: bool
    reason: str | None = None
    version: str = "none"
    source: str = ""
    loaded_at: float = 0.0
    held: _Waiting | None = None


def check(arguments: Arguments, settings: Settings) -> int:
    """Print which known operations a schema would break, with what it would change.

    Returns:
        1 where one breaks or may break.
    """
    url = find_gateway(arguments.url, settings)
    answers: list[Response] = []

    async def main() -> None:
        text = await read_text(arguments.new or LIVE, settings)
        answers.append(await call(url, settings, "POST", "/admin/schema/check", text.encode(), _SDL))

    run(main)
    body = told(answers[0], url)
    found = msgspec.json.decode(body, type=_Judgement)
    if arguments.format == "json":
        print(json.dumps(json.loads(body), indent=2))
    else:
        print(show_changes(found.changes, "text"))
        print(f"\n{len(found.lines)} of {found.known} known operations affected")
        for line in found.lines:
            print(f"  {printable(line)}")
    return _FOUND if found.lines else 0


def release(arguments: Arguments, settings: Settings) -> None:
    """Let the schema that waits in a gateway serve."""
    url = find_gateway(arguments.url, settings)
    answers: list[Response] = []

    async def main() -> None:
        chosen = f"?version={quote(arguments.version, safe='')}" if arguments.version else ""
        answers.append(await call(url, settings, "POST", f"/admin/schema/release{chosen}"))

    run(main)
    report = msgspec.json.decode(told(answers[0], url), type=_Report)
    print(f"Version {report.version} serves.")


def log(arguments: Arguments, settings: Settings) -> None:
    """Print what changed in a gateway's schema, newest first."""
    url = find_gateway(arguments.url, settings)
    answers: list[Response] = []

    async def main() -> None:
        answers.append(await call(url, settings, "GET", "/admin/schema/changes"))

    run(main)
    lines = msgspec.json.decode(told(answers[0], url), type=list[_Line])[: arguments.first]
    if arguments.format == "json":
        print(json.dumps([msgspec.to_builtins(line) for line in lines], indent=2))
        return
    for line in lines:
        print(f"{line.at}  {line.level.lower():<9}  {printable(line.description)}")
    if not lines:
        print("No changes are known.")


def status(arguments: Arguments, settings: Settings) -> int:
    """Print what schema a gateway serves, and what waits.

    Returns:
        1 where none serves.
    """
    url = find_gateway(arguments.url, settings)
    answers: list[Response] = []

    async def main() -> None:
        answers.append(await call(url, settings, "GET", "/readyz"))

    run(main)
    try:
        found = msgspec.json.decode(answers[0].body, type=_Ready)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"{url.shown} answered {answers[0].status} and no readiness; is it a gateway?") from error
    if arguments.format == "json":
        print(json.dumps(json.loads(answers[0].body), indent=2))
    else:
        print("\n".join(_describe(found)))
    return 0 if found.ready else _FOUND


def _describe(found: _Ready) -> list[str]:
    if not found.ready:
        return [f"No schema serves: {printable(found.reason or '')}"]
    lines = [f"Version {found.version} serves, read {_moment(found.loaded_at)} ({found.source})."]
    if found.reason:
        lines.append(f"The last look failed: {printable(found.reason)}")
    held = found.held
    if held is not None:
        lines.append(f"Version {held.version} waits since {_moment(held.since)}: {printable(held.reason)}")
        lines += [f"  {printable(line)}" for line in held.breaks]
    return lines


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
