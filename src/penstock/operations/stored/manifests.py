"""Reading a manifest of trusted documents: what cannot be used is left out with a reason, and the rest stays.

Never here: files, schemas.
Source: `persisted-documents.json` of GraphQL Code Generator and `persisted_queries.json` of Relay (an object of ids and
texts), `persisted-query-manifest.json` of Apollo (a list of operations with ids and bodies).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import msgspec

from penstock.definitions.model import JSON

LARGEST_BYTES = 64 * 1024 * 1024
"""Of one manifest."""

_ID = re.compile(r"[\x21-\x7e]{1,256}")
_NAME = re.compile(r"\b(?:query|mutation|subscription)\s+([A-Za-z_]\w*)")
_APOLLO = "apollo-persisted-query-manifest"
_USUAL_NAMES = frozenset({"persisted-documents", "persisted_queries", "persisted-query-manifest", "manifest"})


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with the id by which it is asked for.

    Attributes:
        id: As the manifest has it.
        text: The document.
        client: Whose it is, or "".
    """

    id: str
    text: str = field(repr=False)
    client: str = ""

    @property
    def name(self) -> str:
        """What people call it: the name of its first operation, else the beginning of its id."""
        found = _NAME.search(self.text)
        return found[1][:80] if found else self.id[:12]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest holds.

    Attributes:
        documents: Those that can be used, in its order.
        problems: A sentence for each thing that cannot.
    """

    documents: tuple[StoredDocument, ...] = ()
    problems: tuple[str, ...] = ()


def read_manifest(path: str, content: bytes) -> Manifest:
    """The documents of one manifest.

    Args:
        path: Where it lies below the folder of manifests, with slashes; it tells whose documents these are, by the
            folder's name or by the file's.
        content: JSON, in any of the known forms.
    """
    client = client_of(path)
    if len(content) > LARGEST_BYTES:
        return Manifest(problems=(f"{path} is larger than {LARGEST_BYTES} bytes; split it.",))
    try:
        given: JSON = msgspec.json.decode(content)
    except (ValueError, RecursionError):
        return Manifest(problems=(f"{path} is not JSON in UTF-8.",))
    if not isinstance(given, dict):
        return Manifest(problems=(f"{path} is no manifest: an object of ids and documents is expected.",))
    pairs = _apollo_pairs(given) if given.get("format") == _APOLLO else list(given.items())
    documents, problems = [], []
    for identity, text in pairs:
        if not isinstance(identity, str) or not _ID.fullmatch(identity):
            problems.append(f"{path} has an id that is not 1 to 256 visible ASCII characters: {str(identity)[:40]!r}.")
        elif not isinstance(text, str) or not text.strip():
            problems.append(f"{path} has no document under {identity[:40]!r}; a text is expected.")
        else:
            documents.append(StoredDocument(identity, text, client))
    return Manifest(tuple(documents), tuple(problems))


def client_of(path: str) -> str:
    """Whose manifest lies at a path: ``web/persisted-documents.json`` and ``web.json`` are both `web`'s."""
    folders, _, file = path.rpartition("/")
    if folders:
        return folders
    stem = file.removesuffix(".json")
    for usual in _USUAL_NAMES:
        stem = stem.removesuffix(usual)
    return stem.strip("._-")


def _apollo_pairs(given: dict[str, JSON]) -> list[tuple[JSON, JSON]]:
    operations = given.get("operations")
    found = operations if isinstance(operations, list) else []
    return [(item.get("id"), item.get("body")) for item in found if isinstance(item, dict)]
