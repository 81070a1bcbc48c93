"""What a text on a text or chat line means beyond its words: its place, its incident, danger, and what answers itself.

A text of somebody who was muted, or who sends too many, is set apart: it is stored, counted and can be read, and
nothing else comes of it. Danger always gets through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from helpdesk.clock import Instant, plus
from helpdesk.events import PATRON, SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import ConversationId, EntryId, Inbound, IncidentId, OutboxId, PersonId
from helpdesk.noise import life
from helpdesk.noise.answers import LineKind, Situation, automatic, crisis_text
from helpdesk.noise.concerns import Concern
from helpdesk.noise.hearing import Heard
from helpdesk.noise.incidents import Incident
from helpdesk.noise.voice import Voice
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import automata, belonging, events, incident_rows, muting, outbox, outgoing, people, tickets
from helpdesk.ticket import ASIDE, Change, Flag, State, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What was understood of a text, and what the line's settings make of it.

    ``staffed``    whether somebody is at the desk, by the line's calendar
    ``in_hours``   whether somebody was when it was sent: a text that is caught up tells of another hour
    ``voice``      its automatic texts, None where it has none (a chat)
    ``fresh``      the id of the incident that it may begin
    ``ids``        an entry's and an outbox row's for each text that may go out by itself: two at most
    ``window``     see :class:`helpdesk.noise.rules.NoiseRules`
    ``most``       texts of one texter within ``within`` milliseconds; more are set apart
    ``automatic``  says which texts go out
    """

    heard: Heard
    kind: LineKind
    staffed: bool
    in_hours: bool
    fresh: IncidentId
    ids: tuple[tuple[EntryId, OutboxId], ...]
    window: int
    most: int
    within: int
    voice: Voice | None = None
    automatic: Callable[[Situation], tuple[str, ...]] = automatic


class Apart(NamedTuple):
    """Why a text is set apart: staff muted its sender, or they sent more than the limit."""

    muted: bool = False
    limited: bool = False

    @property
    def because(self) -> str:
        """In a word, for the log."""
        return "muted" if self.muted else "limited"


def apart(
    sql: Sql, noise: Noise | None, conversation: ConversationId | None, person: PersonId | None, now: Instant
) -> Apart | None:
    """Whether a text is to be set apart, None for no. Danger never is."""
    if noise is None or noise.heard.concern is not None:
        return None
    found = Apart(
        muted=muting.is_muted(sql, conversation, now),
        limited=noise.kind == "noise"
        and muting.texts_since(sql, conversation, person, plus(now, -noise.within)) >= noise.most,
    )
    return found if any(found) else None


class Told(NamedTuple):
    """A ticket as the text leaves it, the facts of it, and whether its noise was told of before."""

    ticket: Ticket
    facts: tuple[NewEvent, ...] = ()
    joined: bool = False
    received: dict[str, Fact] = {}  # noqa: RUF012 - never written to


def tell(
    sql: Sql,
    noise: Noise | None,
    ticket: Ticket,
    inbound: Inbound,
    when: Instant,
    now: Instant,
    *,
    apart: Apart | None,
) -> Told:
    """What the text says of the ticket, whose row is not written yet. ``when``: the time of the text."""
    if noise is None:
        return Told(ticket)
    if apart is not None:
        return _set_apart(ticket, apart, now)
    ticket, facts = _raised(noise.heard, ticket, when)
    if noise.kind != "noise" or inbound.automatic or ticket.state in ASIDE:
        return Told(ticket, facts)
    return _file(sql, noise, ticket, facts, when, now)


def _raised(heard: Heard, ticket: Ticket, when: Instant) -> tuple[Ticket, tuple[NewEvent, ...]]:
    """The ticket with the gravest concern of its texts."""
    if heard.concern is None:
        return ticket, ()
    grave = life.gravest((heard.concern, Concern(ticket.concern) if ticket.concern else None))
    data: dict[str, Fact] = {"concern": str(heard.concern)}
    if heard.also:
        data["also"] = " ".join(heard.also)
    fact = NewEvent(kind=Kind.CONCERN, ticket=ticket.id, when=when, actor=PATRON, data=data)
    return replace(ticket, concern=str(grave)), (fact,)


def _set_apart(ticket: Ticket, why: Apart, now: Instant) -> Told:
    """A ticket of its own, out of the queue; one that is set apart already takes the text in."""
    if ticket.state is State.MUTED:
        return Told(ticket)
    data: dict[str, Fact] = {"because": why.because}
    fact = NewEvent(kind=Kind.SET_APART, ticket=ticket.id, when=now, actor=SYSTEM, data=data)
    return Told(replace(ticket, state=State.MUTED, unanswered=None), (fact,))


def _file(sql: Sql, noise: Noise, ticket: Ticket, facts: tuple[NewEvent, ...], when: Instant, now: Instant) -> Told:
    """The ticket in its incident: the one that it was in, its zone's, or a new one."""
    heard = noise.heard
    zone = heard.zone or ticket.zone
    here = None if ticket.incident is None else incident_rows.get(sql, ticket.incident)
    if here is not None and zone == here.zone and (here.live or when - here.latest <= noise.window):
        return _go_on(sql, noise, ticket, here, facts, when, now)
    telling = belonging.Telling(
        fresh=noise.fresh,
        zone=zone,
        noise=heard.noise,
        concern=heard.concern,
        when=when,
        staffed=noise.in_hours,
        window=noise.window,
        by=PATRON,
    )
    filed = belonging.file(sql, ticket, telling, now)
    placed: dict[str, Fact] = {"zone": zone, "sure": heard.sure}
    filed_facts = tuple(
        replace(fact, data={**fact.data, **placed}) if fact.kind is Kind.PLACED else fact for fact in filed.facts
    )
    if zone != ticket.zone and filed_facts == filed.facts:
        facts += (NewEvent(kind=Kind.PLACED, ticket=ticket.id, when=when, actor=PATRON, data=placed),)
    after = replace(ticket, zone=zone, incident=filed.incident)
    return Told(after, (*facts, *filed_facts), joined=filed.joined)


def _go_on(
    sql: Sql,
    noise: Noise,
    ticket: Ticket,
    here: Incident,
    facts: tuple[NewEvent, ...],
    when: Instant,
    now: Instant,
) -> Told:
    """One more text about the incident that the ticket is in; one that is over goes on: the noise was not over."""
    turn = life.again(here, when=when, concern=noise.heard.concern)
    received, last = turn.data, turn.incident
    if not here.live:
        turn = life.reopen(last, by=PATRON, now=now)
        last, facts = turn.incident, (*facts, incident_rows.fact(turn, ticket))
    incident_rows.save(sql, last)
    return Told(ticket, facts, received=received)


# What goes out by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A text that has been placed. ``new``: it opened its ticket."""

    noise: Noise
    told: Told
    inbound: Inbound
    apart: Apart | None
    new: bool


def answer(sql: Sql, coming: Coming, ticket: Ticket, now: Instant, published: Published) -> Ticket:
    """Put out the line's automatic texts, as its rules say. They answer nothing."""
    noise = coming.noise
    if noise.voice is None or not (ticket.person or ticket.conversation) or coming.inbound.keyword is not None:
        return ticket
    names = noise.automatic(_situation(sql, coming, noise.voice, ticket, now))
    facts = [
        _put_out(sql, ticket, name, noise.voice.say(name, ticket.zone, now), ids, now)
        for name, ids in zip((name for name in names if noise.voice.says(name)), noise.ids, strict=False)
    ]
    return tickets.apply(sql, ticket, Change(ticket, tuple(facts)), now, published) if facts else ticket


def _situation(sql: Sql, coming: Coming, voice: Voice, ticket: Ticket, now: Instant) -> Situation:
    said, apart, concern = _said(sql, ticket), coming.apart, coming.noise.heard.concern
    return Situation(
        kind=coming.noise.kind,
        new=coming.new,
        staffed=coming.noise.staffed,
        now=now,
        placed=bool(ticket.zone) or not voice.places,  # no plan: an answer could not be read either
        asked=any(each.name == "question" and each.here for each in said),
        joined=coming.told.joined and voice.says("joined"),  # where there is no such text, the first one is for all
        concern=concern,
        approved=voice.approved(concern),
        crisis=max((e.when for e in said if concern is not None and e.name == crisis_text(concern)), default=None),
        muted=apart is not None and apart.muted,
        limited=apart is not None and apart.limited,
        automaton=_unanswerable(sql, coming, ticket, now),
        last=max((each.when for each in said if not each.stands_apart), default=None),
    )


def _unanswerable(sql: Sql, coming: Coming, ticket: Ticket, now: Instant) -> bool:
    """Whether nothing may go to the sender by itself: a machine, or one who wants no texts. Danger asks the latter."""
    if coming.inbound.automatic or coming.inbound.keep_quiet or Flag.OPTED_OUT in ticket.flags:
        return True
    if coming.noise.heard.concern is not None:
        return False
    if automata.is_one(sql, ticket, now):
        return True
    address = people.address_of(sql, ticket.person, ticket.channel) if ticket.person is not None else None
    return address is not None and not outbox.may_answer_itself(sql, address, None, now)


class _Said(NamedTuple):
    """An automatic text that went to a texter: its name, when, and whether on this very ticket."""

    name: str
    when: Instant
    here: bool

    @property
    def stands_apart(self) -> bool:
        """The question and a crisis text are not the one automatic text an hour."""
        return self.name == "question" or self.name.startswith("crisis_")


def _said(sql: Sql, ticket: Ticket) -> list[_Said]:
    """The automatic texts that went to the sender on this line, in any of their tickets."""
    column, value = ("conversation", ticket.conversation) if ticket.conversation else ("person", ticket.person)
    rows = sql(
        "SELECT e.* FROM tickets t JOIN events e ON e.library = t.library AND e.ticket = t.id"
        f" WHERE t.library = :library AND t.{column} = :value AND t.line = :line AND e.kind = 'acknowledged'",
        value=value,
        line=ticket.line,
    )
    found = [events.read(row) for row in rows]
    return [_Said(str(each.data.get("template", "")), each.when, each.ticket == ticket.id) for each in found]


def _put_out(sql: Sql, ticket: Ticket, name: str, text: str, ids: tuple[EntryId, OutboxId], now: Instant) -> NewEvent:
    entry, row = ids
    crisis = name.startswith("crisis_")
    outgoing.put_out(
        sql, ticket, entry=entry, outbox_id=row, text=text, author="", now=now, automatic=True, crisis=crisis
    )
    data: dict[str, Fact] = {"entry": entry, "outbox": row, "automatic": True, "template": name}
    return NewEvent(kind=Kind.ACKNOWLEDGED, ticket=ticket.id, when=now, actor=SYSTEM, data=data)
