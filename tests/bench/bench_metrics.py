"""A scrape of the figures at 1,000 and at 1,000,000 tickets: the snapshot, and the text that is made of it.

Budget: a few milliseconds, however large the queue. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.api.metrics import Exposition, Reading
from helpdesk.clock import MINUTE, Instant
from helpdesk.events import Kind
from helpdesk.ids import Ids
from helpdesk.message import Channel
from helpdesk.meters import Meters
from helpdesk.readiness import Check
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs.gauges import Gauges, gauges
from helpdesk.store.words import Fts5
from tests.bench.bench_worklist import NOW, filled, milliseconds

WAITING = 1_000
"""Messages that wait to go out, on a bad day."""


def waiting(sql: Session) -> None:
    """Fill the outbox."""
    ids = Ids(_Still())
    for n in range(WAITING):
        sql(
            "INSERT INTO outbox (library, id, ticket, entry, channel, line, address, conversation, name, copies,"
            " subject, text, refs, automatic, author, created, state, tries, again, not_before, provider_id, code,"
            " reason, done) VALUES (:library, :id, 't', 'e', :channel, 'help', '', NULL, '', '[]', '', 'Hello', '[]',"
            " 0, '', :now, 'waiting', 0, 0, :now, '', '', '', NULL)",
            id=ids.new(),
            channel=("sms", "mail", "chat")[n % 3],
            now=NOW + n,
        )


class _Still:
    def now(self) -> Instant:
        return NOW

    async def until(self, when: Instant) -> None:
        raise NotImplementedError


def worn() -> Meters:
    """Meters that have seen every kind of fact on every channel."""
    meters = Meters()
    for kind in Kind:
        for channel in Channel:
            meters.events[str(kind), str(channel)] = 12_345
    return meters


def writing(found: Gauges) -> Callable[[int], object]:
    """Make the text of one scrape."""
    exposition = Exposition()
    reading = Reading(
        now=NOW,
        gauges=found,
        meters=worn(),
        checks=tuple(Check(name) for name in ("store", "keys", "loops", "trouble")),
        passing={"watch": Instant(NOW - MINUTE)},
        chats=50,
    )
    return lambda _: exposition.written(reading)


@pytest.mark.bench
def test_the_cost_of_a_scrape(tmp_path: Path) -> None:
    """Milliseconds, median and 99th percentile."""
    print()
    for count in (1_000, 1_000_000):
        with closing(filled(tmp_path / f"{count}.sqlite", count)) as connection:
            sql = Session(connection, "main", Fts5())
            waiting(sql)
            for name, call in (
                ("snapshot", lambda _, sql=sql: gauges(sql, NOW)),
                ("text", writing(gauges(sql, NOW))),
            ):
                median, high = milliseconds(call)
                print(f"{count:>9,} tickets  {name:9} {median:6.2f} ms  p99 {high:6.2f} ms")
