"""The built explorer: everything from the gateway, nothing from elsewhere, not a word in the console."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import Request, expect

from penstock.sandbox import seeded_login
from tests.browser.conftest import RESPONSE, Watched, define_field
from tests.support.sandboxes import RunningSandbox

CUSTOMER_TOKEN = "x-moltin-customer-token"


def operations(built: Watched) -> list[Request]:
    """Every POST of the page from now on."""
    sent: list[Request] = []
    built.page.on("request", lambda asked: sent.append(asked) if asked.method == "POST" else None)
    return sent


def test_the_first_tab_asks_for_the_fields_of_this_store(built: Watched) -> None:
    built.open()

    expect(built.page.locator(".graphiql-query-editor")).to_contain_text("deliveryDetails")
    expect(built.page.locator("#version")).to_contain_text("schema ")


def test_a_customer_signs_in_and_reads_a_custom_field(built: Watched) -> None:
    built.open()
    built.sign_in()
    expect(built.page.locator("#who")).to_have_text(seeded_login.email)
    built.run()

    expect(built.page.locator(RESPONSE).first).to_contain_text("Leave at porch")


def test_the_token_lives_in_memory_alone_and_goes_with_the_sign_out(built: Watched) -> None:
    built.open()
    sent = operations(built)
    built.sign_in()
    expect(built.page.locator("#who")).to_have_text(seeded_login.email)
    built.run()
    expect(built.page.locator(RESPONSE).first).to_contain_text("Leave at porch")
    stored = built.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    token = sent[-1].headers[CUSTOMER_TOKEN]
    built.page.get_by_role("button", name="Sign out").click()
    built.run()
    expect(built.page.locator(RESPONSE).first).to_contain_text("CUSTOMER_TOKEN_MISSING")

    assert token
    assert token not in stored
    assert seeded_login.password not in stored
    assert CUSTOMER_TOKEN not in sent[-1].headers
    expect(built.page.locator("#who")).to_be_empty()


def test_a_wrong_password_is_told_and_signs_nobody_in(built: Watched) -> None:
    built.open()
    built.sign_in("not-the-password")

    expect(built.page.locator("#refused")).not_to_be_empty()
    expect(built.page.locator("#who")).to_be_empty()


def test_an_access_token_travels_as_a_bearer(built: Watched, seeded: RunningSandbox) -> None:
    built.open()
    built.page.get_by_role("button", name="Sign in").click()
    built.page.get_by_label("Access token of the store").fill(f"Bearer {seeded.staff}")
    built.page.get_by_role("button", name="Use it").click()
    built.write("{ customers(first: 1) { totalCount nodes { deliveryDetails } } }")
    built.run()

    expect(built.page.locator(RESPONSE).first).to_contain_text("totalCount")


def test_the_headers_pane_wins_over_the_session_and_is_not_stored(built: Watched) -> None:
    built.open()
    sent = operations(built)
    built.page.get_by_role("button", name="Headers").click()
    built.page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden)").click()
    built.page.keyboard.insert_text('{"X-MOLTIN-LANGUAGE": "fr", "Authorization": "Bearer planted"}')
    built.run()
    expect(built.page.locator(RESPONSE).first).to_contain_text("errors")

    stored = built.page.evaluate("JSON.stringify({...localStorage})")
    assert "Bearer planted" not in stored
    assert "MyFields" in stored
    assert sent[-1].headers["x-moltin-language"] == "fr"
    assert sent[-1].headers["authorization"] == "Bearer planted"


def test_the_calls_of_an_answer_are_below_it_and_copied_without_secrets(built: Watched) -> None:
    built.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    built.open()
    built.sign_in()
    expect(built.page.locator("#who")).to_have_text(seeded_login.email)
    built.run()
    calls = built.page.locator(".calls")
    expect(calls.locator("summary")).to_contain_text("REST calls")
    calls.locator("summary").press("Enter")
    rows = calls.get_by_role("listitem")
    expect(rows.first).to_contain_text("/v2/customers/")
    expect(rows.first).to_contain_text("200")
    rows.first.get_by_role("button").click()
    expect(rows.first.get_by_role("status")).to_have_text("Copied")
    copied = built.page.evaluate("navigator.clipboard.readText()")

    assert copied.startswith('curl "$STORE_URL"\'/v2/customers/')
    assert '-H "Authorization: Bearer $ACCESS_TOKEN"' in copied
    assert '-H "X-Moltin-Customer-Token: $CUSTOMER_TOKEN"' in copied
    expect(built.page.locator(RESPONSE).first).not_to_contain_text("extensions")


def test_a_failed_call_is_told_apart(built: Watched) -> None:
    built.open()
    built.write('{ customer(id: "11111111-2222-4333-8444-555555555555") { name } }')
    built.page.keyboard.press("Control+Enter")

    expect(built.page.locator(".calls summary")).to_contain_text("1 failed")


def test_an_answer_without_calls_says_so(built: Watched) -> None:
    built.open()
    built.write("{ schemaInfo { version } }")
    built.page.keyboard.press("Control+Enter")

    expect(built.page.locator(".calls")).to_contain_text("No REST call")


def test_in_a_narrow_window_the_answer_is_below_the_document(built: Watched) -> None:
    built.page.set_viewport_size({"width": 390, "height": 800})
    built.open()
    built.run()
    expect(built.page.locator(RESPONSE).first).to_contain_text("errors")
    document = built.page.locator(".graphiql-query-editor").bounding_box()
    answer = built.page.locator(".graphiql-response").bounding_box()

    assert document is not None
    assert answer is not None
    assert answer["y"] > document["y"] + document["height"]
    assert answer["width"] > 300
    assert built.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_docs_describe_a_custom_field(built: Watched) -> None:
    built.open()
    built.page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = built.page.locator(".graphiql-doc-explorer")
    docs.get_by_role("link", name="Customer", exact=True).click()
    docs.get_by_role("link", name="deliveryDetails", exact=True).click()

    expect(docs).to_contain_text("Where the courier leaves the parcel")


def test_a_new_field_of_the_store_is_known_after_the_next_answer(built: Watched, seeded: RunningSandbox) -> None:
    slug = f"pet_{uuid.uuid4().hex[:8]}"
    name = "pet" + slug.removeprefix("pet_").capitalize()
    built.open()
    before = built.page.locator("#version").inner_text()
    define_field(seeded, slug, "Name of the pet")
    assert built.gateway.reload() == "swapped"
    built.run()
    expect(built.page.locator("#said")).to_contain_text("schema changed")
    built.page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = built.page.locator(".graphiql-doc-explorer")
    docs.get_by_role("link", name="Customer", exact=True).click()

    expect(docs.get_by_role("link", name=name, exact=False).first).to_be_visible()
    assert built.page.locator("#version").inner_text() != before


def test_a_new_schema_is_known_at_once_without_asking_for_anything(built: Watched, seeded: RunningSandbox) -> None:
    built.open()
    before = built.page.locator("#version").inner_text()
    define_field(seeded, f"fish_{uuid.uuid4().hex[:8]}", "Name of the fish")
    with built.page.expect_response("**/schema.graphql"):
        assert built.gateway.reload() == "swapped"
    expect(built.page.locator("#said")).to_contain_text("schema changed")

    expect(built.page.locator("#version")).not_to_have_text(before)


def test_a_tab_that_nobody_looks_at_listens_to_nothing(built: Watched) -> None:
    built.open()
    hide = """isHidden => {
        const value = isHidden ? "hidden" : "visible";
        Object.defineProperty(document, "visibilityState", {value, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    with built.page.expect_event("requestfailed") as ended:
        built.page.evaluate(hide, True)
    with built.page.expect_request("**/schema/events"):
        built.page.evaluate(hide, False)

    assert ended.value.url.endswith("/schema/events")


def test_a_visitor_gets_an_access_token(built: Watched) -> None:
    built.open()
    sent = operations(built)
    built.page.get_by_role("button", name="Sign in").click()
    built.page.get_by_role("button", name="Get an access token").click()
    expect(built.page.locator("#who")).to_have_text("visitor")
    built.run()
    expect(built.page.locator(RESPONSE).first).to_contain_text("CUSTOMER_TOKEN_MISSING")
    stored = built.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")

    scheme, _, token = sent[-1].headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    assert len(token) > 20
    assert token not in stored


def test_the_button_and_the_key_read_the_schema_again(built: Watched) -> None:
    built.open()
    with built.page.expect_response("**/schema.graphql"):
        built.page.get_by_role("button", name="etch GraphQL schema").click()
    with built.page.expect_response("**/schema.graphql"):
        built.page.keyboard.press("Control+Shift+R")


def test_a_document_is_run_as_it_is_even_at_once(built: Watched) -> None:
    built.open()
    built.write("{ schemaInfo { version } }")
    built.page.keyboard.press("Control+Enter")

    expect(built.page.locator(RESPONSE).first).to_contain_text('"version"')


def test_a_document_that_cannot_run_is_told_without_noise(built: Watched) -> None:
    built.open()
    built.write("{ nothingLikeThis }")
    built.page.keyboard.press("Control+Enter")

    expect(built.page.locator(RESPONSE).first).to_contain_text("GRAPHQL_VALIDATION_FAILED")


def test_an_unknown_field_is_underlined_while_typing(built: Watched) -> None:
    built.open()
    built.write("{ schemaInfo { versoin } }")

    expect(built.page.locator(".graphiql-query-editor .squiggly-error").first).to_be_attached()


def test_the_page_is_dark_where_the_system_is_and_follows_it(built: Watched) -> None:
    built.page.emulate_media(color_scheme="dark")
    built.open()
    body, text = built.page.locator("body"), built.page.locator(".graphiql-query-editor .mtk1").first
    expect(body).to_have_css("background-color", "rgb(33, 42, 59)")
    dark = text.evaluate("element => getComputedStyle(element).color")
    built.page.emulate_media(color_scheme="light")

    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(text).not_to_have_css("color", dark)


def test_everything_can_be_reached_by_keyboard(built: Watched) -> None:
    built.open()
    opener = built.page.get_by_role("button", name="Sign in")
    opener.focus()
    built.page.keyboard.press("Enter")
    expect(built.page.get_by_role("dialog")).to_be_visible()
    built.page.keyboard.press("Escape")

    expect(built.page.get_by_role("dialog")).not_to_be_visible()
    expect(opener).to_be_focused()


def test_the_settings_dialog_keeps_to_the_policy(built: Watched) -> None:
    built.open()
    built.page.get_by_role("button", name="Open settings dialog").click()
    built.page.get_by_role("button", name="Dark").click()

    expect(built.page.locator("body")).to_have_class(re.compile("graphiql-dark"))


def test_a_module_that_does_not_come_leaves_the_small_explorer(built: Watched) -> None:
    built.page.route("**/graphql/assets/main-*.js", lambda route: route.abort())
    built.page.goto(built.gateway.page)
    expect(built.page.locator("#small")).to_be_visible()
    built.page.locator("#query").fill("{ schemaInfo { version } }")
    built.page.keyboard.press("Control+Enter")

    expect(built.page.locator("#result")).to_contain_text('"version"')
    built.complaints.clear()
