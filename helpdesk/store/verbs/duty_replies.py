"""What somebody on the duty list answers: they take it, pass it on, or come too late.

What is neither a yes nor a no, and what a machine writes while somebody is away, is no answer: the next one is told in
time, and the desk reads the text as any other.
"""

from __future__ import annotations

from typing import Literal

from helpdesk.clock import DAY, Instant
from helpdesk.events import SYSTEM, Fact, Kind
from helpdesk.message import Address, EntryId, Inbound, IncidentId, OutboxId, StaffId, TicketId
from helpdesk.noise import life
from helpdesk.noise.escalation import Reply, reply_of, taken_text
from helpdesk.ports import Record, Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import escalating, incident_rows, incidents, tickets
from helpdesk.store.verbs.escalation_due import wanted

Answer = Literal["takes", "passes", "late"]

ANSWERABLE = DAY
"""For so long after it was told can it be answered, in milliseconds; later they are a patron like everybody."""


def heed(
    sql: Sql,
    inbound: Inbound,
    address: Address | None,
    ids: tuple[EntryId, OutboxId],
    now: Instant,
    published: Published,
) -> bool:
    """Do what an answer from the duty list asks; True if the message is one: then it wakes nobody.

    What they passed on, or what the next one was told, can still be taken while nobody else took it. ``ids``: of the
    entry and the row of the text that says who has it already.
    """
    said = _said(inbound)
    told = None if address is None or not said else _told(sql, inbound, address, said, now)
    if told is None:
        return False
    open_still = wanted(sql, told["what"], told["subject"], now, 1)
    gone = open_still is None or _taken(sql, told["subject"])
    answer: Answer = "passes" if said == "passes" else "late" if gone else "takes"
    _mark(sql, told, answer, now)
    if answer == "takes":
        _take(sql, told, now, published)
    if answer == "late":
        _say_who_has_it(sql, told, ids, now, published)
    elif open_still is not None:
        data: dict[str, Fact] = {"step": told["step"], "by": told["duty"], "answer": answer}
        escalating.note(sql, open_still.ticket, Kind.ESCALATION_TAKEN, data, now, published)
    return True


def _said(inbound: Inbound) -> Reply:
    """Their yes or no. A machine's answer is neither; a word for the carrier (STOP, YES) is read as it stands."""
    return "" if inbound.automatic and inbound.keyword is None else reply_of(inbound.text)


def _told(sql: Sql, inbound: Inbound, address: Address, said: Reply, now: Instant) -> Record | None:
    """The latest that this address was told of on this line and has not answered; a yes may take back a no."""
    rows = sql(
        "SELECT * FROM escalations WHERE library = :library AND line = :line AND address = :address"
        " AND told > :since AND (answer = '' OR (answer = 'passes' AND :said = 'takes'))"
        " ORDER BY answer, told DESC LIMIT 1",
        line=inbound.line,
        address=address.value,
        since=now - ANSWERABLE,
        said=said,
    )
    return rows[0] if rows else None


def _mark(sql: Sql, told: Record, answer: Answer, now: Instant) -> None:
    """A no lets the next one be told at once."""
    sql(
        "UPDATE escalations SET answer = :answer, again = CASE WHEN :answer = 'passes' THEN :now ELSE again END"
        " WHERE library = :library AND subject = :subject AND step = :step",
        answer=answer,
        subject=told["subject"],
        step=told["step"],
        now=now,
    )


def _taken(sql: Sql, subject: str) -> str:
    """Who took it, "" if nobody did."""
    rows = sql(
        "SELECT duty FROM escalations WHERE library = :library AND subject = :subject AND answer = 'takes'",
        subject=subject,
    )
    return rows[0]["duty"] if rows else ""


def _take(sql: Sql, told: Record, now: Instant, published: Published) -> None:
    """It is theirs: nobody further is told, and to a noise they go."""
    escalating.end(sql, told["subject"], now)
    if told["what"] == "incident":
        before = incident_rows.get(sql, IncidentId(told["subject"]))
        turn = life.dispatch(before, to=told["duty"], by=StaffId(SYSTEM), now=now)
        incidents.tell(sql, turn, incidents.unfinished(sql, before.id), now, published)


def _say_who_has_it(sql: Sql, told: Record, ids: tuple[EntryId, OutboxId], now: Instant, published: Published) -> None:
    who = _taken(sql, told["subject"]) or "staff"
    text = taken_text(told["what"], _number(sql, told), by=who)
    escalating.put_out(sql, tickets.get(sql, TicketId(told["ticket"])), *ids, text, now, published)


def _number(sql: Sql, told: Record) -> int:
    if told["what"] == "incident":
        return incident_rows.get(sql, IncidentId(told["subject"])).number
    return tickets.get(sql, TicketId(told["subject"])).number
