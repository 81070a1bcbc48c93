"""The fixed views of the queue, as queries: what a filter goes on from, and what a saved view is made of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from helpdesk.worklist import View

FIXED: Mapping[View, str] = MappingProxyType(
    {
        View.MINE: "owner:me",
        View.UNANSWERED: "is:unanswered",
        View.OPEN: "",
        View.SMS: "channel:sms",
        View.MAIL: "channel:mail",
        View.CHAT: "channel:chat",
        View.BREACHING: "breaching:<=10m",
        View.SNOOZED: "state:snoozed",
        View.FINISHED: "state:solved,closed,spam",
        View.MUTED: "state:muted",
    }
)
"""What each fixed view shows. Each is a query like any other, and lists the same tickets in the same order."""


def both(view: str, typed: str) -> str:
    """A view's query with what was typed to narrow it."""
    return " ".join(part for part in (view.strip(), typed.strip()) if part)
