"""Forgetting by age in a store of many tickets: how long others wait for a commit of it, and for the wiping.

Prints; asserts no time. Run by ``make bench``; HELPDESK_BENCH_TICKETS says how many tickets (100,000 of them are due).
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from time import perf_counter

import pytest

from helpdesk.clock import DAY, ManualClock, plus
from helpdesk.message import Channel
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import ageing
from helpdesk.store.verbs.ageing import BATCH, Rule
from helpdesk.store.words import Fts5
from tests.bench.bench_worklist import filled

NOW = ManualClock().now()
WHO = Rule(setting="mail_identity_days", what="who", channels=(Channel.MAIL,), days=1)
WORDS = Rule(setting="mail_text_days", what="words", channels=(Channel.MAIL,), days=1)
WORD_COUNT = 30_000


def _write_entries(sql: Session, count: int) -> None:
    """Two entries of forty words for each ticket, of a vocabulary of a library's size."""
    chance = random.Random(1)
    words = [f"w{n:x}ord" for n in range(WORD_COUNT)]
    for n in range(count):
        for kind in ("in", "out"):
            text = " ".join(words[min(int(chance.paretovariate(0.6)), WORD_COUNT) - 1] for _ in range(40))
            rows = sql(
                "INSERT INTO entries (library, id, ticket, kind, author, text, written, segments, trouble)"
                " VALUES (:library, :id, :ticket, :kind, 'Patron', :text, 0, 1, '') RETURNING row",
                id=f"{kind}{n}",
                ticket=f"01KSX{n:021d}",
                kind=kind,
                text=text,
            )
            sql.full_text.add(sql, rows[0]["row"], text)


@pytest.mark.bench
@pytest.mark.timeout(3600)
def test_forgetting(tmp_path: Path) -> None:
    """Commits of a batch by each rule, then the wiping of the word index and of the log."""
    count = int(os.environ.get("HELPDESK_BENCH_TICKETS", "100000"))
    connection = filled(tmp_path / "helpdesk.sqlite", count)
    sql = Session(connection, "main", Fts5())
    connection.execute("BEGIN")
    _write_entries(sql, count)
    connection.execute("COMMIT")
    connection.execute("PRAGMA synchronous = FULL")
    print(f"\n{count:,} tickets, {2 * count:,} entries, {(tmp_path / 'helpdesk.sqlite').stat().st_size / 1e6:.0f} MB")
    later = plus(NOW, 40 * DAY)
    for rule in (WHO, WORDS):
        began, commits, took = perf_counter(), 0, []
        while commits < 200:
            before = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            done = ageing.forget_next(sql, rule, later, BATCH)
            connection.execute("COMMIT")
            if not done:
                break
            took.append((perf_counter() - before) * 1000)
            commits += 1
        took.sort()
        rate = commits * BATCH / (perf_counter() - began)
        print(f"{rule.what:6}{rate:8,.0f} tickets/s; a commit {took[len(took) // 2]:.1f} ms, at most {took[-1]:.1f} ms")
    for what in ("the word index", "again"):
        before = perf_counter()
        sql.full_text.purge(sql)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        print(f"wiping {what}: {perf_counter() - before:.2f} s")
    connection.close()
