"""Validation rules as a file writes them, and in upstream's own form.

A file says `email`, `{enum: [a, b]}`, `{between: {from: 1, to: 5}}` or `{one-to-many: wishlists}`; `{verbatim: {…}}`
is a rule in upstream's form that the file has no word for.

Never here: whether two rules are the same (`comparing`).
Source: CONTRACT §9.3.
"""

from __future__ import annotations

from collections.abc import Mapping

from penstock.definitions.field_parsing import read_field_type
from penstock.definitions.flow_file.keys import Faults, as_json, as_text, seen
from penstock.definitions.flow_file.located import Entries, Node, Scalar
from penstock.definitions.model import JSON
from penstock.definitions.rule_parsing import read_rules

VERBATIM = "verbatim"
_BARE = ("email", "slug", "uuid")
_RELATIONS = ("one-to-one", "one-to-many")
_WITH_VALUE = ("enum", "between", *_RELATIONS, VERBATIM)


def read_rule(node: Node, field_type: str, faults: Faults) -> JSON:
    """A rule of the file in upstream's form; None with a fault where it is none."""
    raw = _upstream_form(node, faults)
    if raw is None:
        return None
    known = read_field_type(field_type)
    if known is not None and not _is_verbatim(node):
        for reason in read_rules([raw], known).reasons:
            faults.add(node.line, f"The gateway would not take this rule as it is: {reason}")
    return raw


def show_rule(raw: JSON, field_type: str) -> JSON:
    """A rule of upstream's form as a file writes it: reading that gives the same rule again."""
    known = read_field_type(field_type)
    if not isinstance(raw, dict) or known is None or read_rules([raw], known).reasons:
        return {VERBATIM: raw}
    said = {key: value for key, value in raw.items() if value not in (None, "", [], {}) and key != "type"}
    word = raw.get("type")
    options = said.get("options")
    match word, sorted(said):
        case str(), [] if word in _BARE:
            return word
        case "enum", ["options"] if isinstance(options, list):
            return {"enum": options}
        case "between", ["options"] if isinstance(options, dict) and sorted(options) == ["from", "to"]:
            return {"between": options}
        case str(), ["to"] if word in _RELATIONS:
            return {word: said["to"]}
        case _:
            return {VERBATIM: raw}


def _is_verbatim(node: Node) -> bool:
    return isinstance(node, Entries) and VERBATIM in node.nodes


def _upstream_form(node: Node, faults: Faults) -> JSON:
    if isinstance(node, Scalar) and node.text in _BARE:
        return {"type": node.text}
    if not isinstance(node, Entries) or len(node.nodes) != 1:
        words = ", ".join((*_BARE, *_WITH_VALUE[:-1]))
        faults.add(node.line, f"A rule is {seen(node)}; write one of {words}.")
        return None
    word, value = next(iter(node.nodes.items()))
    match word:
        case "enum":
            return {"type": "enum", "options": as_json(value, "A rule", faults)}
        case "between":
            return _between(value, faults)
        case "one-to-one" | "one-to-many":
            target = as_text(value, f"The target of {word}", faults)
            return None if target is None else {"type": word, "to": target}
        case "verbatim":
            return _verbatim(value, faults)
        case _:
            words = ", ".join((*_BARE, *_WITH_VALUE[:-1]))
            faults.add(node.line, f"A rule is called {word!r}; known are {words}.")
            return None


def _between(value: Node, faults: Faults) -> JSON:
    bounds = as_json(value, "A rule", faults)
    if not isinstance(bounds, Mapping) or sorted(bounds) != ["from", "to"]:
        faults.add(value.line, "A rule between needs two bounds and nothing else: {from: 1, to: 5}.")
        return None
    return {"type": "between", "options": dict(bounds)}


def _verbatim(value: Node, faults: Faults) -> JSON:
    raw = as_json(value, "A rule", faults)
    if isinstance(raw, dict) and isinstance(raw.get("type"), str):
        return raw
    faults.add(value.line, "A verbatim rule is a mapping with a type, as the store's REST API has it.")
    return None
