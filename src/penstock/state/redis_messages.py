"""Messages of a Redis: one connection hears every channel somebody here listens to, and comes back when it breaks.

Never here: who listens (see `switchboard`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from penstock.state.ending import end
from penstock.state.redis_server import RedisServer
from penstock.state.switchboard import Switchboard

_LOOK_SECONDS = 0.2
"""Time between looks for new channels."""
_AGAIN_SECONDS = 0.5
_PING_SECONDS = 5.0
_SILENCE_SECONDS = 15.0
"""A connection that says nothing for so long, pings notwithstanding, is given up."""


class Messages:
    """Hears from the first listener on.

    Args:
        server: Where messages come from.
        board: Whom they are handed to.
        prefix: Begins the server's names of channels.
    """

    def __init__(self, server: RedisServer, board: Switchboard, prefix: str) -> None:
        self._server = server
        self._board = board
        self._prefix = prefix
        self._hearing: asyncio.Task[None] | None = None

    def listen(self, channel: str) -> AsyncIterator[bytes]:
        """See `State.listen`."""
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._hear())
        return self._board.listen(channel)

    async def aclose(self) -> None:
        """Stop hearing; listeners end."""
        await end(self._hearing)
        self._board.close()

    async def _hear(self) -> None:
        while True:
            with suppress(RedisError, OSError, TimeoutError):  # who needs to know asks the server itself, and is told
                async with aclosing(self._server.subscription()) as subscription:
                    await self._follow(subscription)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _follow(self, subscription: PubSub) -> None:
        clock = asyncio.get_running_loop().time
        heard = pinged = clock()
        known: frozenset[str] = frozenset()
        while clock() - heard < _SILENCE_SECONDS:
            wanted = self._board.channels
            if wanted != known:
                await self._subscribe(subscription, known, wanted)
                known = wanted
            if not known:
                await asyncio.sleep(_LOOK_SECONDS)
                heard = clock()
                continue
            if clock() - pinged > _PING_SECONDS:
                pinged = clock()
                await subscription.ping()
            message: object = await subscription.get_message(timeout=_LOOK_SECONDS)
            if isinstance(message, dict):
                heard = clock()
                self._tell(message)

    async def _subscribe(self, subscription: PubSub, known: frozenset[str], wanted: frozenset[str]) -> None:
        for channel in sorted(wanted - known):
            await subscription.subscribe(self._prefix + channel)
        for channel in sorted(known - wanted):
            await subscription.unsubscribe(self._prefix + channel)

    def _tell(self, message: dict[object, object]) -> None:
        channel, content = message.get("channel"), message.get("data")
        if message.get("type") == "message" and isinstance(channel, bytes) and isinstance(content, bytes):
            self._board.tell(channel.decode().removeprefix(self._prefix), content)
