"""The lock as text, stable and sorted so that a change of one name is a change of one line; and back, suspiciously.

Never here: files, what a pin means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import msgspec

from penstock.definitions.lock import FieldPin, FlowPin, Gone, Lock, seconds_of
from penstock.definitions.model import JSON
from penstock.definitions.naming import OUTPUT_ONLY_MEMBER
from penstock.definitions.text import shown, without_surrogates
from penstock.errors import OperatorError

FORMAT = "penstock-schema-lock"
VERSION = 1
LARGEST_LOCK_BYTES = 32 * 1024 * 1024

_NAME = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]{0,1023}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_NO_MEMBERS = frozenset({"true", "false", "null", OUTPUT_ONLY_MEMBER})


class _Head(msgspec.Struct):
    """What every version of the text begins with."""

    format: str = ""
    version: int = 0


def render_lock(lock: Lock) -> str:
    """The lock as JSON text: keys sorted, what is empty left out, ending in a line feed."""
    whole = {"format": FORMAT, "version": VERSION, **_filled(asdict(lock))}
    return without_surrogates(json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"


def _filled(value: dict[str, JSON]) -> dict[str, JSON]:
    """The value without what is empty, false or null, at every depth; owners without fields included."""
    kept: dict[str, JSON] = {}
    for key, item in value.items():
        clean = _filled(item) if isinstance(item, dict) else item
        if clean not in ({}, (), None, False):
            kept[key] = clean
    return kept


def parse_lock(text: bytes | str, where: str) -> Lock:
    """The lock of a text.

    Args:
        text: Anything at all.
        where: What holds the text, for the message: ``schema.lock.json``.

    Raises:
        OperatorError: It is no lock, of a later version, or broken; the sentence says where and what to do.
    """
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(body) > LARGEST_LOCK_BYTES:
        raise OperatorError(f"{where} is larger than {LARGEST_LOCK_BYTES} bytes; {_REMEDY}")
    try:
        head = msgspec.json.decode(body, type=_Head)
        if head.format != FORMAT:
            raise OperatorError(f"{where} is no lock of Penstock's; {_REMEDY}")
        if head.version != VERSION:
            raise OperatorError(
                f"{where} has version {head.version} of the format and this Penstock reads version {VERSION}; "
                "upgrade, or write the lock anew."
            )
        lock = msgspec.json.decode(body, type=Lock)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OperatorError(f"{where} cannot be read: {str(error)[:200]}. {_REMEDY.capitalize()}") from error
    for fault in _faults(lock):
        raise OperatorError(f"{where} cannot be used: {fault}. {_REMEDY.capitalize()}")
    return lock


_REMEDY = "restore it, or remove it and run `penstock schema lock`."


def _faults(lock: Lock) -> Iterator[str]:
    """What no gateway writes, in words for whoever edited the text by hand."""
    for owner, pins in lock.fields.items():
        for identity, pin in pins.items():
            what = f"field {shown(identity)} of {shown(owner)}"
            yield from _pin_faults(what, pin, (pin.name, *pin.members.values()))
            if not _NAME.fullmatch(pin.type.removeprefix("[").removesuffix("!]") if _is_list(pin.type) else pin.type):
                yield f"{what} has the type {shown(pin.type)}; write `String` or `[String!]`, whatever it is"
            members = list(pin.members.values())
            if _NO_MEMBERS.intersection(members) or len(set(members)) < len(members) or "" in pin.members:
                yield f"{what} has members that an enum cannot have"
    for key, flow in lock.flows.items():
        yield from _pin_faults(shown(key), flow, (flow.type, flow.one, flow.many))


def _is_list(type_text: str) -> bool:
    return type_text.startswith("[") and type_text.endswith("!]")


def _pin_faults(what: str, pin: FieldPin | FlowPin, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if not _NAME.fullmatch(name):
            yield f"{what} has the name {shown(name)}, which is none of GraphQL's"
    gone: Gone | None = pin.gone
    for text in (pin.first_seen, *((gone.since, gone.until) if gone else ())):
        if not _is_moment(text):
            yield f"{what} has the moment {shown(text)}; write it as 2026-11-21T06:18:43.120Z"


def _is_moment(text: str) -> bool:
    try:
        return _MOMENT.fullmatch(text) is not None and seconds_of(text) is not None
    except (ValueError, OverflowError):
        return False
