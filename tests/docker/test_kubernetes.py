"""The Kubernetes manifests: valid by the official schemas, in agreement with each other, the image and the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from penstock.settings import Settings, table
from tests.docker.recipe import ROOT, environment, rest_of, stages

FOLDER = ROOT / "docker" / "kubernetes"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml")
VERSIONS = ["1.27", "1.30", "1.33"]


def manifest(name: str) -> dict[str, Any]:
    """The one object of a file."""
    (found,) = yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def container() -> dict[str, Any]:
    """The one container of a pod."""
    (found,) = manifest("deployment")["spec"]["template"]["spec"]["containers"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_follows_the_official_schema(path: Path, version: str) -> None:
    assert kubernetes_validate.validate(manifest(path.stem), version, strict=True)


def test_the_schema_check_finds_what_is_wrong() -> None:
    wrong = manifest("deployment")
    wrong["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_every_manifest_is_applied() -> None:
    assert sorted(manifest("kustomization")["resources"]) == [path.name for path in FILES]


def test_everything_is_about_the_same_pods() -> None:
    labels = {"app.kubernetes.io/name": "penstock"}
    deployment = manifest("deployment")["spec"]

    assert deployment["template"]["metadata"]["labels"] == labels
    assert deployment["selector"]["matchLabels"] == labels
    assert manifest("pdb")["spec"]["selector"]["matchLabels"] == labels
    assert manifest("networkpolicy")["spec"]["podSelector"]["matchLabels"] == labels
    assert manifest("service")["spec"]["selector"] == labels
    target = manifest("hpa")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", manifest("deployment")["metadata"]["name"])
    assert "replicas" not in deployment


def test_its_variables_are_settings_that_can_be_used() -> None:
    _, result = stages()
    given = {**manifest("configmap")["data"], **manifest("secret")["stringData"]}
    settings, warnings = Settings.from_environment({**environment(result), **given})

    assert warnings == ()
    assert settings.state_url.tls
    assert settings.profile == "production"
    assert (settings.introspection, settings.explorer) == (False, False)
    secret = {row.variable for row in table() if row.secret}
    assert secret.isdisjoint(manifest("configmap")["data"])
    names = {entry[kind]["name"] for entry in container()["envFrom"] for kind in entry}
    assert names == {manifest("configmap")["metadata"]["name"]} == {manifest("secret")["metadata"]["name"]}


def test_no_service_of_the_cluster_gets_into_the_settings() -> None:
    assert manifest("deployment")["spec"]["template"]["spec"]["enableServiceLinks"] is False


def test_the_probes_ask_what_the_gateway_answers() -> None:
    (port,) = container()["ports"]
    _, result = stages()

    assert rest_of(result, "EXPOSE") == [str(port["containerPort"])]
    probes = {name: container()[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert {probe["port"] for probe in probes.values()} == {port["name"]}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startupProbe": "/healthz",
        "readinessProbe": "/readyz",
        "livenessProbe": "/healthz",
    }
    assert manifest("service")["spec"]["ports"][0]["targetPort"] == port["name"]
    assert manifest("networkpolicy")["spec"]["ingress"][0]["ports"] == [{"port": port["name"]}]


def test_it_runs_without_root_on_a_file_system_that_cannot_be_written() -> None:
    _, result = stages()
    pod = manifest("deployment")["spec"]["template"]["spec"]
    own = container()["securityContext"]

    assert rest_of(result, "USER") == [f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False
    assert {mount["mountPath"]: mount["name"] for mount in container()["volumeMounts"]} == {"/tmp": "tmp"}
    assert [volume["name"] for volume in pod["volumes"] if "emptyDir" in volume] == ["tmp"]


def test_there_is_time_to_finish_what_is_under_way() -> None:
    grace = manifest("deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    pause = container()["lifecycle"]["preStop"]["exec"]["command"][-1]

    assert pause == "import time; time.sleep(5)"
    assert grace > 5 + float(manifest("configmap")["data"]["PENSTOCK_SHUTDOWN_SECONDS"])


def test_an_update_and_a_drain_leave_enough_of_them() -> None:
    assert manifest("deployment")["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert manifest("hpa")["spec"]["minReplicas"] - manifest("pdb")["spec"]["maxUnavailable"] >= 2
