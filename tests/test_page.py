"""The report as a page: all of it is there, it stands on its own, and nothing in it can become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import get_args

import pytest

from helpdesk.clock import MINUTE
from helpdesk.events import Seq
from helpdesk.message import Channel
from helpdesk.reports.contents import Group, Report
from helpdesk.reports.page import as_html
from helpdesk.reports.page.week import week, week_chart
from helpdesk.reports.period import By
from tests.made_reports import autumn, empty, heat_of, spoilt
from tests.page_reading import Page

HOSTILE = "<script>alert(1)</script>\"'&</title></style><img src=x onerror=alert(1)>"


def read(report: Report | None = None) -> Page:
    """The page of a report; the made autumn's, if none is named."""
    return _autumn() if report is None else Page(as_html(report))


@cache
def _autumn() -> Page:
    return Page(as_html(autumn()))


@pytest.mark.parametrize("by", get_args(By))
def test_a_report_by_anything_is_a_sound_page(by: By) -> None:
    """Every element is closed, every id stands once, every link leads to one."""
    page = read(autumn(by))
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    links = {each.attributes["href"] for each in page.all("a")}
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= set(ids)
    assert "None" not in page.text.replace("None of these", "")


def test_the_page_stands_on_its_own() -> None:
    """No script, no style of an element's own, nothing that is loaded from elsewhere."""
    page = read()
    assert page.all("script") == []
    for each in page.elements:
        assert not {"style", "src", "onload", "onclick"} & set(each.attributes)
    loaded = [each.attributes["href"] for each in page.elements if each.name in {"link", "use", "image"}]
    assert loaded == ["data:,"]
    (style,) = page.all("style")
    assert "url(" not in style.text
    assert "@import" not in style.text


def test_the_face_says_what_and_when() -> None:
    """Library, period, as of when, that the log is whole; and what was published otherwise."""
    text = read().text
    assert "Moor Street Library" in text
    assert "1 September to 30 November 2026" in text
    assert "As of 1 December 2026 at 09:00 (Europe/London), from events 1 to 41,873 of the log." in text
    assert "The log is whole: all 41,873 events" in text
    assert "published on 3 November 2026 at 10:00 as 85.4 % (165 of 193), now 88.6 % (171 of 193)" in text
    assert "What changed: 6 corrected" in text


def test_a_broken_log_is_said_first_and_loud() -> None:
    """Before any figure, with what to do."""
    page = read(spoilt())
    (alarm,) = (each for each in page.elements if each.attributes.get("class") == "box alarm")
    assert "do not rely on these figures" in alarm.text
    assert "Event 1204 does not follow" in alarm.text
    assert page.text.index("do not rely") < page.text.index("At a glance")
    assert "The log is whole" not in page.text


def test_every_promise_has_its_result_in_words() -> None:
    """Met, not met, not met within the band, too few to tell: shapes stand beside words."""
    glance = read().table("Promise", "Result")
    assert glance.column("Result") == ["not met, within 5 points", "too few to tell", "met", "not met, within 5 points"]
    assert glance.column("Kept") == ["78.4 %", "93.7 %", "97.0 %", "88.6 %"]
    assert glance.column("Promised") == ["80 %", "95 %", "95 %", "90 %"]
    assert all("–" in interval for interval in glance.column("95 % interval"))


def test_a_section_holds_all_that_belongs_to_its_promise() -> None:
    """Wording, owner, how it is measured, both figures of suspensions and corrections, dips, misses with reasons."""
    text = read().text
    for said in (
        "We answer live chats within one minute",
        "Customer services manager",
        "claimed within 60 s",
        "Strike of security staff, 9-13 November: nobody could walk to the floors.",
        "Without them 88.6 % was kept",
        "as first recorded it was",
        "In the first weeks of term twice as many students chatted",
        "From 2 November a second member of staff joins the chat from 11:00 to 16:00.",
        "Nothing has been said yet of October 2026 (88.6 %), November 2026 (87.4 %).",
        "Two were ill; the rota had nobody else for the desk.",
        "no reason given",
        "On a suspended day.",
        "Corrected later.",
        "below the lower limit",
    ):
        assert said in text


def test_figures_that_stand_alone_say_what_they_are() -> None:
    """A time of opening hours says so; where too many are unanswered there is no time, and why is said."""
    report = autumn()
    chat, few, mail, noise = report.total.figures
    working = replace(noise, median=0, p90=20 * MINUTE)
    text = read(
        replace(report, total=replace(report.total, figures=(replace(chat, p90=None), few, mail, working)))
    ).text
    assert "Nine in ten took no longer than can't be told: too many unanswered" in text
    assert "Half took no longer than 0 s of opening hours" in text
    assert "Nine in ten took no longer than 20 min of opening hours" in text


def test_who_owns_a_promise_stands_there_where_somebody_does() -> None:
    """A standard without an owner has no empty line."""
    report = autumn()
    orphans = tuple(replace(each, standard=replace(each.standard, owner="", source="")) for each in report.standards)
    terms = [each.text for each in read(replace(report, standards=orphans)).all("dt")]
    assert "Measured" in terms
    assert "Owner" not in terms


def test_months_of_which_nothing_was_said_stand_in_one_line() -> None:
    """Below those that were explained."""
    report = autumn()
    told, *_ = report.dips
    silent = tuple(
        replace(told, standard="noise-texts", promised="90", month=month, share=8000, explanation="", action="")
        for month in ("2026-09", "2026-10")
    )
    text = read(replace(report, dips=(told, *silent))).text
    assert "Nothing has been said yet of September 2026 (80.0 %), October 2026 (80.0 %)." in text
    assert text.count("Nothing has been said yet") == 1


def test_misses_stand_one_by_one() -> None:
    """Each with its ticket, and with how many there are where not all are listed."""
    page = read()
    numbers = [number for table in page.tables if table.rows[0][0] == "Ticket" for number in table.column("Ticket")]
    assert sorted(map(int, numbers), reverse=True) == [miss.number for miss in autumn().misses]
    assert "The latest 7 of 480." in page.text


def test_every_chart_has_a_name_a_description_and_a_table() -> None:
    """The drawing is an image to a screen reader; what it shows is written beside it."""
    page = read()
    ids = {each.attributes["id"]: each for each in page.elements if "id" in each.attributes}
    drawings = page.all("svg")
    assert len(drawings) == 1 + 4 + 3 + 1
    for each in drawings:
        assert each.attributes["role"] == "img"
        title, told = each.attributes["aria-labelledby"].split()
        assert ids[title].name == "title"
        assert len(ids[told].text) > 20
    assert "October 2026: 74.2 %, interval 71.4–76.9 %, promised 80 %, not met." in ids["standard-1-shares-told"].text
    assert "Real changes: October 2026 (below the lower limit)." in ids["standard-1-run-told"].text
    assert page.table("Month", "Signal").column("Signal").count("none") == 14
    assert page.table("Hour", "Monday").column("Saturday")[6] == "19 (2)"


def test_staffed_time_is_a_part_of_a_cell_and_a_percentage() -> None:
    """An hour half staffed is shaded by half, one that never is not at all; the second table has the numbers."""
    half = heat_of({(0, 9): (4, 1), (6, 3): (1, 0)}, staffed={(0, 9), (1, 9)})
    half = replace(half, staffed=(half.staffed[0], tuple(each // 2 for each in half.staffed[1]), *half.staffed[2:]))
    shown = week(half)
    percents = {day: cell.percent for hour, row in shown.hours for day, cell in enumerate(row) if hour == 9}
    assert percents == {0: 100, 1: 50} | dict.fromkeys(range(2, 7), 0)
    widths = re.findall(r'class="staffed"[^>]* width="([0-9.]+)"', week_chart("week", "Week", shown))
    assert widths == ["50", "25"]
    tables = [table for table in read(replace(autumn(), heat=half)).tables if table.rows[0][0] == "Hour"]
    assert tables[1].column("Tuesday")[6] == "50"


def test_versions_and_digests_are_whole() -> None:
    """Which rules, which log: to be compared letter by letter."""
    report = autumn()
    digests = [each.digest for each in report.standards] + [each.digest for each in report.calendars]
    assert read().table("What", "Digest").column("Digest") == digests
    assert report.log.end.digest in read().text


def test_text_from_outside_is_never_markup() -> None:
    """The library's name, titles, reasons, sites, calendars: all shown as they were written."""
    report = autumn()
    spoken = replace(
        report,
        library=HOSTILE,
        standards=tuple(
            replace(each, standard=replace(each.standard, title=HOSTILE, owner=HOSTILE, source=f"https://x/{HOSTILE}"))
            for each in report.standards
        ),
        misses=tuple(replace(miss, reason=HOSTILE, site=HOSTILE) for miss in report.misses),
        suspensions=tuple(replace(each, reason=HOSTILE, by=HOSTILE) for each in report.suspensions),
        dips=tuple(replace(each, explanation=HOSTILE, action=HOSTILE, by=HOSTILE) for each in report.dips),
        restated=tuple(replace(each, why={HOSTILE: 1}) for each in report.restated),
        log=replace(report.log, whole=False, fault=HOSTILE),
        heat=replace(report.heat, calendar=HOSTILE) if report.heat else None,
        groups=tuple(Group(key=HOSTILE, days=group.days, figures=group.figures) for group in report.groups[:1]),
        by="site",
    )
    page, clean = read(spoken), read()
    assert page.all("script") == page.all("img") == []
    assert len(page.all("title")) == len(clean.all("title"))
    assert "alert(1)" in page.text


def test_what_turns_the_reading_direction_is_taken_out() -> None:
    """A reason can't make a figure beside it read backwards."""
    report = autumn()
    turned = replace(report, misses=(replace(report.misses[0], reason="late\u202e05\u202c\x07 reply"),))
    assert "late 05 reply" in read(turned).text


def test_nor_do_names_that_the_library_gave() -> None:
    """Its own, a promise's, an owner's, a site's."""
    report, turn = autumn(), "\u202exoc\u202c"
    titled = (replace(each.standard, title=f"{turn} kept.", owner=turn, source=turn) for each in report.standards)
    turned = replace(
        report,
        library=f"{turn} Library",
        standards=tuple(replace(each, standard=said) for each, said in zip(report.standards, titled, strict=True)),
        misses=tuple(replace(each, site=turn) for each in report.misses),
    )
    page = as_html(turned)
    assert "\u202e" not in page
    assert "xoc Library" in page
    assert "xoc kept" in page


def test_the_same_report_gives_the_same_bytes() -> None:
    """Made twice, and from a report made anew."""
    assert as_html(autumn()) == as_html(autumn())


def test_an_empty_period_is_said_in_words() -> None:
    """No tables of nothing, no drawings of nothing."""
    page = read(empty())
    assert "No contact came in during this period." in page.text
    assert page.all("svg") == []
    assert page.tables == []
    unpromised = replace(empty(), volumes=autumn().volumes)
    assert "No published standard covered what came in" in read(unpromised).text


def test_an_empty_log_makes_a_page() -> None:
    """Nothing has ever happened: no digest to show off, no claim that it is whole."""
    report = empty()
    log = replace(report.log, end=report.log.end._replace(seq=Seq(0)), checked=0)
    text = read(replace(report, log=log, began=None)).text
    assert "from an empty log" in text
    assert "The log is whole" not in text


def test_a_log_checked_in_part_says_how_far() -> None:
    """It claims no more than was looked at."""
    report = autumn()
    text = read(replace(report, log=replace(report.log, checked=40_000))).text
    assert "The log was checked up to event 40,000 of 41,873" in text
    assert "all 41,873 events" not in text


def test_a_month_with_nothing_in_it_stands_in_the_table() -> None:
    """Not left out: a reader would wonder."""
    report = autumn()
    first, *rest = report.groups
    page = read(replace(report, groups=(replace(first, figures=()), *rest)))
    table = page.table("Month", "Judged")
    assert table.rows[1] == ["September 2026", "0", "–", "–", "nothing came in", "–", "–"]


def test_so_many_rows_that_a_chart_would_be_none_stand_in_the_table_alone() -> None:
    """Two years of weeks: the table has them; fewer weeks draw closer together."""
    report = autumn("week")
    group = report.groups[0]

    def weeks(count: int) -> Report:
        keys = [f"{2025 + n // 52}-W{n % 52 + 1:02}" for n in range(count)]
        return replace(report, groups=tuple(replace(group, key=key) for key in keys))

    assert len(read(weeks(60)).all("svg")) == len(read(report).all("svg"))
    many = read(weeks(104))
    assert len(many.all("svg")) == len(read(report).all("svg")) - len(report.total.figures)
    assert len(many.table("Week", "Judged").rows) == 1 + 104 + 1


def test_two_shares_promised_by_one_standard_are_told_apart() -> None:
    """Each has a section, named with its share."""
    report = autumn()
    chat = report.total.figures[0]
    total = replace(report.total, figures=(chat, replace(chat, promised="85")))
    page = read(replace(report, total=total))
    headings = [each.text for each in page.all("h2")]
    assert "We answer live chats within one minute (promised for 80 %)" in headings
    assert "We answer live chats within one minute (promised for 85 %)" in headings
    assert len([table for table in page.tables if table.rows[0][0] == "Ticket"]) == 1, "a miss stands under its own"


def test_channels_are_named_as_patrons_name_them() -> None:
    """In volumes, and as rows."""
    assert read().table("Channel", "Answered").column("Channel") == ["Text", "E-mail", "Chat", "Desk", "Phone"]
    assert read(autumn("channel")).table("Channel", "Judged").rows[1][0] == "Chat"
    assert Channel.SMS not in read().text.split()
