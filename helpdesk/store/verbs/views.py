"""The worklist: pages by index, counts kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from helpdesk.clock import Instant
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import tickets
from helpdesk.ticket import Ticket
from helpdesk.worklist import SOON, Anchor, Page, Row, View

CAP = 1000
"""How far the breaching view is counted."""

_WORK = "state IN ('new', 'open', 'waiting')"
_WHERE = {
    View.MINE: f"{_WORK} AND owner = :actor",
    View.UNANSWERED: f"{_WORK} AND unanswered IS NOT NULL",
    View.OPEN: _WORK,
    View.SMS: f"{_WORK} AND channel = 'sms'",
    View.MAIL: f"{_WORK} AND channel = 'mail'",
    View.CHAT: f"{_WORK} AND channel = 'chat'",
    View.BREACHING: f"{_WORK} AND unanswered IS NOT NULL AND urgency <= :soon AND due IS NOT NULL",
    View.SNOOZED: "state = 'snoozed'",
    View.FINISHED: "state IN ('solved', 'closed', 'spam')",
    View.MUTED: "state = 'muted'",
}
_ORDER = {View.SNOOZED: "snoozed_until", View.FINISHED: "updated", View.MUTED: "updated"}
_NEWEST_FIRST = frozenset({View.FINISHED, View.MUTED})


# What was recorded as running may have been missed before it was corrected. It is counted, ticket by ticket: of an
# EXISTS PostgreSQL would first collect all clocks that were ever missed.
ROWS = (
    "SELECT found.*, (SELECT count(*) FROM clocks c WHERE c.library = found.library AND c.ticket = found.id"
    " AND (c.outcome = 'missed' OR c.recorded IN ('missed', 'pending'))) > 0 AS missed FROM"
)
"""What reads tickets as ``found`` with whether they missed a standard, up to their FROM."""


def row_of(ticket: Ticket, *, missed: bool = False) -> Row:
    """A ticket as a line of the worklist."""
    return Row(
        id=ticket.id,
        number=ticket.number,
        channel=ticket.channel,
        line=ticket.line,
        name=ticket.name,
        subject=ticket.subject,
        preview=ticket.preview,
        state=ticket.state,
        owner=ticket.owner,
        held_until=ticket.held_until,
        opened=ticket.opened,
        updated=ticket.updated,
        unanswered=ticket.unanswered,
        snoozed_until=ticket.snoozed_until,
        due=ticket.due,
        due_standard=ticket.due_standard,
        flags=ticket.flags,
        version=ticket.version,
        tags=ticket.tags,
        incident=ticket.incident,
        zone=ticket.zone,
        concern=ticket.concern,
        missed=missed,
        kind=ticket.kind,
        site=ticket.site,
        effort=ticket.effort,
        first_contact=ticket.first_contact,
    )


def rows(sql: Sql, ids: Iterable[TicketId]) -> dict[TicketId, Row]:
    """Some tickets as lines of the worklist; those that are not there are left out."""
    found = sql(
        f"{ROWS} tickets AS found WHERE library = :library AND id IN (SELECT value FROM json_each(:ids))",
        ids=json.dumps(list(ids)),
    )
    return {each.id: each for each in map(row, found)}


def numbered(sql: Sql, number: int) -> Row:
    """A ticket by what staff call it, as a line of the worklist; NotFound if there is none."""
    ticket = tickets.by_number(sql, number)
    return rows(sql, (ticket.id,))[ticket.id]


def row(record: Record) -> Row:
    """A ticket's row, as read with :data:`ROWS`, as a line of the worklist."""
    return row_of(tickets.read(record), missed=bool(record["missed"]))


def page(
    sql: Sql, view: View, actor: StaffId, now: Instant, start: int, count: int, near: Anchor | None = None
) -> Page:
    """Rows ``start`` to ``start + count`` of a view.

    The database walks its index from the nearest of: the top, the bottom, ``near``. ``near`` may have moved
    meanwhile; the page is then off by what came and went, until the next live change reads it again.
    """
    total = _total(sql, view, actor, now)
    start = max(0, min(start, total - 1))
    count = min(count, total - start)
    if count <= 0:
        return Page(view=view, start=0, rows=(), total=total)
    found = _nearest(sql, view, actor, now, start, count, total, near)
    order = _ORDER.get(view, "urgency")
    rows = tuple(map(row, found))
    ends = {0, len(found) - 1} if found else set()
    anchors = tuple(
        Anchor(index=start + at, order=found[at][order], id=TicketId(found[at]["id"])) for at in sorted(ends)
    )
    return Page(view=view, start=start, rows=rows, total=total, anchors=anchors)


def _nearest(
    sql: Sql, view: View, actor: StaffId, now: Instant, start: int, count: int, total: int, near: Anchor | None
) -> list[Record]:
    end = start + count
    capped = view is View.BREACHING and total == CAP  # its bottom is not where the count ends
    from_top, from_bottom = start, 2 * CAP if capped else total - end
    from_near = abs(start - near.index) if near else total
    if near is not None and from_near < min(from_top, from_bottom):
        if start >= near.index:
            return _walk(sql, view, actor, now, start - near.index, count, False, near)
        if end <= near.index:
            return _walk(sql, view, actor, now, near.index - end, count, True, near)[::-1]
    if from_bottom < from_top:
        return _walk(sql, view, actor, now, from_bottom, count, True, None)[::-1]
    return _walk(sql, view, actor, now, from_top, count, False, None)


def _walk(
    sql: Sql, view: View, actor: StaffId, now: Instant, skip: int, count: int, up: bool, near: Anchor | None
) -> list[Record]:
    order = _ORDER.get(view, "urgency")
    down = (view in _NEWEST_FIRST) != up
    way = "DESC" if down else "ASC"
    beyond = ""
    if near is not None:
        sign = "<" if down else ">"
        inclusive = "" if up else "="
        beyond = f" AND ({order}, id) {sign}{inclusive} (:near_order, :near_id)"
    return sql(
        f"{ROWS} (SELECT * FROM tickets WHERE library = :library AND {_WHERE[view]}{beyond}"
        f" ORDER BY {order} {way}, id {way} LIMIT :count OFFSET :skip) AS found ORDER BY {order} {way}, id {way}",
        actor=actor,
        soon=now + SOON,
        skip=skip,
        count=count,
        near_order=near.order if near else None,
        near_id=near.id if near else None,
    )


def _total(sql: Sql, view: View, actor: StaffId, now: Instant) -> int:
    if view is View.BREACHING:
        return _breaching(sql, now)
    key = actor if view is View.MINE else ""
    rows = sql("SELECT n FROM counts WHERE library = :library AND view = :view AND key = :key", view=str(view), key=key)
    return int(rows[0]["n"]) if rows else 0


def _breaching(sql: Sql, now: Instant) -> int:
    rows = sql(
        "SELECT count(*) AS n FROM (SELECT 1 FROM tickets WHERE library = :library"
        f" AND {_WHERE[View.BREACHING]} ORDER BY urgency LIMIT :cap) AS soonest",
        soon=now + SOON,
        cap=CAP,
    )
    return int(rows[0]["n"])


def counts(sql: Sql, actor: StaffId, now: Instant) -> Mapping[View, int]:
    """How many tickets stand in each view; breaching up to :data:`CAP`."""
    rows = sql("SELECT view, n FROM counts WHERE library = :library AND key IN ('', :actor)", actor=actor)
    kept = {View(row["view"]): int(row["n"]) for row in rows}
    return {**{view: kept.get(view, 0) for view in View}, View.BREACHING: _breaching(sql, now)}


_NO_NEW_CHAT = " AND (channel <> 'chat' OR owner = :actor)"


def next_unanswered(sql: Sql, actor: StaffId, now: Instant, *, chats: bool = True) -> TicketId | None:
    """The ticket that most needs somebody: unanswered, held by nobody else, earliest deadline first.

    Without ``chats`` none but one that the actor has already.
    """
    rows = sql(
        f"SELECT id FROM tickets WHERE library = :library AND {_WHERE[View.UNANSWERED]}"
        " AND (owner IS NULL OR owner = :actor OR (held_until IS NOT NULL AND held_until <= :now))"
        f"{'' if chats else _NO_NEW_CHAT} ORDER BY urgency, id LIMIT 1",
        actor=actor,
        now=now,
    )
    return TicketId(rows[0]["id"]) if rows else None
