"""Figures made by hand: what is promised and what was counted in an autumn, for :mod:`tests.made_reports`.

Counts of groups add up to those of the whole; nothing is drawn by chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isqrt
from typing import Any

from helpdesk.clock import HOUR, MINUTE, SECOND
from helpdesk.hours import WorkingDay
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Period, Rules, Span, digest_of
from helpdesk.reports.contents import Group
from helpdesk.reports.period import Days
from helpdesk.reports.timeliness import Figure
from helpdesk.standards import Bar, Calendar, Covers, Measure, Standard, limit_from_text
from tests.report_house import at

LONDON = "Europe/London"
BEGIN, END = date(2026, 9, 1), date(2026, 12, 1)
PUBLISHED = at("2026-07-20", "10:00")


# What is promised


def _standard(name: str, title: str, measure: Measure, limit: str, share: float, **more: Any) -> Standard:
    limited = limit_from_text(limit)
    return Standard(
        name=name,
        title=title,
        measure=measure,
        limit=limited,
        calendar="staffed" if limited.working else "",
        share=share,
        from_date=date(2026, 8, 1),
        owner="Customer services manager",
        **more,
    )


CHAT = _standard(
    "chat-claimed",
    "We answer live chats within one minute.",
    Measure.CLAIMED,
    "60 s",
    80,
    covers=Covers(channels=("chat",)),
)
DESK = _standard(
    "desk-welcomed",
    "At the desk we greet you within five minutes.",
    Measure.FIRST_RESPONSE,
    "5 min",
    95,
    covers=Covers(channels=("desk",)),
)
MAIL = _standard(
    "mail-answered",
    "A member of staff answers your e-mail within three working days.",
    Measure.FIRST_RESPONSE,
    "3 working days",
    95,
    covers=Covers(channels=("mail",)),
    working_day=WorkingDay.END,
)
NOISE = _standard(
    "noise-texts",
    "We respond to Noiseline texts within 15 minutes of receiving them, while we are staffed.",
    Measure.FIRST_RESPONSE,
    "15 working min",
    90,
    covers=Covers(channels=("sms",), kinds=("noise",)),
    attended_answers=True,
)
STANDARDS = {each.name: each for each in (CHAT, DESK, MAIL, NOISE)}


def version_of(standard: Standard) -> str:
    """The digest under which a standard is published here; made by hand, so that no golden text hangs on its form."""
    return digest_of(f"the standard {standard.name}")


STAFFED = digest_of("the calendar staffed")


def staffed() -> Calendar:
    day, short = (Span(9 * 60, 19 * 60),), (Span(10 * 60, 13 * 60), Span(14 * 60, 17 * 60))
    rules = Rules(
        name="staffed",
        zone=LONDON,
        week=(day, day, day, day, (Span(9 * 60, 17 * 60),), short, ()),
        periods=(
            Period(
                name="Summer vacation", first=date(2026, 6, 22), last=date(2026, 9, 27), week=(short,) * 5 + ((), ())
            ),
            Period(name="Autumn term", first=date(2026, 9, 28), last=date(2026, 12, 13), week=(day,) * 5 + (short, ())),
        ),
    )
    return Calendar("staffed", STAFFED, PUBLISHED, freeze(rules, date(2025, 1, 1), date(2029, 12, 31)).to_text())


# What was counted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """A standard in a month. ``before``: (met, missed) without corrections; ``whole``: with what was suspended."""

    met: int
    missed: int
    silent: int = 0
    pending: int = 0
    left_early: int = 0
    undetermined: int = 0
    out: Mapping[Bar, int]
    median: int | None
    p90: int | None
    corrected: int = 0
    before: tuple[int, int] | None = None
    suspended: int = 0
    whole: tuple[int, int] | None = None


MONTHS = ("2026-09", "2026-10", "2026-11")
_COUNTED: dict[str, tuple[_Counts, ...]] = {
    "chat-claimed": (
        _Counts(met=301, missed=61, silent=20, left_early=9, out={Bar.TEST: 4}, median=34 * SECOND, p90=75 * SECOND),
        _Counts(met=748, missed=259, silent=98, left_early=31, out={Bar.SPAM: 2}, median=41 * SECOND, p90=None),
        _Counts(met=702, missed=160, silent=41, left_early=22, out={}, median=38 * SECOND, p90=95 * SECOND),
    ),
    "desk-welcomed": (
        _Counts(met=5, missed=0, out={Bar.NOT_MEASURED: 211}, median=60 * SECOND, p90=2 * MINUTE),
        _Counts(met=6, missed=1, out={Bar.NOT_MEASURED: 498}, median=90 * SECOND, p90=6 * MINUTE),
        _Counts(met=4, missed=0, out={Bar.NOT_MEASURED: 455}, median=45 * SECOND, p90=3 * MINUTE),
    ),
    "mail-answered": (
        _Counts(met=412, missed=9, silent=2, out={Bar.AUTOMATIC: 31, Bar.SPAM: 60}, median=5 * HOUR, p90=21 * HOUR),
        _Counts(
            met=803,
            missed=31,
            silent=4,
            out={Bar.AUTOMATIC: 44, Bar.SPAM: 71, Bar.MERGED: 6},
            median=6 * HOUR + 12 * MINUTE,
            p90=26 * HOUR,
        ),
        _Counts(
            met=655,
            missed=17,
            silent=3,
            pending=24,
            undetermined=1,
            out={Bar.AUTOMATIC: 39, Bar.SPAM: 80, Bar.MERGED: 2},
            median=5 * HOUR + 40 * MINUTE,
            p90=23 * HOUR + 5 * MINUTE,
        ),
    ),
    "noise-texts": (
        _Counts(met=58, missed=5, silent=1, out={Bar.TEST: 2}, median=6 * MINUTE, p90=13 * MINUTE),
        _Counts(
            met=171,
            missed=22,
            silent=5,
            out={Bar.SPAM: 3},
            median=7 * MINUTE + 20 * SECOND,
            p90=17 * MINUTE,
            corrected=6,
            before=(165, 28),
        ),
        _Counts(
            met=139,
            missed=20,
            silent=7,
            pending=1,
            out={Bar.MERGED: 1},
            median=8 * MINUTE,
            p90=18 * MINUTE,
            corrected=2,
            before=(138, 21),
            suspended=31,
            whole=(150, 40),
        ),
    ),
}


def wilson(met: int, judged: int) -> tuple[int, int] | None:
    """Wilson's 95 % interval in hundredths of a percent, in whole numbers, so that every machine agrees."""
    if not judged:
        return None
    z2 = 38_414_588  # 1.959964 squared, in ten-millionths
    ten = 10**7
    centre = 2 * met * ten + z2
    reach = isqrt(z2 * (z2 * judged + 4 * met * (judged - met) * ten) // judged)
    below = 2 * (judged * ten + z2)
    return (centre - reach) * 10_000 // below, -(-(centre + reach) * 10_000 // below)


def figure(name: str, counted: _Counts) -> Figure:
    standard, judged = STANDARDS[name], counted.met + counted.missed
    short = standard.share * judged - 100 * counted.met
    return Figure(
        standard=name,
        promised=f"{standard.share:g}",
        met=counted.met,
        missed=counted.missed,
        pending=counted.pending,
        left_early=counted.left_early,
        undetermined=counted.undetermined,
        left_out=dict(sorted(counted.out.items())),
        answered=judged - counted.silent,
        median=counted.median if judged else None,
        p90=counted.p90 if judged else None,
        interval=wilson(counted.met, judged),
        amber=judged >= 20 and 0 < short <= 5 * judged,
        corrected=counted.corrected,
        recorded=counted.before or (counted.met, counted.missed),
        suspended=counted.suspended,
        whole=counted.whole or (counted.met, counted.missed),
        versions=(version_of(standard),),
        calendars=(STAFFED,) if standard.calendar else (),
    )


_SUMS = ("met", "missed", "silent", "pending", "left_early", "undetermined", "corrected", "suspended")


def _together(parts: Sequence[_Counts]) -> _Counts:
    """Several months as one; of the times the middle month's stand for all."""
    sums: dict[str, int] = {name: sum(getattr(part, name) for part in parts) for name in _SUMS}
    out = {bar: n for bar in Bar if (n := sum(part.out.get(bar, 0) for part in parts))}
    before = [part.before or (part.met, part.missed) for part in parts]
    whole = [part.whole or (part.met, part.missed) for part in parts]
    middle = parts[len(parts) // 2]
    return _Counts(
        **sums,
        out=out,
        median=middle.median,
        p90=middle.p90,
        before=(sum(met for met, _ in before), sum(missed for _, missed in before)),
        whole=(sum(met for met, _ in whole), sum(missed for _, missed in whole)),
    )


def _shared_out(counted: _Counts, weights: Sequence[int]) -> list[_Counts]:
    """A standard's counts cut by weight; what rounding leaves over goes to the heaviest part."""
    if len(weights) == 1:
        return [counted]
    parts = [{name: getattr(counted, name) * weight // sum(weights) for name in _SUMS} for weight in weights]
    heaviest = weights.index(max(weights))
    for name in _SUMS:
        parts[heaviest][name] += getattr(counted, name) - sum(part[name] for part in parts)
    cut = [_Counts(**part, out={}, median=counted.median, p90=counted.p90) for part in parts]
    cut[heaviest] = replace(cut[heaviest], out=counted.out)
    return [
        replace(
            each,
            before=(each.met - each.corrected, each.missed + each.corrected),
            whole=(each.met + each.suspended // 3, each.missed + each.suspended - each.suspended // 3),
        )
        for each in cut
    ]


def totals() -> dict[str, _Counts]:
    return {name: _together(months) for name, months in _COUNTED.items()}


# By month, term, channel ...

_CHANNELS = {"chat-claimed": "chat", "desk-welcomed": "desk", "mail-answered": "mail", "noise-texts": "sms"}
HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 3, 9, 14, 15, 12, 13, 16, 15, 12, 9, 6, 3, 2, 1, 1, 0)
WEEKDAYS = (20, 19, 19, 18, 14, 6, 4)


def _span(month: str) -> Days:
    first = date.fromisoformat(f"{month}-01")
    return Days(first, (first + timedelta(days=31)).replace(day=1))


def _weighed(keys: Sequence[str], weights: Sequence[int]) -> tuple[Group, ...]:
    cut = {name: _shared_out(whole, weights) for name, whole in totals().items()}
    return tuple(
        Group(
            key=key,
            days=Days(BEGIN, END),
            figures=tuple(figure(name, parts[place]) for name, parts in cut.items() if weights[place]),
        )
        for place, key in enumerate(keys)
    )


def _by_month() -> tuple[Group, ...]:
    return tuple(
        Group(
            key=month,
            days=_span(month),
            figures=tuple(figure(name, months[place]) for name, months in _COUNTED.items()),
        )
        for place, month in enumerate(MONTHS)
    )


def _by_term() -> tuple[Group, ...]:
    spans = (
        ("2026-06-22 Summer vacation", Days(BEGIN, date(2026, 9, 28)), slice(0, 1)),
        ("2026-09-28 Autumn term", Days(date(2026, 9, 28), END), slice(1, 3)),
    )
    return tuple(
        Group(
            key=key,
            days=days,
            figures=tuple(figure(name, _together(months[cut])) for name, months in _COUNTED.items()),
        )
        for key, days, cut in spans
    )


def _by_one(key_of: Mapping[str, str]) -> tuple[Group, ...]:
    """A group for each standard, under its channel or its own name."""
    figures = {key_of[name]: figure(name, whole) for name, whole in totals().items()}
    return tuple(Group(key=key, days=Days(BEGIN, END), figures=(each,)) for key, each in sorted(figures.items()))


def groups(by: str) -> tuple[Group, ...]:
    """The autumn cut by a key."""
    match by:
        case "month":
            return _by_month()
        case "term":
            return _by_term()
        case "channel":
            return _by_one(_CHANNELS)
        case "standard":
            return _by_one({name: name for name in _COUNTED})
        case "site":
            return _weighed(("annexe", "main", "medical"), (2, 7, 1))
        case "hour":
            return _weighed([f"{hour:02}" for hour in range(24)], HOURS)
        case "weekday":
            return _weighed(
                [f"{place} {day}" for place, day in enumerate("Mon Tue Wed Thu Fri Sat Sun".split(), 1)], WEEKDAYS
            )
        case "quarter":
            return _weighed(("2026-Q3", "2026-Q4"), (1, 2))
        case "week":
            return _weighed([f"2026-W{week}" for week in range(36, 50)], (2, 2, 2, 3, *(5,) * 8, 4, 1))
        case _:
            return _weighed(("2026" if by == "year" else "2026-27",), (1,))
