"""Published calendars and standards: frozen text, named by its digest, with an event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from helpdesk.clock import Instant
from helpdesk.events import Kind, NewEvent
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import events


def publish(sql: Sql, kind: str, texts: Iterable[tuple[str, str]], now: Instant, actor: str) -> list[str]:
    """Publish (name, frozen text) pairs of one kind ("calendar" or "standard"); returns the names that are new.

    What equals the latest published text of its name changes nothing.
    """
    by_name = dict(texts)
    fresh = differing(sql, kind, by_name.items())
    for name in fresh:
        text = by_name[name]
        digest = hashlib.sha256(text.encode()).hexdigest()
        sql(
            "INSERT INTO published (library, kind, digest, published, name, text)"
            " VALUES (:library, :kind, :digest, :now, :name, :text)",
            kind=kind,
            digest=digest,
            now=now,
            name=name,
            text=text,
        )
        data: dict[str, str | int | bool | None] = {"kind": kind, "name": name, "digest": digest}
        events.append(sql, [NewEvent(kind=Kind.PUBLISHED, ticket=None, when=now, actor=actor, data=data)], now)
    return fresh


def differing(sql: Sql, kind: str, texts: Iterable[tuple[str, str]]) -> list[str]:
    """The names whose text is not the latest published one."""
    rows = sql(
        "SELECT name, digest FROM published WHERE library = :library AND kind = :kind ORDER BY published", kind=kind
    )
    latest = {row["name"]: row["digest"] for row in rows}
    return [name for name, text in texts if latest.get(name) != hashlib.sha256(text.encode()).hexdigest()]


def published(sql: Sql) -> Published:
    """Every version that was ever published, ready to use."""
    rows = sql("SELECT kind, text, published FROM published WHERE library = :library ORDER BY published, kind, digest")
    return Published(
        standards=[(row["text"], row["published"]) for row in rows if row["kind"] == "standard"],
        calendars=[(row["text"], row["published"]) for row in rows if row["kind"] == "calendar"],
    )
