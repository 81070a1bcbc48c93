"""``helpdesk report``: how promptly contacts were answered, to read, for machines and as a page."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from helpdesk.commands.options import Config
from helpdesk.commands.yearly import EVERY, AsOf, Begin, End, Year, loaded, noted, printed, reading
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from helpdesk.clock import Instant
    from helpdesk.config import Settings
    from helpdesk.reports.contents import Report
    from helpdesk.reports.question import Question

By = Literal["month", "week", "quarter", "term", "sconul", "year", "channel", "standard", "site", "hour", "weekday"]
Form = Literal["text", "json", "csv", "html", "pdf"]
What = Literal["figures", "misses", "contacts", "heat", "runs", "noise", "noise_zones", "effort"]

PAGES = ("html", "pdf")
SHOWN = {"text": 20, "html": 100, "pdf": 100}
"""So many misses are listed where nothing is said; tables and JSON hold all."""

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was typed; None where it was not."""

    begin: date | None
    end: date | None
    month: str | None
    year: str | None
    by: By | None
    form: Form | None
    what: What | None
    misses: str | None
    as_of: datetime | None
    out: Path | None


Month = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="One month.")]
Rows = Annotated[By | None, typer.Option(help="What the rows are. Default: month.", show_default=False)]
Written = Annotated[Form | None, typer.Option("--format", help="How it is written. Default: text.", show_default=False)]
Folder = Annotated[
    Path | None, typer.Option("--out", file_okay=False, help="The folder for html and pdf.", show_default=False)
]
Table = Annotated[What | None, typer.Option(help="Which table csv holds. Default: figures.", show_default=False)]
Misses = Annotated[
    str | None, typer.Option(metavar="N|all", help="How many misses to list, the latest first. Default: 20.")
]
Explained = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="Instead: the clocks of one ticket, step by step.")
]


def report(
    begin: Begin = None,
    end: End = None,
    month: Month = None,
    year: Year = None,
    by: Rows = None,
    form: Written = None,
    out: Folder = None,
    what: Table = None,
    misses: Misses = None,
    as_of: AsOf = None,
    explain: Explained = None,
    config: Config = None,
) -> None:
    """Print how promptly contacts were answered.

    Made from the log: the same log, period, standards and moment give the same bytes, on any machine, later too.
    The exit status is 1 if the log is not whole.
    """
    asked = _Asked(
        begin=begin.date() if begin else None,
        end=end.date() if end else None,
        month=month,
        year=year,
        by=by,
        form=form,
        what=what,
        misses=misses,
        as_of=as_of,
        out=out,
    )
    _refuse_what_does_not_go_together(asked, explain)
    days, listed = _period(asked), _misses(asked)
    settings = loaded(config)
    if explain is not None:
        said = _explained(settings, explain)
        noted(settings, "explain", explain)
        printed(said)
        return
    made = _made(settings, _question(settings, asked, days, listed))
    if made.misses and (form != "csv" or what == "misses"):
        noted(settings, "report")  # reasons that staff gave stand beside them
    _write(made, asked)
    if not made.log.whole:
        raise typer.Exit(1)


# What was typed

_Period = tuple[date | None, date | None]
"""The first day, and the first day after; None where nothing was said."""


def _refuse_what_does_not_go_together(asked: _Asked, explain: int | None) -> None:
    """Bad combinations, each with the remedy."""
    form = asked.form or "text"
    if explain is not None:
        _refuse_beside_explain(asked)
    named = [name for name, value in (("--month", asked.month), ("--year", asked.year)) if value is not None]
    between = asked.begin is not None or asked.end is not None
    if len(named) + between > 1:
        raise _wrong(named[0], "name the period once: by --month, by --year, or by --from and --to.")
    if form in PAGES and asked.out is None:
        raise _wrong("--format", f"{form} needs a folder to write to: add --out FOLDER.")
    if asked.out is not None and form not in PAGES:
        raise _wrong("--out", f"is for html and pdf; {form} goes to standard output, which > sends to a file.")
    if asked.what is not None and form != "csv":
        raise _wrong("--what", "chooses the table of a csv: add --format csv, or leave it out.")
    if asked.misses is not None and form == "csv" and asked.what != "misses":
        raise _wrong("--misses", "changes nothing in this table: add --what misses, or leave it out.")


def _wrong(option: str, remedy: str) -> typer.BadParameter:
    """The error for an option; the caller raises it."""
    return typer.BadParameter(remedy, param_hint=option)


def _refuse_beside_explain(asked: _Asked) -> None:
    beside = {
        "--from": asked.begin,
        "--to": asked.end,
        "--month": asked.month,
        "--year": asked.year,
        "--by": asked.by,
        "--format": asked.form,
        "--out": asked.out,
        "--what": asked.what,
        "--misses": asked.misses,
        "--as-of": asked.as_of,
    }
    if typed := [name for name, value in beside.items() if value is not None]:
        raise _wrong("--explain", f"is about one ticket and stands alone: leave out {' and '.join(typed)}.")


def _question(settings: Settings, asked: _Asked, days: _Period, listed: int) -> Question:
    from helpdesk.clock import SystemClock
    from helpdesk.reports.question import question_for
    from helpdesk.settings.zoning import zone_plan

    now = SystemClock().now()
    return question_for(
        settings,
        now,
        plan=zone_plan(settings),
        begin=days[0],
        end=days[1],
        by=asked.by or "month",
        as_of=_as_of(asked.as_of, settings.library.zone, now),
        misses=listed,
    )


def _period(asked: _Asked) -> _Period:
    if asked.month is not None:
        return _month(asked.month)
    if asked.year is not None:
        return _sconul(asked.year)
    return asked.begin, asked.end


def _month(text: str) -> _Period:
    match = _MONTH.fullmatch(text)
    if match is None or not 1 <= int(match[1]) < 9999:
        raise _wrong("--month", f"{text!r} is no month: write one such as 2026-11.")
    number, month = int(match[1]), int(match[2])
    following = date(number + 1, 1, 1) if month == 12 else date(number, month + 1, 1)
    return date(number, month, 1), following


def _sconul(text: str) -> _Period:
    from helpdesk.reports.years import sconul_year

    try:
        days = sconul_year(text)
    except Refused as error:
        raise _wrong("--year", f"{error} For any other period name --from and --to.") from None
    return days.begin, days.end


def _as_of(when: datetime | None, zone: str, now: Instant) -> Instant | None:
    """A wall time by the library's clocks, which must have been; of one that comes twice the first."""
    if when is None:
        return None
    from helpdesk.clock import instant

    moment = instant(when.replace(tzinfo=ZoneInfo(zone)))
    if moment > now:
        raise _wrong("--as-of", f"{when:%Y-%m-%d %H:%M} is still to come ({zone}).")
    return moment


def _misses(asked: _Asked) -> int:
    if asked.misses is None:
        return SHOWN.get(asked.form or "text", EVERY)
    if asked.misses == "all":
        return EVERY
    if re.fullmatch(r"[0-9]{1,9}", asked.misses):
        return int(asked.misses)
    raise _wrong("--misses", f"write a number or all, not {asked.misses!r}.")


# What is made of it


def _made(settings: Settings, question: Question) -> Report:
    from helpdesk.reports.making import report

    return asyncio.run(reading(settings, lambda store: report(store, question)))


def _explained(settings: Settings, number: int) -> str:
    """The clocks of a ticket in words."""
    from helpdesk.clock import SystemClock
    from helpdesk.reports.explaining import explain

    now, zone = SystemClock().now(), settings.library.zone
    return asyncio.run(reading(settings, lambda store: explain(store, number, now=now, zone=zone)))


def _write(made: Report, asked: _Asked) -> None:
    form = asked.form or "text"
    if form == "text":
        from helpdesk.reports.text import as_text

        printed(as_text(made))
    elif form == "json":
        from helpdesk.reports.export import as_json

        printed(as_json(made))
    elif form == "csv":
        from helpdesk.reports.spreadsheet import as_csv

        printed(as_csv(made, asked.what or "figures"))
    elif asked.out is not None:
        from helpdesk.reports.page import write

        for path in write(made, asked.out, form):
            typer.echo(f"wrote {path}")
