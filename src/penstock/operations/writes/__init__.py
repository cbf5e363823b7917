"""Mutations, whichever executor runs them: judge the input, write, tell what the payload is made of.

Never here: GraphQL execution, what a refusal means.
"""

from penstock.operations.writes.outcome import Outcome, read_again
from penstock.operations.writes.run import run_write

__all__ = ["Outcome", "read_again", "run_write"]
