"""How the library stands, over a large store: what a desk asks for every half minute.

``HELPDESK_BENCH_TICKETS`` says how many tickets the year before has: 200,000 unless told otherwise. It reads the days
of a month, not the year: kept days are read, those that changed since are folded. Beside it stands bare SQL that
counts the month's clocks. The budget is 50 ms at 1,000,000 tickets. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import process_time

import pytest

from helpdesk.clock import DAY, HOUR, plus
from helpdesk.ports import Sql, Store
from helpdesk.reports.standing import Bands, standing
from helpdesk.rolling import Rolling
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import days, rulebook
from tests.bench import a_year

TICKETS = int(os.environ.get("HELPDESK_BENCH_TICKETS", "200000"))
NOW = plus(a_year.NOW, -12 * HOUR)
TOUCHED = 4
"""How many days before today are folded anew each time: mail that came in on them is being answered."""

BARE = (
    "SELECT standard, outcome, count(*), sum(lapses < ?) FROM clocks"
    " WHERE library = 'main' AND started >= ? GROUP BY standard, outcome"
)

DUE = (
    "UPDATE tickets SET due = (SELECT min(c.due) FROM clocks c WHERE c.library = 'main' AND c.ticket = tickets.id"
    " AND c.outcome = 'pending') WHERE library = 'main' AND state = 'open'"
)
"""The year's open tickets know their deadlines, as the desk's do."""


@pytest.mark.bench
@pytest.mark.timeout(3600)
async def test_how_it_stands(tmp_path: Path) -> None:
    """At noon of a month's last day."""
    path = tmp_path / "year.sqlite"
    a_year.write(path, TICKETS)
    async with open_store(path) as store:
        await Rolling(store, a_year.ZONE).make_all(NOW)
        await store.write(lambda sql: sql(DUE))
        kept = await _asked(store)
        await store.write(days.touched, [plus(NOW, -n * DAY) for n in range(1, TOUCHED + 1)])
        touched = await _asked(store)
    bare = _bare(path)
    print(f"\n{TICKETS:,} tickets in the year: bare SQL {bare * 1000:.1f} ms")
    print(f"standing, all days kept: {kept * 1000:.1f} ms, {kept / bare:.1f} of bare SQL")
    print(f"standing, {TOUCHED} days folded: {touched * 1000:.1f} ms, {touched / bare:.1f} of bare SQL")


async def _asked(store: Store) -> float:
    """CPU seconds, the best of five."""
    published = await store.read(rulebook.published)
    ask = partial(standing, now=NOW, published=published, bands=Bands(zone=a_year.ZONE))

    def timed(sql: Sql) -> float:
        return _best(lambda: ask(sql))

    return await store.read(timed)


def _bare(path: Path) -> float:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return _best(lambda: connection.execute(BARE, (NOW, plus(NOW, -30 * DAY))).fetchall())


def _best(work: Callable[[], object]) -> float:
    found = []
    for _ in range(5):
        began = process_time()
        work()
        found.append(process_time() - began)
    return min(found)
