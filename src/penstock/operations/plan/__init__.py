"""Compiled operations: what to fetch is known before the first call, and rows are decoded straight into the answer.

Never here: parsing, validating, upstream paths.
"""

from penstock.operations.plan.compiler import compile_operation
from penstock.operations.plan.plan import CompiledPlan

__all__ = ["CompiledPlan", "compile_operation"]
