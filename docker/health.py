"""Asks a server in the same container how it is; the exit code is the answer.

    python health.py /readyz
    python health.py http://127.0.0.1:8001/v2/flows

A path is asked of the gateway's own port (`PENSTOCK_PORT`, else 8000). Any answer below 500 is health, so that a
server which asks for credentials counts as alive; no answer, or a 5xx as `/readyz` gives without a schema, is not.

Never here: anything that is not in the standard library.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 3.0


def is_healthy(url: str) -> bool:
    """Whether a GET of this http URL is answered with less than 500 in time."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    """Ask what the first argument names; 0 is healthy, 1 is not."""
    place = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    port = os.environ.get("PENSTOCK_PORT", "8000")
    return 0 if is_healthy(f"http://127.0.0.1:{port}{place}" if place.startswith("/") else place) else 1


if __name__ == "__main__":
    sys.exit(main())
