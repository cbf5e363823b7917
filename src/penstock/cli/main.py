"""From a command line to an exit code.

Never here: what a command does.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from penstock import __version__
from penstock.cli.arguments import Arguments, parse_arguments
from penstock.cli.crash import tell_crashes
from penstock.cli.dev import develop
from penstock.cli.doctor import look_over
from penstock.cli.documents import keep_documents
from penstock.cli.fields import look_at_fields
from penstock.cli.flows import work_on_flows
from penstock.cli.sandbox import serve_sandbox
from penstock.cli.saying import say_no_more, speak_plainly
from penstock.cli.schema import look_at_schema
from penstock.cli.serve import serve
from penstock.errors import OperatorError, PenstockError
from penstock.settings import Settings

_COMMANDS: Mapping[str, Callable[[Arguments, Settings], int | None]] = {
    "serve": serve,
    "dev": develop,
    "sandbox": serve_sandbox,
    "schema": look_at_schema,
    "flows": work_on_flows,
    "fields": look_at_fields,
    "documents": keep_documents,
}
_FAILED = 1
_OPERATOR = 2
_INTERRUPTED = 130
_UNPRINTABLE = (errno.ENOSPC, errno.EIO)
_SERVERS = frozenset({"serve", "dev", "sandbox"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it did what it should, 2 when its operator must change something, 130 when it was interrupted before it
        was done, 1 when it failed otherwise or found what it was asked to fail on.
    """
    tell_crashes()
    speak_plainly()
    arguments = parse_arguments(argv)
    if arguments.command == "version":
        print(f"penstock {__version__}")
        return 0
    try:
        code = _run(arguments, os.environ) or 0
        sys.stdout.flush()
        return code
    except OperatorError as error:
        return _complain(error, _OPERATOR)
    except PenstockError as error:
        return _complain(error, _FAILED)
    except KeyboardInterrupt:
        return _interrupted(arguments.command)
    except BrokenPipeError:
        say_no_more()
        return 0
    except OSError as error:
        if error.errno not in _UNPRINTABLE:
            raise
        say_no_more()
        return _complain(OperatorError(f"Standard output cannot be written: {error.strerror}."), _OPERATOR)


def _run(arguments: Arguments, environ: Mapping[str, str]) -> int | None:
    if arguments.command == "doctor":  # settings that cannot be used are what it looks for
        return look_over(arguments, environ)
    return _COMMANDS[arguments.command](arguments, _read_settings(arguments, environ))


def _interrupted(command: str) -> int:
    if command in _SERVERS:
        return 0
    print("penstock: interrupted.", file=sys.stderr)
    return _INTERRUPTED


def _read_settings(arguments: Arguments, environ: Mapping[str, str]) -> Settings:
    settings, warnings = Settings.from_environment(environ)
    for warning in warnings:
        print(f"penstock: warning: {warning}", file=sys.stderr)
    return _for_development(settings, environ) if arguments.command == "dev" else settings


def _for_development(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """The same with the defaults of `penstock dev`, wherever the environment does not say otherwise."""
    if not environ.get("PENSTOCK_LOG_FORMAT"):
        settings = replace(settings, log_format="console")
    return settings if environ.get("PENSTOCK_SHOW_CALLS") else replace(settings, show_calls=True)


def _complain(error: PenstockError, code: int) -> int:
    print(f"penstock: {error}", file=sys.stderr)
    return code
