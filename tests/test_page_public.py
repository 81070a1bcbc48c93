"""The public performance page: what the public needs, and nothing that is the library's own business."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from helpdesk.clock import Instant
from helpdesk.config import LineSettings, ReportSettings, Settings
from helpdesk.errors import Refused
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Closure, Frozen, OneDay, Period, Rules, Span, always_open
from helpdesk.message import Channel
from helpdesk.reports.contents import Report
from helpdesk.reports.page.opening import spans_in_words, unusual, week_of
from helpdesk.reports.page.public import performance_page
from helpdesk.reports.page.reaching import Reaching, Way, reaching
from helpdesk.reports.volumes import Volume
from helpdesk.standards import Published
from tests.made_figures import STANDARDS
from tests.made_reports import autumn, empty, heat_of, spoilt
from tests.page_reading import Page
from tests.report_house import at

FRONT = Reaching(
    contact="Ask at the desk on level 1.",
    ways=(Way("Noiseline", "+447700900001", "sms:+447700900001"), Way("Post", "PO Box 1", "")),
)
DAY = (Span(9 * 60, 19 * 60),)


def bytes_of(report: Report | None = None, *, front: Reaching = FRONT, small: int = 5) -> str:
    """The page as text; the made autumn's, if no report is named."""
    return performance_page(autumn() if report is None else report, front, small=small)


def read(report: Report | None = None, **more: Any) -> Page:
    """The page, read."""
    return Page(bytes_of(report, **more))


def calendar(**rules: Any) -> Frozen:
    """A calendar open from nine to seven on weekdays."""
    week = (DAY, DAY, DAY, DAY, DAY, (), ())
    return freeze(Rules(name="staffed", zone="Europe/London", week=week, **rules), date(2026, 1, 1), date(2027, 12, 31))


def test_promise_result_and_trend_are_told() -> None:
    """Each promise with its result in words, its months as a drawing and as a table."""
    page = read()
    results = page.table("We promise", "Result")
    assert results.column("Result") == [
        "not met, within 5 points",
        "too few to tell",
        "met",
        "not met, within 5 points",
    ]
    assert results.column("Kept") == ["78.4 %", "93.7 %", "97.0 %", "88.6 %"]
    assert results.column("Latest month")[0] == "81.4 % Nov 2026"
    months = page.table("Month", "Of contacts")
    assert months.column("Kept") == ["83.1 %", "74.2 %", "81.4 %"]
    assert months.column("Of contacts") == ["362", "1,007", "862"]
    assert len(page.all("svg")) == 4
    assert "From 83.1 % in September 2026 to 81.4 % in November 2026, promised 80 %." in page.text


def test_remarks_stand_below_the_months_that_they_are_about() -> None:
    """Suspended, restated, corrected, dips with what is done, too few, still open: each marked and said."""
    page = read()
    for said in (
        "Suspended 9 to 13 November 2026: Strike of security staff, 9-13 November: nobody could walk to the floors.",
        "What came in then is left out of this month; with it 78.9 % was kept.",
        "Restated: on 3 November 2026 this was published as 85.4 %. What changed since: corrected.",
        "With answers that staff entered later. As first recorded: Oct 2026 85.4 %, Nov 2026 86.7 %.",
        "October 2026: In the first weeks of term twice as many students chatted as in any October before. "
        "What we do: From 2 November a second member of staff joins the chat from 11:00 to 16:00.",
        "Under 20 contacts a share is too few to tell.",
        "Some contacts are not answered and not due yet: this figure may still change.",
    ):
        assert said in page.text
    ids = {each.attributes["id"] for each in page.elements if "id" in each.attributes}
    assert {each.attributes["href"][1:] for each in page.all("a") if each.attributes["href"].startswith("#")} <= ids


def test_nothing_internal_is_on_it() -> None:
    """No ticket, no reason of a miss, no member of staff, no median, no site, no digest: not one byte of them."""
    report = autumn()
    secret = replace(
        report,
        misses=tuple(
            replace(miss, number=7_000_000 + place, reason="Bea overslept", site="annexe-7")
            for place, miss in enumerate(report.misses)
        ),
        suspensions=tuple(replace(each, by="bea.secret") for each in report.suspensions),
        dips=tuple(replace(each, by="bea.secret") for each in report.dips),
    )
    told = bytes_of(secret)
    for each in ("7000", "7,000", "Bea", "bea.secret", "annexe-7", "Customer services manager", "mfox"):
        assert each not in told
    digests = [report.log.end.digest, *(each.digest for each in report.standards)]
    for digest in (*digests, *(each.digest for each in report.calendars)):
        assert digest[:8] not in told


def test_small_counts_are_not_shown_nor_what_would_give_them_away() -> None:
    """Three people at the desk: neither their number stands there, nor one that it could be worked out by."""
    few = (
        Volume(channel=Channel.MAIL, received=812, answered=800),
        Volume(channel=Channel.PHONE, received=641, answered=620),
        Volume(channel=Channel.DESK, received=3, answered=3),
    )
    page = read(replace(autumn(), volumes=few))
    table = page.table("Channel", "Received")
    shown = dict(zip(table.column("Channel"), table.column("Received"), strict=True))
    assert shown["Desk"] == "not shown"
    assert list(shown.values()).count("not shown") == 2
    assert "Not shown: numbers so small that they could point at somebody" in page.text
    assert "Not shown:" not in read(replace(autumn(), volumes=few), small=0).text


def test_when_people_come_is_told_by_weekday_and_hour() -> None:
    """Hour by hour with their sums; a lonely text on a Sunday night is not told, nor what it could be worked out by."""
    busy = {(day, hour): (20 + day, 0) for day in range(5) for hour in range(9, 12)}
    heat = heat_of({**busy, (6, 11): (1, 0), (6, 9): (7, 0)}, staffed=set())
    page = read(replace(autumn(), heat=heat))
    table = page.table("Hour", "Sunday")
    assert table.column("Hour") == ["09:00 to 10:00", "10:00 to 11:00", "11:00 to 12:00", "All hours"]
    assert table.column("Monday")[1] == "20"
    assert table.column("Sunday") == ["*not shown", "0", "*not shown", "8"]
    assert table.column("All days")[3] == "338"
    assert "* Not shown: numbers so small that they could point at somebody" in page.text
    assert "* Not shown" not in read(replace(autumn(), heat=heat), small=0).text


def test_a_week_of_which_nothing_could_be_told_is_left_out() -> None:
    """Four contacts in all: their number stands with their channel or not at all."""
    few = heat_of({(0, 9): (1, 0), (2, 15): (3, 0)}, staffed=set())
    assert "When people contact us" in read().text
    assert "When people contact us" not in read(replace(autumn(), heat=few)).text
    assert "When people contact us" not in read(replace(autumn(), heat=None)).text


def test_reasons_of_a_restatement_are_told_without_their_counts() -> None:
    """One contact that was taken for spam is nobody's business; that something was, is everybody's."""
    report = autumn()
    again = replace(report.restated[0], why={"corrected": 4, "marked as spam": 1})
    page = read(replace(report, restated=(again,)))
    assert "What changed since: corrected, marked as spam." in page.text


def test_what_was_erased_leaves_no_gap() -> None:
    """A suspension without its reason is a suspension still; a dip without words is told by its figure alone."""
    report = autumn()
    page = read(
        replace(
            report,
            suspensions=tuple(replace(each, reason="") for each in report.suspensions),
            dips=tuple(replace(each, explanation="", action="") for each in report.dips),
        )
    )
    assert "Suspended 9 to 13 November 2026." in page.text
    assert "What we do" not in page.text


def test_no_whole_month_yet() -> None:
    """The page says so, and how to reach the library all the same."""
    text = read(empty()).text
    assert "There is no whole month to report on yet." in text
    assert "+447700900001" in text


def test_promises_in_force_are_told_before_their_first_figure() -> None:
    """A promise under which nothing came in is a promise still; one with figures is not told twice."""
    front = replace(FRONT, promises=tuple(STANDARDS.values()))
    table = read(empty(), front=front).table("We promise", "Result")
    assert table.rows[1] == ["We answer live chats within one minute", "nothing to judge yet", "–", "80 %", "–"]
    assert len(table.rows) == 1 + len(STANDARDS)
    assert len(read(front=front).table("We promise", "Result").rows) == 1 + len(STANDARDS)


def test_months_before_the_first_contact_are_left_out() -> None:
    """The log began in October: the page does not pretend that September had nothing to answer."""
    page = read(replace(autumn(), began=date(2026, 10, 12)))
    assert page.table("Month", "Of contacts").column("Month")[0].startswith("Oct 2026")
    assert "12 October to 30 November 2026" in page.text


@pytest.mark.parametrize(("report", "said"), [(spoilt(), "Event 1204"), (autumn("channel"), "by month")])
def test_what_can_not_be_published_is_refused(report: Report, said: str) -> None:
    """A broken log, and a report that is not by month."""
    with pytest.raises(Refused, match=said):
        bytes_of(report)


def test_the_same_report_gives_the_same_bytes() -> None:
    """Made twice."""
    assert bytes_of() == bytes_of()


# How to reach the library


def test_of_a_line_only_title_and_address_are_told() -> None:
    """The Noiseline's number is on posters; its policy, its greeting and how long it keeps what is said are not."""
    settings = Settings(
        lines={
            "noise": LineSettings(
                channel=Channel.SMS,
                title="Noiseline",
                policy="sealed",
                kind="noise-kind",
                site="secret-site",
                address="+447700900001",
                messaging_service="MG-secret",
                greeting="secret greeting",
                reply_days=9,
            ),
            "chat": LineSettings(channel=Channel.CHAT, title="Web chat", address="chat"),
            "help": LineSettings(channel=Channel.MAIL, title="E-mail", address="help@library.example"),
        },
        report=ReportSettings(contact="Level 1."),
    )
    found = reaching(settings, Published(), Instant(0))
    assert found.contact == "Level 1."
    assert [(way.title, way.link) for way in found.ways] == [
        ("Noiseline", "sms:+447700900001"),
        ("Web chat", "http://127.0.0.1:8080/chat/chat"),
        ("E-mail", "mailto:help@library.example"),
    ]
    told = bytes_of(front=found)
    for each in ("sealed", "secret", "noise-kind"):
        assert each not in told


def test_hours_come_from_what_is_published() -> None:
    """The library's own calendar first, then those of lines; none where hours are not kept in a file."""
    frozen = [calendar(), freeze(always_open("always"), date(2026, 1, 1), date(2026, 12, 31))]
    published = Published((), [(each.to_text(), at("2026-08-01")) for each in frozen])
    line = LineSettings(channel=Channel.CHAT, title="Chat", address="chat", calendar="always")
    settings = Settings(lines={"chat": line}, report=ReportSettings(calendar="staffed"))
    assert reaching(settings, published, at("2026-12-01")).calendars == ()
    kept = settings.model_copy(update={"calendars": "calendars.toml"})
    found = reaching(kept, published, at("2026-12-01")).calendars
    assert [each.rules.name for each in found] == ["staffed", "always"]


def test_the_week_is_told_day_by_day() -> None:
    """From Monday; a holiday says why; a day outside the calendar claims nothing."""
    shut = calendar(closures=(Closure(first=date(2026, 12, 4), last=date(2026, 12, 4), reason="Stocktaking"),))
    short = freeze(shut.rules, date(2026, 1, 1), date(2026, 12, 5))
    shown = week_of((short,), date(2026, 12, 2))
    assert shown.monday == date(2026, 11, 30)
    assert dict(shown.rows) == {
        "Monday 30 November": ("09:00 to 19:00",),
        "Tuesday 1 December": ("09:00 to 19:00",),
        "Wednesday 2 December": ("09:00 to 19:00",),
        "Thursday 3 December": ("09:00 to 19:00",),
        "Friday 4 December": ("closed (Stocktaking)",),
        "Saturday 5 December": ("closed",),
        "Sunday 6 December": ("–",),
    }


def test_coming_changes_are_told_as_stretches() -> None:
    """Eight weeks ahead, days with one reason together; term and vacation are no change of themselves."""
    frozen = calendar(
        nation="england-and-wales",
        periods=(Period(name="Vacation", first=date(2026, 12, 14), last=date(2027, 1, 10), week=(DAY,) * 7),),
        closures=(
            Closure(first=date(2026, 12, 24), last=date(2027, 1, 3), reason="Christmas"),
            Closure(first=date(2027, 3, 1), last=date(2027, 3, 1), reason="Far away"),
        ),
        days=(OneDay(day=date(2026, 12, 10), spans=(Span(9 * 60, 12 * 60), Span(13 * 60, 26 * 60)), reason="Party"),),
    )
    told = [(each.days, each.hours, each.reason) for each in unusual((frozen,), date(2026, 12, 1))]
    assert told == [
        ("10 December 2026", "09:00 to 12:00, 13:00 to 02:00 the next day", "Party"),
        ("24 December 2026 to 3 January 2027", "closed", "Christmas"),
    ]
    assert spans_in_words((Span(0, 1440),)) == "all day"
    page = read(front=replace(FRONT, calendars=(frozen,)))
    assert "24 December 2026 to 3 January 2027: closed (Christmas)" in page.text
    assert page.table("Day", "Staffed").column("Staffed")[0] == "09:00 to 19:00"


def test_hostile_settings_are_text() -> None:
    """Titles, addresses and reasons can't become markup."""
    bad = '"><script>alert(1)</script>'
    page = read(front=Reaching(contact=bad, ways=(Way(bad, bad, f"sms:{bad}"),)))
    assert page.all("script") == []
    assert page.text.count("alert(1)") == 3
    turned = "\u202exoc\u202c"
    told = bytes_of(
        replace(autumn(), library=turned), front=Reaching(contact=turned, ways=(Way(turned, "PO Box", ""),))
    )
    assert "\u202e" not in told
