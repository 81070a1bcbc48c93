"""What tickets take of the disk, on each engine: contacts are lived through, and the store is weighed before and after.

A contact is a mail of 280 letters, a text of 150 or a chat, with an answer of 190. ``HELPDESK_BENCH_TICKETS`` says how
many (5,000 unless told otherwise, at most 100,000); what is told of a million is that in proportion. A mail as it came
in is not among it: it weighs what it weighs, for as long as `retention.mail_raw_days` says. Prints; asserts nothing.
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
from tests.conversation import library
from tests.postgres import server

COUNT = min(int(os.environ.get("HELPDESK_BENCH_TICKETS", "5000")), 100_000)
HEAVIEST = 5


async def on_sqlite(folder: Path) -> int:
    """The bytes that the contacts add to the file."""
    file = folder / "helpdesk.sqlite"
    async with library(folder=folder):
        pass
    before = file.stat().st_size
    async with library(folder=folder) as town:
        branch = Branch(town)
        await branch.hires(HANDS)
        await played({"library": branch}, ["library"] * COUNT)
    return file.stat().st_size - before


async def on_postgres(url: str) -> dict[str, int]:
    """The bytes that the contacts add to each table with its indexes, once it is vacuumed."""
    before = _sizes(url)
    async with consortium(url, ["library"]) as towns:
        branch = Branch(towns["library"])
        await branch.hires(HANDS)
        await played({"library": branch}, ["library"] * COUNT)
    return {name: size - before[name] for name, size in _sizes(url).items()}


def _sizes(url: str) -> dict[str, int]:
    query = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("VACUUM")
        return dict(connection.execute(f"{query}'public'::regnamespace".encode()).fetchall())


def a_million(size: int) -> str:
    """Of so many bytes for the contacts: GB for a million of them."""
    return f"{size / COUNT * 1e6 / 1e9:.1f} GB"


@pytest.mark.bench
def test_the_disk_that_a_million_tickets_take(tmp_path: Path) -> None:
    """One engine after the other."""
    file = asyncio.run(on_sqlite(tmp_path))
    with server("autovacuum_naptime=10s") as running, running.fresh() as url:
        tables = asyncio.run(on_postgres(url))
    whole = sum(tables.values())
    print(f"\n{COUNT:,} contacts with their answers, in proportion to a million tickets:")
    print(f"  SQLite {a_million(file)} ({file / COUNT / 1000:.1f} kB each);", end="")
    print(f" PostgreSQL {a_million(whole)} ({whole / COUNT / 1000:.1f} kB each):", end="")
    heaviest = sorted(tables, key=lambda name: -tables[name])[:HEAVIEST]
    print("", ", ".join(f"{name} {tables[name] / whole:.0%}" for name in heaviest))
