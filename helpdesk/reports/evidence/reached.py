"""How the library is reached: hours, channels, demand by hour and weekday, and what is kept of those who write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpdesk.clock import HOUR
from helpdesk.hours.calendars import Spans, frozen_from_text
from helpdesk.reports import words
from helpdesk.reports.contents import Heat
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.promised import FORMS
from helpdesk.reports.evidence.shown import Row, Sheet, Shown, listed, several

CONTACTS, HEAT = "tables/contacts.csv", "tables/heat.csv"
CALENDARS = "documents/calendars.txt"


def hours(material: Material) -> Shown:
    """The published opening hours, the lines, and how to reach the library."""
    latest = {each.name: each for each in material.calendars}
    if not latest:
        return Shown(lacks=("Published opening hours: no calendar was published.",))
    named = several(len(latest), "calendar")
    said = f"Opening hours are published as {named} ({listed(sorted(latest))}), with terms, closures and bank holidays."
    contact = f"How to reach us, as published: {words.plain(material.contact)}" if material.contact else ""
    lacks = "" if material.contact else "A line on how to reach the library: contact, in [report] of the settings."
    sheets = [_week(name, each.text) for name, each in sorted(latest.items())]
    sheets += [_lines(material)] if material.lines else []
    return Shown(
        says=tuple(line for line in (said, contact) if line),
        sheets=tuple(sheets),
        files=(CALENDARS,),
        lacks=(lacks,) if lacks else (),
    )


def _week(name: str, text: str) -> Sheet:
    """The default week and each named period, a row each."""
    rules = frozen_from_text(text).rules
    weeks = [("usual week", "", rules.week)]
    weeks += [(each.name, f"{words.day(each.first)} to {words.day(each.last)}", each.week) for each in rules.periods]
    return Sheet(
        name=f"hours-{name}",
        caption=f"Opening hours: {name}",
        heads=("Period", "Days", *(day[:3] for day in words.WEEKDAYS)),
        rows=tuple((called, when, *map(spans, week)) for called, when, week in weeks),
    )


def spans(day: Spans) -> str:
    """ "09:00-13:00, 14:00-17:00", "closed"."""
    return ", ".join(map(str, day)) or "closed"


def _lines(material: Material) -> Sheet:
    return Sheet(
        name="lines",
        caption="Lines that patrons write to",
        heads=("Line", "Form", "Address", "Hours", "Sender"),
        rows=tuple(
            (
                line.title,
                FORMS[line.channel],
                line.address,
                line.calendar or "always open",
                "unknown to staff" if line.policy == "sealed" else "known",
            )
            for line in material.lines.values()
        ),
    )


def channels(material: Material) -> Shown:
    """What came in by each form of contact."""
    volumes = material.report.volumes
    if not volumes:
        return Shown(lacks=("No contact came in during the period.",))
    all_of_them = sum(each.received for each in volumes)
    most = max(volumes, key=lambda each: each.received)
    sheet = Sheet(
        name="channels",
        caption="Contacts by form",
        heads=("Form", "Received", "Share of all", "Answered by a person", "Set apart"),
        rows=tuple(
            (
                FORMS[each.channel],
                words.count(each.received),
                words.share(each.received * 10_000 // all_of_them if all_of_them else None),
                words.count(each.answered),
                words.reasons(each.set_apart) or words.NOTHING,
            )
            for each in volumes
        ),
        numbers=frozenset({1, 2, 3}),
    )
    said = f"{several(all_of_them, 'contact')} came in by {several(len(volumes), 'form')} of contact, most by "
    return Shown(says=(f"{said}{FORMS[most.channel].lower()}.",), sheets=(sheet,), files=(CONTACTS,))


def demand(material: Material) -> Shown:
    """When contacts come, beside staffed hours and misses."""
    heat = material.report.heat
    if heat is None or not _sum(heat.received):
        return Shown()
    received = _sum(heat.received)
    staffed = sum(
        n
        for row, open_row in zip(heat.received, heat.staffed, strict=True)
        for n, open_for in zip(row, open_row, strict=True)
        if open_for
    )
    by_hour = [sum(row[hour] for row in heat.received) for hour in range(24)]
    by_day = [sum(row) for row in heat.received]
    hour, day = by_hour.index(max(by_hour)), by_day.index(max(by_day))
    said = (
        f"Most contacts came on {words.WEEKDAYS[day]}s and between {hour:02}:00 and {hour + 1:02}:00. "
        f"{words.share(staffed * 10_000 // received)} of {words.count(received)} came in hours of the week in which "
        f"the calendar {heat.calendar} is open at least at times."
    )
    return Shown(says=(said,), sheets=(_by_hour(heat, by_hour), _by_day(heat, by_day)), files=(HEAT,))


def _sum(rows: Iterable[Iterable[int]]) -> int:
    return sum(sum(row) for row in rows)


def _by_hour(heat: Heat, received: list[int]) -> Sheet:
    rows = [
        (
            f"{hour:02}:00",
            words.count(received[hour]),
            words.count(sum(row[hour] for row in heat.missed)),
            _staffed(sum(row[hour] for row in heat.staffed), sum(row[hour] for row in heat.possible)),
        )
        for hour in range(24)
    ]
    return _demand_sheet("demand-by-hour", "Contacts by hour of the day", "Hour", rows)


def _by_day(heat: Heat, received: list[int]) -> Sheet:
    rows = [
        (
            words.WEEKDAYS[day],
            words.count(received[day]),
            words.count(sum(heat.missed[day])),
            _staffed(sum(heat.staffed[day]), sum(heat.possible[day])),
        )
        for day in range(7)
    ]
    return _demand_sheet("demand-by-weekday", "Contacts by weekday", "Weekday", rows)


def _demand_sheet(name: str, caption: str, head: str, rows: Sequence[Row]) -> Sheet:
    heads = (head, "Received", "Missed", "Staffed")
    return Sheet(name=name, caption=caption, heads=heads, rows=tuple(rows), numbers=frozenset({1, 2, 3}))


def _staffed(open_for: int, possible: int) -> str:
    """How much of the time was staffed."""
    hours = f"{words.count(open_for // HOUR)} h"
    return f"{hours} ({words.share(open_for * 10_000 // possible)})" if possible else hours


# What is kept of those who write


def privacy(material: Material) -> Shown:
    """Anonymous lines, how long anything is kept, and what was destroyed."""
    sealed = {name: line for name, line in material.lines.items() if line.policy == "sealed"}
    if not sealed:
        return Shown(lacks=("An anonymous line, or another proof from the log: no line is sealed.",))
    kept = listed(f"{line.title} {several(line.reply_days, 'day')} after its last message" for line in sealed.values())
    said = (
        "On anonymous lines the desk neither shows nor keeps the sender's number. A conversation's key is destroyed "
        f"when it is over: {kept}. {several(len(material.destroyed), 'conversation')} destroyed in the period."
    )
    lacks = (
        f"{several(material.overdue, 'conversation')} past their time and not destroyed yet: `helpdesk serve` does it."
        if material.overdue
        else ""
    )
    none_left = () if material.overdue else ("None is past its time.",)
    return Shown(says=(said, *none_left), lacks=(lacks,) if lacks else ())


def one_queue(material: Material) -> Shown:
    """That every form of contact stands in one place, with its history."""
    volumes = material.report.volumes
    if not volumes:
        return Shown()
    forms = listed(FORMS[each.channel].lower() for each in volumes)
    said = (
        f"Contacts by {forms} stand in one queue. Whoever takes a ticket sees "
        "all that was written in it, notes of colleagues too."
    )
    return Shown(says=(said,), lacks=("An example of what sharing saved patrons: the log counts none.",))
