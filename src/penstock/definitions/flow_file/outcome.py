"""What a store would answer after a plan, as documents that the gateway can read.

Never here: the taking of the steps.
Source: CONTRACT §9.1-9.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from penstock.definitions.flow_file.holding import StoreDocuments
from penstock.definitions.flow_file.steps import Step, StepKind
from penstock.definitions.model import JSON

KNOWN_AFTER = "known-after-apply"
"""Stands for the id of what is to be made, with a number behind it."""

_NEWEST = "9999-01-01T00:00:{:02d}.{:06d}Z"


def after(documents: StoreDocuments, steps: Iterable[Step]) -> StoreDocuments:
    """What upstream would answer once the steps are taken: what is made is newer than everything, in plan order."""
    flows = [dict(raw) for raw in _documents(documents.flows)]
    fields = {slug: [dict(raw) for raw in _documents(listed)] for slug, listed in documents.fields.items()}
    for number, step in enumerate(steps):
        if step.subject == "flow":
            _take(flows, step, number)
            old = _slug_before(step)
            fields[step.slug] = fields.pop(old, [])
        else:
            _take(fields.setdefault(step.flow, []), step, number)
    return StoreDocuments(flows, fields, documents.settings)


def _documents(listed: object) -> list[Mapping[str, object]]:
    return [raw for raw in listed if isinstance(raw, dict)] if isinstance(listed, list) else []


def _slug_before(step: Step) -> str:
    before = next((part.before for part in step.parts if part.key == "slug"), None)
    return before if isinstance(before, str) else step.slug


def _take(listed: list[dict[str, object]], step: Step, number: int) -> None:
    if step.kind is StepKind.ADD:
        listed.append(_made(step, number))
        return
    at = next((index for index, raw in enumerate(listed) if raw.get("id") == step.id), None)
    if at is None:
        return
    if step.kind is StepKind.DESTROY:
        del listed[at]
    else:
        listed[at] = {**listed[at], **step.body, "meta": _touched(listed[at].get("meta"))}


def _touched(meta: object) -> object:
    """The same without `updated_at`, which is known when the step is taken: it tells since when a field is disabled."""
    if isinstance(meta, dict) and isinstance(stamps := meta.get("timestamps"), dict):
        return {**meta, "timestamps": {key: text for key, text in stamps.items() if key != "updated_at"}}
    return meta


def _made(step: Step, number: int) -> dict[str, object]:
    moment = _NEWEST.format(number // 1_000_000, number % 1_000_000)
    stamps: JSON = {"created_at": moment}  # without `updated_at`, as in `_touched`
    made: dict[str, object] = {"id": f"{KNOWN_AFTER}-{number + 1}", "type": step.subject, **step.body}
    return {**made, "meta": {"timestamps": stamps}}
