"""Documents of a pack as plain text: the promises with their whole history, and the opening hours."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.hours import WorkingDay
from helpdesk.hours.calendars import frozen_from_text
from helpdesk.reports import words
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.reached import spans
from helpdesk.reports.period import local_day
from helpdesk.reports.text.lines import headline, table, wrapped
from helpdesk.standards import Calendar, Standard, Version


def standards_text(material: Material) -> str:
    """Every version of every standard that was ever published, by name, the oldest first."""
    lines = [*headline(f"The promises of {words.plain(material.report.library)}", "=")]
    if not material.history:
        lines.append("No standard was ever published.")
    names = list(dict.fromkeys(each.standard.name for each in material.history))
    for name in names:
        versions = [each for each in material.history if each.standard.name == name]
        lines += headline(name)
        for number, version in enumerate(versions, 1):
            lines += _version(material, version, number)
    return _text(lines)


def _version(material: Material, version: Version, number: int) -> Iterator[str]:
    standard, zone = version.standard, material.report.zone
    held = any(each.digest == version.digest for each in material.in_force)
    yield from wrapped(f"{number}. {words.plain(standard.title)}", rest="   ")
    yield from _facts(
        ("Measured", words.measured((standard,)) + _also(standard)),
        ("Promised", f"{standard.share:g} %"),
        ("Covers", words.covered(standard.covers)),
        ("Calendar", standard.calendar or "none: round the clock"),
        ("Published", words.moment_of(version.published, zone)),
        ("In force", f"from {words.day(local_day(version.begins, zone))}{_until(standard)}{', now' if held else ''}"),
        ("Owner", words.plain(standard.owner) or "nobody is named"),
        ("Source", words.plain(standard.source) or "none is named"),
        ("Digest", version.digest),
    )
    yield ""


def _facts(*facts: tuple[str, str]) -> Iterator[str]:
    for name, said in facts:
        yield from wrapped(f"{name:<10} {said}", first="   ", rest=" " * 14)


def _until(standard: Standard) -> str:
    return f" to {words.day(standard.until)}" if standard.until else ""


def _also(standard: Standard) -> str:
    said = (
        "; by the same time of its last working day"
        if standard.limit.days and standard.working_day is WorkingDay.SAME_TIME
        else ""
    )
    return said + ("; going there answers as much as a message does" if standard.attended_answers else "")


# Opening hours


def calendars_text(material: Material) -> str:
    """Every published version of every calendar: weeks, periods, closures, days of their own, bank holidays."""
    lines = [*headline(f"The opening hours of {words.plain(material.report.library)}", "=")]
    if not material.calendars:
        lines.append("No calendar was ever published.")
    for each in material.calendars:
        lines += _calendar(material, each)
    return _text(lines)


def _calendar(material: Material, calendar: Calendar) -> Iterator[str]:
    frozen = frozen_from_text(calendar.text)
    rules = frozen.rules
    zone = material.report.zone
    yield from headline(f"{calendar.name}, published on {words.moment_of(calendar.published, zone)}")
    yield f"Time zone {rules.zone}; from {words.day(frozen.first)} to {words.day(frozen.last)}"
    yield f"Digest {calendar.digest}"
    yield ""
    weeks = [("usual week", "", rules.week)]
    weeks += [(each.name, f"{each.first} to {each.last}", each.week) for each in rules.periods]
    for name, when, week in weeks:
        yield f"{words.plain(name)}{f', {when}' if when else ''}"
        rows = [(day, spans(open_for)) for day, open_for in zip(words.WEEKDAYS, week, strict=True)]
        yield from (f"  {day:<10} {said}" for day, said in rows)
        yield ""
    dated = sorted(
        [
            *((each.first, each.last, "closed", each.reason) for each in rules.closures),
            *((each.day, each.day, spans(each.spans), each.reason) for each in rules.days),
            *((each.day, each.day, spans(rules.holiday_spans), each.name) for each in frozen.holidays),
        ]
    )
    if dated:
        yield from table(
            ("From", "To", "Hours", "Reason"),
            [(str(first), str(last), said, words.plain(why)) for first, last, said, why in dated],
            left=(0, 1, 2, 3),
            flows=(3,),
        )
        yield ""


def _text(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"
