"""Demand by weekday and hour beside staffed hours and misses: numbers, with a block that only helps the eye."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.plurals import plural
from helpdesk.reports import words
from helpdesk.reports.contents import Heat, Report
from helpdesk.reports.text.lines import headline, table, wrapped

_BLOCKS = "▁▂▃▄▅▆▇█"
_UNSTAFFED = "·"


def heat(report: Report) -> Iterator[str]:
    """Two tables, hour by hour: what came in and was missed, and how much of it was staffed."""
    found = report.heat
    if found is None:
        return
    hours = _hours(found)
    yield from headline("Demand by weekday and hour")
    yield from wrapped(
        "Contacts that came in, and after the stroke the promises missed among them. The block compares with the "
        f'busiest hour. "{_UNSTAFFED}" before it: nobody staffed that hour.'
    )
    yield ""
    yield from _demand(found, hours)
    yield ""
    yield from wrapped(_summary(found))
    yield ""
    if found.staffed == found.possible:
        yield from wrapped(f"Staffed round the clock, by the calendar {words.plain(found.calendar)}.")
        return
    yield from wrapped(f"Staffed, in percent of the hour, by the calendar {words.plain(found.calendar)}")
    yield ""
    rows = [(f"{hour:02}", *(_staffed(found, day, hour) for day in range(7))) for hour in hours]
    yield from table(("Hour", *(day[:3] for day in words.WEEKDAYS)), rows, left=(0,))


def _hours(found: Heat) -> range:
    """From the first hour in which anybody came or was staffed to the last; staffed round the clock tells none."""
    told = found.staffed if found.staffed != found.possible else ()
    busy = [any(row[hour] for row in (*found.received, *told)) for hour in range(24)]
    seen = [hour for hour in range(24) if busy[hour]]
    return range(min(seen, default=0), max(seen, default=-1) + 1)


def _demand(found: Heat, hours: range) -> Iterator[str]:
    busiest = max(map(max, found.received))
    cells = [[_cell(found, day, hour, busiest) for day in range(7)] for hour in hours]
    number = max((len(came) for row in cells for _, came, _ in row), default=0)
    stroke = max((len(missed) for row in cells for *_, missed in row), default=0)
    width = 2 + number + stroke
    yield "Hour" + "".join(f" {day[:3]:>{width - 1 - stroke}}{'':{stroke}}" for day in words.WEEKDAYS)
    for hour, row in zip(hours, cells, strict=True):
        yield f"{hour:02}  " + "".join(f"{head}{came:>{number}}{missed:<{stroke}}" for head, came, missed in row)


def _cell(found: Heat, day: int, hour: int, busiest: int) -> tuple[str, str, str]:
    """The mark and the block, what came in, what was missed of it."""
    came, missed = found.received[day][hour], found.missed[day][hour]
    mark = " " if found.staffed[day][hour] else _UNSTAFFED
    block = _BLOCKS[-(-came * len(_BLOCKS) // busiest) - 1] if came else " "
    number = _short(came) if came or mark == " " else ""
    return mark + block, number, f"/{_short(missed)}" if missed else ""


def _short(number: int) -> str:
    """At most four signs: "9999", then "10k"."""
    return str(number) if number < 10_000 else f"{number // 1000}k"


def _staffed(found: Heat, day: int, hour: int) -> str:
    staffed, possible = found.staffed[day][hour], found.possible[day][hour]
    return str(staffed * 100 // possible) if staffed and possible else words.NOTHING


def _summary(found: Heat) -> str:
    cells = [(day, hour) for day in range(7) for hour in range(24)]
    came = sum(map(sum, found.received))
    away = sum(found.received[day][hour] for day, hour in cells if not found.staffed[day][hour])
    missed = sum(map(sum, found.missed))
    said = f"{plural(came, 'contact')} in all, {plural(missed, 'promise')} missed."
    if not away:
        return said
    return f"{said} {plural(away, 'contact')} ({words.share(away * 10_000 // came)}) came at hours that nobody staffs."
