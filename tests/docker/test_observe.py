"""What looks at the gateway: compose file, rules and dashboard agree with each other and with what it exposes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from penstock.telemetry.traces import read_trace_settings
from tests.docker.recipe import ROOT
from tests.docs.reference import metric_rows

DOCKER = ROOT / "docker"
OVERLAY = DOCKER / "compose.observe.yaml"
OBSERVE = DOCKER / "observe"
DASHBOARD = OBSERVE / "grafana" / "dashboards" / "penstock.json"
FOREIGN = {
    "up": {"job", "instance"},
    "process_cpu_seconds_total": set(),
    "process_resident_memory_bytes": set(),
    "process_open_fds": set(),
}
"""Metrics of Prometheus itself and of the platform."""
TARGET = {"instance", "job"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    """Every rule of every group."""
    return [rule for group in read(OBSERVE / "rules.yaml")["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Every panel but the rows."""
    found = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def _plain(expression: str) -> str:
    """An expression with values for Grafana's variables."""
    return expression.replace("$__rate_interval", "5m").replace("$instance", ".*")


def expressions() -> list[tuple[str, str]]:
    """Whose, and the expression; Grafana's variables as values they may have."""
    asked = [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]
    asked += [(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]
    notes = json.loads(DASHBOARD.read_text(encoding="utf-8"))["annotations"]["list"]
    asked += [(note["name"], note["expr"]) for note in notes]
    return [(whose, _plain(text)) for whose, text in asked]


def exposed() -> dict[str, set[str]]:
    """Every series that can be asked for, with the labels it has."""
    known = {name: set(labels) for name, labels in FOREIGN.items()}
    for row in metric_rows().values():
        _, name, kind, labels, *_ = (cell.strip().replace("`", "") for cell in row.split("|"))
        own = set() if labels == "none" else set(labels.split(", "))
        if kind == "histogram":
            known |= {f"{name}_bucket": own | {"le"}, f"{name}_sum": own, f"{name}_count": own}
        else:
            known[name] = own
    return known | {rule["record"]: {"operation_type"} for rule in rules() if "record" in rule}


def selectors(node: Any) -> Iterator[promql_parser.VectorSelector]:
    """Every series that an expression asks for."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
        return
    for name in ("lhs", "rhs", "expr", "vector_selector", "vs"):
        below = getattr(node, name, None)
        if isinstance(below, promql_parser.Expr):
            yield from selectors(below)
    for argument in getattr(node, "args", None) or ():
        yield from selectors(argument)


@pytest.mark.parametrize(("whose", "text"), expressions())
def test_every_expression_asks_for_what_is_exposed(whose: str, text: str) -> None:
    known = exposed()
    asked = list(selectors(promql_parser.parse(text)))

    assert asked, whose
    for selector in asked:
        assert selector.name in known, whose
        assert {matcher.name for matcher in selector.matchers.matchers} <= known[selector.name] | TARGET, whose


def test_what_operators_ask_first_is_on_the_dashboard() -> None:
    shown = {
        selector.name
        for panel in panels()
        for target in panel["targets"]
        for selector in selectors(promql_parser.parse(_plain(target["expr"])))
    }

    assert shown >= {
        "penstock_requests_total",
        "penstock_request_duration_seconds_bucket",
        "penstock_errors_total",
        "penstock_document_lookups_total",
        "penstock_reference_operations_total",
        "penstock_upstream_requests_total",
        "penstock_upstream_request_duration_seconds_bucket",
        "penstock_upstream_waiting",
        "penstock_upstream_shed_total",
        "penstock_upstream_breaker",
        "penstock_schema_age_seconds",
        "penstock_schema_problems",
        "penstock_schema_reloads_total",
        "penstock_value_coercion_failures_total",
        "penstock_field_uses_total",
    }


def test_labels_in_words_are_those_of_the_expression() -> None:
    known = exposed()
    for panel in panels():
        for target in panel["targets"]:
            words = {part.partition("}}")[0] for part in target["legendFormat"].split("{{")[1:]}
            names = [selector.name for selector in selectors(promql_parser.parse(_plain(target["expr"])))]

            assert all(words <= known[name] | TARGET for name in names), panel["title"]


def test_every_alert_says_what_it_means_and_how_bad_it_is() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]

    assert len({rule["alert"] for rule in alerts}) == len(alerts) > 8
    for rule in alerts:
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}


def test_panels_do_not_overlap_and_have_their_source() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }

        assert not taken & cells, panel["title"]
        assert place["x"] + place["w"] <= 24
        assert panel["datasource"]["uid"] == "prometheus"
        assert panel["description"]
        taken |= cells


def test_the_overlay_follows_the_official_schema() -> None:
    check = Path(sys.executable).with_name("check-jsonschema")

    done = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", OVERLAY], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_the_overlay_adds_to_a_gateway_that_is_there() -> None:
    base, overlay = read(DOCKER / "compose.yaml")["services"], read(OVERLAY)["services"]
    chosen = read_trace_settings(overlay["gateway"]["environment"])

    assert "gateway" in base
    assert chosen is not None
    assert chosen.base_url == "http://jaeger:4318"
    assert "jaeger" in overlay
    for name in overlay.keys() - base.keys():
        service = overlay[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert ":" in service["image"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_every_mounted_file_is_there() -> None:
    for service in read(OVERLAY)["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]

            assert not source.startswith("./") or (DOCKER / source).exists(), volume


def test_prometheus_looks_where_the_gateway_listens() -> None:
    base = read(DOCKER / "compose.yaml")["services"]["gateway"]
    prometheus = read(OBSERVE / "prometheus.yaml")
    (job,) = prometheus["scrape_configs"]
    (found,) = job["dns_sd_configs"]

    assert found["names"] == ["gateway"]
    assert str(found["port"]) == base["ports"][0].rpartition(":")[2]
    assert job["job_name"] == "penstock"
    assert prometheus["rule_files"] == ["/etc/prometheus/rules.yaml"]
    mounted = [volume.split(":")[1] for volume in read(OVERLAY)["services"]["prometheus"]["volumes"]]
    assert "/etc/prometheus/rules.yaml" in mounted


def test_grafana_is_given_the_source_and_the_dashboard() -> None:
    sources = read(OBSERVE / "grafana" / "provisioning" / "datasources" / "prometheus.yaml")["datasources"]
    (provider,) = read(OBSERVE / "grafana" / "provisioning" / "dashboards" / "penstock.yaml")["providers"]
    mounted = dict(volume.split(":")[:2][::-1] for volume in read(OVERLAY)["services"]["grafana"]["volumes"])

    assert {source["uid"]: source["url"] for source in sources}["prometheus"] == "http://prometheus:9090"
    assert mounted[provider["options"]["path"]] == "./observe/grafana/dashboards"
