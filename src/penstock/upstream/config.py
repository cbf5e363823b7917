"""What can be set about the way to the REST API: connections, rate, retries, breaker.

Never here: reading the environment, objects that do work.
Source: CONTRACT §5 (rate limit of the store, what may be retried).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class TransportConfig:
    """Bounds of one connection pool. Times are seconds, sizes are bytes.

    Attributes:
        max_connections: Connections to the origin at any time; further calls wait in line.
        max_waiting: Calls that may wait in that line; the next one is refused at once.
        keepalive_seconds: How long an idle connection is kept.
        connect_timeout: Name lookup, TCP and TLS together; narrower than every deadline above it.
        write_timeout: How long the peer may leave a byte of the request unread.
        first_byte_timeout: From the request's last byte to the answer's first.
        max_header_bytes: Of one answer's head, or of its trailers.
        max_body_bytes: Of one answer's body, as received and as unpacked.
        max_pieces: Chunks and reads that one answer's body may come in: each costs far more than the byte it may hold.
        accept_gzip: Whether to ask for packed answers; they save network and cost CPU.
        ca_file: A PEM file of authorities to trust instead of the system's; empty for the system's.
        user_agent: What upstream's logs show.
        trust_env: Whether proxies named by the environment are used (httpx only).
    """

    max_connections: int = 100
    max_waiting: int = 10_000
    keepalive_seconds: float = 30.0
    connect_timeout: float = 3.0
    write_timeout: float = 10.0
    first_byte_timeout: float = 30.0
    max_header_bytes: int = 65_536
    max_body_bytes: int = 16_777_216
    max_pieces: int = 32_768
    accept_gzip: bool = False
    ca_file: str = ""
    user_agent: str = "penstock"
    trust_env: bool = False


@dataclass(frozen=True, slots=True)
class RateConfig:
    """The store's request rate.

    Attributes:
        per_second: Requests a second; 0 switches the limit off.
        max_waiting: Calls that may wait in line; the next one is refused at once.
    """

    per_second: float = 0.0
    max_waiting: int = 1_000


@dataclass(frozen=True, slots=True)
class RetryConfig:
    """When a call is made again. Only reads are, and writes of which no byte left.

    Attributes:
        max_attempts: Of one call, the first included; 1 switches retrying off.
        base_seconds: Upper bound of the first wait; doubled each time, drawn with full jitter.
        rate_limited_base_seconds: The same after a 429, which is counted over a second.
        max_wait_seconds: No computed wait is longer.
        budget_ratio: Retries as a share of calls.
        budget_reserve: Retries that a quiet gateway may make beyond the share.
    """

    max_attempts: int = 3
    base_seconds: float = 0.1
    rate_limited_base_seconds: float = 1.0
    max_wait_seconds: float = 5.0
    budget_ratio: float = 0.2
    budget_reserve: float = 3.0


@dataclass(frozen=True, slots=True)
class BreakerConfig:
    """When calls stop going out at all.

    Attributes:
        failures: Consecutive failures that open it; 0 switches it off.
        open_seconds: How long it stays open before a probe is let through.
        probes: Calls let through at once while it is half open.
        patience_seconds: A call that the origin had less time for than this, and did not answer, is no failure of its.
    """

    failures: int = 20
    open_seconds: float = 5.0
    probes: int = 1
    patience_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class StackConfig:
    """Everything behind the seam, for one origin.

    Attributes:
        base_url: ``http(s)://host[:port][/prefix]``.
        kind: Which transport holds the connections.
    """

    base_url: str
    kind: Literal["lean", "httpx"] = "lean"
    connection: TransportConfig = field(default_factory=TransportConfig)
    rate: RateConfig = field(default_factory=RateConfig)
    retry: RetryConfig = field(default_factory=RetryConfig)
    breaker: BreakerConfig = field(default_factory=BreakerConfig)
