"""A plan: the steps from what a store holds to what a file declares, in an order that works.

Never here: how the steps are found, how they are taken, how they are printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

from penstock.definitions.model import JSON

Subject: TypeAlias = Literal["flow", "field"]


class StepKind(Enum):
    """What a step does."""

    ADD = "add"
    CHANGE = "change"
    DESTROY = "destroy"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Part:
    """One attribute that changes, by upstream's key."""

    key: str
    before: JSON
    after: JSON


@dataclass(frozen=True, slots=True)
class Step:
    """One flow or field that is to be written, or that cannot be.

    Attributes:
        subject: Which of the two.
        flow: Slug of the flow, as the file has it; as the store has it where the file has none.
        slug: Slug of the field; of a flow, its own.
        id: Upstream's id; None for what is to be made.
        flow_id: Id of the flow that a field is in; None where that is to be made as well.
        line: Where the file says so; None for what it does not name.
        parts: What changes, or all attributes of what is to be made.
        reasons: For what is forbidden: why, one sentence each. For what is destroyed: what goes with it.
    """

    kind: StepKind
    subject: Subject
    flow: str
    slug: str
    id: str | None = None
    flow_id: str | None = None
    line: int | None = None
    parts: tuple[Part, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The slug of a flow, or `flow.field`."""
        return self.slug if self.subject == "flow" else f"{self.flow}.{self.slug}"

    @property
    def body(self) -> Mapping[str, JSON]:
        """What is sent, without the envelope: only what changes."""
        return {part.key: part.after for part in self.parts}


@dataclass(frozen=True, slots=True)
class FlowPlan:
    """All steps, in the order in which they work: flows, then fields, then what is destroyed, fields first.

    Attributes:
        steps: What would be written.
        forbidden: What the file asks for and upstream would not do; while there is one, nothing is written.
        notes: One sentence for each thing that is left alone.
    """

    steps: tuple[Step, ...] = ()
    forbidden: tuple[Step, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def of(self, kind: StepKind) -> tuple[Step, ...]:
        """The steps of one kind."""
        return tuple(step for step in self.steps if step.kind is kind)

    def writes(self, *, destroy: bool) -> tuple[Step, ...]:
        """The steps that are taken, with or without what is destroyed."""
        return tuple(step for step in self.steps if destroy or step.kind is not StepKind.DESTROY)
