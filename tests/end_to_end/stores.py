"""What a test puts into a sandbox before it looks at the gateway.

Never here: tests.
"""

from __future__ import annotations

from tests.support.sandboxes import RunningSandbox
from tests.support.served import Served

PASSWORD = "correct horse"
LOGIN = """
mutation ($email: Email!, $password: String!) {
  customerTokenCreate(input: {password: {email: $email, password: $password}}) {
    customerToken { token customerId expiresAt } userErrors { code field }
  }
}
"""


def create_flow(store: RunningSandbox, slug: str) -> str:
    """The id of a new flow."""
    flow = {"type": "flow", "name": slug.title(), "slug": slug, "description": f"Extends {slug}", "enabled": True}
    answer = store.call("POST", "/v2/flows", flow)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def create_field(store: RunningSandbox, flow: str, slug: str, field_type: str = "string", **more: object) -> str:
    """The id of a new field of the flow with this id."""
    field = {
        "type": "field",
        "name": slug.replace("_", " ").title(),
        "slug": slug,
        "field_type": field_type,
        "description": "",
        "required": False,
        "enabled": True,
        "relationships": {"flow": {"data": {"type": "flow", "id": flow}}},
    }
    answer = store.call("POST", "/v2/fields", field | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def flow_id(store: RunningSandbox, slug: str) -> str:
    """The id of the flow with this slug."""
    flows = store.call("GET", "/v2/flows").json()["data"]
    return str(next(flow["id"] for flow in flows if flow["slug"] == slug))


def set_up_relationship(store: RunningSandbox, flow: str, slug: str, to: str, *, many: bool = False) -> str:
    """The id of a new relationship field of the flow with this slug."""
    rules = [{"type": "one-to-many" if many else "one-to-one", "to": to}]
    return create_field(store, flow_id(store, flow), slug, "relationship", validation_rules=rules)


def create_customer(store: RunningSandbox, email: str, **more: object) -> str:
    """The id of a new customer."""
    customer = {"type": "customer", "name": email.partition("@")[0].title(), "email": email, "password": PASSWORD}
    answer = store.call("POST", "/v2/customers", customer | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


async def sign_in(running: Served, email: str) -> str:
    """The token of a customer that `create_customer` made."""
    payload = (await running.ask(LOGIN, {"email": email, "password": PASSWORD}))["customerTokenCreate"]
    assert payload["userErrors"] == []
    return str(payload["customerToken"]["token"])
