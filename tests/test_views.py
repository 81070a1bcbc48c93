"""The worklist: a page is what a plain sort would give, wherever reading starts; a count is what counting gives."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.clock import DAY, HOUR, MINUTE, Instant, ManualClock, plus
from helpdesk.message import Channel, LineId, StaffId, TicketId
from helpdesk.ports import Sql, Store
from helpdesk.standards import Published
from helpdesk.store import schema
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import rebuilding, tickets, views
from helpdesk.store.words import Fts5
from helpdesk.ticket import Change, State, Ticket
from helpdesk.worklist import SOON, Anchor, View, urgency
from tests.engines import new_store

NOW = ManualClock().now()
ANA, BEN = StaffId("ana"), StaffId("ben")
WORK = {State.NEW, State.OPEN, State.WAITING}
CLOCKS = "SEARCH c USING PRIMARY KEY (library=? AND ticket=?)"
"""How a row learns whether its ticket missed a standard."""


def ticket(n: int, **fields: object) -> Ticket:
    """The ``n``-th ticket; ids fall while numbers rise, so that neither order stands in for the other."""
    plain = {
        "id": TicketId(f"T{999 - n:03}"),
        "number": n + 1,
        "channel": Channel.MAIL,
        "line": LineId("help"),
        "subject": "",
        "name": "",
        "opened": NOW,
        "updated": NOW,
        **fields,
    }
    return Ticket(**plain)  # type: ignore[arg-type]


near = st.integers(-3, 12).map(lambda n: Instant(NOW + n * SOON // 4))
"""Times of which several are alike."""

lives = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(Channel),
        "state": st.sampled_from(State),
        "owner": st.sampled_from([None, ANA, BEN]),
        "unanswered": st.none() | near,
        "due": st.none() | near,
        "updated": near,
    }
)


def alive(n: int, life: dict[str, object]) -> Ticket:
    """A ticket with a life of its own; who is snoozed has a time."""
    snoozed = life["updated"] if life["state"] is State.SNOOZED else None
    return ticket(n, snoozed_until=snoozed, **life)


def stands_in(view: View, each: Ticket) -> bool:
    """The naive rule of each view."""
    work = each.state in WORK
    return {
        View.MINE: work and each.owner == ANA,
        View.UNANSWERED: work and each.unanswered is not None,
        View.OPEN: work,
        View.SMS: work and each.channel is Channel.SMS,
        View.MAIL: work and each.channel is Channel.MAIL,
        View.CHAT: work and each.channel is Channel.CHAT,
        View.BREACHING: work and each.unanswered is not None and each.due is not None and each.due <= NOW + SOON,
        View.SNOOZED: each.state is State.SNOOZED,
        View.FINISHED: each.state in {State.SOLVED, State.CLOSED, State.SPAM},
        View.MUTED: each.state is State.MUTED,
    }[view]


def sorted_naively(view: View, every: list[Ticket]) -> list[TicketId]:
    """Most urgent first; finished: newest first."""

    def key(each: Ticket) -> tuple[int, str]:
        if view in {View.FINISHED, View.MUTED}:
            return each.updated, each.id
        if view is View.SNOOZED:
            return each.snoozed_until or 0, each.id
        return urgency(each), each.id

    newest_first = view in {View.FINISHED, View.MUTED}
    found = sorted((each for each in every if stands_in(view, each)), key=key, reverse=newest_first)
    return [each.id for each in found]


def store_all(sql: Sql, every: list[Ticket]) -> None:
    """Write tickets with their counts, and no clocks: their deadlines are as given."""
    for each in every:
        sql(tickets._INSERT, **tickets._plain(each))
    rebuilding.replace_counts(sql)


@pytest.fixture(scope="module")
def schema_of_the_store() -> Iterator[bytes]:
    """An empty store as bytes: made once, opened for every example."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.prepare_memory(connection)
        yield connection.serialize()


def opened(content: bytes) -> Session:
    """A store in memory with that content."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(content)
    connection.row_factory = sqlite3.Row
    return Session(connection, "main", Fts5())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_page_is_what_sorting_gives(schema_of_the_store: bytes, data: st.DataObject) -> None:
    """Any part of any view, from the top, the bottom or near an anchor."""
    every = [alive(n, life) for n, life in enumerate(data.draw(st.lists(lives, max_size=25)))]
    sql = opened(schema_of_the_store)
    store_all(sql, every)
    for view in View:
        right = sorted_naively(view, every)
        whole = views.page(sql, view, ANA, NOW, 0, 100)
        assert ([row.id for row in whole.rows], whole.total) == (right, len(right))
        for _ in range(3):
            start, count = data.draw(st.integers(0, 28)), data.draw(st.integers(1, 9))
            page = views.page(sql, view, ANA, NOW, start, count, data.draw(st.sampled_from(_anchors(sql, view, right))))
            assert [row.id for row in page.rows] == right[page.start : page.start + count]
            assert page.start == max(0, min(start, len(right) - 1))
            assert [(anchor.index, anchor.id) for anchor in page.anchors] == [
                (at, right[at]) for at in sorted({page.start, page.start + len(page.rows) - 1}) if page.rows
            ]
    sql._connection.close()


def _anchors(sql: Sql, view: View, right: list[TicketId]) -> list[Anchor | None]:
    """None, and the place of every row as a page would tell it."""
    told = [anchor for at in range(len(right)) for anchor in views.page(sql, view, ANA, NOW, at, 1).anchors]
    return [None, *told]


@settings(max_examples=40, deadline=None)
@given(every=st.lists(lives, max_size=25))
def test_counts_are_what_counting_gives(schema_of_the_store: bytes, every: list[dict[str, object]]) -> None:
    """For each member, and for each view."""
    found = [alive(n, life) for n, life in enumerate(every)]
    sql = opened(schema_of_the_store)
    store_all(sql, found)
    assert views.counts(sql, ANA, NOW) == {view: len(sorted_naively(view, found)) for view in View}
    sql._connection.close()


def test_a_view_beyond_its_cap(schema_of_the_store: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaching is counted up to a cap; the rows up to there are the most urgent, also from the end of the list."""
    monkeypatch.setattr(views, "CAP", 6)
    every = [ticket(n, unanswered=NOW, due=Instant(NOW + n)) for n in range(20)]
    sql = opened(schema_of_the_store)
    store_all(sql, every)
    page = views.page(sql, View.BREACHING, ANA, NOW, 3, 9)
    assert (page.total, [row.number for row in page.rows]) == (6, [4, 5, 6])
    assert views.counts(sql, ANA, NOW)[View.BREACHING] == 6
    sql._connection.close()


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """An empty store in memory."""
    async with new_store() as opened:
        yield opened


async def _open(store: Store, *every: Ticket) -> None:
    async with asyncio.TaskGroup() as tasks:
        for each in every:
            tasks.create_task(store.write(tickets.open_new, Change(each), NOW, Published()))


async def test_counts_follow_each_change(store: Store) -> None:
    """Opened, claimed, solved: the kept counts never differ from a recount."""
    await _open(store, *(ticket(n, unanswered=NOW) for n in range(4)))
    for n, state in enumerate((State.WAITING, State.SNOOZED, State.SOLVED)):
        await store.write(
            tickets.change,
            TicketId(f"T{999 - n:03}"),
            partial(_into, state=state),
            now=NOW,
            published=Published(),
        )
        assert await store.read(rebuilding.kept_counts) == await store.read(rebuilding.recount)
    counts = await store.read(views.counts, ANA, NOW)
    assert (counts[View.OPEN], counts[View.MINE], counts[View.SNOOZED], counts[View.FINISHED]) == (2, 1, 1, 1)


def _into(each: Ticket, state: State) -> Change:
    until = NOW if state is State.SNOOZED else None
    return Change(replace(each, state=state, owner=ANA, snoozed_until=until, version=each.version + 1))


async def test_the_ticket_that_most_needs_somebody(store: Store) -> None:
    """Earliest deadline first; what a colleague holds is passed over until the claim has run out."""
    await store.write(
        store_all,
        [
            ticket(0, unanswered=NOW, due=Instant(NOW + HOUR)),
            ticket(1, unanswered=NOW, due=Instant(NOW + MINUTE), owner=BEN, held_until=Instant(NOW + 5)),
            ticket(2, unanswered=NOW, due=Instant(NOW + 2 * MINUTE), owner=BEN),
            ticket(3, due=NOW),
            ticket(4, unanswered=NOW),
        ],
    )
    for actor, now, number in ((ANA, NOW, 1), (ANA, Instant(NOW + 5), 2), (BEN, NOW, 2)):
        found = await store.read(views.next_unanswered, actor, now)
        assert found is not None
        assert (await store.read(tickets.get, found)).number == number


async def test_nobody_waits(store: Store) -> None:
    """An empty queue has empty pages."""
    assert await store.read(views.next_unanswered, ANA, NOW) is None
    page = await store.read(views.page, View.OPEN, ANA, NOW, 10, 50)
    assert (page.rows, page.total, page.start, page.anchors) == ((), 0, 0, ())


@pytest.mark.parametrize("view", list(View))
async def test_every_view_walks_an_index(store: Store, view: View) -> None:
    """No sorting of more than the page and no scan of the table, in either direction and from an anchor."""

    def plans(sql: Sql) -> list[str]:
        seen: list[str] = []

        class Explained:
            library, full_text = sql.library, sql.full_text

            def __call__(self, text: str, /, **params: object) -> list[object]:
                seen.extend(row["detail"] for row in sql(f"EXPLAIN QUERY PLAN {text}", **params))
                return []

        near = Anchor(index=0, order=0, id=TicketId("T"))
        for up in (False, True):
            for anchor in (None, near):
                views._walk(Explained(), view, ANA, NOW, 0, 50, up, anchor)  # type: ignore[arg-type]
        return seen

    found = await store.read(plans)
    walks = [plan for plan in found if " tickets " in plan]
    assert walks
    assert all(plan.startswith("SEARCH tickets USING INDEX tickets_") for plan in walks), walks
    of_a_page = ["CO-ROUTINE found", "SCAN found", "CORRELATED SCALAR SUBQUERY 1", "USE TEMP B-TREE FOR ORDER BY"]
    assert Counter(plan for plan in found if plan not in walks) == Counter([*of_a_page, CLOCKS] * len(walks))


def test_a_running_chat_stands_above_next_weeks_mail() -> None:
    """A visitor's second question has no clock; it is sorted by how long they will wait."""
    mail = ticket(1, channel=Channel.MAIL, unanswered=NOW, due=plus(NOW, 3 * DAY))
    chat = ticket(2, channel=Channel.CHAT, unanswered=NOW, due=None)
    done = ticket(3, channel=Channel.CHAT, unanswered=None, due=None)
    assert urgency(chat) < urgency(mail) < urgency(done)
