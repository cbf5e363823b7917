"""The other subgraph of the guide: reviews, which know their authors by id alone.

Never here: tests.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from graphql import build_schema, graphql_sync

SCHEMA = """
type Query { reviews: [Review!]! _entities(representations: [_Any!]!): [_Entity]! }
type Review { id: ID! text: String! author: Customer }
type Customer { id: ID! reviews: [Review!]! }
scalar _Any
union _Entity = Customer
"""


@dataclass(slots=True)
class Reviews:
    """A subgraph that answers.

    Attributes:
        url: Where.
        authors: Ids of customers, a review each.
        headers: Of every request that came, names in lower case.
    """

    url: str = ""
    authors: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What a request gets."""
        root = {"reviews": [self._of(author) for author in self.authors], "_entities": self._entities}
        result = graphql_sync(build_schema(SCHEMA), asked["query"], root, variable_values=asked.get("variables"))
        return {"data": result.data, **({"errors": [one.formatted for one in result.errors]} if result.errors else {})}

    def _of(self, author: str) -> dict[str, Any]:
        known = {"__typename": "Customer", "id": author, "reviews": lambda _info: [self._of(author)]}
        return {"__typename": "Review", "id": f"by-{author}", "text": f"Fine, says {author}", "author": known}

    def _entities(self, _info: object, representations: list[Any]) -> list[Any]:
        return [{**one, "reviews": [self._of(one["id"])]} for one in representations]


@contextmanager
def serving_reviews() -> Iterator[Reviews]:
    """The subgraph on a port of the system's choice."""
    reviews = Reviews()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reviews.headers.append({name.lower(): value for name, value in self.headers.items()})
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            body = json.dumps(reviews.answer(asked)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        reviews.url = f"http://127.0.0.1:{server.server_address[1]}/graphql"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield reviews
        finally:
            server.shutdown()
            thread.join(20)
