"""Publishing: what differs in words, from when a version counts, and the past counted anew where that is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.clock import MINUTE, Instant, ManualClock, instant
from helpdesk.errors import BadConfig, Refused
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Frozen
from helpdesk.hours.timetable import rules_from_toml
from helpdesk.ports import Store
from helpdesk.rulebook import Drafts, Rulebook, differences, drafts, left_behind
from helpdesk.standards import ClockRow, Outcome, Published
from helpdesk.store.verbs import clocks
from helpdesk.store.verbs import rulebook as verbs
from helpdesk.store.verbs.remarks import Remark
from tests.engines import new_store
from tests.report_house import Contact, Library, at, library

pytestmark = pytest.mark.usefixtures("engine")

DAY_WEEK = {"zone": "Europe/London", "week": {"mon-fri": "09:00-17:00"}}
LONG_WEEK = {"zone": "Europe/London", "week": {"mon-fri": "09:00-19:00"}}
FIRST, LAST = date(2025, 1, 1), date(2029, 12, 31)


def utc(year: int, month: int, day: int, hour: int = 0) -> Instant:
    return instant(datetime(year, month, day, hour, tzinfo=UTC))


def calendar(values: Mapping[str, object], **more: object) -> Frozen:
    return freeze(rules_from_toml("staffed", {**values, **more}), FIRST, LAST)


def draft(frozen: Frozen) -> Drafts:
    return Drafts(calendars=(("staffed", frozen.to_text()),), standards=())


WHY = Remark(id="why", text="The winter hours began then", salt=b"s" * 16)


# From when a version counts


def in_force(published: Published, when: Instant) -> str:
    """The digest's beginning of the calendar that counts a clock started at ``when``."""
    return published.calendars_for("staffed", when)[0].digest[:8]


def test_a_calendar_counts_from_its_first_day() -> None:
    """Published in November for January: until New Year's midnight in London the old one counts."""
    old, new = calendar(DAY_WEEK), calendar(LONG_WEEK, **{"from": "2027-01-01"})
    published = Published((), [(old.to_text(), utc(2026, 9, 1)), (new.to_text(), utc(2026, 11, 5))])
    assert in_force(published, utc(2026, 12, 31, 23)) == old.digest[:8]
    assert in_force(published, utc(2027, 1, 1)) == new.digest[:8]


def test_a_first_day_that_is_past_counts_from_publishing() -> None:
    """Publishing rewrites no past."""
    old, new = calendar(DAY_WEEK), calendar(LONG_WEEK, **{"from": "2026-10-01"})
    published = Published((), [(old.to_text(), utc(2026, 9, 1)), (new.to_text(), utc(2026, 11, 5))])
    assert in_force(published, utc(2026, 11, 4, 23)) == old.digest[:8]
    assert in_force(published, utc(2026, 11, 5)) == new.digest[:8]


def test_what_is_published_later_replaces_what_was_to_come() -> None:
    """January's calendar was published; then one for now is: the file says what holds, from now on."""
    old, january = calendar(DAY_WEEK), calendar(LONG_WEEK, **{"from": "2027-01-01"})
    now = calendar({"zone": "Europe/London", "week": {"mon-fri": "10:00-16:00"}})
    texts = [(old.to_text(), utc(2026, 9, 1)), (january.to_text(), utc(2026, 11, 5)), (now.to_text(), utc(2026, 11, 9))]
    published = Published((), texts)
    assert in_force(published, utc(2026, 11, 8)) == old.digest[:8]
    assert in_force(published, utc(2026, 11, 9)) == now.digest[:8]
    assert in_force(published, utc(2027, 2, 1)) == now.digest[:8]


def test_two_versions_to_come_follow_each_other() -> None:
    """January's and then June's: each from its day."""
    january, june = (calendar(DAY_WEEK, **{"from": day}) for day in ("2027-01-01", "2027-06-01"))
    published = Published((), [(january.to_text(), utc(2026, 11, 5)), (june.to_text(), utc(2026, 11, 6))])
    assert in_force(published, utc(2027, 2, 1)) == january.digest[:8]
    assert in_force(published, utc(2027, 6, 1)) == june.digest[:8]


def test_before_any_has_begun_the_first_one_answers() -> None:
    """A clock is better counted by the calendar to come than by none."""
    january = calendar(DAY_WEEK, **{"from": "2027-01-01"})
    published = Published((), [(january.to_text(), utc(2026, 11, 5))])
    assert in_force(published, utc(2026, 12, 1)) == january.digest[:8]


def test_a_restated_calendar_counts_from_the_day_that_was_asked_for() -> None:
    """Over versions that were published in between, too."""
    one, two, three = calendar(DAY_WEEK), calendar(LONG_WEEK), calendar(DAY_WEEK, bank_holidays="scotland")
    times = [utc(2026, 9, 1), utc(2026, 11, 5), utc(2026, 11, 20)]
    texts = [(each.to_text(), when) for each, when in zip((one, two, three), times, strict=True)]
    published = Published((), texts, {(three.digest, times[2]): utc(2026, 11, 1)})
    assert in_force(published, utc(2026, 10, 31, 23)) == one.digest[:8]
    assert in_force(published, utc(2026, 11, 1)) == three.digest[:8]
    assert in_force(published, utc(2026, 11, 10)) == three.digest[:8]
    assert [each.restates for each in published.calendars()] == [False, False, True]
    assert [each.digest[:8] for each in published.in_force("staffed", times[0], times[2])] == [
        one.digest[:8],
        three.digest[:8],
    ]


# Differences


def test_differences_are_told_in_words() -> None:
    """Each line can be checked against the file."""
    old = calendar(
        DAY_WEEK
        | {
            "bank_holidays": "england-and-wales",
            "closures": [{"from": "2026-12-24", "to": "2027-01-03", "reason": "Winter closure"}],
            "days": [{"date": "2026-11-18", "reason": "Staff training"}],
        }
    )
    new = calendar(
        {
            "zone": "Europe/London",
            "from": "2027-01-01",
            "bank_holidays": "scotland",
            "bank_holiday_hours": "10:00-16:00",
            "week": {"mon": "09:00-17:00", "tue-thu": "09:00-19:00", "fri": "09:00-17:00", "sun": "12:00-16:00"},
            "periods": [{"name": "Exams", "from": "2027-05-03", "to": "2027-06-04", "week": {"daily": "00:00-24:00"}}],
            "closures": [{"from": "2026-12-23", "to": "2027-01-03", "reason": "Winter closure"}],
        }
    )
    published = Published((), [(old.to_text(), utc(2026, 9, 1))])
    assert differences(published, draft(new)) == (
        "calendar staffed: from its publishing -> 1 Jan 2027",
        "calendar staffed: Tue-Thu 09:00-17:00 -> 09:00-19:00",
        "calendar staffed: Sun closed -> 12:00-16:00",
        "calendar staffed: period Exams 3 May-4 Jun 2027 (Mon-Sun 00:00-24:00): new",
        "calendar staffed: bank holidays england-and-wales -> scotland",
        "calendar staffed: hours on bank holidays closed -> 10:00-16:00",
        "calendar staffed: closure 24 Dec 2026-3 Jan 2027 (Winter closure) -> "
        "closure 23 Dec 2026-3 Jan 2027 (Winter closure)",
        "calendar staffed: day 18 Nov 2026 closed (Staff training): gone",
    )
    assert differences(published, draft(old)) == ()


def test_a_newer_almanac_is_a_difference() -> None:
    """A proclaimed holiday, a longer horizon: nothing of it holds before it is published."""
    old = calendar(DAY_WEEK, bank_holidays="england-and-wales")
    holidays = [each for each in old.holidays if each.day != date(2027, 5, 3)]
    before = Frozen(rules=old.rules, first=FIRST, last=date(2028, 12, 31), holidays=tuple(holidays), shifts=old.shifts)
    published = Published((), [(before.to_text(), utc(2026, 9, 1))])
    assert differences(published, draft(old)) == (
        "calendar staffed: bank holiday 3 May 2027: May Day, new",
        "calendar staffed: known until 31 Dec 2028 -> 31 Dec 2029",
    )


def test_the_presets_in_words(tmp_path: Path) -> None:
    """A new standard is told whole; a changed one by what changed; one that is gone goes on."""
    file = tmp_path / "standards.toml"
    text = '[standards.chat]\ntitle = "Soon"\nmeasure = "claimed"\nlimit = "60 s"\nshare = 98\nfrom = 2026-09-01\n'
    file.write_text(text)
    found = drafts(None, file, now=utc(2026, 11, 5), zone="Europe/London")
    assert differences(Published(), found.only(("standard",))) == (
        "standard chat: new",
        'standard chat: wording "Soon"',
        "standard chat: measure claimed",
        "standard chat: limit 60 s",
        "standard chat: share 98 %",
        "standard chat: from 2026-09-01",
    )
    published = Published([(text, utc(2026, 9, 1)) for _, text in found.standards])
    file.write_text(text.replace("60 s", "90 s").replace("98", "95") + 'covers = { channels = ["chat"] }\n')
    changed = drafts(None, file, now=utc(2026, 11, 5), zone="Europe/London")
    assert differences(published, changed.only(("standard",))) == (
        "standard chat: limit 60 s -> 90 s",
        "standard chat: share 98 % -> 95 %",
        "standard chat: covers channels: all -> chat",
    )
    assert left_behind(published, Drafts((), ())) == (
        "standard chat is in force and no longer in the file: to end it, write it again with `until`",
    )


# Publishing


@asynccontextmanager
async def opened(now: Instant) -> AsyncIterator[tuple[Store, Rulebook, ManualClock]]:
    """A store in memory and its rulebook."""
    clock = ManualClock(now)
    async with new_store() as store:
        rules = Rulebook(store, clock)
        await rules.load()
        yield store, rules, clock


async def test_only_what_differs_is_published() -> None:
    """And the log tells who did it."""
    async with opened(utc(2026, 9, 1)) as (store, rules, _):
        assert await rules.publish(draft(calendar(DAY_WEEK)), actor="ana") == ("calendar staffed",)
        assert await rules.publish(draft(calendar(DAY_WEEK)), actor="ben") == ()
        [told] = await store.read(verbs.publications)
        assert (told.kind, told.name, told.by, told.begins, told.why) == ("calendar", "staffed", "ana", None, "")


async def test_restating_says_why_and_from_when() -> None:
    """The event holds the day and points to the reason; a second time there is nothing to restate."""
    async with opened(utc(2026, 9, 1)) as (store, rules, clock):
        await rules.publish(draft(calendar(DAY_WEEK)))
        clock.move_to(utc(2026, 11, 20))
        new = draft(calendar(LONG_WEEK))
        assert await rules.publish(new, actor="ana", restate=date(2026, 11, 1), why=WHY) == ("calendar staffed",)
        told = (await store.read(verbs.publications, "calendar", "staffed"))[-1]
        assert (told.begins, told.why, told.by) == (utc(2026, 11, 1), WHY.text, "ana")
        assert rules.published().calendars_for("staffed", utc(2026, 11, 1))[0].digest == calendar(LONG_WEEK).digest
        again = Remark(id="again", text="Once more", salt=b"t" * 16)
        assert await rules.publish(new, restate=date(2026, 11, 1), why=again) == ()


async def test_clocks_are_counted_anew_where_the_past_is_restated() -> None:
    """A text of 17:30 was out of hours until somebody said that the desk was staffed until seven since the first."""
    async with library(promises=False) as marsh:
        found = drafts(None, None, now=marsh.clock.now(), zone="Europe/London")
        await marsh.rulebook.publish(Drafts(draft(calendar(DAY_WEEK)).calendars, found.standards))
        early = await marsh.comes("noise", at("2026-10-30", "17:30"))
        late = await marsh.comes("noise", at("2026-11-02", "17:30"))
        for contact in (early, late):
            await marsh.replies(contact, at("2026-11-03", "08:00") if contact is early else None)
        assert [(await _clock(marsh, each)).outcome for each in (early, late)] == [Outcome.MISSED, Outcome.MET]
        marsh.clock.move_to(at("2026-11-20"))
        await marsh.rulebook.publish(draft(calendar(LONG_WEEK)), restate=date(2026, 11, 1), why=WHY)
        assert await upkeep.restate(marsh.store, marsh.rulebook.published()) == 1
        kept, counted = await _clock(marsh, early), await _clock(marsh, late)
        assert (kept.calendar, kept.due) == (calendar(DAY_WEEK).digest, at("2026-11-02", "09:15"))
        assert (counted.calendar, counted.due) == (calendar(LONG_WEEK).digest, at("2026-11-02", "17:45"))
        assert (counted.spent, counted.outcome) == (90 * MINUTE, Outcome.MISSED)
        assert await upkeep.check(marsh.store) == ()


async def _clock(marsh: Library, contact: Contact) -> ClockRow:
    """The contact's clock under the Noiseline's promise."""
    rows = await marsh.store.read(clocks.of_ticket, contact.ticket)
    [row] = [row for row in rows if row.standard == "noise-texts"]
    return row


async def test_what_was_published_can_be_restated_later() -> None:
    """The calendar of the file is in force already, but the first days of the month were counted otherwise."""
    async with opened(utc(2026, 9, 1)) as (_, rules, clock):
        await rules.publish(draft(calendar(DAY_WEEK)))
        clock.move_to(utc(2026, 11, 10))
        await rules.publish(draft(calendar(LONG_WEEK)))
        clock.move_to(utc(2026, 11, 20))
        fresh = await rules.publish(draft(calendar(LONG_WEEK)), restate=date(2026, 11, 1), why=WHY)
        assert fresh == ("calendar staffed",)
        assert in_force(rules.published(), utc(2026, 11, 2)) == calendar(LONG_WEEK).digest[:8]


@pytest.mark.parametrize(
    ("values", "day", "remedy"),
    [
        (LONG_WEEK, date(2026, 11, 21), "is not past. Write `from = 2026-11-21`"),
        (LONG_WEEK | {"from": "2027-01-01"}, date(2026, 11, 1), "begins on 2027-01-01, after 2026-11-01"),
    ],
)
async def test_what_cannot_be_restated(values: Mapping[str, object], day: date, remedy: str) -> None:
    """Days to come have a from-date for that; a version begins on one day only."""
    async with opened(utc(2026, 11, 20)) as (_, rules, _):
        with pytest.raises(Refused, match=remedy):
            await rules.publish(draft(calendar(values)), restate=day, why=WHY)


async def test_a_standard_needs_its_calendar(tmp_path: Path) -> None:
    """Published first, or with it."""
    found = drafts(None, None, now=utc(2026, 11, 20), zone="Europe/London")
    async with opened(utc(2026, 11, 20)) as (_, rules, _):
        with pytest.raises(Refused, match="run `helpdesk hours publish` first"):
            await rules.publish(found.only(("standard",)))
        await rules.publish(found)


async def test_a_first_start_publishes_what_never_was() -> None:
    """Calendars published by hand leave the standards to the first start, and stay as they are."""
    found = drafts(None, None, now=utc(2026, 11, 20), zone="Europe/London")
    async with opened(utc(2026, 11, 20)) as (_, rules, _):
        await rules.publish(draft(calendar(DAY_WEEK)))
        await rules.begin(found)
        assert [each.digest for each in rules.published().calendars()] == [calendar(DAY_WEEK).digest]
        assert {version.standard.name for version in rules.published().standards()} == {
            name for name, _ in found.standards
        }


# Files


def test_a_horizon_reaches_back_where_the_past_is_restated(tmp_path: Path) -> None:
    """What is counted anew must be known."""
    found = drafts(None, None, now=utc(2026, 11, 20), zone="Europe/London", since=date(2023, 5, 1))
    published = Published((), [(text, utc(2026, 11, 20)) for _, text in found.calendars])
    [hours] = [each.hours for each in published.calendars()]
    assert hours.first == utc(2023, 4, 30, 23)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no [calendars.NAME] table."),
        ("[calender.x]\n", ":1: calender is not known here; write [calendars.NAME] tables."),
        ("[calendars.x]\nzone = 'UTC'\nweek = {}\n[standards.y]\n", ":4: standards is not known here"),
    ],
)
def test_a_file_that_is_another(tmp_path: Path, text: str, told: str) -> None:
    """Said with its name."""
    file = tmp_path / "hours.toml"
    file.write_text(text)
    with pytest.raises(BadConfig) as error:
        drafts(file, None, now=utc(2026, 11, 20), zone="Europe/London")
    assert str(error.value).startswith(str(file))
    assert told in str(error.value)


def test_a_file_that_an_editor_marked(tmp_path: Path) -> None:
    """Some editors begin a file with a byte order mark, and end its lines with two characters."""
    file = tmp_path / "hours.toml"
    file.write_bytes(b"\xef\xbb\xbf[calendars.staffed]\r\nzone = 'UTC'\r\nweek = { mon-fri = '09:00-17:00' }\r\n")
    assert [name for name, _ in drafts(file, None, now=utc(2026, 11, 20), zone="UTC").calendars] == ["staffed"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, or in another encoding."""
    with pytest.raises(BadConfig, match=r"can't be read \(No such file"):
        drafts(tmp_path / "none.toml", None, now=utc(2026, 11, 20), zone="UTC")
    file = tmp_path / "hours.toml"
    file.write_bytes(b"# caf\xe9\n")
    with pytest.raises(BadConfig, match=r"is not UTF-8 \(byte 5\)"):
        drafts(file, None, now=utc(2026, 11, 20), zone="UTC")


STANDARD = """
[standards.s]
title = "T"
measure = "first_response"
limit = "15 working min"
calendar = "exams"
share = 90
from = {begin}
"""
EXAMS = """
[calendars.exams]
zone = "UTC"
week = {}
[[calendars.exams.days]]
date = 2027-05-10
hours = "09:00-17:00"
reason = "Exam day"
"""


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        ("2027-05-11", "'exams' never opens from 2027-05-11 to 2029-12-31: give it hours, or count by another"),
        ("2031-01-01", "the promise begins on 2031-01-01, and 'exams' is known until 2029-12-31 only: begin it later"),
        ("2027-01-01\nuntil = 2027-05-09", "'exams' never opens from 2027-01-01 to 2027-05-09"),
        ("2027-05-10", ""),
        ("2020-01-01\nuntil = 2026-01-01", ""),
    ],
)
def test_a_calendar_must_open_while_a_promise_holds(tmp_path: Path, begin: str, told: str) -> None:
    """One opening is enough; a promise that has ended needs none any more."""
    (tmp_path / "c.toml").write_text(EXAMS)
    (tmp_path / "s.toml").write_text(STANDARD.format(begin=begin))

    def read() -> Drafts:
        return drafts(tmp_path / "c.toml", tmp_path / "s.toml", now=utc(2026, 11, 20), zone="UTC")

    if not told:
        assert len(read().standards) == 1
        return
    with pytest.raises(BadConfig) as error:
        read()
    assert str(error.value).startswith(f"{tmp_path}/s.toml:6: standards.s.calendar: {told}")
