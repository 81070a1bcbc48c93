"""``helpdesk publish``: the public performance page, with a note in the log of what was told to the public."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config, system_user

if TYPE_CHECKING:
    from helpdesk.clock import Clock, Instant
    from helpdesk.config import Settings
    from helpdesk.reports.contents import Report
    from helpdesk.reports.page.reaching import Reaching

Out = Annotated[
    Path | None,
    typer.Option("--out", file_okay=False, help="A folder that gets the page, too, as index.html.", show_default=False),
]


def publish(
    out: Out = None,
    months: Annotated[int, typer.Option(min=1, max=60, help="How many months it covers, of those that are over.")] = 12,
    draft: Annotated[bool, typer.Option("--draft", help="Only for a look, in --out: nothing is published.")] = False,
    config: Config = None,
) -> None:
    """Publish the performance page: what is promised, what was kept, when staff are there, how to reach the library.

    The web server shows it at /standards. What it tells is noted in the log: a figure that changes later is marked,
    and says why.
    """
    if draft and out is None:
        raise typer.BadParameter("a draft needs a folder to lie in: add --out FOLDER.", param_hint="--draft")
    from helpdesk.clock import SystemClock
    from helpdesk.settings.file import load

    for line in asyncio.run(
        published(load(config, channels=False), SystemClock(), out=out, months=months, draft=draft)
    ):
        typer.echo(line)


async def published(
    settings: Settings, clock: Clock, *, out: Path | None = None, months: int = 12, draft: bool = False
) -> tuple[str, ...]:
    """Make the page, note its figures through the store's owner, put it in its places; says what was done.

    Nothing is noted where a place can't be written, and no place changes where nothing could be noted.
    """
    from helpdesk.errands import keeper
    from helpdesk.reports.page.public import performance_page
    from helpdesk.reports.page.writing import Staged, stage
    from helpdesk.reports.restating import to_publish

    report, front = await _asked(settings, clock.now(), months)
    judged = settings.report
    page = performance_page(report, front, small=judged.small, noise=judged.noise_public).encode()
    staged = Staged()
    try:
        staged += stage(out, {"index.html": page}) if out else Staged()
        if draft:
            return tuple(f"wrote {path}: a draft, nothing is published" for path in staged.commit())
        served = settings.store.page_path
        staged += stage(served.parent, {served.name: page})
        async with keeper(settings, clock) as keeping:
            noted = await keeping.published_figures(system_user()[0], figures=to_publish(report))
        wrote = [f"wrote {path}" for path in staged.commit()]
    finally:
        staged.drop()
    return (*(f"noted {line}" for line in noted), *wrote, f"shown {settings.web.public_url.rstrip('/')}/standards")


async def _asked(settings: Settings, now: Instant, months: int) -> tuple[Report, Reaching]:
    """The report over so many months that are over, and how to reach the library, from one reader."""
    from helpdesk.reports.making import report
    from helpdesk.reports.page.reaching import reaching
    from helpdesk.reports.period import local_day
    from helpdesk.reports.question import question_for
    from helpdesk.settings.zoning import zone_plan
    from helpdesk.store.opening import open_reader, state
    from helpdesk.store.verbs import rulebook

    state(settings.store, settings.library.id)
    end = local_day(now, settings.library.zone).replace(day=1)
    plan = zone_plan(settings)
    question = question_for(settings, now, begin=months_before(end, months), end=end, misses=0, plan=plan)
    async with open_reader(settings.store, library=settings.library.id) as store:
        made = await report(store, question)
        return made, reaching(settings, await store.read(rulebook.published), now)


def months_before(first: date, months: int) -> date:
    """The first of the month that lies so many months before another first."""
    place = first.year * 12 + first.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)
