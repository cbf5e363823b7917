"""Structured logs: one logger that is passed around, and a bridge for what libraries log.

Never here: the line of a request (see `requests`).
"""

from __future__ import annotations

import logging
from typing import TextIO

import msgspec
import structlog

from penstock.settings import LogFormat, LogLevel
from penstock.telemetry.redaction import describe_failure, redact

Log = structlog.typing.FilteringBoundLogger
_LEVELS: dict[LogLevel, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def _encode(event: object, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def create_log(level: LogLevel, form: LogFormat, stream: TextIO) -> Log:
    """A logger that writes redacted lines of one form to the stream, from one level up.

    Args:
        level: The least level that shows.
        form: ``json`` for machines, ``console`` for a terminal.
        stream: Where lines go.
    """
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(serializer=_encode)
    if form == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=0, sort_keys=False)
    log: Log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            renderer,
        ],
    )
    return log


class LibraryHandler(logging.Handler):
    """Carries what libraries log from `WARNING` up into our lines: our form, no exception text.

    Below that libraries log headers and URLs, which are never shown, whatever our level is.
    """

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record of a library: who said it, and its text unless an exception came along."""
        failure = record.exc_info[1] if record.exc_info else None
        fields = describe_failure(failure) if failure else {"message": _first_line(record.msg)}
        self._log.log(record.levelno, "library", library=record.name, **fields)


def _first_line(template: object) -> str:
    """What a library says; asyncio puts the `repr` of whatever is concerned into the lines below it."""
    return str(template).partition("\n")[0]


def adopt_library_logs(log: Log) -> logging.Handler:
    """Send the root logger's records to our log; returns the handler, to be removed again.

    The template of a message is shown, never its arguments.
    """
    handler = LibraryHandler(log)
    logging.getLogger().addHandler(handler)
    return handler


def drop_library_logs(handler: logging.Handler) -> None:
    """Undo `adopt_library_logs`."""
    logging.getLogger().removeHandler(handler)
