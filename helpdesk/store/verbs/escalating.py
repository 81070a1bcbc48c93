"""What nobody took goes to the duty list: what is due, whom was told, what they answered.

Each one who is told gets a ticket of their own, opened by an automatic message: it is in nobody's way, in no figure,
and what goes out and comes back is delivered and kept as everything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import DAY, MINUTE, Instant, plus
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import Address, EntryId, LineId, OutboxId, PersonId, TicketId
from helpdesk.noise.escalation import alarm_subject
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import notices, optouts, outbox, outgoing, people, tickets
from helpdesk.store.verbs.escalation_due import Due, wanted
from helpdesk.ticket import Change, Flag, State, Ticket

KIND = "duty"
"""The kind of ticket that holds what was written to somebody on the duty list."""

WEEK = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Somebody on the list, and how they are reached."""

    name: str
    line: LineId
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A message to somebody on the list, with the ids that it will have."""

    due: Due
    duty: Duty
    text: str
    ticket: TicketId
    person: PersonId
    entry: EntryId
    outbox: OutboxId
    again: Instant


def settle(sql: Sql, now: Instant) -> None:
    """What was told of and is somebody's by now ends: nobody further is told.

    Who could not be reached is waited for no longer: the next one is told at once.
    """
    sql(
        "UPDATE escalations SET again = :now WHERE library = :library AND ended IS NULL AND again > :now AND EXISTS"
        " (SELECT 1 FROM outbox o WHERE o.library = escalations.library AND o.ticket = escalations.ticket"
        " AND o.state = 'failed')",
        now=now,
    )
    rows = sql(
        "SELECT DISTINCT what, subject FROM escalations WHERE library = :library AND ended IS NULL AND again <= :now",
        now=now,
    )
    for row in rows:
        if wanted(sql, row["what"], row["subject"], now, 1) is None:
            end(sql, row["subject"], now)


FLOOD = 10 * MINUTE
"""For so long at least does the desk say that somebody on duty is told no more for now, in milliseconds."""


def held_back(sql: Sql, duty: Duty, now: Instant) -> bool:
    """Whether somebody was told of so much in a short time that they are told no more for now; the desk says so.

    Anybody can write that there is danger, as often as they like, and each alarm goes beyond the day's limit.
    """
    key = f"flood:{duty.name}"
    if outbox.may_answer_itself(sql, duty.address, None, now):
        notices.clear_notice(sql, key)
        return False
    if not sql("SELECT 1 FROM notices WHERE library = :library AND key = :key", key=key):
        text = f"{duty.name.capitalize()} was told of so much that the duty list hears no more for now. See what waits."
        notices.raise_notice(sql, key, "error", text, now)
    return True


def tell(sql: Sql, telling: Telling, now: Instant, published: Published) -> bool:
    """Put the message out; False where somebody took it meanwhile, or another pass told it already.

    The first step of what was told before begins anew: who was told then can be told again.
    """
    due, duty = telling.due, telling.duty
    if wanted(sql, due.alarm.what, due.subject, now, due.step) is None:
        return False
    if due.step == 1:
        _forget_earlier(sql, due.subject)
    if _step(sql, due.subject) >= due.step:
        return False
    sql(
        "UPDATE escalations SET ended = :now WHERE library = :library AND subject = :subject AND ended IS NULL",
        subject=due.subject,
        now=now,
    )
    written = _write(sql, telling, now, published)
    sql(
        "INSERT INTO escalations"
        " (library, subject, what, step, duty, line, address, ticket, told, again, answer, ended)"
        " VALUES (:library, :subject, :what, :step, :duty, :line, :address, :ticket, :now, :again, '', NULL)",
        subject=due.subject,
        what=due.alarm.what,
        step=due.step,
        duty=duty.name,
        line=duty.line,
        address=duty.address.value,
        ticket=written.id,
        now=now,
        again=now if _wants_no_texts(sql, duty, now) else telling.again,
    )
    note(sql, due.ticket, Kind.ESCALATED, {"step": due.step, "to": duty.name}, now, published)
    return True


def _wants_no_texts(sql: Sql, duty: Duty, now: Instant) -> bool:
    """Whether they texted STOP once, so that no alarm reaches them: the next is told at once, and the desk says so."""
    key = f"stopped:{duty.name}"
    if not optouts.has(sql, duty.line, duty.address.value):
        notices.clear_notice(sql, key)
        return False
    text = f"No alarm reaches {duty.name}: that phone texted STOP to line {duty.line}. START from it lifts that."
    notices.raise_notice(sql, key, "error", text, now)
    return True


def _forget_earlier(sql: Sql, subject: str) -> None:
    sql("DELETE FROM escalations WHERE library = :library AND subject = :subject AND NOT " + _RUNS, subject=subject)


_RUNS = (
    "EXISTS (SELECT 1 FROM escalations e WHERE e.library = escalations.library AND e.subject = escalations.subject"
    " AND e.ended IS NULL)"
)
"""Whether the telling goes on: earlier steps of it are ended, too."""


def _step(sql: Sql, subject: str) -> int:
    rows = sql(
        "SELECT coalesce(max(step), 0) AS n FROM escalations WHERE library = :library AND subject = :subject",
        subject=subject,
    )
    return int(rows[0]["n"])


def _write(sql: Sql, telling: Telling, now: Instant, published: Published) -> Ticket:
    """The message to somebody on duty, in a ticket that is solved from its beginning."""
    duty = telling.duty
    person = people.remember(sql, duty.address, telling.person, now)
    opened = Ticket(
        id=telling.ticket,
        number=tickets.next_number(sql),
        channel=duty.address.channel,
        line=duty.line,
        kind=KIND,
        subject=alarm_subject(telling.due.alarm),
        preview=telling.text[:120],
        name=duty.name,
        person=person,
        state=State.SOLVED,
        opened=now,
        updated=now,
        closes=plus(now, DAY),
        flags=frozenset({Flag.AUTOMATIC}),
        touched_by=SYSTEM,
    )
    data: dict[str, Fact] = {
        "channel": str(opened.channel),
        "line": opened.line,
        "automatic": True,
        "rule": "escalated",
    }
    facts = (
        NewEvent(kind=Kind.OPENED, ticket=opened.id, when=now, actor=SYSTEM, data=data),
        NewEvent(kind=Kind.LINKED, ticket=opened.id, when=now, actor=SYSTEM, data={"earlier": telling.due.ticket}),
    )
    opened = tickets.open_new(sql, Change(opened, facts), now, published)
    people.participate(sql, opened.id, duty.address, verified=True)
    tickets.link(sql, opened.id, telling.due.ticket)
    danger = telling.due.alarm.concern is not None
    put_out(sql, opened, telling.entry, telling.outbox, telling.text, now, published, crisis=danger)
    return opened


def put_out(
    sql: Sql,
    ticket: Ticket,
    entry: EntryId,
    row: OutboxId,
    text: str,
    now: Instant,
    published: Published,
    *,
    crisis: bool = False,
) -> None:
    """One more automatic message to somebody on duty, in their ticket; ``crisis``: beyond the line's day's limit."""
    outgoing.put_out(
        sql, ticket, entry=entry, outbox_id=row, text=text, author="", now=now, automatic=True, crisis=crisis
    )
    data: dict[str, Fact] = {"entry": entry, "outbox": row, "automatic": True}
    note(sql, ticket.id, Kind.ACKNOWLEDGED, data, now, published)


def note(sql: Sql, ticket: TicketId, kind: Kind, data: dict[str, Fact], now: Instant, published: Published) -> None:
    """A fact of the desk itself: nobody's work on the ticket goes stale for it."""
    before = tickets.get(sql, ticket)
    fact = NewEvent(kind=kind, ticket=ticket, when=now, actor=SYSTEM, data=data)
    tickets.apply(sql, before, Change(before, (fact,)), now, published)


def exhausted(sql: Sql, due: Due, now: Instant) -> None:
    """The list is at its end and nobody took it: the desk says so, loudly."""
    end(sql, due.subject, now)
    named = f"{due.alarm.what} {due.alarm.number}"
    text = f"Nobody on the duty list took {named}. Go yourself, or ring somebody."
    notices.raise_notice(sql, f"duty:{due.subject}", "error", text, now)


def over(sql: Sql, now: Instant) -> None:
    """Notices of what is somebody's by now go; addresses go with what has ended, the rows after a week."""
    for row in sql("SELECT key FROM notices WHERE library = :library AND key LIKE 'duty:%'"):
        subject = row["key"].removeprefix("duty:")
        told = sql("SELECT what FROM escalations WHERE library = :library AND subject = :subject", subject=subject)
        if not told or wanted(sql, told[0]["what"], subject, now, 1) is None:
            notices.clear_notice(sql, row["key"])
    sql("DELETE FROM notices WHERE library = :library AND key LIKE 'flood:%' AND since < :before", before=now - FLOOD)
    sql("DELETE FROM escalations WHERE library = :library AND ended < :before", before=now - WEEK)


def end(sql: Sql, subject: str, now: Instant) -> None:
    """Nobody further is told of it."""
    sql(
        "UPDATE escalations SET ended = coalesce(ended, :now) WHERE library = :library AND subject = :subject",
        subject=subject,
        now=now,
    )
