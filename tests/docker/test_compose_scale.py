"""The compose file of several gateways: valid by its official schema, and in agreement with nginx and the settings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from penstock.cli.arguments import parse_arguments
from penstock.settings import Settings
from tests.docker.recipe import ROOT, environment, stages

COMPOSE = ROOT / "docker" / "compose.scale.yaml"
NGINX = ROOT / "docker" / "nginx.conf"
GATEWAYS = {"gateway-1", "gateway-2", "gateway-3"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return found


def test_it_follows_the_official_schema() -> None:
    check = Path(sys.executable).with_name("check-jsonschema")

    done = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", COMPOSE], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_three_gateways_share_one_state_and_are_otherwise_alike(compose: dict[str, Any]) -> None:
    services = compose["services"]
    _, result = stages()

    assert services.keys() == {"sandbox", "valkey", "nginx"} | GATEWAYS
    assert services["gateway-1"] == services["gateway-2"] == services["gateway-3"]
    settings, warnings = Settings.from_environment({**environment(result), **services["gateway-1"]["environment"]})
    assert [warning for warning in warnings if "is no setting" in warning] == []
    assert settings.state_url.shown == "redis://valkey:6379/0"
    assert settings.upstream_url == "http://sandbox:8001"
    assert parse_arguments(services["gateway-1"]["command"]).command == "serve"


def test_every_service_is_hardened_and_says_how_it_is(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "healthcheck" in service


def test_only_nginx_has_a_port_and_it_is_open_on_this_machine_only(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}

    assert ports == {"nginx": ["127.0.0.1:8080:8080"]}


def test_the_state_is_on_a_network_of_its_own(compose: dict[str, Any]) -> None:
    members = {name for name, service in compose["services"].items() if "state" in service["networks"]}

    assert compose["networks"]["state"] == {"internal": True}
    assert members == {"valkey"} | GATEWAYS


def test_the_server_forgets_what_has_a_life_first_and_writes_to_disk(compose: dict[str, Any]) -> None:
    command = compose["services"]["valkey"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "volatile-lru"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_there_is_time_to_finish_what_is_under_way(compose: dict[str, Any]) -> None:
    for name in GATEWAYS:
        assert float(compose["services"][name]["stop_grace_period"].removesuffix("s")) > Settings().shutdown_seconds


def test_nginx_knows_every_gateway_and_fits_their_settings(compose: dict[str, Any]) -> None:
    text = NGINX.read_text(encoding="utf-8")
    settings = Settings()

    assert set(re.findall(r"server (gateway-\d):8000", text)) == GATEWAYS
    assert "./nginx.conf:/etc/nginx/nginx.conf:ro" in compose["services"]["nginx"]["volumes"]
    assert re.findall(r"listen (\d+);", text) == ["8080"]
    assert int(re.findall(r"client_max_body_size (\d+)m", text)[0]) * 1_048_576 >= settings.max_body_bytes
    assert float(re.findall(r"proxy_read_timeout (\d+)s", text)[0]) > settings.request_timeout_seconds
    assert "non_idempotent" not in text.partition("proxy_next_upstream")[2].partition(";")[0]
