"""Settings come from the environment, and say so clearly when they cannot."""

from __future__ import annotations

import pytest

from penstock.errors import OperatorError
from penstock.settings import PREFIX, Secret, Settings, table


def read(**variables: str) -> Settings:
    return Settings.from_environment({PREFIX + name: text for name, text in variables.items()})[0]


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings, warnings = Settings.from_environment({"PATH": "/bin"})

    assert settings == Settings()
    assert warnings == ()


def test_every_variable_reaches_its_attribute() -> None:
    settings = read(
        UPSTREAM_URL="https://store.example/",
        CLIENT_SECRET="s",
        PORT="0",
        UPSTREAM_RATE_LIMIT="2.5",
        EXPLORER="off",
        UPSTREAM_TRANSPORT="HTTPX",
        CORS_ORIGINS="https://a.example, http://localhost:3000",
    )

    assert settings.upstream_url == "https://store.example"
    assert settings.client_secret.reveal() == "s"
    assert settings.port == 0
    assert settings.upstream_rate_limit == 2.5
    assert settings.explorer is False
    assert settings.upstream_transport == "httpx"
    assert settings.cors_origins == ("https://a.example", "http://localhost:3000")


def test_an_empty_text_counts_as_not_set() -> None:
    assert read(PORT="", HOST="  ") == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "eighty"),
        ("PORT", "8e3"),
        ("PORT", "٨٠"),
        ("WORKERS", "0"),
        ("UPSTREAM_RATE_LIMIT", "nan"),
        ("UPSTREAM_RATE_LIMIT", "inf"),
        ("UPSTREAM_RATE_LIMIT", "-1"),
        ("UPSTREAM_CONNECT_TIMEOUT_SECONDS", "0"),
        ("EXPLORER", "maybe"),
        ("UPSTREAM_TRANSPORT", "curl"),
        ("UPSTREAM_URL", "store.example"),
        ("UPSTREAM_URL", "ftp://store.example"),
        ("UPSTREAM_URL", "https://store.example:port"),
        ("UPSTREAM_URL", "https://store.example/ä"),
        ("UPSTREAM_URL", "https://store.example/ x"),
        ("CORS_ORIGINS", "a.example"),
        ("CORS_ORIGINS", "https://a.example/path"),
    ],
)
def test_a_bad_value_is_one_sentence_with_variable_value_and_remedy(name: str, text: str) -> None:
    with pytest.raises(OperatorError) as caught:
        read(**{name: text})

    assert str(caught.value).startswith(f"PENSTOCK_{name}: {text!r} cannot be used; give ")
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pass@store.example", "https://…@store.example"),
        ("https://user:p@ss@store.example", "https://…@store.example"),
        ("https://store.example?key=1", "https://store.example?…"),
    ],
)
def test_a_bad_url_is_shown_without_what_may_be_a_secret(text: str, shown: str) -> None:
    with pytest.raises(OperatorError, match="PENSTOCK_UPSTREAM_URL") as caught:
        read(UPSTREAM_URL=text)

    assert f"'{shown}'" in str(caught.value)


def test_an_unknown_variable_is_a_warning_that_names_the_nearest() -> None:
    _, warnings = Settings.from_environment({"PENSTOCK_UPSTREAM_URI": "x", "PENSTOCK_Q": "y", "OTHER": "z"})

    assert len(warnings) == 2
    assert warnings[1].endswith("The nearest one is PENSTOCK_UPSTREAM_URL.")


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://store.example", True),
        ("http://10.0.0.1", True),
        ("http://127.0.0.1:9000", False),
        ("http://[::1]:9000", False),
        ("http://localhost", False),
        ("https://store.example", False),
    ],
)
def test_http_to_another_machine_is_a_warning(url: str, warned: bool) -> None:
    _, warnings = Settings.from_environment({"PENSTOCK_UPSTREAM_URL": url})

    assert bool(warnings) is warned


def test_the_production_profile_tells_less() -> None:
    settings = read(PROFILE="production")

    assert (settings.introspection, settings.suggestions, settings.explorer) == (False, False, False)


def test_a_setting_of_ones_own_wins_over_the_profile() -> None:
    settings = read(PROFILE="production", INTROSPECTION="on")

    assert settings.introspection
    assert not settings.explorer


def test_secrets_show_nowhere() -> None:
    settings = read(CLIENT_SECRET="planted-secret", ADMIN_TOKEN="planted-token")

    assert "planted" not in repr(settings)
    assert "planted" not in f"{settings.client_secret} {settings.client_secret!r}"


def test_a_secret_matches_itself_alone_and_an_unset_one_matches_nothing() -> None:
    assert Secret("a").matches(b"a")
    assert not Secret("a").matches(b"b")
    assert not Secret().matches(b"")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/var/lib/penstock", "/var/lib/penstock"),
        ("file:///var/lib/pen%20stock", "/var/lib/pen stock"),
        ("redis://cache.example", "redis://cache.example:6379/0"),
        ("rediss://planted:planted@cache.example:7000/3", "rediss://cache.example:7000/3"),
        ("rediss://cache.example?ca_file=/etc/ca.pem", "rediss://cache.example:6379/0"),
        ("redis://:planted@[::1]:1/0", "redis://::1:1/0"),
    ],
)
def test_the_address_of_shared_state_is_read_and_shown_without_its_password(text: str, shown: str) -> None:
    settings = read(STATE_URL=text)

    assert settings.state_url.shown == shown
    assert "Secret(" in repr(settings.state_url)
    assert "password='" not in repr(settings)


@pytest.mark.parametrize(
    "text",
    [
        "memory",
        "var/lib",
        "http://planted@cache.example",
        "redis://",
        "redis:planted",
        "redis://:planted@cache.example:0",
        "redis://:planted@cache.example:99999",
        "redis://:planted@cache.example/x",
        "redis://:planted@cache.example/0/1",
        "redis://:planted@cache.example?ca_file=/etc/ca.pem",
        "rediss://:planted@cache.example?ssl_cert_reqs=none",
        "rediss://:planted@cache.example?ca_file=",
        "redis://:planted@cache.example#x",
        "file://planted/var",
        "file:///",
        "/var/\x00planted",
    ],
)
def test_a_bad_address_of_shared_state_is_one_sentence_without_it(text: str) -> None:
    with pytest.raises(OperatorError) as caught:
        read(STATE_URL=text)

    assert str(caught.value) == (
        "PENSTOCK_STATE_URL: its value cannot be used; give a redis:// or rediss:// URL, file:///folder or /folder."
    )


@pytest.mark.parametrize("text", ["a b", "a:b", "ä", "x" * 101, "*"])
def test_a_prefix_is_a_word(text: str) -> None:
    with pytest.raises(OperatorError, match="PENSTOCK_STATE_PREFIX"):
        read(STATE_PREFIX=text)


def test_the_table_documents_every_setting_once() -> None:
    rows = table()

    assert len({row.variable for row in rows}) == len(rows)
    assert all(row.help.endswith((".", "”).")) for row in rows)
    assert {row.attribute for row in rows if row.secret} == {
        "client_secret",
        "admin_token",
        "webhook_secret",
        "state_url",
    }
    assert next(row for row in rows if row.attribute == "port").default == "8000"


@pytest.mark.parametrize(
    ("policy", "state", "warned"),
    [("apply", "", False), ("freeze", "", True), ("hold-breaking", "", True), ("freeze", "/var/lib/penstock", False)],
)
def test_a_schema_that_waits_wants_a_memory(policy: str, state: str, warned: bool) -> None:
    _, warnings = Settings.from_environment({"PENSTOCK_SCHEMA_POLICY": policy, "PENSTOCK_STATE_URL": state})

    assert bool(warnings) is warned
    assert all("PENSTOCK_STATE_URL" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("environ", "warned"),
    [
        ({"PENSTOCK_TRUSTED_DOCUMENTS": "only"}, True),
        ({"PENSTOCK_TRUSTED_DOCUMENTS": "only", "PENSTOCK_TRUSTED_DOCUMENTS_PATH": "/manifests"}, False),
        ({"PENSTOCK_TRUSTED_DOCUMENTS": "only", "PENSTOCK_STATE_URL": "redis://state"}, False),
        ({"PENSTOCK_TRUSTED_DOCUMENTS": "allow"}, False),
    ],
)
def test_where_trusted_documents_alone_are_run_there_should_be_some(environ: dict[str, str], warned: bool) -> None:
    _, warnings = Settings.from_environment(environ)

    assert any("nothing is run" in warning for warning in warnings) is warned
