"""The text of a snapshot: what a store said of its flows, fields and settings, as far as a schema is made of it.

It is upstream's own JSON, cut down to the keys that are read, and it is read back by the very function that reads
upstream: nothing is believed because it was written down. No token, no customer's data is in it.

Never here: files, what a definition means.
Source: CONTRACT §9.1-9.3, §13.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from penstock.definitions.flow_file import StoreDocuments
from penstock.definitions.lock import moment, seconds_of
from penstock.definitions.parse import parse_definitions
from penstock.definitions.reading import DefinitionSource, Reading
from penstock.errors import OperatorError

FORMAT = "penstock-snapshot"
VERSION = 1
LARGEST_SNAPSHOT_BYTES = 64 * 1024 * 1024

_FLOW_KEYS = ("id", "type", "slug", "name", "description", "enabled")
_FIELD_KEYS = (
    *("id", "type", "slug", "name", "description", "field_type", "validation_rules", "required", "default"),
    *("enabled", "order", "omit_null"),
)
_SETTINGS_KEYS = ("address_mandatory_fields",)


class _Head(msgspec.Struct):
    """What every version of the text begins with."""

    format: str = ""
    version: int = 0


class _Body(msgspec.Struct):
    """A snapshot, as decoded."""

    taken_at: str
    flows: list[object]
    fields: dict[str, list[object]]
    settings: dict[str, object] | None = None


def render_snapshot(documents: StoreDocuments, taken_at: float, fingerprint: str) -> bytes:
    """What upstream answered as the text of a snapshot: JSON, keys sorted, ending in a line feed.

    Args:
        documents: What upstream answered, anything at all.
        taken_at: When, in epoch seconds.
        fingerprint: Of the definitions; it is not believed when the text is read.
    """
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "fingerprint": fingerprint,
        "taken_at": moment(taken_at),
        "flows": _cut(documents.flows, _FLOW_KEYS),
        "fields": {slug: _cut(fields, _FIELD_KEYS) for slug, fields in documents.fields.items()},
        "settings": _kept(documents.settings, _SETTINGS_KEYS) if isinstance(documents.settings, dict) else None,
    }
    return msgspec.json.format(msgspec.json.encode(whole, order="sorted"), indent=1) + b"\n"


def _cut(rows: object, keys: tuple[str, ...]) -> list[object]:
    return [_kept(row, keys) if isinstance(row, dict) else _bare(row) for row in rows] if isinstance(rows, list) else []


def _bare(value: object) -> object:
    """Of what is no object, what a sentence about it says."""
    return [] if isinstance(value, list) else value


def _kept(row: Mapping[str, object], keys: tuple[str, ...]) -> dict[str, object]:
    kept = {key: row[key] for key in keys if key in row}
    meta = row.get("meta")
    timestamps = meta.get("timestamps") if isinstance(meta, dict) else None
    if isinstance(timestamps, dict):
        kept["meta"] = {
            "timestamps": {key: timestamps[key] for key in ("created_at", "updated_at") if key in timestamps}
        }
    return kept


def read_snapshot(text: bytes, where: str, source: DefinitionSource) -> Reading:
    """The definitions of a snapshot.

    Args:
        text: Anything at all.
        where: What holds the text, for the message.
        source: What the reading is to say of its origin.

    Raises:
        OperatorError: It is no snapshot, of a later version, or broken; the sentence says where and what to do.
    """
    if len(text) > LARGEST_SNAPSHOT_BYTES:
        raise OperatorError(f"{where} is larger than {LARGEST_SNAPSHOT_BYTES} bytes; {_REMEDY}")
    try:
        head = msgspec.json.decode(text, type=_Head)
        if head.format != FORMAT:
            raise OperatorError(f"{where} is no snapshot of Penstock's; {_REMEDY}")
        if head.version != VERSION:
            raise OperatorError(
                f"{where} has version {head.version} of the format and this Penstock reads version {VERSION}; "
                "upgrade, or write the snapshot anew."
            )
        body = msgspec.json.decode(text, type=_Body)
        taken_at = seconds_of(body.taken_at)
        moment(taken_at)  # the first and the last day of the calendar, in some zones, are of no year of UTC
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as error:
        raise OperatorError(f"{where} cannot be read: {str(error)[:200]}. {_REMEDY.capitalize()}") from error
    documents = StoreDocuments(body.flows, body.fields, body.settings)
    definitions = parse_definitions(body.flows, body.fields, body.settings)
    return Reading(definitions, source, documents, taken_at)


_REMEDY = "write one with `penstock schema pull`."
