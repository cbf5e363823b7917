"""The door to redis-py: one pool of connections to one server, whose failures come out as ours.

Never here: what the commands mean to us.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TypeAlias

from redis.asyncio import BlockingConnectionPool, Redis, SSLConnection
from redis.asyncio.client import PubSub
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoScriptError, RedisError, ResponseError

from penstock.errors import StateError
from penstock.settings import StateAddress

Word: TypeAlias = bytes | str | int | float

_MOST_CONNECTIONS = 16
_HEALTH_SECONDS = 15


class RedisServer:
    """Sends commands and scripts.

    No command is sent twice: a retry could count or take twice.

    Args:
        address: Of kind ``redis``.
        timeout_seconds: For one answer, a connection to be opened included.
    """

    def __init__(self, address: StateAddress, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._pool = _pool(address, timeout_seconds)
        self._client = Redis(connection_pool=self._pool)

    async def ask(self, *words: Word) -> object:
        """The answer to one command: bytes, numbers, lists of these, or None.

        Raises:
            StateError: No answer in time, or a refusal; it says which, and never what was sent.
        """
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._send(*words)
        except (RedisError, OSError) as error:  # a timeout is an OSError
            raise translate(error) from error

    async def run(self, script: bytes, key: str, *arguments: Word) -> object:
        """The answer of a script over one key.

        Raises:
            StateError: See `ask`.
        """
        digest = hashlib.sha1(script, usedforsecurity=False).hexdigest()
        try:
            async with asyncio.timeout(self._timeout_seconds):
                try:
                    return await self._send("EVALSHA", digest, 1, key, *arguments)
                except NoScriptError:  # nothing ran: the server has not seen it since it started
                    return await self._send("EVAL", script, 1, key, *arguments)
        except (RedisError, OSError) as error:
            raise translate(error) from error

    def subscription(self) -> PubSub:
        """A connection that hears messages; its failures are redis-py's (see `translate`)."""
        return self._client.pubsub()

    async def _send(self, *words: Word) -> object:
        task = asyncio.current_task()
        given_up = 0 if task is None else task.cancelling()
        try:
            answer: object = await self._client.execute_command(*words)  # type: ignore[no-untyped-call]  # redis-py's gap
            return answer
        finally:
            if task is not None and task.cancelling() > given_up:  # redis-py sometimes swallows a cancellation
                raise asyncio.CancelledError

    async def aclose(self) -> None:
        """End every connection."""
        await self._client.aclose()
        await self._pool.aclose()


def translate(error: Exception) -> StateError:
    """What a failure of redis-py means to an operator; its own text may quote what was sent."""
    if isinstance(error, AuthenticationError):
        return StateError("The shared state refuses the user or the password of PENSTOCK_STATE_URL.")
    if isinstance(error, ResponseError):
        return StateError(f"The shared state refuses a command ({type(error).__name__}).")
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return StateError("The shared state does not answer in time.")
    return StateError(f"The shared state cannot be reached ({type(error).__name__}).")


def _pool(address: StateAddress, timeout_seconds: float) -> BlockingConnectionPool:
    pool = BlockingConnectionPool(
        max_connections=_MOST_CONNECTIONS,
        timeout=timeout_seconds,
        connection_class=SSLConnection if address.tls else Connection,
        host=address.host,
        port=address.port,
        db=address.database,
        username=address.username or None,
        password=address.password.reveal() or None,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        health_check_interval=_HEALTH_SECONDS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
    if address.tls:
        pool.connection_kwargs.update(ssl_cert_reqs="required", ssl_check_hostname=True)
        if address.ca_file:
            pool.connection_kwargs.update(ssl_ca_certs=address.ca_file)
    return pool
