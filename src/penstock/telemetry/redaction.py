"""What may never show in a log line, and how an exception is told without its text.

Never here: where lines go.
"""

from __future__ import annotations

import traceback
from collections.abc import MutableMapping

from penstock.errors import PenstockError
from penstock.settings import Secret

REDACTED = "[redacted]"
_TELLING = ("authorization", "token", "secret", "password", "cookie", "variables", "document", "headers", "email")
_LONGEST_TEXT = 500
_DEEPEST_FRAMES = 20


def redact(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Hide every value whose name tells that it may be a secret, and cut long texts: a structlog processor."""
    for key, value in event.items():
        lowered = key.lower()
        if isinstance(value, Secret) or any(word in lowered for word in _TELLING):
            event[key] = REDACTED
        elif isinstance(value, str) and len(value) > _LONGEST_TEXT:
            event[key] = value[:_LONGEST_TEXT] + "…"
    return event


def describe_failure(error: BaseException) -> dict[str, object]:
    """An exception as log fields: its kind and where it happened; its text only where it is one of ours.

    The text of a foreign exception may quote a request, so it is left out; frames hold names and lines only.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST_FRAMES:]
    told: dict[str, object] = {
        "failure": type(error).__name__,
        "at": [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, PenstockError):
        told["reason"] = str(error)
    cause = error.__cause__ or error.__context__
    if cause is not None:
        told["cause"] = type(cause).__name__
    return told
