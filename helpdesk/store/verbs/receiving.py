"""A message comes in: seen before? whose is it? which ticket? then ticket, entry and facts in one commit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpdesk.befalling import received
from helpdesk.clock import Instant
from helpdesk.errors import Stale
from helpdesk.events import PATRON, Fact, Kind, NewEvent
from helpdesk.matching import Candidate, Decide, Join, Open
from helpdesk.message import (
    Address,
    Channel,
    ConversationId,
    EntryId,
    Inbound,
    Keyword,
    OutboxId,
    PersonId,
    Receipt,
    TicketId,
    digest_of_id,
)
from helpdesk.ports import Record, Sql
from helpdesk.privacy import Identified
from helpdesk.standards import Published
from helpdesk.store.verbs import (
    chats,
    duty_replies,
    entries,
    greeting,
    heeding,
    media,
    noise_in,
    optouts,
    people,
    tickets,
)
from helpdesk.store.verbs.noise_in import Apart, Noise, Told
from helpdesk.store.verbs.placing import candidates
from helpdesk.thread import EntryKind
from helpdesk.ticket import Change, Flag, Ticket

PREVIEW = 120
"""How much of a message the worklist shows, in characters."""

SUBJECT = 60
"""How much of a text or a chat stands for the subject that it has not, in characters: whole words."""


CONFLICT = "an earlier message came under the same id with other words; both are kept"
"""What the history says where an id was used twice: a Message-ID is the sender's claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minted:
    """Ids made beforehand for whatever the verb may have to write."""

    ticket: TicketId
    entry: EntryId
    person: PersonId
    acknowledgement: EntryId
    outbox: OutboxId


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message as its line may store it, and all that the verb needs to place it.

    ``inbound``   cleaned by the line's policy: its sender is an Address or None
    ``tokens``    tickets whose signed address it was sent to, verified beforehand
    ``ours``      ids of our own messages that it names
    ``kind``      the kind of ticket that its line opens
    ``greeting``  the automatic acknowledgement of a new ticket, "" for none
    ``flags``     what a new ticket shall show (quarantined)
    ``help``      the answer to a text that says HELP, "" for none
    ``on_duty``   whether its sender stands on the duty list, with this line
    ``noise``     what was understood of a text or a chat; None for what nobody listens to in this way
    """

    inbound: Inbound
    who: Identified
    minted: Minted
    tokens: tuple[TicketId, ...] = ()
    ours: tuple[OutboxId, ...] = ()
    kind: str = "enquiry"
    site: str = ""
    greeting: str = ""
    flags: frozenset[Flag] = frozenset()
    help: str = ""
    noise: Noise | None = None
    on_duty: bool = False


def receive(sql: Sql, arrival: Arrival, decide: Decide, now: Instant, published: Published) -> Receipt:
    """Store a message once. Stale if its sealed conversation ended meanwhile: identify again, then call again."""
    inbound = arrival.inbound
    seen = _seen(sql, inbound)
    if same := next((row for row in seen if _is_same(row["digest"], inbound)), None):
        return Receipt(ticket=same["ticket"], entry=same["entry"], duplicate=True)
    if seen:
        inbound = replace(inbound, remarks=(*inbound.remarks, CONFLICT))
        arrival = replace(arrival, inbound=inbound)
    if _from_duty(sql, arrival, now, published):
        inbound = replace(inbound, automatic=True)
        arrival = replace(arrival, inbound=inbound, greeting="", noise=None, help="")
    conversation = _conversation(sql, arrival, now)
    apart = _apart(sql, arrival, conversation, now)
    found = candidates(
        sql, inbound, arrival.who.address, conversation, arrival.tokens, arrival.ours, apart=apart is not None
    )
    decision = decide(inbound.channel, found, now)
    facts: dict[str, Fact] = {"segments": inbound.segments, "caught_up": inbound.caught_up, "conflict": bool(seen)}
    if isinstance(decision, Join):
        joined = next(each for each in found if each.ticket.id == decision.ticket)
        ticket, told = _join(sql, arrival, joined, decision, facts, apart, now, published)
    else:
        ticket, told = _open(sql, arrival, decision, conversation, facts, apart, now, published)
    new = not isinstance(decision, Join)
    ticket = _answer(sql, arrival, ticket, told, apart, now, published, new=new)
    _mark(sql, inbound, ticket.id, arrival.minted.entry, now)
    ticket = _heed(sql, arrival, ticket, now, published)
    if conversation is not None and arrival.who.expires is not None:
        people.prolong(sql, conversation, arrival.who.expires)
    if inbound.conversation is not None:
        chats.link(sql, inbound.conversation, ticket.id)
    return Receipt(ticket=ticket.id, entry=arrival.minted.entry, quarantined=Flag.QUARANTINED in arrival.flags)


def _from_duty(sql: Sql, arrival: Arrival, now: Instant, published: Published) -> bool:
    """Whether somebody on the duty list answers what they were told; it is heeded then, and wakes nobody."""
    if not arrival.on_duty:
        return False
    ids = (arrival.minted.acknowledgement, arrival.minted.outbox)
    return duty_replies.heed(sql, arrival.inbound, arrival.who.address, ids, now, published)


def _apart(sql: Sql, arrival: Arrival, conversation: ConversationId | None, now: Instant) -> Apart | None:
    """Whether it is set apart, and why."""
    if arrival.noise is None or arrival.inbound.channel is not Channel.SMS:
        return None
    address = arrival.who.address
    person = people.known(sql, address) if conversation is None and address is not None else None
    return noise_in.apart(sql, arrival.noise, conversation, person, now)


def _answer(
    sql: Sql,
    arrival: Arrival,
    ticket: Ticket,
    told: Told,
    apart: Apart | None,
    now: Instant,
    published: Published,
    *,
    new: bool,
) -> Ticket:
    """What goes out by itself: a line's own texts by its rules, or the greeting of a new contact."""
    if arrival.noise is not None and arrival.noise.voice is not None:
        heard = noise_in.Coming(noise=arrival.noise, told=told, inbound=arrival.inbound, apart=apart, new=new)
        return noise_in.answer(sql, heard, ticket, now, published)
    if not new or not arrival.greeting or (arrival.help and arrival.inbound.keyword is Keyword.HELP):
        return ticket  # HELP has an answer of its own
    ids = (arrival.minted.acknowledgement, arrival.minted.outbox)
    return greeting.greet(sql, ticket, arrival.greeting, arrival.inbound, ids, now, published)


def _heed(sql: Sql, arrival: Arrival, ticket: Ticket, now: Instant, published: Published) -> Ticket:
    """What follows from a lone STOP, START or HELP; and files that lie at the carrier are fetched later."""
    if arrival.inbound.files:
        media.await_files(sql, arrival.minted.entry, ticket.id, ticket.line, arrival.inbound.files, now)
    return heeding.heed(
        sql,
        ticket,
        arrival.inbound.keyword,
        address=arrival.who.address,
        answer=arrival.help,
        ids=(arrival.minted.acknowledgement, arrival.minted.outbox),
        now=now,
        published=published,
    )


def _seen(sql: Sql, inbound: Inbound) -> list[Record]:
    return sql(
        "SELECT ticket, entry, digest FROM received WHERE library = :library AND channel = :channel"
        " AND account = :account AND external_id IN (:external_id, :shredded)",
        channel=str(inbound.channel),
        account=inbound.account,
        external_id=inbound.external_id,
        shredded=f"shredded:{digest_of_id(inbound.external_id)}",
    )


def _is_same(digest: str, inbound: Inbound) -> bool:
    """Whether a message kept under the same id is this one. A sealed line keeps no digest of words: what came before
    the line was sealed, or opened, comes again under its id and another digest.
    """
    return digest == inbound.digest or digest_of_id(inbound.external_id) in {digest, inbound.digest}


def _mark(sql: Sql, inbound: Inbound, ticket: TicketId, entry: EntryId, now: Instant) -> None:
    sql(
        "INSERT INTO received (library, channel, account, external_id, digest, ticket, entry, noted)"
        " VALUES (:library, :channel, :account, :external_id, :digest, :ticket, :entry, :now)",
        channel=str(inbound.channel),
        account=inbound.account,
        external_id=inbound.external_id,
        digest=inbound.digest,
        ticket=ticket,
        entry=entry,
        now=now,
    )


def _conversation(sql: Sql, arrival: Arrival, now: Instant) -> ConversationId | None:
    """The conversation it belongs to: a chat's, a live sealed one, or the fresh one, which is stored now."""
    if arrival.inbound.conversation is not None:
        return arrival.inbound.conversation
    if not arrival.who.handles:
        return None
    live = people.live_conversation(sql, arrival.inbound.line, arrival.who.handles, now)
    if live is not None:
        if arrival.who.resealed is not None:
            people.reseal(sql, arrival.who.resealed)
        return live
    if arrival.who.fresh is None or arrival.who.expires is None:
        raise Stale("The conversation ended meanwhile.")
    people.begin_conversation(sql, arrival.inbound.line, arrival.who.fresh, now, arrival.who.expires)
    return arrival.who.fresh.id


def _began(inbound: Inbound, now: Instant) -> Instant:
    """When the clocks start: our commit, or earlier if a party that we trust took it earlier."""
    return now if inbound.sent_at is None else min(now, inbound.sent_at)


def _join(
    sql: Sql,
    arrival: Arrival,
    joined: Candidate,
    decision: Join,
    facts: dict[str, Fact],
    apart: Apart | None,
    now: Instant,
    published: Published,
) -> tuple[Ticket, Told]:
    before = joined.ticket
    _write(sql, arrival, before, now)
    when = _began(arrival.inbound, now)
    change = received(
        before, entry=arrival.minted.entry, when=when, now=now, automatic=arrival.inbound.automatic, rule=decision.rule
    )
    flags = before.flags
    if before.goes_by is not before.channel and arrival.inbound.channel is before.goes_by:
        facts |= {"channel": str(arrival.inbound.channel), "line": arrival.inbound.line}
    if arrival.who.address is not None and not arrival.inbound.automatic and not joined.on_it:
        people.participate(sql, before.id, arrival.who.address, verified=decision.verified)
        if not decision.verified:
            flags |= {Flag.UNVERIFIED}
            facts["unverified"] = True
    after = replace(change.ticket, preview=_preview(arrival.inbound), flags=flags)
    told = noise_in.tell(sql, arrival.noise, after, arrival.inbound, when, now, apart=apart)
    facts.update(told.received)
    events = tuple(
        replace(event, data={**event.data, **facts}) if event.kind is Kind.RECEIVED else event
        for event in change.events
    )
    return tickets.apply(sql, before, Change(told.ticket, (*events, *told.facts)), now, published), told


def _open(
    sql: Sql,
    arrival: Arrival,
    decision: Open,
    conversation: ConversationId | None,
    facts: dict[str, Fact],
    apart: Apart | None,
    now: Instant,
    published: Published,
) -> tuple[Ticket, Told]:
    inbound, address, minted = arrival.inbound, arrival.who.address, arrival.minted
    person = people.remember(sql, address, minted.person, now) if address is not None and conversation is None else None
    began = _began(inbound, now)
    opening: dict[str, Fact] = {
        "channel": str(inbound.channel),
        "line": inbound.line,
        "automatic": inbound.automatic,
        "rule": decision.rule,
    }
    ticket = Ticket(
        id=minted.ticket,
        number=tickets.next_number(sql),
        channel=inbound.channel,
        line=inbound.line,
        kind=arrival.kind,
        site=arrival.site,
        subject=_subject(inbound),
        preview=_preview(inbound),
        name=_name(sql, arrival, conversation),
        person=person,
        conversation=conversation,
        opened=began,
        updated=now,
        unanswered=None if inbound.automatic else began,
        flags=arrival.flags | _told(sql, arrival, conversation),
    )
    came: dict[str, Fact] = {"entry": minted.entry, "automatic": inbound.automatic, "rule": decision.rule, **facts}
    events = [
        NewEvent(kind=Kind.OPENED, ticket=ticket.id, when=began, actor=PATRON, data=opening),
        NewEvent(kind=Kind.RECEIVED, ticket=ticket.id, when=began, actor=PATRON, data=came),
    ]
    if decision.earlier is not None:
        data: dict[str, Fact] = {"earlier": decision.earlier}
        events.append(NewEvent(kind=Kind.LINKED, ticket=ticket.id, when=now, actor=PATRON, data=data))
        tickets.link(sql, ticket.id, decision.earlier)
    told = noise_in.tell(sql, arrival.noise, ticket, inbound, began, now, apart=apart)
    ticket = tickets.open_new(sql, Change(told.ticket, (*events, *told.facts)), now, published)
    if address is not None:
        people.participate(sql, ticket.id, address, verified=True)
    _write(sql, arrival, ticket, now)
    return ticket, told


def _told(sql: Sql, arrival: Arrival, conversation: ConversationId | None) -> set[Flag]:
    """What a new ticket shows of its message and of who sent it."""
    told = {Flag.AUTOMATIC} if arrival.inbound.automatic else set()
    texter = optouts.who(arrival.who.address, conversation)
    if arrival.inbound.channel is Channel.SMS and texter and optouts.has(sql, arrival.inbound.line, texter):
        told.add(Flag.OPTED_OUT)
    return told


def _write(sql: Sql, arrival: Arrival, ticket: Ticket, now: Instant) -> None:
    inbound, address = arrival.inbound, arrival.who.address
    entries.add(
        sql,
        id=arrival.minted.entry,
        ticket=ticket.id,
        kind=EntryKind.IN,
        author=_shown(address) if address is not None else ticket.name,
        text=inbound.text,
        now=now,
        quote_from=inbound.quote_from,
        segments=inbound.segments,
        chat=inbound.conversation,
        files=inbound.attachments,
    )
    for n, remark in enumerate(inbound.remarks):
        sql(
            "INSERT INTO remarks (library, id, ticket, text) VALUES (:library, :id, :ticket, :text)",
            id=f"{arrival.minted.entry}.{n}",
            ticket=ticket.id,
            text=remark,
        )


def _name(sql: Sql, arrival: Arrival, conversation: ConversationId | None) -> str:
    if arrival.who.address is not None:
        return _shown(arrival.who.address)
    if conversation is not None and arrival.inbound.channel is not Channel.CHAT:
        return people.conversation_name(sql, conversation)
    return "unknown sender"


def _shown(address: Address) -> str:
    return address.name or ("visitor" if address.channel is Channel.CHAT else address.value)


def _subject(inbound: Inbound) -> str:
    """A mail's own; a text or a chat is called by the words that it began with, whatever is written later."""
    if inbound.subject or inbound.channel is Channel.MAIL:
        return inbound.subject
    words = _preview(inbound)
    return words if len(words) <= SUBJECT else words[: SUBJECT + 1].rpartition(" ")[0] or words[:SUBJECT]


def _preview(inbound: Inbound) -> str:
    return words_of(inbound.text, inbound.quote_from)


def words_of(text: str, quote_from: int | None) -> str:
    """What the worklist shows of a message: its first own words, on one line."""
    own = text if quote_from is None else text[:quote_from]
    return " ".join(own[: 4 * PREVIEW].split())[:PREVIEW]
