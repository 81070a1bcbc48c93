"""The worklist at 1,000 and at 1,000,000 tickets: pages, counts, the next ticket.

Budgets: rows within 1.2x of the small queue; counts within 5 ms, those of saved queries, too.
Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

import pytest

from helpdesk.clock import MINUTE, Instant, ManualClock
from helpdesk.message import StaffId
from helpdesk.queries import read
from helpdesk.standards import Published
from helpdesk.store import schema
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import listing, rebuilding, views
from helpdesk.store.verbs.desk import take_next
from helpdesk.store.verbs.sifting import Asker, sift
from helpdesk.store.words import Fts5
from helpdesk.worklist import View

NOW = ManualClock().now()
ANA = StaffId("ana")
STATES = ("new", "open", "waiting", "snoozed", "solved", "closed", "closed", "closed")
CHANNELS = ("sms", "mail", "mail", "chat")
ROUNDS = 200


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """A busy library's tickets: half of them finished, deadlines over a month, a thousand members."""
    for n in range(count):
        state, due = STATES[n * 7 % 8], NOW + (n * 7919 % 43_200 - 5) * MINUTE
        yield (
            "main",
            f"01KSX{n:021d}",
            n + 1,
            CHANNELS[n % 4],
            "help",
            "enquiry",
            "",
            f"Question {n}",
            "Is the printer on level 2 working again?",
            f"Patron {n}",
            None,
            None,
            state,
            f"staff{n % 1000}" if n % 3 else None,
            None,
            NOW - n,
            NOW - n,
            NOW - n if state in {"new", "open"} else None,
            NOW + n if state == "snoozed" else None,
            NOW + 9**9 if state == "solved" else None,
            "",
            1,
            "patron",
            due,
            "mail-answered",
            due,
        )


def filled(path: Path, count: int) -> sqlite3.Connection:
    """A store of ``count`` tickets."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    schema.prepare_owner(connection)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    marks = ", ".join("?" * 26)
    connection.executemany(
        f"INSERT INTO tickets VALUES ({marks}, NULL, '', NULL, NULL, '', '', NULL, NULL, NULL, NULL)", rows(count)
    )
    connection.execute("UPDATE tickets SET tags = 'printer refund' WHERE number % 40 = 7")
    connection.execute("UPDATE tickets SET zone = 'l3-silent' WHERE number % 25 = 3")
    write_messages(connection, count)
    rebuilding.replace_counts(Session(connection, "main", Fts5()))
    connection.execute("COMMIT")
    return connection


def write_messages(connection: sqlite3.Connection, count: int) -> None:
    """A message for one ticket in ten: all of them speak of a printer, one in a hundred of moss."""
    told = (f"Is the printer working again?{' There is moss.' if n % 1000 == 0 else ''}" for n in range(0, count, 10))
    connection.executemany(
        "INSERT INTO entries (library, id, ticket, kind, author, text, written, segments, trouble)"
        " VALUES ('main', ?, ?, 'patron', '', ?, 0, 1, '')",
        ((f"E{n}", f"01KSX{n:021d}", text) for n, text in zip(range(0, count, 10), told, strict=True)),
    )
    connection.execute("INSERT INTO entry_words (entry_words) VALUES ('rebuild')")


def milliseconds(call: Callable[[int], object]) -> tuple[float, float]:
    """Median and 99th percentile of one call; the warm-up is not counted."""
    took = []
    for n in range(ROUNDS + 10):
        began = perf_counter()
        call(n)
        took.append((perf_counter() - began) * 1000)
    took = sorted(took[10:])
    return took[len(took) // 2], took[len(took) * 99 // 100]


def paging_down(sql: Session, view: View) -> Callable[[int], object]:
    """The next page of fifty, from the anchor of the page before."""
    page = views.page(sql, view, ANA, NOW, 0, 50)

    def next_page(_: int) -> object:
        nonlocal page
        start = page.start + 50 if page.start + 50 < page.total else 0
        near = page.anchors[-1] if page.anchors and start else None
        page = views.page(sql, view, ANA, NOW, start, 50, near)
        return page

    return next_page


def querying_down(sql: Session, text: str) -> Callable[[int], object]:
    """The next page of fifty of what a query lists, from the anchor of the page before."""
    sifted = sift(read(text), Asker(actor=ANA, now=NOW, zone="Europe/London"))
    page = listing.listed(sql, sifted, 0, 50)

    def next_page(_: int) -> object:
        nonlocal page
        start = page.start + 50 if page.start + 50 < page.total else 0
        near = page.anchors[-1] if page.anchors and start else None
        page = listing.listed(sql, sifted, start, 50, near)
        return page

    return next_page


QUERIES = {
    "channel": "channel:sms,chat",
    "owner": "owner:me",
    "nobody's": "owner:none",
    "deadline": "breaching:<10m",
    "tag": "tag:printer",
    "zone": "zone:l3-silent",
    "common word": "printer",
    "rare word": "moss",
    "combination": "channel:mail tag:printer breaching:<3d -owner:me",
    "nothing": "tag:nowhere",
}
"""Saved views of each kind."""


def of_queries(sql: Session) -> dict[str, Callable[[int], object]]:
    """The count in the tab, and the first page, of each query."""
    found: dict[str, Callable[[int], object]] = {}
    for name, text in QUERIES.items():
        sifted = sift(read(text), Asker(actor=ANA, now=NOW, zone="Europe/London"))
        found[f"count of {name}"] = lambda _, sifted=sifted: listing.counted(sql, sifted)  # type: ignore[misc]
        found[f"page of {name}"] = lambda _, sifted=sifted: listing.listed(sql, sifted, 0, 50)  # type: ignore[misc]
    return found


def taking(connection: sqlite3.Connection, sql: Session) -> Callable[[int], object]:
    """Take the next ticket, and undo it."""
    published = Published()

    def take(_: int) -> object:
        connection.execute("BEGIN")
        taken = take_next(sql, ANA, NOW, Instant(NOW + MINUTE), published, 3)
        connection.execute("ROLLBACK")
        return taken

    return take


def calls(connection: sqlite3.Connection) -> dict[str, Callable[[int], object]]:
    """What a desk asks for, by name."""
    sql = Session(connection, "main", Fts5())
    total = views.counts(sql, ANA, NOW)[View.OPEN]
    return {
        "first page of open": lambda _: views.page(sql, View.OPEN, ANA, NOW, 0, 50),
        "last page of open": lambda _: views.page(sql, View.OPEN, ANA, NOW, total - 50, 50),
        "a jump to the middle": lambda _: views.page(sql, View.OPEN, ANA, NOW, total // 2, 50),
        "next page of open": paging_down(sql, View.OPEN),
        "next page of finished": paging_down(sql, View.FINISHED),
        "first page of breaching": lambda _: views.page(sql, View.BREACHING, ANA, NOW, 0, 50),
        "counts": lambda _: views.counts(sql, ANA, NOW),
        "take next": taking(connection, sql),
        **of_queries(sql),
        "next page of channel": querying_down(sql, QUERIES["channel"]),
    }


@pytest.mark.bench
def test_the_worklist(tmp_path: Path) -> None:
    """Small and large, call by call."""
    sizes = (1_000, 1_000_000)
    found: dict[int, dict[str, tuple[float, float]]] = {}
    for size in sizes:
        with closing(filled(tmp_path / f"{size}.sqlite", size)) as connection:
            found[size] = {name: milliseconds(call) for name, call in calls(connection).items()}
    print(f"\n{'worklist, ms':26}{'1,000':>18}{'1,000,000':>18}{'ratio':>8}")
    for name, (small, high) in found[sizes[0]].items():
        large, highest = found[sizes[1]][name]
        print(f"  {name:24}{small:9.2f} p99 {high:4.2f}{large:9.2f} p99 {highest:4.2f}{large / small:8.2f}")
