"""What a failure looks like to the client: codes, public sentences, and nothing that upstream said.

Never here: HTTP statuses of our own answers, logging.
Source: GRAPHQL conventions (unexpected failures); CONTRACT §2, §7, Q5, Q6.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphql import GraphQLError

from penstock.definitions.model import JSON
from penstock.errors import (
    CallerError,
    Code,
    CredentialError,
    LimitError,
    PenstockError,
    UpstreamError,
    UpstreamInvalid,
    UpstreamUnavailable,
)
from penstock.operations.echoes import without_values
from penstock.upstream.answers import retry_after, upstream_errors
from penstock.upstream.transport import Response


class ArgumentError(CallerError):
    """The variables of a request make an argument of a field null where it must not be; the field alone fails.

    Args:
        message: The sentence a client reads.
        locations: Line and column of the value in the document.
    """

    def __init__(self, message: str, locations: Sequence[tuple[int, int]]) -> None:
        super().__init__(message)
        self.locations = tuple(locations)


def argument_error(error: GraphQLError) -> ArgumentError:
    """What graphql-core says of an argument, without the values that the client sent."""
    locations = [(location.line, location.column) for location in error.locations or ()]
    return ArgumentError(without_values(error.message), locations)


def error_entry(
    error: PenstockError,
    request_id: str,
    path: Sequence[str | int] = (),
    locations: Sequence[tuple[int, int]] = (),
) -> dict[str, JSON]:
    """One entry of ``errors``: public message, locations as (line, column), path, extensions."""
    extensions: dict[str, JSON] = {"code": error.public_code, "requestId": request_id}
    if isinstance(error, CallerError | UpstreamError):
        if error.retry_after is not None:
            extensions["retryAfter"] = error.retry_after
        if error.status is not None:
            upstream: dict[str, JSON] = {"status": error.status}
            if error.request_id:
                upstream["requestId"] = error.request_id
            extensions["upstream"] = upstream
    entry: dict[str, JSON] = {"message": error.public_message}
    if locations:
        entry["locations"] = [{"line": line, "column": column} for line, column in locations]
    if path:
        entry["path"] = list(path)
    entry["extensions"] = extensions
    return entry


_REFUSALS: dict[int, tuple[type[CallerError], str, Code]] = {
    400: (CallerError, "The store refused the request as malformed.", "BAD_USER_INPUT"),
    401: (CredentialError, "The store does not accept this access token: get a new one.", "UNAUTHENTICATED"),
    403: (CredentialError, "These credentials do not allow this.", "FORBIDDEN"),
    422: (CallerError, "The store refused the request as malformed.", "BAD_USER_INPUT"),
}
"""What a status means wherever it comes back: kind, public message, code."""


_FORBIDDEN = 403


def refusal(response: Response, route: str, *, customer_token: bool) -> PenstockError:
    """What an answer that is neither a success nor a 404 means for whoever asked.

    Args:
        response: Its status is not 2xx.
        route: The path template, for the operator's log.
        customer_token: Whether a customer token travelled along.
    """
    status = response.status
    request_id = request_id_of(response)
    if customer_token and status in {400, 401, 403, 422} and blames_customer_token(response):
        return CredentialError(
            "The customer token is not valid (any more): sign in again.",
            "CUSTOMER_TOKEN_INVALID",
            status=status,
            request_id=request_id,
        )
    if status == 429:
        return LimitError(
            "The store is asked too often: wait and try again.",
            "RATE_LIMITED",
            retry_after=retry_after(response) or 1.0,
            status=status,
            request_id=request_id,
        )
    known = _REFUSALS.get(status)
    if known is not None:
        kind, message, code = known
        return kind(message, code, status=status, request_id=request_id)
    if status >= 500:
        return UpstreamUnavailable(
            f"{route} answered {status}.", status=status, request_id=request_id, retry_after=retry_after(response)
        )
    return UpstreamInvalid(f"{route} answered {status}.", status=status, request_id=request_id)


def request_id_of(response: Response) -> str | None:
    """Upstream's own id of a refusal, where it gave one."""
    return next((item.request_id for item in upstream_errors(response) if item.request_id), None)


def blames_customer_token(response: Response) -> bool:
    """Whether a refusal says that it is the customer token that is no good (§7), and not that it is another's."""
    said = _said(response)
    return "customer token" in said and not (response.status == _FORBIDDEN and "another customer" in said)


def blames_bearer(response: Response) -> bool:
    """Whether a refusal says that it is the access token that is no good (§2)."""
    return "access token" in _said(response)


def _said(response: Response) -> str:
    return " ".join(f"{item.title} {item.detail}" for item in upstream_errors(response)).lower()


def in_order(errors: list[dict[str, JSON]]) -> list[JSON]:
    """Errors by where they are in the answer: who failed first in time says nothing to a client."""
    ordered: list[JSON] = [*sorted(errors, key=_place)]
    return ordered


def _place(error: dict[str, JSON]) -> list[tuple[int, int, str]]:
    path = error.get("path")
    if not isinstance(path, list):
        return []
    return [(0, step, "") if isinstance(step, int) else (1, 0, str(step)) for step in path]
