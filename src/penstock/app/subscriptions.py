"""Subscriptions, built from settings: the hub, word of changes, the webhook that brings it, streams that take it on.

Never here: an `if` about business, who may be told.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from penstock.app.life import Work
from penstock.app.telling import Telling
from penstock.http.asgi import App
from penstock.http.sse import Pace
from penstock.http.streams import Streams
from penstock.http.webhook import Webhook
from penstock.lifecycle import GenerationHolder
from penstock.lifecycle.stages import Change, Record
from penstock.operations.runner import Runner
from penstock.operations.subscriptions import Hub, News, Subscriptions, SubscriptionSettings
from penstock.resources.catalogue import CORE
from penstock.settings import Settings
from penstock.state import State


@dataclass(frozen=True, slots=True)
class Subscribing:
    """What tells subscribers.

    Attributes:
        hub: Who watches what.
        news: Word of changes.
        streams: Answers by streams of events.
        webhook: Takes the store's events; None where the store tells of none.
    """

    hub: Hub
    news: News
    streams: Streams
    webhook: App | None

    @property
    def beside(self) -> tuple[Work, ...]:
        """What runs beside the requests."""
        return () if self.webhook is None else (lambda: self.news.follow(asyncio.sleep),)

    def telling(self, record: Record) -> Record:
        """Tell subscribers of whatever comes to serve, after it was written down."""

        async def both(change: Change) -> None:
            try:
                await record(change)
            finally:
                self.hub.swap()

        return both


def make_subscribing(
    settings: Settings, state: State, runner: Runner, holder: GenerationHolder, telling: Telling
) -> Subscribing:
    """What tells subscribers; nobody is told yet."""
    metrics, secret = telling.metrics, settings.webhook_secret
    hub = Hub(settings.max_subscriptions, settings.max_client_subscriptions)
    metrics.watch_subscriptions(lambda: hub.open)
    news = News(state, hub)
    rules = SubscriptionSettings(bool(secret), settings.subscription_check_seconds)
    opens = Subscriptions(runner, hub, rules, lambda: holder.current, time.time, metrics.subscriber_told)
    words = frozenset(one.watching.word for one in CORE if one.watching is not None)
    webhook = Webhook(secret, news.announce, words, metrics.webhook_told) if secret else None
    return Subscribing(hub, news, Streams(opens, telling.log, Pace(settings.heartbeat_seconds)), webhook)
