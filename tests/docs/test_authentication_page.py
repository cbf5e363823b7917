"""Who may do what, as `docs/authentication.md` says it, is what the sandbox's store allows."""

from __future__ import annotations

from tests.docs.reference import page
from tests.docs.test_examples import sign_in
from tests.packaging.commands import Dev

IDS = {"INES": "a072d597-eac3-59b6-bffa-c978bbfa77a8", "DUE": "71e13faa-50a8-5aab-890a-d31f9a2a0e78"}
# Row → an operation of it; ASKER is another word for each who asks.
OPERATIONS = {
    "`me`": "{ me { name addresses { id } } }",
    "`customer(id)`": '{ customer(id: "INES") { name } }',
    "`customers`": "{ customers(first: 1) { nodes { id } } }",
    "`order(id)`": "{ orders(first: 1) { nodes { id } } }",
    "`cart(id)`": 'mutation { cartUpdate(id: "known-to-all", input: {name: "C"}) { userErrors { code } } }',
    "`wishlists`": "{ wishlists(first: 1) { nodes { title } } }",
    "`wishlistCreate`": 'mutation { wishlistCreate(input: {title: "T"}) { userErrors { code } } }',
    "`customerTokenCreate`": "mutation { accessTokenCreate { userErrors { code } } }",
    "`customerCreate`": """mutation {
        customerCreate(input: {name: "N", email: "ASKER@example.test"}) { userErrors { code } }
    }""",
    "`customerUpdate`": 'mutation { customerUpdate(id: "INES", input: {loyaltyPoints: 1}) { userErrors { code } } }',
    "`orderUpdate`": 'mutation { orderUpdate(id: "DUE", input: {externalRef: "r"}) { userErrors { code } } }',
    "`orderPay` otherwise": """mutation {
        orderPay(id: "DUE", input: {gateway: MANUAL, method: AUTHORIZE, amountInMinorUnits: 1}) { userErrors { code } }
    }""",
    "`orderPay` with": """mutation {
        orderPay(id: "DUE", input: {gateway: MANUAL, method: PURCHASE, amountInMinorUnits: 1}) { userErrors { code } }
    }""",
    "`flowCreate`": """mutation {
        flowCreate(input: {name: "N", slug: "ASKER", description: "D", enabled: true}) { userErrors { code } }
    }""",
}
REFUSED = {"FORBIDDEN", "CUSTOMER_TOKEN_MISSING"}


def rows() -> dict[str, list[str]]:
    """What is done → what the page says of visitors, customers and staff."""
    table = page("authentication.md").partition("## Who may do what")[2].partition("\nThe store decides")[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| `")]
    return {row[0]: row[1:] for row in cells}


def codes_in(answer: object) -> set[str]:
    """Every `code` of an answer, of errors and of user errors."""
    if isinstance(answer, dict):
        own = {answer["code"]} if isinstance(answer.get("code"), str) else set()
        return own.union(*map(codes_in, answer.values()))
    return set().union(*map(codes_in, answer)) if isinstance(answer, list) else set()


def test_who_may_do_what_is_so(dev: Dev) -> None:
    askers = ({}, {"X-Moltin-Customer-Token": sign_in(dev)}, {"Authorization": dev.authorization})
    told = {}

    for row, cells in rows().items():
        start = max((start for start in OPERATIONS if row.startswith(start)), key=len)
        for who, headers in enumerate(askers):
            document = OPERATIONS[start].replace("ASKER", f"asker{who}")
            for name, text in IDS.items():
                document = document.replace(name, text)
            codes = codes_in(dev.ask(document, headers))
            says = cells[who - 1] if cells[who] == "the same" else cells[who]
            assert not codes - REFUSED, f"{document}: {codes}"
            told[row, who] = (bool(codes), says.startswith("no"))

    assert [place for place, (is_refused, is_said_so) in told.items() if is_refused != is_said_so] == []
    assert len(told) == 3 * len(OPERATIONS)
