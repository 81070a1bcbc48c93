"""How figures are put into words. Whole numbers come in; rounding happens here alone, and never flatters.

A share is cut (89.96 % is 89.9 %, which is below 90 %), a time is rounded up (15 min and a moment is 16 min).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, moment
from helpdesk.local_days import local_day
from helpdesk.reports.contents import Noise, Suspension, Went, ZoneNoise
from helpdesk.reports.period import By, Days
from helpdesk.reports.timeliness import Figure, Result
from helpdesk.standards import Bar
from helpdesk.standards.promises import Covers, Limit, Manner, Measure, Standard, Unit

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

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

REASONS = {
    Bar.TEST: ("test", "tests"),
    Bar.SPAM: ("spam", "spam"),
    Bar.MERGED: ("merged into another", "merged into others"),
    Bar.MUTED: ("muted", "muted"),
    Bar.AUTOMATIC: ("automatic message", "automatic messages"),
    Bar.NOT_MEASURED: ("without a waiting time", "without a waiting time"),
}

_MONTHS = (
    "January February March April May June July August September October November December"
).split()  # not the machine's locale


def day(when: date) -> str:
    """ "1 November 2026"."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def month(key: str) -> str:
    """ "2026-11" as "November 2026"."""
    return day(date.fromisoformat(f"{key}-01")).removeprefix("1 ")


def period(days: Days) -> str:
    """ "9 to 13 November 2026": the last day is named, too."""
    first, last = days.begin, days.end - timedelta(days=1)
    begin, end = day(first), day(last)
    if first == last:
        return end
    if first.year == last.year:
        begin = begin.removesuffix(f" {first.year}")
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    return f"{begin} to {end}"


def unfinished(days: Days, now: Instant, zone: str) -> str:
    """What to know of a period that is not over, or has not begun, when a report is made; "" where it is over."""
    begin, end = days.instants(zone)
    if now < begin:
        return "The period has not begun."
    return "The period is not over: what is pending may still be met or missed." if now < end else ""


def suspended(each: Suspension, zone: str) -> str:
    """When a promise did not hold: "9 to 13 November 2026", or "12 November 2026, 12:30 to 14:00, chat closed"."""
    if each.span is None:
        return period(each.days)
    (begin, end), what = each.span, "all closed" if each.closed == "all" else f"{each.closed} closed"
    same = local_day(begin, zone) == local_day(end, zone)
    until = stamp(end, zone)[11:] if same else moment_of(end, zone)
    return f"{day(local_day(begin, zone))}, {stamp(begin, zone)[11:]} to {until}, {what}"


def moment_of(when: Instant, zone: str) -> str:
    """ "1 November 2026 at 14:03", by the clocks of ``zone``."""
    local = moment(when).astimezone(ZoneInfo(zone))
    return f"{day(local.date())} at {local:%H:%M}"


def stamp(when: Instant, zone: str) -> str:
    """ "2026-11-01 14:03", by the clocks of ``zone``: for tables."""
    return f"{moment(when).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def count(number: int) -> str:
    """ "1,204"."""
    return f"{number:,}"


def share(hundredths: int | None) -> str:
    """Hundredths of a percent as "93.2 %", cut to one decimal."""
    if hundredths is None:
        return NOTHING
    whole, tenth = divmod(hundredths // 10, 10)
    return f"{whole}.{tenth} %"


def interval(between: tuple[int, int] | None) -> str:
    """ "82.7–96.6 %": never narrower than it is."""
    if between is None:
        return NOTHING
    low, high = between[0] // 10, -(-between[1] // 10)
    return f"{low // 10}.{low % 10}–{high // 10}.{high % 10} %"


def result(figure: Figure, amber_points: float) -> str:
    """ "met", "too few to tell", "not met" or "not met, within 5 points"."""
    if figure.result is Result.NOT_MET and figure.amber:
        return f"{figure.result}, within {amber_points:g} points"
    return str(figure.result)


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


def quantile(figure: Figure, millis: int | None, *, working: bool) -> str:
    """A median or P90 of a figure; the curve may not come so far down, or there is nothing to tell."""
    if millis is None and figure.judged + figure.pending:
        return "not reached"
    return length(millis, working=working)


def digest(full: str) -> str:
    """Enough of a digest to tell versions apart."""
    return full[:SHORT]


def listed_alone(missed: int, figures: Sequence[Figure]) -> str:
    """Why more misses are listed, ``missed``, than figures count: "" where it is as many."""
    alone = missed - sum(each.missed for each in figures)
    if alone <= 0:
        return ""
    began = (
        "began in a suspended period: it is listed and marked, and counts"
        if alone == 1
        else ("began in a suspended period: they are listed and marked, and count")
    )
    return f"{count(alone)} of them {began} in no figure above."


def reasons(left_out: Mapping[Bar, int]) -> str:
    """ "3 spam, 1 automatic message"."""
    return ", ".join(f"{count(n)} {REASONS[bar][n != 1]}" for bar, n in left_out.items())


def rows(keys: Sequence[str], by: By) -> list[str]:
    """What the rows of a table are called, in order: months and weeks as they are, the others in words.

    Of terms the name is enough, unless two share it: then with the first day.
    """
    if by != "term":
        return [row(key, by) for key in keys]
    names = [term(key) for key in keys]
    return [
        name if names.count(name) == 1 else f"{name} from {key[:10]}" for key, name in zip(keys, names, strict=True)
    ]


def term(key: str) -> str:
    """ "2026-09-28 Autumn term" as "Autumn term"."""
    return plain(key.partition(" ")[2]) or key


def row(key: str, by: By) -> str:
    """What one row is called; see :func:`rows`."""
    match by:
        case "hour":
            return f"{key:0>2}:00"
        case "weekday":
            return WEEKDAYS[int(key[0]) - 1]
        case "site":
            return plain(key) or "no site"
        case "term":
            return term(key)
        case _:
            return key


def plain(text: str) -> str:
    """What somebody wrote, on one line, without signs that steer a terminal or turn the reading direction."""
    kept = "".join(" " if unicodedata.category(sign) in _STEERING else sign for sign in text)
    return " ".join(kept.split())


_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def changes(why: Mapping[str, int]) -> str:
    """ "2 corrected, 1 marked as spam": what changed a figure since it was published."""
    return ", ".join(f"{count(n)} {what}" for what, n in why.items()) or "nothing that the log tells apart"


def covered(covers: Covers) -> str:
    """ "sms, kind noise": which contacts a standard is about."""
    singular = {"channels": "", "lines": "line ", "kinds": "kind ", "sites": "site ", "tags": "tag "}
    said = [head + " or ".join(found) for name, head in singular.items() if (found := getattr(covers, name))]
    return ", ".join(said) or "every contact"


def measured(standards: tuple[Standard, ...]) -> str:
    """ "first response within 15 working min", of several versions each limit once."""
    limits = " or ".join(dict.fromkeys(str(each.limit) for each in standards))
    return f"{MEASURES[standards[0].measure]} within {limits}"


_PUBLIC = {
    Measure.ACKNOWLEDGED: "an acknowledgement",
    Measure.CLAIMED: "a member of staff takes it",
    Measure.ATTENDED: "somebody goes there",
    Measure.FIRST_RESPONSE: "a first answer by a person",
    Measure.NEXT_RESPONSE: "an answer to each further question",
    Measure.KEEP_INFORMED: "news",
    Measure.RESOLUTION: "it is settled",
}
_UNITS = {Unit.SECONDS: "second", Unit.MINUTES: "minute", Unit.HOURS: "hour", Unit.DAYS: "day"}


def publicly(standards: tuple[Standard, ...]) -> str:
    """For patrons: "a first answer by a person within 15 minutes of opening hours", of several versions each limit."""
    limits = " or ".join(dict.fromkeys(_public_limit(each.limit) for each in standards))
    return f"{_PUBLIC[standards[0].measure]} {limits}"


def _public_limit(limit: Limit) -> str:
    amount = f"{limit.amount} {_UNITS[limit.unit]}{'' if limit.amount == 1 else 's'}"
    match limit.manner:
        case Manner.AS_PROMISED:
            return "by the time we said"
        case Manner.SAME_DAY:
            return f"on the same day, if it came before {limit.amount // 60:02}:{limit.amount % 60:02}"
        case Manner.NEXT_SHIFT:
            return f"within {amount}, or {amount} of our next opening"
        case Manner.LENGTH if limit.days:
            return f"within {amount.replace('day', 'working day')}"
        case Manner.LENGTH:
            return f"within {amount}{' of opening hours' if limit.working else ''}"


# Noise

NOT_PEOPLE = (
    "A text is a contact, however often its sender wrote in it, and no person: one may send several, and most who are "
    "disturbed send none."
)

NOISES = {
    "talking": "talking",
    "phone": "phone calls",
    "music": "music",
    "food": "eating",
    "other": "other or not said",
}
"""Kinds of noise."""

OUTCOMES = {
    "quiet": "quiet on arrival",
    "spoken_to": "spoken to",
    "moved": "moved",
    "security": "security went",
    "not_found": "not found",
    "no_place": "no place given",
    "unsaid": "no outcome given",
    "going_on": "going on",
}
"""What came of noises."""


def counted(counts: Mapping[str, int], names: Mapping[str, str]) -> str:
    """ "talking 12, music 3": what there was any of."""
    return ", ".join(f"{names[name]} {count(n)}" for name, n in counts.items() if n) or "none"


def zone(each: ZoneNoise) -> str:
    """A zone by its name, or that nobody knew the place."""
    return plain(each.name) or each.zone or "Place not known"


def noise(found: Noise) -> Iterator[str]:
    """What there is to know of a period's noise before its figures: sentence by sentence."""
    total = found.total
    if not total.told:
        yield "No text told of noise."
    else:
        yield from _told(found)
    if found.muted or found.limited:
        yield (
            f"Left out: {count(found.muted)} of senders whom staff had muted, {count(found.limited)} of senders who "
            "sent too many."
        )
    if total.told and found.silent:
        yield f"Nobody told of {_some([plain(name) for name in found.silent])}."


def _told(found: Noise) -> Iterator[str]:
    total, away = found.total, found.total.heard - found.total.staffed
    yield (
        f"{_texts(total.told)} told of {_noises(total.heard)}: {count(total.staffed)} began while the line was "
        f"staffed, {count(away)} when it was not. {count(total.answered)} of the texts were answered by a person."
    )
    if found.unplaced.told:
        yield f"Of {_texts(found.unplaced.told)} nobody knew the place."
    if total.concerns:
        yield f"In {_texts(total.concerns)} somebody may have been in danger."
    hours = f"opening hours by the calendar {plain(found.calendar)}" if found.calendar else "the clock on the wall"
    if total.staffed:
        yield f"While staffed: {_half(total.went, total.staffed)} Counted in {hours}, from the first text."
    if away:
        yield f"While not staffed: {_half(total.went_away, away)} Counted by the clock on the wall."


def _half(went: Went, noises: int) -> str:
    said = f"somebody went to {count(went.n)} of {count(noises)} noises"
    return f"{said}, to half of those within {length(went.median, working=True)}." if went.n else f"{said}."


def _texts(n: int) -> str:
    return f"{count(n)} text{'' if n == 1 else 's'}"


def _noises(n: int) -> str:
    return f"{count(n)} noise{'' if n == 1 else 's'}"


_MOST_NAMED = 12


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return "; ".join(names[:_MOST_NAMED]) + (f"; and {count(more)} more zones" if more > 0 else "")


def imported(n: int) -> str:
    """How many contacts came from another desk, and what that means for the shares."""
    were = "1 contact was" if n == 1 else f"{count(n)} contacts were"
    return f"{were} imported from another desk. Those whose times are not whole are in no share."
