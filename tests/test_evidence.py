"""The evidence pack: what it says of each element, and what it leaves open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.errors import BadConfig
from helpdesk.reports.evidence.drafts import PARTS, State
from helpdesk.reports.evidence.elements import catalogue, catalogue_from_toml, criterion_of
from helpdesk.reports.evidence.shown import listed, months, several
from helpdesk.standards import Covers, Measure, Version
from tests.made_evidence import draft, material
from tests.made_figures import CHAT, MAIL
from tests.made_reports import autumn, empty

# The elements


def test_the_catalogue_counts_57_elements_in_five_criteria() -> None:
    """Those that are not listed are counted as things that no log can show."""
    found = catalogue()
    assert [each.elements for each in found.criteria] == [11, 11, 12, 13, 10]
    assert found.total == 57
    assert len(found.elements) + sum(found.beyond(each) for each in found.criteria) == 57
    assert all(found.beyond(each) >= 0 for each in found.criteria)


def test_what_we_know_from_memory_is_marked() -> None:
    """Only these have been seen in print."""
    assert {each.number for each in catalogue().elements if not each.recalled} == {
        "3.1.1",
        "4.1.1",
        "4.1.2",
        "4.1.3",
        "4.2.1",
        "5.1.1",
    }


def test_every_part_that_is_named_exists_and_every_part_is_named() -> None:
    """No part is written for nobody."""
    assert {name for each in catalogue().elements for name in each.shows} == set(PARTS)


def test_an_element_without_evidence_says_what_would_be_needed() -> None:
    """A gap is never a blank."""
    assert all(each.lacks for each in catalogue().elements if not each.shows)
    with pytest.raises(BadConfig, match=r"elements\.1\.3\.1\.lacks: is missing: say what would be needed"):
        catalogue_from_toml({"elements": {"1.3.1": {"gist": "Something."}}})


@pytest.mark.parametrize("number", ["5.1", "6.1.1", "5.1.10", "5.1.1.1", "five", "0.1.1", "٥.1.1"])
def test_what_is_no_number_of_an_element(number: str) -> None:
    """Three numbers, the first from 1 to 5."""
    assert criterion_of(number) is None


# 5.1.1, the model: target, result over n contacts, misses by month with reasons, hours and days, every form of contact


def test_every_form_of_contact_is_told_and_none_is_passed_over() -> None:
    """Phone and letters have no standard; in person most waits are not measured; texts have one for noise only."""
    found = draft("5.1.1")
    sheet = next(each for each in found.shown.sheets if each.name == "coverage")
    assert [(row[0], row[1], row[-1]) for row in sheet.rows] == [
        ("Phone", "312", "no standard"),
        ("E-mail", "1,952", "measured"),
        ("Text message", "446", "measured in part"),
        ("Web chat", "2,293", "measured"),
        ("In person", "1,180", "measured in part"),
        ("Letter", "–", "not logged by the desk"),
    ]
    assert "Of six forms of contact, 2 have a measurable standard" in found.shown.says[0]
    assert "Phone: 312 contacts and no standard." in found.shown.lacks
    assert "Text message: a standard for the kind noise only, none for the rest." in found.shown.lacks
    assert any(each.startswith("In person: 1,164 contacts without a waiting time") for each in found.shown.lacks)
    assert found.state is State.PARTLY


def test_a_form_of_which_no_wait_was_measured_says_so() -> None:
    """A standard alone is no measurement."""
    report = autumn()
    desk = next(each for each in report.total.figures if each.standard == "desk-welcomed")
    unmeasured = replace(desk, met=0, missed=0, answered=0)
    total = replace(report.total, figures=(unmeasured,))
    found = draft("5.1.1", material(replace(report, total=total)))
    assert (
        "In person: a standard, but no waiting time was entered or sampled for any of 1,164 contacts, so none is "
        in (" ".join(found.shown.lacks))
    )


def test_a_result_stands_with_target_number_interval_and_misses() -> None:
    """As an assessor asks: promised for how many, of how many, missed how many, never answered how many."""
    said = next(each for each in draft("5.1.1").shown.says if "live chats" in each)
    assert said == (
        "“We answer live chats within one minute”, promised for 80 %. 1,751 of 2,231 contacts judged kept it: 78.4 % "
        "(95 % interval 76.7–80.2 %), not met, within 5 points. 480 misses, 159 of them never answered. Half took no "
        "longer than 41 s."
    )


def test_both_figures_are_told_where_something_was_corrected_or_suspended() -> None:
    """Neither the better nor the worse one alone."""
    said = next(each for each in draft("4.1.2").shown.says if "Noiseline" in each)
    assert "8 clocks corrected later; without the corrections it is 86.9 %." in said
    assert "31 contacts of suspended days left out; with them it is 84.9 %." in said


def test_misses_are_counted_by_month_and_by_reason() -> None:
    """Each month's misses with the reasons that staff gave, and how many have none."""
    found = draft("5.1.1").shown
    by_month = next(each for each in found.sheets if each.name == "misses-by-month")
    reasons = next(each for each in found.sheets if each.name == "reasons")
    assert ("October 2026", "We answer live chats within one minute", "1,007", "259", "98", "0") in by_month.rows
    assert sum(int(row[-1]) for row in by_month.rows) == 12
    assert sum(int(row[-1]) for row in reasons.rows) == 12
    assert "A reason for 8 misses: nobody has given one." in found.lacks
    assert any(
        "585 misses in the period; the latest 20 are listed in tables/misses.csv." in each for each in found.says
    )


def test_the_same_reason_is_one_row_with_its_number() -> None:
    """So that a month's misses can be read at a glance; the most frequent first."""
    first = autumn().misses[0]
    misses = tuple(replace(first, number=n, reason="Rota" if n % 3 else "Printer") for n in range(9))
    found = draft("5.1.1", material(autumn(misses=misses, missed=9))).shown
    sheet = next(each for each in found.sheets if each.name == "reasons")
    assert [row[2:] for row in sheet.rows] == [("Rota", "6"), ("Printer", "3")]


def test_demand_is_told_by_hour_and_by_day_beside_staffed_time() -> None:
    """Hourly and daily counts, which add up to each other."""
    found = draft("3.3.2").shown
    by_hour = next(each for each in found.sheets if each.name == "demand-by-hour")
    by_day = next(each for each in found.sheets if each.name == "demand-by-weekday")
    counted = [sum(int(row[1].replace(",", "")) for row in sheet.rows) for sheet in (by_hour, by_day)]
    assert counted[0] == counted[1] > 0
    assert "Most contacts came on Mondays and between 14:00 and 15:00." in found.says[1]


# The others


def test_a_promise_that_was_not_met_is_an_open_point() -> None:
    """It is not talked away."""
    assert (
        "“We answer live chats within one minute” was not met: 78.4 %, promised for 80 %." in draft("5.3.2").shown.lacks
    )
    assert draft("4.2.2").shown.says == ("Of 4 promises in the period: 1 met, 2 not met and 1 too few to tell.",)


def test_dips_without_a_word_to_the_public_are_open() -> None:
    """What was said is shown, what was not is named."""
    found = draft("4.3.1").shown
    assert (
        found.says[0] == "3 months of a promise below what was promised. 1 explained to the public, 1 with an action."
    )
    assert found.lacks == tuple(
        f"{what}: “We respond to Noiseline texts within 15 minutes of receiving them, while we are staffed” in October "
        "2026 to November 2026."
        for what in ("An explanation to the public", "What was done")
    )
    assert {row[-2] for row in found.sheets[0].rows if row[0] == "November 2026"} == {"not yet"}


def test_months_that_were_not_given_to_the_public_are_named() -> None:
    """Of months that are over and had anything to judge."""
    found = draft("4.1.2")
    assert any("1 figure of a promise and month were given to the public" in each for each in found.shown.says)
    named = "Results of September 2026 to November 2026 given to the public"
    assert any(each.startswith(named) for each in found.shown.lacks)
    unpublished = draft("5.2.1", material(printed=()))
    assert not any("given to the public, the first" in each for each in unpublished.shown.says)


def test_what_no_standard_measures_is_open() -> None:
    """Nobody is told that patrons were kept informed where nothing measures it."""
    assert draft("3.2.4").state is State.GAP
    assert draft("3.2.4").shown.lacks == (
        "A standard that measures whether patrons were kept informed by the time they were promised news.",
    )


def test_a_standard_that_measures_it_is_shown() -> None:
    """The figure of a measure goes to the element that asks for it."""
    informed = replace(MAIL, measure=Measure.KEEP_INFORMED)
    version = next(each for each in autumn().standards if each.standard.name == MAIL.name)
    standards = (replace(version, standard=informed),)
    found = draft("3.2.4", material(autumn(standards=standards)))
    assert found.state is State.SHOWN
    assert "kept it: 97.0 %" in found.shown.says[0]
    silent = draft("3.2.4", material(replace(empty(), standards=()), in_force=standards))
    assert silent.shown.lacks == (
        "“A member of staff answers your e-mail within three working days”: a standard, and nothing came in under it.",
    )


def test_privacy_is_shown_by_what_was_destroyed_and_what_is_overdue() -> None:
    """Neither is said where no line is sealed."""
    assert "31 conversations destroyed in the period." in draft("2.1.5").shown.says[0]
    assert "None is past its time." in draft("2.1.5").shown.says
    late = draft("2.1.5", material(overdue=2)).shown
    assert "None is past its time." not in late.says
    assert "2 conversations past their time and not destroyed yet: `helpdesk serve` does it." in late.lacks
    assert draft("2.1.5", material(lines={})).state is State.GAP


def test_changes_of_standards_in_the_period_are_told() -> None:
    """A version published before it is history, one within it a change."""
    old, *_ = autumn().standards
    begin, _ = autumn().days.instants("Europe/London")
    fresh = Version(replace(CHAT, share=85), "d" * 64, begin, begin, None)
    found = draft("4.1.3", material(history=(old, fresh))).shown
    assert found.says[0].startswith("1 version of standards was published in the period.")
    assert found.sheets[0].rows[0][0] == "1 September 2026"
    assert draft("4.1.3").shown.says[0].startswith("No standard was changed in the period")


def test_complaints_are_shown_only_where_a_standard_is_about_them() -> None:
    """No other figure is passed off as one of complaints."""
    assert draft("4.3.2").state is State.GAP
    version = next(each for each in autumn().standards if each.standard.name == MAIL.name)
    complaints = replace(version, standard=replace(MAIL, covers=Covers(kinds=("complaint",))))
    assert "97.0 % of 1,927" in draft("4.3.2", material(in_force=(complaints,))).shown.says[0]


def test_peers_that_can_be_placed_are_drawn_and_the_rest_is_listed_with_the_reason() -> None:
    """The funnel with its table; who is beside it or refused, and why, with the source."""
    found = draft("5.3.3").shown
    funnel = next(each for each in found.sheets if each.name == "funnel-mail-answered")
    peers = next(each for each in found.sheets if each.name == "peers-mail-answered")
    assert len(funnel.rows) == 4
    assert "<svg" in funnel.chart
    assert any("48 h of wall time is not 3 working days" in row[5] for row in peers.rows)
    assert all(row[-1] for row in peers.rows)
    alone = draft(
        "5.3.3", material(comparisons=tuple(replace(each, placed=each.placed[:1]) for each in material().comparisons))
    )
    assert not any(each.chart for each in alone.shown.sheets)
    assert sum("no peer in the file has the same promise" in each for each in alone.shown.lacks) == 4


def test_months_in_a_row_are_said_as_one() -> None:
    """Whatever their order, across the turn of the year."""
    assert months(["2027-01", "2026-09", "2026-12", "2026-11"]) == "September 2026 and November 2026 to January 2027"


def test_two_standards_for_one_form_of_contact_are_not_added_up() -> None:
    """A contact that stands under both is one contact."""
    report = autumn()
    mail = Covers(channels=("mail",))
    held = tuple(replace(each, standard=replace(each.standard, covers=mail)) for each in report.standards)
    found = draft("5.1.1", material(in_force=held))
    row = next(each for each in found.shown.sheets if each.name == "coverage").rows[1]
    assert row[1] == "1,952"
    assert row[2].count("judged)") == 4


def test_words() -> None:
    """Numbers and lists as they are said."""
    assert [several(1, "miss", "misses"), several(1204, "contact")] == ["1 miss", "1,204 contacts"]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed("abc")] == ["", "a", "a and b", "a, b and c"]
