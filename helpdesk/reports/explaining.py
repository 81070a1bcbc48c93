"""``helpdesk report --explain NUMBER``: every clock of a ticket, step by step, in words a manager can follow."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import PATRON, SYSTEM
from helpdesk.ports import Sql, Store
from helpdesk.reports.words import plain
from helpdesk.standards import Rows
from helpdesk.standards.telling import Part, Told, told
from helpdesk.standards.times import Times
from helpdesk.store.verbs import clocks, events, remarks, rulebook, staff, tickets
from helpdesk.store.verbs.reporting import log_end
from helpdesk.ticket import Ticket

WIDTH = 100
"""How wide the text is, in letters."""


async def explain(store: Store, number: int, *, now: Instant, zone: str) -> str:
    """The clocks of the ticket that staff call ``number``, as they stand at ``now``; NotFound if there is none.

    Reads one snapshot. No word of the patron's is in it; reasons that staff gave are.
    """
    if number < 1:
        raise Refused(f"There is no ticket {number}. Give the number that stands before it in the list.")
    return await store.read(_explained, number, now, zone)


def _explained(sql: Sql, number: int, now: Instant, zone: str) -> str:
    ticket = tickets.by_number(sql, number)
    names = {str(member.id): member.name for member in staff.members(sql)} | {PATRON: "The patron", SYSTEM: "The desk"}
    asked = Told(
        events=events.of_ticket(sql, ticket.id),
        subject=tickets.subject_of(ticket),
        published=rulebook.published(sql),
        now=now,
        zone=zone,
        who=lambda actor: plain(names.get(actor, actor)),
        remarks={id_: plain(text) for id_, text in remarks.of_ticket(sql, ticket.id).items()},
    )
    page = _Page(ticket, asked, clocks.of_ticket(sql, ticket.id), log_end(sql).seq)
    return "\n".join(page.lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    """All that is said of one ticket."""

    ticket: Ticket
    asked: Told
    kept: Rows
    seq: int

    def lines(self) -> Iterator[str]:
        """Head, then clock after clock."""
        yield from self._head()
        tellings = told(self.asked)
        if not tellings:
            yield ""
            yield from _wrapped("No published standard covers it, so it has no clock.", "")
        for telling in tellings:
            yield ""
            yield telling.title
            yield "-" * len(telling.title)
            for part in telling.parts:
                yield from _part(part)
        if tuple(telling.row for telling in tellings) != self.kept:
            yield ""
            yield from _wrapped(
                "The clocks that the store keeps differ from these, which follow from its history. Run"
                " helpdesk db rebuild to put them right.",
                "",
            )

    def _head(self) -> Iterator[str]:
        ticket = self.ticket
        of = [str(ticket.channel), f"line {ticket.line}", ticket.kind]
        of += [f"site {ticket.site}"] if ticket.site else []
        of += [f"tagged {' '.join(ticket.tags)}"] if ticket.tags else []
        yield f"Ticket {ticket.number}: {', '.join(map(plain, of))}"
        moment = Times(self.asked.zone).said(self.asked.now)
        yield f"As it stands on {moment} ({self.asked.zone}), from the log up to event {self.seq}."


def _part(part: Part) -> Iterator[str]:
    yield part.heading
    for line in part.lines:
        yield from _wrapped(plain(line), "  ")


def _wrapped(line: str, margin: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, initial_indent=margin, subsequent_indent=margin + "  ", break_on_hyphens=False)
