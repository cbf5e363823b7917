"""The image: what can be said of it without building it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from penstock.settings import table
from tests.docker.recipe import DOCKERFILE, ROOT, environment, exec_form, rest_of, sources, stages
from tests.packaging.commands import clean_environment

BUILD_TOOLS = {"apt", "apt-get", "build-essential", "curl", "gcc", "git", "make", "npm", "wget"}


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    done = subprocess.run(
        [hadolint, "--failure-threshold", "style", DOCKERFILE], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_there_are_two_stages_on_one_pinned_image() -> None:
    images = [rest_of(stage, "FROM")[0].partition(" AS ")[0] for stage in stages()]

    assert len(images) == 2
    assert len(set(images)) == 1
    assert images[0].startswith("python:3.")
    assert images[0].endswith("-slim-bookworm")


def test_the_result_brings_no_tools_and_loses_the_installer() -> None:
    _, result = stages()
    runs = " ".join(rest_of(result, "RUN"))

    assert BUILD_TOOLS.isdisjoint(runs.split())
    assert "pip uninstall --yes" in runs
    assert "pip install" not in runs
    assert [rest.split()[-1] for rest in rest_of(result, "COPY")] == ["/opt/penstock", "/opt/penstock/health.py"]


def test_it_runs_without_root_and_without_a_shell() -> None:
    _, result = stages()
    words = [step.word for step in result]
    (user,) = rest_of(result, "USER")

    assert [int(part) > 0 for part in user.split(":")] == [True, True]
    assert "RUN" not in words[words.index("USER") :]
    assert exec_form(rest_of(result, "ENTRYPOINT")[0]) == ["penstock"]
    assert exec_form(rest_of(result, "CMD")[0]) == ["serve"]


def test_it_says_what_it_is_made_of_with_the_tool_that_the_docs_name() -> None:
    first, result = stages()
    (bill,) = [rest for rest in rest_of(first, "RUN") if "cyclonedx" in rest]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

    assert "'cyclonedx-bom>=7.0,<8'" in bill
    assert "'cyclonedx-bom>=7.0,<8'" in page
    assert bill.endswith("/opt/penstock/sbom.cdx.json /opt/penstock/bin/python")
    assert "/opt/penstock/sbom.cdx.json" in page
    assert "--from=build /opt/penstock /opt/penstock" in rest_of(result, "COPY")


def test_it_asks_for_its_health_with_what_it_has() -> None:
    _, result = stages()
    (health,) = rest_of(result, "HEALTHCHECK")

    assert exec_form(health.partition(" CMD ")[2]) == ["python", "/opt/penstock/health.py", "/healthz"]


def test_its_variables_are_settings_and_its_port_is_the_one_it_shows() -> None:
    _, result = stages()
    ours = {name: value for name, value in environment(result).items() if name.startswith("PENSTOCK_")}

    assert ours.keys() <= {setting.variable for setting in table()}
    assert ours["PENSTOCK_HOST"] == "0.0.0.0"
    assert rest_of(result, "EXPOSE") == [ours["PENSTOCK_PORT"]]


def test_the_context_is_what_the_image_is_made_of_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}

    assert "*" in lines
    assert let_in == set(sources())
    assert [path for path in sources() if not (ROOT / path).exists()] == []


@pytest.mark.timeout(300)
def test_the_first_stage_has_everything_to_build_the_wheel(tmp_path: Path) -> None:
    context = tmp_path / "build"
    context.mkdir()
    first, _ = stages()
    ours = [rest for rest in rest_of(first, "COPY") if not rest.startswith("--from=")]
    for path in (path for rest in ours for path in rest.split()[:-1]):
        place = context / path
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, place, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(ROOT / path, place)

    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, context],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert "penstock/__main__.py" in zipfile.ZipFile(wheel).namelist()
