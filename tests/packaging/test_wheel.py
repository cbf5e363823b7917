"""The wheel: what is inside, and that it works in an environment that has nothing but it and its dependencies."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import penstock
from tests.packaging.commands import clean_environment, running_dev

ROOT = Path(__file__).resolve().parents[2]

BUILT = "penstock/http/built/"
LARGEST = 6_000_000
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = {re.split(r"[^a-z0-9-]", requirement.lower())[0] for requirement in PROJECT["dependencies"]}

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, so that that one is whole, too."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT))
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment with the wheel installed."""
    folder = tmp_path_factory.mktemp("stranger")
    venv.create(folder, with_pip=True)
    run(str(folder / "bin" / "pip"), "install", "--quiet", str(wheel))
    return folder / "bin"


def run(*command: str, cwd: Path | None = None) -> str:
    """What a command prints; its failure is the test's, with all it said."""
    done = subprocess.run(command, cwd=cwd, env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names} == {"penstock", f"penstock-{penstock.__version__}.dist-info"}


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    packaged = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("penstock/")} - built_of(wheel)
    sources = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "penstock").rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "__pycache__")) for part in path.relative_to(ROOT).parts)
        and not path.is_relative_to(ROOT / "src" / BUILT)
    }

    assert packaged == sources


def built_of(wheel: Path) -> set[str]:
    """The files of the built explorer."""
    return {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(BUILT)}


def test_the_wheel_holds_the_built_explorer_and_its_licences(wheel: Path) -> None:
    if not built_of(wheel):
        pytest.skip("install Node.js 20.19, 22.12 or later")
    licences = zipfile.ZipFile(wheel).read(f"{BUILT}THIRD-PARTY-LICENCES.txt").decode()

    assert {name.rpartition(".")[2] for name in built_of(wheel)} == {"gz", "json", "txt", f"{BUILT}made-of"}
    assert not any(".map" in name or "node_modules" in name for name in built_of(wheel))
    assert wheel.stat().st_size < LARGEST
    assert all(f"\n{name} " in licences for name in ("graphiql", "monaco-editor", "react", "graphql", "react-aria"))


def test_the_wheel_is_typed_and_licensed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "penstock/py.typed" in names
    assert f"penstock-{penstock.__version__}.dist-info/licenses/LICENSE" in names


def test_the_metadata_names_what_a_stranger_looks_for(wheel: Path) -> None:
    place = f"penstock-{penstock.__version__}.dist-info/METADATA"
    metadata = zipfile.ZipFile(wheel).read(place).decode()
    head, _, description = metadata.partition("\n\n")

    assert f"Version: {penstock.__version__}" in head
    assert "Requires-Python: >=3.11" in head
    assert "License-Expression: MIT" in head
    assert description.startswith("# Penstock")


def test_the_command_and_the_module_are_the_same(scripts: Path, tmp_path: Path) -> None:
    command = run(str(scripts / "penstock"), "version", cwd=tmp_path)
    module = run(str(scripts / "python"), "-m", "penstock", "version", cwd=tmp_path)

    assert command == module == f"penstock {penstock.__version__}\n"


def test_the_installation_lacks_nothing_and_brings_no_tools(scripts: Path) -> None:
    installed = {row["name"].lower() for row in json.loads(run(str(scripts / "pip"), "list", "--format", "json"))}

    assert run(str(scripts / "pip"), "check").strip() == "No broken requirements found."
    assert installed.isdisjoint({"pytest", "ruff", "mypy", "hypothesis", "coverage", "hatchling"})


def test_its_bill_of_materials_names_every_package_with_version_and_licence(scripts: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    (requirement,) = set(re.findall(r"pip install '(cyclonedx-bom[^']+)'", page))
    command = re.search(r"^/tmp/sbom/bin/cyclonedx-py (.+)$", page, re.MULTILINE)
    assert command is not None
    venv.create(tmp_path / "tool", with_pip=True)
    run(str(tmp_path / "tool" / "bin" / "pip"), "install", "--quiet", requirement)

    words = command[1].replace(".venv/bin/python", str(scripts / "python")).split()
    run(str(tmp_path / "tool" / "bin" / "cyclonedx-py"), *words, cwd=tmp_path)

    bill = json.loads((tmp_path / "sbom.cdx.json").read_text(encoding="utf-8"))
    told = {row["name"].lower().replace("_", "-"): row for row in bill["components"]}
    installed = json.loads(run(str(scripts / "pip"), "list", "--format", "json"))
    versions = {row["name"].lower().replace("_", "-"): row["version"] for row in installed}
    assert bill["bomFormat"] == "CycloneDX"
    assert {"penstock", *RUNTIME} <= versions.keys()
    assert {name: row["version"] for name, row in told.items()} == versions
    assert [name for name in told if not told[name].get("licenses")] == []


def test_a_stranger_sees_a_custom_field_and_the_committed_schema(scripts: Path, tmp_path: Path) -> None:
    with running_dev(scripts / "penstock", tmp_path) as dev:
        answer = dev.paste()
        printed = run(str(scripts / "penstock"), "schema", "print", "--url", dev.graphql_url, cwd=tmp_path)

    assert all(row["deliveryDetails"] for row in answer["data"]["customers"]["nodes"])
    assert printed == (ROOT / "schema.graphql").read_text(encoding="utf-8")
