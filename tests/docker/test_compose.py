"""The compose file: valid by its official schema, and in agreement with the image, the settings and the commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from penstock.cli.arguments import parse_arguments
from penstock.sandbox import SandboxSettings
from penstock.settings import Settings
from tests.docker.recipe import ROOT, environment, stages

COMPOSE = ROOT / "docker" / "compose.yaml"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services by name."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def test_it_follows_the_official_schema() -> None:
    check = Path(sys.executable).with_name("check-jsonschema")

    done = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", COMPOSE], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_the_gateway_waits_for_a_healthy_sandbox(services: dict[str, Any]) -> None:
    assert services.keys() == {"sandbox", "gateway"}
    assert services["gateway"]["depends_on"] == {"sandbox": {"condition": "service_healthy"}}
    assert all("healthcheck" in service for service in services.values())


@pytest.mark.parametrize("name", ["sandbox", "gateway"])
def test_every_service_is_built_by_the_image_file_and_hardened(services: dict[str, Any], name: str) -> None:
    service = services[name]
    context = (COMPOSE.parent / service["build"]["context"]).resolve()

    assert context == ROOT
    assert (context / service["build"]["dockerfile"]).is_file()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]


@pytest.mark.parametrize("name", ["sandbox", "gateway"])
def test_every_port_is_open_on_this_machine_only(services: dict[str, Any], name: str) -> None:
    assert [port.rpartition(":")[0].partition(":")[0] for port in services[name]["ports"]] == ["127.0.0.1"]


def test_the_sandbox_is_started_as_the_command_line_has_it(services: dict[str, Any]) -> None:
    arguments = parse_arguments(services["sandbox"]["command"])

    assert (arguments.command, arguments.host, arguments.port) == ("sandbox", "0.0.0.0", 8001)
    assert services["sandbox"]["ports"] == ["127.0.0.1:8001:8001"]
    assert services["sandbox"]["healthcheck"]["test"][-1] == "http://127.0.0.1:8001/v2/flows"


def test_the_data_of_the_sandbox_is_in_a_volume_that_its_user_owns(services: dict[str, Any]) -> None:
    folder = str(parse_arguments(services["sandbox"]["command"]).data)
    _, result = stages()

    assert services["sandbox"]["volumes"] == [f"sandbox-data:{folder}"]
    assert any(f"--owner=10001 --group=10001 {folder}" in step.rest for step in result)


def test_the_gateway_has_settings_that_the_sandbox_understands(services: dict[str, Any]) -> None:
    _, result = stages()
    settings, warnings = Settings.from_environment({**environment(result), **services["gateway"]["environment"]})

    assert [warning for warning in warnings if "is no setting" in warning] == []
    assert settings.upstream_url == "http://sandbox:8001"
    assert settings.client_id == SandboxSettings().client_id
    assert settings.client_secret.reveal() == SandboxSettings().client_secret
    assert services["gateway"]["ports"] == [f"127.0.0.1:{settings.port}:{settings.port}"]
    assert parse_arguments(services["gateway"]["command"]).command == "serve"
