"""Requests to the REST API as text: targets, envelopes and forms.

Never here: sending, GraphQL words, which route exists.
Source: CONTRACT §1 (envelope, safe characters), §3 (page parameters), §5A (form), Q13 (8 KB of URL).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from penstock.errors import CallerError, PenstockError

MAX_TARGET_BYTES = 8192

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")
_KNOWN_NAMES = {
    "page[limit]": "page%5Blimit%5D",
    "page[offset]": "page%5Boffset%5D",
    "filter": "filter",
    "sort": "sort",
}
_encoder = msgspec.json.Encoder()


def is_id(value: str) -> bool:
    """Whether a value may stand in a path: ``[A-Za-z0-9_-]{1,64}`` and nothing else."""
    return _ID.fullmatch(value) is not None


def target(template: str, values: Mapping[str, str], query: Sequence[tuple[str, str]] = ()) -> str:
    """Fill a path template and append the query.

    Args:
        template: A path as ``/v2/customers/{id}``.
        values: What stands in the braces; a caller's value is only ever used here.
        query: Names and values in order, unencoded.

    Returns:
        Percent-encoded ASCII that starts with ``/``.

    Raises:
        CallerError: A path value is no id, a query value cannot be encoded, or the whole exceeds 8 KB.
        PenstockError: The template names a value that was not given.
    """
    for name, value in values.items():
        if _ID.fullmatch(value) is None:
            raise CallerError(
                f"{name} is not an id: 1 to 64 of the characters A-Z a-z 0-9 _ - are expected, not {_shown(value)}."
            )
    try:
        path = template.format_map(values) if values else template
    except KeyError as error:
        raise PenstockError(f"The route {template} needs the value {error}, which was not given.") from error
    if "{" in path:
        raise PenstockError(f"The route {template} needs values and none were given.")
    if not query:
        return path
    whole = path + "?" + "&".join([f"{_encode(name)}={_encode(value)}" for name, value in query])
    if len(whole) > MAX_TARGET_BYTES:
        raise CallerError(
            f"The request to {template} needs {len(whole)} bytes of URL; the store accepts {MAX_TARGET_BYTES}. "
            "Use fewer or shorter filter values."
        )
    return whole


def _encode(text: str) -> str:
    known = _KNOWN_NAMES.get(text)
    if known is not None:
        return known
    if _PLAIN.fullmatch(text) is not None:
        return text
    try:
        return quote(text, safe="")
    except UnicodeEncodeError as error:
        raise CallerError(f"The value {_shown(text)} holds half a surrogate pair and is no text.") from error


def _shown(value: str) -> str:
    """A value as a message may show it: short, ASCII, quoted."""
    return ascii(value if len(value) <= 40 else value[:40] + "…")


def envelope(item_type: str, fields: Mapping[str, object]) -> bytes:
    """The body of a write: ``{"data": {"type": …, …}}`` with exactly the given keys.

    Raises:
        CallerError: A value cannot be written as JSON (half a surrogate pair, an integer beyond 64 bits, too deep).

    Source: CONTRACT §1; ``type`` always wins over a field of that name.
    """
    data: dict[str, object] = {"type": item_type}
    data.update(fields)
    data["type"] = item_type
    return encode_json({"data": data})


def encode_json(value: object) -> bytes:
    """Any JSON value as bytes.

    Raises:
        CallerError: The value cannot be written as JSON.
    """
    try:
        return _encoder.encode(value)
    except (UnicodeEncodeError, OverflowError, RecursionError, TypeError) as error:
        raise CallerError(
            "A value of the input cannot be written as JSON: look for broken text or huge numbers."
        ) from error


def form(fields: Mapping[str, str]) -> bytes:
    """A body of media type ``application/x-www-form-urlencoded``, as the token endpoint takes it.

    Raises:
        CallerError: A value holds half a surrogate pair.
    """
    return "&".join([f"{_encode(name)}={_encode(value)}" for name, value in fields.items()]).encode("ascii")
