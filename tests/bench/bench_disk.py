"""What tickets take of the disk, on each engine: contacts are lived through, and the store is weighed before and after.

A contact is a mail of 280 letters, a text of 150 or a chat, with an answer of 190; some join a ticket that is there.
``HELPDESK_BENCH_TICKETS`` says how many (5,000 unless told otherwise, at most 100,000); what is told of a million
tickets is that in proportion. A mail as it came in is not among it: it weighs what it weighs, for as long as
`retention.mail_raw_days` says. Prints; asserts nothing. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.bench.bench_consortium import HANDS, Branch, played
from tests.consortium import consortium
from tests.conversation import Town, library
from tests.postgres import server

COUNT = min(int(os.environ.get("HELPDESK_BENCH_TICKETS", "5000")), 100_000)
HEAVIEST = 5


async def on_sqlite(folder: Path) -> tuple[int, int]:
    """The bytes that the contacts add to the file, and how many tickets they came to."""
    file = folder / "helpdesk.sqlite"
    async with library(folder=folder):
        pass
    before = file.stat().st_size
    async with library(folder=folder) as town:
        branch = Branch(town)
        await branch.hires(HANDS)
        await played({"library": branch}, ["library"] * COUNT)
        tickets = await _tickets(town)
    return file.stat().st_size - before, tickets


async def on_postgres(url: str) -> tuple[dict[str, int], int]:
    """The bytes that the contacts add to each table with its indexes, once it is vacuumed; and how many tickets."""
    before = _sizes(url)
    async with consortium(url, ["library"]) as towns:
        branch = Branch(towns["library"])
        await branch.hires(HANDS)
        await played({"library": branch}, ["library"] * COUNT)
        tickets = await _tickets(branch.town)
    return {name: size - before[name] for name, size in _sizes(url).items()}, tickets


async def _tickets(town: Town) -> int:
    rows = await town.house.store.read(lambda sql: sql("SELECT count(*) AS n FROM tickets WHERE library = :library"))
    return int(rows[0]["n"])


def _sizes(url: str) -> dict[str, int]:
    query = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("VACUUM")
        return dict(connection.execute(f"{query}'public'::regnamespace".encode()).fetchall())


def a_million(size: int, tickets: int) -> str:
    """Of so many bytes for so many tickets: what a million take."""
    return f"{size / tickets * 1e6 / 1e9:.1f} GB ({size / tickets / 1000:.1f} kB each)"


@pytest.mark.bench
def test_the_disk_that_a_million_tickets_take(tmp_path: Path) -> None:
    """One engine after the other."""
    file, in_file = asyncio.run(on_sqlite(tmp_path))
    with server("autovacuum_naptime=10s") as running, running.fresh() as url:
        tables, in_tables = asyncio.run(on_postgres(url))
    whole = sum(tables.values())
    print(f"\n{COUNT:,} contacts with their answers, {in_file:,} tickets; in proportion to a million of these:")
    print(f"  SQLite {a_million(file, in_file)}; PostgreSQL {a_million(whole, in_tables)}:", end="")
    heaviest = sorted(tables, key=lambda name: -tables[name])[:HEAVIEST]
    print("", ", ".join(f"{name} {tables[name] / whole:.0%}" for name in heaviest))
