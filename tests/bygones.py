"""Contacts from before, made for tests: whatever is not said is a mail that was answered and closed."""

from __future__ import annotations

import hashlib
from typing import Any

from helpdesk.bygone import Bygone, Spoken
from helpdesk.clock import DAY, HOUR, Instant, ManualClock, plus
from helpdesk.message import Channel, LineId
from helpdesk.thread import EntryKind

LONG_AGO = plus(ManualClock().now(), -400 * DAY)


def made_bygone(key: str, when: Instant = LONG_AGO, **changes: Any) -> Bygone:
    """A question of Mina's and its answer two hours later, known by ``key``."""
    usual: dict[str, Any] = {
        "key": key,
        "digest": hashlib.sha256(key.encode()).hexdigest(),
        "source": "0123456789abcdef",
        "channel": Channel.MAIL,
        "line": LineId("help"),
        "kind": "enquiry",
        "site": "",
        "subject": key,
        "tags": (),
        "spoken": (asked(when), answered(plus(when, 2 * HOUR))),
        "closed": plus(when, DAY),
    }
    return Bygone(**{**usual, **changes})


def asked(when: Instant, text: str = "Can I renew?", **changes: Any) -> Spoken:
    """A patron's message."""
    usual: dict[str, Any] = {"author": "Mina", "address": "mina@example.org"}
    return Spoken(kind=EntryKind.IN, when=when, text=text, **{**usual, **changes})


def answered(when: Instant, text: str = "You can.", **changes: Any) -> Spoken:
    """What the library wrote."""
    return Spoken(kind=EntryKind.OUT, when=when, text=text, **{"author": "Front desk", **changes})
