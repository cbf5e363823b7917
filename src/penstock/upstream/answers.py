"""Answers of the REST API, read: documents, error items of every shape, how long to wait.

Never here: sending, what an error means to a GraphQL client.
Source: CONTRACT §1 (envelope), §2 (errors), Q12 (no rate-limit headers are documented).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import msgspec

from penstock.errors import UpstreamInvalid, UpstreamUnavailable
from penstock.upstream.transport import Response

MAX_ITEMS = 100
MAX_TEXT = 500
MAX_META = 16

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_DIGITS = re.compile(r"[0-9]{1,6}")
_decoder = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One entry of ``errors`` in the store's answer, every text bounded and printable; absent keys are empty.

    Attributes:
        status: What the body claims, coerced; the HTTP status line decides, not this.
        title: The short class.
        detail: The human sentence, from ``detail`` or the older ``details``.
        source: A path such as ``data.customer.email``.
        code: Rare.
        request_id: Upstream's own id of the failure.
        meta: Scalar values of ``meta`` as text, ids of offending items among them.
    """

    status: int | None = None
    title: str = ""
    detail: str = field(default="", repr=False)
    source: str = ""
    code: str = ""
    request_id: str = ""
    meta: Mapping[str, str] = field(default_factory=dict, repr=False)


def decode_json(body: bytes) -> object:
    """The JSON value of a body.

    Raises:
        ValueError: It is no JSON, or nested too deep.
    """
    try:
        value: object = _decoder.decode(body)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def read_document(response: Response, route: str) -> Mapping[str, object]:
    """The JSON object of a successful answer.

    Raises:
        UpstreamInvalid: The answer is a redirect, no JSON, or no object.
        UpstreamUnavailable: The status is 5xx.
        UpstreamInvalid: The status is any other failure; a caller that gives it a meaning asks first.
    """
    status = response.status
    if not 200 <= status < 300:
        items = upstream_errors(response)
        said = f" ({items[0].title})" if items and items[0].title else ""
        request_id = next((item.request_id for item in items if item.request_id), None)
        if status >= 500:
            raise UpstreamUnavailable(
                f"{route} answered {status}{said}.",
                status=status,
                request_id=request_id,
                retry_after=retry_after(response),
            )
        raise UpstreamInvalid(f"{route} answered {status}{said}.", status=status, request_id=request_id)
    try:
        document = decode_json(response.body)
    except ValueError as error:
        raise UpstreamInvalid(f"{route} answered {status} with a body that is no JSON.", status=status) from error
    if not isinstance(document, dict):
        raise UpstreamInvalid(f"{route} answered {status} with JSON that is no object.", status=status)
    return document


def read_data(response: Response, route: str) -> object:
    """The ``data`` of a successful answer.

    Raises:
        UpstreamInvalid: See `read_document`, or there is no ``data``.
        UpstreamUnavailable: The status is 5xx.
    """
    document = read_document(response, route)
    if "data" not in document:
        raise UpstreamInvalid(f"{route} answered {response.status} without data.", status=response.status)
    return document["data"]


def upstream_errors(response: Response) -> tuple[ErrorItem, ...]:
    """Every error item an answer carries, whatever its status; empty when there is none to be read. Never raises."""
    try:
        document = decode_json(response.body)
    except ValueError:
        return ()
    if not isinstance(document, dict):
        return ()
    found = document.get("errors", document.get("error"))
    items = found if isinstance(found, list) else [found]
    read = (_read_item(item) for item in items[:MAX_ITEMS])
    return tuple(item for item in read if item is not None)


def _read_item(item: object) -> ErrorItem | None:
    if isinstance(item, str) and item:
        return ErrorItem(title=_text(item))
    if not isinstance(item, dict) or not item:
        return None
    return ErrorItem(
        status=_status(item.get("status")),
        title=_text(item.get("title")),
        detail=_text(item.get("detail")) or _text(item.get("details")) or _text(item.get("message")),
        source=_source(item.get("source")),
        code=_text(item.get("code")),
        request_id=_text(item.get("request_id")) or _text(item.get("x_request_id")),
        meta=_meta(item.get("meta")),
    )


def _status(value: object) -> int | None:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 100 <= value <= 599:
        return int(value)
    return None


def _text(value: object) -> str:
    if isinstance(value, list):
        value = "; ".join([part for part in value[:MAX_META] if isinstance(part, str)])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    return _UNPRINTABLE.sub(" ", value[:MAX_TEXT]).strip()


def _source(value: object) -> str:
    """A path, also out of the JSON:API object that the store does not send today."""
    if isinstance(value, dict):
        value = value.get("pointer") or value.get("parameter")
    return _text(value).strip("/").replace("/", ".")


def _meta(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        return {}
    texts = {_text(key): _text(entry) for key, entry in list(value.items())[:MAX_META]}
    return {key: text for key, text in texts.items() if key and text}


def retry_after(response: Response) -> float | None:
    """The seconds an answer asks to wait; None when it does not ask or cannot be read.

    A date is measured against the answer's own ``Date``, so that no clock is needed.
    """
    asked = response.header(b"retry-after")
    if asked is None:
        return None
    if _DIGITS.fullmatch(asked.strip()):
        return float(asked)
    date = response.header(b"date")
    if date is None:
        return None
    try:
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(date)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
