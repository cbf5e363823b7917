"""One operation as it comes from the door and as it goes back: the request, its credentials, its result.

Never here: header names, HTTP statuses, upstream paths.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from penstock.definitions.model import JSON
from penstock.upstream.transport import NO_HEADERS, HeaderBlock


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one caller may prove, as it is forwarded.

    Attributes:
        headers: Every header that travels upstream unchanged, the bearer and the customer token included.
        has_bearer: Whether the caller brought a bearer of its own; without one an implicit token may be added.
        customer_token: Whether a customer token came along.
        customer_id: The customer the token's payload names: an unverified hint, upstream decides. None when absent
            or undecodable.
        expires: The token's expiry in epoch seconds as its payload says, or None.
        headers_without_customer: The same without the customer token, for calls that make no use of it (signing in).
        digest: A digest of every forwarded credential: whatever is shared between requests is keyed by it.
    """

    headers: HeaderBlock
    has_bearer: bool = False
    customer_token: bool = False
    customer_id: str | None = field(default=None, repr=False)
    expires: float | None = None
    headers_without_customer: HeaderBlock = NO_HEADERS
    digest: bytes = field(default=b"", repr=False)


class OperationRequest(msgspec.Struct, frozen=True, gc=False):
    """A GraphQL request, decoded but not yet understood; a struct, because thousands are made a second.

    Attributes:
        document: The GraphQL text.
        operation_name: Which operation of the document to run, or None.
        variables: Raw variable values, or None.
        request_id: The id that errors and logs carry.
        allow_mutation: False when it came by a safe method: only queries may run.
        client_name: Who the client says it is, for usage statistics; untrusted.
        document_id: The id of a stored document, or "".
        shows_cost: Whether the answer is to tell what it was estimated to cost, and what it did.
        document_digest: The SHA-256 of the document in lower-case hexadecimal digits, or "" where none is said.
    """

    document: str
    operation_name: str | None = None
    variables: dict[str, JSON] | None = None
    request_id: str = ""
    allow_mutation: bool = True
    client_name: str = ""
    document_id: str = ""
    document_digest: str = ""
    shows_cost: bool = False

    def __repr__(self) -> str:
        """Without document and variables: both may hold personal data."""
        return f"OperationRequest({self.request_id!r})"


class OperationResult(msgspec.Struct, frozen=True, gc=False):
    """What goes back.

    Attributes:
        body: The whole JSON answer.
        outcome: ``executed`` when the operation ran (whatever its errors), ``refused`` for a request error without
            ``data``, ``undetermined`` where that is that no operation can be chosen, ``method`` when a safe method
            asked for a mutation.
        operation_type: ``query``, ``mutation`` or ``subscription`` where that was understood, else "".
        operation_name: The name in the document, or "".
        path: ``plan`` or ``reference``, or "" when nothing ran.
        codes: The error codes in the body, for metrics.
        upstream_calls: Calls to the store that the operation made.
        is_trusted: Whether it was a trusted document that was run.
        is_private: Whether the answer is one visitor's own, whoever asked.
    """

    body: bytes
    outcome: Literal["executed", "refused", "undetermined", "method"] = "executed"
    operation_type: str = ""
    operation_name: str = ""
    path: str = ""
    codes: tuple[str, ...] = ()
    upstream_calls: int = 0
    is_trusted: bool = False
    is_private: bool = False

    def __repr__(self) -> str:
        """Without the body: it holds personal data."""
        return f"OperationResult({self.outcome}, {self.path!r}, {self.codes!r})"
