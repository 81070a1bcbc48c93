"""Hot verbs find their rows by an index, in an empty store as in a large one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date

import pytest

from helpdesk.clock import Instant
from helpdesk.config import EscalationSettings
from helpdesk.errors import NotFound
from helpdesk.events import Seq
from helpdesk.limits import Limits
from helpdesk.local_days import span_of
from helpdesk.message import Address, Channel, ConversationId, EntryId, LineId, OutboxId, PersonId, StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import Published
from helpdesk.store import schema
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import (
    automata,
    chain,
    changes,
    chats,
    clocks,
    days,
    delivery,
    entries,
    escalation_due,
    events,
    figures,
    folding,
    gauges,
    heard,
    hindsight,
    leasing,
    mail,
    media,
    misses,
    optouts,
    outbox,
    people,
    reporting,
    spending,
    tickets,
    views,
)
from helpdesk.store.verbs.changes import Between
from helpdesk.store.words import Fts5
from helpdesk.ticket import Ticket
from helpdesk.worklist import View

TICKET, NOW, LATER, ANA = TicketId("t"), Instant(1), Instant(2), StaffId("ana")
BEN = Address(channel=Channel.MAIL, value="ben@student.example")
SPAN = changes.Span(NOW, LATER)
DAY = span_of(date(2026, 11, 1), "Europe/London")
BETWEEN = Between(first=Seq(0), last=Seq(9), told=SPAN, then=Published(), now=Published(), suspended=[SPAN])


TEXTER = Ticket(
    id=TICKET,
    number=1,
    channel=Channel.SMS,
    line=LineId("text"),
    subject="",
    name="",
    person=PersonId("p"),
    opened=NOW,
    updated=NOW,
)


class Planner:
    """Runs each statement on an empty store, and keeps how it was run."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._session = Session(connection, "main", Fts5())
        self.library = "main"
        self.full_text = self._session.full_text
        self.plans: list[str] = []

    def __call__(self, text: str, /, **params: object) -> list[Record]:
        """The rows of an empty store; the plan goes to the record."""
        params["library"] = self.library
        self.plans += [row["detail"] for row in self._connection.execute(f"EXPLAIN QUERY PLAN {text}", params)]
        return self._session(text, **params)


@pytest.fixture
def planner() -> Iterator[Planner]:
    """A store as it is on the first day."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.prepare_memory(connection)
    yield Planner(connection)
    connection.close()


HOT: dict[str, Callable[[Sql], object]] = {
    "a ticket's events": lambda sql: events.of_ticket(sql, TICKET),
    "the next events": lambda sql: events.after(sql, events.last(sql)),
    "a ticket": lambda sql: tickets.get(sql, TICKET),
    "a ticket by its number": lambda sql: tickets.by_number(sql, 7),
    "a ticket's links": lambda sql: tickets.linked(sql, TICKET),
    "what time brings": tickets.next_wake,
    "the next breach": clocks.next_lapse,
    "breaches": lambda sql: clocks.breached(sql, NOW),
    "a ticket's clocks": lambda sql: clocks.of_ticket(sql, TICKET),
    "a ticket's entries": lambda sql: entries.of_ticket(sql, TICKET),
    "a person by address": lambda sql: people.known(sql, BEN),
    "a person's address": lambda sql: people.address_of(sql, PersonId("p"), Channel.MAIL),
    "participants": lambda sql: people.participants(sql, TICKET),
    "a sealed conversation": lambda sql: people.live_conversation(sql, LineId("noise"), (b"h",), NOW),
    "conversations to shred": lambda sql: people.expired_conversations(sql, NOW),
    "mails to read": lambda sql: mail.to_parse(sql),
    "what to send": lambda sql: leasing.next_due(sql, Channel.SMS),
    "a lease": lambda sql: leasing.lease(sql, Channel.SMS, NOW, NOW),
    "what a line may send": lambda sql: leasing.next_due(sql, Channel.SMS, resting=(LineId("a"),), only=LineId("b")),
    "one more text today": lambda sql: spending.Allowance(sql, {LineId("text"): Limits()}, {}, NOW).keeps_back(
        {"line": "text", "text": "Yes.", "crisis": 0}
    ),
    "what was sent today": lambda sql: spending.spent(sql, LineId("text"), "2026-11-22"),
    "texts that nobody spoke of": lambda sql: (delivery.untold(sql, NOW), delivery.next_untold(sql)),
    "files to fetch": lambda sql: (media.due(sql, NOW, LATER), media.next_due(sql)),
    "files to shred": lambda sql: media.forget(sql, ConversationId("c")),
    "who wants no texts": lambda sql: optouts.has(sql, LineId("text"), "+447700900123"),
    "a machine": lambda sql: automata.is_one(sql, TEXTER, NOW),
    "proofs": lambda sql: outbox.proofs_of_others(sql, OutboxId("1"), Channel.SMS, None, provider_ids=("SM",)),
    "the caps": lambda sql: outbox.may_answer_itself(sql, BEN, None, NOW),
    "a chat's messages": lambda sql: chats.messages(sql, ConversationId("c"), 0),
    "a chat's message": lambda sql: chats.seq_of(sql, EntryId("e")),
    "idle chats": lambda sql: chats.idle(sql, NOW),
    "counts": lambda sql: views.counts(sql, ANA, NOW),
    "the latest misses": lambda sql: misses.missed(sql, NOW, LATER, LATER, 100),
    "reasons for misses": lambda sql: figures.explanations(sql, [TICKET]),
    "what changed a month": lambda sql: changes.lives(sql, SPAN, BETWEEN),
    "a day that is kept no more": lambda sql: days.touched(sql, (NOW,)),
    "a report's kept days": lambda sql: days.kept(sql, "Europe/London", NOW, NOW),
    "a report's first day": reporting.first_contact,
    "where the log ended": lambda sql: hindsight.last_noted_by(sql, NOW),
    "a day folded": lambda sql: folding.fold(sql, "Europe/London", DAY, lambda *_: None),
    "what was touched since": lambda sql: hindsight.past(sql, Seq(7), NOW, Published()),
    "a stretch of the log": lambda sql: chain.walk(sql, chain.BEGIN, 10, Seq(5)),
    "what the duty list is told": lambda sql: escalation_due.due(sql, EscalationSettings(), NOW),
    "what it is told next": lambda sql: escalation_due.next_due(sql, EscalationSettings(), NOW),
    "the figures": lambda sql: gauges.gauges(sql, NOW),
    "what is heard next": lambda sql: heard.after(sql, Seq(7)),
    "the next unanswered": lambda sql: views.next_unanswered(sql, ANA, NOW),
    **{f"view {view}": lambda sql, view=view: views.page(sql, view, ANA, NOW, 0, 50) for view in View},  # type: ignore[misc]
}

WHOLE = re.compile(
    r"SCAN (?!CONSTANT|soonest|times|json_each|\(subquery)|USING PRIMARY KEY \(library=\?\)$|\(library=\?\)$"
)
"""A walk over a whole table, or over all of a library."""

KNOWN = {
    "SEARCH chain USING PRIMARY KEY (library=?)",
    "SEARCH counts USING PRIMARY KEY (library=?)",
    "SEARCH notices USING PRIMARY KEY (library=?)",
    "SEARCH outbox USING INDEX outbox_due (library=?)",
    "SEARCH p USING PRIMARY KEY (library=? AND line=?)",
    "SEARCH paused_lines USING PRIMARY KEY (library=?)",
    "SEARCH i USING INDEX incidents_of_zone (library=?)",
    "SEARCH h USING PRIMARY KEY (library=?)",
    "SEARCH p USING INDEX probes_of_line (library=?)",
}
"""Small tables that hold a row or a few per library (webhooks, a month's probes), what waits to go out, and the
incidents that go on.
"""

IN_ORDER = {
    "tickets_opened",
    "tickets_snoozed",
    "tickets_held",
    "tickets_closing",
    "tickets_unanswered",
    "tickets_sifted",
    "clocks_running",
    "raw_to_parse",
    "outbox_untold",
    "media_due",
}
"""Indexes in the order in which their rows are wanted: the first rows are read, no more."""


@pytest.mark.parametrize("name", HOT)
def test_a_hot_verb_walks_no_table(planner: Planner, name: str) -> None:
    """Each statement names more of its index than the library."""
    with suppress(NotFound):
        HOT[name](planner)
    walks = [plan for plan in planner.plans if WHOLE.search(plan) and plan not in KNOWN and not _in_order(plan)]
    assert planner.plans
    assert walks == []


def _in_order(plan: str) -> bool:
    return any(f"INDEX {name} " in plan for name in IN_ORDER)
