"""Run charts and dips: which months stand in them, which make the limits, which are marked."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.events import Seq
from helpdesk.reports.contents import Group
from helpdesk.reports.dips import dips
from helpdesk.reports.period import Days
from helpdesk.reports.runs import charted, runs
from helpdesk.reports.statistics import Signal
from helpdesk.reports.timeliness import Figure
from helpdesk.store.verbs.figures import Accounted
from tests.report_house import at

pytestmark = pytest.mark.usefixtures("engine")

NOISE = ("noise-texts", "90")
YEAR = [90, 92, 89, 91, 93, 90, 91, 88, 90, 92, 91, 89]
"""Met of 100, month by month: noise around 90.5 %."""


def month(n: int, *figures: Figure) -> Group:
    """The n-th month from January 2025."""
    years, place = divmod(n, 12)
    first = date(2025 + years, place + 1, 1)
    years, place = divmod(n + 1, 12)
    return Group(key=f"{first:%Y-%m}", days=Days(first, date(2025 + years, place + 1, 1)), figures=figures)


def noise(met: int, missed: int, promised: str = "90") -> Figure:
    """A month's figure of the noise texts."""
    return Figure(standard="noise-texts", promised=promised, met=met, missed=missed)


def months(*met: int) -> list[Group]:
    """Months of 100 judged contacts each."""
    return [month(n, noise(each, 100 - each)) for n, each in enumerate(met)]


# Run charts


def test_a_month_is_marked_against_the_year_before_it() -> None:
    """A year of noise, then 82 %: below its lower limit of 84.94 %."""
    (run,) = runs(months(*YEAR, 82), [NOISE], 20)
    assert (run.centre, run.lower, run.upper) == (9050, 8494, 9606)
    assert [point.signal for point in run.points] == [""] * 12 + [Signal.BELOW]
    assert (run.points[-1].key, run.points[-1].share, run.points[-1].judged) == ("2026-01", 8200, 100)


def test_months_with_few_contacts_are_shown_but_not_weighed() -> None:
    """A July with 2 contacts, none met, is a point; limits and marks are as if it were not there."""
    plain = months(*YEAR, 82)
    quiet = [*plain[:6], month(30, noise(0, 2)), *plain[6:]]
    (run,), (without,) = runs(quiet, [NOISE], 20), runs(plain, [NOISE], 20)
    assert (run.centre, run.lower, run.upper) == (without.centre, without.lower, without.upper)
    assert (run.points[6].share, run.points[6].signal) == (0, "")
    assert run.points[-1].signal == Signal.BELOW


def test_a_month_without_contacts_is_no_point() -> None:
    """Nothing judged is not 0 %."""
    (run,) = runs([*months(90, 91), month(2), month(3, noise(0, 0)), month(4, noise(92, 8))], [NOISE], 20)
    assert [point.key for point in run.points] == ["2025-01", "2025-02", "2025-05"]
    assert (run.centre, run.lower, run.upper) == (None, None, None)


def test_each_promise_has_a_chart_of_its_own() -> None:
    """What was promised at 95 % is not charted with what was promised at 90 %; who has no point has no chart."""
    found = runs([month(0, noise(9, 1), noise(30, 1, "95"))], [("chats", "80"), NOISE, ("noise-texts", "95")], 20)
    assert [(run.promised, run.points[0].judged) for run in found] == [("90", 10), ("95", 31)]


@pytest.mark.parametrize(
    ("known_days", "began", "today", "first", "end"),
    [
        (("2026-11-01", "2026-12-01"), "2020-01-15", "2026-12-01", "2025-11-01", "2026-12-01"),
        (("2026-11-01", "2026-12-01"), "2020-01-15", "2026-11-30", "2025-11-01", "2026-11-01"),
        (("2026-11-10", "2026-11-20"), "2020-01-15", "2027-02-03", "2025-11-01", "2026-12-01"),
        (("2026-11-10", "2027-02-04"), "2026-09-05", "2027-02-03", "2026-09-05", "2027-02-01"),
        (("2026-02-01", "2026-03-01"), "2020-01-15", "2026-03-01", "2025-02-01", "2026-03-01"),
        (("2026-09-05", "2026-10-03"), "2026-09-05", "2026-10-02", "2026-09-05", "2026-10-01"),
    ],
)
def test_which_months_are_charted(known_days: tuple[str, str], began: str, today: str, first: str, end: str) -> None:
    """The year before the first month that is touched, as far as the log goes; up to the last that is over."""
    known = Days(*map(date.fromisoformat, known_days))
    found = charted(known, date.fromisoformat(began), date.fromisoformat(today))
    assert found == Days(date.fromisoformat(first), date.fromisoformat(end))


def test_in_the_first_month_of_a_log_nothing_is_charted() -> None:
    """It is not over."""
    assert charted(Days(date(2026, 9, 1), date(2026, 9, 9)), date(2026, 9, 1), date(2026, 9, 30)) is None


# Dips


def said(standard: str, of: str) -> Accounted:
    """What the library tells of a month."""
    return Accounted(
        seq=Seq(7),
        standard=standard,
        month=of,
        explanation="Two colleagues were ill.",
        action="A second phone is on the desk now.",
        by="ana",
        noted=at("2025-03-03"),
    )


def test_a_dip_carries_what_is_said_of_it() -> None:
    """Below the promise, in a month with enough contacts; the account of that standard's month alone."""
    accounts = {
        (each.standard, each.month): each for each in (said("noise-texts", "2025-02"), said("chats", "2025-01"))
    }
    one, two = dips(months(89, 85, 90), accounts)
    assert (one.month, one.share, one.explanation, one.action, one.by, one.noted) == ("2025-01", 8900, "", "", "", None)
    assert (two.month, two.share, two.explanation) == ("2025-02", 8500, "Two colleagues were ill.")
    assert (two.action, two.by, two.noted) == ("A second phone is on the desk now.", "ana", at("2025-03-03"))


def test_too_few_to_tell_is_no_dip() -> None:
    """Nor is a month without a single contact met a dip of 0 % where there were none."""
    assert dips([month(0, noise(1, 9)), month(1), month(2, noise(0, 0))], {}) == ()
    (deep,) = dips([month(0, noise(0, 20))], {})
    assert deep.share == 0
