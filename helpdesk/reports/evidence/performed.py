"""How the promises were kept: attainment, misses and their reasons, dips, what was published, what was told in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from helpdesk.clock import moment
from helpdesk.reports import words
from helpdesk.reports.contents import Dip, Miss, Suspension
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.shown import Row, Sheet, Shown, listed, months, several
from helpdesk.reports.timeliness import Figure, Result
from helpdesk.standards import Measure

FIGURES, MISSES, RUNS = "tables/figures.csv", "tables/misses.csv", "tables/runs.csv"
REPORT = ("report.html", "report.txt", "report.json")


def attainment(material: Material) -> Shown:
    """Every promise with its share, interval and result, and the months in which it was met."""
    figures = material.report.total.figures
    if not figures:
        return Shown(lacks=("No contact came in under a published standard, so there is nothing to judge.",))
    return Shown(
        says=tuple(_attained(material, each) for each in figures),
        sheets=(_results(material, figures),),
        files=(FIGURES, *REPORT),
        lacks=_not_met(material),
    )


def delivered(material: Material) -> Shown:
    """The same in a sentence: how many promises were met."""
    figures = material.report.total.figures
    if not figures:
        return attainment(material)
    counted = Counter(each.result for each in figures)
    results = listed(f"{words.count(counted[result])} {result}" for result in Result if counted[result])
    return Shown(
        says=(f"Of {several(len(figures), 'promise')} in the period: {results}.",),
        sheets=(_results(material, figures),),
        files=REPORT[:1],
        lacks=_not_met(material),
    )


def _not_met(material: Material) -> tuple[str, ...]:
    return tuple(
        f"{material.quoted(each.standard)} was not met: {words.share(each.share)}, promised for {each.promised} %."
        for each in material.report.total.figures
        if each.result is Result.NOT_MET
    )


def _attained(material: Material, figure: Figure) -> str:
    working = material.working(figure)
    said = [f"{material.quoted(figure.standard)}, promised for {figure.promised} %."]
    if figure.judged:
        said.append(
            f"{words.count(figure.met)} of {several(figure.judged, 'contact')} judged kept it: "
            f"{words.share(figure.share)} (95 % interval {words.interval(figure.interval)}), "
            f"{words.result(figure, material.report.amber_points)}."
        )
    if figure.missed:
        silent = f", {words.count(figure.unanswered)} of them never answered" if figure.unanswered else ""
        said.append(f"{several(figure.missed, 'miss', 'misses')}{silent}.")
    if figure.median is not None:
        half = words.length(figure.median, working=working)
        most = f", nine in ten no longer than {words.length(figure.p90, working=working)}" if figure.p90 else ""
        said.append(f"Half took no longer than {half}{most}{' (opening hours)' if working else ''}.")
    if figure.pending:
        said.append(f"{several(figure.pending, 'contact')} may still be met or missed.")
    return " ".join([*said, *_both_figures(figure)])


def _both_figures(figure: Figure) -> list[str]:
    """What corrections and suspensions did to the figure."""
    said = []
    if figure.corrected:
        before = _share(*figure.recorded)
        said.append(f"{several(figure.corrected, 'clock')} corrected later; without the corrections it is {before}.")
    if figure.suspended:
        whole = _share(*figure.whole)
        said.append(f"{several(figure.suspended, 'contact')} of suspended days left out; with them it is {whole}.")
    return said


def _share(met: int, missed: int) -> str:
    return words.share(met * 10_000 // (met + missed) if met + missed else None)


def _results(material: Material, figures: Iterable[Figure]) -> Sheet:
    return Sheet(
        name="attainment",
        caption="Results of the period",
        heads=(
            "Promise",
            "Promised",
            "Kept",
            "95 % interval",
            "Judged",
            "Missed",
            "Never answered",
            "Result",
            "Months met",
        ),
        rows=tuple(_result(material, each) for each in figures),
        numbers=frozenset({1, 2, 3, 4, 5, 6, 8}),
    )


def _result(material: Material, figure: Figure) -> Row:
    told_of = [each for each in _months(material, figure) if each.result is not Result.TOO_FEW]
    met = sum(each.result is Result.MET for each in told_of)
    return (
        material.title(figure.standard),
        f"{figure.promised} %",
        words.share(figure.share),
        words.interval(figure.interval),
        words.count(figure.judged),
        words.count(figure.missed),
        words.count(figure.unanswered),
        words.result(figure, material.report.amber_points),
        f"{met} of {len(told_of)}" if told_of else words.NOTHING,
    )


def _months(material: Material, figure: Figure) -> list[Figure]:
    promise = figure.standard, figure.promised
    return [
        each for group in material.report.groups for each in group.figures if (each.standard, each.promised) == promise
    ]


# Misses


def misses(material: Material) -> Shown:
    """The misses month by month, with the reasons that staff gave."""
    report = material.report
    if not report.missed:
        judged = any(each.judged for each in report.total.figures)
        return Shown(says=("Nothing was missed in the period.",) if judged else ())
    explained = sum(1 for each in report.misses if each.reason)
    said = (
        f"{several(report.missed, 'miss', 'misses')} in the period, each listed with its ticket, time and reason in "
        f"{MISSES}. Staff gave a reason for {words.count(explained)} of them."
    )
    if len(report.misses) < report.missed:
        said = (
            f"{several(report.missed, 'miss', 'misses')} in the period; the latest {words.count(len(report.misses))} "
            f"are listed in {MISSES}. Staff gave a reason for {words.count(explained)} of those."
        )
    silent = len(report.misses) - explained
    lacks = f"A reason for {several(silent, 'miss', 'misses')}: nobody has given one." if silent else ""
    sheets = [_by_month(material), *([_reasons(material)] if explained else [])]
    return Shown(says=(said,), sheets=tuple(sheets), files=(MISSES,), lacks=(lacks,) if lacks else ())


def _by_month(material: Material) -> Sheet:
    explained = Counter((each.standard, _month(material, each)) for each in material.report.misses if each.reason)
    rows = [
        (
            words.month(group.key),
            material.title(figure.standard),
            words.count(figure.judged),
            words.count(figure.missed),
            words.count(figure.unanswered),
            words.count(explained[figure.standard, group.key]),
        )
        for group in material.report.groups
        for figure in group.figures
        if figure.judged
    ]
    return Sheet(
        name="misses-by-month",
        caption="Misses by month",
        heads=("Month", "Promise", "Judged", "Missed", "Never answered", "With a reason"),
        rows=tuple(rows),
        numbers=frozenset({2, 3, 4, 5}),
    )


def _month(material: Material, miss: Miss) -> str:
    return f"{moment(miss.started).astimezone(ZoneInfo(material.report.zone)):%Y-%m}"


def _reasons(material: Material) -> Sheet:
    """The same reason in the same month is one row, the most frequent first."""
    counted = Counter(
        (_month(material, each), each.standard, each.reason) for each in material.report.misses if each.reason
    )
    ordered = sorted(counted.items(), key=lambda item: (item[0][0], -item[1], item[0][1:]))
    return Sheet(
        name="reasons",
        caption="Reasons given, by month",
        heads=("Month", "Promise", "Reason", "Misses"),
        rows=tuple(
            (words.month(month), material.title(standard), words.plain(reason), words.count(n))
            for (month, standard, reason), n in ordered
        ),
        numbers=frozenset({3}),
    )


# Dips and suspensions


def dips(material: Material) -> Shown:
    """Months below their promise, with what was said of them to the public and what was done."""
    found = material.report.dips
    if not found:
        judged = any(each.judged for each in material.report.total.figures)
        return Shown(says=("No month that is over lies below its promise.",) if judged else ())
    told = [each for each in found if each.explanation]
    done = [each for each in found if each.action]
    untold = _which(material, [each for each in found if not each.explanation])
    undone = _which(material, [each for each in found if not each.action])
    return Shown(
        says=(
            f"{several(len(found), 'month')} of a promise below what was promised. {words.count(len(told))} explained "
            f"to the public, {words.count(len(done))} with an action.",
        ),
        sheets=(_dips(material, found),),
        lacks=(
            *([f"An explanation to the public: {untold}."] if untold else []),
            *([f"What was done: {undone}."] if undone else []),
        ),
    )


def _which(material: Material, found: Iterable[Dip]) -> str:
    """The months of dips, promise by promise; "" where there is none."""
    by_promise: dict[str, list[str]] = {}
    for each in found:
        by_promise.setdefault(each.standard, []).append(each.month)
    return "; ".join(f"{material.quoted(name)} in {months(keys)}" for name, keys in by_promise.items())


def _dips(material: Material, found: Iterable[Dip]) -> Sheet:
    return Sheet(
        name="dips",
        caption="Dips, and what was said of them",
        heads=("Month", "Promise", "Kept", "Promised", "Explained to the public", "Action"),
        rows=tuple(
            (
                words.month(each.month),
                material.title(each.standard),
                words.share(each.share),
                f"{each.promised} %",
                words.plain(each.explanation) or "not yet",
                words.plain(each.action) or "not yet",
            )
            for each in found
        ),
        numbers=frozenset({2, 3}),
    )


def _whose(material: Material, each: Suspension) -> str:
    if each.closed:
        return ", ".join(material.title(name) for name in each.among) or "none"
    return material.title(each.standard) if each.standard else "every promise"


def suspensions(material: Material) -> Shown:
    """When a promise did not hold, each with its reason; both figures are shown."""
    found = material.report.suspensions
    if not found:
        return Shown()
    sheet = Sheet(
        name="suspensions",
        caption="Suspended",
        heads=("When", "Promise", "Reason", "Noted by", "Noted on"),
        rows=tuple(
            (
                words.suspended(each, material.report.zone),
                _whose(material, each),
                words.plain(each.reason) or "the reason was erased",
                each.by,
                words.moment_of(each.noted, material.report.zone),
            )
            for each in found
        ),
    )
    said = f"{several(len(found), 'suspension')}: figures with and without these days are both shown in the results."
    return Shown(says=(said,), sheets=(sheet,))


# Monitoring and telling


def monitoring(material: Material) -> Shown:
    """How results are watched: every month, with the limits of chance."""
    report = material.report
    if not report.total.figures:
        return Shown()
    within = {group.key for group in report.groups}
    signals = [
        f"{material.quoted(run.standard)} in {words.month(point.key)}: {point.signal}"
        for run in report.runs
        for point in run.points
        if point.signal and point.key in within
    ]
    said = "Results are made from the log for every month and held against the limits of chance (XmR charts)."
    marked = (
        f"Real changes in the period: {'; '.join(signals)}."
        if signals
        else "No month of the period stands out of them."
    )
    charted = any(run.centre is not None for run in report.runs)
    return Shown(says=(f"{said} {marked}" if charted else said,), files=(*REPORT, RUNS))


def told(material: Material) -> Shown:
    """Which results were given to the public, and when."""
    given = {each.figure.about for each in material.printed}
    missing = sorted(
        {month for standard, promised, month in _due(material) if (standard, promised, month) not in given}
    )
    open_ones = f"Results of {months(missing)} given to the public: no publishing of them is in the log."
    lacks = (open_ones,) if missing else ()
    if not given:
        return Shown(lacks=lacks)
    times = [each.noted for each in material.printed]
    first, last = (words.moment_of(when, material.report.zone) for when in (min(times), max(times)))
    said = (
        f"{several(len(given), 'figure')} of a promise and month were given to the public, the first on {first}, the "
        f"last on {last}."
    )
    restated = several(len(material.report.restated), "figure")
    more = (f"{restated} restated since; the report says why.",) if material.report.restated else ()
    return Shown(says=(said, *more), files=REPORT[:1], lacks=lacks)


def _due(material: Material) -> Iterator[tuple[str, str, str]]:
    """The promises and months of the period that are over and had anything to judge."""
    for group in material.report.groups:
        if group.days.instants(material.report.zone)[1] <= material.report.now:
            yield from ((each.standard, each.promised, group.key) for each in group.figures if each.judged)


# What was told in time


def measured(*measures: Measure, need: str) -> Callable[[Material], Shown]:
    """A part that shows the figures of some measures; ``need`` is said where no standard measures them."""

    def part(material: Material) -> Shown:
        held = {each.standard.name for each in material.in_force if each.standard.measure in measures}
        figures = [
            figure
            for figure in material.report.total.figures
            if any(each.measure in measures for each in material.standards_of(figure))
        ]
        if not held and not figures:
            return Shown(lacks=(need,))
        silent = [material.quoted(name) for name in sorted(held - {each.standard for each in figures})]
        lacks = f"{listed(silent)}: a standard, and nothing came in under it." if silent else ""
        return Shown(
            says=tuple(_attained(material, each) for each in figures),
            files=(FIGURES,) if figures else (),
            lacks=(lacks,) if lacks else (),
        )

    return part


informed = measured(
    Measure.KEEP_INFORMED,
    need="A standard that measures whether patrons were kept informed by the time they were promised news.",
)
following = measured(
    Measure.NEXT_RESPONSE,
    need="A standard that measures how soon patrons hear on each later message.",
)
first_answers = measured(
    Measure.FIRST_RESPONSE,
    Measure.CLAIMED,
    Measure.ATTENDED,
    need="A standard that measures the first answer.",
)
acknowledged = measured(
    Measure.ACKNOWLEDGED,
    need="A standard that measures whether contacts are acknowledged in time.",
)
