"""What replicas share, behind one protocol: texts with a life, counts, logs, leases and messages.

Never here: who uses it or why.
"""

from penstock.state.memory import MemoryState
from penstock.state.protocol import Lease, State

__all__ = ["Lease", "MemoryState", "State"]
