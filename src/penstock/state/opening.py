"""The state that a setting names, ready to be used.

Never here: how any of them works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from penstock.errors import OperatorError
from penstock.settings import StateAddress
from penstock.state.degrading import Degrading, Watch
from penstock.state.directory import DirectoryState
from penstock.state.memory import MemoryState
from penstock.state.protocol import State
from penstock.state.switchboard import Switchboard


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time it is.

    Attributes:
        monotonic: Seconds that only grow, for this process.
        epoch: Seconds since the epoch, for all processes of this machine.
    """

    monotonic: Callable[[], float]
    epoch: Callable[[], float]


def open_state(
    address: StateAddress, *, prefix: str, timeout_seconds: float, clocks: Clocks, watch: Watch | None = None
) -> State:
    """The state an address names; nothing is sent yet, and a server that is down is no error.

    Args:
        address: Where it is kept.
        prefix: Begins every key of a Redis.
        timeout_seconds: For one answer of it.
        clocks: What time it is.
        watch: Who is told of an outage.

    Raises:
        OperatorError: A folder cannot be made or written, or a file of authorities cannot be read.
    """
    board = Switchboard()
    local = MemoryState(clocks.monotonic, board)
    match address.kind:
        case "memory":
            return local
        case "directory":
            shared: State = DirectoryState(Path(address.folder), clocks.epoch, timeout_seconds=timeout_seconds)
        case "redis":
            from penstock.state.redis_server import RedisServer  # noqa: PLC0415 (5 MB, for those who have one)
            from penstock.state.redis_state import RedisState  # noqa: PLC0415 (as above)

            _require_authorities(address)
            shared = RedisState(RedisServer(address, timeout_seconds), prefix, board)
    return Degrading(shared, local, watch or Watch())


def _require_authorities(address: StateAddress) -> None:
    """Say now what would otherwise look like an outage."""
    if not address.ca_file:
        return
    try:
        Path(address.ca_file).open("rb").close()
    except OSError as error:
        raise OperatorError(
            f"PENSTOCK_STATE_URL: ca_file {address.ca_file} cannot be read ({error.strerror}); give a PEM file."
        ) from error
