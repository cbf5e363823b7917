"""The files of the guide to React compile under strict rules, and their clients sign in, read and write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.codegen.workshop import Bench, Shop, commands_of, files_of, lay_out, section_of
from tests.docs.reference import ROOT, page

REACT = "react.md"
SHARED, URQL, APOLLO = "What both share", "urql", "Apollo Client"
pytestmark = pytest.mark.timeout(300)

# What the pages do, without a browser; `OPERATE` stands for how a client is asked.
CHECK = """
import { makeClient } from './client.js'
import { ChangeSlot, Profile, SignIn } from './documents.js'

OPERATE

const login = { email: process.env['EMAIL'] ?? '', password: process.env['PASSWORD'] ?? '' }
let signedOut = 0
const visitor = makeClient(undefined, () => { signedOut += 1 })
const refused = await write(visitor, SignIn, { input: { password: { ...login, password: 'not hers' } } })
const signedIn = await write(visitor, SignIn, { input: { password: login } })
const customer = makeClient(signedIn.data?.customerTokenCreate.customerToken?.token ?? '', () => { signedOut += 1 })
const me = (await read(customer, Profile)).data?.me
const name = me?.name
// @ts-expect-error The store has no such field.
export const nothing = me?.deliverySlit
const changed = await write(customer, ChangeSlot, { input: { deliverySlot: 'AFTERNOON' } })
const slot = (await read(customer, Profile)).data?.me?.deliverySlot
const before = signedOut
const stranger = makeClient('no.customer.token', () => { signedOut += 1 })
const failed = (await read(stranger, Profile)).error !== undefined

console.log(JSON.stringify({
  refused: refused.data?.customerTokenCreate.userErrors.map(({ code }) => code), name,
  written: changed.data?.customerUpdate.customer?.deliverySlot, slot, before, failed, after: signedOut,
}))
"""
OPERATE = {
    URQL: """
import type { Client, TypedDocumentNode, AnyVariables } from 'urql'
const read = <R, V extends AnyVariables>(client: Client, document: TypedDocumentNode<R, V>) =>
  client.query(document, {} as V, { requestPolicy: 'network-only' }).toPromise()
const write = <R, V extends AnyVariables>(client: Client, document: TypedDocumentNode<R, V>, variables: V) =>
  client.mutation(document, variables).toPromise()
""",
    APOLLO: """
import type { ApolloClient, OperationVariables, TypedDocumentNode } from '@apollo/client'
const read = <R, V extends OperationVariables>(client: ApolloClient, document: TypedDocumentNode<R, V>) =>
  client.query<R>({ query: document, errorPolicy: 'all' })
const write = <R, V extends OperationVariables>(
  client: ApolloClient, mutation: TypedDocumentNode<R, V>, variables: V,
) => client.mutate<R>({ mutation, variables })
""",
}


def changed(path: str, text: str) -> str:
    """A file of the other guide, changed as the two diffs of this one say."""
    for diff in re.findall(r"^```diff\n(.*?)^```$", section_of(SHARED, REACT), re.MULTILINE | re.DOTALL):
        old = [line[1:] for line in diff.splitlines() if line.startswith("-")]
        new = [line[1:] for line in diff.splitlines() if line.startswith("+")]
        if old[0] in text:
            text = text.replace(f"{old[0]}\n", "".join(f"{line}\n" for line in new))
            for line in old[1:]:
                text = text.replace(f"{line}\n", "")
    return text


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, modules: Path) -> dict[str, str]:
    """Everything that both clients share, the generated files included."""
    base = files_of("GraphQL Code Generator")
    files = {name: changed(name, base[name]) for name in ("codegen.ts", "tsconfig.json")} | files_of(SHARED, REACT)
    assert files["codegen.ts"] != base["codegen.ts"]
    assert "react-jsx" in files["tsconfig.json"]
    folder = tmp_path_factory.mktemp("react")
    bench = lay_out(folder, files, modules)
    bench.do(commands_of(SHARED, REACT)[0], {"SCHEMA": str(ROOT / "schema.graphql")})
    return files | {f"src/gql/{path.name}": path.read_text() for path in (folder / "src" / "gql").glob("*.ts")}


@pytest.mark.parametrize("client", [URQL, APOLLO])
def test_the_files_compile_and_the_client_does_what_the_pages_do(
    client: str, generated: dict[str, str], tmp_path: Path, modules: Path, shop: Shop
) -> None:
    files = generated | files_of(client, REACT)
    files["src/client.ts"] = files["src/client.ts"].replace("http://127.0.0.1:8000", shop.url)
    files["src/check.ts"] = CHECK.replace("OPERATE", OPERATE[client])
    bench: Bench = lay_out(tmp_path, files, modules)

    bench.do(commands_of(SHARED, REACT)[1])
    told = json.loads(bench.do("node built/check.js", shop.variables))

    assert {"src/App.tsx", "src/ProfilePage.tsx", "src/SignInForm.tsx", "src/client.ts"} <= files.keys()
    assert told == {
        "refused": ["INVALID_CREDENTIALS"],
        "name": "Ines Okafor",
        "written": "AFTERNOON",
        "slot": "AFTERNOON",
        "before": 0,
        "failed": True,
        "after": 1,
    }


def test_the_versions_that_the_guide_was_tried_with_are_those_of_the_lock_file() -> None:
    pinned = json.loads((Path(__file__).parent / "package.json").read_text())["devDependencies"]
    majors = [pinned[name].partition(".")[0] for name in ("react", "urql", "@apollo/client")]

    assert re.findall(r"React (\d+), urql (\d+) and Apollo Client (\d+)", page(REACT)) == [tuple(majors)]
