"""What came in on a ticket while somebody was writing there, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.events import PATRON, Kind
from helpdesk.message import Channel, StaffId
from helpdesk.thread import Entry, EntryKind, Moment, Thread
from tui.history import Name, sentence
from tui.plain import cut, one_line
from tui.render import Eye
from tui.words import on_day, plural

MOST = 6
"""How many lines a card shows of it, the latest."""

LONGEST = 160
"""How much of a message stands on its line, in cells."""

OF_COLLEAGUES = frozenset(
    {
        Kind.CLAIMED,
        Kind.ASSIGNED,
        Kind.SOLVED,
        Kind.REOPENED,
        Kind.SNOOZED,
        Kind.PAUSED,
        Kind.SPAM,
        Kind.NOT_SPAM,
        Kind.MERGED,
        Kind.LINKED,
        Kind.LEFT,
        Kind.TURNED_TO_MAIL,
        Kind.ATTENDED,
        Kind.CONCLUDED,
    }
)
"""Facts that somebody who is about to answer wants to know; what the carrier and the clock do is none of them."""


@dataclass(frozen=True, slots=True)
class Between:
    """What others wrote and did since somebody looked: ``moments`` is what is told by no entry."""

    entries: tuple[Entry, ...] = ()
    moments: tuple[Moment, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.entries or self.moments)


def between(seen: Thread, now: Thread, me: StaffId) -> Between:
    """What is on a ticket ``now`` that was not when it was ``seen``, and is not one's own.

    In a chat the visitor's own lines are none: they come while one writes, and stand above what is written.
    """
    known = {entry.id for entry in seen.entries}
    last = max((moment.seq for moment in seen.history), default=0)
    later = [moment for moment in now.history if moment.seq > last and moment.actor != me]
    mine = {moment.data.get("entry") for moment in now.history if moment.actor == me}
    chat = now.ticket.goes_by is Channel.CHAT
    return Between(
        tuple(
            entry
            for entry in now.entries
            if entry.id not in known
            and entry.id not in mine
            and entry.kind is not EntryKind.AUTO
            and not (chat and entry.kind is EntryKind.IN)
        ),
        tuple(moment for moment in later if moment.kind in OF_COLLEAGUES),
    )


def between_words(found: Between, eye: Eye, name: Name) -> str:
    """A line for each message and deed, the earliest first; of many the latest."""
    told = [(entry.written, _said(entry)) for entry in found.entries]
    told += [
        (moment.when, _capital(sentence(moment, name, eye.now, eye.zone, place=eye.place))) for moment in found.moments
    ]
    told.sort(key=lambda each: each[0])
    lines = [f"{on_day(when, eye.now, eye.zone)}  {cut(words, LONGEST)}" for when, words in told]
    return "\n".join([*_earlier(lines), *lines[-MOST:]])


def _earlier(lines: Sequence[str]) -> list[str]:
    return [f"{len(lines) - MOST} more before that."] if len(lines) > MOST else []


def _said(entry: Entry) -> str:
    did = {EntryKind.IN: "wrote", EntryKind.NOTE: "noted", EntryKind.OUT: "answered"}.get(entry.kind, "wrote")
    return f"{one_line(entry.author) or PATRON} {did}: {one_line(entry.text)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def since_words(found: Between) -> str:
    """How much it is, for the line above what is being written: " Since you began: 1 message, 1 change. ..."."""
    counts = ((len(found.entries), "message"), (len(found.moments), "change"))
    told = [plural(count, word) for count, word in counts if count]
    return f" Since you began: {', '.join(told)} of others. Look before you send it." if told else ""
