"""Which document a request means, in every mode; and that nothing wrong gets among the automatic ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

import pytest

from penstock.errors import StateError
from penstock.operations.request import OperationRequest
from penstock.operations.stored import AutomaticDocuments, Rules, StoredDocuments, read_manifest, trust
from penstock.operations.stored.documents import Mode
from penstock.operations.stored.trusted import digest_of
from penstock.state import MemoryState
from tests.support.gateway import Answer, Gateway, credentials_of, gateway
from tests.support.scripted import ScriptedUpstream
from tests.support.stores import generation_of

STORE = generation_of()
TRUSTED = 'query Trusted { fieldDefinitions(flow: "customers") { slug } }'
OTHER = "{ schemaInfo { version } }"
MANIFEST = json.dumps({"t1": TRUSTED}).encode()


def stored(mode: Mode, automatic: AutomaticDocuments | None = None, *, get: bool = False) -> StoredDocuments:
    made = StoredDocuments(Rules(mode, get_trusted_only=get), automatic)
    made.trusted = trust([read_manifest("web.json", MANIFEST)])
    return made


class Asking:
    """A gateway that is asked in every way a request can name its document."""

    def __init__(self, running: Gateway) -> None:
        self._running = running

    async def __call__(
        self, text: str = "", *, document_id: str = "", digest: str = "", get: bool = False, name: str | None = None
    ) -> Answer:
        request = OperationRequest(text, name, None, "request-1", not get, "", document_id, digest)
        return Answer(await self._running.runner.run(self._running.generation, request, credentials_of()))


@asynccontextmanager
async def asking(upstream: ScriptedUpstream, documents: StoredDocuments) -> AsyncIterator[Asking]:
    async with gateway(upstream.url, STORE, stored=documents) as running:
        yield Asking(running)


@pytest.mark.parametrize(
    ("mode", "by_text", "by_trusted_text", "by_id", "by_digest"),
    [
        ("off", "", "", "DOCUMENT_NOT_FOUND", "DOCUMENT_NOT_FOUND"),
        ("allow", "", "", "", ""),
        ("only", "FORBIDDEN", "", "", ""),
    ],
)
async def test_each_mode_runs_what_it_says(
    upstream: ScriptedUpstream, mode: Mode, by_text: str, by_trusted_text: str, by_id: str, by_digest: str
) -> None:
    async with asking(upstream, stored(mode)) as ask:
        answers = [
            await ask(OTHER),
            await ask(TRUSTED),
            await ask(document_id="t1"),
            await ask(digest=digest_of(TRUSTED)),
        ]

    assert ["".join(answer.codes) for answer in answers] == [by_text, by_trusted_text, by_id, by_digest]
    assert all("data" not in answer.body for answer in answers if answer.codes)


@pytest.mark.parametrize("mode", ["off", "allow", "only"])
@pytest.mark.parametrize("identity", ["nope", "sha256:" + "0" * 64, "../../etc/passwd", "T1", "t1 "])
async def test_an_unknown_id_is_not_found(upstream: ScriptedUpstream, mode: Mode, identity: str) -> None:
    async with asking(upstream, stored(mode)) as ask:
        answer = await ask(document_id=identity)

    assert answer.codes == ["DOCUMENT_NOT_FOUND"]
    assert identity not in answer.errors[0]["message"]


async def test_a_digest_is_as_good_an_id(upstream: ScriptedUpstream) -> None:
    async with asking(upstream, stored("only")) as ask:
        answer = await ask(document_id=f"sha256:{digest_of(TRUSTED)}")

    assert answer.data
    assert answer.result.is_trusted


async def test_a_client_that_brings_a_document_may_ask_by_its_digest(upstream: ScriptedUpstream) -> None:
    async with asking(upstream, stored("allow", AutomaticDocuments(100_000))) as ask:
        first = await ask(digest=digest_of(OTHER))
        brought = await ask(OTHER, digest=digest_of(OTHER))
        second = await ask(digest=digest_of(OTHER))

    assert (first.codes, first.errors[0]["message"]) == (["DOCUMENT_NOT_FOUND"], "PersistedQueryNotFound")
    assert brought.data == second.data
    assert not second.result.is_trusted


@pytest.mark.parametrize("mode", ["off", "only"])
async def test_where_clients_may_bring_nothing_they_are_told(upstream: ScriptedUpstream, mode: Mode) -> None:
    automatic = AutomaticDocuments(100_000)
    async with asking(upstream, stored(mode, automatic)) as ask:
        brought = await ask(TRUSTED, digest=digest_of(TRUSTED))
        asked = await ask(digest=digest_of(OTHER))

    assert brought.data
    assert asked.errors[0]["message"] in ("PersistedQueryNotFound", "PersistedQueryNotSupported")
    assert len(automatic) == 0


async def test_a_document_under_the_digest_of_another_is_refused_and_not_kept(upstream: ScriptedUpstream) -> None:
    automatic = AutomaticDocuments(100_000)
    async with asking(upstream, stored("allow", automatic)) as ask:
        poison = await ask("{ customers { nodes { id } } }", digest=digest_of(OTHER))
        asked = await ask(digest=digest_of(OTHER))

    assert poison.codes == ["BAD_REQUEST"]
    assert asked.errors[0]["message"] == "PersistedQueryNotFound"
    assert len(automatic) == 0
    assert upstream.calls == []


@pytest.mark.parametrize("text", ["{ nope }", "{", "{ me { " + "id " * 40 + "} }", "x" * 200_000])
async def test_a_document_that_cannot_be_run_is_not_kept(upstream: ScriptedUpstream, text: str) -> None:
    automatic = AutomaticDocuments(10_000_000)
    async with asking(upstream, stored("allow", automatic)) as ask:
        await ask(text, digest=digest_of(text))

    assert len(automatic) == 0


async def test_a_mutation_by_get_is_neither_run_nor_kept(upstream: ScriptedUpstream) -> None:
    text = 'mutation { customerDelete(id: "c1") { deletedCustomerId } }'
    automatic = AutomaticDocuments(100_000)
    async with asking(upstream, stored("allow", automatic)) as ask:
        answer = await ask(text, digest=digest_of(text), get=True)

    assert answer.result.outcome == "method"
    assert len(automatic) == 0
    assert upstream.calls == []


async def test_a_get_may_be_bound_to_trusted_documents(upstream: ScriptedUpstream) -> None:
    async with asking(upstream, stored("allow", AutomaticDocuments(100_000), get=True)) as ask:
        by_get = await ask(OTHER, get=True)
        by_post = await ask(OTHER, digest=digest_of(OTHER))
        automatic = await ask(digest=digest_of(OTHER), get=True)
        trusted = [await ask(TRUSTED, get=True), await ask(document_id="t1", get=True)]

    assert (by_get.result.outcome, automatic.result.outcome) == ("method", "method")
    assert by_post.data
    assert all(answer.data for answer in trusted)


async def test_every_operation_of_a_trusted_document_is_prepared_beforehand(upstream: ScriptedUpstream) -> None:
    several = 'query A { schemaInfo { version } } query B { fieldDefinitions(flow: "customers") { slug } }'
    documents = StoredDocuments(Rules("only"))
    documents.trusted = trust([read_manifest("m.json", json.dumps({"t1": TRUSTED, "s": several}).encode())])
    async with gateway(upstream.url, STORE, stored=documents) as running:
        refused = running.runner.hold(running.generation, documents.trusted.texts)
        ask = Asking(running)
        answers = [await ask(document_id="t1"), await ask(document_id="t1", name="Trusted")]
        answers += [await ask(document_id="s", name=name) for name in ("A", "B")]
        unnamed = await ask(document_id="s")

    assert refused == {}
    assert all(answer.data for answer in answers)
    assert unnamed.codes == ["BAD_REQUEST"]
    assert running.runner.lookups.misses == 1


async def test_a_trusted_document_that_no_longer_fits_is_told_and_the_others_serve(upstream: ScriptedUpstream) -> None:
    async with gateway(upstream.url, STORE) as running:
        refused = running.runner.hold(running.generation, ["{ nope }", "{", OTHER])
        again = running.runner.hold(running.generation, [OTHER])
        answer = await running.run(OTHER)

    assert set(refused) == {"{ nope }", "{"}
    assert again == {}
    assert answer.data


async def test_no_more_is_kept_than_allowed_and_the_least_used_goes_first() -> None:
    automatic = AutomaticDocuments(1_600)
    texts = [f"{{ a{number} }}".ljust(100) for number in range(20)]
    for text in texts:
        await automatic.keep(digest_of(text), text)
        await automatic.find(digest_of(texts[0]))

    kept = [text for text in texts if await automatic.find(digest_of(text))]

    assert len(automatic) == 16
    assert kept == [texts[0], *texts[5:]]


async def test_a_document_that_would_push_out_the_rest_is_not_kept() -> None:
    automatic = AutomaticDocuments(1_600)

    await automatic.keep("d", "x" * 101)

    assert len(automatic) == 0


class SharedState(MemoryState):
    """What several processes share, with all of it on this one's heap."""

    is_shared = True


async def test_replicas_share_what_clients_brought() -> None:
    ticks = count()
    state = SharedState(lambda: float(next(ticks)))
    here, there = AutomaticDocuments(100_000, state), AutomaticDocuments(100_000, state)
    await here.keep(digest_of(OTHER), OTHER)

    assert await there.find(digest_of(OTHER)) == OTHER
    assert len(there) == 1


async def test_a_flood_of_valid_documents_fills_neither_this_process_nor_what_replicas_share() -> None:
    now = 0.0
    state = SharedState(lambda: now)
    automatic = AutomaticDocuments(64 * 1024, state)
    for number in range(200):
        text = f"{{ __typename }} # {number:04}" + "é" * 1_500
        await automatic.keep(digest_of(text), text)
    shared = [await state.get(key) or b"" for key in await state.keys("apq:")]
    now = 86_401.0
    await automatic.keep(digest_of(OTHER), OTHER)

    assert len(automatic) == 22
    assert len(shared) == 21
    assert sum(map(len, shared)) <= 64 * 1024
    assert await state.get(f"apq:{digest_of(OTHER)}") == OTHER.encode()


@pytest.mark.parametrize("planted", [b"{ customers { nodes { id } } }", b"\xff", b"", b"x" * 50_000])
async def test_what_others_wrote_is_checked_before_it_is_run(planted: bytes) -> None:
    state = SharedState(lambda: 0.0)
    await state.put(f"apq:{digest_of(OTHER)}", planted)

    assert await AutomaticDocuments(100_000, state).find(digest_of(OTHER)) is None


class BrokenState(SharedState):
    """A state that cannot be reached."""

    async def get(self, key: str) -> bytes | None:
        raise StateError("down")

    async def put(self, key: str, value: bytes, *, seconds: float | None = None) -> None:
        raise StateError("down")


async def test_a_state_that_is_down_costs_nothing_but_the_sharing() -> None:
    automatic = AutomaticDocuments(100_000, BrokenState(lambda: 0.0))
    missed = await automatic.find(digest_of(OTHER))
    await automatic.keep(digest_of(OTHER), OTHER)

    found: Sequence[str | None] = [missed, await automatic.find(digest_of(OTHER))]

    assert found == [None, OTHER]
