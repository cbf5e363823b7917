"""The built explorer: the files that lie in this package when Node was there to build them, read once, kept packed.

Never here: the page that refers to them.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

_FOLDER = "built"
_MANIFEST = "manifest.json"
_PACKED = ".gz"
_TYPES = {
    "js": b"text/javascript; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "ttf": b"font/ttf",
    "txt": b"text/plain; charset=utf-8",
}


class _Chunk(msgspec.Struct, frozen=True):
    """What the bundler tells about a file it made."""

    file: str
    css: tuple[str, ...] = ()
    is_entry: bool = msgspec.field(default=False, name="isEntry")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, gzipped, and its media type."""

    packed: bytes
    media_type: bytes

    def unpacked(self) -> bytes:
        """The file itself."""
        return gzip.decompress(self.packed)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The built files.

    Attributes:
        script: Name of the module that starts it all.
        styles: Names of the style sheets it comes with.
        assets: Every file by its name; nothing else can be asked for.
    """

    script: str
    styles: tuple[str, ...]
    assets: dict[str, Asset]


def load_bundle(folder: Traversable | None = None) -> Bundle | None:
    """The files in a folder (of this package, unless another one is given), or None when none were built there."""
    place = files("penstock.http").joinpath(_FOLDER) if folder is None else folder
    manifest = place.joinpath(_MANIFEST)
    if not manifest.is_file():
        return None
    chunks = msgspec.json.decode(manifest.read_bytes(), type=dict[str, _Chunk])
    entry = next(chunk for chunk in chunks.values() if chunk.is_entry)
    assets = {
        name: Asset(file.read_bytes(), _TYPES[name.rpartition(".")[2]])
        for file in place.iterdir()
        if (name := file.name.removesuffix(_PACKED)) != file.name
    }
    return Bundle(entry.file, entry.css, assets)
