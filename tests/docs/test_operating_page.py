"""`docs/operating.md` has a section for every alert, and a row for every line that is logged."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import yaml

from tests.docs.reference import ROOT, page
from tests.house.sources import modules

LEVELS = ("info", "warning", "error")


def logged() -> Iterator[tuple[str, str]]:
    """Every line that the gateway logs, with its level: `….log.warning("…", …)`."""
    for module in modules():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name() | ast.Attribute() as log, attr=str(level)),
                    args=[ast.Constant(value=str(line))],
                ) if level in LEVELS and ast.unparse(log).endswith("log"):
                    yield line, level


def test_every_alert_has_its_section_and_every_section_its_alert() -> None:
    rules = yaml.safe_load((ROOT / "docker" / "observe" / "rules.yaml").read_text(encoding="utf-8"))
    alerts = {
        rule["alert"]: rule["labels"]["severity"]
        for group in rules["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }

    shown = re.findall(r"^### (Penstock\w+)\n\n\*(\w+)\.\*", page("operating.md"), re.MULTILINE)

    assert {name: severity.lower() for name, severity in shown} == alerts
    assert len(alerts) > 8


def test_every_line_of_the_log_is_explained_with_its_level() -> None:
    rows = re.findall(r"^\| (`[a-z ,`]+`) \| (info|warning|error) \|", page("operating.md"), re.MULTILINE)

    shown = {(line, level) for lines, level in rows for line in re.findall(r"`([^`]+)`", lines)}

    assert shown == set(logged()) - {("request", "info")}
    assert ("schema held", "warning") in shown
