"""Every exception Penstock raises, as one tree that asks first whose fault it is.

    PenstockError
    ├─ OperatorError          a setting, a port, a folder: exit 2 and one sentence
    ├─ DefinitionError        the store's own definitions cannot be used as they are
    ├─ StateError             what replicas share cannot be reached: the caller goes on without
    ├─ CallerError            the request is at fault: its text may reach the client
    │  ├─ CredentialError     a token is missing, expired or refused
    │  └─ LimitError          a limit, a budget or a rate was exceeded
    └─ UpstreamError          the REST API failed or answered nonsense: its text never reaches a client
       ├─ UpstreamUnavailable no answer could be had
       ├─ UpstreamTimeout     the deadline passed first
       └─ UpstreamInvalid     an answer that breaks the contract

Never here: HTTP statuses, logging.
"""

from __future__ import annotations

from math import inf
from typing import ClassVar, Literal

Code = Literal[
    "UNAUTHENTICATED",
    "CUSTOMER_TOKEN_MISSING",
    "CUSTOMER_TOKEN_EXPIRED",
    "CUSTOMER_TOKEN_INVALID",
    "FORBIDDEN",
    "RATE_LIMITED",
    "UPSTREAM_UNAVAILABLE",
    "UPSTREAM_TIMEOUT",
    "UPSTREAM_INVALID_RESPONSE",
    "PAGINATION_LIMIT",
    "LIMIT_EXCEEDED",
    "BUDGET_EXCEEDED",
    "DOCUMENT_NOT_FOUND",
    "BAD_REQUEST",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_USER_INPUT",
    "INTERNAL",
]
"""The top-level codes a client may see in ``errors[].extensions.code``."""


class PenstockError(Exception):
    """The root of the tree: every error of ours carries a code and a sentence."""

    code: ClassVar[Code] = "INTERNAL"
    public: ClassVar[str | None] = "Something went wrong on our side. The request id names this failure in the logs."
    """What a client reads instead of the text; None where the text itself may reach the client."""

    @property
    def public_message(self) -> str:
        """The sentence a client may read."""
        return str(self) if self.public is None else self.public

    @property
    def public_code(self) -> Code:
        """The code a client may read."""
        return self.code


class OperatorError(PenstockError):
    """Whoever runs the gateway must change something: a setting, a port, a folder."""


class DefinitionError(PenstockError):
    """The store's flow definitions cannot be turned into a schema."""


class StateError(PenstockError):
    """What replicas share cannot be read or written; whoever asked decides whether that matters."""


class CallerError(PenstockError):
    """The request is at fault; the text names the thing and the remedy and may reach the client.

    Args:
        message: The sentence a client reads.
        code: One of the top-level codes.
        retry_after: Seconds after which the same request may succeed, where that is known.
        status: The HTTP status of upstream's refusal, where it was upstream that refused.
        request_id: Upstream's own id of that refusal, where it gave one.
    """

    public = None

    def __init__(
        self,
        message: str,
        code: Code = "BAD_USER_INPUT",
        *,
        retry_after: float | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.caller_code: Code = code
        self.retry_after = retry_after
        self.status = status
        self.request_id = request_id

    @property
    def public_code(self) -> Code:
        """The code given when the error was raised."""
        return self.caller_code


class CredentialError(CallerError):
    """A token is missing, expired or refused."""


class LimitError(CallerError):
    """A limit, a budget or a rate was exceeded.

    Args:
        message: See `CallerError`.
        code: See `CallerError`.
        limit: Which one, for a metric: one of a fixed set.
        retry_after: See `CallerError`.
        status: See `CallerError`.
        request_id: See `CallerError`.
    """

    def __init__(
        self,
        message: str,
        code: Code = "LIMIT_EXCEEDED",
        *,
        limit: str = "",
        retry_after: float | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, code, retry_after=retry_after, status=status, request_id=request_id)
        self.limit = limit


class UpstreamError(PenstockError):
    """The REST API failed; what it said stays inside.

    Args:
        message: For the operator's log: the route and what happened, never a URL, header, body or token.
        status: The HTTP status of the answer, where there was one.
        request_id: The id upstream gave the request, where it gave one.
        retry_after: Seconds upstream asked to wait, where it did.
    """

    code: ClassVar[Code] = "UPSTREAM_UNAVAILABLE"
    public = "The store could not be reached. Try again in a moment."

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        self.may_be_written = False
        """Whether it was a write that failed after it was sent: set by whoever knows."""

    @property
    def public_message(self) -> str:
        """Nobody is told to try a write again that may have happened."""
        return _MAY_BE_WRITTEN if self.may_be_written else super().public_message


_MAY_BE_WRITTEN = "The store gave no clear answer, and the write may have happened: look before you send it again."


class UpstreamUnavailable(UpstreamError):  # noqa: N818 (the code's own word)
    """No answer could be had: refused, reset, broken off, or a 5xx.

    Args:
        message: See `UpstreamError`.
        sent: Whether a byte of the request may have reached upstream; only an unsent write may be sent again.
    """

    def __init__(
        self,
        message: str,
        *,
        sent: bool = True,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id, retry_after=retry_after)
        self.sent = sent


class UpstreamTimeout(UpstreamError):  # noqa: N818 (the code's own word)
    """The deadline passed before the answer was whole.

    Args:
        message: See `UpstreamError`.
        waited: Seconds that the store itself had for it: few say nothing about the store.
    """

    code: ClassVar[Code] = "UPSTREAM_TIMEOUT"
    public = "The store did not answer in time. Try again in a moment."

    def __init__(
        self, message: str, *, status: int | None = None, request_id: str | None = None, waited: float = inf
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.waited = waited


class UpstreamInvalid(UpstreamError):  # noqa: N818 (the code's own word)
    """An answer that breaks the contract: not JSON, too large, a redirect, no data."""

    code: ClassVar[Code] = "UPSTREAM_INVALID_RESPONSE"
    public = "The store gave an answer that cannot be understood."
