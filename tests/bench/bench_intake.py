"""Durable intake: messages a second with 64 senders at once, as a ratio to plain sqlite3 doing the same statements.

Both write a real file with WAL and synchronous=FULL; the plain side runs the very statements that intake ran, 64
messages to a commit. Budget: at least half. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import pytest

from helpdesk.clock import ManualClock
from helpdesk.ids import Ids
from helpdesk.matching import decide
from helpdesk.message import (
    Address,
    Channel,
    EntryId,
    OutboxId,
    PersonId,
    TicketId,
)
from helpdesk.ports import Sql, Store
from helpdesk.privacy import Identified
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.standards import Published
from helpdesk.store import schema
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs.receiving import Arrival, Minted, receive
from tests.arriving import inbound

SENDERS = 64
EACH = 60
CLOCK = ManualClock()

Statement = tuple[str, dict[str, object]]


def arrivals(ids: Ids) -> list[list[Arrival]]:
    """What each sender sends: texts of patrons, each of whom writes twice, so that half open a ticket and half join."""
    return [[_arrival(ids, sender, n) for n in range(EACH)] for sender in range(SENDERS)]


def _arrival(ids: Ids, sender: int, n: int) -> Arrival:
    patron = Address(channel=Channel.SMS, value=f"+447700{900000 + sender * (EACH // 2) + n // 2}")
    text = f"Message {n}: is the printer on level {sender % 5} working again? I should like to print my thesis today."
    return Arrival(
        inbound=inbound(Channel.SMS, "text", patron, text, f"SM{sender:03}{n:029}"),
        who=Identified(address=patron),
        minted=Minted(
            ticket=TicketId(ids.new()),
            entry=EntryId(ids.new()),
            person=PersonId(ids.new()),
            acknowledgement=EntryId(ids.new()),
            outbox=OutboxId(ids.new()),
        ),
    )


async def opened_rules(store: Store) -> Published:
    """The preset standards, in force."""
    rules = Rulebook(store, CLOCK)
    await rules.publish(drafts(None, None, now=CLOCK.now(), zone="Europe/London"))
    return rules.published()


async def through_the_store(path: Path) -> tuple[float, float, list[float]]:
    """Seconds, CPU seconds, and each sender's waits in milliseconds."""
    waits: list[float] = []

    async def sends(store: Store, each: list[Arrival], rules: Published) -> None:
        for arrival in each:
            began = perf_counter()
            await store.write(receive, arrival, decide, CLOCK.now(), rules)
            waits.append((perf_counter() - began) * 1000)

    async with open_store(path) as store:
        rules = await opened_rules(store)
        every = arrivals(Ids(CLOCK))
        began, cpu = perf_counter(), process_time()
        async with asyncio.TaskGroup() as tasks:
            for each in every:
                tasks.create_task(sends(store, each, rules))
        return perf_counter() - began, process_time() - cpu, sorted(waits)


class Recorded:
    """SQL that runs, and keeps what it ran."""

    def __init__(self, sql: Sql) -> None:
        self.library, self.full_text = sql.library, sql.full_text
        self.ran: list[Statement] = []
        self._sql = sql

    def __call__(self, text: str, /, **params: object) -> list[Any]:
        """Run one statement."""
        self.ran.append((text, {**params, "library": self.library}))
        return self._sql(text, **params)


async def statements() -> tuple[list[Statement], list[list[Statement]]]:
    """What publishing ran, and what each message ran, in the order in which senders take turns."""
    async with open_store(None) as store:
        rules = await opened_rules(store)
        before = await store.read(lambda sql: [dict(row) for row in sql("SELECT * FROM published")])
        every = arrivals(Ids(CLOCK))
        turns = [every[sender][n] for n in range(EACH) for sender in range(SENDERS)]

        def ran(sql: Sql, arrival: Arrival) -> list[Statement]:
            recorded = Recorded(sql)
            receive(recorded, arrival, decide, CLOCK.now(), rules)
            return recorded.ran

        setting_up = [
            ("INSERT INTO chain VALUES ('main', :seq, :hash)", {"seq": 0, "hash": bytes(32)}),
            *(
                (f"INSERT INTO published ({', '.join(row)}) VALUES ({', '.join(':' + name for name in row)})", row)
                for row in before
            ),
        ]
        setting_up[0][1]["seq"] = (await store.read(lambda sql: sql("SELECT seq FROM chain")))[0]["seq"]
        return setting_up, [await store.write(ran, arrival) for arrival in turns]


def plainly(path: Path, setting_up: list[Statement], units: list[list[Statement]]) -> float:
    """Seconds for the same statements on a plain connection, 64 messages to a commit."""
    with closing(sqlite3.connect(path, isolation_level=None, cached_statements=512)) as connection:
        schema.prepare_owner(connection)
        for text, params in setting_up:
            connection.execute(text, params)
        began = perf_counter()
        rest = iter(units)
        while batch := list(islice(rest, SENDERS)):
            connection.execute("BEGIN IMMEDIATE")
            for unit in batch:
                for text, params in unit:
                    connection.execute(text, params).fetchall()
            connection.execute("COMMIT")
        return perf_counter() - began


@pytest.mark.bench
def test_durable_intake(tmp_path: Path) -> None:
    """Three rounds of each in turn; the best of each counts."""
    setting_up, units = asyncio.run(statements())
    count = len(units)
    ours, plain = [], []
    for n in range(3):
        plain.append(plainly(tmp_path / f"plain{n}.sqlite", setting_up, units))
        ours.append(asyncio.run(through_the_store(tmp_path / f"ours{n}.sqlite")))
    seconds, cpu, waits = min(ours)
    print(f"\nintake, {SENDERS} senders, {count} texts, {sum(map(len, units)) / count:.1f} statements each:")
    print(f"  {count / seconds:,.0f}/s durable; plain sqlite3 {count / min(plain):,.0f}/s", end="")
    print(f"; ratio {min(plain) / seconds:.2f} (budget: at least 0.50)")
    print(
        f"  p50 {waits[count // 2]:.1f} ms, p99 {waits[count * 99 // 100]:.1f} ms, {cpu / count * 1e6:.0f} us CPU each"
    )
