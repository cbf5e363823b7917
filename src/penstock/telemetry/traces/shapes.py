"""Spans and what holds them as messages of the OpenTelemetry protocol.

Never here: when a span begins or ends, what it is about.
Source: opentelemetry-proto, trace.proto and common.proto, by their field numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import NewType, TypeAlias

Shape = NewType("Shape", bytes)
"""All of a span that many others have as well: name, kind, attributes, status."""
Value: TypeAlias = str | int | bool

KIND_SERVER = 2
KIND_CLIENT = 3
SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0"
_ERROR = b"\x7a\x02\x18\x02"
_TIMES = struct.Struct("<BQBQ")
_START, _END = 0x39, 0x41


def shape(name: str, kind: int, attributes: Mapping[str, Value], *, is_error: bool) -> Shape:
    """The common part of spans; an error has no text, its type is an attribute."""
    parts = [_text(0x2A, name), b"\x30", _varint(kind)]
    parts += [_block(0x4A, key_value(key, value)) for key, value in attributes.items()]
    return Shape(b"".join((*parts, _ERROR if is_error else b"")))


def span(trace: bytes, own: int, parent: int, state: bytes, times: tuple[int, int], common: Shape) -> bytes:
    """A whole span.

    Args:
        trace: The trace's id in hexadecimal digits.
        own: The span's id.
        parent: The id of what it is below, 0 for none.
        state: The trace's state, or none.
        times: Beginning and end in nanoseconds since the epoch.
        common: Everything else.
    """
    return b"\x0a\x10%b\x12\x08%b%b%b%b%b" % (
        bytes.fromhex(trace.decode()),
        own.to_bytes(8, "big"),
        _block(0x1A, state) if state else b"",
        b"\x22\x08" + parent.to_bytes(8, "big") if parent else b"",
        _TIMES.pack(_START, times[0], _END, times[1]),
        common,
    )


def request(resource: Mapping[str, Value], scope: tuple[str, str], spans: Iterable[bytes]) -> bytes:
    """What is sent to a collector: spans of one scope of one resource.

    Args:
        resource: Attributes of who sends.
        scope: Name and version of who recorded.
        spans: Spans, each a whole message.
    """
    who = b"".join(_block(0x0A, key_value(key, value)) for key, value in resource.items())
    recorder = _text(0x0A, scope[0]) + _text(0x12, scope[1])
    recorded = b"".join([_block(0x0A, recorder), *(_block(0x12, one) for one in spans), _text(0x1A, SCHEMA_URL)])
    return _block(0x0A, _block(0x0A, who) + _block(0x12, recorded) + _text(0x1A, SCHEMA_URL))


def key_value(key: str, value: Value) -> bytes:
    """An attribute."""
    match value:
        case bool():
            any_value = b"\x10" + _varint(value)
        case int():
            any_value = b"\x18" + _varint(value & 0xFFFFFFFFFFFFFFFF)
        case str():
            any_value = _text(0x0A, value)
    return _text(0x0A, key) + _block(0x12, any_value)


def _text(tag: int, text: str) -> bytes:
    return _block(tag, text.encode("utf-8", "replace"))


def _block(tag: int, content: bytes) -> bytes:
    return b"%c%b%b" % (tag, _varint(len(content)), content)


def _varint(number: int) -> bytes:
    if number < 0x80:
        return b"%c" % number
    groups = bytearray()
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)
