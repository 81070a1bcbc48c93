"""Turns reports into pages: the templates, what they may call, and the style sheet set into each page."""

from __future__ import annotations

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
from helpdesk.reports.timeliness import Figure, Result


_LOOKS = {Result.MET: "met", Result.TOO_FEW: "few", Result.NOT_MET: "not-met"}


def rendered(template: str, report: Report, **more: object) -> str:
    """A page of this package's ``template``; whatever comes from data is escaped."""
    return _environment(report.zone, report.amber_points).get_template(template).render(
        report=report, style=_style(), made=_w3c(report.now), **more
    )


def _environment(zone: str, points: float) -> Environment:
    environment = Environment(
        loader=_loader(), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True, cache_size=8
    )
    environment.filters |= {
        "count": words.count,
        "day": words.day,
        "share": lambda hundredths: _unbroken(words.share(hundredths)),
        "share_of": _share_of,
        "length": lambda millis, working=False: _unbroken(words.length(millis, working=working)),
        "reasons": words.reasons,
        "why": words.changes,
        "month": words.month,
        "channel": names.channel,
        "period": words.period,
        "plain": words.plain,
        "interval": words.interval,
        "hours": hours_of,
        "linked": _linked,
        "verdict": lambda figure: words.result(figure, points),
        "look": _look,
        "moment": lambda when: words.moment_of(when, zone),
        "brief": lambda when: _brief(when, zone),
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


def _share_of(pair: tuple[int, int]) -> str:
    met, missed = pair
    return _unbroken(words.share(met * 10_000 // (met + missed) if met + missed else None))


def _look(figure: Figure) -> str:
    """The class of a result's shape."""
    return "near" if figure.result is Result.NOT_MET and figure.amber else _LOOKS[figure.result]


def _linked(said: str) -> Markup:
    """Text, as a link where it is an address of the web and nothing else."""
    if said.startswith(("https://", "http://")) and not any(character.isspace() for character in said):
        return Markup('<a href="{0}">{0}</a>').format(said)
    return escape(said)


def _brief(when: Instant, zone: str) -> str:
    """ "Tue 3 Nov, 14:03"."""
    local = moment(when).astimezone(ZoneInfo(zone))
    weekday = words.WEEKDAYS[local.weekday()][:3]
    return _unbroken(f"{weekday} {local.day} {words.day(local.date()).split()[1][:3]},") + f" {local:%H:%M}"
