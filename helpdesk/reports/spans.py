"""The days of a period that is named by its length: today, last week, the month before, this term (pure)."""

from __future__ import annotations

from datetime import date, timedelta

from helpdesk.errors import Refused
from helpdesk.ports.reports import Length, Period
from helpdesk.reports.period import first_of_month
from helpdesk.reports.terms import Term, Terms

_DAY = timedelta(days=1)

NO_TERMS = (
    "The published calendar names no terms, so these are three months. Periods of a calendar are terms: "
    "docs/calendars.md."
)


def period(length: Length, back: int, today: date, terms: Terms) -> Period:
    """The period ``back`` before the present one. Refused where it is still to come, or there is no such term."""
    if back < 0:
        raise Refused("That is still to come: there are no figures yet.")
    try:
        return _term(back, today, terms) if length == "term" else _plain(length, back, today)
    except OverflowError:
        raise Refused("That is before all time. Ask for a later period.") from None


def _plain(length: Length, back: int, today: date) -> Period:
    match length:
        case "day":
            begin = today - back * _DAY
            end = begin + _DAY
        case "week":
            begin = today - timedelta(days=today.weekday() + 7 * back)
            end = begin + 7 * _DAY
        case _:
            begin, end = first_of_month(today, -back), first_of_month(today, 1 - back)
    return Period(length=length, back=back, begin=begin, end=end, over=end <= today)


def _term(back: int, today: date, terms: Terms) -> Period:
    begun = terms.begun(today)
    if not begun:
        begin, end = first_of_month(today, -2 - 3 * back), first_of_month(today, 1 - 3 * back)
        return Period(
            length="term", back=back, begin=begin, end=end, name="three months", note=NO_TERMS, over=end <= today
        )
    if back >= len(begun):
        raise Refused(f"No published calendar names an earlier term than {begun[0].name}, from {begun[0].first}.")
    found = begun[-1 - back]
    note = f"Today lies between terms: {found.name} was the last one." if not back and found.last < today else ""
    return _of(found, back, note, today)


def _of(term: Term, back: int, note: str, today: date) -> Period:
    end = term.last + _DAY
    return Period(length="term", back=back, begin=term.first, end=end, name=term.name, note=note, over=end <= today)
