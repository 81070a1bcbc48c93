"""What is to be sent to hooks, and how it went.

::

    an event of the log ──keep──> waiting ──lease──> leased ──> taken
                                     ^                 │
                                     └─── put off ─────┘      a lease that ran out is tried again, under the same id

To each hook its oldest message goes first, and the next one only when that one was taken. A message is written with the
place in the log that it was read up to, in one commit: nothing is missed, and no event is told twice to one hook, with
however many servers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpdesk.clock import DAY, Instant, plus
from helpdesk.events import Event, Seq
from helpdesk.message import IncidentId
from helpdesk.ports import Record, Sql
from helpdesk.ports.hooks import Answer, HookState, HookTry
from helpdesk.store.verbs import events, incident_rows, notices, tickets
from helpdesk.store.verbs import hooks as rows
from helpdesk.webhooks.vocabulary import Subject, kinds_of

FORGOTTEN = 30 * DAY
"""How long a message and what became of it are kept, in milliseconds."""

LONGEST = DAY
"""The longest wait between two tries, in milliseconds: what is further off was written by a clock that was ahead."""

NOTICED = 3
"""From so many tries in a row that failed the desk says so."""

_WAITS = "state IN ('waiting', 'leased')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A message about to be kept; see the table ``hook_messages``."""

    id: str
    seq: Seq
    once: str
    event: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A message in hand for one try, the ``tries``-th."""

    id: str
    event: str
    body: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a hook stands.

    ``told``  the next facts that its messages are made of, each with what it is about
    ``upto``  how far the log was read for them
    ``due``   when its oldest message may be tried, None if nothing waits
    """

    kept: rows.Kept
    told: tuple[tuple[Event, Subject], ...]
    upto: Seq
    due: Instant | None


def look(sql: Sql, hook: str, after: Seq, now: Instant, limit: int) -> Look | None:
    """A hook that is sent messages, and what the log holds for it after ``after``; None where there is none."""
    kept = rows.find(sql, hook)
    if kept is None or kept.hook.state is not HookState.ON:
        return None
    end = events.last(sql)
    named = ", ".join(f"'{kind}'" for kind in kinds_of(kept.hook.events))
    found = sql(
        f"SELECT * FROM events WHERE library = :library AND seq > :after AND seq <= :end AND kind IN ({named})"
        " ORDER BY seq LIMIT :limit",
        after=max(after, kept.upto),
        end=end,
        limit=limit,
    )
    told = tuple(map(events.read, found))
    return Look(
        kept=kept,
        told=tuple((event, _subject(sql, event)) for event in told),
        upto=told[-1].seq if len(told) == limit else end,
        due=next_due(sql, hook, now),
    )


def _subject(sql: Sql, event: Event) -> Subject:
    incident = event.data.get("incident")
    found = sql(f"{incident_rows.SELECT} AND i.id = :id", id=IncidentId(incident if isinstance(incident, str) else ""))
    there = event.ticket is not None and tickets.is_there(sql, event.ticket)
    return Subject(
        ticket=tickets.get(sql, event.ticket) if there and event.ticket is not None else None,
        incident=incident_rows.read(found[0]) if found else None,
    )


def keep(sql: Sql, hook: str, fresh: Iterable[Fresh], before: Seq, upto: Seq, now: Instant) -> bool:
    """Keep messages and how far the log was read; False, and nothing is kept, where another server was first."""
    moved = sql(
        "UPDATE hooks SET upto = :upto WHERE library = :library AND name = :hook AND upto = :before AND state = 'on'"
        " RETURNING name",
        hook=hook,
        before=before,
        upto=upto,
    )
    if not moved:
        return False
    for message in fresh:
        _add(sql, hook, message, now, state="waiting")
    return True


def _add(sql: Sql, hook: str, message: Fresh, now: Instant, *, state: str) -> None:
    sql(
        "INSERT INTO hook_messages (library, hook, id, seq, once, event, body, made, state, not_before, tries, tried,"
        " status, took, trouble) VALUES (:library, :hook, :id, :seq, :once, :event, :body, :now, :state, :now, 0, NULL,"
        " NULL, NULL, '') ON CONFLICT DO NOTHING",
        hook=hook,
        id=message.id,
        seq=message.seq,
        once=message.once,
        event=message.event,
        body=message.body,
        state=state,
        now=now,
    )


def lease(sql: Sql, hook: str, now: Instant, until: Instant) -> Leased | None:
    """Take a hook's oldest message for one try; None where nothing is due, or it is in another server's hand."""
    found = sql(
        "UPDATE hook_messages SET state = 'leased', not_before = :until, tries = tries + 1, tried = :now"
        " WHERE library = :library AND hook = :hook AND id = (SELECT id FROM hook_messages"
        f" WHERE library = :library AND hook = :hook AND {_WAITS} ORDER BY seq, id LIMIT 1)"
        " AND (not_before <= :now OR not_before > :longest)"
        " AND EXISTS (SELECT 1 FROM hooks h WHERE h.library = :library AND h.name = :hook AND h.state = 'on')"
        " RETURNING id, event, body, tries",
        hook=hook,
        now=now,
        until=until,
        longest=plus(now, LONGEST),
    )
    return Leased(**dict(found[0])) if found else None


def next_due(sql: Sql, hook: str, now: Instant) -> Instant | None:
    """When a hook's oldest message may be tried; None if nothing waits."""
    found = sql(
        f"SELECT not_before FROM hook_messages WHERE library = :library AND hook = :hook AND {_WAITS}"
        " ORDER BY seq, id LIMIT 1",
        hook=hook,
    )
    if not found:
        return None
    return now if found[0]["not_before"] > plus(now, LONGEST) else Instant(found[0]["not_before"])


def taken(sql: Sql, hook: str, message: Leased, answer: Answer, now: Instant, *, keep: int) -> None:
    """The receiver has it. Of what was taken the latest ``keep`` stay in the log."""
    if not _settle(sql, hook, message, answer, "taken", now):
        return
    sql("UPDATE hooks SET failing = NULL, trouble = '' WHERE library = :library AND name = :hook", hook=hook)
    notices.clear_notice(sql, rows.notice(hook))
    trim(sql, hook, keep)


def put_off(
    sql: Sql, hook: str, message: Leased, answer: Answer, not_before: Instant, now: Instant, *, stops: int
) -> None:
    """The try failed and is repeated. A hook that took nothing for ``stops`` milliseconds, or is gone, is stopped."""
    if not _settle(sql, hook, message, answer, "waiting", not_before):
        return
    found = sql(
        "UPDATE hooks SET failing = coalesce(failing, :now), trouble = :trouble"
        " WHERE library = :library AND name = :hook RETURNING failing",
        hook=hook,
        now=now,
        trouble=answer.trouble,
    )
    if answer.gone:
        rows.stop(sql, hook, "its receiver says that it is gone (410).", now)
    elif found and now - found[0]["failing"] >= stops:
        rows.stop(sql, hook, f"it has taken nothing for days. {answer.trouble}", now)
    elif message.tries >= NOTICED:
        text = f"Webhook {hook} takes nothing and is tried again: {answer.trouble}"
        notices.raise_notice(sql, rows.notice(hook), "warning", text, now)


def _settle(sql: Sql, hook: str, message: Leased, answer: Answer, state: str, not_before: Instant) -> bool:
    """Write how a try went; False where the lease had run out, or the hook was removed or enabled anew."""
    settled = sql(
        "UPDATE hook_messages SET state = :state, not_before = :not_before, status = :status, took = :took,"
        " trouble = :trouble WHERE library = :library AND hook = :hook AND id = :id AND state = 'leased'"
        " AND tries = :tries RETURNING id",
        hook=hook,
        id=message.id,
        tries=message.tries,
        state=state,
        not_before=not_before,
        status=answer.status,
        took=answer.took,
        trouble=answer.trouble,
    )
    return bool(settled)


def tested(sql: Sql, hook: str, message: Fresh, answer: Answer, now: Instant, *, keep: int) -> HookTry:
    """Note how a test went; it is never repeated."""
    _add(sql, hook, message, now, state="taken" if answer.taken else "failed")
    sql(
        "UPDATE hook_messages SET tries = 1, tried = :now, status = :status, took = :took, trouble = :trouble"
        " WHERE library = :library AND hook = :hook AND id = :id",
        hook=hook,
        id=message.id,
        now=now,
        status=answer.status,
        took=answer.took,
        trouble=answer.trouble,
    )
    trim(sql, hook, keep)
    return _one(sql, hook, message.id)


def _one(sql: Sql, hook: str, message: str) -> HookTry:
    found = sql(
        "SELECT * FROM hook_messages WHERE library = :library AND hook = :hook AND id = :id", hook=hook, id=message
    )
    return _try(found[0])


def log(sql: Sql, hook: str, count: int) -> tuple[HookTry, ...]:
    """A hook's latest messages, the newest first."""
    rows.get(sql, hook)
    found = sql(
        "SELECT * FROM hook_messages WHERE library = :library AND hook = :hook ORDER BY id DESC LIMIT :count",
        hook=hook,
        count=count,
    )
    return tuple(map(_try, found))


def _try(row: Record) -> HookTry:
    return HookTry(
        message=row["id"],
        event=row["event"],
        made=row["made"],
        tried=row["tried"],
        taken=row["state"] == "taken",
        status=row["status"],
        took=row["took"],
        tries=row["tries"],
        trouble=row["trouble"],
    )


def trim(sql: Sql, hook: str, keep: int) -> None:
    """Of what is done, the latest ``keep`` stay."""
    sql(
        "DELETE FROM hook_messages WHERE library = :library AND hook = :hook AND state IN ('taken', 'failed')"
        " AND id <= (SELECT id FROM hook_messages WHERE library = :library AND hook = :hook"
        " AND state IN ('taken', 'failed') ORDER BY id DESC LIMIT 1 OFFSET :keep)",
        hook=hook,
        keep=keep,
    )


def forget(sql: Sql, now: Instant) -> None:
    """What is older than 30 days goes, taken or not; and secrets whose time is over."""
    sql("DELETE FROM hook_messages WHERE library = :library AND made < :before", before=plus(now, -FORGOTTEN))
    rows.forget_earlier(sql, now)
