"""Who is on, on which channel, and how many chats they have: what decides who gets the next one."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.clock import Instant
from helpdesk.message import Channel, ConversationId, StaffId, TicketId
from helpdesk.ports import Sql
from helpdesk.sight import OnDuty, OwnChat

_HELD = (
    "t.owner IS NOT NULL AND (t.held_until IS NULL OR t.held_until > :now) AND t.state IN ('new', 'open', 'waiting')"
)
"""A chat that somebody has: neither put aside nor solved, and by a claim that has not run out."""


def held(sql: Sql, now: Instant) -> Mapping[StaffId, int]:
    """How many chats each member has whose visitor has not left."""
    rows = sql(
        "SELECT t.owner AS owner, count(*) AS n FROM chats c JOIN tickets t"
        " ON t.library = c.library AND t.id = c.ticket"
        f" WHERE c.library = :library AND c.ended IS NULL AND {_HELD} GROUP BY t.owner",
        now=now,
    )
    return {StaffId(row["owner"]): row["n"] for row in rows}


def on_duty(sql: Sql, since: Instant, now: Instant, most: int) -> tuple[OnDuty, ...]:
    """Members who gave a sign of life after ``since``, by name. ``most``: the chats of who said nothing else."""
    rows = sql(
        "SELECT p.staff AS staff, s.name AS name, p.channel AS channel, p.available AS available, p.seen AS seen,"
        " p.chats AS chats FROM presence p JOIN staff s ON s.library = p.library AND s.id = p.staff"
        " WHERE p.library = :library AND p.seen > :since AND s.disabled = 0 ORDER BY s.name, p.staff, p.channel",
        since=since,
    )
    has = held(sql, now)
    found: dict[StaffId, OnDuty] = {}
    for row in rows:
        staff = StaffId(row["staff"])
        was = found.get(staff)
        channels = was.channels if was else ()
        found[staff] = OnDuty(
            staff=staff,
            name=row["name"],
            channels=(*channels, Channel(row["channel"])) if row["available"] else channels,
            chats=has.get(staff, 0),
            most=(was.most if was else most) if row["chats"] is None else row["chats"],
            seen=max(row["seen"], was.seen if was else row["seen"]),
        )
    return tuple(found.values())


def on_chat(sql: Sql, since: Instant, now: Instant, most: int) -> tuple[OnDuty, ...]:
    """Of these, who takes chats."""
    return tuple(each for each in on_duty(sql, since, now, most) if Channel.CHAT in each.channels)


def is_full(sql: Sql, staff: StaffId, now: Instant, most: int) -> bool:
    """Whether a member has as many chats as they take at once."""
    rows = sql(
        "SELECT chats FROM presence WHERE library = :library AND staff = :staff AND channel = 'chat'", staff=staff
    )
    own = rows[0]["chats"] if rows else None
    return held(sql, now).get(staff, 0) >= (most if own is None else own)


def take_so_many(sql: Sql, staff: StaffId, chats: int | None, now: Instant) -> None:
    """How many chats a member takes at once, for now; None: as many as everybody."""
    sql(
        "INSERT INTO presence (library, staff, channel, available, seen, chats)"
        " VALUES (:library, :staff, 'chat', 0, :now, :chats)"
        " ON CONFLICT (library, staff, channel) DO UPDATE SET chats = :chats",
        staff=staff,
        chats=chats,
        now=now,
    )


def place(sql: Sql, conversation: ConversationId, now: Instant) -> int:
    """A visitor's place among those who wait and whom nobody has: 1 is next; 0 where they don't wait."""
    rows = sql(
        "SELECT t.unanswered AS since FROM chats c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
        f" WHERE c.library = :library AND c.id = :id AND {_WAITS}",
        id=conversation,
        now=now,
    )
    if not rows:
        return 0
    ahead = sql(
        "SELECT count(*) AS n FROM chats c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
        f" WHERE c.library = :library AND c.ended IS NULL AND t.unanswered < :since AND {_WAITS}",
        since=rows[0]["since"],
        now=now,
    )
    return 1 + int(ahead[0]["n"])


_WAITS = (
    "t.unanswered IS NOT NULL AND t.state IN ('new', 'open')"
    " AND (t.owner IS NULL OR (t.held_until IS NOT NULL AND t.held_until <= :now))"
)


_THERE_OR_OPEN = (
    "(c.ended IS NULL OR (t.state IN ('new', 'open') AND ' ' || t.flags || ' ' LIKE '% left %'"
    " AND ' ' || t.flags || ' ' NOT LIKE '% by_mail %'))"
)


def chats_of(sql: Sql, staff: StaffId, now: Instant) -> tuple[OwnChat, ...]:
    """The chats that a member has, in the order of their tickets. Of those whose visitor left, what is still open."""
    rows = sql(
        "SELECT t.id AS id, t.number AS number, t.name AS name, c.ended AS ended, (SELECT count(*) FROM entries e"
        " WHERE e.library = c.library AND e.chat = c.id AND e.kind = 'in' AND e.chat_seq > COALESCE("
        "(SELECT max(o.chat_seq) FROM entries o WHERE o.library = c.library AND o.chat = c.id AND o.kind = 'out'), 0)"
        ") AS fresh FROM chats c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
        f" WHERE c.library = :library AND {_THERE_OR_OPEN} AND t.owner = :staff AND {_HELD} ORDER BY t.number",
        staff=staff,
        now=now,
    )
    return tuple(
        OwnChat(
            ticket=TicketId(row["id"]),
            number=row["number"],
            name=row["name"],
            fresh=row["fresh"],
            left=row["ended"] is not None,
        )
        for row in rows
    )
