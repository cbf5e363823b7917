"""The lean transport: HTTP/1.1 on asyncio transports with a C parser, and nothing that a call does not need.

One call is one write, one future and, mostly, one read. There is no task and no timer per call: `pool` holds the
connections and one timer for all of them, `dial` opens one, `connection` drives it, `answer` is what the parser says,
`head` what goes out, `httpx_adapter` lets httpx code ride on it.

Never here: retries of answers, statuses, GraphQL words.
"""

from penstock.upstream.lean.transport import LeanTransport

__all__ = ["LeanTransport"]
