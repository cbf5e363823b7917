"""A plan for flows and fields as a terminal shows it, or as JSON.

Never here: how a plan is made; colours: what a plan says must survive a log file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from penstock.cli.changes import printable, show_changes
from penstock.definitions.flow_file import FlowPlan, Part, Step, StepKind
from penstock.definitions.model import JSON, Problem
from penstock.schema.foresight import Foresight

_SIGNS = {StepKind.ADD: "+", StepKind.CHANGE: "~", StepKind.DESTROY: "-", StepKind.FORBIDDEN: "!"}
_DONE = {StepKind.ADD: "added", StepKind.CHANGE: "changed", StepKind.DESTROY: "destroyed"}
_LONGEST_VALUE = 100
_NOT_ALLOWED = "kept: nothing is destroyed without --allow-destroy"


def show_plan(plan: FlowPlan, impact: Foresight | None, *, destroy: bool) -> str:
    """The steps, what is forbidden, what is left alone, the sum, and what it does to the GraphQL schema.

    Args:
        plan: All steps.
        impact: What the steps that would be taken do to the schema; None where nothing would be taken.
        destroy: Whether what is to be destroyed would be.
    """
    lines = [line for step in plan.steps for line in _show_step(step, destroy=destroy)]
    lines += [line for step in plan.forbidden for line in _show_step(step, destroy=destroy)]
    lines += [f"  . {printable(note)}" for note in plan.notes]
    lines += ["", sum_up(plan, destroy=destroy)] if lines else [sum_up(plan, destroy=destroy)]
    if impact is not None:
        lines += ["", "GraphQL schema: " + show_changes(impact.changes, "text")]
        if impact.later:
            lines += ["", "Once the days of grace are over: " + show_changes(impact.later, "text")]
        lines += [f"The gateway would note: {printable(_show_problem(problem))}" for problem in impact.problems]
    return "\n".join(lines)


def sum_up(plan: FlowPlan, *, destroy: bool) -> str:
    """The plan in one line."""
    counts = {kind: len(plan.of(kind)) for kind in (StepKind.ADD, StepKind.CHANGE, StepKind.DESTROY)}
    if not plan.steps and not plan.forbidden:
        return "No changes: the store is as the file declares it."
    parts = [f"{count} to {kind.value}" for kind, count in counts.items()]
    kept = " (kept without --allow-destroy)" if counts[StepKind.DESTROY] and not destroy else ""
    forbidden = f", {len(plan.forbidden)} forbidden: nothing will be written" if plan.forbidden else ""
    return f"Plan: {', '.join(parts)}{kept}{forbidden}."


def plan_as_json(plan: FlowPlan, impact: Foresight | None, *, destroy: bool) -> str:
    """The plan for a program."""
    told: dict[str, object] = {
        "steps": [_step_as_json(step, destroy=destroy) for step in plan.steps],
        "forbidden": [_step_as_json(step, destroy=destroy) for step in plan.forbidden],
        "notes": list(plan.notes),
        "schema": None if impact is None else json.loads(show_changes(impact.changes, "json")),
        "later": None if impact is None else json.loads(show_changes(impact.later, "json")),
        "problems": [] if impact is None else [_show_problem(problem) for problem in impact.problems],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def done_line(step: Step) -> str:
    """A step that was taken."""
    return f"{_DONE.get(step.kind, step.kind.value)} {step.subject} {printable(step.name)}"


def otherwise_line(step: Step, parts: tuple[Part, ...]) -> str:
    """What the store answered otherwise than it was told."""
    told = "; ".join(f"{part.key} as {_show_value(part.before)}, not {_show_value(part.after)}" for part in parts)
    return f"The store took {step.subject} {printable(step.name)}, but shows {told}."


def _show_problem(problem: Problem) -> str:
    return f"{'.'.join(filter(None, (problem.flow, problem.slug)))}: {problem.reason}"


def _show_step(step: Step, *, destroy: bool) -> Iterator[str]:
    where = f"  (line {step.line})" if step.line is not None else ""
    yield f"  {_SIGNS[step.kind]} {step.subject} {printable(step.name)}{where}"
    yield from (f"      {printable(reason)}" for reason in step.reasons)
    if step.kind is StepKind.DESTROY and not destroy:
        yield f"      {_NOT_ALLOWED}"
    if step.kind in (StepKind.ADD, StepKind.CHANGE):
        yield from (f"      {_show_part(part, is_new=step.kind is StepKind.ADD)}" for part in step.parts)


def _show_part(part: Part, *, is_new: bool) -> str:
    after = _show_value(part.after)
    return f"{part.key}: {after}" if is_new else f"{part.key}: {_show_value(part.before)} -> {after}"


def _show_value(value: JSON) -> str:
    text = printable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _step_as_json(step: Step, *, destroy: bool) -> dict[str, object]:
    return {
        "action": step.kind.value,
        "subject": step.subject,
        "name": step.name,
        "line": step.line,
        "taken": step.kind is not StepKind.FORBIDDEN and (destroy or step.kind is not StepKind.DESTROY),
        "changes": {part.key: {"before": part.before, "after": part.after} for part in step.parts},
        "reasons": list(step.reasons),
    }
