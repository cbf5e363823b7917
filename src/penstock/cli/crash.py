"""What the terminal shows when something that nobody foresaw ends the program: what and where, never the text.

The text of a foreign exception may quote a request, a URL with a password, or a row of the store.

Never here: errors that we raise ourselves.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from penstock.telemetry.redaction import describe_failure

_REPORT = "penstock: this should not have happened. Please report it with these lines; they hold no data of yours."


def tell_crashes() -> None:
    """Show crashes of this process that way from now on, those of its threads included."""
    sys.excepthook = _tell
    threading.excepthook = _tell_thread


def _tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        tell_crash(error.with_traceback(trace))


def tell_crash(error: BaseException) -> None:
    """Show one."""
    told = describe_failure(error)
    places = told["at"]
    print(_REPORT, file=sys.stderr)
    for place in places if isinstance(places, list) else ():
        print(f"  {place}", file=sys.stderr)
    reason = f": {told['reason']}" if "reason" in told else ""
    cause = f", because of {told['cause']}" if "cause" in told else ""
    print(f"{told['failure']}{cause}{reason}", file=sys.stderr, flush=True)


def _tell_thread(hook: threading.ExceptHookArgs) -> None:
    _tell(hook.exc_type, hook.exc_value, hook.exc_traceback)
