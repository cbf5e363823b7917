"""What replicas share, behind one protocol: texts with a life, counts, logs, leases and messages.

Never here: who uses it or why.
"""

from penstock.state.degrading import Degrading, Watch
from penstock.state.memory import MemoryState
from penstock.state.opening import Clocks, open_state
from penstock.state.protocol import Grant, Lease, State
from penstock.state.trial import Trial, try_out
from penstock.state.turns import Turns

__all__ = [
    "Clocks",
    "Degrading",
    "Grant",
    "Lease",
    "MemoryState",
    "State",
    "Trial",
    "Turns",
    "Watch",
    "open_state",
    "try_out",
]
