"""Takes the steps of a plan one after the other, and knows at any moment which are done.

Never here: which steps there are; printing.
Source: CONTRACT §5 (no parallel writes to one object; some reads lag writes).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from penstock.definitions.flow_file import Part, Step, StepKind, differences
from penstock.definitions.model import JSON
from penstock.errors import CallerError, UpstreamError, UpstreamUnavailable
from penstock.upstream.flow_writes import FlowWrites, Refusal

_APART_SECONDS = 0.002
"""Between two that are made: a store tells their order by milliseconds, and the older keeps a name that both want."""


@dataclass(slots=True)
class Progress:
    """How far the steps of a plan have been taken.

    Attributes:
        steps: All that are to be taken.
        done: How many are.
        failure: Why the one after those was not taken; None while nothing is wrong.
        is_unsure: Whether upstream may have taken it nevertheless.
        under_way: Whether the one after those has been begun and not ended.
        otherwise: Steps whose answer shows an attribute that is not as it was sent.
    """

    steps: Sequence[Step]
    done: int = 0
    failure: str | None = None
    is_unsure: bool = False
    under_way: bool = False
    otherwise: list[tuple[Step, tuple[Part, ...]]] = field(default_factory=list)


async def take_steps(progress: Progress, writes: FlowWrites, tell: Callable[[Step], None]) -> None:
    """Take the steps in their order, up to the first that fails.

    Args:
        progress: What is to be done; it is kept true at every moment, also when this is cancelled.
        writes: Where to.
        tell: Called after each step that was taken.

    Raises:
        OperatorError: The store refuses the client id or its secret; no step is under way then.
        UpstreamError: It gives no token; no step is under way then.
    """
    made: dict[str, str] = {}
    for step in progress.steps:
        await writes.be_ready()
        progress.under_way = True
        try:
            answer = await _take(step, writes, made)
        except CallerError as error:
            answer, progress.failure = None, str(error)
        except UpstreamError as error:
            answer, progress.failure = None, str(error)
            progress.is_unsure = not (isinstance(error, UpstreamUnavailable) and not error.sent)
        else:
            progress.failure = _refused(answer)
        progress.under_way = False
        if progress.failure is not None:
            return
        if isinstance(answer, Mapping):
            _remember(step, answer, made, progress)
        progress.done += 1
        tell(step)
        if step.kind is StepKind.ADD:
            await asyncio.sleep(_APART_SECONDS)


async def _take(step: Step, writes: FlowWrites, made: Mapping[str, str]) -> Mapping[str, JSON] | Refusal | None:
    match step.kind:
        case StepKind.ADD:
            flow_id = None if step.subject == "flow" else step.flow_id or made[step.flow]
            return await writes.create(step.subject, step.body, flow_id)
        case StepKind.CHANGE:
            return await writes.change(step.subject, step.id or "", step.body)
        case StepKind.DESTROY:
            return await writes.destroy(step.subject, step.id or "")
        case StepKind.FORBIDDEN:
            return Refusal(0, "it is forbidden")
        case _:
            assert_never(step.kind)


def _refused(answer: Mapping[str, JSON] | Refusal | None) -> str | None:
    if not isinstance(answer, Refusal):
        return None
    return f"the store refused it ({answer.status}): {answer.sentence}"


def _remember(step: Step, answer: Mapping[str, JSON], made: dict[str, str], progress: Progress) -> None:
    if step.subject == "flow" and step.kind is StepKind.ADD:
        made[step.slug] = str(answer["id"])
    parts = differences(answer, step.body)
    if parts:
        progress.otherwise.append((step, parts))
