"""Turns reports into pages: the templates, what they may call, and the style sheet set into each page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from helpdesk.clock import Instant, moment
from helpdesk.reports import words
from helpdesk.reports.contents import Report, Suspension
from helpdesk.reports.page import names
from helpdesk.reports.page.week import hours_of
from helpdesk.reports.period import local_day
from helpdesk.reports.timeliness import Figure, Result

_LOOKS = {Result.MET: "met", Result.TOO_FEW: "few", Result.NOT_MET: "not-met"}


def rendered(template: str, report: Report, **more: object) -> str:
    """A page of this package's ``template``; whatever comes from data is escaped."""
    report = replace(report, library=words.plain(report.library))
    return _environment().get_template(template).render(report=report, style=_style(), made=_w3c(report.now), **more)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("helpdesk.reports.page", ""),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
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
        "suspended": _suspended,
        "plain": words.plain,
        "interval": words.interval,
        "hours": hours_of,
        "linked": _linked,
        "verdict": _verdict,
        "look": _look,
        "moment": _moment,
        "brief": _brief,
    }
    return environment


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


def _shown(context: Context) -> Report:
    """The report that a page is about."""
    report: Report = context["report"]
    return report


@pass_context
def _suspended(context: Context, each: Suspension) -> str:
    return words.suspended(each, _shown(context).zone)


@pass_context
def _moment(context: Context, when: Instant) -> str:
    return words.moment_of(when, _shown(context).zone)


@pass_context
def _verdict(context: Context, figure: Figure) -> Markup:
    """A result in words; "not met" stays on a line, what may follow it goes on below where there is no room."""
    said, _, near = words.result(figure, _shown(context).amber_points).partition(", ")
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


@pass_context
def _brief(context: Context, when: Instant) -> str:
    """ "Tue 3 Nov, 14:03"; with the year where the report covers more than one."""
    report = _shown(context)
    local = moment(when).astimezone(ZoneInfo(report.zone))
    number, month, year = words.day(local.date()).split()
    said = f"{words.WEEKDAYS[local.weekday()][:3]} {number} {month[:3]}"
    several = report.days.begin.year < local_day(report.now, report.zone).year
    return _unbroken(f"{said} {year}," if several else f"{said},") + f" {local:%H:%M}"
