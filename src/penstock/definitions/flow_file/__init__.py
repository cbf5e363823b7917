"""Flows as code: what a YAML file declares, what a store holds, and what leads from one to the other.

`read_flow_file` reads the text, `hold` reads the store, `plan_flows` compares the two, `after` says what the store
would hold then, and `write_flow_file` writes the text of a store.

Never here: I/O, the sending of a change, GraphQL.
"""

from penstock.definitions.flow_file.comparing import differences
from penstock.definitions.flow_file.holding import StoreDocuments, hold
from penstock.definitions.flow_file.located import MOST_CHARACTERS, Fault
from penstock.definitions.flow_file.model import (
    DeclaredField,
    DeclaredFlow,
    DeclaredStore,
    FieldAttributes,
    HeldField,
    HeldFlow,
    HeldStore,
)
from penstock.definitions.flow_file.outcome import after
from penstock.definitions.flow_file.planning import StoreRules, plan_flows
from penstock.definitions.flow_file.reading import FlowFileRead, read_flow_file
from penstock.definitions.flow_file.steps import FlowPlan, Part, Step, StepKind, Subject
from penstock.definitions.flow_file.writing import write_flow_file

__all__ = [
    "MOST_CHARACTERS",
    "DeclaredField",
    "DeclaredFlow",
    "DeclaredStore",
    "Fault",
    "FieldAttributes",
    "FlowFileRead",
    "FlowPlan",
    "HeldField",
    "HeldFlow",
    "HeldStore",
    "Part",
    "Step",
    "StepKind",
    "StoreDocuments",
    "StoreRules",
    "Subject",
    "after",
    "differences",
    "hold",
    "plan_flows",
    "read_flow_file",
    "write_flow_file",
]
