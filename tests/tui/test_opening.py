"""Whether it is open, in the middle of a sentence: breaks, nights, closures, and nothing known."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from helpdesk.clock import DAY, Instant, instant, plus
from helpdesk.hours.ahead import NEXT_OPENING, Moment, ToCome, ahead
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import always_open
from tests.tui.rows import LONDON
from tui.opening import ALWAYS, NO_HOURS, open_words, why_unsaid


def at(text: str) -> Instant:
    """A wall time in London."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


def hours(*spans: tuple[str, str], next_opening: str = "") -> ToCome:
    """What lies ahead: these openings, and one that is farther off."""
    later = Moment(NEXT_OPENING, at(next_opening) if next_opening else None, "" if next_opening else "It never opens.")
    known = at("2026-12-15 12:00")
    return ToCome(spans=tuple((at(opens), at(closes)) for opens, closes in spans), moments=(later,), known=known)


@pytest.mark.parametrize(
    ("now", "spans", "words"),
    [
        ("2026-11-23 12:00", [("2026-11-23 09:00", "2026-11-23 18:00")], "open today until 18:00"),
        ("2026-11-23 18:00", [("2026-11-23 09:00", "2026-11-23 18:00")], ""),
        (
            "2026-11-23 12:00",
            [("2026-11-23 09:00", "2026-11-23 12:30"), ("2026-11-23 14:00", "2026-11-23 17:00")],
            "open today until 12:30 and from 14:00 to 17:00",
        ),
        ("2026-11-23 13:00", [("2026-11-23 14:00", "2026-11-23 17:00")], "closed now, open again today at 14:00"),
        ("2026-11-23 19:00", [("2026-11-24 09:00", "2026-11-24 17:00")], "closed now, open again tomorrow at 9:00"),
        ("2026-11-23 19:00", [("2026-11-27 10:00", "2026-11-27 17:00")], "closed now, open again on Friday at 10:00"),
        (
            "2026-11-23 19:00",
            [("2026-11-30 10:00", "2026-11-30 17:00")],
            "closed now, open again on Monday 30 November at 10:00",
        ),
        ("2026-11-23 20:00", [("2026-11-23 18:00", "2026-11-24 00:00")], "open today until midnight"),
        ("2026-11-23 20:00", [("2026-11-23 18:00", "2026-11-24 02:00")], "open until tomorrow at 2:00"),
        (
            "2026-11-24 01:00",
            [("2026-11-23 18:00", "2026-11-24 02:00"), ("2026-11-24 18:00", "2026-11-25 00:00")],
            "open today until 2:00 and from 18:00 to midnight",
        ),
        ("2026-11-23 20:00", [("2026-11-23 00:00", "2026-11-27 18:00")], "open until Friday at 18:00"),
        ("2026-11-23 20:00", [("2026-11-23 00:00", "2026-12-15 12:00")], ALWAYS),
        ("2026-12-15 02:00", [("2026-12-15 00:00", "2026-12-15 12:00")], ""),
    ],
)
def test_it_is_told_as_it_stands(now: str, spans: list[tuple[str, str]], words: str) -> None:
    """Until when, what follows a break today, when again; nothing is made up where what is known ends."""
    assert open_words(hours(*spans), at(now), LONDON) == words


def test_an_opening_beyond_what_is_told_ahead_is_found() -> None:
    """After a long closure, by the calendar's next opening."""
    to_come = hours(next_opening="2027-01-04 09:00")
    assert open_words(to_come, at("2026-11-23 12:00"), LONDON) == "closed now, open again on Monday 4 January at 9:00"


def test_a_closing_by_hand_and_no_end_in_sight() -> None:
    """By a line that keeps no hours: closed until its closing ends, else open day and night."""
    frozen, now = (
        freeze(always_open(zone="Europe/London"), date(2026, 1, 1), date(2027, 12, 31)),
        at("2026-11-23 12:00"),
    )
    assert open_words(ahead([frozen], now), now, LONDON) == ALWAYS
    shut = ahead([frozen], now, shut=at("2026-11-23 15:30"))
    assert open_words(shut, now, LONDON) == "closed now, open again today at 15:30"


def test_what_the_calendar_does_not_say_is_not_made_up() -> None:
    """It says why: nothing known of the line, a calendar that has run out, one that never opens again."""
    now = at("2026-11-23 12:00")
    assert (open_words(None, now, LONDON), why_unsaid(None)) == ("", NO_HOURS)
    past = freeze(always_open(zone="Europe/London"), date(2025, 1, 1), date(2025, 12, 31))
    ended = ahead([past], now)
    assert open_words(ended, now, LONDON) == ""
    assert "is published for 1 Jan 2025 to 31 Dec 2025 only" in why_unsaid(ended)
    assert (open_words(hours(), plus(now, DAY), LONDON), why_unsaid(hours())) == ("", "It never opens.")
