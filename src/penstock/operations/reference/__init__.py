"""The reference executor: Strawberry's schema run field by field, over the same tables and loaders as a plan.

Never here: upstream paths, header names.
"""

from penstock.operations.reference.executor import bind, run_reference

__all__ = ["bind", "run_reference"]
