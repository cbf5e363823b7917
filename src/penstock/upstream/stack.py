"""The one visible list of what stands between a call and the network.

Never here: what a layer does.
Source: HOUSE order: observe, rate, retry, breaker, connection.
"""

from __future__ import annotations

from penstock.upstream.config import StackConfig
from penstock.upstream.httpx_transport import HttpxTransport
from penstock.upstream.observe import ObservedTransport, Observer
from penstock.upstream.transport import Transport


def build_stack(config: StackConfig, *, observer: Observer | None = None) -> Transport:
    """Compose the way to one origin.

    Args:
        config: Bounds of every layer.
        observer: Told of every call, or None.

    Raises:
        OperatorError: The URL or the file of authorities cannot be used.
    """
    transport: Transport = HttpxTransport(config.base_url, config.connection)
    if observer is not None:
        transport = ObservedTransport(transport, observer)
    return transport
