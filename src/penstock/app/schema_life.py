"""What follows the schema through its life, built from settings: the judge, the changelog, its listeners, releases.

Never here: an `if` about business.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from penstock.app.life import Work
from penstock.app.telling import Telling
from penstock.http.admin import SchemaLife
from penstock.lifecycle.changelog import Changelog
from penstock.lifecycle.chronicle import LifeChronicle
from penstock.lifecycle.feed import Feed
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.judging import ListKnown, PolicyJudge
from penstock.lifecycle.releases import Releases
from penstock.lifecycle.reload import Reloader
from penstock.lifecycle.stages import Change, Judge, Record
from penstock.settings import Settings
from penstock.state import State


@dataclass(frozen=True, slots=True)
class Life:
    """What follows the schema.

    Attributes:
        judge: Decides whether a candidate may serve.
        record: Writes swaps down, and tells of them.
        chronicle: Tells GraphQL clients.
        feed: Tells those who listen.
        releases: Lets held candidates serve.
    """

    judge: Judge
    record: Record
    chronicle: LifeChronicle
    feed: Feed
    releases: Releases

    def orders(self, reloader: Reloader) -> SchemaLife:
        """What an operator may order."""
        return SchemaLife(release=lambda: self.releases.release(reloader.release))

    def beside(self, reloader: Reloader) -> tuple[Work, ...]:
        """What runs beside the requests until it is cancelled."""
        return (self.feed.run, lambda: self.releases.follow(reloader.release))


def make_life(settings: Settings, state: State, holder: GenerationHolder, known: ListKnown, telling: Telling) -> Life:
    """What follows the schema; nothing is read yet."""
    changelog = Changelog(state)
    feed = Feed(changelog, state, asyncio.sleep, settings.schema_event_clients)
    releases = Releases(state, holder, asyncio.sleep)

    async def record(change: Change) -> None:
        await changelog(change)
        await feed.look()

    judge = PolicyJudge(settings.schema_policy, known, releases.is_released, telling.log, telling.metrics)
    return Life(judge, record, LifeChronicle(holder, lambda: feed.entries, dict), feed, releases)
