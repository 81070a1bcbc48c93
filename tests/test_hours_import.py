"""Opening hours and closures taken from files that libraries have: a table, a calendar export."""

from __future__ import annotations

import textwrap
import tomllib
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.commands.importing import as_toml, keep
from helpdesk.errors import BadConfig, Refused
from helpdesk.hours.calendars import Closure, Rules
from helpdesk.hours.opening_table import read_table
from helpdesk.hours.timetable import calendars_from_toml
from helpdesk.hours.written import calendars_text, closures_text

TODAY = date(2026, 11, 21)


def imported(folder: Path, name: str, text: str, **options: object) -> str:
    """What `helpdesk hours import` would print."""
    file = folder / name
    file.write_text(textwrap.dedent(text).lstrip(), "utf-8")
    chosen = {"zone": "Europe/London", "calendar": "staffed", "whole_days": False} | options
    return as_toml(file, today=TODAY, **chosen)[0]  # type: ignore[arg-type]


def refused(folder: Path, name: str, text: str, **options: object) -> list[str]:
    """The lines of the refusal, without the folder."""
    with pytest.raises(BadConfig) as error:
        imported(folder, name, text, **options)
    return [line.replace(f"{folder}/", "") for line in str(error.value).splitlines()]


def table(text: str) -> dict[str, Rules]:
    """A table's calendars, by name."""
    written = calendars_text(read_table(textwrap.dedent(text), "t.csv"), zone="Europe/London", source="t.csv")
    return {rules.name: rules for rules in calendars_from_toml(tomllib.loads(written)["calendars"])}


def week(row: str) -> list[str]:
    """The week of a table with one venue, Monday first; a row is "day,open,close"."""
    rows = "\n".join(f"Main,{each}" for each in row.split(" | "))
    (rules,) = table(f"venue,day,open,close\n{rows}\n").values()
    return [" ".join(map(str, spans)) for spans in rules.week]


# A table of hours


def test_a_table_becomes_toml(tmp_path: Path) -> None:
    """Venues, ranges of days, two rows a day, past midnight, dates, bank holidays."""
    text = """
        Venue,Day,Opening time,Closing time,Notes
        Main Library,Mon-Thu,9am,10.30pm,
        Main Library,Friday,09:00,17.00,
        Main Library,Sat & Sun,Closed,,
        Law Library,Daily,24 hours,,
        Law Library,24/12/2026,9am,noon,Christmas Eve
        Law Library,25 December 2026,closed,closed,
        Café,Mon to Fri,8.30am,13:00,
        Café,Mon to Fri,2pm,2am,
        Café,Bank Holidays,10am,4pm,
    """
    assert (
        imported(tmp_path, "hours.csv", text)
        == """\
# Opening hours from hours.csv. A day left out is closed.

[calendars.main-library]   # Main Library
zone = "Europe/London"

[calendars.main-library.week]
mon-thu = "09:00-22:30"
fri = "09:00-17:00"

[calendars.law-library]   # Law Library
zone = "Europe/London"

[calendars.law-library.week]
daily = "00:00-24:00"

[[calendars.law-library.days]]
date = 2026-12-24
hours = "09:00-12:00"
reason = "Christmas Eve"

[[calendars.law-library.days]]
date = 2026-12-25
reason = "Hours of this day"

[calendars.cafe]   # Café
zone = "Europe/London"
bank_holidays = "england-and-wales"   # or "scotland", "northern-ireland"
bank_holiday_hours = "10:00-16:00"

[calendars.cafe.week]
mon-fri = ["08:30-13:00", "14:00-26:00"]
"""
    )


@pytest.mark.parametrize(
    ("row", "monday"),
    [
        ("Mon,09:00,17:30", "09:00-17:30"),
        ("Mon,9am,5.30pm", "09:00-17:30"),
        ("Mon,9 am,5:30 p.m.", "09:00-17:30"),
        ("Mon,0900,1730", "09:00-17:30"),
        ("Mon,9.00,17.30", "09:00-17:30"),
        ("Mon,09:00:00,17:30:00", "09:00-17:30"),
        ("Mon,9h00,17h30", "09:00-17:30"),
        ("Mon,9am-5.30pm,", "09:00-17:30"),
        ("Mon,12pm,10pm", "12:00-22:00"),
        ("Mon,noon,midnight", "12:00-24:00"),
        ("Mon,12am,noon", "00:00-12:00"),
        ("Mon,08:00,00:00", "08:00-24:00"),
        ("Mon,08:00,24:00", "08:00-24:00"),
        ("Mon,08:00,23:59", "08:00-24:00"),
        ("Mon,08:00,02:00", "08:00-26:00"),
        ("Mon,08:00,26:00", "08:00-26:00"),
        ("Mon,20,22", "20:00-22:00"),
        ("Mon,24 hours,", "00:00-24:00"),
        ("Mon,Open 24 hours,Open 24 hours", "00:00-24:00"),
        ("Mon,00:00,24:00", "00:00-24:00"),
        ("Mon,CLOSED,", ""),
        ("Mon,-,-", ""),
        ("Mon,,", ""),
        ("Mon,9am,1pm | Mon,2pm,5pm", "09:00-13:00 14:00-17:00"),
        ("Mon,2pm,5pm | Mon,9am,1pm", "09:00-13:00 14:00-17:00"),
        ("Mon,9am,1pm | Mon,9am,1pm", "09:00-13:00"),
    ],
)
def test_times_as_libraries_write_them(row: str, monday: str) -> None:
    """Whatever a web page or a spreadsheet has."""
    assert week(row)[0] == monday


@pytest.mark.parametrize(
    ("day", "open_days"),
    [
        ("Monday", "x......"),
        ("Tues", ".x....."),
        ("Thurs.", "...x..."),
        ("Saturdays", ".....x."),
        ("mon-fri", "xxxxx.."),
        ("Monday to Thursday", "xxxx..."),
        ("Mon – Wed", "xxx...."),
        ("Sat & Sun", ".....xx"),
        ("Mon/Wed/Fri", "x.x.x.."),
        ("Mon and Wed-Fri", "x.xxx.."),
        ("Weekdays", "xxxxx.."),
        ("Weekend", ".....xx"),
        ("Every day", "xxxxxxx"),
    ],
)
def test_days_as_libraries_write_them(day: str, open_days: str) -> None:
    """Single, several, ranges."""
    assert "".join("x" if spans else "." for spans in week(f"{day},10:00,11:00")) == open_days


@pytest.mark.parametrize("day", ["2026-12-24", "24/12/2026", "24.12.2026", "24 Dec 2026", "Thursday 24 December 2026"])
def test_a_date_is_a_day_of_its_own(day: str) -> None:
    """With the note as its reason; the day comes first, as in Britain."""
    (rules,) = table(f"site;day;open;close;note\nMain;{day};10:00;12:00;Christmas Eve\n").values()
    [one] = rules.days
    assert (one.day, str(one.spans[0]), one.reason) == (date(2026, 12, 24), "10:00-12:00", "Christmas Eve")


def test_columns_in_any_order_under_any_usual_name() -> None:
    """Tabs too, and a byte-order mark, blank lines and columns of no concern."""
    text = "\ufeff\nCloses\tLibrary\tSeats\tWeekday\tOpens\n17:00\tMain\t120\tMon\t09:00\n\t\t\t\t\n"
    assert str(table(text)["main"].week[0][0]) == "09:00-17:00"


def test_every_bad_row_is_told_with_its_line(tmp_path: Path) -> None:
    """All at once, each with what to write; nothing comes out of the good ones."""
    text = """
        venue,day,open,close
        Main,Mon,9,5
        Main,Mun,9am,5pm
        Main,Tue,9am,
        Main,Fri-Mon,9am,5pm
        ,Fri,9am,5pm
        Main,Wed,9am,5pm
        Main,Wed,4pm,6pm
        Main,Wed,closed,closed
        Main,Thu,25:00,26:00
        Main,Thu,13pm,14:00
        Main,Thu,9:75,14:00
        Main,Thu,09:00,09:00
        Main,Thu,soon,later
        Main,Thu,24:00,26:00
    """
    assert refused(tmp_path, "h.csv", text) == [
        "h.csv:2: '9' may be morning or evening: write 9am, 9pm or 09:00",
        "h.csv:3: 'Mun' is no day: write Monday, Mon-Fri, Daily, Bank holidays or a date (2026-12-24)",
        'h.csv:4: has one time only: write both, or "closed" in both',
        "h.csv:5: 'Fri-Mon' runs backwards: write two rows, the week starts on Monday",
        "h.csv:6: names no venue: write it in every row",
        "h.csv:8: 09:00-17:00 and 16:00-18:00 overlap on this day: write one row for both",
        "h.csv:9: an earlier row says otherwise of this day: leave one of them out",
        "h.csv:10: '25:00' opens after the day has ended: put it on the next day",
        "h.csv:11: '13pm' is no time: an hour with am or pm is 1 to 12",
        "h.csv:12: '9:75' is no time of the day, or of the night after it (24:00 to 48:00)",
        'h.csv:13: opens and closes at 09:00: write "24 hours", or the time it closes',
        'h.csv:14: \'soon\' is no time: write 09:00, 9am, 17.30, noon, midnight, "closed" or "24 hours"',
        "h.csv:15: '24:00' opens after the day has ended: put it on the next day",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "h.csv: has no row of hours: write columns venue, day, open, close."),
        ("venue,day,open,close\n", "h.csv: has no row of hours: write columns venue, day, open, close."),
        ("a,b\n1,2\n", "h.csv:1: the first row names no venue and no day and no open and no close: write venue, day"),
        ("venue,day,open,close\n!,Mon,9am,5pm\n", "h.csv: '!' gives no calendar name of its own: rename the venue"),
        (
            "venue,day,open,close\nMain!,Mon,9am,5pm\nMain,Mon,9am,5pm\n",
            "h.csv: 'Main' gives no calendar name of its own as 'Main!' has: rename the venue",
        ),
    ],
)
def test_a_table_that_is_none(tmp_path: Path, text: str, told: str) -> None:
    """Said in words."""
    [line] = refused(tmp_path, "h.csv", text)
    assert line.startswith(told)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Never anything between, whatever is in the file."""
    with suppress(BadConfig):
        read_table("venue,day,open,close\n" + text, "t.csv")


@given(st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_any_name_and_reason_can_be_written(name: str, reason: str) -> None:
    """What is written out is TOML again, whatever a venue is called or a closure's reason says."""
    venues = read_table(f'venue,day,open,close\n"X{name.replace(chr(34), "")}",Mon,9am,5pm\n', "t.csv")
    assert calendars_from_toml(tomllib.loads(calendars_text(venues, zone="UTC", source=name))["calendars"])
    closure = Closure(first=date(2026, 12, 24), last=date(2026, 12, 25), reason=reason)
    text = closures_text([closure], calendar="staffed", source=name)
    assert tomllib.loads(text)["calendars"]["staffed"]["closures"][0]["reason"] == reason


# A file of closures


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


# The file itself


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """A missing one, one of another kind, a zone that is none, one far too large."""
    assert refused(tmp_path, "h.csv", "x", zone="Europe/Londn")[0].startswith(
        "--zone: 'Europe/Londn' is not a time zone"
    )
    with pytest.raises(Refused, match=r"Name a \.csv or an \.ics file"):
        imported(tmp_path, "h.xlsx", "x")
    with pytest.raises(BadConfig, match="can't be read"):
        as_toml(tmp_path / "no.csv", zone="UTC", calendar="x", whole_days=False, today=TODAY)
    (tmp_path / "huge.csv").write_bytes(b"x" * 5_000_001)
    with pytest.raises(BadConfig, match="is it the right file"):
        as_toml(tmp_path / "huge.csv", zone="UTC", calendar="x", whole_days=False, today=TODAY)


def test_a_spreadsheet_s_own_encoding(tmp_path: Path) -> None:
    """A dash and an accent as older spreadsheets write them."""
    (tmp_path / "h.csv").write_bytes("venue,day,open,close\nCafé,Mon–Fri,9am,5pm\n".encode("cp1252"))
    text, _ = as_toml(tmp_path / "h.csv", zone="UTC", calendar="x", whole_days=False, today=TODAY)
    assert "[calendars.cafe]   # Café" in text
    assert 'mon-fri = "09:00-17:00"' in text


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A file that is there stays as it is."""
    keep(tmp_path / "new.toml", "one")
    with pytest.raises(Refused, match="is kept"):
        keep(tmp_path / "new.toml", "two")
    assert (tmp_path / "new.toml").read_text() == "one"
    with pytest.raises(BadConfig, match="can't be written"):
        keep(tmp_path / "none" / "new.toml", "one")
