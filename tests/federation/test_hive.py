"""The files of the guide compose this schema with another subgraph, and Hive Gateway asks both for its callers."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.test_commands import running
from tests.codegen.workshop import Bench, files_in, install_node_tools, lay_out
from tests.docs.reference import ROOT, page
from tests.federation.reviews import Reviews, serving_reviews
from tests.support.sandboxes import RunningSandbox

HERE = Path(__file__).parent
MOLTIN = "x-moltin-customer-token"
REVIEWS = "{ reviews { author { email deliveryDetails reviews { id } } } }"
SIGN_IN = """
mutation {
  customerTokenCreate(input: {password: {email: "graph@example.test", password: "correct horse"}}) {
    customerToken { token customerId }
  }
}
"""
pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True, slots=True)
class Graph:
    """A router in front of the gateway and of the other subgraph.

    Attributes:
        url: Where the router answers.
        shop: Where the gateway does.
        bench: Where it was composed.
        reviews: The other subgraph.
        store: The store behind the gateway.
    """

    url: str
    shop: str
    bench: Bench
    reviews: Reviews
    store: RunningSandbox

    def ask(self, query: str, **headers: str) -> dict[str, Any]:
        """What the router answers."""
        return post(self.url, query, headers)

    def reads(self) -> list[str]:
        """Ids of the customers that the store was asked for, in alphabetical order; they are forgotten."""
        told = httpx.get(f"{self.store.url}/__control/requests", timeout=10).json()["data"]
        httpx.delete(f"{self.store.url}/__control/requests", timeout=10)
        return sorted(found[1] for one in told if (found := re.fullmatch(r"/v2/customers/([^/]+)", one["path"])))


def post(url: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: dict[str, Any] = httpx.post(url, json={"query": query}, headers=given, timeout=30).json()
    return answer


@pytest.fixture(scope="module")
def graph(seeded: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """The guide, done."""
    modules = install_node_tools(tmp_path_factory.mktemp("node"), HERE)
    assert modules is not None
    files = files_in(page("federation.md")) | {"router.js": (HERE / "router.js").read_text()}
    bench = lay_out(tmp_path_factory.mktemp("graph"), files, modules)
    variables = {
        "PENSTOCK_UPSTREAM_URL": seeded.url,
        "PENSTOCK_CLIENT_ID": "sandbox",
        "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
        "PENSTOCK_FEDERATION": "true",
    }
    with (
        serving_reviews() as reviews,
        running("serve", "--port", "0", until="Penstock serves", **variables) as (_, printed),
    ):
        found = re.search(r"http://\S+:\d+", printed)
        assert found is not None, printed
        shop = f"{found[0]}/graphql"
        bench.do("node compose.js", {"SHOP_URL": shop, "REVIEWS_URL": reviews.url})
        with subprocess.Popen(["node", "router.js"], cwd=bench.folder, stdout=subprocess.PIPE, text=True) as router:
            try:
                assert router.stdout is not None
                port = int(router.stdout.readline())
                yield Graph(f"http://127.0.0.1:{port}/graphql", shop, bench, reviews, seeded)
            finally:
                router.kill()


@pytest.fixture
def customers(graph: Graph) -> list[dict[str, Any]]:
    """Some customers of the store, and nothing that was noted before."""
    listed: list[dict[str, Any]] = graph.store.call("GET", "/v2/customers").json()["data"]
    graph.reads()
    graph.reviews.headers.clear()
    return listed[:3]


def test_a_customer_whom_another_subgraph_knows_by_id_is_read_here(
    graph: Graph, customers: list[dict[str, Any]]
) -> None:
    one, other, _ = customers
    graph.reviews.authors = [one["id"], other["id"], "gone", one["id"]]

    answer = graph.ask(REVIEWS, authorization=f"Bearer {graph.store.staff}")

    shown = [review["author"] for review in answer["data"]["reviews"]]
    expected = [
        {"email": row["email"], "deliveryDetails": row["delivery_details"], "reviews": [{"id": f"by-{row['id']}"}]}
        for row in (one, other)
    ]
    assert "errors" not in answer
    assert shown == [*expected, {"email": None, "deliveryDetails": None, "reviews": [{"id": "by-gone"}]}, expected[0]]
    assert graph.reads() == sorted([one["id"], other["id"], "gone"])


def test_another_subgraph_adds_to_the_customers_that_are_listed_here(
    graph: Graph, customers: list[dict[str, Any]]
) -> None:
    query = "{ customers(first: 3) { nodes { name reviews { text } } pageInfo { hasNextPage } } }"

    answer = graph.ask(query, authorization=f"Bearer {graph.store.staff}")

    assert "errors" not in answer
    nodes = answer["data"]["customers"]["nodes"]
    assert len(nodes) == len(customers)
    assert all(node["name"] and node["reviews"][0]["text"].startswith("Fine") for node in nodes)
    assert not [name for one in graph.reviews.headers for name in one if name in {"authorization", MOLTIN}]


def test_the_customer_token_travels_and_shows_no_more_than_upstream_would(
    graph: Graph, customers: list[dict[str, Any]]
) -> None:
    login = {"email": "graph@example.test", "password": "correct horse"}
    graph.store.call("POST", "/v2/customers", {"type": "customer", "name": "Ines", **login})
    signed_in = post(graph.url, SIGN_IN, {})["data"]["customerTokenCreate"]["customerToken"]
    headers = {"authorization": f"Bearer {graph.store.shopper}", MOLTIN: signed_in["token"]}
    graph.reviews.authors = [signed_in["customerId"], customers[0]["id"]]

    me = graph.ask("{ me { name reviews { id } } }", **headers)
    answer = graph.ask("{ reviews { author { id name } } }", **headers)

    assert me == {"data": {"me": {"name": "Ines", "reviews": [{"id": f"by-{signed_in['customerId']}"}]}}}
    own, foreign = (review["author"] for review in answer["data"]["reviews"])
    assert own == {"id": signed_in["customerId"], "name": "Ines"}
    assert foreign == {"id": customers[0]["id"], "name": None}
    assert {one["extensions"]["code"] for one in answer["errors"]} == {"FORBIDDEN"}
    assert {tuple(one["path"][:3]) for one in answer["errors"]} == {("reviews", 1, "author")}


def test_the_schema_of_other_clients_is_what_it_is_without_federation(graph: Graph) -> None:
    text = httpx.get(graph.shop.replace("/graphql", "/schema.graphql"), timeout=10).text

    assert text == (ROOT / "schema.graphql").read_text(encoding="utf-8")


def test_a_subgraph_that_contradicts_this_one_is_not_composed(graph: Graph, tmp_path: Path) -> None:
    files = files_in(page("federation.md"))
    files["reviews.graphql"] = files["reviews.graphql"].replace("id: ID!\n  reviews", "id: ID!\n  name: Int\n  reviews")
    bench = lay_out(tmp_path, files, graph.bench.folder / "node_modules")

    done = bench.run("node compose.js", {"SHOP_URL": graph.shop, "REVIEWS_URL": graph.reviews.url})

    assert done.returncode != 0
    assert "Customer.name" in done.stderr
