"""Closures taken from a calendar export."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from helpdesk.commands.importing import as_toml
from tests.imports import TODAY, imported, refused


def ics(*events: str) -> str:
    """A calendar export with these events, each "KEY:value KEY:value" with | for line ends."""
    body = "\n".join(f"BEGIN:VEVENT\n{event.replace(' | ', chr(10))}\nEND:VEVENT" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//marsh//EN\n{body}\nEND:VCALENDAR\n"


def closed(folder: Path, *events: str, **options: object) -> list[tuple[str, str, str]]:
    """The closures that these events give: first, last, reason."""
    text = imported(folder, "c.ics", ics(*events), **options)
    tables = tomllib.loads(text).get("calendars", {}).get("staffed", {}).get("closures", [])
    return [(str(each["from"]), str(each["to"]), each["reason"]) for each in tables]


WINTER = "UID:w | DTSTART;VALUE=DATE:20261224 | DTEND;VALUE=DATE:20270104 | SUMMARY:Winter closure"


def test_whole_days(tmp_path: Path) -> None:
    """The end of an all-day event is the day after its last; without an end it is one day."""
    assert closed(tmp_path, "UID:s | DTSTART;VALUE=DATE:20261118 | SUMMARY:Staff training", WINTER) == [
        ("2026-11-18", "2026-11-18", "Staff training"),
        ("2026-12-24", "2027-01-03", "Winter closure"),
    ]


def test_what_is_written_can_be_put_below_its_calendar(tmp_path: Path) -> None:
    """With the calendar's name that was asked for."""
    text = imported(tmp_path, "c.ics", ics(WINTER), calendar="main")
    assert text == (
        "# Closures from c.ics. Put them below [calendars.main].\n\n"
        '[[calendars.main.closures]]\nfrom = 2026-12-24\nto = 2027-01-03\nreason = "Winter closure"\n'
    )


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("RRULE:FREQ=YEARLY", ["2026-04-01", "2027-04-01", "2028-04-01", "2029-04-01"]),
        ("RRULE:FREQ=YEARLY;COUNT=2", ["2026-04-01", "2027-04-01"]),
        ("RRULE:FREQ=YEARLY;UNTIL=20280401", ["2026-04-01", "2027-04-01", "2028-04-01"]),
        ("RRULE:FREQ=YEARLY;UNTIL=20280331T225959Z", ["2026-04-01", "2027-04-01"]),
        ("RRULE:FREQ=YEARLY;UNTIL=20290101 | EXDATE;VALUE=DATE:20270401", ["2026-04-01", "2028-04-01"]),
        ("RDATE;VALUE=DATE:20260601,20260701", ["2026-04-01", "2026-06-01", "2026-07-01"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["2026-04-01", "2026-04-06", "2026-05-04"]),
    ],
)
def test_events_that_come_again(tmp_path: Path, rule: str, days: list[str]) -> None:
    """Until the horizon, with exceptions and additions."""
    found = closed(tmp_path, f"UID:a | DTSTART;VALUE=DATE:20260401 | SUMMARY:Audit | {rule}")
    assert [first for first, _, _ in found] == days


def test_one_time_of_several_was_moved(tmp_path: Path) -> None:
    """The exception replaces its own time only."""
    every = "UID:f | DTSTART;VALUE=DATE:20260907 | RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=3 | SUMMARY:First Monday"
    moved = "UID:f | RECURRENCE-ID;VALUE=DATE:20261005 | DTSTART;VALUE=DATE:20261006 | SUMMARY:First Monday, moved"
    assert [(first, reason) for first, _, reason in closed(tmp_path, every, moved)] == [
        ("2026-09-07", "First Monday"),
        ("2026-10-06", "First Monday, moved"),
        ("2026-11-02", "First Monday"),
    ]


@pytest.mark.parametrize(
    ("times", "days"),
    [
        ("DTSTART:20260504T230000Z | DTEND:20260506T230000Z", ("2026-05-05", "2026-05-06")),
        ("DTSTART;TZID=Europe/London:20260505T000000 | DTEND;TZID=Europe/London:20260507T000000", None),
        ("DTSTART:20260505T000000 | DTEND:20260506T235900", None),
        ("DTSTART:20260505T000000 | DURATION:P2D", None),
        ("DTSTART;TZID=America/New_York:20260504T190000 | DTEND;TZID=America/New_York:20260506T190000", None),
    ],
)
def test_times_that_make_whole_days_in_the_zone(tmp_path: Path, times: str, days: tuple[str, str] | None) -> None:
    """Midnight to midnight by the library's own clock, however it is written."""
    [(first, last, _)] = closed(tmp_path, f"UID:t | {times} | SUMMARY:Works")
    assert (first, last) == (days or ("2026-05-05", "2026-05-06"))


def test_a_week_of_closed_days_over_a_change_of_the_clock(tmp_path: Path) -> None:
    """Weekly by London's clock: midnight stays midnight."""
    times = "DTSTART;TZID=Europe/London:20261018T000000 | DTEND;TZID=Europe/London:20261019T000000"
    found = closed(tmp_path, f"UID:t | {times} | RRULE:FREQ=WEEKLY;COUNT=3 | SUMMARY:Sunday works")
    assert [(first, last) for first, last, _ in found] == [
        (day, day) for day in ("2026-10-18", "2026-10-25", "2026-11-01")
    ]


FIREWORKS = (
    "UID:p | DTSTART;TZID=Europe/London:20261105T170000 | DTEND;TZID=Europe/London:20261105T190000 | SUMMARY:Fair"
)


def test_a_part_of_a_day_is_no_closure(tmp_path: Path) -> None:
    """Nobody can guess the hours that are left: it is told, or left out where that is asked for."""
    assert refused(tmp_path, "c.ics", ics(WINTER, FIREWORKS)) == [
        "c.ics:10: 'Fair' closes a part of a day (2026-11-05 17:00 to 19:00): write that day under "
        "[[calendars.NAME.days]] with its hours, or leave such events out with --whole-days"
    ]
    assert [reason for _, _, reason in closed(tmp_path, WINTER, FIREWORKS, whole_days=True)] == ["Winter closure"]
    file = tmp_path / "c.ics"
    _, left_out = as_toml(file, zone="Europe/London", calendar="staffed", whole_days=True, today=TODAY)
    assert left_out == (f"left out: {file}:10: 'Fair' closes a part of a day (2026-11-05 17:00 to 19:00)",)


def test_of_a_long_one_the_whole_days_are_kept(tmp_path: Path) -> None:
    """From an evening to a morning: the days between."""
    long = "UID:l | DTSTART:20261224T170000 | DTEND:20270104T090000 | SUMMARY:Winter"
    assert closed(tmp_path, long, whole_days=True) == [("2026-12-25", "2027-01-03", "Winter")]


def test_cancelled_and_distant_events_close_nothing(tmp_path: Path) -> None:
    """Nor does what lies outside the horizon; of what reaches in, all is kept."""
    found = closed(
        tmp_path,
        "UID:c | DTSTART;VALUE=DATE:20261001 | STATUS:CANCELLED | SUMMARY:Never mind",
        "UID:o | DTSTART;VALUE=DATE:20191001 | SUMMARY:Long ago",
        "UID:r | DTSTART;VALUE=DATE:20241220 | DTEND;VALUE=DATE:20250103 | SUMMARY:Reaches in",
    )
    assert found == [("2024-12-20", "2025-01-02", "Reaches in")]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("UID:b | DTSTART;VALUE=DATE:20261001 | DTEND;VALUE=DATE:20260901", "c.ics:4: an event that ends before it"),
        ("UID:b | DTSTART:whenever", "c.ics:4: an event whose times can't be read"),
        ("UID:b | SUMMARY:No time", "c.ics:4: an event whose times can't be read"),
        ("UID:b | DTSTART:20261001T000000 | RRULE:FREQ=SECONDLY", "c.ics:4: an event that ends before it starts"),
        ("UID:b | DTSTART;VALUE=DATE:20260101 | RRULE:FREQ=SECONDLY", "c.ics:4: comes again too often"),
        ("UID:b | DTSTART;VALUE=DATE:20150101", "c.ics: has no event from 2025-01-01 to 2029-12-31 that closes a day."),
    ],
)
def test_an_event_that_cannot_be_a_closure(tmp_path: Path, event: str, told: str) -> None:
    """Each with its line; none hangs."""
    [line] = refused(tmp_path, "c.ics", ics(event))
    assert line.startswith(told)


@pytest.mark.parametrize("text", ["garbage", "", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "BEGIN:VEVENT\nEND:VEVENT\n"])
def test_a_file_that_is_no_calendar(tmp_path: Path, text: str) -> None:
    """Said in one line."""
    [line] = refused(tmp_path, "c.ics", text)
    assert "is no iCalendar file" in line
