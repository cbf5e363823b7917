"""``python -m penstock``, and the command ``penstock``.

Never here: anything but the call.
"""

from __future__ import annotations

import sys

from penstock.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
