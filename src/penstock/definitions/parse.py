"""From what upstream answers about flows and fields to definitions, collecting problems instead of raising.

The result does not depend on the order in which upstream lists anything but the options of an enum.

Never here: requests; the reading of a single field (`field_parsing`) or rule (`rule_parsing`).
Source: CONTRACT §9.1-9.4, §9.8; §5 (100 fields a flow).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from penstock.definitions.age import age_key
from penstock.definitions.field_parsing import (
    read_description,
    read_field,
    read_flag,
    read_id,
    read_name,
    read_timestamps,
)
from penstock.definitions.fingerprint import fingerprint
from penstock.definitions.model import FieldDefinition, FlowDefinition, Problem, StoreDefinitions
from penstock.definitions.text import canonical, clean_line, shown

MOST_FIELDS = 100
"""Fields that upstream allows in a flow."""

_SHOWN_IDENTITY = 255
_MOST_REASONS = 20
_ADDRESSABLE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_TEMPLATE = re.compile(r"products\(.*\)", re.DOTALL)


@dataclass(slots=True)
class _Findings:
    """What one reading of the store has collected so far."""

    problems: set[Problem] = field(default_factory=set)
    quarantined: set[tuple[str, str, str]] = field(default_factory=set)

    def report(self, reason: str, flow: str | None = None, slug: str = "", field_id: str = "") -> None:
        shown_flow, shown_slug, shown_id = (clean_line(text or "", _SHOWN_IDENTITY) for text in (flow, slug, field_id))
        self.problems.add(Problem(shown_flow or None, shown_slug or None, shown_id or None, reason))


def parse_definitions(flows: object, fields: Mapping[str, object], settings: object = None) -> StoreDefinitions:
    """Everything usable that a store says about its custom data, and what was wrong with the rest. Never raises.

    Args:
        flows: The decoded `data` of `GET /v2/flows`; anything at all may be in it.
        fields: Flow slug → the decoded `data` of `GET /v2/flows/{slug}/fields`; a flow that is missing here has none.
        settings: The decoded `data` of `GET /v2/settings`, or None where they were not read.
    """
    findings = _Findings()
    read = tuple(
        replace(flow, fields=_read_fields(flow.slug, fields.get(flow.slug), findings))
        for flow in _read_flows(flows, findings)
    )
    definitions = StoreDefinitions(
        flows=read,
        quarantined=tuple(sorted(findings.quarantined)),
        problems=tuple(sorted(findings.problems, key=_problem_order)),
    )
    mandatory = _mandatory_address_keys(settings)
    if mandatory is not None:
        definitions = replace(definitions, mandatory_address_keys=mandatory)
    return replace(definitions, fingerprint=fingerprint(definitions))


def _mandatory_address_keys(settings: object) -> tuple[str, ...] | None:
    """The keys that a store wants of every address, or None where it does not say (§8, §13)."""
    named = settings.get("address_mandatory_fields") if isinstance(settings, dict) else None
    if not isinstance(named, list):
        return None
    return tuple(sorted({key for key in named if isinstance(key, str)}))


def _problem_order(problem: Problem) -> tuple[str, str, str, str]:
    return (problem.flow or "", problem.slug or "", problem.field_id or "", problem.reason)


def _read_flows(raw: object, findings: _Findings) -> list[FlowDefinition]:
    if not isinstance(raw, list):
        findings.report(f"The list of flows is {shown(raw)}, not a list; the store is served without custom data.")
        return []
    read = [flow for item in sorted(raw, key=canonical) if (flow := _read_flow(item, findings)) is not None]
    read.sort(key=lambda flow: age_key(flow.created_at, flow.id))
    by_slug: dict[str, FlowDefinition] = {}
    ids: set[str] = set()
    for flow in read:
        if flow.slug in by_slug:
            findings.report(f"A second flow has the slug {shown(flow.slug)}; the older one counts.", flow.slug)
            continue
        if flow.id and flow.id in ids:
            findings.report(f"Its id {shown(flow.id)} is that of another flow, too; both are served.", flow.slug)
        by_slug[flow.slug] = flow
        ids.add(flow.id)
    return [by_slug[slug] for slug in sorted(by_slug)]


def _read_flow(raw: object, findings: _Findings) -> FlowDefinition | None:
    if not isinstance(raw, dict):
        findings.report(f"A flow is {shown(raw)}, not an object, and is left out.")
        return None
    slug = raw.get("slug")
    if isinstance(slug, str) and _TEMPLATE.fullmatch(slug):
        return None
    if not isinstance(slug, str) or not _ADDRESSABLE.fullmatch(slug):
        findings.report(
            f"A flow has the slug {shown(slug)}, which cannot stand in an address; it is left out. "
            "Use letters, digits, hyphens and underscores, 64 at the most.",
            slug if isinstance(slug, str) else None,
        )
        return None
    reasons: list[str] = []
    identity = read_id(raw.get("id"))
    if not identity:
        reasons.append(f"The flow's id is {shown(raw.get('id'))}, not a usable text; the flow is served without it.")
    created_at, updated_at = read_timestamps(raw)
    flow = FlowDefinition(
        id=identity,
        slug=slug,
        name=read_name(raw.get("name"), slug, reasons),
        description=read_description(raw.get("description"), reasons),
        enabled=read_flag(raw, "enabled", reasons, absent=True),
        created_at=created_at,
        updated_at=updated_at,
    )
    for reason in reasons:
        findings.report(reason, slug)
    return flow


def _read_fields(flow: str, raw: object, findings: _Findings) -> tuple[FieldDefinition, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        findings.report(f"The fields of the flow are {shown(raw)}, not a list; it is served without them.", flow)
        return ()
    if len(raw) > MOST_FIELDS:
        findings.report(f"The flow has {len(raw)} fields, more than the {MOST_FIELDS} that upstream allows.", flow)
    usable: list[FieldDefinition] = []
    for item in sorted(raw, key=canonical):
        read = read_field(item)
        for reason in _most_telling(read.reasons):
            findings.report(reason, flow, read.slug, read.id)
        if read.definition is not None:
            usable.append(read.definition)
        elif read.slug:
            findings.quarantined.add((flow, read.id, read.slug))
    kept = _without_doubles(flow, usable, findings)
    return tuple(sorted(kept, key=_field_order))


def _most_telling(reasons: Iterable[str]) -> list[str]:
    """The reasons without repetition, bounded: a rule with a thousand bad options is one problem, not a thousand."""
    different = sorted(set(reasons))
    if len(different) <= _MOST_REASONS:
        return different
    return [*different[:_MOST_REASONS], f"There are {len(different) - _MOST_REASONS} more problems of this kind."]


def _without_doubles(flow: str, fields: list[FieldDefinition], findings: _Findings) -> list[FieldDefinition]:
    """The fields with ids and slugs all different; of two that meet the older is kept, the newer quarantined."""
    kept: list[FieldDefinition] = []
    ids: set[str] = set()
    slugs: set[str] = set()
    for definition in sorted(fields, key=lambda found: age_key(found.created_at, found.id)):
        if definition.id not in ids and definition.slug not in slugs:
            kept.append(definition)
            ids.add(definition.id)
            slugs.add(definition.slug)
            continue
        if any((definition.id, definition.slug) == (found.id, found.slug) for found in kept):
            reason = "The field is listed more than once; the first reading of it counts."
        else:
            doubled = "id" if definition.id in ids else "slug"
            reason = (
                f"An older field of the flow has the same {doubled}; this one is reachable through customField only."
            )
            findings.quarantined.add((flow, definition.id, definition.slug))
        findings.report(reason, flow, definition.slug, definition.id)
    return kept


def _field_order(found: FieldDefinition) -> tuple[bool, int, tuple[int, str, str, str]]:
    return (found.order is None, found.order or 0, age_key(found.created_at, found.id))
