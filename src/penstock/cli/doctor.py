"""``penstock doctor``: what may keep a gateway of these settings from serving, a line for each check.

Never here: the checks, but for the port: listening is the command line's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from penstock.app.diagnosis import Finding, diagnose
from penstock.cli.arguments import Arguments
from penstock.cli.changes import printable
from penstock.cli.gateway_calls import call, find_gateway
from penstock.cli.saying import say
from penstock.cli.servers import listen, run
from penstock.errors import OperatorError, PenstockError
from penstock.settings import Settings

_FAILED = 1


def look_over(arguments: Arguments, environ: Mapping[str, str]) -> int:
    """Look at everything, and print what was found.

    Args:
        arguments: How to print it.
        environ: The settings as texts, which may be wrong.

    Returns:
        1 where a check failed, 0 where none did.
    """
    findings: list[Finding] = []

    def tell(finding: Finding) -> None:
        findings.append(finding)
        if arguments.format == "text":
            say(_as_text(finding))

    async def main() -> None:
        async for finding in diagnose(environ):
            tell(finding)
        tell(await _look_at_port(environ))

    run(main)
    has_failed = any(finding.status == "failed" for finding in findings)
    if arguments.format == "json":
        checks = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": not has_failed, "checks": checks}, indent=2))
    return _FAILED if has_failed else 0


def _as_text(finding: Finding) -> str:
    lines = [f"{finding.status:<8} {finding.check:<12} {printable(finding.summary)}."]
    if finding.status != "ok" or finding.check != "upstream":
        lines += [f"{'':21} - {printable(detail)}" for detail in finding.details]
    if finding.remedy:
        lines.append(f"{'':21} → {printable(finding.remedy)}")
    return "\n".join(lines)


async def _look_at_port(environ: Mapping[str, str]) -> Finding:
    """Whether the gateway could listen; a gateway that does so already is no failure."""
    found = Settings.read(environ)
    settings = found.settings
    if "PENSTOCK_PORT" in found.faults:
        return Finding("port", "skipped", "not looked at, because of PENSTOCK_PORT")
    where = f"port {settings.port} of {settings.host}"
    try:
        listen(settings.host, settings.port).close()
    except OperatorError as error:
        if await _is_penstock(settings):
            remedy = "Nothing, if it is the gateway of these settings; a second one needs another port."
            return Finding("port", "warning", f"a gateway answers at {where} already", remedy)
        return Finding("port", "failed", str(error).rstrip("."), "Give another one as PENSTOCK_HOST and PENSTOCK_PORT.")
    return Finding("port", "ok", f"{where} is free" if settings.port else "the system chooses one")


async def _is_penstock(settings: Settings) -> bool:
    """Whether what listens there answers as a gateway does; no token is shown to it."""
    nobody = replace(settings, admin_token=type(settings.admin_token)(), upstream_timeout_seconds=1.0)
    try:
        response = await call(find_gateway(None, nobody), nobody, "GET", "/healthz")
    except PenstockError:
        return False
    return response.status == 200 and response.header(b"schema-version") is not None
