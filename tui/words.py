"""Times in words, short enough for a column and plain enough to be read aloud."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache

from helpdesk import plurals
from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Instant, moment, plus
from helpdesk.message import Channel
from helpdesk.noise.concerns import Concern
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ticket import Flag, State
from helpdesk.worklist import SOON


class Tone(StrEnum):
    """How a piece of text is coloured; the words always say the same as the colour."""

    PLAIN = "plain"
    DIM = "dim"
    FAINT = "faint"
    STRONG = "strong"
    ACCENT = "accent"
    LATE = "late"
    SOON = "soon"
    GOOD = "good"
    ACTIVE = "active"


Span = tuple[str, Tone]
"""A piece of a line and its tone."""

Line = tuple[Span, ...]
"""One line of a screen."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

VIA = {Channel.SMS: "text", Channel.MAIL: "mail", Channel.CHAT: "chat", Channel.PHONE: "phone", Channel.DESK: "desk"}
"""What staff call a channel."""

FLAGS = {
    Flag.UNDELIVERABLE: ("not delivered", Tone.LATE),
    Flag.QUARANTINED: ("quarantined", Tone.LATE),
    Flag.OPTED_OUT: ("wants no texts", Tone.LATE),
    Flag.UNVERIFIED: ("unverified", Tone.SOON),
    Flag.LEFT: ("left the chat", Tone.DIM),
    Flag.BY_MAIL: ("goes on by mail", Tone.DIM),
    Flag.AUTOMATIC: ("automatic", Tone.DIM),
    Flag.TEST: ("test", Tone.DIM),
}
"""What staff call a flag, in the order in which flags are shown."""

MARKS = {
    Flag.UNDELIVERABLE: ("failed", Tone.LATE),
    Flag.QUARANTINED: ("unreadable", Tone.LATE),
    Flag.OPTED_OUT: ("STOP", Tone.LATE),
    Flag.UNVERIFIED: ("stranger", Tone.SOON),
    Flag.LEFT: ("left", Tone.DIM),
    Flag.BY_MAIL: ("by mail", Tone.DIM),
    Flag.AUTOMATIC: ("auto", Tone.DIM),
    Flag.TEST: ("test", Tone.DIM),
}
"""The same in a row, behind what the patron wrote."""

CONCERNS = {
    Concern.FIRE: "fire",
    Concern.VIOLENCE: "violence",
    Concern.MEDICAL: "medical",
    Concern.SELF_HARM: "self-harm",
    Concern.HARASSMENT: "harassment",
}
"""What staff call a concern."""

UNKNOWN = "place unknown"

OUTCOMES = {
    NoiseOutcome.QUIET: "quiet on arrival",
    NoiseOutcome.SPOKEN_TO: "spoken to",
    NoiseOutcome.MOVED: "moved elsewhere",
    NoiseOutcome.SECURITY: "security dealt with it",
    NoiseOutcome.NOT_FOUND: "not found",
    NoiseOutcome.NO_PLACE: "no place given",
}
"""What staff call an outcome, the likeliest first."""

FINISHED = frozenset({State.SOLVED, State.CLOSED, State.SPAM})


def local(when: Instant, zone: tzinfo) -> datetime:
    """An instant as the library's wall clock shows it."""
    return moment(when).astimezone(zone)


plural = plurals.plural
"""How what is counted is written, at the desk and by commands."""


def span(millis: int) -> str:
    """A length of time, short enough for a column: "45 s", "12 min", "1 h 50", "30 h", "2 days"."""
    if millis < MINUTE:
        return f"{millis // SECOND} s"
    if millis < HOUR:
        return f"{millis // MINUTE} min"
    if millis < 10 * HOUR:
        return _both(millis // HOUR, millis % HOUR // MINUTE)
    if millis < 2 * DAY:
        return f"{millis // HOUR} h"
    if millis < 730 * DAY:
        return plural(millis // DAY, "day")
    return plural(millis // (365 * DAY), "year")


def length(millis: int) -> str:
    """A length of time where there is room to be exact: "1 h 50", "24 h 10", "2 days 20 h"."""
    if 10 * HOUR <= millis < 2 * DAY:
        return _both(millis // HOUR, millis % HOUR // MINUTE)
    if 2 * DAY <= millis < 30 * DAY and (hours := millis % DAY // HOUR):
        return f"{span(millis)} {hours} h"
    return span(millis)


def _both(hours: int, minutes: int) -> str:
    return f"{hours} h {minutes:02}" if minutes else f"{hours} h"


def age(millis: int) -> str:
    """How long ago something began, in four cells: "now", "59m", "47h", "99d", "103w", "9y"."""
    if millis < MINUTE:
        return "now"
    unit, letter = next(((unit, letter) for below, unit, letter in _AGES if millis < below), (365 * DAY, "y"))
    return f"{millis // unit}{letter}"


_AGES = ((HOUR, MINUTE, "m"), (2 * DAY, HOUR, "h"), (100 * DAY, DAY, "d"), (728 * DAY, 7 * DAY, "w"))
"""Below which age it is told in which unit."""


def left(goes: Instant, now: Instant) -> str:
    """How long there is to think again: "8 s", "2 min"; a second that has begun is one."""
    millis = max(goes - now, 0)
    if millis < 2 * MINUTE:
        return f"{-(-millis // SECOND)} s"
    return f"{-(-millis // MINUTE)} min" if millis < HOUR else f"{-(-millis // HOUR)} h"


def countdown(due: Instant | None, now: Instant, zone: tzinfo) -> Span:
    """How long there is to answer: "due Mon 11:00", "due in 12 min", "3 min left", "8 min late", "no clock"."""
    if due is None:
        return ("no clock", Tone.DIM)
    left = due - now
    if left < 0:
        return (f"{span(max(-left, SECOND))} late", Tone.LATE)
    if left < SOON:
        return (f"{span(left)} left", Tone.SOON)
    last = plus(due, -1)
    if left < HOUR or _date(last, zone) == _date(now, zone):
        return (f"due in {span(left)}", Tone.PLAIN)
    return (f"due {_deadline(due, _date(now, zone), zone)}", Tone.PLAIN)


@lru_cache(2048)
def _date(when: Instant, zone: tzinfo) -> date:
    return local(when, zone).date()


@lru_cache(2048)
def _deadline(due: Instant, today: date, zone: tzinfo) -> str:
    """A deadline on another day. Midnight is the end of a day, not the beginning of the next: "Thu 24:00"."""
    day = _date(plus(due, -1), zone)
    if (day - today).days >= 7:
        return f"{day.day} {MONTHS[day.month - 1]}"
    time = f"{local(due, zone):%H:%M}"
    return f"{DAYS[day.weekday()]} {'24:00' if time == '00:00' else time}"


def capital(words: str) -> str:
    """The same with a capital at its start."""
    return words[:1].upper() + words[1:]


def on_day(when: Instant, now: Instant, zone: tzinfo) -> str:
    """A time near ``now`` as short as it is clear: "14:05", "Mon 11:00", "14 Dec", "14 Dec 2027"."""
    then, today = local(when, zone), local(now, zone)
    apart = abs((then.date() - today.date()).days)
    if apart == 0:
        return f"{then:%H:%M}"
    if apart < 7:
        return f"{DAYS[then.weekday()]} {then:%H:%M}"
    date = f"{then.day} {MONTHS[then.month - 1]}"
    return date if then.year == today.year else f"{date} {then.year}"


def full_time(when: Instant, now: Instant, zone: tzinfo) -> str:
    """A time with its day, for the thread: "14:05", "Mon 21 Nov 14:05", with the year if it is another one."""
    then, today = local(when, zone), local(now, zone)
    if then.date() == today.date():
        return f"{then:%H:%M}"
    year = "" if then.year == today.year else f" {then.year}"
    return f"{DAYS[then.weekday()]} {then.day} {MONTHS[then.month - 1]}{year} {then:%H:%M}"


def size(octets: int) -> str:
    """A file's size: "812 B", "34 kB", "2.1 MB"."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{octets / 1000:.0f} kB"
    return f"{octets / 1_000_000:.1f} MB"


def capped(count: int, most: int = 999) -> str:
    """A count that keeps its column: "12", "999+"."""
    return str(count) if count <= most else f"{most}+"


def danger(concern: str) -> str:
    """ "DANGER: medical"; "" where there is none."""
    if not concern:
        return ""
    return f"DANGER: {CONCERNS[Concern(concern)] if concern in set(Concern) else concern}"


def graded(effort: object, first_contact: object) -> str:
    """ "READ 2, one contact was enough"; "" where nothing was said of either."""
    said = [f"READ {effort}"] if effort is not None else []
    if first_contact is not None:
        said.append("one contact was enough" if first_contact else "one contact was not enough")
    return ", ".join(said)


def outcome_words(outcome: object) -> str:
    """ "spoken to"; where staff said nothing of it, so."""
    return next((words for known, words in OUTCOMES.items() if known == outcome), "nothing said of it")
