"""Standards: how they are written, frozen, and which version holds when."""

from __future__ import annotations

import re
import textwrap
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Instant, instant
from helpdesk.errors import BadConfig
from helpdesk.hours import WorkingDay
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import ROUND_THE_CLOCK, Frozen, Rules, always_open
from helpdesk.message import Channel, LineId
from helpdesk.standards.promise_file import (
    check_calendars,
    presets_text,
    standard_from_toml,
    standards_from_toml,
)
from helpdesk.standards.promises import (
    Covers,
    LeftEarly,
    Limit,
    Manner,
    Measure,
    Standard,
    Subject,
    Unit,
    limit_from_text,
    standard_from_text,
)
from helpdesk.standards.published import Published

CHAT = Standard(
    name="chat",
    title="We answer chats within a minute.",
    measure=Measure.CLAIMED,
    limit=Limit(60, Unit.SECONDS),
    share=98,
    from_date=date(2026, 9, 1),
)


def utc(year: int, month: int, day: int, hour: int = 0) -> Instant:
    return instant(datetime(year, month, day, hour, tzinfo=UTC))


def read(text: str) -> Standard:
    return standard_from_toml("s", tomllib.loads(textwrap.dedent(text)))


GOOD = """
title = "We answer."
measure = "first_response"
limit = "3 working days"
calendar = "main"
share = 90
from = 2026-09-01
"""


# Limits


@pytest.mark.parametrize(
    ("text", "millis", "days", "canonical"),
    [
        ("60 s", 60 * SECOND, 0, "60 s"),
        ("90 seconds", 90 * SECOND, 0, "90 s"),
        ("15 min", 15 * MINUTE, 0, "15 min"),
        ("15 Working Minutes", 15 * MINUTE, 0, "15 working min"),
        ("24 h", 24 * HOUR, 0, "24 h"),
        ("4 working hours", 4 * HOUR, 0, "4 working h"),
        ("7 days", 7 * DAY, 0, "7 days"),
        ("1 working day", 0, 1, "1 working day"),
        ("3 working days", 0, 3, "3 working days"),
        ("2 h of the next shift", 2 * HOUR, 0, "2 h of the next shift"),
        ("within 30 minutes of the next staffed shift", 30 * MINUTE, 0, "30 min of the next shift"),
        ("Same day if before 16:00", 0, 0, "same day if before 16:00"),
        ("the same day if before 9:30", 0, 0, "same day if before 09:30"),
        ("as promised", 0, 0, "as promised"),
    ],
)
def test_a_limit_reads_as_it_is_said(text: str, millis: int, days: int, canonical: str) -> None:
    """Wall time, working time, working days; the canonical form reads back."""
    limit = limit_from_text(text)
    assert (limit.millis, limit.days, str(limit)) == (millis, days, canonical)
    assert limit_from_text(canonical) == limit


@pytest.mark.parametrize("text", ["", "soon", "h", "15", "-1 h", "0 min", "1.5 h", "3 fortnights", "15 min ago"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError):
        limit_from_text(text)


# TOML


def test_the_presets_are_read() -> None:
    """Three promises of one library, each with its share and where it was published."""
    found = {standard.name: standard for standard in standards_from_toml(tomllib.loads(presets_text())["standards"])}
    assert {name: (str(s.limit), s.share, s.measure) for name, s in found.items()} == {
        "chat-claimed": ("60 s", 98, Measure.CLAIMED),
        "noise-texts": ("15 working min", 90, Measure.FIRST_RESPONSE),
        "mail-answered": ("3 working days", 100, Measure.FIRST_RESPONSE),
    }
    assert all("Essex" in standard.source for standard in found.values())
    assert found["noise-texts"].attended_answers


def test_the_manual_s_standards_are_read() -> None:
    """The page's examples are standards, and its table of limits names every manner of limit."""
    page = (Path(__file__).parent.parent / "docs" / "manager.md").read_text(encoding="utf-8")
    section = page.partition("### How each measure is timed")[2].partition("\n## ")[0]
    [example] = re.findall(r"^```toml\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    found = standards_from_toml(tomllib.loads(example)["standards"])
    assert [standard.measure for standard in found] == [Measure.KEEP_INFORMED, Measure.RESOLUTION]
    limits = re.findall(r'^\| (`".*?) \|', section, re.MULTILINE)
    written = [limit_from_text(text) for line in limits for text in re.findall(r'`"([^"]+)"`', line)]
    assert {limit.manner for limit in written} == set(Manner)
    assert {measure for measure in re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)} == {
        *Measure,
        "measure",
        "limit",
    }


MISTAKES = [
    ("limit", 'limit = "3 fortnights"', "limit: 'fortnights' is not a unit of time"),
    ("limit", 'limit = "soon"', 'limit: write a limit as "60 s"'),
    ("limit", "limit = 3", "limit: write some text in quotes"),
    ("limit", "", "limit: is missing"),
    (
        "measure",
        'measure = "first_respons"',
        "'first_respons' is not a measure; did you mean 'first_response'?",
    ),
    ("measure", 'measure = "keep_informed"', 'limit: write "as promised": news is due at the moment'),
    (
        "limit",
        'limit = "as promised"',
        '"as promised" belongs to keep_informed; write how long first_response may take',
    ),
    ("limit", 'limit = "same day if before 24:00"', "24:00 is not a time of day"),
    ("limit", 'limit = "2 days of the next shift"', "a shift has no days"),
    ("", 'left_early = "hidden"', "left_early: 'hidden' is not a way to count it; known: apart, missed"),
    ("measure", 'measure = "resolution"\nleft_early = "missed"', "left_early: belongs to answers"),
    ("", "solved_answers = true", "solved_answers: belongs to next_response"),
    ("share", "share = 0", "share: write the percentage promised"),
    ("share", "share = 101", "share: write the percentage promised"),
    ("share", "share = true", "share: write a number"),
    ("from", 'from = "autumn"', "from: write a date"),
    ("calendar", "", "calendar: is missing: '3 working days' needs opening hours"),
    ("title", 'titel = "x"', "title: is missing"),
    ("", 'titel = "x"', "titel: is not a known key; did you mean 'title'?"),
    ("", 'working_day = "noon"', "working_day: 'noon' is not a definition; known: end, same time"),
    ("", "until = 2026-08-01", "until: 2026-08-01 lies before the from-date"),
    ("", "counts_automatic = true", "counts_automatic: belongs to acknowledged"),
    ("", 'counts_automatic = "yes"', "counts_automatic: write true or false"),
    ("", 'covers = { channels = ["email"] }', "covers.channels: 'email' is not a channel; did you mean 'mail'?"),
    ("", 'covers = { tags = ["Refund"] }', "covers.tags: 'Refund' is no tag: write small letters"),
    ("", 'covers = { channel = ["mail"] }', "covers.channel: is not a known key; did you mean 'channels'?"),
    ("limit", 'limit = "60 s"', "calendar: '60 s' needs no opening hours: leave it out"),
    ("measure", 'measure = "claimed"\nattended_answers = true', "attended_answers: belongs to first_response"),
]


@pytest.mark.parametrize(("instead", "line", "remedy"), MISTAKES, ids=[f"{key}: {line}" for key, line, _ in MISTAKES])
def test_a_mistake_names_its_key_and_the_remedy(instead: str, line: str, remedy: str) -> None:
    """One line of a good standard is replaced, or one is added."""
    kept = [given for given in GOOD.splitlines() if not instead or not given.startswith(instead)]
    with pytest.raises(BadConfig) as error:
        read("\n".join([*kept, line]))
    assert str(error.value).startswith("standards.s.")
    assert remedy in str(error.value)


def test_a_calendar_that_does_not_exist() -> None:
    """Found before anything starts, with the nearest name."""
    with pytest.raises(BadConfig, match=r"standards\.s\.calendar: no calendar 'main'; did you mean 'mian'\?"):
        check_calendars([read(GOOD)], ["mian", "chat"])
    with pytest.raises(BadConfig, match="write one"):
        check_calendars([read(GOOD)], [])
    check_calendars([read(GOOD), CHAT], ["main"])


@pytest.mark.parametrize(
    ("second", "remedy"),
    [
        ("2026-09-01", "two standards have this name and the from-date 2026-09-01; rename or drop one"),
        ("2027-01-01", "write one table, [standards.s]. Earlier versions are kept by publishing"),
    ],
)
def test_two_standards_of_one_name(second: str, remedy: str) -> None:
    """A file holds one version of each; none is dropped in silence."""
    text = f"[[s]]{GOOD}[[s]]{GOOD.replace('2026-09-01', second)}"
    with pytest.raises(BadConfig) as error:
        standards_from_toml(tomllib.loads(text))
    assert f"standards.s: {remedy}" in str(error.value)


# Whom it covers

NOISE = Subject(channel=Channel.SMS, line=LineId("noise"), kind="noise", site="east", tags=("loud", "level3"))


@pytest.mark.parametrize(
    ("covers", "covered"),
    [
        (Covers(), True),
        (Covers(channels=("sms", "mail")), True),
        (Covers(channels=("mail",)), False),
        (Covers(lines=("noise",)), True),
        (Covers(lines=("other",)), False),
        (Covers(kinds=("noise",), sites=("east",)), True),
        (Covers(kinds=("noise",), sites=("west",)), False),
        (Covers(tags=("level3", "level4")), True),
        (Covers(tags=("level4",)), False),
    ],
)
def test_covers(covers: Covers, covered: bool) -> None:
    """Every field that is written must agree; of tags one is enough."""
    assert covers.cover(NOISE) is covered


# The frozen text


@pytest.mark.parametrize(
    "standard",
    [
        CHAT,
        replace(CHAT, until=date(2027, 8, 31), share=97.5, owner="Ana", source="leaflet"),
        replace(CHAT, limit=Limit(3, Unit.DAYS, working=True), calendar="main", working_day=WorkingDay.SAME_TIME),
        replace(CHAT, measure=Measure.ACKNOWLEDGED, counts_automatic=True, covers=Covers(tags=("a", "b"))),
        replace(CHAT, measure=Measure.FIRST_RESPONSE, attended_answers=True, title="Wir kommen – schnell"),
        replace(CHAT, left_early=LeftEarly.MISSED),
        replace(CHAT, measure=Measure.NEXT_RESPONSE, solved_answers=True),
        replace(CHAT, measure=Measure.KEEP_INFORMED, limit=limit_from_text("as promised")),
        replace(CHAT, limit=limit_from_text("same day if before 16:00"), calendar="main"),
        replace(CHAT, limit=limit_from_text("2 h of the next shift"), calendar="main"),
    ],
)
def test_the_text_holds_everything(standard: Standard) -> None:
    """Written and read again it is the same standard with the same name."""
    again = standard_from_text(standard.to_text())
    assert again == standard
    assert again.digest == standard.digest


def test_the_digest_is_for_good() -> None:
    """A published standard is found by it for years: this one must never change without a new format."""
    assert CHAT.digest == "ce54150cb2175a59375f5b04c736fc8792a8bad23892903699e50c38664b2301"


def test_any_change_is_another_version() -> None:
    """A share of 97 is not a share of 98."""
    assert replace(CHAT, share=97).digest != CHAT.digest


def test_a_text_of_another_format_is_refused() -> None:
    """A newer program's standard is not half read."""
    with pytest.raises(ValueError, match="format 2, not 1"):
        standard_from_text(CHAT.to_text().replace('"format":1', '"format":2'))


# What is in force


def titles(published: Published, when: Instant) -> list[str]:
    return [version.standard.title for version in published.versions_at(when)]


def test_a_standard_holds_from_its_day() -> None:
    """Published in August for September: nothing is promised before."""
    published = Published([(CHAT.to_text(), utc(2026, 8, 15))])
    assert published.versions_at(utc(2026, 8, 31, 23)) == ()
    assert titles(published, utc(2026, 9, 1)) == [CHAT.title]


def test_publishing_rewrites_no_past() -> None:
    """A from-date that lies back counts from the moment of publishing."""
    published = Published([(CHAT.to_text(), utc(2026, 10, 1, 12))])
    assert published.versions_at(utc(2026, 10, 1, 11)) == ()
    assert titles(published, utc(2026, 10, 1, 12)) == [CHAT.title]


def test_a_new_version_takes_over_on_its_day() -> None:
    """The old one holds until then; both stay known by their digests."""
    new = replace(CHAT, title="new", from_date=date(2027, 1, 1))
    published = Published([(CHAT.to_text(), utc(2026, 8, 1)), (new.to_text(), utc(2026, 11, 1))])
    assert titles(published, utc(2026, 12, 31, 23)) == [CHAT.title]
    assert titles(published, utc(2027, 1, 1)) == ["new"]
    version = published.version(CHAT.digest)
    assert version is not None
    assert version.standard == CHAT


def test_what_is_published_later_replaces_what_was_to_come() -> None:
    """January's promise was published, then one for now is: the file says what holds, in January too."""
    january = replace(CHAT, title="January's", from_date=date(2027, 1, 1))
    now = replace(CHAT, title="now")
    texts = [
        (CHAT.to_text(), utc(2026, 8, 1)),
        (january.to_text(), utc(2026, 11, 1)),
        (now.to_text(), utc(2026, 11, 9)),
    ]
    published = Published(texts)
    assert titles(published, utc(2026, 11, 8)) == [CHAT.title]
    assert titles(published, utc(2026, 11, 9)) == ["now"]
    assert titles(published, utc(2027, 2, 1)) == ["now"]


def test_a_retired_standard_ends_with_its_last_day() -> None:
    """Retiring is a version with a last day."""
    retired = replace(CHAT, until=date(2026, 12, 31))
    published = Published([(CHAT.to_text(), utc(2026, 8, 1)), (retired.to_text(), utc(2026, 12, 1))])
    assert titles(published, utc(2026, 12, 31, 23)) == [CHAT.title]
    assert titles(published, utc(2027, 1, 1)) == []


def calendar(zone: str, first: date = date(2026, 1, 1), days: int = 730) -> Frozen:
    return freeze(Rules(name="main", zone=zone, week=(ROUND_THE_CLOCK,) * 7), first, first + timedelta(days=days))


def test_a_day_begins_where_the_calendar_is() -> None:
    """In Sydney the first of September begins ten hours before it does in Greenwich."""
    working = replace(CHAT, limit=Limit(15, Unit.MINUTES, working=True), calendar="main")
    published = Published(
        [(working.to_text(), utc(2026, 8, 1))], [(calendar("Australia/Sydney").to_text(), utc(2026, 8, 1))]
    )
    assert published.versions_at(utc(2026, 8, 31, 13)) == ()
    assert titles(published, utc(2026, 8, 31, 14)) == [CHAT.title]


def test_retiring_keeps_the_history() -> None:
    """The version before, the one with the last day, and what each was in force for are known for good."""
    retired = replace(CHAT, until=date(2026, 12, 31))
    published = Published([(CHAT.to_text(), utc(2026, 8, 1)), (retired.to_text(), utc(2026, 12, 1))])
    assert [version.standard for version in published.standards("chat")] == [CHAT, retired]
    assert published.versions_at(utc(2027, 6, 1)) == ()
    assert published.versions_of(Measure.CLAIMED, utc(2026, 12, 31, 23))[0].standard == retired
    assert published.versions_of(Measure.RESOLUTION, utc(2026, 12, 31, 23)) == ()


def test_calendars_come_best_first() -> None:
    """The one in force at the start, then later ones in order; never an older one."""
    first, second, third = (calendar("UTC", days=days) for days in (30, 60, 90))
    times = [utc(2026, 1, 1), utc(2026, 2, 1), utc(2026, 3, 1)]
    published = Published((), [(f.to_text(), when) for f, when in zip((first, second, third), times, strict=True)])
    names = [found.digest for found in published.calendars_for("main", utc(2026, 2, 15))]
    assert names == [second.digest, third.digest]
    assert published.calendars_for("other", utc(2026, 2, 15)) == ()
    assert published.hours(third.digest) is not None
    assert published.hours("unknown") is None


def test_the_demo_s_calendar_is_always_open() -> None:
    """Alive at midnight too."""
    frozen = freeze(always_open("staffed"), date(2026, 1, 1), date(2026, 12, 31))
    published = Published((), [(frozen.to_text(), utc(2026, 1, 1))])
    hours = published.hours(frozen.digest)
    assert hours is not None
    assert hours.is_open(utc(2026, 6, 6))
