"""The report as text: golden pages of a made autumn, and what must hold of any.

``python -m tests.test_report_text`` writes the golden pages anew.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.reports.contents import Report, Run, RunPoint
from helpdesk.reports.period import By, Days
from helpdesk.reports.text import WIDTH, as_text
from helpdesk.reports.text.lines import table
from tests.made_reports import LOG, autumn, empty, heat_of, misses, spoilt
from tests.report_house import at

GOLDEN = Path(__file__).parent / "golden"

FIGURES_ALONE: dict[str, Any] = {
    "heat": None,
    "runs": (),
    "dips": (),
    "misses": (),
    "missed": 0,
    "volumes": (),
    "effort": None,
}
"""Without what is the same whatever the rows are."""

PAGES: dict[str, Report] = {
    "month": autumn(),
    "standard": autumn("standard", **FIGURES_ALONE),
    "term": autumn("term", **FIGURES_ALONE),
    "hour": autumn("hour", **FIGURES_ALONE),
    "weekday": autumn("weekday", **FIGURES_ALONE),
    "channel": autumn("channel", **FIGURES_ALONE),
    "nothing": empty(),
    "spoilt": replace(spoilt(), by="standard", **FIGURES_ALONE),
}


def _lines(report: Report) -> list[str]:
    return as_text(report).splitlines()


def _section(report: Report, title: str) -> str:
    """What stands under a headline, up to the next."""
    found = re.search(rf"^{re.escape(title)}[^\n]*\n-+\n\n(.*?)(?=^[^\n]+\n-+\n\n|\Z)", as_text(report), re.M | re.S)
    assert found is not None, title
    return found[1]


@pytest.mark.parametrize("name", PAGES)
def test_the_golden_pages(name: str) -> None:
    """To the letter: month, standard, term, hour, weekday and channel; an empty period; a spoilt log."""
    assert as_text(PAGES[name]) == (GOLDEN / f"report_{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("by", get_args(By))
def test_it_fits_a_terminal(by: By) -> None:
    """Whatever the rows are: 80 columns, no sign that colours, no blank at the end of a line, one break at the end."""
    text = as_text(autumn(by))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "\x1b" not in text
    assert not re.search(r"[ \t]$", text, re.M)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("long", ["The Library of Saint Somebody's and All Others' " * 3, "noise-" * 20, "x" * 200])
def test_long_names_fit_too(long: str) -> None:
    """Of the library, a standard, a site, a term, a calendar, a member of staff."""
    whole = autumn("site")
    heat = whole.heat
    assert heat is not None
    named = [replace(figure, standard=long) for figure in whole.total.figures]
    made = replace(
        whole,
        library=long,
        total=replace(whole.total, figures=tuple(named)),
        groups=tuple(replace(each, key=long, figures=tuple(named)) for each in whole.groups),
        misses=tuple(replace(each, standard=long, site=long) for each in whole.misses),
        heat=replace(heat, calendar=long),
        runs=tuple(replace(each, standard=long) for each in whole.runs),
        dips=tuple(replace(each, standard=long, by=long) for each in whole.dips),
        suspensions=tuple(replace(each, standard=long, by=long) for each in whole.suspensions),
        restated=tuple(replace(each, standard=long) for each in whole.restated),
        volumes=(),
    )
    for by in ("site", "month", "standard", "term"):
        kind: By = by
        assert max(map(len, as_text(replace(made, by=kind)).splitlines())) <= WIDTH


# Words, never colour


def test_every_result_is_said_in_words() -> None:
    """Met, not met, not met by little, too few to tell; each beside its share and its interval."""
    glance = _section(autumn(), "At a glance")
    assert "chat-claimed   78.4 %  76.7–80.2 %      80 %  not met, within 5 points\n" in glance
    assert "desk-welcomed  93.7 %  71.6–98.9 %      95 %  too few to tell\n" in glance
    assert "mail-answered  97.0 %  96.1–97.8 %      95 %  met\n" in glance
    assert re.search(r"^2026-10  74.2 %  71.4–76.9 %  not met   ", as_text(autumn()), re.M)


def test_the_amber_band_is_the_librarys_own() -> None:
    """Its width stands in the result and in the explanation."""
    text = as_text(autumn(amber_points=2.5))
    assert "not met, within 2.5 points" in text
    assert "Within 2.5 points: below the promise, by no more than that." in " ".join(text.split())


def test_a_curve_that_does_not_come_down_says_so() -> None:
    """Too many unanswered for a P90: not reached, which is not nothing."""
    assert re.search(r"^2026-10 .*41 s  not reached$", as_text(autumn()), re.M)


# The face


def test_a_spoilt_log_comes_before_any_figure() -> None:
    """In big words, with what is wrong and what to do."""
    text = as_text(spoilt())
    head = text[: text.index("At a glance")]
    assert "THE LOG IS NOT WHOLE: THESE FIGURES CAN'T BE RELIED ON." in head
    assert "Event 1204 does not follow" in head
    assert "The log is whole" not in text


@pytest.mark.parametrize(
    ("checked", "says"),
    [
        (41_873, "The log is whole: each of its 41,873 events follows from the one before."),
        (40_000, "The log is whole as far as it was checked: up to event 40,000 of 41,873."),
        (0, "The log of 41,873 events was not checked for this report: `helpdesk db check`"),
    ],
)
def test_the_face_says_how_far_the_log_was_checked(checked: int, says: str) -> None:
    """Nothing is called whole that nobody looked at."""
    assert says in as_text(autumn(log=replace(LOG, checked=checked)))


def test_a_restated_month_is_marked_and_told() -> None:
    """On the face what was published and why it changed, in the table a mark in that month alone."""
    text = as_text(autumn())
    told = " ".join(text.split())
    assert "165 of 193 met (85.4 %) as published on 3 November 2026" in told
    assert "171 of 193 met (88.6 %) now. Since then: 6 corrected." in told
    assert {line.split("  ")[0] for line in text.splitlines() if " * " in line} == {"2026-10 *"}


# Corrections and suspensions


def test_both_figures_stand_there() -> None:
    """With and without late corrections, with and without what was suspended."""
    text = as_text(autumn())
    assert "2026-10 *          6  165      28  85.4 %" in text
    assert "2026-11         31  150      40  78.9 %" in text
    assert "Strike of security staff, 9-13 November: nobody could walk to the floors." in text
    assert "21 November 2026, every standard" in text


def test_figures_without_them_have_no_empty_tables() -> None:
    """Mail was neither corrected nor suspended: nothing is said of it."""
    mail = as_text(autumn()).split("mail-answered: 95 % promised")[1].split("noise-texts: 90 % promised")[0]
    assert "corrections" not in mail
    assert "suspended" not in mail


def test_dips_say_what_was_said_of_them() -> None:
    """Those of which nothing was said stand together, with the command that says it."""
    section = _section(autumn(), "Dips")
    assert "Done: From 2 November a second member of staff joins the chat" in section
    assert "  noise-texts, 90 % promised: 2026-10 (88.6 %), 2026-11 (87.4 %)\n" in section
    assert "`helpdesk standards explain NAME --month YYYY-MM`" in section


# Rows


def test_a_month_without_contacts_is_there() -> None:
    """A gap in the figures must not look like a gap in the report."""
    whole = autumn()
    gap = autumn(groups=(whole.groups[0], replace(whole.groups[1], figures=()), whole.groups[2]), restated=())
    text = as_text(replace(gap, runs=()))
    assert len(re.findall(r"^2026-10(?: +–){5}$", text, re.M)) == 4
    assert len(re.findall(r"^2026-10(?: +0){8}$", text, re.M)) == 4


def test_one_row_needs_no_sum() -> None:
    """Where the period is one month, its row is the whole."""
    assert "in all" in as_text(autumn())
    assert "in all" not in _section(autumn("year"), "Promise by promise")


def test_terms_name_their_days() -> None:
    """On the face; two terms of one name are told apart by their first day."""
    assert "Autumn term: 28 September to 30 November 2026." in as_text(autumn("term"))
    exams = [replace(each, key=f"2026-0{n}-04 Exams") for n, each in enumerate(autumn("term").groups, 1)]
    assert "Exams from 2026-01-04: 1 to 27 September 2026." in as_text(autumn("term", groups=tuple(exams)))


def test_a_day_of_a_month_is_said_once() -> None:
    """Of the month only that day, not from it and up to it."""
    (group,) = autumn("year").groups
    day = Days(date(2026, 9, 3), date(2026, 9, 4))
    text = as_text(autumn(days=day, groups=(replace(group, key="2026-09", days=day),)))
    assert "Of 2026-09 only 3 September 2026." in text
    assert "only the days" not in text


def test_a_period_that_is_not_over_says_so() -> None:
    """Nor is one over that has not begun."""
    assert "The period is not over" in as_text(autumn(now=at("2026-11-30", "23:59")))
    assert "The period has not begun." in as_text(autumn(now=at("2026-08-31", "23:59")))
    assert "The period" not in as_text(autumn(now=at("2026-12-01", "00:00")))[:400]


def test_a_calendar_without_terms_is_said() -> None:
    """A report by term that finds none says what to do."""
    (group,) = autumn("year").groups
    text = as_text(autumn("term", groups=(replace(group, key="2026-09-01 between terms"),)))
    assert "The calendar names no term on these days: add periods to it" in text
    assert "names no term" not in as_text(autumn("term"))


def test_rules_that_differ_get_letters() -> None:
    """Where months were judged by other versions, each row names its own."""
    first, *later = autumn().groups
    other = replace(first, figures=tuple(replace(each, versions=("f" * 64,)) for each in first.figures))
    text = as_text(autumn(groups=(other, *later)))
    assert re.search(r"^Rules a: standard ffffffff, no calendar\.$", text, re.M)
    assert re.search(r"^Rules b: standard abb2cfab, no calendar\.$", text, re.M)
    assert re.search(r"^2026-09 .* a$", text, re.M)


# Misses


def test_misses_tell_why() -> None:
    """Each with place, time and reason; what staff left empty is said to be empty."""
    told = " ".join(_section(autumn(), "Misses").split())
    assert "16 min; sms, main. Two were ill; the rota had nobody else for the desk." in told
    assert "19 min; chat, annexe. No reason was given." in told
    assert "Corrected later." in told
    assert "Suspended then." in told
    assert "31 min so far; mail." in told
    assert "not yet 1 h 07 min so far" in told


@pytest.mark.parametrize(
    ("shown", "says", "says_not"),
    [
        (0, "`--misses all` shows them", "Ticket"),
        (20, "`--misses all` shows them all.", "Misses: all"),
    ],
)
def test_it_says_how_to_see_the_others(shown: int, says: str, says_not: str) -> None:
    """Where not all are listed."""
    section = _section(autumn(misses=misses(shown)), "Misses one by one")
    assert says in section
    assert says_not not in section


def test_suspended_misses_are_told_from_those_that_count() -> None:
    """More are listed than the figures count: the report says how many, and why."""
    counted = sum(each.missed for each in autumn().total.figures)
    told = " ".join(as_text(autumn(missed=counted + 8)).split())
    assert "8 of them began in a suspended period: they are listed and marked, and count in no figure above." in told
    assert "of them began" not in as_text(autumn(missed=counted))


def test_all_misses_are_all() -> None:
    """Then nothing is said of others."""
    found = as_text(autumn(misses=misses(20), missed=20))
    assert "Misses: all 20" in found
    assert "--misses all" not in found


@given(st.text(max_size=300))
def test_no_reason_steers_the_terminal(reason: str) -> None:
    """Whatever somebody typed: no control sign, no line of its own making, still 80 columns."""
    (miss,) = misses(1)
    changes = {"missed": 1, "misses": (replace(miss, reason=reason, site=reason[:40]),)}
    report = autumn(**{**FIGURES_ALONE, **changes})
    text = as_text(report)
    assert not {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf")} - {"\n"}
    assert max(map(len, text.split("\n"))) <= WIDTH


# Demand and run charts


def test_demand_is_told_in_numbers() -> None:
    """Each cell has its count; the block and the dot only help the eye."""
    heat = heat_of({(0, 9): (12, 3), (6, 10): (4, 0), (2, 11): (12_345, 1)}, staffed={(0, 9), (2, 11)})
    text = as_text(autumn(heat=heat))
    nine, ten, eleven = (
        next(line for line in text.splitlines() if line.startswith(f"{hour:02}  ")) for hour in (9, 10, 11)
    )
    assert nine.startswith("09   ▁ 12/3")
    assert re.search(r"·▁  4$", ten)
    assert "█12k/1" in eleven
    assert "4 contacts (0.0 %) came at hours that nobody staffs." in " ".join(text.split())


def test_a_library_that_never_closes_needs_no_table_of_it() -> None:
    """It is said in a line, and hours in which nobody came are left out at both ends."""
    every = {(day, hour) for day in range(7) for hour in range(24)}
    section = _section(autumn(heat=heat_of({(0, 9): (12, 3), (4, 11): (2, 0)}, staffed=every)), "Demand")
    assert "Staffed round the clock, by the calendar staffed." in section
    assert re.findall(r"^(\d\d)  ", section, re.M) == ["09", "10", "11"]


def test_hours_half_staffed_are_a_share() -> None:
    """Of 13 Saturdays six were staffed at lunch: 46 % of the hour."""
    saturdays = [line.split() for line in _section(autumn(), "Demand").splitlines()]
    assert ["13", "100", "100", "100", "100", "100", "46", "–"] in saturdays


def test_a_run_chart_has_its_numbers_and_words() -> None:
    """The limits, each month's share and count, and what marks a change."""
    section = _section(autumn(), "Month by month")
    assert "chat-claimed, 80 % promised: centre 83.0 %, limits 78.6 % and 87.4 %." in section
    assert re.search(r"^2026-10  74.2 %  391  o .*below the lower limit$", section, re.M)
    assert "mail-answered, 95 % promised: too few months for limits." in section


def test_a_flat_run_chart_does_no_harm() -> None:
    """One share through all months leaves the strip one point wide."""
    points = tuple(RunPoint(key=f"2026-0{n}", share=9000, judged=40) for n in range(1, 9))
    run = Run(standard="noise-texts", promised="90", points=points, centre=9000, lower=9000, upper=9000)
    assert "2026-08  90.0 %  40  o" in as_text(autumn(runs=(run,)))


# Tables


def test_a_table_that_is_too_wide_goes_on_below() -> None:
    """The first column gives way; the numbers stay whole."""
    rows = [("The medical library's own reading room", *["1,234,567"] * 6)]
    lines = list(table(("Site", *"abcdef"), rows, left=(0,)))
    assert max(map(len, lines)) <= WIDTH
    assert [line.split("  ")[0] for line in lines] == ["Site", "The medical", "library's own", "reading room"]


def write() -> None:
    """The golden pages, as the report has them now."""
    for name, report in PAGES.items():
        (GOLDEN / f"report_{name}.txt").write_text(as_text(report), encoding="utf-8")


if __name__ == "__main__":
    write()
