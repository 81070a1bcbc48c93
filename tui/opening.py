"""Whether a line is open, as a patron is told it in the middle of a sentence: "open today until 18:00". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from helpdesk.clock import DAY, Instant
from helpdesk.hours.ahead import NEXT_OPENING, ToCome
from tui.words import LONG_DAYS, local

MONTHS_IN_FULL = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

ALWAYS = "open day and night"
"""What is open without a break for as long as is told ahead."""

NO_HOURS = "The opening hours of this ticket's line are not known. Ask whoever keeps its calendar."

_LONG = 7 * DAY
"""What is open for so long, with no end in sight, is always open."""

_Span = tuple[Instant, Instant]


def open_words(to_come: ToCome | None, now: Instant, zone: tzinfo) -> str:
    """Whether it is open now, and until or from when; "" where the calendar does not say: :func:`why_unsaid`."""
    if to_come is None:
        return ""
    ahead = [span for span in to_come.spans if now < span[1]]
    if ahead and ahead[0][0] <= now:
        return _open(ahead, to_come.known, now, zone)
    opens = ahead[0][0] if ahead else _next(to_come)
    return "" if opens is None or opens <= now else f"closed now, open again {_on(opens, now, zone)}"


def why_unsaid(to_come: ToCome | None) -> str:
    """Why there are no words about it, for whoever writes."""
    whys = [each.why for each in to_come.moments if each.name == NEXT_OPENING and each.why] if to_come else []
    return whys[0] if whys else NO_HOURS


def _next(to_come: ToCome) -> Instant | None:
    """The next opening, where it is farther off than the openings are told."""
    return next((each.until for each in to_come.moments if each.name == NEXT_OPENING), None)


def _open(ahead: Sequence[_Span], known: Instant, now: Instant, zone: tzinfo) -> str:
    """Until when; what the rest of the day holds after a break is told with it."""
    closes, today = ahead[0][1], local(now, zone).date()
    if closes >= known:
        return ALWAYS if known - now >= _LONG else ""
    then = local(closes, zone)
    if not _same_day(then, local(now, zone)):
        return f"open until {_on(closes, now, zone).removeprefix('on ')}"
    later = [span for span in ahead[1:] if local(span[0], zone).date() == today and span[1] < known]
    stretches = [f"from {_time(local(opens, zone))} to {_until(ends, zone)}" for opens, ends in later]
    return " and ".join([f"open today until {_until(closes, zone)}", *stretches])


def _same_day(then: datetime, now: datetime) -> bool:
    """Midnight still belongs to the day that it ends."""
    days = (then.date() - now.date()).days
    return days == 0 or (days == 1 and _is_midnight(then))


def _is_midnight(then: datetime) -> bool:
    return (then.hour, then.minute) == (0, 0)


def _until(when: Instant, zone: tzinfo) -> str:
    then = local(when, zone)
    return "midnight" if _is_midnight(then) else _time(then)


def _on(when: Instant, now: Instant, zone: tzinfo) -> str:
    """ "tomorrow at 9:00", "on Monday at 9:00", "on Monday 4 January at 9:00"."""
    then = local(when, zone)
    days = (then.date() - local(now, zone).date()).days
    time = "midnight" if _is_midnight(then) else _time(then)
    if days < 2:
        return f"{'today' if days == 0 else 'tomorrow'} at {time}"
    day = LONG_DAYS[then.weekday()]
    return f"on {day} at {time}" if days < 7 else f"on {day} {then.day} {MONTHS_IN_FULL[then.month - 1]} at {time}"


def _time(then: datetime) -> str:
    return f"{then.hour}:{then:%M}"
