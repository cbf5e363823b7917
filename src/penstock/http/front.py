"""The door as a whole: GraphQL first and by the shortest way, everything else behind it.

Never here: what either side does.
"""

from __future__ import annotations

from penstock.http.asgi import App, Receive, Scope, Send
from penstock.http.explorer import ASSETS

_PATHS = ("/graphql", "/graphql/")


class Front:
    """An ASGI application.

    Args:
        graphql: Answers the GraphQL path.
        rest: Answers every other path, and lives through the lifespan.
        explorer: Answers for the files of the page that browsers get, or None where there is no such page.
    """

    __slots__ = ("_explorer", "_graphql", "_rest")

    def __init__(self, graphql: App, rest: App, explorer: App | None = None) -> None:
        self._graphql = graphql
        self._rest = rest
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a request to its side."""
        if scope["type"] == "http" and scope["path"] in _PATHS:
            await self._graphql(scope, receive, send)
        elif self._explorer is not None and scope["type"] == "http" and scope["path"].startswith(ASSETS):
            await self._explorer(scope, receive, send)
        else:
            await self._rest(scope, receive, send)
