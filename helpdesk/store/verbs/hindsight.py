"""The log as it stood: what clocks and contacts were before something happened that the store knows now.

The rows of most tickets are what they were: nothing was told of them since. The others (an answer came later, a
correction, a calendar that was published later) are folded again from their events up to then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import NamedTuple

from helpdesk import counting
from helpdesk.adding import Fold
from helpdesk.clock import DAY, Instant
from helpdesk.counting import Spent
from helpdesk.daily import Standing, Under
from helpdesk.events import Event, Kind, Seq, standing
from helpdesk.message import Channel, IncidentId, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Bar, ClockRow, Outcome, Published, Rows, Subject, replay
from helpdesk.store.verbs import closings, events, noise_folding, tickets
from helpdesk.store.verbs.noise_folding import PastNoise, PastText
from helpdesk.ticket import Flag, Ticket


class PastClock(NamedTuple):
    """A clock as it stood, and what of its ticket a report shows."""

    row: ClockRow
    channel: Channel
    site: str
    number: int


class PastContact(NamedTuple):
    """A contact as it stood.

    ``apart``  why it did not count
    ``kind``   its ticket's; ``noise``: what it told of noise
    ``effort``, ``first``  its READ level, and whether one contact was enough; None where nobody had said
    """

    opened: Instant
    channel: Channel
    site: str
    apart: Bar | None
    answered: bool
    kind: str
    noise: PastText
    effort: int | None = None
    first: bool | None = None

    def add_to(self, counted: Fold) -> None:
        """Count it into the fold of its day."""
        hour, told = counted.hour(self.opened), self.noise
        counted.contacts(
            self.channel,
            self.site,
            hour,
            self.apart,
            answered=self.answered,
            effort=self.effort,
            first=self.first,
        )
        if self.apart is Bar.MUTED and self.kind == "noise":
            counted.noise.apart(told.because)
        elif self.apart is None and told.incident is not None:
            counted.noise.texts(told.zone, hour, answered=self.answered, concern=told.concern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The log up to ``cut``.

    ``touched``   tickets of which the log tells more since, or tells otherwise: their rows are not what they were
    ``clocks``    their clocks as they stood, by start
    ``contacts``  those of them that had come in, by when they did
    ``noises``    incidents that are not what they were
    ``changed``   when any of their clocks started or they came in or these began, then or now, and the id of the ticket
                  or the incident, in order
    """

    cut: Seq
    spent: Spent
    touched: frozenset[TicketId]
    clocks: tuple[PastClock, ...]
    contacts: tuple[PastContact, ...]
    noises: tuple[PastNoise, ...]
    changed: tuple[tuple[Instant, TicketId | IncidentId], ...]

    def differing(self, begins: Instant, ends: Instant) -> list[TicketId | IncidentId]:
        """The tickets and incidents of which anything in [begins, ends) was otherwise than it is now."""
        first, after = (bisect_left(self.changed, when, key=itemgetter(0)) for when in (begins, ends))
        return sorted({each for _, each in self.changed[first:after]})

    def started(self, begins: Instant, ends: Instant) -> tuple[PastClock, ...]:
        """The clocks that started in [begins, ends)."""
        first = bisect_left(self.clocks, begins, key=_started)
        return self.clocks[first : bisect_left(self.clocks, ends, key=_started)]

    def count(self, counted: Fold, begins: Instant, ends: Instant) -> None:
        """Count into a fold what started or came in in [begins, ends)."""
        for clock in self.started(begins, ends):
            add(counted, clock, self.spent)
        for each in self.contacts:
            if begins <= each.opened < ends:
                each.add_to(counted)
        for one in filter(None, (noise.one() for noise in self.noises)):
            if begins <= one.began < ends:
                counted.noise.noise(one, counted.hour(one.began))


def add(counted: Fold, clock: PastClock, spent: Spent) -> None:
    """Count one clock."""
    row = clock.row
    under = Under(row.standard, row.version, row.calendar, clock.channel, clock.site, row.closed)
    run, since = None if row.spent is None else counting.seconds(row.spent), 0
    if row.outcome is Outcome.PENDING:
        run, since = counting.reckoned(row.calendar, row.started, row.pauses, spent)
    counted.clocks(under, standing_of(row), [(row.started, row.lapses, run, since)])


def _started(clock: PastClock) -> Instant:
    return clock.row.started


def standing_of(row: ClockRow) -> Standing:
    """How a clock stands."""
    return Standing(
        outcome=row.outcome,
        recorded=row.recorded,
        reason=counting.reason(row.barred),
        answered=counting.answered(row),
        corrected=bool(row.corrections),
    )


def last_noted_by(sql: Sql, when: Instant) -> Seq:
    """The place of the log's last event that was noted by ``when``; 0 if there was none.

    Found by halving, as the log is in the order of its writing. Where the machine's clock was set back, several
    places could be meant; the steps of the search are the same however long the log has grown, so the answer is.
    """
    last, found = events.last(sql), 0
    for power in range(62, -1, -1):
        tried = found + (1 << power)
        if tried <= last and _noted(sql, tried) <= when:
            found = tried
    return Seq(found)


def _noted(sql: Sql, seq: int) -> Instant:
    rows = sql("SELECT noted FROM events WHERE library = :library AND seq = :seq", seq=seq)
    noted: Instant = rows[0]["noted"] if rows else Instant(0)  # a gap is for the log's own check to tell of
    return noted


def past(sql: Sql, cut: Seq, when: Instant, published: Published) -> Past:
    """The log as it stood at ``cut``, which was at ``when``; ``published`` is what was published by then."""
    touched = _touched(sql, cut, when) | _published_since(sql, cut) | closings.touched_since(sql, cut)
    spent = counting.spent_by(published)
    clocks: list[PastClock] = []
    contacts: list[PastContact] = []
    changed: set[tuple[Instant, TicketId | IncidentId]] = set()
    for ticket in sorted(touched):
        found = tickets.get(sql, ticket)
        told, since = _parted(events.of_ticket(sql, ticket), cut)
        rows = sql("SELECT started FROM clocks WHERE library = :library AND ticket = :ticket", ticket=ticket)
        changed |= {(when, ticket) for when in (found.opened, *(row["started"] for row in rows))}
        if not any(event.kind is Kind.OPENED for event in told):
            continue
        subject = _subject(found, told, since)
        then = replay(told, subject, published)
        clocks += [PastClock(row, found.channel, subject.site, found.number) for row in then]
        contacts.append(_contact(found, told, subject))
        changed |= {(row.started, ticket) for row in then}
    noises = noise_folding.past(sql, cut, touched, _counting(contacts))
    changed |= {(began, noise.id) for noise in noises for began in noise.changed}
    return Past(
        cut=cut,
        spent=spent,
        touched=frozenset(touched),
        clocks=tuple(sorted(clocks, key=lambda each: (each.row.started, each.row.ticket, each.row.standard))),
        contacts=tuple(sorted(contacts, key=lambda each: each.opened)),
        noises=tuple(noises),
        changed=tuple(sorted(changed)),
    )


def clocks_at(sql: Sql, ticket: TicketId, told: list[Event], cut: Seq, published: Published) -> Rows:
    """A ticket's clocks as they stood at ``cut``; ``told`` are all of its events."""
    told, since = _parted(told, cut)
    return replay(told, _subject(tickets.get(sql, ticket), told, since), published)


def _touched(sql: Sql, cut: Seq, when: Instant) -> set[TicketId]:
    """The tickets of which the log tells more after ``cut``, of those that a report up to the day of ``when`` holds.

    They are looked for up to two days on: what came in later on that day, however long it was, had not come in yet.
    """
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND opened <= :until AND id IN"
        " (SELECT ticket FROM events WHERE library = :library AND seq > :cut AND kind <> 'breach_noticed')",
        cut=cut,
        until=when + 2 * DAY,
    )
    return {TicketId(row["id"]) for row in rows}


def _published_since(sql: Sql, cut: Seq) -> set[TicketId]:
    """The tickets with a clock that counts by a calendar which was published after ``cut``."""
    rows = sql("SELECT * FROM events WHERE library = :library AND kind = 'published' AND seq > :cut", cut=cut)
    facts = [events.read(row).data for row in rows]
    found: set[TicketId] = set()
    for digest in {fact["digest"] for fact in facts if fact["kind"] == "calendar"}:
        rows = sql("SELECT DISTINCT ticket FROM clocks WHERE library = :library AND calendar = :digest", digest=digest)
        found |= {TicketId(row["ticket"]) for row in rows}
    return found


def _parted(told: Iterable[Event], cut: Seq) -> tuple[list[Event], list[Event]]:
    told = list(told)
    at = bisect_left(told, cut + 1, key=lambda event: event.seq)
    return told[:at], told[at:]


def _subject(ticket: Ticket, told: list[Event], since: list[Event]) -> Subject:
    """What of a ticket decided which standards cover it, before ``since``."""
    now = tickets.subject_of(ticket)
    told, since = standing(told), standing(since)
    tags = [event.data.get("tags") for event in told if event.kind is Kind.TAGGED]
    changed = any(event.kind is Kind.TAGGED for event in since)
    kind, site = _sorted(ticket, told, since)
    return replace(
        now,
        kind=kind,
        site=site,
        test=_was_test(ticket, told, since),
        tags=tuple(str(tags[-1]).split()) if tags else () if changed else now.tags,
    )


def _sorted(ticket: Ticket, told: list[Event], since: list[Event]) -> tuple[str, str]:
    """The kind and the site that it had before ``since``: each change says what it became, and what it was before."""
    for event in reversed(told):
        if event.kind is Kind.SORTED:
            return str(event.data["kind"]), str(event.data["site"])
    first = next((event.data for event in since if event.kind is Kind.SORTED), None)
    return (ticket.kind, ticket.site) if first is None else (str(first["was_kind"]), str(first["was_site"]))


def _was_test(ticket: Ticket, told: list[Event], since: list[Event]) -> bool:
    """A contact that was marked as a test since was none before, and the other way round."""
    for event in reversed(told):
        if event.kind is Kind.TESTED:
            return event.data.get("test") is not False
    for event in since:
        if event.kind is Kind.TESTED:
            return event.data.get("test") is False
    return Flag.TEST in ticket.flags


def _contact(ticket: Ticket, told: list[Event], was: Subject) -> PastContact:
    """A contact as its events tell of it."""
    told = standing(told)
    switched = {event.kind: event.seq for event in told}
    barred = {Bar.AUTOMATIC} if Flag.AUTOMATIC in ticket.flags else set()
    barred |= {Bar.TEST} if was.test else set()
    barred |= {Bar.SPAM} if switched.get(Kind.SPAM, 0) > switched.get(Kind.NOT_SPAM, 0) else set()
    barred |= {Bar.MUTED} if switched.get(Kind.SET_APART, 0) > switched.get(Kind.PUT_BACK, 0) else set()
    barred |= {Bar.MERGED} if Kind.MERGED in switched else set()
    effort, first = _graded(told)
    return PastContact(
        opened=ticket.opened,
        channel=ticket.channel,
        site=was.site,
        apart=counting.reason(barred),
        answered=counting.first_answer(told) is not None,
        kind=was.kind,
        noise=noise_folding.text_of(told),
        effort=effort,
        first=first,
    )


def _graded(told: list[Event]) -> tuple[int | None, bool | None]:
    """The READ level that was said last, and whether one contact was enough."""
    said = next((event.data for event in reversed(told) if event.kind is Kind.GRADED), {})
    effort, first = said.get("effort"), said.get("first_contact")
    return effort if isinstance(effort, int) else None, first if isinstance(first, bool) else None


def _counting(contacts: Iterable[PastContact]) -> Counter[IncidentId]:
    """Of each incident that any of these were in, how many of them counted."""
    found: Counter[IncidentId] = Counter()
    for each in contacts:
        if each.noise.incident is not None:
            found[each.noise.incident] += each.apart is None
    return found
