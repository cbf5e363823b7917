"""What follows the schema through its life, built from settings: the judge, the changelog, its listeners, releases.

Never here: an `if` about business.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from penstock.app.life import Work
from penstock.app.telling import Telling
from penstock.http.admin import SchemaLife
from penstock.lifecycle.changelog import Changelog
from penstock.lifecycle.chronicle import LifeChronicle
from penstock.lifecycle.feed import Feed
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.judging import Judgement, ListKnown, PolicyJudge
from penstock.lifecycle.releases import Releases
from penstock.lifecycle.reload import Reloader
from penstock.lifecycle.seen import SeenOperations
from penstock.lifecycle.stages import Change, Record
from penstock.lifecycle.usage import Clocks, FieldUsage
from penstock.lifecycle.usage_book import Names
from penstock.lifecycle.usage_report import UsageReport, report_usage
from penstock.operations.metadata import graphql_names
from penstock.schema.impact import KnownOperation
from penstock.settings import Settings
from penstock.state import State


@dataclass(frozen=True, slots=True)
class Life:
    """What follows the schema.

    Attributes:
        holder: Where the serving generation stands.
        judge: Decides whether a candidate may serve.
        record: Writes swaps down, and tells of them.
        chronicle: Tells GraphQL clients.
        feed: Tells those who listen.
        changelog: What is written down.
        releases: Lets held candidates serve.
        usage: Counts who uses which custom field.
    """

    holder: GenerationHolder
    judge: PolicyJudge
    record: Record
    chronicle: LifeChronicle
    feed: Feed
    changelog: Changelog
    releases: Releases
    usage: FieldUsage

    def orders(self, reloader: Reloader) -> SchemaLife:
        """What an operator may order."""
        return SchemaLife(
            release=lambda version: self.releases.release(reloader.release, version),
            changes=self.chronicle.changes,
            judge=self._check,
            usage=self._report_usage,
        )

    def beside(self, reloader: Reloader) -> tuple[Work, ...]:
        """What runs beside the requests until it is cancelled."""
        return (
            self.feed.run,
            lambda: self.changelog.follow(asyncio.sleep),
            lambda: self.releases.follow(reloader.release),
            self.usage.run,
        )

    async def _check(self, text: str) -> Judgement | None:
        current = self.holder.current
        return None if current is None else await self.judge.check(current.sdl, text)

    async def _report_usage(self) -> UsageReport:
        return report_usage(await self.usage.book(), self.holder.current)


def make_life(settings: Settings, state: State, holder: GenerationHolder, trusted: ListKnown, telling: Telling) -> Life:
    """What follows the schema; nothing is read yet."""
    changelog = Changelog(state)
    feed = Feed(changelog, state, asyncio.sleep, settings.schema_event_clients)
    releases = Releases(state, holder, asyncio.sleep)
    seen = SeenOperations(state, settings.operation_sample, time.time)

    async def record(change: Change) -> None:
        await changelog(change)
        await feed.look()

    def names() -> Names:
        return {} if holder.current is None else graphql_names(holder.current)

    async def known() -> list[KnownOperation]:
        return [*await trusted(), *await seen.known()]

    judge = PolicyJudge(settings.schema_policy, known, releases.is_released, telling.log, telling.metrics)
    usage = FieldUsage(state, names, seen, Clocks(time.time, asyncio.sleep), telling.metrics)
    chronicle = LifeChronicle(holder, lambda: feed.entries, usage.last_used)
    return Life(holder, judge, record, chronicle, feed, changelog, releases, usage)
