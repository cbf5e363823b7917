"""Documents that are asked for by name instead of sent: trusted ones from manifests, and those that clients bring.

Never here: where manifests lie, HTTP.
"""

from penstock.operations.stored.automatic import AutomaticDocuments
from penstock.operations.stored.documents import Rules, StoredDocuments
from penstock.operations.stored.manifests import LARGEST_BYTES, Manifest, StoredDocument, read_manifest
from penstock.operations.stored.trusted import Trusted, trust

__all__ = [
    "LARGEST_BYTES",
    "AutomaticDocuments",
    "Manifest",
    "Rules",
    "StoredDocument",
    "StoredDocuments",
    "Trusted",
    "read_manifest",
    "trust",
]
