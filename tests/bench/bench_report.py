"""Reports over a large store: a year and five years from kept days, a year cold, as of a month ago; and what keeping
costs. A fifth of the contacts are texts about noise.

``HELPDESK_BENCH_TICKETS`` says how many tickets the year has: 200,000 unless told otherwise; times grow in proportion
(by kept days a little less, as a day has so many lines whatever comes in). Budgets at 1,000,000 tickets and
10,000,000 events: a year 1 s, five years 5 s, a year cold 10 s, under 250 MB. Each report is made by a process of its
own. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import perf_counter

import pytest

from helpdesk.rolling import Rolling
from helpdesk.store.sqlite import open_store
from tests.bench import a_year

TICKETS = int(os.environ.get("HELPDESK_BENCH_TICKETS", "200000"))

ONE_REPORT = """
import asyncio, sys
from datetime import date
from time import perf_counter, process_time
from helpdesk.clock import Instant
from helpdesk.reports import Question, report
from helpdesk.store.sqlite import open_reader
from pathlib import Path
path, now, as_of, begin, by = sys.argv[1:]
def memory():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
question = Question(zone="Europe/London", library="Moor Street Library", now=Instant(int(now)), by=by,
                    as_of=Instant(int(as_of)) if as_of else None,
                    begin=date.fromisoformat(begin) if begin else None)
async def main():
    async with open_reader(Path(path)) as store:
        before = memory()
        began, cpu = perf_counter(), process_time()
        found = await report(store, question)
        took, cpu = perf_counter() - began, process_time() - cpu
    judged = sum(figure.judged for figure in found.total.figures)
    print(f"{took:.2f} s ({cpu:.2f} s CPU), {memory():.0f} MB ({before:.0f} MB before), {judged:,} judged,"
          f" log checked to {found.log.checked:,}" + ("" if found.log.whole else f": {found.log.fault}"))
asyncio.run(main())
"""


def one_report(path: Path, *, as_of: int | None = None, begin: str = "", by: str = "month") -> str:
    """Made by a process of its own: how long it took, and how much memory."""
    told = "" if as_of is None else str(as_of)
    call = [sys.executable, "-c", ONE_REPORT, str(path), str(a_year.NOW), told, begin, by]
    return subprocess.run(call, check=True, capture_output=True, text=True).stdout.strip()


def bare(path: Path, text: str) -> float:
    """Seconds for one statement on a plain connection of its own."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        began = perf_counter()
        connection.execute(text).fetchall()
        return perf_counter() - began


async def summed_up(path: Path) -> tuple[int, float]:
    """Sum up every day of the year; how many, and in how many seconds."""
    async with open_store(path) as store:
        began = perf_counter()
        made = await Rolling(store, a_year.ZONE).make_all(a_year.NOW)
        return made, perf_counter() - began


@pytest.mark.bench
def test_a_years_report(tmp_path: Path) -> None:
    """Cold, from kept days by month, hour and site, as of a month ago, and over five years."""
    path = tmp_path / "desk.sqlite"
    began = perf_counter()
    a_year.write(path, TICKETS)
    with closing(sqlite3.connect(path)) as connection, connection:
        a_year.make_noisy(connection, TICKETS // 5)
    size = path.stat().st_size / 1e6
    print(f"\nreports, {TICKETS:,} tickets in a year, {size:,.0f} MB, written in {perf_counter() - began:.0f} s:")
    rows = "SELECT c.standard, t.channel, c.spent FROM clocks c JOIN tickets t ON t.library = c.library"
    rows += f" AND t.id = c.ticket WHERE c.library = 'main' AND c.started >= {a_year.BEGIN}"
    print(f"  cold: {one_report(path)}; bare SQL reading the same rows {bare(path, rows):.2f} s")
    made, took = asyncio.run(summed_up(path))
    print(f"  {made} days summed up in {took:.1f} s, {took / made * 1000:.0f} ms each")
    texts = "SELECT text FROM days WHERE library = 'main'"
    with closing(sqlite3.connect(path)) as connection:
        (kept,) = connection.execute("SELECT sum(length(text)) FROM days").fetchone()
    for by in ("month", "hour", "site"):
        print(f"  a year by {by}: {one_report(path, by=by)}")
    print(f"  bare SQL reading the {kept / 1e6:.1f} MB of kept days: {bare(path, texts):.3f} s")
    print(f"  as of a month ago: {one_report(path, as_of=a_year.NOW - 30 * 86_400_000)}")
    with closing(sqlite3.connect(path)) as connection, connection:
        a_year.write_years_before(connection, 4)
    print(f"  five years by month: {one_report(path)}")
