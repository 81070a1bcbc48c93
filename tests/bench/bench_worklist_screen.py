"""The worklist at 1,000 and at 1,000,000 tickets: processor time to open, per key down and per page down.

    python -m pytest tests/bench/bench_worklist_screen.py -m bench -s

Rows come from a callback that makes them up, so this measures the screen alone. Times are the process's own
(``time.process_time``), and the ratio of the two sizes is what the budget is about.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from helpdesk.clock import MINUTE, Instant
from helpdesk.message import TicketId
from helpdesk.ticket import State
from helpdesk.worklist import Anchor, Page, View
from tests.tui.rows import ANA, EYE, NOON, ROW
from tui.render import Eye
from tui.themes import THEMES
from tui.widgets.tickets import TicketList

pytestmark = pytest.mark.bench

SIZE = (160, 50)
KEYS = 60
PAGES = 40
TICKS = 20


class Worklist(App[None]):
    """Nothing but the list."""

    CSS_PATH = "../../tui/desk.tcss"

    def __init__(self, total: int) -> None:
        super().__init__()
        self.total = total
        self.now = NOON
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        """The list."""
        yield TicketList(self.read, lambda: Eye(self.now, EYE.zone, ANA, EYE.names))

    async def read(self, start: int, count: int, near: Anchor | None) -> Page:
        """Rows made up from their place."""
        stop = min(start + count, self.total)
        rows = tuple(
            replace(
                ROW,
                id=TicketId(f"T{at}"),
                number=at,
                preview=f"noise report {at} on level {at % 7}",
                owner=ANA if at % 5 == 0 else None,
                state=State.OPEN if at % 5 == 0 else State.NEW,
                due=Instant(NOON + at % 90 * MINUTE - 5 * MINUTE),
            )
            for at in range(start, stop)
        )
        return Page(view=View.OPEN, start=start, rows=rows, total=self.total)


@dataclass(frozen=True)
class Figures:
    """Milliseconds of processor time each."""

    opening: float
    down: float
    page: float
    tick: float


def spent(since: float) -> float:
    """Milliseconds of processor time since then."""
    return (time.process_time() - since) * 1000


@asynccontextmanager
async def opened(total: int) -> AsyncIterator[tuple[Worklist, Pilot[None], float]]:
    """A list of so many tickets with its first rows on the screen, and what that took."""
    begin = time.process_time()
    app = Worklist(total)
    async with app.run_test(size=SIZE) as pilot:
        await app.query_one(TicketList).begin()
        await pilot.pause()
        yield app, pilot, spent(begin)


async def measured(total: int) -> Figures:
    """Open a list of so many tickets and walk in it. Opening is the best of three: a collection is no part of it."""
    openings: list[float] = []
    for _ in range(2):
        async with opened(total) as (_, _, taken):
            openings.append(taken)
    async with opened(total) as (app, pilot, taken):
        opening = min(*openings, taken)
        rows = app.query_one(TicketList)

        async def each(times: int, move: Callable[[], None]) -> float:
            begin = time.process_time()
            for _ in range(times):
                move()
                await pilot.pause()
            return spent(begin) / times

        idle = await each(KEYS, lambda: None)
        down = await each(KEYS, lambda: rows.move(1)) - idle
        page = await each(PAGES, lambda: rows.page(1)) - idle

        def tick() -> None:
            app.now = Instant(app.now + 1000)
            rows.tick()

        ticking = await each(TICKS, tick) - idle
    return Figures(opening, down, page, ticking)


async def test_the_size_of_the_list_does_not_matter() -> None:
    """Budgets: opening within 1.2x; 5 ms a key, 15 ms a page at 1,000,000."""
    await measured(100)
    small, large = await measured(1_000), await measured(1_000_000)
    print(f"\n{'':12}{'opening ms':>12}{'key down ms':>14}{'page down ms':>14}{'tick ms':>10}")
    for name, figures in (("1,000", small), ("1,000,000", large)):
        print(f"{name:12}{figures.opening:12.0f}{figures.down:14.2f}{figures.page:14.2f}{figures.tick:10.2f}")
    print(f"{'ratio':12}{large.opening / small.opening:12.2f}{large.down / small.down:14.2f}")
