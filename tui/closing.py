"""Closing by hand in words: "chat until 14:00 fire alarm", "all for the rest of the day burst pipe"; and how
it is taken back by asking the desk. No Textual."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from helpdesk.clock import HOUR, MINUTE, Instant, instant, plus
from helpdesk.standards import Closing
from tui.colon import one_of
from tui.sitting import CHANNELS, Sitting
from tui.snooze import time_to_come
from tui.undoing import Deed
from tui.words import VIA, local, on_day

HOW = 'Write what closes, until when and why: "chat until 14:00 fire alarm", "all for 30 minutes drill".'

REST = "for the rest of the day"
LENGTHS = ("for 15 minutes", "for 30 minutes", "for 1 hour", "for 2 hours", REST, "until tomorrow 9:00")
"""What is offered where nothing was typed."""

FAR_OFF = 12 * HOUR
"""A time of day without a day that is farther off, in milliseconds, is a slip: it has gone by today."""

_BARE = re.compile(r"\d{1,2}(?:[:.]\d{2})? ?(?:am|pm)?")

_MOST_WORDS = 5
"""The longest time that is typed, in words: "Mon 2 Dec at 10:00"."""

_LENGTH = re.compile(r"for (?:(an?|half an|\d{1,3}) ?(minutes?|mins?|m|hours?|h)|(the rest of the day|today))\b ?(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """What shall be closed, until when, and why."""

    what: str
    until: Instant
    why: str


def closable(lines: Mapping[str, str]) -> dict[str, str]:
    """What can be closed, by the words for it: everything, a channel, a line by its title. ``lines``: titles by id."""
    channels = {word: str(each) for each in CHANNELS for word in (str(each), VIA[each])}
    return {"all": "all", "everything": "all", **channels, **{title: name for name, title in lines.items()}}


def typed_closing(typed: str, lines: Mapping[str, str], now: Instant, zone: tzinfo) -> Shut:
    """What somebody typed after ``:close``; ValueError says how it is written."""
    words = " ".join(typed.split())
    found = re.match(r"(.+?) (?=(?:until|for)\b)", words, re.IGNORECASE)
    if found is None:
        raise ValueError(HOW)
    what = one_of(found[1], closable(lines), "line or channel")
    until, why = closed_until(words[found.end() :], now, zone)
    if not why:
        raise ValueError("Say why it closes, after the time: colleagues, and readers of the report, will ask.")
    return Shut(what=what, until=until, why=why)


def closed_until(words: str, now: Instant, zone: tzinfo) -> tuple[Instant, str]:
    """The time that "until 14:00 fire alarm" or "for 30 minutes drill" begins with, and the words after it."""
    if length := _LENGTH.match(words.casefold()):
        return _later(length, now, zone), words[len(words) - len(length[4]) :]
    said = words.removeprefix("until ").removeprefix("Until ").split(" ")
    for count in range(min(len(said), _MOST_WORDS), 0, -1):
        typed = " ".join(said[:count])
        if not re.search(r"\d|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow", typed.casefold()):
            continue
        try:
            until = time_to_come(typed, now, zone)
        except ValueError:
            continue
        if _BARE.fullmatch(typed.casefold()) and until > plus(now, FAR_OFF):
            raise ValueError(f"{typed} has gone by today. For the next day write: until tomorrow {typed}.")
        return until, " ".join(said[count:])
    raise ValueError(HOW)


def _later(length: re.Match[str], now: Instant, zone: tzinfo) -> Instant:
    many, unit, rest, _ = length.groups()
    if rest:
        tomorrow = local(now, zone).date() + timedelta(days=1)
        return instant(datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC))
    millis = HOUR if unit.startswith("h") else MINUTE
    if many in {"a", "an"}:
        return plus(now, millis)
    return plus(now, millis // 2) if many == "half an" else plus(now, int(many) * millis)


def what_closed(closing: Closing, lines: Mapping[str, str]) -> str:
    """What a closing is about: "everything", "texts", "Enquiries"."""
    if closing.line:
        return lines.get(closing.line, closing.line)
    return next((VIA[each] for each in CHANNELS if each == closing.channel), "everything")


def closed_words(closing: Closing, lines: Mapping[str, str], now: Instant, zone: tzinfo) -> str:
    """As the middle of a sentence: "closed until 14:00: chat"."""
    return f"closed until {on_day(closing.ends, now, zone)}: {what_closed(closing, lines)}"


def named_closings(closings: tuple[Closing, ...], lines: Mapping[str, str]) -> dict[str, Closing]:
    """What is closed now, by the words for it: as it was typed, and as it is called."""
    found = {what_closed(each, lines): each for each in closings}
    return {**{each.what: each for each in closings}, **found}


def close_deed(sitting: Sitting, closing: Closing) -> Deed:
    """What was closed, to be taken back as if it had never been, and closed again."""
    desk, actor, held = sitting.desk, sitting.actor, [closing]

    async def undo() -> bool:
        await desk.closings.open(actor, held[-1].seq, undo=True)
        return True

    async def redo() -> bool:
        held.append(await desk.closings.close(actor, closing.what, closing.planned, closing.reason))
        return True

    words = closed_words(closing, sitting.hello.lines, sitting.clock.now(), sitting.zone)
    return Deed(words=words, undo=undo, redo=redo)


def open_deed(sitting: Sitting, closing: Closing, words: str) -> Deed:
    """What was opened early, to be closed as before, and opened again."""
    desk, actor, held = sitting.desk, sitting.actor, [closing]

    async def undo() -> bool:
        held.append(await desk.closings.close(actor, closing.what, closing.planned, closing.reason))
        return True

    async def redo() -> bool:
        await desk.closings.open(actor, held[-1].seq)
        return True

    return Deed(words=words, undo=undo, redo=redo)
