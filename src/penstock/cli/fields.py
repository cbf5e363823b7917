"""``penstock fields``: who still uses which custom field.

Never here: how it is counted.
"""

from __future__ import annotations

import json

import msgspec

from penstock.cli.arguments import Arguments
from penstock.cli.changes import printable
from penstock.cli.gateway_calls import call, find_gateway, told
from penstock.cli.servers import run
from penstock.errors import OperatorError
from penstock.settings import Settings
from penstock.upstream.transport import Response

_HEADINGS = ("Field", "Slug", "Reads", "Writes", "Last used", "Clients")
_MOST_CLIENTS = 5


class _Client(msgspec.Struct):
    client: str
    reads: int
    writes: int
    last_used_at: str


class _Field(msgspec.Struct):
    id: str
    flow: str
    slug: str
    place: str
    reads: int
    writes: int
    last_used_at: str | None
    clients: list[_Client]


class _Report(msgspec.Struct):
    since: str
    fields: list[_Field]


def look_at_fields(arguments: Arguments, settings: Settings) -> None:
    """Print the uses of every custom field, or of one.

    Raises:
        OperatorError: There is no such gateway or field.
        UpstreamError: Nothing answers.
    """
    url = find_gateway(arguments.url, settings)
    answers: list[Response] = []

    async def main() -> None:
        answers.append(await call(url, settings, "GET", "/admin/fields/usage"))

    run(main)
    report = msgspec.json.decode(told(answers[0], url), type=_Report)
    fields = [one for one in report.fields if not arguments.field or arguments.field in (one.place, one.slug, one.id)]
    if arguments.field and not fields:
        raise OperatorError(f"There is no custom field {arguments.field!r}; give Type.field, a slug or an id.")
    if arguments.format == "json":
        print(json.dumps({"since": report.since, "fields": msgspec.to_builtins(fields)}, indent=2))
    else:
        print(_table([_HEADINGS, *(_row(one) for one in fields)]))
        print(f"\nCounted since {report.since}. Nobody's query breaks without a field that was not used since then.")


def _row(field: _Field) -> tuple[str, ...]:
    shown = [f"{one.client or '(unnamed)'} {one.reads + one.writes}" for one in field.clients[:_MOST_CLIENTS]]
    more = len(field.clients) - len(shown)
    clients = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return (
        field.place or f"({field.id})",
        field.slug or "(gone)",
        str(field.reads),
        str(field.writes),
        field.last_used_at or "never",
        clients,
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    shown = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(len(row[place]) for row in shown) for place in range(len(shown[0]))]
    numbers = (2, 3)
    lines = [
        "  ".join(cell.rjust(width) if place in numbers else cell.ljust(width) for place, (cell, width) in cells)
        for cells in ([*enumerate(zip(row, widths, strict=True))] for row in shown)
    ]
    return "\n".join(line.rstrip() for line in lines)
