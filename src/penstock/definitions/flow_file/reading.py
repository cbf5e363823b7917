"""From the text of a flow file to what it declares, with everything that is wrong with it at once.

What is left out has its default: `description` the name, `enabled` true, everything else false, null or nothing.

Never here: what the store holds; whether upstream accepts a slug or a default (judged where it would be written).
Source: CONTRACT §9.1-9.3, §5 (100 fields a flow).
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.definitions.flow_file.keys import Faults, Keys, as_json, is_writable_slug, seen
from penstock.definitions.flow_file.located import Entries, Fault, Listing, Node, Scalar, read_tree
from penstock.definitions.flow_file.model import (
    DeclaredField,
    DeclaredFlow,
    DeclaredStore,
    FieldAttributes,
    FlowAttributes,
)
from penstock.definitions.flow_file.rule_words import read_rule
from penstock.definitions.model import JSON, FieldType
from penstock.definitions.parse import MOST_FIELDS
from penstock.definitions.text import clean_line

FORM = 1
"""The only form of the file there is yet."""

_TYPES = tuple(field_type.value for field_type in FieldType)
_FILE_KEYS = ("version", "flows")
_FLOW_KEYS = ("name", "description", "enabled", "was", "fields")
_FIELD_KEYS = (
    "name", "type", "description", "required", "enabled", "order", "omit_null", "default", "rules", "was",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FlowFileRead:
    """What became of a file: `declared` is of use only where there are no faults; they are in the file's order."""

    declared: DeclaredStore
    faults: tuple[Fault, ...]


def read_flow_file(text: str) -> FlowFileRead:
    """What the text of a flow file declares, whatever it holds. Never raises."""
    root, found = read_tree(text)
    faults = Faults(list(found))
    if root is None and not found:
        faults.add(1, "The file is empty; begin with `flows:`.")
    flows = _read_file(root, faults) if root is not None else ()
    return FlowFileRead(DeclaredStore(flows), tuple(sorted(set(faults.found))))


def _read_file(root: Node, faults: Faults) -> tuple[DeclaredFlow, ...]:
    if not isinstance(root, Entries):
        faults.add(root.line, f"The file is {seen(root)}; begin with `flows:`.")
        return ()
    keys = Keys("the file", root.line, root, faults)
    keys.refuse_others(_FILE_KEYS)
    version = keys.node("version")
    if version is not None and not (
        isinstance(version, Scalar) and version.text == str(FORM) and version.value == FORM
    ):
        faults.add(version.line, f"The version is {seen(version)}; this release reads version {FORM}.")
    if "flows" not in root.nodes:
        faults.add(root.line, "The file needs the key flows; an empty one declares a store without flows.")
    flows = keys.mapping("flows") or Entries(root.line)
    declared = [_read_flow(slug, flows.lines[slug], node, faults) for slug, node in flows.nodes.items()]
    _refuse_doubled_origins(
        [(flow.line, flow.attributes.slug, flow.was) for flow in declared], set(flows.nodes), "flow", faults
    )
    return tuple(declared)


def _read_flow(slug: str, line: int, node: Node, faults: Faults) -> DeclaredFlow:
    what = f"Flow {_named(slug)}"
    entries = _entries(node, what, line, faults)
    keys = Keys(what, line, entries, faults)
    keys.refuse_others(_FLOW_KEYS)
    if not is_writable_slug(slug):
        faults.add(line, f"{what} has a slug that cannot be written; use letters, digits, hyphens and underscores.")
    name = keys.text("name", None)
    attributes = FlowAttributes(
        slug=slug,
        name=name,
        description=keys.text("description", name, empty=True),
        enabled=keys.flag("enabled", absent=True),
    )
    listed = keys.mapping("fields") or Entries(line)
    fields = [_read_field(slug, key, listed.lines[key], value, faults) for key, value in listed.nodes.items()]
    if len(fields) > MOST_FIELDS:
        faults.add(line, f"{what} has {len(fields)} fields; the store takes {MOST_FIELDS}.")
    _refuse_doubled_origins(
        [(found.line, found.attributes.slug, found.was) for found in fields], set(listed.nodes), "field", faults
    )
    return DeclaredFlow(line, keys.slug("was"), attributes, tuple(fields))


def _read_field(flow: str, slug: str, line: int, node: Node, faults: Faults) -> DeclaredField:
    what = f"Field {_named(flow)}.{_named(slug)}"
    entries = _entries(node, what, line, faults)
    keys = Keys(what, line, entries, faults)
    keys.refuse_others(_FIELD_KEYS)
    if not is_writable_slug(slug):
        faults.add(line, f"{what} has a slug that cannot be written; use letters, digits, hyphens and underscores.")
    name = keys.text("name", None)
    field_type = _field_type(keys)
    required = keys.flag("required", absent=False)
    if required and field_type == FieldType.RELATIONSHIP.value:
        faults.add(entries.lines["required"], f"{what} is a relationship, which cannot be required.")
    attributes = FieldAttributes(
        slug=slug,
        name=name,
        description=keys.text("description", name, empty=True),
        field_type=field_type,
        required=required,
        enabled=keys.flag("enabled", absent=True),
        order=keys.whole("order"),
        omit_null=keys.flag("omit_null", absent=False),
        default=_default(keys),
        rules=_rules(keys, field_type),
    )
    return DeclaredField(line, keys.slug("was"), attributes)


def _entries(node: Node, what: str, line: int, faults: Faults) -> Entries:
    if isinstance(node, Entries):
        return node
    if not (isinstance(node, Scalar) and node.value is None):
        faults.add(node.line, f"{what} is {seen(node)}; write its keys below it.")
    return Entries(line)


def _field_type(keys: Keys) -> str:
    given = keys.text("type", None)
    node = keys.node("type")
    if node is not None and given and given not in _TYPES:
        keys.faults.add(node.line, f"The type of {keys.what} is {seen(node)}; known are {', '.join(_TYPES)}.")
    return given


def _default(keys: Keys) -> JSON:
    node = keys.node("default")
    if node is None:
        return None
    if isinstance(node, Scalar):
        return as_json(node, f"The default of {keys.what}", keys.faults)
    keys.faults.add(node.line, f"The default of {keys.what} is {seen(node)}; write a single value.")
    return None


def _rules(keys: Keys, field_type: str) -> tuple[JSON, ...]:
    node = keys.node("rules")
    if node is None or (isinstance(node, Scalar) and node.value is None):
        items: list[Node] = []
    elif isinstance(node, Listing):
        items = node.items
    else:
        keys.faults.add(node.line, f"The rules of {keys.what} are {seen(node)}; write a list.")
        return ()
    read = [read_rule(item, field_type, keys.faults) for item in items]
    if field_type == FieldType.RELATIONSHIP.value and not items:
        keys.faults.add(keys.line, f"{keys.what} needs a rule: one-to-one or one-to-many, with its target.")
    return tuple(rule for rule in read if rule is not None)


def _refuse_doubled_origins(
    found: list[tuple[int, str, str | None]], slugs: set[str], kind: str, faults: Faults
) -> None:
    """Refuse a `was` that leaves open which definition it means: declared itself, or claimed by two."""
    claimed: dict[str, str] = {}
    for line, slug, was in found:
        if was is None:
            continue
        if was in slugs and was != slug:
            faults.add(
                line, f"{_named(slug)} was {_named(was)}, a {kind} that the file declares, too; rename in two steps."
            )
        if was in claimed:
            faults.add(line, f"{_named(slug)} and {_named(claimed[was])} both were {_named(was)}; only one can be.")
        claimed.setdefault(was, slug)


def _named(slug: str) -> str:
    return clean_line(slug, 80) or "without a slug"
