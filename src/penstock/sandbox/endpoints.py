"""What an endpoint is: a row of method, path, permission and function.

Never here: the endpoints themselves, ASGI.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.sandbox.access import STAFF, Access
from penstock.sandbox.calls import Run


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the API: `path` has its parameters in braces; `id` is the resource that a body's `id` must equal."""

    method: str
    path: str
    run: Run
    access: Access = STAFF
