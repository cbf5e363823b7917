"""The settings looked at: everything that is wrong with any of them, at once.

Never here: what a setting leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from penstock.app.diagnosis.finding import Finding, counted
from penstock.app.store import missing_for_store
from penstock.errors import OperatorError
from penstock.settings import PREFIX, Settings, table
from penstock.telemetry.traces import read_trace_settings
from penstock.upstream.origin import parse_origin


@dataclass(frozen=True, slots=True)
class Chosen:
    """What can be gone by.

    Attributes:
        settings: The settings; a default where a variable cannot be used.
        faults: Variable → what is wrong with it.
    """

    settings: Settings
    faults: Mapping[str, str]

    def unusable(self, *variables: str) -> str:
        """Those of the variables that cannot be used, in words; empty where all can."""
        return " and ".join(variable for variable in variables if variable in self.faults)


def look_at_settings(environ: Mapping[str, str]) -> tuple[Chosen, Finding]:
    """Read every variable; what cannot be used, is missing or looks odd."""
    found = Settings.read(environ)
    settings = found.settings
    faults = {**missing_for_store(settings), **found.faults}
    if settings.upstream_url:
        try:
            parse_origin(settings.upstream_url)
        except OperatorError as error:
            faults[f"{PREFIX}UPSTREAM_URL"] = f"{PREFIX}UPSTREAM_URL: {error}"
    warnings = list(found.warnings)
    try:
        traces = read_trace_settings(environ)
        warnings += () if traces is None else traces.warnings
    except OperatorError as error:
        faults["OTEL_EXPORTER_OTLP_ENDPOINT"] = str(error)
    return Chosen(settings, faults), _finding(environ, faults, warnings)


def _finding(environ: Mapping[str, str], faults: Mapping[str, str], warnings: list[str]) -> Finding:
    if faults:
        return Finding(
            "settings",
            "failed",
            f"{counted(len(faults), 'variable')} missing or not usable",
            "Change what is named here; every variable is described in docs/settings.md.",
            (*faults.values(), *warnings),
        )
    if warnings:
        noticed = counted(len(warnings), "thing")
        return Finding("settings", "warning", f"{noticed} to look at", "See whether this is meant.", tuple(warnings))
    given = sum(1 for setting in table() if environ.get(setting.variable, "").strip())
    return Finding("settings", "ok", f"{counted(given, 'variable')} given, all usable")
