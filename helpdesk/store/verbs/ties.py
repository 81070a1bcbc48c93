"""Who follows a ticket, and which tickets are linked: facts of the log, and two tables that fold from them.

Neither changes a ticket's version. A link stands in its table once from each side. Of tickets whose writer was
forgotten, or whose conversation was shredded, no link is kept, and the history names the other one no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Event, Fact, Kind, NewEvent
from helpdesk.message import Channel, ConversationId, StaffId, TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import events, tickets
from helpdesk.thread import Contact
from helpdesk.ticket import State, Ticket
from helpdesk.ties import MOST_LINKS, may_link

MOST_FOLLOWED = 500
"""How many tickets a member is told of, the latest."""

KINDS = frozenset({Kind.FOLLOWED, Kind.UNFOLLOWED, Kind.RELATED, Kind.UNRELATED})
"""What is said of ties; the index ``events_of_ties`` holds these alone."""


# Who follows


def follow(sql: Sql, ticket: TicketId, actor: StaffId, now: Instant) -> Ticket:
    """A member follows a ticket. Of one that was merged, Refused: another one goes on."""
    found = tickets.get(sql, ticket)
    if found.merged_into is not None:
        raise Refused(f"Ticket {found.number} was merged into another one. Follow that one instead.")
    if _keep_follower(sql, ticket, actor):
        _tell(sql, Kind.FOLLOWED, ticket, actor, now)
    return found


def unfollow(sql: Sql, ticket: TicketId, actor: StaffId, now: Instant) -> Ticket:
    """A member follows a ticket no longer, nor what was merged into it."""
    found = tickets.get(sql, ticket)
    for each in (ticket, *(other for other, _ in tickets.merged_in(sql, ticket))):
        if _drop_follower(sql, each, actor):
            _tell(sql, Kind.UNFOLLOWED, each, actor, now)
    return found


def followers(sql: Sql, ticket: TicketId) -> tuple[StaffId, ...]:
    """Who follows a ticket, or what was merged into it."""
    rows = sql(
        "SELECT DISTINCT f.member FROM followers f JOIN tickets t ON t.library = f.library AND t.id = f.ticket"
        " WHERE f.library = :library AND (t.id = :ticket OR t.merged_into = :ticket) ORDER BY f.member",
        ticket=ticket,
    )
    return tuple(StaffId(row["member"]) for row in rows)


def followed(sql: Sql, actor: StaffId) -> tuple[TicketId, ...]:
    """What a member follows, the latest first; of what was merged, the ticket that goes on."""
    rows = sql(
        "SELECT DISTINCT COALESCE(t.merged_into, t.id) AS id FROM followers f"
        " JOIN tickets t ON t.library = f.library AND t.id = f.ticket"
        " WHERE f.library = :library AND f.member = :actor ORDER BY id DESC LIMIT :most",
        actor=actor,
        most=MOST_FOLLOWED,
    )
    return tuple(TicketId(row["id"]) for row in rows)


def _keep_follower(sql: Sql, ticket: str, member: str) -> bool:
    return bool(
        sql(
            "INSERT INTO followers (library, ticket, member) VALUES (:library, :ticket, :member)"
            " ON CONFLICT (library, ticket, member) DO NOTHING RETURNING ticket",
            ticket=ticket,
            member=member,
        )
    )


def _drop_follower(sql: Sql, ticket: str, member: str) -> bool:
    return bool(
        sql(
            "DELETE FROM followers WHERE library = :library AND ticket = :ticket AND member = :member RETURNING ticket",
            ticket=ticket,
            member=member,
        )
    )


# Which are linked


def link(sql: Sql, ticket: TicketId, other: int, actor: StaffId, now: Instant) -> Ticket:
    """Two tickets are related. Refused, in words, where they may not be."""
    one, two = tickets.get(sql, ticket), tickets.by_number(sql, other)
    may_link(one, two)
    gone = [each for each in (one, two) if not _known(sql, [each.id])]
    if gone:
        raise Refused(f"Who wrote ticket {gone[0].number} is forgotten, so nothing is linked to it any more.")
    if two.id in _linked_ids(sql, one.id):
        return one
    for each in (one, two):
        if len(_linked_ids(sql, each.id)) >= MOST_LINKS:
            raise Refused(f"Ticket {each.number} is linked to {MOST_LINKS} others, which is the most. Use a tag.")
    _keep_link(sql, one.id, two.id)
    _tell(sql, Kind.RELATED, one.id, actor, now, two.id)
    _tell(sql, Kind.RELATED, two.id, actor, now, one.id)
    return one


def unlink(sql: Sql, ticket: TicketId, other: int, actor: StaffId, now: Instant) -> Ticket:
    """Two tickets are related no longer."""
    one, two = tickets.get(sql, ticket), tickets.by_number(sql, other)
    if two.id in _linked_ids(sql, one.id):
        _drop_link(sql, one.id, two.id)
        _tell(sql, Kind.UNRELATED, one.id, actor, now, two.id)
        _tell(sql, Kind.UNRELATED, two.id, actor, now, one.id)
    return one


def related(sql: Sql, ticket: TicketId) -> tuple[Contact, ...]:
    """The tickets that staff linked to a ticket, by number."""
    rows = sql(
        "SELECT t.number, t.channel, t.subject, t.state, t.updated FROM related r"
        " JOIN tickets t ON t.library = r.library AND t.id = r.other"
        " WHERE r.library = :library AND r.ticket = :ticket ORDER BY t.number",
        ticket=ticket,
    )
    return tuple(
        Contact(
            number=row["number"],
            channel=Channel(row["channel"]),
            subject=row["subject"],
            state=State(row["state"]),
            updated=row["updated"],
        )
        for row in rows
    )


def _linked_ids(sql: Sql, ticket: TicketId) -> frozenset[TicketId]:
    rows = sql("SELECT other FROM related WHERE library = :library AND ticket = :ticket", ticket=ticket)
    return frozenset(TicketId(row["other"]) for row in rows)


def _keep_link(sql: Sql, ticket: str, other: str) -> None:
    for one, two in ((ticket, other), (other, ticket)):
        sql(
            "INSERT INTO related (library, ticket, other) VALUES (:library, :one, :two)"
            " ON CONFLICT (library, ticket, other) DO NOTHING",
            one=one,
            two=two,
        )


def _drop_link(sql: Sql, ticket: str, other: str) -> None:
    for one, two in ((ticket, other), (other, ticket)):
        sql("DELETE FROM related WHERE library = :library AND ticket = :one AND other = :two", one=one, two=two)


def _tell(sql: Sql, kind: Kind, ticket: TicketId, actor: StaffId, now: Instant, other: TicketId | None = None) -> None:
    data: dict[str, Fact] = {} if other is None else {"other": other}
    events.append(sql, [NewEvent(kind=kind, ticket=ticket, when=now, actor=actor, data=data)], now)


# Forgetting


def forget_links(sql: Sql, of: str, ids: dict[str, str | None]) -> None:
    """The links of some tickets go, from both sides. ``of``, ``ids``: as :func:`erasing.among` gives them."""
    sql(f"DELETE FROM related WHERE library = :library AND ticket IN ({of})", **ids)
    sql(f"DELETE FROM related WHERE library = :library AND other IN ({of})", **ids)


def forget_followers(sql: Sql, of: str, ids: dict[str, str | None]) -> None:
    """Nobody follows any more what has no words."""
    sql(f"DELETE FROM followers WHERE library = :library AND ticket IN ({of})", **ids)


def forget_talk(sql: Sql, conversation: ConversationId) -> None:
    """A sealed conversation is shredded: its tickets are linked to nothing."""
    rows = sql("SELECT id FROM tickets WHERE library = :library AND conversation = :id", id=conversation)
    for row in rows:
        forget_links(sql, ":id0", {"id0": row["id"]})


def nameable(sql: Sql, told: Iterable[Event]) -> frozenset[TicketId]:
    """Of what the facts about links name, the tickets that may still be named beside the one they are about."""
    links = [event for event in told if event.kind in {Kind.RELATED, Kind.UNRELATED}]
    if not links or links[0].ticket is None or not _known(sql, [links[0].ticket]):
        return frozenset()
    return _known(sql, sorted({str(event.data["other"]) for event in links}))


def _known(sql: Sql, wanted: Sequence[str]) -> frozenset[TicketId]:
    """Those whose writer is not forgotten: neither erased nor shredded."""
    found: set[TicketId] = set()
    for each in wanted:
        rows = sql(
            "SELECT t.id FROM tickets t LEFT JOIN conversations c ON c.library = t.library AND c.id = t.conversation"
            " WHERE t.library = :library AND t.id = :id AND t.anonymous IS NULL AND t.forgotten IS NULL"
            " AND c.shredded IS NULL",
            id=each,
        )
        found |= {TicketId(row["id"]) for row in rows}
    return frozenset(found)


# Made again from the log

Pair = tuple[str, str]


def _folded(sql: Sql) -> tuple[set[Pair], set[Pair]]:
    """Who follows and what is linked, as the log gives it: (ticket, member) and (ticket, other)."""
    following: set[Pair] = set()
    linked: set[Pair] = set()
    rows = sql(
        "SELECT * FROM events WHERE library = :library"
        " AND kind IN ('followed', 'unfollowed', 'related', 'unrelated') ORDER BY seq"
    )
    for event in map(events.read, rows):
        kept = following if event.kind in {Kind.FOLLOWED, Kind.UNFOLLOWED} else linked
        pair = (str(event.ticket), event.actor if kept is following else str(event.data["other"]))
        if event.kind in {Kind.FOLLOWED, Kind.RELATED}:
            kept.add(pair)
        else:
            kept.discard(pair)
    forgotten = {row["id"] for row in sql("SELECT id FROM tickets WHERE library = :library AND forgotten IS NOT NULL")}
    known = _known(sql, sorted({each for pair in linked for each in pair}))
    return (
        {pair for pair in following if pair[0] not in forgotten},
        {pair for pair in linked if known.issuperset(pair)},
    )


def _kept(sql: Sql) -> tuple[set[Pair], set[Pair]]:
    following = sql("SELECT ticket, member FROM followers WHERE library = :library")
    linked = sql("SELECT ticket, other FROM related WHERE library = :library")
    return {(row["ticket"], row["member"]) for row in following}, {(row["ticket"], row["other"]) for row in linked}


def wrong(sql: Sql) -> list[str]:
    """What is kept of ties and is not what the log gives, in words; [] if nothing."""
    differ = [len(right ^ kept) for right, kept in zip(_folded(sql), _kept(sql), strict=True)]
    said = ("who follows what", "which tickets are linked")
    return [f"{words} is not what the log gives ({n} differ)" for words, n in zip(said, differ, strict=True) if n]


def put_right(sql: Sql) -> int:
    """Keep what the log gives; returns how many differed."""
    (following, linked), (follow_kept, link_kept) = _folded(sql), _kept(sql)
    for ticket, member in follow_kept - following:
        _drop_follower(sql, ticket, member)
    for ticket, member in following - follow_kept:
        _keep_follower(sql, ticket, member)
    for ticket, other in link_kept - linked:
        _drop_link(sql, ticket, other)
    for ticket, other in linked - link_kept:
        _keep_link(sql, ticket, other)
    return len(following ^ follow_kept) + len(linked ^ link_kept)
