"""The built explorer where something is wrong: no schema yet, hostile texts, a gateway that is gone."""

from __future__ import annotations

import uuid

import httpx
from playwright.sync_api import Browser, expect

from tests.browser.conftest import RESPONSE, Watched, define_field
from tests.browser.serving import RunningGateway, gateway_in_thread
from tests.support.sandboxes import RunningSandbox


def test_a_page_opened_before_the_first_schema_goes_on_by_itself(
    browser: Browser,
    built_gateway: RunningGateway,
    seeded: RunningSandbox,
) -> None:
    faults = f"{seeded.url}/__control/faults"
    httpx.post(faults, json={"fault": "server_error", "path": "^/v2/flows"}).raise_for_status()
    try:
        with gateway_in_thread(seeded.url) as young:
            watched = Watched(browser.new_page(), young)
            watched.watch()
            watched.page.goto(young.page)
            expect(watched.page.locator("#explorer")).to_contain_text("No schema yet")
            httpx.delete(faults).raise_for_status()
            young.reload()

            expect(watched.page.locator(".graphiql-query-editor")).to_contain_text("deliveryDetails")
            watched.page.close()
    finally:
        httpx.delete(faults)
    assert watched.complaints == []
    assert watched.gateway.url != built_gateway.url


def test_a_picture_in_a_description_is_not_asked_for(built: Watched, seeded: RunningSandbox) -> None:
    slug = f"trap_{uuid.uuid4().hex[:8]}"
    name = "trap" + slug.removeprefix("trap_").capitalize()
    define_field(seeded, slug, '![pixel](https://elsewhere.test/p) <img src="https://elsewhere.test/i"> """ the end')
    assert built.gateway.reload() == "swapped"
    built.open()
    built.page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = built.page.locator(".graphiql-doc-explorer")
    docs.get_by_role("link", name="Customer", exact=True).click()
    docs.get_by_role("link", name=name, exact=True).click()

    expect(docs).to_contain_text("![pixel]")
    expect(docs).to_contain_text("the end")
    expect(docs.locator("img")).to_have_count(0)


def test_a_text_that_no_header_can_carry_is_refused_at_once(built: Watched) -> None:
    built.open()
    built.page.get_by_role("button", name="Sign in").click()
    built.page.get_by_label("Access token of the store").fill("not a \N{EURO SIGN} token")
    built.page.get_by_role("button", name="Use it").click()

    expect(built.page.locator("#staff-refused")).to_contain_text("This is no token")
    expect(built.page.locator("#who")).to_be_empty()


def test_a_gateway_that_does_not_answer_is_told_in_words(built: Watched) -> None:
    built.open()
    built.page.route("**/graphql", lambda route: route.abort())
    built.run()

    expect(built.page.locator(RESPONSE).first).to_contain_text("The gateway cannot be reached.")
    expect(built.page.locator(RESPONSE).first).not_to_contain_text("stack")
    built.complaints.clear()


def test_a_sign_in_that_has_ended_is_told_and_taken_back(built: Watched, seeded: RunningSandbox) -> None:
    built.page.set_viewport_size({"width": 390, "height": 800})
    built.open()
    built.sign_in()
    expect(built.page.locator("#who")).not_to_be_empty()
    faults = f"{seeded.url}/__control/faults"
    httpx.post(faults, json={"fault": "expired_customer_token"}).raise_for_status()
    try:
        built.run()
        expect(built.page.locator("#said")).to_contain_text("sign-in has ended")
    finally:
        httpx.delete(faults)

    expect(built.page.locator("#said")).to_be_visible()
    expect(built.page.locator("#who")).to_be_empty()
    expect(built.page.get_by_role("button", name="Sign in")).to_be_visible()
