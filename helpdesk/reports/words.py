"""How figures are put into words. Whole numbers come in; rounding happens here alone, and never flatters.

A share is cut (89.96 % is 89.9 %, which is below 90 %), a time is rounded up (15 min and a moment is 16 min).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, moment
from helpdesk.standards import Bar
from helpdesk.standards.promises import Measure, Standard

SHORT = 8
"""How much of a digest a table shows."""

NOTHING = "–"

MEASURES = {
    Measure.ACKNOWLEDGED: "acknowledged",
    Measure.CLAIMED: "claimed",
    Measure.ATTENDED: "attended",
    Measure.FIRST_RESPONSE: "first response",
    Measure.NEXT_RESPONSE: "next response",
    Measure.KEEP_INFORMED: "kept informed",
    Measure.RESOLUTION: "resolved",
}

REASONS = {
    Bar.TEST: ("test", "test"),
    Bar.SPAM: ("spam", "spam"),
    Bar.MERGED: ("merged into another", "merged into others"),
    Bar.AUTOMATIC: ("automatic message", "automatic messages"),
}

_MONTHS = (
    "January February March April May June July August September October November December"
).split()  # not the machine's locale


def day(when: date) -> str:
    """ "1 November 2026"."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def moment_of(when: Instant, zone: str) -> str:
    """ "1 November 2026 at 14:03", by the clocks of ``zone``."""
    local = moment(when).astimezone(ZoneInfo(zone))
    return f"{day(local.date())} at {local:%H:%M}"


def count(number: int) -> str:
    """ "1,204"."""
    return f"{number:,}"


def share(hundredths: int | None) -> str:
    """Hundredths of a percent as "93.2 %", cut to one decimal."""
    if hundredths is None:
        return NOTHING
    whole, tenth = divmod(hundredths // 10, 10)
    return f"{whole}.{tenth} %"


def length(millis: int | None, *, working: bool = False) -> str:
    """Milliseconds as "45 s", "4 min 05 s", "13 min", "1 h 05 min" or "2 d 3 h", rounded up.

    ``working``: time in opening hours, which has no days of 24 h, stays in hours.
    """
    if millis is None:
        return NOTHING
    seconds = -(-millis // 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    minutes = -(-millis // 60_000)
    if minutes < 60:
        return f"{minutes} min"
    if working or minutes < 24 * 60:
        return f"{count(minutes // 60)} h {minutes % 60:02} min"
    hours = -(-millis // 3_600_000)
    return f"{count(hours // 24)} d {hours % 24} h"


def digest(full: str) -> str:
    """Enough of a digest to tell versions apart."""
    return full[:SHORT]


def reasons(left_out: Mapping[Bar, int]) -> str:
    """ "3 spam, 1 automatic message"."""
    return ", ".join(f"{count(n)} {REASONS[bar][n != 1]}" for bar, n in left_out.items())


def measured(standards: tuple[Standard, ...]) -> str:
    """ "first response within 15 working min", of several versions each limit once."""
    limits = " or ".join(dict.fromkeys(str(each.limit) for each in standards))
    return f"{MEASURES[standards[0].measure]} within {limits}"
