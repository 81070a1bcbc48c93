"""`helpdesk hours ...`: opening hours shown, asked, published and imported."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from helpdesk.clock import Instant
    from helpdesk.commands.calendar_asked import Asked
    from helpdesk.standards import Limit

hours = typer.Typer(help="Opening hours: show, ask, publish and import them.", no_args_is_help=True)

DAY = "%Y-%m-%d"
MONTH = "%Y-%m"

CalendarName = Annotated[str, typer.Argument(metavar="CALENDAR", help="The calendar's name.")]
Draft = Annotated[bool, typer.Option("--draft", help="As the file has it now, not as it is published.")]
Time = 'A time by its clock, such as "2026-11-02 09:30".'


@hours.command()
def publish(
    restate_from: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], metavar="YYYY-MM-DD", help="Count anew from this past day on."),
    ] = None,
    why: Annotated[str, typer.Option(help="Why the past is counted anew; the report tells it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before.")] = False,
    config: Config = None,
) -> None:
    """Put the calendars in force as their file stands now.

    What differs is shown first. Contacts that are being timed keep the version that held when they came, unless
    --restate-from says otherwise.
    """
    from helpdesk.commands.publishing import publish as published

    published("calendar", config, yes=yes, restate_from=restate_from.date() if restate_from else None, why=why)


@hours.command()
def show(
    calendar: CalendarName,
    month: Annotated[
        datetime | None, typer.Option(formats=[MONTH], metavar="YYYY-MM", help="Which month; this one by default.")
    ] = None,
    draft: Draft = False,
    config: Config = None,
) -> None:
    """Print a month of a calendar, day by day, with reasons."""
    from helpdesk.hours.differences import day_text
    from helpdesk.hours.moments import day_of
    from helpdesk.hours.month import days_of_month, month_text

    asked = _asked(calendar, draft, config)
    shown = month.date() if month else day_of(asked.now, asked.local)
    days = days_of_month(shown.year, shown.month, asked.on)
    for heading in dict.fromkeys(asked.heading_on(one.day) for one in days):
        typer.echo(heading)
    typer.echo()
    typer.echo(month_text(calendar, days))
    changes = [later.day for before, later in pairwise(days) if before.version != later.version]
    for day in changes:
        typer.echo(f"From {day_text(day)} on another version holds: {asked.heading_on(day)}")


@hours.command()
def due(
    calendar: CalendarName,
    start: Annotated[str, typer.Argument(help=Time)],
    limit: Annotated[str, typer.Argument(help='"15 min", "4 h", "3 working days", "same day if before 16:00".')],
    same_time: Annotated[
        bool, typer.Option("--same-time", help="Working days end at the time of day of the start, not at closing.")
    ] = False,
    draft: Draft = False,
    config: Config = None,
) -> None:
    """Say when a limit is reached, with the working."""
    from helpdesk.hours import WorkingDay, answers

    asked = _asked(calendar, draft, config)
    when, wanted = asked.time(start), _limit(limit)
    frozen = asked.at(when)
    if wanted.days:
        by = WorkingDay.SAME_TIME if same_time else WorkingDay.END
        lines = answers.days_due(frozen, when, wanted.days, by)
    elif wanted.before:
        lines = answers.same_day_due(frozen, when, wanted.before)
    else:
        lines = answers.due(frozen, when, wanted.millis)
    _say(asked, when, lines)


@hours.command()
def spent(
    calendar: CalendarName,
    a: Annotated[str, typer.Argument(help=Time)],
    b: Annotated[str, typer.Argument(help="A second time.")],
    draft: Draft = False,
    config: Config = None,
) -> None:
    """Say how much open time lies between two times, with the working."""
    from helpdesk.hours import answers

    asked = _asked(calendar, draft, config)
    first, second = asked.time(a), asked.time(b)
    _say(asked, first, answers.spent(asked.at(first), first, second))


@hours.command()
def before(
    calendar: CalendarName,
    end: Annotated[str, typer.Argument(help=Time)],
    limit: Annotated[str, typer.Argument(help='A length of open time: "15 min", "4 h", "900" for seconds.')],
    draft: Draft = False,
    config: Config = None,
) -> None:
    """Say from when so much open time runs until a time, with the working."""
    from helpdesk.hours import answers

    asked = _asked(calendar, draft, config)
    when, wanted = asked.time(end), _limit(limit)
    if not wanted.millis:
        raise Refused(f"{limit!r} is no length of time. Write one such as 15 min or 4 h.")
    _say(asked, when, answers.before(asked.at(when), when, wanted.millis))


@hours.command("open")
def is_open(
    calendar: CalendarName,
    when: Annotated[str, typer.Argument(help="A time by its clock; now by default.", show_default=False)] = "",
    draft: Draft = False,
    config: Config = None,
) -> None:
    """Say whether it is open, why, and when that changes."""
    from helpdesk.hours import answers

    asked = _asked(calendar, draft, config)
    moment = asked.time(when) if when else asked.now
    _say(asked, moment, answers.is_open(asked.at(moment), moment))


@hours.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A .csv of venue, day, open, close; or an .ics of closures.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; by default to the terminal.")] = None,
    zone: Annotated[str, typer.Option(help="The IANA zone of the times.")] = "Europe/London",
    calendar: Annotated[str, typer.Option(help="Of an .ics: whose closures they are.")] = "staffed",
    whole_days: Annotated[
        bool, typer.Option("--whole-days", help="Of an .ics: leave out what closes part of a day.")
    ] = False,
) -> None:
    """Turn a table of opening hours, or a file of closures, into TOML for calendars.toml.

    Nothing is written where a line can't be read.
    """
    from helpdesk.clock import SystemClock, moment
    from helpdesk.commands.importing import as_toml, keep

    today = moment(SystemClock().now()).date()
    text, left_out = as_toml(file, zone=zone, calendar=calendar, whole_days=whole_days, today=today)
    for line in left_out:
        typer.echo(line, err=True)
    if out is None:
        sys.stdout.write(text)
    else:
        keep(out, text)
        typer.echo(f"wrote {out}")


def _asked(calendar: str, draft: bool, config: Path | None) -> Asked:
    from helpdesk.clock import SystemClock
    from helpdesk.commands.calendar_asked import drafted, published
    from helpdesk.settings.file import load

    read: Callable[..., Asked] = drafted if draft else published
    return read(load(config, channels=False), calendar, SystemClock().now())


def _limit(text: str) -> Limit:
    from helpdesk.standards import limit_from_text

    try:
        limit = limit_from_text(f"{text} s" if text.strip().isdecimal() else text)
    except ValueError as error:
        raise Refused(f"{error}.") from None
    if not (limit.days or limit.before or limit.millis):
        raise Refused(f"{text!r} asks nothing of opening hours.")
    return limit


def _say(asked: Asked, when: Instant, lines: tuple[str, ...]) -> None:
    typer.echo(asked.heading_at(when))
    for line in (*asked.said, *lines):
        typer.echo(line)
