"""`penstock doctor` names what is wrong, says what to do about it, and shows no secret."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme

from penstock.cli import main
from penstock.cli.arguments import Arguments
from penstock.cli.doctor import look_over
from penstock.cli.keeping import lock as pin_names
from penstock.settings import Settings
from tests.cli.test_commands import free_port, run, running
from tests.support.plain_store import TOKEN, Answer, data, plain_store
from tests.support.redis_servers import RunningRedis, redis
from tests.support.sandboxes import RunningSandbox
from tests.support.stores import field_json, flow_json

CHECKS = ["settings", "state", "files", "upstream", "credentials", "flows", "names", "documents", "port"]
GOOD = {name: "warning" if name == "flows" else "ok" for name in CHECKS}
"""The seeded store has a field that cannot be used as it is."""
PAGE = Answer(200, b"<html>Welcome</html>", "text/html")
REFUSED = Answer(401, b'{"errors": [{"title": "Unable to validate access token", "status": 401}]}')


class Told(NamedTuple):
    """What it printed, by check, and what it exited with."""

    code: int
    checks: dict[str, dict[str, Any]]
    text: str

    def failed(self) -> list[str]:
        return [name for name, check in self.checks.items() if check["status"] == "failed"]

    def status(self, name: str) -> str:
        return str(self.checks[name]["status"])

    def words(self, name: str) -> str:
        check = self.checks[name]
        return " ".join([check["summary"], *check["details"], check["remedy"]])


Ask = Any


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Looks over an environment, given without prefix, in this process."""

    def look(**variables: str) -> Told:
        environ = {f"PENSTOCK_{name}": text for name, text in {"PORT": "0", **variables}.items()}
        arguments = Arguments()
        arguments.format = "json"
        capsys.readouterr()
        code = look_over(arguments, environ)
        printed = capsys.readouterr().out
        found = json.loads(printed)
        assert found["ok"] is (code == 0)
        checks = {check["check"]: check for check in found["checks"]}
        assert list(checks) == CHECKS
        assert all(check["remedy"] for check in checks.values() if check["status"] in ("failed", "warning"))
        return Told(code, checks, printed)

    return look


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    with redis(tmp_path_factory.mktemp("doctor")) as running:
        yield running


def store(**answers: Answer) -> dict[str, Answer]:
    """A store without flows, but for what is said of it."""
    return {"GET /v2/flows": data([]), "/oauth/access_token": TOKEN, **answers}


def test_a_good_store_is_all_ok_and_nothing_is_written_to_it(ask: Ask, seeded: RunningSandbox) -> None:
    before = seeded.call("GET", "/v2/flows").json()
    told = ask(UPSTREAM_URL=seeded.url, CLIENT_ID="sandbox", CLIENT_SECRET="sandbox-secret")

    assert told.code == 0
    assert {name: check["status"] for name, check in told.checks.items()} == GOOD
    assert "usable field" in told.words("flows")
    assert "HTTP" in told.words("upstream")
    assert "sandbox-secret" not in told.text
    assert seeded.call("GET", "/v2/flows").json() == before


def test_it_calls_the_store_with_reads_and_for_tokens_alone(ask: Ask) -> None:
    with plain_store(store(), data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c", CLIENT_SECRET="planted-secret")

    assert told.code == 0
    assert {call for call in there.calls if not call.startswith("GET ")} == {"POST /oauth/access_token"}
    assert "planted" not in told.text


def test_a_client_id_alone_gets_an_implicit_token(ask: Ask, seeded: RunningSandbox) -> None:
    told = ask(UPSTREAM_URL=seeded.url, CLIENT_ID="sandbox")

    assert told.code == 0
    assert "implicit" in told.words("credentials")


def test_a_wrong_secret_is_told_from_a_wrong_client_id(ask: Ask, seeded: RunningSandbox) -> None:
    secret = ask(UPSTREAM_URL=seeded.url, CLIENT_ID="sandbox", CLIENT_SECRET="planted-secret")
    both = ask(UPSTREAM_URL=seeded.url, CLIENT_ID="nobody", CLIENT_SECRET="planted-secret")
    alone = ask(UPSTREAM_URL=seeded.url, CLIENT_ID="nobody")

    assert [one.failed() for one in (secret, both, alone)] == [["credentials"]] * 3
    assert secret.checks["credentials"]["remedy"].startswith("Correct PENSTOCK_CLIENT_SECRET")
    assert both.checks["credentials"]["remedy"].startswith("Correct PENSTOCK_CLIENT_ID")
    assert alone.checks["credentials"]["remedy"].startswith("Correct PENSTOCK_CLIENT_ID")
    assert "planted" not in secret.text + both.text


def test_a_store_that_gives_no_tokens_now_says_nothing_about_the_credentials(ask: Ask) -> None:
    answers = store() | {"/oauth/access_token": Answer(503, b"")}
    with plain_store(answers, data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c", CLIENT_SECRET="s")

    assert told.failed() == ["credentials"]
    assert "Nothing is known about the credentials" in told.words("credentials")
    assert told.status("flows") == "skipped"


def test_a_store_that_cannot_be_reached_is_named_by_the_step_that_failed(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    refused = ask(UPSTREAM_URL=f"http://127.0.0.1:{port}", CLIENT_ID="c")
    unknown = ask(UPSTREAM_URL="https://nowhere.invalid", CLIENT_ID="c")

    assert refused.checks["upstream"]["summary"].startswith(f"TCP: nothing listens on port {port}")
    assert unknown.checks["upstream"]["summary"].startswith("DNS: ")
    for told in (refused, unknown):
        assert told.failed() == ["upstream"]
        assert [told.status(name) for name in ("credentials", "flows", "names", "documents")] == ["skipped"] * 4


def test_a_port_that_takes_no_connection_is_no_refusal(ask: Ask) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        told = ask(UPSTREAM_URL=url, CLIENT_ID="c", UPSTREAM_CONNECT_TIMEOUT_SECONDS="0.2")
        for one in waiting:
            one.close()

    assert "does not take a connection in 0.2 s" in told.words("upstream")


def test_a_certificate_for_another_name_is_told_as_that(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    wrong, right = (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for _ in range(2))
    authority.issue_cert("elsewhere.example").configure_cert(wrong)
    authority.issue_cert("localhost").configure_cert(right)
    told = []
    for context in (wrong, right):
        with plain_store(store(), data(None), context) as there:
            told.append(ask(UPSTREAM_URL=f"https://localhost:{there.port}", CLIENT_ID="c"))

    refused, taken = told
    assert refused.failed() == ["upstream"]
    assert refused.checks["upstream"]["summary"].startswith(
        "TLS: the certificate of localhost is refused: Hostname mis"
    )
    assert (taken.code, taken.status("upstream")) == (0, "ok")


def test_a_port_without_tls_is_told_as_that(ask: Ask) -> None:
    with plain_store(store(), data(None)) as there:
        told = ask(UPSTREAM_URL=there.url.replace("http:", "https:"), CLIENT_ID="c")

    assert told.checks["upstream"]["summary"].startswith("TLS: 127.0.0.1 speaks no TLS")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PAGE, "is answered 200 with 'text/html'"),
        (Answer(404, b"{}"), "is answered 404"),
        (Answer(302, b"", headers={"location": "https://other.example"}), "by a redirect (302)"),
        (Answer(503, b"<html>", "text/html"), "the store answers 503"),
    ],
)
def test_what_is_no_store_is_told_before_it_gets_a_credential(ask: Ask, answer: Answer, words: str) -> None:
    with plain_store({}, answer) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c", CLIENT_SECRET="s")

    assert told.failed() == ["upstream"]
    assert words in told.words("upstream")
    assert {call for call in there.calls if "oauth" in call} == set()


def test_a_clock_that_is_wrong_is_a_warning(ask: Ask) -> None:
    late = data([])._replace(headers={"date": "Mon, 01 Jan 2001 00:00:00 GMT"})
    with plain_store({**store(), "GET /v2/flows": late}, data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c")

    assert (told.code, told.status("upstream")) == (0, "warning")
    assert "behind this machine's" in told.words("upstream")


def test_a_quarantined_field_is_a_warning_with_its_reason(ask: Ask) -> None:
    fields = [field_json("delivery_details"), field_json("shape", "hologram")]
    answers = store(**{"GET /v2/flows": data([flow_json("customers")]), "/v2/flows/customers/fields": data(fields)})
    with plain_store(answers, data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c")

    assert (told.code, told.status("flows")) == (0, "warning")
    assert "1 usable field; problems: 1 set aside" in told.words("flows")
    assert "customers.shape: " in told.words("flows")
    assert "hologram" in told.words("flows")


def test_a_store_without_the_flows_of_customers_is_normal(ask: Ask) -> None:
    with plain_store(store(), data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c")

    assert told.status("flows") == "ok"
    assert "There is no flow addresses, " in told.words("flows")
    assert "this is normal" in told.words("flows")


def test_a_token_that_may_not_read_flows_asks_for_the_secret(ask: Ask) -> None:
    with plain_store(store(**{"GET /v2/flows": Answer(403, REFUSED.body)}), data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c")

    assert told.failed() == ["flows"]
    assert told.checks["flows"]["remedy"].startswith("Give the client secret")


def test_names_that_are_not_those_of_the_lock_are_a_warning(ask: Ask, tmp_path: Path) -> None:
    lock = tmp_path / "schema.lock.json"
    renamed = field_json("delivery_note", id=field_json("delivery_details")["id"])
    told = []
    for field in (field_json("delivery_details"), renamed):
        answers = store(
            **{"GET /v2/flows": data([flow_json("customers")]), "/v2/flows/customers/fields": data([field])}
        )
        with plain_store(answers, data(None)) as there:
            variables = {"UPSTREAM_URL": there.url, "CLIENT_ID": "c", "SCHEMA_LOCK": str(lock)}
            if not lock.exists():
                pin_names(Arguments(), Settings(upstream_url=there.url, client_id="c", schema_lock=str(lock)))
            told.append(ask(**variables))

    assert [one.status("names") for one in told] == ["ok", "warning"]
    assert "delivery_details and has delivery_note" in told[1].words("names")
    assert "`penstock schema lock`" in told[1].checks["names"]["remedy"]


def test_files_that_are_named_and_not_there_are_told_all_at_once(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    told = ask(
        SCHEMA_LOCK=str(tmp_path / "none.json"),
        DEFINITIONS=str(tmp_path / "broken.json"),
        TRUSTED_DOCUMENTS_PATH=str(tmp_path / "nowhere"),
    )

    assert told.status("files") == "failed"
    assert [word in told.words("files") for word in ("SCHEMA_LOCK", "broken.json", "TRUSTED_DOCUMENTS_PATH")] == [
        True
    ] * 3


def test_a_trusted_document_that_cannot_be_run_is_a_warning(ask: Ask, tmp_path: Path) -> None:
    manifest = {"a": "query Good { me { id } }", "b": "query Bad { me { nowhere } }"}
    (tmp_path / "shop.json").write_text(json.dumps(manifest))
    with plain_store(store(), data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c", TRUSTED_DOCUMENTS_PATH=str(tmp_path))

    assert (told.code, told.status("documents")) == (0, "warning")
    assert "1 trusted document can be run" in told.words("documents")
    assert "nowhere" in told.words("documents")


def test_every_setting_that_cannot_be_used_is_named_at_once(ask: Ask) -> None:
    told = ask(
        UPSTREAM_URL="https://store.example?key=planted",
        WORKERS="0",
        MAX_DEPTH="deep",
        STATE_URL="redis://:planted@",
        PORTT="1",
    )

    details = told.checks["settings"]["details"]
    assert told.failed() == ["settings"]
    assert [line.split()[0].rstrip(":") for line in details] == [
        "PENSTOCK_UPSTREAM_URL",
        "PENSTOCK_CLIENT_ID",
        "PENSTOCK_WORKERS",
        "PENSTOCK_MAX_DEPTH",
        "PENSTOCK_STATE_URL",
        "PENSTOCK_PORTT",
    ]
    assert told.status("state") == "skipped"
    assert "planted" not in told.text


def test_a_redis_that_works_is_ok_and_left_as_it_was(ask: Ask, server: RunningRedis) -> None:
    with plain_store(store(), data(None)) as there:
        told = ask(UPSTREAM_URL=there.url, CLIENT_ID="c", STATE_URL=server.url)

    assert (told.code, told.status("state")) == (0, "ok")
    assert [key for key in server.keys(0) if b"trial" in key] == []


def test_a_redis_that_is_down_or_refuses_is_named(ask: Ask, server: RunningRedis, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    down = ask(STATE_URL=f"redis://:planted@127.0.0.1:{port}/0")
    refused = ask(STATE_URL=f"redis://user:planted@127.0.0.1:{server.port}/0")

    assert down.status("state") == refused.status("state") == "failed"
    assert f"redis://127.0.0.1:{port}/0" in down.words("state")
    assert "refuses the user or the password" in refused.words("state")
    assert "planted" not in down.text + refused.text


def test_a_redis_that_can_only_be_read_is_named(ask: Ask, tmp_path: Path) -> None:
    with redis(tmp_path, "--replicaof", "127.0.0.1 1") as replica:
        told = ask(STATE_URL=replica.url)

    assert told.status("state") == "failed"
    assert "refuses a command" in told.words("state")


def test_a_folder_that_works_is_ok_and_one_that_cannot_be_written_is_not(ask: Ask, tmp_path: Path) -> None:
    good = ask(STATE_URL=str(tmp_path / "state"))
    bad = ask(STATE_URL="/sys/penstock")

    assert (good.status("state"), bad.status("state")) == ("ok", "failed")
    assert "/sys/penstock" in bad.words("state")
    records = [path for path in (tmp_path / "state").rglob("*") if path.is_file() and path.parent.name != "locks"]
    assert [path for path in records if "trial" in path.name] == []


def test_a_port_that_is_taken_is_named(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = ask(PORT=str(taken.getsockname()[1]))

    assert "port" in told.failed()
    assert "is taken" in told.words("port")


def test_a_gateway_that_runs_already_is_no_failure(ask: Ask, seeded: RunningSandbox) -> None:
    port = str(free_port())
    store = {"PENSTOCK_UPSTREAM_URL": seeded.url, "PENSTOCK_CLIENT_ID": "sandbox", "PENSTOCK_PORT": port}
    with running("serve", until="Penstock serves", **store):
        told = ask(UPSTREAM_URL=seeded.url, CLIENT_ID="sandbox", PORT=port)

    assert (told.code, told.status("port")) == (0, "warning")
    assert "a gateway answers at port" in told.words("port")


def test_the_command_prints_a_line_a_check_and_exits_by_what_it_found(seeded: RunningSandbox) -> None:
    given = {"PENSTOCK_UPSTREAM_URL": seeded.url, "PENSTOCK_CLIENT_ID": "sandbox", "PENSTOCK_PORT": "0"}
    bad = run("doctor", **given, PENSTOCK_CLIENT_SECRET="planted", PENSTOCK_WORKERS="none")

    assert bad.returncode == 1
    assert [line.split()[:2] for line in bad.stdout.splitlines() if not line.startswith(" ")] == [
        ["failed", "settings"],
        ["ok", "state"],
        ["ok", "files"],
        ["ok", "upstream"],
        ["failed", "credentials"],
        *[["skipped", name] for name in ("flows", "names", "documents")],
        ["ok", "port"],
    ]
    assert "→ Correct PENSTOCK_CLIENT_SECRET" in bad.stdout
    assert "planted" not in bad.stdout + bad.stderr


def test_a_wrong_option_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--format", "yaml"])

    assert ended.value.code == 2
