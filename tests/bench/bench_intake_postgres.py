"""Durable intake on PostgreSQL: messages a second with 64 senders, as a ratio to the bare statements on psycopg.

Both write to a server of the bench's own with its defaults, fsync among them; the bare side runs the very statements
that intake ran, one after the other, 64 messages to a commit. Budget: at least half. Prints; asserts no time.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from time import perf_counter, process_time

import pytest

from helpdesk.ids import Ids
from helpdesk.matching import decide
from helpdesk.ports import Sql, Store
from helpdesk.standards import Published
from helpdesk.store.pg_care import opened
from helpdesk.store.pg_session import bound
from helpdesk.store.postgres import open_store
from helpdesk.store.verbs.receiving import Arrival, receive
from tests.bench.bench_intake import CLOCK, EACH, SENDERS, Recorded, Statement, arrivals, opened_rules
from tests.postgres import server


async def through_the_store(url: str) -> tuple[float, float, list[float]]:
    """Seconds, CPU seconds of this process, and each sender's waits in milliseconds."""
    waits: list[float] = []

    async def sends(store: Store, each: list[Arrival], rules: Published) -> None:
        for arrival in each:
            began = perf_counter()
            await store.write(receive, arrival, decide, CLOCK.now(), rules)
            waits.append((perf_counter() - began) * 1000)

    async with open_store(url) as store:
        rules = await opened_rules(store)
        every = arrivals(Ids(CLOCK))
        began, cpu = perf_counter(), process_time()
        async with asyncio.TaskGroup() as tasks:
            for each in every:
                tasks.create_task(sends(store, each, rules))
        return perf_counter() - began, process_time() - cpu, sorted(waits)


async def statements(url: str) -> list[list[Statement]]:
    """What each message runs, in the order in which senders take turns."""
    async with open_store(url) as store:
        rules = await opened_rules(store)
        every = arrivals(Ids(CLOCK))

        def ran(sql: Sql, arrival: Arrival) -> list[Statement]:
            recorded = Recorded(sql)
            receive(recorded, arrival, decide, CLOCK.now(), rules)
            return recorded.ran

        return [await store.write(ran, every[sender][n]) for n in range(EACH) for sender in range(SENDERS)]


async def publish(url: str) -> None:
    """What intake finds there."""
    async with open_store(url) as store:
        await opened_rules(store)


def barely(url: str, units: list[list[Statement]]) -> float:
    """Seconds for the same statements on a connection of psycopg's, prepared, 64 messages to a commit."""
    asyncio.run(publish(url))
    translated = [[bound(text, dict(params)) for text, params in unit] for unit in units]
    with opened(url) as connection, connection.cursor(binary=True) as cursor:
        rest = iter(translated)
        began = perf_counter()
        while batch := list(islice(rest, SENDERS)):
            cursor.execute(b"BEGIN")
            for unit in batch:
                for said, values in unit:
                    cursor.execute(said.query, values)
                    if said.returns:
                        cursor.fetchall()
            cursor.execute(b"COMMIT")
        return perf_counter() - began


@pytest.mark.bench
def test_durable_intake_on_postgres() -> None:
    """Three rounds of each in turn; the best of each counts."""
    ours, bare = [], []
    with server() as running:
        with running.fresh() as url:
            units = asyncio.run(statements(url))
        for _ in range(3):
            with running.fresh() as url:
                bare.append(barely(url, units))
            with running.fresh() as url:
                ours.append(asyncio.run(through_the_store(url)))
    count, (seconds, cpu, waits) = len(units), min(ours)
    print(
        f"\nintake on PostgreSQL, {SENDERS} senders, {count} texts, {sum(map(len, units)) / count:.1f} statements each:"
    )
    print(f"  {count / seconds:,.0f}/s durable; bare psycopg {count / min(bare):,.0f}/s", end="")
    print(f"; ratio {min(bare) / seconds:.2f} (budget: at least 0.50)")
    print(
        f"  p50 {waits[count // 2]:.1f} ms, p99 {waits[count * 99 // 100]:.1f} ms, {cpu / count * 1e6:.0f} us CPU each"
    )
