"""Each tool of the guide makes a typed program of its files, on every source of the schema, and the program runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from penstock.schema.diff import read_schema
from tests.codegen.conftest import served
from tests.codegen.workshop import Bench, Shop, commands_of, files_of, lay_out, printed_in
from tests.docs.reference import ROOT, page

SCHEMA_FILE = ROOT / "schema.graphql"
GENERATOR, TADA, INSPECTOR, ARIADNE = "GraphQL Code Generator", "gql.tada", "GraphQL Inspector", "ariadne-codegen"
REACT = "react.md"
SOURCES = ("/schema.graphql", "/graphql", "a file")
pytestmark = pytest.mark.timeout(300)


def told_by(section: str, bench: Bench, shop: Shop) -> None:
    """The last command of a section prints what the guide shows."""
    program = commands_of(section)[-1].rpartition("=")[2].partition(" ")[2]

    assert bench.do(program, shop.variables).strip() == printed_in(section)


def made_in(folder: Path) -> dict[str, str]:
    """Name → text of what a tool made."""
    return {path.name: path.read_text() for path in folder.glob("*.ts")}


def test_graphql_code_generator(tmp_path: Path, modules: Path, shop: Shop) -> None:
    bench = lay_out(tmp_path, files_of(GENERATOR), modules)
    install, generate, compile_, _ = commands_of(GENERATOR)
    made = []

    for source in SOURCES:
        bench.do(generate, {"SCHEMA": str(SCHEMA_FILE) if source == "a file" else shop.url + source})
        made.append(made_in(tmp_path / "src" / "gql"))
    bench.do(compile_)

    assert install.startswith("npm install")
    assert "deliverySlot" in made[0]["graphql.ts"]
    assert made == [made[0]] * len(SOURCES)
    told_by(GENERATOR, bench, shop)


def test_ids_of_trusted_documents_are_all_that_the_program_sends(tmp_path: Path, modules: Path) -> None:
    more, body = re.findall(r"^```ts\n( +.+\n)```$", page("codegen.md"), re.MULTILINE)
    files = files_of(GENERATOR)
    files["codegen.ts"] = files["codegen.ts"].replace("preset: 'client',\n", f"preset: 'client',\n{more}")
    files["src/shop.ts"] = re.sub(r"  const body = .+\n", lambda _: body, files["src/shop.ts"])
    bench = lay_out(tmp_path, files, modules)
    _, generate, compile_, _ = commands_of(GENERATOR)
    bench.do(generate, {"SCHEMA": str(SCHEMA_FILE)})
    bench.do(compile_)

    trusted = {"PENSTOCK_TRUSTED_DOCUMENTS": "only", "PENSTOCK_TRUSTED_DOCUMENTS_PATH": str(tmp_path / "src" / "gql")}
    with served(**trusted) as shop:
        told_by(GENERATOR, bench, shop)


def test_a_scalar_that_is_not_in_the_map_fails_the_generator(tmp_path: Path, modules: Path) -> None:
    files = files_of(GENERATOR)
    files["codegen.ts"] = files["codegen.ts"].replace("          FlowDate: 'string',\n", "")
    bench = lay_out(tmp_path, files, modules)

    done = bench.run(commands_of(GENERATOR)[1], {"SCHEMA": str(SCHEMA_FILE)})

    assert done.returncode != 0
    assert "FlowDate" in done.stdout + done.stderr


def test_gql_tada(tmp_path: Path, modules: Path, shop: Shop) -> None:
    files = files_of(TADA) | {"src/main.ts": files_of(GENERATOR)["src/main.ts"]}
    bench = lay_out(tmp_path, files, modules)
    _, fetch, generate, check, compile_, _ = commands_of(TADA)
    typed = tmp_path / "src" / "graphql-env.d.ts"

    (tmp_path / "schema.graphql").write_text(SCHEMA_FILE.read_text())
    bench.do(generate)
    of_the_file = typed.read_text()
    bench.do(fetch.replace("http://127.0.0.1:8000/graphql", shop.url + "/graphql"))
    for command in (generate, check, compile_):
        bench.do(command)

    assert "deliverySlot" in of_the_file
    assert typed.read_text() == of_the_file
    told_by(TADA, bench, shop)


@pytest.mark.parametrize("source", ["/graphql", "a file"])
def test_ariadne_codegen(tmp_path: Path, python_tools: Path, shop: Shop, source: str) -> None:
    for name, text in files_of(ARIADNE).items():
        (tmp_path / name).write_text(text)
    bench = Bench(tmp_path, python_tools)
    config = (tmp_path / "pyproject.toml").read_text()
    remote = 'remote_schema_url = "http://127.0.0.1:8000/graphql"'
    here = f'remote_schema_url = "{shop.url}/graphql"' if source == "/graphql" else f'schema_path = "{SCHEMA_FILE}"'
    (tmp_path / "pyproject.toml").write_text(config.replace(remote, here))

    bench.do(commands_of(ARIADNE)[1])

    told_by(ARIADNE, bench, shop)


def test_graphql_inspector_sees_no_difference_between_the_file_and_the_served_schema(
    tmp_path: Path, modules: Path, shop: Shop
) -> None:
    bench = lay_out(tmp_path, {"schema.graphql": SCHEMA_FILE.read_text(), **files_of(ARIADNE)}, modules)
    _, compare, validate = (line.replace("http://127.0.0.1:8000", shop.url) for line in commands_of(INSPECTOR))

    assert "No changes detected" in bench.do(compare)
    assert "No breaking changes detected" in bench.do(f"graphql-inspector diff schema.graphql {shop.url}/graphql")
    assert "All documents are valid" in bench.do(validate)


def test_graphql_inspector_finds_what_breaks(tmp_path: Path, modules: Path) -> None:
    old = SCHEMA_FILE.read_text()
    new = old.replace("  deliverySlot: ", "  slot: ")
    bench = lay_out(tmp_path, {"old.graphql": old, "new.graphql": new, **files_of(ARIADNE)}, modules)

    compared = bench.run("graphql-inspector diff old.graphql new.graphql")
    validated = bench.run("graphql-inspector validate documents.graphql new.graphql")

    assert compared.returncode == 1
    assert "Field deliverySlot was removed from object type Customer" in compared.stdout
    assert validated.returncode == 1
    assert "deliverySlot" in validated.stdout


def test_the_guide_maps_every_scalar_of_the_schema() -> None:
    schema = read_schema(SCHEMA_FILE.read_text())
    usual = {"Int", "Float", "String", "Boolean", "ID"}
    scalars = {name for name, kind in schema.type_map.items() if type(kind).__name__ == "GraphQLScalarType"} - usual

    rows = page("codegen.md").partition("\n## Scalars\n")[2].partition("\n## ")[0]
    listed = {line.split("`")[1] for line in rows.splitlines() if line.startswith("| `")}
    maps = [files_of(GENERATOR)["codegen.ts"], files_of(TADA)["src/shop.ts"], files_of(ARIADNE)["pyproject.toml"]]

    assert listed == scalars
    assert [name for name in scalars for text in maps if name not in text] == []


def test_the_lock_file_has_what_the_guides_install() -> None:
    pinned = json.loads((Path(__file__).parent / "package.json").read_text())["devDependencies"]
    sections = [
        *((name, "codegen.md") for name in (GENERATOR, TADA, INSPECTOR)),
        ("urql", REACT),
        ("Apollo Client", REACT),
    ]
    commands = [command for section in sections for command in commands_of(*section)]

    installed = {
        word
        for command in commands
        if command.startswith("npm install ")
        for word in command.split()[2:]
        if not word.startswith("--")
    }

    assert installed == set(pinned)
