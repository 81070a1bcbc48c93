"""Opening hours taken from a table such as libraries have."""

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
from tests.imports import TODAY, imported, refused


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
