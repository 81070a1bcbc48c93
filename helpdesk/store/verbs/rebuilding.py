"""Make the projections again from the log: clock rows, deadlines, counts."""

from __future__ import annotations

from dataclasses import replace

from helpdesk import counting
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Published, replay
from helpdesk.store.verbs import clocks, events, tickets
from helpdesk.worklist import shelves


def next_batch(sql: Sql, after: str, limit: int = 200) -> list[TicketId]:
    """The next tickets in order of id; "" for the first."""
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND id > :after ORDER BY id LIMIT :limit",
        after=after,
        limit=limit,
    )
    return [TicketId(row["id"]) for row in rows]


def undetermined(sql: Sql) -> list[TicketId]:
    """Tickets with a clock that no published calendar could answer for."""
    rows = sql("SELECT DISTINCT ticket FROM clocks WHERE library = :library AND outcome = 'undetermined'")
    return [TicketId(row["ticket"]) for row in rows]


def refold(sql: Sql, batch: list[TicketId], published: Published) -> int:
    """Fold the clocks of some tickets anew; returns how many rows differ from before."""
    changed = 0
    for ticket in batch:
        found = tickets.get(sql, ticket)
        told = events.of_ticket(sql, ticket)
        after = replay(told, tickets.subject_of(found), published)
        changed += clocks.keep(sql, clocks.of_ticket(sql, ticket), after)
        due, standard = clocks.deadline(after)
        right = replace(found, due=due, due_standard=standard, answered=counting.first_answer(told))
        if right != found:
            tickets.overwrite(sql, right)
    return changed


def wrong_clocks(sql: Sql, batch: list[TicketId], published: Published) -> list[str]:
    """The tickets among these whose clock rows or deadline are not what their events give, in words."""
    found = []
    for ticket in batch:
        kept = tickets.get(sql, ticket)
        told = events.of_ticket(sql, ticket)
        right = replay(told, tickets.subject_of(kept), published)
        if set(right) != set(clocks.of_ticket(sql, ticket)):
            found.append(f"ticket {kept.number}: its clocks are not what its history gives")
        elif (kept.due, kept.due_standard) != clocks.deadline(right):
            found.append(f"ticket {kept.number}: its deadline is not what its clocks give")
        elif kept.answered != counting.first_answer(told):
            found.append(f"ticket {kept.number}: the time of its first answer is not what its history gives")
    return found


def wrong_counts(sql: Sql) -> list[str]:
    """The counts that are not what counting gives, in words."""
    right, kept = recount(sql), kept_counts(sql)
    return [
        f"view {view}{f' of {key}' if key else ''}: {kept.get((view, key), 0)} are counted, {right.get((view, key), 0)}"
        " are there"
        for view, key in sorted(right.keys() | kept.keys())
        if right.get((view, key)) != kept.get((view, key))
    ]


def recount(sql: Sql) -> dict[tuple[str, str], int]:
    """Count the views from the tickets themselves."""
    found: dict[tuple[str, str], int] = {}
    rows = sql(
        "SELECT min(id) AS id, count(*) AS n FROM tickets WHERE library = :library"
        " GROUP BY state, channel, owner, unanswered IS NULL"
    )
    for row in rows:
        for place in shelves(tickets.get(sql, TicketId(row["id"]))):
            found[place] = found.get(place, 0) + int(row["n"])
    return found


def kept_counts(sql: Sql) -> dict[tuple[str, str], int]:
    """The counts as they are kept, without the noughts."""
    rows = sql("SELECT view, key, n FROM counts WHERE library = :library AND n <> 0")
    return {(row["view"], row["key"]): int(row["n"]) for row in rows}


def replace_counts(sql: Sql) -> int:
    """Keep what :func:`recount` finds; returns how many counts were wrong."""
    right, kept = recount(sql), kept_counts(sql)
    sql("DELETE FROM counts WHERE library = :library")
    for (view, key), n in sorted(right.items()):
        sql("INSERT INTO counts (library, view, key, n) VALUES (:library, :view, :key, :n)", view=view, key=key, n=n)
    return len(set(right.items()) ^ set(kept.items()))
