"""Queries over tickets: what is listed is what asking each ticket one by one gives; no query looks at everything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.clock import HOUR, MINUTE, Instant
from helpdesk.message import Channel, TicketId
from helpdesk.ports.views import CAP
from helpdesk.queries import FIXED, Compared, Length, Query, Sign, Term, both, read
from helpdesk.store import schema
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import listing, views
from helpdesk.store.verbs.sifting import Asker, sift
from helpdesk.ticket import Flag, State, Ticket
from helpdesk.worklist import View, urgency
from tests.queries.queries import queries
from tests.test_views import ANA, BEN, NOW, WORK, lives, opened, store_all, ticket

ASKER = Asker(actor=ANA, now=NOW, zone="Europe/London")

words = st.sampled_from(["", "printer", "lost-card", "printer refund"])
more = st.fixed_dictionaries(
    {
        "tags": words.map(lambda tags: tuple(tags.split())),
        "flags": st.sets(st.sampled_from([Flag.LEFT, Flag.TEST])).map(frozenset),
        "kind": st.sampled_from(["", "enquiry"]),
        "site": st.sampled_from(["", "Main & North"]),
        "zone": st.sampled_from(["", "l3"]),
        "concern": st.sampled_from(["", "", "violence"]),
        "held_until": st.sampled_from([None, NOW - 1, NOW + 1]),
        "subject": st.sampled_from(["", "The Printer jams", "Renewal"]),
    }
)


@pytest.fixture(scope="module")
def empty() -> Iterator[bytes]:
    """An empty store as bytes."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.prepare_memory(connection)
        yield connection.serialize()


def several(data: st.DataObject, most: int = 20) -> list[Ticket]:
    """Tickets with lives of their own."""
    found = []
    for n, (life, other) in enumerate(data.draw(st.lists(st.tuples(lives, more), max_size=most))):
        snoozed = life["updated"] if life["state"] is State.SNOOZED else None
        found.append(ticket(n, snoozed_until=snoozed, **life, **other))
    return found


def listed(sql: Session, text: str) -> list[int]:
    """The numbers of what a query lists, in its order."""
    return [row.number for row in listing.listed(sql, sift(read(text), ASKER), 0, 500).rows]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_each_fixed_view_is_a_query(empty: bytes, data: st.DataObject) -> None:
    """It lists the same tickets in the same order, and as many."""
    sql = opened(empty)
    store_all(sql, several(data))
    for view in View:
        page = views.page(sql, view, ANA, NOW, 0, 100)
        found = listing.listed(sql, sift(read(FIXED[view]), ASKER), 0, 100)
        assert (found.rows, found.total, found.whole) == (page.rows, page.total, True), view


ASKED: dict[str, Callable[[Ticket], bool]] = {
    "channel:sms,mail": lambda each: each.channel in {Channel.SMS, Channel.MAIL},
    "owner:me": lambda each: each.owner == ANA,
    "owner:none,ben": lambda each: each.owner in {None, BEN},
    "is:unanswered": lambda each: each.unanswered is not None,
    "is:late": lambda each: each.unanswered is not None and each.due is not None and each.due < NOW,
    "is:flagged": lambda each: bool(each.flags),
    "is:held": lambda each: each.held_until is not None and each.held_until > NOW,
    "is:danger,flagged": lambda each: bool(each.concern or each.flags),
    "is:noise": lambda each: each.incident is not None,
    "is:merged": lambda each: each.merged_into is not None,
    "flag:left": lambda each: Flag.LEFT in each.flags,
    "tag:printer": lambda each: "printer" in each.tags,
    "tag:print": lambda each: False,
    "tag:none,refund": lambda each: not each.tags or "refund" in each.tags,
    "kind:none": lambda each: each.kind == "",
    'site:"Main & North"': lambda each: each.site == "Main & North",
    "zone:l3": lambda each: each.zone == "l3",
    "line:help": lambda each: True,
    "breaching:<10m": lambda each: (
        each.unanswered is not None and each.due is not None and urgency(each) < NOW + 10 * MINUTE
    ),
    "breaching:>=10m": lambda each: (
        each.unanswered is not None and each.due is not None and urgency(each) >= NOW + 10 * MINUTE
    ),
    "waiting:>=0s": lambda each: each.unanswered is not None and each.unanswered <= NOW,
    "updated:<5m": lambda each: each.updated > NOW - 5 * MINUTE,
    "updated:>=5m": lambda each: each.updated <= NOW - 5 * MINUTE,
    "age:<1h": lambda each: each.opened > NOW - HOUR,
    "opened:today": lambda each: True,
    "opened:<today": lambda each: False,
    "opened:>=yesterday": lambda each: True,
    "opened:<=yesterday": lambda each: False,
    "number:<=3": lambda each: each.number <= 3,
    "printer": lambda each: "printer" in each.subject.lower(),
}


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_query_lists_what_asking_each_ticket_gives(empty: bytes, data: st.DataObject) -> None:
    """For each field, and with a minus its contrary; whatever the state, or of one state."""
    every = several(data)
    sql = opened(empty)
    store_all(sql, every)
    for text, rule in ASKED.items():
        found = {each.number for each in every if rule(each)}
        assert set(listed(sql, f"state:any {text}")) == found, text
        work = {each.number for each in every if each.state in WORK}
        assert set(listed(sql, text)) == found & work, text
        assert set(listed(sql, f"state:solved,new {text}")) == {
            each.number for each in every if rule(each) and each.state in {State.SOLVED, State.NEW}
        }, text
        if text != "printer":
            assert set(listed(sql, f"-{text}")) == work - found, text


@settings(max_examples=60, deadline=None)
@given(data=st.data(), query=queries)
def test_every_query_can_be_asked(empty: bytes, data: st.DataObject, query: Query) -> None:
    """Whatever it holds: rows, count and what is next come of it, and agree."""
    sql = opened(empty)
    store_all(sql, several(data, most=8))
    sifted = sift(query, ASKER)
    found = listing.listed(sql, sifted, 0, 100)
    assert listing.counted(sql, sifted)[0] == len(found.rows) == found.total
    first = listing.ahead(sql, sifted, None)
    waiting = [row.id for row in found.rows if row.unanswered is not None]
    assert (first.row.id if first else None) == (waiting[0] if waiting else None)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), view=st.sampled_from([View.OPEN, View.SMS, View.SNOOZED, View.FINISHED]))
def test_the_next_unanswered_one(empty: bytes, data: st.DataObject, view: View) -> None:
    """From any row, down and up: the nearest that waits, and how many rows away it stands."""
    sql = opened(empty)
    store_all(sql, several(data))
    sifted = sift(read(FIXED[view]), ASKER)
    rows = listing.listed(sql, sifted, 0, 100).rows
    for here, row in enumerate(rows):
        below = [at for at in range(here + 1, len(rows)) if rows[at].unanswered is not None]
        above = [at for at in range(here) if rows[at].unanswered is not None]
        down, up = listing.ahead(sql, sifted, row.id), listing.ahead(sql, sifted, row.id, back=True)
        assert (None if down is None else here + down.steps) == (below[0] if below else None)
        assert (None if up is None else here + up.steps) == (above[-1] if above else None)


def test_a_number_is_found_whatever_its_state(empty: bytes) -> None:
    """Unless a state is asked for, too."""
    sql = opened(empty)
    store_all(sql, [ticket(0, state=State.CLOSED), ticket(1)])
    assert (listed(sql, "#1"), listed(sql, "#2"), listed(sql, "#3")) == ([1], [2], [])
    assert (listed(sql, "state:new #1"), listed(sql, "state:any")) == ([], [1, 2])


def test_a_filter_narrows_its_view(empty: bytes) -> None:
    """What is typed goes on from the view; where the view names no state, what is typed may."""
    sql = opened(empty)
    store_all(sql, [ticket(0, state=State.CLOSED, owner=ANA), ticket(1, owner=ANA), ticket(2)])
    assert listed(sql, both(FIXED[View.MINE], "state:closed")) == [1]
    assert listed(sql, both(FIXED[View.SNOOZED], "state:closed")) == []
    assert listed(sql, both(FIXED[View.FINISHED], "-state:closed")) == []


def test_a_name_in_capitals_and_small_letters(empty: bytes) -> None:
    """Words are found in names and subjects however they are spelt there."""
    sql = opened(empty)
    store_all(sql, [ticket(0, name="Mína Ó"), ticket(1, name="MÍNA"), ticket(2, name="nobody")])
    assert sorted(listed(sql, "mína")) == [1, 2]


def many(sql: Session, count: int) -> None:
    """So many mails that wait, the one with the lowest number the most urgent."""
    store_all(
        sql,
        [
            replace(ticket(n, unanswered=NOW), id=TicketId(f"T{n:05}"), number=n + 1, due=Instant(NOW + n))
            for n in range(count)
        ],
    )


def test_what_was_looked_at_is_said(empty: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call looks at so many rows and no more; the next one goes on from a row that is known, to the end."""
    monkeypatch.setattr(listing, "LOOKED_AT", 3)
    monkeypatch.setitem(listing.COUNTED, "urgency", 2)
    sql = opened(empty)
    many(sql, 8)
    mails = sift(read("channel:mail"), ASKER)
    found = listing.listed(sql, mails, 0, 10)
    assert ([row.number for row in found.rows], found.total, found.whole) == ([1, 2, 3], 3, False)
    more = listing.listed(sql, mails, 3, 10, found.anchors[-1])
    assert ([row.number for row in more.rows], more.start, more.total, more.whole) == ([4, 5], 3, 5, False)
    last = listing.listed(sql, mails, 5, 10, replace(more.anchors[-1], index=4))
    assert ([row.number for row in last.rows], last.total, last.whole) == ([6, 7], 7, False)
    assert listing.counted(sql, mails) == (2, False)
    assert listing.counted(sql, sift(read("number:1"), ASKER)) == (1, True)


def test_a_count_ends_at_its_cap_and_a_list_does_not(empty: bytes) -> None:
    """A tab says 999+; the list pages on like any other."""
    sql = opened(empty)
    many(sql, CAP + 5)
    assert listing.counted(sql, sift(Query(), ASKER)) == (CAP, True)
    page = listing.listed(sql, sift(Query(), ASKER), CAP - 2, 50)
    assert (len(page.rows), page.start, page.total, page.whole) == (7, CAP - 2, CAP + 5, True)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_list_pages_from_any_known_row(empty: bytes, data: st.DataObject) -> None:
    """Down, up, across it: whatever the order, the same rows as from the top."""
    every = several(data, most=25)
    sql = opened(empty)
    store_all(sql, every)
    for text in ("", "state:any", "state:solved,closed", "state:snoozed", "channel:sms,mail"):
        sifted = sift(read(text), ASKER)
        whole = listing.listed(sql, sifted, 0, 100)
        for _ in range(3):
            start, count = data.draw(st.integers(0, 26)), data.draw(st.integers(1, 9))
            seen = listing.listed(sql, sifted, data.draw(st.integers(0, 26)), 4)
            near = data.draw(st.sampled_from([*seen.anchors, None]))
            page = listing.listed(sql, sifted, start, count, near)
            assert page.total == whole.total
            assert page.start == max(0, min(start, whole.total - 1))
            assert page.rows == whole.rows[page.start : page.start + count]


def test_a_row_that_moved_up_meanwhile_does_not_cut_the_list(empty: bytes) -> None:
    """Fewer stand above it than there were: then it is read from the top."""
    sql = opened(empty)
    many(sql, 6)
    mails = sift(read("channel:mail"), ASKER)
    near = replace(listing.listed(sql, mails, 1, 1).anchors[0], index=5)
    page = listing.listed(sql, mails, 3, 3, near)
    assert ([row.number for row in page.rows], page.start, page.total) == ([4, 5, 6], 3, 6)


INDEX = "USING COVERING INDEX tickets_sifted (library=?"


def test_what_is_to_be_worked_on_is_counted_in_one_index(empty: bytes) -> None:
    """No ticket is read to be passed by, whatever is asked of it."""
    sql = opened(empty)
    length = Compared(Sign.LESS, Length(HOUR))
    asked = [read(text) for text in ASKED if text not in {"printer", "owner:me"}]
    for query in [*asked, Query((Term(field="age", compared=length, without=True),))]:
        sifted = sift(query, ASKER)
        plan = sql(
            f"EXPLAIN QUERY PLAN SELECT count(*) FROM (SELECT 1 FROM tickets WHERE library = :library AND"
            f" {sifted.where} AND (urgency, id) < (:edge, 'x') ORDER BY urgency, id LIMIT 1000) AS first",
            **sifted.values,
            edge=NOW,
        )
        assert any(INDEX in step["detail"] for step in plan), (query, [step["detail"] for step in plan])
        assert not any("TEMP B-TREE" in step["detail"] for step in plan), query
