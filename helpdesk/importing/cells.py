"""What stands in a cell: a time, an address, a channel, tags. ValueError, in words, for what is none. Pure.

What begins with "=" or "+" is a text like any other: nothing here, and nothing in the desk, calculates.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, instant
from helpdesk.importing.mapping import Dates, folded
from helpdesk.message import Channel
from helpdesk.ticket import TAG

FIRST_YEAR = 1980
MOST_TAGS = 10
LONGEST_TEXT = 200_000
"""The longest text of a message, in characters: as of a mail."""

LONGEST_LINE = 500
LONGEST_WORD = 40
LONGEST_WAIT = 24 * HOUR

CHANNELS = {
    Channel.MAIL: ("mail", "email", "e-mail", "web form", "form"),
    Channel.SMS: ("sms", "text", "text message", "texting"),
    Channel.CHAT: ("chat", "web chat", "webchat", "live chat"),
    Channel.PHONE: ("phone", "telephone", "call", "phone call"),
    Channel.DESK: ("desk", "in person", "face to face", "walk-in", "walk in", "counter"),
}
_CHANNELS = {word: channel for channel, words in CHANNELS.items() for word in words}

_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ ,T]+(.+))?")
_WORDED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})(?:[ ,T]+(.+))?")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MAILBOX = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}@[^\s@<>()\\,;:\"\x00-\x20\x7f]{1,190}")
_NAMED = re.compile(r"([^<>\n]*)<([^<>\s]+)>")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def when_of(text: str, dates: Dates, now: Instant) -> Instant:
    """A moment: ISO with or without a zone, or as people write it; of a time that comes twice the first."""
    moment = _moment(" ".join(text.split()), dates)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dates.zone)
    if moment.year < FIRST_YEAR:
        raise ValueError(f"{_short(text)} is before {FIRST_YEAR}")
    found = instant(moment)
    if found > now:
        raise ValueError(f"{_short(text)} is still to come")
    return found


def _moment(text: str, dates: Dates) -> datetime:
    if _ISO_DAY.match(text):
        return _iso(text, dates)
    if match := _NUMERIC.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        day, month = (second, first) if dates.month_first else (first, second)
        return datetime.combine(_day(text, int(match[3]), month, day, dates), _clock(text, match[4], dates))
    if (match := _WORDED.fullmatch(text)) and match[2][:3].lower() in _MONTHS:
        month = _MONTHS.index(match[2][:3].lower()) + 1
        return datetime.combine(_day(text, int(match[3]), month, int(match[1]), dates), _clock(text, match[4], dates))
    raise ValueError(f"{_short(text)} is no time: write 2024-03-14 09:15 or 14/03/2024 09:15")


def _iso(text: str, dates: Dates) -> datetime:
    if _ISO_DAY.fullmatch(text):
        return datetime.combine(date.fromisoformat(text), _clock(text, None, dates))
    try:
        return datetime.fromisoformat(text.replace(" UTC", "Z").replace(" Z", "Z"))
    except ValueError:
        raise ValueError(f"{_short(text)} is no time: write 2024-03-14 09:15, or with its zone +01:00") from None


def _day(text: str, year: int, month: int, day: int, dates: Dates) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        order = "month first" if dates.month_first else "day first"
        raise ValueError(f"{_short(text)} is no date, read {order}") from None


def _clock(text: str, written: str | None, dates: Dates) -> time:
    if written is None:
        if dates.time is None:
            raise ValueError(f'{_short(text)} has no time of day: set time = "12:00" in [dates] for such')
        return dates.time
    match = _CLOCK.fullmatch(written.strip())
    if match is None:
        raise ValueError(f"{_short(written)} is no time of day: write 09:15 or 9.15 pm")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{_short(written)} is no time of day")
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ValueError(f"{_short(written)} is no time of day") from None


def channel_of(word: str) -> Channel:
    """A channel by one of its names."""
    found = _CHANNELS.get(folded(word))
    if found is None:
        raise ValueError(
            f"{_short(word)} is no channel: mail, sms, chat, phone or desk (or give it in [words.channel])"
        )
    return found


def mailbox_of(text: str) -> tuple[str, str]:
    """A mail address in small letters, and the name before it ("" where there is none): "Ana <ana@example.org>"."""
    named = _NAMED.fullmatch(text.strip())
    name, address = (named[1].strip(' "'), named[2]) if named else ("", text.strip())
    if not _MAILBOX.fullmatch(address) or not address.isprintable():
        raise ValueError(f"{_short(text)} is no mail address")
    return address.lower(), name


def number_of(text: str, country: str) -> str:
    """A telephone number as +44...; what begins with 0 is of ``country``."""
    plain = re.sub(r"[\s().\-/]", "", text.replace("(0)", ""))
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    elif plain.startswith("0"):
        plain = f"+{country}{plain[1:]}"
    if not _NUMBER.fullmatch(plain):
        raise ValueError("what stands in from is no telephone number: write +44 and the rest, or 07...")
    return plain


def tags_of(text: str) -> tuple[str, ...]:
    """Tags between commas, semicolons or bars; what is several words is joined by hyphens."""
    words = {"-".join(word.casefold().split()) for word in re.split(r"[,;|]", text) if word.strip()}
    for word in sorted(words):
        if not TAG.fullmatch(word):
            raise ValueError(f"{_short(word)} is no tag: 1 to 31 letters a-z, digits or hyphens")
    if len(words) > MOST_TAGS:
        raise ValueError(f"these are {len(words)} tags; {MOST_TAGS} is the most")
    return tuple(sorted(words))


def waited_of(text: str) -> int:
    """A waiting time in milliseconds: seconds, or minutes and seconds, or hours, minutes and seconds (1:02:30)."""
    parts = text.strip().split(":")
    if len(parts) > 3 or not all(re.fullmatch(r"\d{1,6}", part, re.ASCII) for part in parts):
        raise ValueError(f"{_short(text)} is no waiting time: write seconds, or 2:30")
    hours, minutes, seconds = (int(part) for part in ["0", "0", *parts][-3:])
    found = hours * HOUR + minutes * MINUTE + seconds * SECOND
    if found > LONGEST_WAIT:
        raise ValueError(f"{_short(text)} is more than the 24 hours that a waiting time can have")
    return found


def word_of(text: str, what: str) -> str:
    """A kind, a site or a name on one line."""
    most = LONGEST_LINE if what in {"subject", "name", "by"} else LONGEST_WORD
    clean = " ".join(text.split())
    if len(clean) > most:
        raise ValueError(f"the {what} has {len(clean):,} characters; {most} is the most")
    return clean


def text_of(text: str, what: str) -> str:
    """What was written, line breaks as they were."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(clean) > LONGEST_TEXT:
        raise ValueError(f"the {what} has {len(clean):,} characters; {LONGEST_TEXT:,} is the most")
    return clean


def _short(text: str) -> str:
    clean = " ".join(text.split())
    return repr(clean if len(clean) <= 40 else f"{clean[:40]}...")
