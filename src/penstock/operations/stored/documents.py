"""Which document a request means, and whether it may be run: by id, by digest, or as a text.

Never here: running, where documents come from.
Source: the draft appendix on persisted documents of GraphQL over HTTP; Apollo's automatic persisted queries, whose
clients know the two answers by their message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from penstock.errors import CallerError, Code
from penstock.operations.faults import RequestError
from penstock.operations.request import OperationRequest
from penstock.operations.stored.automatic import AutomaticDocuments
from penstock.operations.stored.trusted import Trusted, digest_of
from penstock.schema.impact import KnownOperation

Mode: TypeAlias = Literal["off", "allow", "only"]

_NOT_FOUND = "There is no stored document of this id: send the text of the document as `query`."
_NOT_FOUND_ONLY = "There is no trusted document of this id: add it to the manifest that the gateway reads."
_OFF = "This gateway holds no stored documents: send the text of the document as `query`."
_NO_ID: dict[Mode, str] = {"off": _OFF, "allow": _NOT_FOUND, "only": _NOT_FOUND_ONLY}
_NOT_TRUSTED = "Only trusted documents are run here: send the `documentId` of one, or its text as it was stored."
_ANOTHER = "The document in `query` is not the one whose SHA-256 is in `extensions.persistedQuery.sha256Hash`."
_NOT_FOUND_AUTOMATIC = "PersistedQueryNotFound"
_OFF_AUTOMATIC = "PersistedQueryNotSupported"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is run.

    Attributes:
        mode: ``off``: texts alone; ``allow``: texts and stored documents; ``only``: trusted documents alone.
        get_trusted_only: Whether a GET runs trusted documents alone.
    """

    mode: Mode = "off"
    get_trusted_only: bool = False


class Meant(NamedTuple):
    """The document that a request means, and whether it is a trusted one."""

    text: str
    is_trusted: bool


class StoredDocuments:
    """Finds documents; what is trusted may be exchanged at any time.

    Args:
        rules: What is run.
        automatic: What clients brought, or None where they may not.

    Attributes:
        trusted: The trusted documents of now.
        rules: What is run.
    """

    __slots__ = ("_automatic", "rules", "trusted")

    def __init__(self, rules: Rules | None = None, automatic: AutomaticDocuments | None = None) -> None:
        self.rules = rules or Rules()
        self.trusted = Trusted()
        self._automatic = automatic if self.rules.mode == "allow" else None

    def minds(self, request: OperationRequest) -> bool:
        """Whether a request has to be looked at here: one that sends a text where every text is run has not."""
        if request.document_id or request.document_digest or self.rules.mode == "only":
            return True
        return self.rules.get_trusted_only and not request.allow_mutation

    async def find(self, request: OperationRequest) -> Meant:
        """The document that a request means.

        Raises:
            RequestError: There is none of this id or digest, or the text is not the one of the digest.
        """
        trusted = self.trusted if self.rules.mode != "off" else Trusted()
        if request.document_id:
            found = trusted.by_id.get(request.document_id)
            if found is None:
                raise _refusal(_NO_ID[self.rules.mode], "DOCUMENT_NOT_FOUND")
            return Meant(found.text, is_trusted=True)
        text = request.document
        digest = request.document_digest
        if digest and text and digest_of(text) != digest:
            raise _refusal(_ANOTHER, "BAD_REQUEST")
        if digest and not text:
            return await self._by_digest(digest, trusted)
        is_trusted = text in trusted.texts
        if self.rules.mode == "only" and not is_trusted:
            raise _refusal(_NOT_TRUSTED, "FORBIDDEN")
        return Meant(text, is_trusted)

    async def _by_digest(self, digest: str, trusted: Trusted) -> Meant:
        found = trusted.by_digest.get(digest)
        if found is not None:
            return Meant(found.text, is_trusted=True)
        if self._automatic is None:
            message = _NOT_FOUND_AUTOMATIC if self.rules.mode == "only" else _OFF_AUTOMATIC
            raise _refusal(message, "DOCUMENT_NOT_FOUND")
        text = await self._automatic.find(digest)
        if text is None:
            raise _refusal(_NOT_FOUND_AUTOMATIC, "DOCUMENT_NOT_FOUND")
        return Meant(text, is_trusted=False)

    async def known(self) -> list[KnownOperation]:
        """Every trusted document: its name, whose it is, and its text."""
        return [KnownOperation(item.name, item.client, item.text) for item in self.trusted.documents]

    async def keep(self, request: OperationRequest) -> None:
        """Keep a valid document that came with its digest."""
        if self._automatic is not None and request.document and request.document_digest:
            await self._automatic.keep(request.document_digest, request.document)


def _refusal(message: str, code: Code) -> RequestError:
    return RequestError([(CallerError(message, code), [])])
