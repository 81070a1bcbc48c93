"""Turns reports into pages: the templates, what they may call, and the style sheet set into each page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from helpdesk.clock import Instant, moment
from helpdesk.reports import words
from helpdesk.reports.contents import Report
from helpdesk.reports.page import names
from helpdesk.reports.page.week import hours_of
from helpdesk.reports.period import local_day
from helpdesk.reports.timeliness import Figure, Result

_LOOKS = {Result.MET: "met", Result.TOO_FEW: "few", Result.NOT_MET: "not-met"}


def rendered(template: str, report: Report, **more: object) -> str:
    """A page of this package's ``template``; whatever comes from data is escaped."""
    report = replace(report, library=words.plain(report.library))
    return (
        _environment(report).get_template(template).render(report=report, style=_style(), made=_w3c(report.now), **more)
    )


def _environment(report: Report) -> Environment:
    environment = Environment(
        loader=_loader(), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True, cache_size=8
    )
    environment.filters |= {
        "imported": words.imported,
        "count": words.count,
        "day": words.day,
        "share": lambda hundredths: _unbroken(words.share(hundredths)),
        "share_of": share_of,
        "lasting": lambda millis, working=False: _unbroken(words.length(millis, working=working)),
        "listed_alone": lambda missed, figure: words.listed_alone(missed, [figure]),
        "longest": _longest,
        "quantile": lambda figure, millis, working: _unbroken(words.quantile(figure, millis, working=working)),
        "reasons": words.reasons,
        "why": words.changes,
        "month": words.month,
        "channel": names.channel,
        "period": words.period,
        "suspended": lambda each: words.suspended(each, report.zone),
        "plain": words.plain,
        "interval": words.interval,
        "hours": hours_of,
        "linked": _linked,
        "verdict": lambda figure: _verdict(figure, report.amber_points),
        "look": _look,
        "moment": lambda when: words.moment_of(when, report.zone),
        "brief": lambda when: _brief(when, report),
    }
    return environment


@cache
def _loader() -> PackageLoader:
    return PackageLoader("helpdesk.reports.page", "")


@cache
def _style() -> Markup:
    """The style sheet; it is ours, and holds nothing that would end its element."""
    return Markup(files("helpdesk.reports.page").joinpath("page.css").read_text(encoding="utf-8"))


def _w3c(when: Instant) -> str:
    return f"{moment(when):%Y-%m-%dT%H:%M:%SZ}"


def _unbroken(said: str) -> str:
    """Numbers keep their units on the same line."""
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def _longest(figure: Figure, millis: int | None, working: bool) -> str:
    """How long a half or nine in ten took at most, to stand alone: with what its time is, or why there is none."""
    if millis is None:
        return "can't be told: too many unanswered" if figure.judged + figure.pending else words.NOTHING
    return _unbroken(words.length(millis, working=working)) + (" of opening hours" if working else "")


def share_of(pair: tuple[int, int]) -> str:
    """The share of (met, missed), in words."""
    met, missed = pair
    return _unbroken(words.share(met * 10_000 // (met + missed) if met + missed else None))


def _verdict(figure: Figure, points: float) -> Markup:
    """A result in words; "not met" stays on a line, what may follow it goes on below where there is no room."""
    said, _, near = words.result(figure, points).partition(", ")
    if not near:
        return escape(said)
    within, _, width = near.partition(" ")
    return Markup('{},<span class="by"> {} {}</span>').format(said, within, _unbroken(width))


def _look(figure: Figure) -> str:
    """The class of a result's shape."""
    return "near" if figure.result is Result.NOT_MET and figure.amber else _LOOKS[figure.result]


def _linked(said: str) -> Markup:
    """Text, as a link where it is an address of the web and nothing else."""
    if said.startswith(("https://", "http://")) and not any(character.isspace() for character in said):
        return Markup('<a class="itself" href="{0}">{0}</a>').format(said)
    return escape(said)


def _brief(when: Instant, report: Report) -> str:
    """ "Tue 3 Nov, 14:03"; with the year where the report covers more than one."""
    local = moment(when).astimezone(ZoneInfo(report.zone))
    number, month, year = words.day(local.date()).split()
    said = f"{words.WEEKDAYS[local.weekday()][:3]} {number} {month[:3]}"
    several = report.days.begin.year < local_day(report.now, report.zone).year
    return _unbroken(f"{said} {year}," if several else f"{said},") + f" {local:%H:%M}"
