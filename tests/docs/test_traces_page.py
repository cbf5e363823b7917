"""`docs/traces.md` has every `OTEL_…` variable that is read, and every attribute that is recorded."""

from __future__ import annotations

import re

from tests.docs.reference import ROOT, names_in, page

SOURCES = ROOT / "src" / "penstock"
READ = (SOURCES / "telemetry" / "traces" / "environment.py").read_text(encoding="utf-8")


def test_every_variable_is_explained() -> None:
    whole = set(re.findall(r'"(OTEL_[A-Z_]+[A-Z])"', READ))
    parts = {f"OTEL_EXPORTER_OTLP_{name}" for name in re.findall(r'otlp\("([A-Z]+)"', READ)}
    ends = {f"OTEL_EXPORTER_OTLP_{name}" for name in re.findall(r'f"\{_OTLP\}([A-Z_]+)"', READ)}

    assert len(whole | parts | ends) > 12
    assert whole | parts | ends - {"OTEL_EXPORTER_OTLP_TRACES_"} <= names_in(page("traces.md"), r"OTEL_[A-Z_]+")


def test_every_attribute_is_explained() -> None:
    code = "".join(
        (SOURCES / place).read_text(encoding="utf-8") for place in ("http/traced.py", "telemetry/traces/calls.py")
    )

    recorded = set(re.findall(r'"([a-z_]+\.[a-z_.]+)"', code))

    assert len(recorded) > 9
    assert recorded <= names_in(page("traces.md"), r"[a-z_]+\.[a-z_.]+")
