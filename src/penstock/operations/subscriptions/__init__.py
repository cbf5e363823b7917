"""Subscriptions: who is told of what, what is told, and word of it from whichever replica heard it.

What is told is always read anew with the subscriber's own credentials; whoever may not read it is told nothing.

Never here: HTTP, how an answer is made.
"""

from penstock.operations.subscriptions.hub import Hub, Subject, Watcher
from penstock.operations.subscriptions.news import News, read_news
from penstock.operations.subscriptions.opening import Subscriptions, SubscriptionSettings, TooMany
from penstock.operations.subscriptions.stream import SubscriptionStream

__all__ = [
    "Hub",
    "News",
    "Subject",
    "SubscriptionSettings",
    "SubscriptionStream",
    "Subscriptions",
    "TooMany",
    "Watcher",
    "read_news",
]
