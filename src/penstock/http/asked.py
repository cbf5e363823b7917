"""A request that is run: what it asks, as whom, how it wants its answer, and what is told of it afterwards.

Never here: running it, answering it.
"""

from __future__ import annotations

from typing import NamedTuple

from penstock.http.asgi import Receive, Scope, Send
from penstock.http.head import CLIENT_NAME, COST, Head
from penstock.http.intake import Admitted
from penstock.http.media import Media
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.telemetry.requests import RequestFacts

_NAMING = (b"query", b"documentId", b"extensions")


class Asked(NamedTuple):
    """A request that is run: what it asks, as whom, and how it wants its answer."""

    request: OperationRequest
    credentials: Credentials
    media: Media
    head: Head


class Exchange(NamedTuple):
    """The server's side of a request that may be answered by a stream.

    Attributes:
        is_preferred: Whether its client would rather have a stream than anything else.
    """

    scope: Scope
    receive: Receive
    send: Send
    is_preferred: bool


def facts_of(request_id: str, result: OperationResult, status: int, seconds: float) -> RequestFacts:
    """What is told of a request."""
    name = result.operation_name[:64]
    milliseconds = round(seconds * 1000, 2)
    return RequestFacts(
        request_id,
        name,
        result.operation_type,
        result.path,
        status,
        result.codes,
        milliseconds,
        result.upstream_calls,
    )


def request_of(admitted: Admitted, head: Head, request_id: str, *, allow_mutation: bool) -> OperationRequest:
    """The operation that a request asks for."""
    query, operation_name, variables, document_id, digest = admitted.parameters
    client = head.values[CLIENT_NAME]
    client_name = "" if client is None else client[:64].decode("latin-1")
    return OperationRequest(
        query,
        operation_name,
        variables,
        request_id,
        allow_mutation,
        client_name,
        document_id,
        digest,
        bool(head.values[COST]),
    )


def asks_to_run(query_string: bytes) -> bool:
    """Whether the URL names a document, so that a page is not what it is for."""
    return any(part.partition(b"=")[0] in _NAMING for part in query_string.split(b"&"))
