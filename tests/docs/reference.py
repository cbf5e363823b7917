"""The rows that the reference pages must have, rendered from the code itself.

``python -m tests.docs.reference`` writes the rows that have changed into their pages; a new one is put there by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.core import Metric

from penstock.settings import Setting, table
from penstock.telemetry.facts import DocumentFacts, UpstreamFacts
from penstock.telemetry.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    """The text of a page of `docs/`."""
    return (DOCS / name).read_text(encoding="utf-8")


def names_in(text: str, pattern: str) -> set[str]:
    """Every code span of a page that is wholly of this form."""
    return {span for span in re.findall(r"`([^`\n]+)`", text) if re.fullmatch(pattern, span)}


def setting_row(setting: Setting) -> str:
    """A setting as `docs/settings.md` shows it: variable, form, default, what it does."""
    form = f"{setting.kind}, a secret" if setting.secret else setting.kind
    default = f"`{setting.default}`" if setting.default else "none"
    return f"| `{setting.variable}` | {form} | {default} | {setting.help} |"


def setting_rows() -> dict[str, str]:
    """Variable → its row."""
    return {setting.variable: setting_row(setting) for setting in table()}


def metric_row(metric: Metric) -> str:
    """A metric as `docs/metrics.md` shows it: name as scraped, kind, labels, what it says."""
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    labels = [label for label in metric.samples[0].labels if label != "le"]
    shown = ", ".join(f"`{label}`" for label in labels) or "none"
    return f"| `{name}` | {metric.type} | {shown} | {metric.documentation} |"


def metric_rows() -> dict[str, str]:
    """Name as scraped → its row, for every metric of ours."""
    metrics = Metrics(clock=lambda: 0.0)
    _count_everything_once(metrics)
    rows = [metric_row(metric) for metric in metrics.collect() if not metric.name.startswith("process_")]
    return {row.split("`")[1]: row for row in rows}


def _count_everything_once(metrics: Metrics) -> None:
    metrics.request_answered("query", "plan", 200, 0.1)
    metrics.errors_answered(("INTERNAL",))
    metrics.reference_used("introspection")
    metrics.upstream_called("GET", "/v2/customers", "200", 0.1)
    metrics.value_coercion_failed("Customer", "deliveryDetails")
    metrics.row_dropped("Customer", "no id")
    metrics.limit_exceeded("tokens")
    metrics.documents_trusted(1, 1)
    metrics.schema_checked("swapped")
    metrics.upstream_shed("RATE_LIMITED")
    metrics.spans_ended("sent", 1)
    metrics.watch(UpstreamFacts, lambda: DocumentFacts(1, 1, 1))
    metrics.state_failed()
    metrics.webhook_told("received")
    metrics.subscriber_told("orderChanged", "delivered")
    metrics.watch_subscriptions(lambda: {"orderChanged": 1})
    metrics.field_used("Customer", "deliveryDetails", 1, 1)


def renew() -> None:
    """Write every row that a page has in an older form."""
    for name, rows in (("settings.md", setting_rows()), ("metrics.md", metric_rows())):
        lines = page(name).splitlines()
        renewed = [rows.get(line.split("`")[1], line) if line.startswith("| `") else line for line in lines]
        (DOCS / name).write_text("\n".join(renewed) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
