"""`helpdesk staff trail`: who looked at what, and who did what, in one list by time."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpdesk.commands.asking_staff import Server, answered
from helpdesk.commands.options import Config
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from helpdesk.ports import Look
    from helpdesk.staffing import Asking

DAY = "%Y-%m-%d"
COLUMNS = ("when", "who", "token", "what", "ticket", "about", "outcome", "n", "source", "seq")
AT_ONCE = 500

Page = Callable[[int], Awaitable[tuple["Look", ...]]]
"""Rows behind a number."""


def trail(
    begin: Annotated[
        datetime | None, typer.Option("--from", formats=[DAY], help="From this day on.", show_default=False)
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=[DAY], help="To the end of this day.", show_default=False)
    ] = None,
    of: Annotated[str, typer.Option(metavar="MEMBER", help="Of one member.", show_default=False)] = "",
    ticket: Annotated[int | None, typer.Option(help="About one ticket, by its number.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets.")] = False,
    server: Server = "",
    config: Config = None,
) -> None:
    """Print who saw what, and who did what, by time.

    Looks, sign-ins, work on the library, and what was refused come from the audit trail; what was done to tickets
    comes from the event log. Both hold ids and times, and no texts.
    """
    if as_json and as_csv:
        raise Refused("Choose one of --json and --csv.")
    write = _as_json if as_json else _as_csv if as_csv else _as_lines

    async def printed(on: Asking) -> None:
        out = write()
        async for source, look in _merged(on, begin, end, of, ticket):
            out(_row(source, look, on.zone))

    answered(config, server, printed)


async def _merged(
    on: Asking, begin: datetime | None, end: datetime | None, of: str, ticket: int | None
) -> AsyncIterator[tuple[str, Look]]:
    """Rows of both by time, read a page at a time."""
    from helpdesk.local_days import midnight
    from helpdesk.message import StaffId

    asked: dict[str, Any] = {
        "begin": midnight(begin.date(), on.zone) if begin else None,
        "end": midnight(end.date() + timedelta(days=1), on.zone) if end else None,
        "of": StaffId(of) if of else None,
        "ticket": ticket,
        "count": AT_ONCE,
    }
    looks = _each(lambda after: on.roster.trail(on.actor, after=after, **asked))
    deeds = _each(lambda after: on.roster.deeds(on.actor, after=after, **asked))
    look, deed = await anext(looks, None), await anext(deeds, None)
    while look is not None or deed is not None:
        if deed is None or (look is not None and look.noted <= deed.noted):
            assert look is not None
            yield "trail", look
            look = await anext(looks, None)
        else:
            yield "log", deed
            deed = await anext(deeds, None)


async def _each(page: Page) -> AsyncIterator[Look]:
    after, more = 0, True
    while more:
        rows = await page(after)
        for row in rows:
            yield row
            after = row.seq
        more = len(rows) == AT_ONCE


def _row(source: str, look: Look, zone: str) -> dict[str, object]:
    from zoneinfo import ZoneInfo

    from helpdesk.clock import moment

    return {
        "when": moment(look.noted).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
        "who": look.actor,
        "token": look.token,
        "what": look.act,
        "ticket": look.number,
        "about": look.about,
        "outcome": look.outcome,
        "n": look.n,
        "source": source,
        "seq": look.seq,
    }


def _as_json() -> Callable[[dict[str, object]], None]:
    return lambda row: typer.echo(json.dumps(row))


def _as_csv() -> Callable[[dict[str, object]], None]:
    from helpdesk.reports.spreadsheet import cell

    writer = csv.DictWriter(sys.stdout, COLUMNS)
    writer.writeheader()
    return lambda row: writer.writerow({name: cell(value) for name, value in row.items()})


def _as_lines() -> Callable[[dict[str, object]], None]:
    def line(row: dict[str, object]) -> None:
        about = f"ticket {row['ticket']}" if row["ticket"] else row["about"]
        often = f"  {row['n']} times" if row["n"] != 1 else ""
        refused = "  REFUSED" if row["outcome"] == "refused" else ""
        token = f"  by token {row['token']}" if row["token"] else ""
        typer.echo(
            f"{row['when']}  {row['who'] or '(nobody known)':16} {row['what']:22} {about}{token}{refused}{often}"
        )

    return line
