"""What an operator may choose about a sandbox.

Never here: objects that do work.

Source: CONTRACT §5 (limits), §5A and §7 (lifetimes), R8, Q15.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """The choices, frozen; the secret stays out of `repr`.

    Attributes:
        client_id: the only client the sandbox knows.
        client_secret: its secret, asked for by `client_credentials`.
        data: folder of the database; None keeps everything in memory.
        page_length: rows of a page when a call names no limit, 1 to 100.
        rate_limit: calls per second before a 429, 0 for none; the real one is 25 on development stores.
        allow_implicit_signup: implicit tokens may create customers (R8).
        reject_unknown_keys: unknown keys of a resource are a 422 instead of being ignored (Q15).
        seed: fill a new database with the believable store.
        token_seconds: lifetime of an access token.
        customer_token_seconds: lifetime of a customer token.
    """

    client_id: str = "sandbox"
    client_secret: str = field(default="sandbox-secret", repr=False)
    data: Path | None = None
    page_length: int = 25
    rate_limit: int = 0
    allow_implicit_signup: bool = False
    reject_unknown_keys: bool = False
    seed: bool = True
    token_seconds: int = 3600
    customer_token_seconds: int = 86400
