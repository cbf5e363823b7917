"""`docs/metrics.md` has every metric, label and part of a log line as the code has it, and no other."""

from __future__ import annotations

from penstock.telemetry.requests import RequestFacts
from tests.docs.reference import DOCS, metric_rows, names_in, page


def test_every_metric_has_its_row() -> None:
    text = page("metrics.md")

    missing = [row for row in metric_rows().values() if row not in text.splitlines()]

    assert missing == []


def test_no_page_names_a_metric_that_is_none() -> None:
    pages = [path.name for path in DOCS.glob("*.md")]

    named = {name for text in map(page, pages) for name in names_in(text, r"penstock_[a-z_]+(\{.*\})?")}

    assert {name.partition("{")[0] for name in named} - metric_rows().keys() == set()


def test_every_label_is_explained() -> None:
    labels = {label for row in metric_rows().values() for label in row.split("|")[3].strip().split(", ")} - {"none"}

    explained = [line.split("|")[1] for line in page("metrics.md").splitlines() if line.startswith("| `")]

    assert [label for label in labels if not any(label in cell for cell in explained)] == []


def test_the_log_line_has_every_part() -> None:
    (line,) = (text for text in page("metrics.md").splitlines() if text.startswith('{"timestamp"'))

    assert [part for part in RequestFacts.__struct_fields__ if f'"{part}":' not in line] == []
