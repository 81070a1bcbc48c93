"""What the commands about a year share: which days, as of when, and one reader of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from helpdesk.commands.options import system_user
from helpdesk.errors import HelpdeskError

if TYPE_CHECKING:
    from helpdesk.api.keeper import Looked
    from helpdesk.config import Settings
    from helpdesk.ports import Store
    from helpdesk.reports.question import Question

DAY = "%Y-%m-%d"
MOMENTS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]

UNNOTED = "The audit trail does not hold that you read this: {}. Tell whoever reads the trail."
"""What is said where the store can't be written just now."""

EVERY = 2**31
"""More misses than there can be."""

Year = Annotated[
    str | None, typer.Option(metavar="YYYY-YY", help="One SCONUL year: 2026-27 is August 2026 to July 2027.")
]
Begin = Annotated[datetime | None, typer.Option("--from", formats=[DAY], metavar="YYYY-MM-DD", help="The first day.")]
End = Annotated[
    datetime | None,
    typer.Option("--to", formats=[DAY], metavar="YYYY-MM-DD", help="The first day after the period."),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=MOMENTS, metavar='"YYYY-MM-DD HH:MM"', help="From the log as it stood then."),
]

Found = TypeVar("Found")


def days(year: str | None, begin: datetime | None, end: datetime | None) -> tuple[date | None, date | None]:
    """The first day and the first day after the period; None where nothing was said."""
    if year is None:
        return (begin.date() if begin else None, end.date() if end else None)
    if begin or end:
        raise typer.BadParameter("name the period once: by --year, or by --from and --to.", param_hint="--year")
    from helpdesk.reports.years import sconul_year

    found = sconul_year(year)
    return found.begin, found.end


def question(settings: Settings, period: tuple[date | None, date | None], as_of: datetime | None) -> Question:
    """A question by month, with every miss, as of a wall time by the library's clocks."""
    from helpdesk.clock import SystemClock, instant
    from helpdesk.reports.question import question_for

    now = SystemClock().now()
    when = None if as_of is None else instant(as_of.replace(tzinfo=ZoneInfo(settings.library.zone)))
    if when is not None and when > now:
        raise typer.BadParameter(f"{as_of:%Y-%m-%d %H:%M} is still to come.", param_hint="--as-of")
    return question_for(settings, now, begin=period[0], end=period[1], as_of=when, misses=EVERY)


async def reading(settings: Settings, read: Callable[[Store], Awaitable[Found]]) -> Found:
    """What a reader beside the owner finds."""
    from helpdesk.store.opening import open_reader, state

    state(settings.store, settings.library.id)
    async with open_reader(settings.store, library=settings.library.id) as store:
        return await read(store)


def noted(settings: Settings, what: Looked, ticket: int | None = None) -> None:
    """The audit trail holds who reads what staff wrote; where it can't, the reader hears so and reads on."""
    from helpdesk.clock import SystemClock
    from helpdesk.errands import noted as kept

    try:
        asyncio.run(kept(settings, SystemClock(), system_user()[0], what, ticket))
    except HelpdeskError as error:
        typer.echo(UNNOTED.format(str(error).rstrip(".")), err=True)


def loaded(config: Path | None) -> Settings:
    """The settings."""
    from helpdesk.settings.file import load

    return load(config, channels=False)


def printed(text: str) -> None:
    """As UTF-8 whatever the terminal's locale, so that it has the same bytes everywhere."""
    typer.echo(text.encode(), nl=False)
