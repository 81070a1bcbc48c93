"""The face of a report: what it is of, whether its log is whole, all promises at a glance, what was restated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from helpdesk.reports import words
from helpdesk.reports.contents import Log, Report, Restated
from helpdesk.reports.period import By
from helpdesk.reports.terms import BETWEEN
from helpdesk.reports.text.lines import WIDTH, headline, table, wrapped


def face(report: Report) -> Iterator[str]:
    """Title, period, log, glance and restatements."""
    yield from headline(f"Timeliness of {words.plain(report.library)}", "=")
    yield f"{words.period(report.days)} ({report.zone})"
    yield f"As of {words.moment_of(report.now, report.zone)}"
    for note in _notes(report):
        yield from wrapped(note)
    yield from _state(report.log)
    yield ""
    yield from _glance(report)
    yield from _restated(report)


def _notes(report: Report) -> Iterator[str]:
    if report.began is not None and report.days.begin < report.began:
        yield f"The log begins on {words.day(report.began)}: there is nothing before."
    if going_on := words.unfinished(report.days, report.now, report.zone):
        yield going_on
    yield from _in_part(report)


def _in_part(report: Report) -> Iterator[str]:
    """The first and last month or week, where the period cuts them; of terms all their days."""
    if report.by == "term":
        for group, name in zip(report.groups, words.rows([each.key for each in report.groups], "term"), strict=True):
            yield f"{name}: {words.period(group.days)}."
        if all(group.key.endswith(BETWEEN) for group in report.groups):
            yield "The calendar names no term on these days: add periods to it in calendars.toml, and publish it."
        return
    if report.by not in ("month", "week") or not report.groups:
        return
    first, last = report.groups[0], report.groups[-1]
    late = first.days.begin == report.days.begin and not _begins(first.days.begin, report.by)
    early = last.days.end == report.days.end and not _begins(last.days.end, report.by)
    if late and early and first is last:
        yield f"Of {first.key} only {words.period(first.days)}."
        return
    if late:
        yield f"Of {first.key} only the days from {words.day(first.days.begin)}."
    if early:
        yield f"Of {last.key} only the days up to {words.day(last.days.end - timedelta(days=1))}."


def _begins(day: date, by: By) -> bool:
    """Whether a week or month begins on a day."""
    return day.weekday() == 0 if by == "week" else day.day == 1


def _state(log: Log) -> Iterator[str]:
    """Whether the log is whole; what is broken stands in a frame."""
    if log.whole and not log.fault:
        yield from wrapped(_whole(log))
        return
    yield ""
    yield "*" * WIDTH
    yield "THE LOG IS NOT WHOLE: THESE FIGURES CAN'T BE RELIED ON."
    yield from wrapped(words.plain(log.fault))
    yield from wrapped("`helpdesk db check` says where. Restore the last whole backup before you use a figure.")
    yield "*" * WIDTH


def _whole(log: Log) -> str:
    end, checked = words.count(log.end.seq), words.count(log.checked)
    if not log.end.seq:
        return "The log is empty."
    if not log.checked:
        return f"The log of {end} events was not checked for this report: `helpdesk db check` does it."
    if log.checked < log.end.seq:
        return f"The log is whole as far as it was checked: up to event {checked} of {end}."
    return f"The log is whole: each of its {end} events follows from the one before."


# All promises at a glance


def _glance(report: Report) -> Iterator[str]:
    if not report.total.figures:
        yield (
            "No contact came in during this period."
            if not report.volumes
            else ("No published standard covered what came in, so there is nothing to judge.")
        )
        return
    yield from headline("At a glance")
    rows = [
        (
            each.standard,
            words.share(each.share),
            words.interval(each.interval),
            f"{each.promised} %",
            words.result(each, report.amber_points),
        )
        for each in report.total.figures
    ]
    yield from table(("Standard", "Share", "Interval", "Promised", "Result"), rows, left=(0, 4))


# What was restated


def _restated(report: Report) -> Iterator[str]:
    if not report.restated:
        return
    yield ""
    yield from headline("Restated: published otherwise before")
    for each in report.restated:
        yield from wrapped(restated(each, report.zone), rest="  ")


def restated(each: Restated, zone: str) -> str:
    """What was published, what it is now, and what changed since."""
    (met, missed), (now_met, now_missed) = each.before, each.after
    return (
        f"{each.standard}, {words.month(each.month)}: {_of(met, missed)} as published on "
        f"{words.moment_of(each.published, zone)}; {_of(now_met, now_missed)} now. "
        f"Since then: {words.changes(each.why)}."
    )


def _of(met: int, missed: int) -> str:
    judged = met + missed
    share = words.share(met * 10_000 // judged if judged else None)
    return f"{words.count(met)} of {words.count(judged)} met ({share})"
