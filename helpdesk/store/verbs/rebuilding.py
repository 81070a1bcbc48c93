"""Make the projections again from the log: clock rows, deadlines, counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeVar

from helpdesk import counting
from helpdesk.clock import Instant
from helpdesk.message import Channel, LineId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import Fold, Published, Subject, folded, heard
from helpdesk.store.verbs import clocks, events, tickets
from helpdesk.ticket import Flag
from helpdesk.worklist import shelves

T = TypeVar("T")

STRETCH = 200
"""How many tickets are folded in one hop."""


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


class Refolded(NamedTuple):
    """What a stretch of tickets came to.

    ``last``     the last ticket's id: the next stretch begins after it; "" where there was none
    ``changed``  how many clock rows differed from before
    """

    last: str
    tickets: int = 0
    changed: int = 0


def refold(sql: Sql, batch: list[TicketId], published: Published) -> int:
    """Fold the clocks of some tickets anew; returns how many rows differ from before."""
    return sum(_put_right(sql, each) for ticket in batch for each in _folded(sql, ticket, ticket, published))


def refold_next(sql: Sql, after: str, published: Published, limit: int = STRETCH) -> Refolded:
    """Fold the clocks of the next tickets in order of id anew; ``after`` is "" for the first."""
    batch = next_batch(sql, after, limit)
    if not batch:
        return Refolded("")
    changed = sum(_put_right(sql, each) for each in _folded(sql, batch[0], batch[-1], published))
    return Refolded(batch[-1], len(batch), changed)


def wrong_clocks(sql: Sql, batch: list[TicketId], published: Published) -> list[str]:
    """What is not as the log gives it, of the tickets from the first to the last of these, in words."""
    found = (_wrong(each) for each in _folded(sql, batch[0], batch[-1], published)) if batch else ()
    return [said for said in found if said]


class _Folded(NamedTuple):
    """A ticket as its row has it, and what its history gives.

    ``same``  whether its clocks are kept as its history gives them
    ``told``  due, the standard that is due, and when a person first answered
    """

    row: Record
    fold: Fold
    same: bool
    told: tuple[Instant | None, str, Instant | None]


def _folded(sql: Sql, first: TicketId, last: TicketId, published: Published) -> Iterator[_Folded]:
    """The tickets of a stretch, folded: three statements for all of them."""
    rows, subjects = tickets.briefly(sql, first, last), Subjects()
    ids = [TicketId(row["id"]) for row in rows]
    histories = _of_each(ids, events.of_tickets(sql, first, last, heard(published.measures)))
    stored = _of_each(ids, clocks.lines_from(sql, first, last))
    for row, history, lines in zip(rows, histories, stored, strict=True):
        fold = folded(history, subjects.of(row), published)
        found = fold.reckonings()
        same = lines == [clocks.line_of(*each) for each in found]
        yield _Folded(row, fold, same, (*clocks.deadline_of(found), counting.first_answer(history)))


def _of_each(ids: Iterable[TicketId], found: Iterator[tuple[TicketId, list[T]]]) -> Iterator[list[T]]:
    """What was found of each ticket, [] where nothing was; both in order of id."""
    ahead = next(found, None)
    for ticket in ids:
        while ahead is not None and ahead[0] < ticket:
            ahead = next(found, None)
        yield ahead[1] if ahead is not None and ahead[0] == ticket else []


def _wrong(each: _Folded) -> str:
    number, (due, standard, answered) = each.row["number"], each.told
    if not each.same:
        return f"ticket {number}: its clocks are not what its history gives"
    if (each.row["due"], each.row["due_standard"]) != (due, standard):
        return f"ticket {number}: its deadline is not what its clocks give"
    if each.row["answered"] != answered:
        return f"ticket {number}: the time of its first answer is not what its history gives"
    return ""


def _put_right(sql: Sql, each: _Folded) -> int:
    """Store what differs; a breach that the desk was told of stays told."""
    ticket, changed = TicketId(each.row["id"]), 0
    if not each.same:
        changed = clocks.keep(sql, clocks.of_ticket(sql, ticket), each.fold.rows())
    due, standard, answered = each.told
    if (each.row["due"], each.row["due_standard"], each.row["answered"]) != each.told:
        right = replace(tickets.get(sql, ticket), due=due, due_standard=standard, answered=answered)
        tickets.overwrite(sql, right)
    return changed


class Subjects:
    """What standards go by, read from tickets' rows; most tickets are alike."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Subject] = {}

    def of(self, row: Record) -> Subject:
        """The subject of a row of :func:`~helpdesk.store.verbs.tickets.briefly`."""
        key = row["channel"], row["line"], row["kind"], row["site"], row["tags"], row["flags"]
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Subject(
                channel=Channel(row["channel"]),
                line=LineId(row["line"]),
                kind=row["kind"],
                site=row["site"],
                tags=tuple(row["tags"].split()),
                test=Flag.TEST in row["flags"].split(),
            )
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
