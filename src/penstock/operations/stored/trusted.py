"""All trusted documents of a moment, to be found by id, by digest and by text.

Never here: reading manifests, running.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from penstock.operations.stored.manifests import Manifest, StoredDocument

SHA256 = "sha256:"
"""How an id begins that is the digest of its document."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """The trusted documents.

    Attributes:
        documents: Each once, sorted by client and id.
        by_id: Under the manifest's id, and under `sha256:` with the digest of the text.
        by_digest: Under the bare digest, as automatic persisted queries ask for it.
        texts: The texts themselves.
        problems: What in the manifests cannot be used.
    """

    documents: tuple[StoredDocument, ...] = ()
    by_id: Mapping[str, StoredDocument] = field(default_factory=dict, repr=False)
    by_digest: Mapping[str, StoredDocument] = field(default_factory=dict, repr=False)
    texts: frozenset[str] = field(default=frozenset(), repr=False)
    problems: tuple[str, ...] = ()


def digest_of(text: str) -> str:
    """SHA-256 of a document's UTF-8 text, in lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def trust(manifests: Iterable[Manifest]) -> Trusted:
    """Put manifests together; of two documents under one id the first in order holds, and the other is a problem."""
    by_id: dict[str, StoredDocument] = {}
    by_digest: dict[str, StoredDocument] = {}
    problems: list[str] = []
    found: list[StoredDocument] = []
    for manifest in manifests:
        problems += manifest.problems
        found += manifest.documents
    found.sort(key=lambda document: (document.client, document.id))
    kept = []
    for document in found:
        first = by_id.setdefault(document.id, document)
        if first.text != document.text:
            problems.append(
                f"Two documents have the id {document.id[:40]!r}: {first.name} of client {first.client or '-'} is "
                f"served, {document.name} of client {document.client or '-'} is not."
            )
            continue
        kept.append(document)
        digest = digest_of(document.text)
        by_digest.setdefault(digest, document)
    for digest, document in by_digest.items():
        by_id.setdefault(SHA256 + digest, document)
    texts = frozenset(document.text for document in kept)
    return Trusted(tuple(kept), by_id, by_digest, texts, tuple(problems))
