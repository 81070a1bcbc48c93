"""One text, from the carrier's post to its line on an attached desk: p50 and p99 (budget: p99 under 100 ms).

The desk sits at the other end of the owner's Unix socket, as in another terminal: it hears of the change, reads its
worklist and finds the text there. The carrier posts a signed form over HTTP. All run in this one process, so each
share of the work is counted. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import pytest

from helpdesk.clock import SystemClock, plus
from helpdesk.worklist import View
from tests.staff import Staff, eventually
from tests.wire import TEXT_LINE, Town, library

STANDING = 40
"""Tickets that stand on the worklist all the while: a screen full."""

TEXTS = 200
PAUSE = 25
"""Between texts, in milliseconds: they come one by one, to a desk that is at rest."""


@pytest.mark.bench
async def test_webhook_to_visible_on_an_attached_desk(tmp_path: Path) -> None:
    """Each text opens a ticket of its own; seen is when the attached desk has read a page that shows it."""
    clock = SystemClock()
    async with library(tmp_path) as town, town.attached() as desk:
        for n in range(STANDING):
            await _seen_after(town, desk, n)
        found = []
        for n in range(STANDING, STANDING + TEXTS):
            await clock.until(plus(clock.now(), PAUSE))
            found.append(await _seen_after(town, desk, n))
            ticket = await desk.sees(_words(n))
            await desk.desk.solve(desk.name, ticket.id, ticket.version)
    cuts = quantiles(found, n=100)
    print(
        f"\ntext to attached desk: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms (budget 100), {TEXTS} texts one by one"
    )


def _words(n: int) -> str:
    return f"Question {n:03}"


async def _seen_after(town: Town, desk: Staff, n: int) -> float:
    """Milliseconds from the carrier's post to the row on the attached desk."""

    async def look() -> bool | None:
        page = await desk.desk.worklist(desk.name, View.OPEN, count=50)
        return any(row.preview == _words(n) for row in page.rows) or None

    ana = town.texter(f"+447700900{n:03}", TEXT_LINE)
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(eventually(desk.desk, look))
        await desk.desk.hello()
        began = perf_counter()
        await ana.texts(_words(n))
        await looking
        return (perf_counter() - began) * 1000
