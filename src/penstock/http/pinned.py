"""The files of GraphiQL that a page takes from elsewhere where none were built: each by version and by digest.

The digests are of the files in the packages of the npm registry, which the network of mirrors hands out as they are.

Never here: how a page is put together.
"""

from __future__ import annotations

from dataclasses import dataclass

HOST = "cdn.jsdelivr.net"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file of a package.

    Attributes:
        package: Name and version, as ``react@18.3.1``.
        path: The file's path in the package.
        integrity: What a browser compares the file with.
    """

    package: str
    path: str
    integrity: str

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"https://{HOST}/npm/{self.package}/{self.path}"


SCRIPTS = (
    Pinned(
        "react@18.3.1",
        "umd/react.production.min.js",
        "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    ),
    Pinned(
        "react-dom@18.3.1",
        "umd/react-dom.production.min.js",
        "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    ),
    Pinned(
        "graphiql@4.1.2",
        "graphiql.min.js",
        "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    ),
)
"""In the order in which they need each other; the last major of GraphiQL that comes as one file to be pinned."""

STYLES = (
    Pinned(
        "graphiql@4.1.2",
        "graphiql.min.css",
        "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    ),
)
FILES = (*SCRIPTS, *STYLES)
