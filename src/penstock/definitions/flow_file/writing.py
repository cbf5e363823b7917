"""The text of a flow file for what a store holds: reading it again gives the same store.

What has its default is left out.

Never here: writing to a disk.
"""

from __future__ import annotations

import re

import yaml
from yaml.nodes import ScalarNode

from penstock.definitions.flow_file.located import plain_value
from penstock.definitions.flow_file.model import HeldField, HeldFlow, HeldStore
from penstock.definitions.flow_file.reading import FORM
from penstock.definitions.flow_file.rule_words import show_rule
from penstock.definitions.model import JSON

_HEAD = """\
# The flows and fields of a store. `penstock flows plan` compares it with one, `penstock flows apply` brings it there.
# What is left out has its default: description the name, enabled true, everything else false, null or nothing.
"""
_WIDTH = 110
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff]")
"""Characters that the library's emitter would write as they are and its reader would fold."""

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that make a reader see other text than there is."""


class _Dumper(yaml.SafeDumper):
    """Writes what YAML 1.1 and 1.2 read alike: without aliases, lists indented, doubtful text in quotes."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (the library's signature)
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (the library's signature)
        super().increase_indent(flow, False)

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        self.allow_unicode = not _DIRECTION.search(text)
        super().write_double_quoted(text, split)
        self.allow_unicode = True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> ScalarNode:
    style = (
        '"' if _UNSEEN.search(text) or _DIRECTION.search(text) else None if isinstance(plain_value(text), str) else "'"
    )
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def write_flow_file(held: HeldStore) -> str:
    """The file, with a comment for each thing that it cannot describe."""
    notes = "".join(f"# {note}\n" for note in held.notes)
    flows: JSON = {flow.attributes.slug: _show_flow(flow) for flow in held.flows}
    body = yaml.dump(
        {"version": FORM, "flows": flows}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
    )
    return f"{_HEAD}{notes}\n{body}"


def _show_flow(flow: HeldFlow) -> JSON:
    attributes = flow.attributes
    shown: dict[str, JSON] = {"name": attributes.name}
    if attributes.description != attributes.name:
        shown["description"] = attributes.description
    if not attributes.enabled:
        shown["enabled"] = False
    if flow.fields:
        shown["fields"] = {field.attributes.slug: _show_field(field) for field in flow.fields}
    return shown


def _show_field(field: HeldField) -> JSON:
    attributes = field.attributes
    shown: dict[str, JSON] = {"name": attributes.name, "type": attributes.field_type}
    if attributes.description != attributes.name:
        shown["description"] = attributes.description
    rest: dict[str, tuple[JSON, JSON]] = {
        "required": (attributes.required, False),
        "enabled": (attributes.enabled, True),
        "order": (attributes.order, None),
        "omit_null": (attributes.omit_null, False),
        "default": (attributes.default, None),
    }
    shown |= {key: value for key, (value, usual) in rest.items() if value != usual or value is not usual}
    if attributes.rules:
        shown["rules"] = [show_rule(rule, attributes.field_type) for rule in attributes.rules]
    return shown
