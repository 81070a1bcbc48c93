"""Hooks as rows: who is sent what, how far the log was read for them, and their sealed secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.events import SYSTEM, Kind, NewEvent, Seq
from helpdesk.ports import Record, Sql
from helpdesk.ports.hooks import Hook, HookState
from helpdesk.store.verbs import events, notices
from helpdesk.tables import nearest_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A hook as the store holds it.

    ``id``       what its secrets are sealed for
    ``upto``     the last event that was read for it
    ``secret``   sealed; ``earlier`` the one before it, good until ``hook.rotating``
    """

    hook: Hook
    id: str
    upto: Seq
    secret: bytes = field(repr=False)
    earlier: bytes | None = field(default=None, repr=False)


_WAITING = (
    "(SELECT count(*) FROM hook_messages m WHERE m.library = h.library AND m.hook = h.name"
    " AND m.state IN ('waiting', 'leased'))"
)
_SELECT = f"SELECT h.*, {_WAITING} AS waiting FROM hooks h WHERE h.library = :library"


def _kept(row: Record) -> Kept:
    return Kept(
        hook=Hook(
            name=row["name"],
            url=row["url"],
            events=tuple(row["events"].split()),
            state=HookState(row["state"]),
            created=row["created"],
            waiting=row["waiting"],
            failing=row["failing"],
            trouble=row["trouble"],
            rotating=row["earlier_until"],
        ),
        id=row["id"],
        upto=Seq(row["upto"]),
        secret=row["secret"],
        earlier=row["earlier"],
    )


def everyone(sql: Sql) -> tuple[Kept, ...]:
    """Every hook, by name."""
    return tuple(_kept(row) for row in sql(f"{_SELECT} ORDER BY h.name"))


def names(sql: Sql) -> tuple[str, ...]:
    """The names of all hooks that are sent anything."""
    rows = sql("SELECT name FROM hooks WHERE library = :library AND state = 'on' ORDER BY name")
    return tuple(row["name"] for row in rows)


def find(sql: Sql, name: str) -> Kept | None:
    """A hook by its name."""
    rows = sql(f"{_SELECT} AND h.name = :name", name=name)
    return _kept(rows[0]) if rows else None


def get(sql: Sql, name: str) -> Kept:
    """A hook by its name; NotFound, with the nearest one, where there is none."""
    if (found := find(sql, name)) is None:
        rows = sql("SELECT name FROM hooks WHERE library = :library")
        known = nearest_end(name, (row["name"] for row in rows)) if rows else "there is none yet."
        raise NotFound(f"There is no hook {name!r}; {known}")
    return found


def add(sql: Sql, kept: Kept, actor: str, now: Instant) -> Kept:
    """A new hook, which hears what happens after this. Refused where the name is taken."""
    hook = kept.hook
    rows = sql(
        "INSERT INTO hooks (library, name, id, url, events, state, created, upto, failing, trouble, secret, earlier,"
        " earlier_until) VALUES (:library, :name, :id, :url, :events, 'on', :now, :upto, NULL, '', :secret, NULL,"
        " NULL) ON CONFLICT (library, name) DO NOTHING RETURNING name",
        name=hook.name,
        id=kept.id,
        url=hook.url,
        events=" ".join(hook.events),
        now=now,
        upto=events.last(sql),
        secret=kept.secret,
    )
    if not rows:
        raise Refused(f"There is a hook {hook.name!r} already. Remove it, or choose another name.")
    _note(sql, hook.name, "added", actor, now)
    return get(sql, hook.name)


def remove(sql: Sql, name: str, actor: str, now: Instant) -> None:
    """Forget a hook, its log and what waits."""
    get(sql, name)
    sql("DELETE FROM hook_messages WHERE library = :library AND hook = :name", name=name)
    sql("DELETE FROM hooks WHERE library = :library AND name = :name", name=name)
    notices.clear_notice(sql, notice(name))
    _note(sql, name, "removed", actor, now)


def disable(sql: Sql, name: str, actor: str, now: Instant) -> Kept:
    """Send nothing more. What waits, waits on."""
    _change(sql, name, HookState.OFF, "disabled", actor, now)
    return get(sql, name)


def enable(sql: Sql, name: str, actor: str, now: Instant, *, skip: bool) -> Kept:
    """Send again, what waits at once; with ``skip`` what happened so far is dropped."""
    _change(sql, name, HookState.ON, "enabled", actor, now)
    if skip:
        sql(
            "DELETE FROM hook_messages WHERE library = :library AND hook = :name AND state IN ('waiting', 'leased')",
            name=name,
        )
        sql("UPDATE hooks SET upto = :upto WHERE library = :library AND name = :name", name=name, upto=events.last(sql))
    sql(
        "UPDATE hook_messages SET state = 'waiting', not_before = :now, tries = 0"
        " WHERE library = :library AND hook = :name AND state IN ('waiting', 'leased')",
        name=name,
        now=now,
    )
    return get(sql, name)


def stop(sql: Sql, name: str, why: str, now: Instant) -> None:
    """Nothing more is sent, because it takes nothing; the desk says so until somebody enables it."""
    _change(sql, name, HookState.STOPPED, "stopped", SYSTEM, now)
    sql("UPDATE hooks SET trouble = :why WHERE library = :library AND name = :name", name=name, why=why)
    text = f"Webhook {name} is stopped: {why} Then run `helpdesk hooks enable {name}`."
    notices.raise_notice(sql, notice(name), "error", text, now)


def _change(sql: Sql, name: str, state: HookState, act: str, actor: str, now: Instant) -> None:
    get(sql, name)
    sql(
        "UPDATE hooks SET state = :state, failing = NULL, trouble = '' WHERE library = :library AND name = :name",
        name=name,
        state=str(state),
    )
    notices.clear_notice(sql, notice(name))
    _note(sql, name, act, actor, now)


def rotate(sql: Sql, name: str, secret: bytes, until: Instant, actor: str, now: Instant) -> Kept:
    """A new secret; the one before is good until then, too."""
    get(sql, name)
    sql(
        "UPDATE hooks SET earlier = secret, earlier_until = :until, secret = :secret"
        " WHERE library = :library AND name = :name",
        name=name,
        secret=secret,
        until=until,
    )
    forget_earlier(sql, now)
    _note(sql, name, "rotated", actor, now)
    return get(sql, name)


def forget_earlier(sql: Sql, now: Instant) -> None:
    """Secrets whose time is over go."""
    sql(
        "UPDATE hooks SET earlier = NULL, earlier_until = NULL WHERE library = :library AND earlier_until <= :now",
        now=now,
    )


def reseal(sql: Sql, secrets: Iterable[tuple[str, bytes, bytes | None]]) -> None:
    """Put secrets that were sealed anew in the place of the old ones: each hook's id, its secret and the earlier."""
    for id_, secret, earlier in secrets:
        sql(
            "UPDATE hooks SET secret = :secret, earlier = :earlier WHERE library = :library AND id = :id",
            id=id_,
            secret=secret,
            earlier=earlier,
        )


def notice(name: str) -> str:
    """The key of the notice that a hook takes nothing: a question to staff, which stands for a week."""
    return f"person:hook:{name}"


def _note(sql: Sql, name: str, act: str, actor: str, now: Instant) -> None:
    fact = NewEvent(kind=Kind.HOOK_CHANGED, ticket=None, when=now, actor=actor, data={"hook": name, "act": act})
    events.append(sql, [fact], now)
