"""Published calendars and standards: frozen text, named by its digest, with an event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from helpdesk.clock import Instant
from helpdesk.events import Event, Fact, Kind, NewEvent, Seq
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import closings, events, remarks
from helpdesk.store.verbs.remarks import Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """Calendars that shall count from before they are published: from when each, by name, and why."""

    begins: Mapping[str, Instant] = field(default_factory=dict)
    why: Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One publish of a calendar or standard, as the log tells it. ``begins``: None unless it restated the past."""

    seq: Seq
    kind: str
    name: str
    digest: str
    by: str
    noted: Instant
    begins: Instant | None = None
    why: str = ""


def publish(
    sql: Sql,
    kind: str,
    texts: Iterable[tuple[str, str]],
    now: Instant,
    actor: str,
    restatement: Restatement | None = None,
) -> list[str]:
    """Publish (name, frozen text) pairs of one kind ("calendar" or "standard"); returns the names that are new.

    What equals the latest published text of its name changes nothing, unless the restatement names it.
    """
    by_name = dict(texts)
    begins = restatement.begins if restatement else {}
    differ = differing(sql, kind, by_name.items())
    fresh = [name for name in by_name if name in differ or name in begins]
    if restatement and begins:
        remarks.keep(sql, restatement.why, None)
    for name in fresh:
        data = _kept(sql, kind, name, by_name[name], now, begins.get(name))
        if restatement and name in begins:
            data |= {"begins": begins[name], "why": restatement.why.id, "why_digest": restatement.why.digest}
        events.append(sql, [NewEvent(kind=Kind.PUBLISHED, ticket=None, when=now, actor=actor, data=data)], now)
    return fresh


def _kept(sql: Sql, kind: str, name: str, text: str, now: Instant, begins: Instant | None) -> dict[str, Fact]:
    digest = _digest(text)
    sql(
        "INSERT INTO published (library, kind, digest, published, name, text, begins)"
        " VALUES (:library, :kind, :digest, :now, :name, :text, :begins)",
        kind=kind,
        digest=digest,
        now=now,
        name=name,
        text=text,
        begins=begins,
    )
    return {"kind": kind, "name": name, "digest": digest}


def differing(sql: Sql, kind: str, texts: Iterable[tuple[str, str]]) -> list[str]:
    """The names whose text is not the latest published one."""
    rows = sql(
        "SELECT name, digest FROM published WHERE library = :library AND kind = :kind ORDER BY published", kind=kind
    )
    latest = {row["name"]: row["digest"] for row in rows}
    return [name for name, text in texts if latest.get(name) != _digest(text)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def published(sql: Sql, until: Seq | None = None) -> Published:
    """Every version that was ever published (up to the event ``until``), ready to use, and what was closed by hand."""
    rows = sql(
        "SELECT kind, digest, text, published, begins FROM published WHERE library = :library"
        " ORDER BY published, kind, digest"
    )
    if until is not None:
        since = _published_since(sql, until)
        rows = [row for row in rows if (row["kind"], row["digest"], row["published"]) not in since]
    return Published(
        standards=[(row["text"], row["published"]) for row in rows if row["kind"] == "standard"],
        calendars=[(row["text"], row["published"]) for row in rows if row["kind"] == "calendar"],
        closings=closings.closings(sql, until),
        restated={(row["digest"], row["published"]): row["begins"] for row in rows if row["begins"] is not None},
    )


def _published_since(sql: Sql, seq: Seq) -> set[tuple[Fact, Fact, Instant]]:
    """What was published after an event: kind, digest and when."""
    rows = sql("SELECT * FROM events WHERE library = :library AND kind = 'published' AND seq > :seq", seq=seq)
    return {(event.data["kind"], event.data["digest"], event.when) for event in map(events.read, rows)}


def publications(sql: Sql, kind: str = "", name: str = "") -> tuple[Publication, ...]:
    """Every publish, in order: of one kind, of one name, or (with "") of all."""
    found = [
        event
        for row in sql("SELECT * FROM events WHERE library = :library AND kind = 'published' ORDER BY seq")
        if (event := events.read(row)).data["kind"] == (kind or event.data["kind"])
        and event.data["name"] == (name or event.data["name"])
    ]
    why = remarks.texts(sql, (str(event.data["why"]) for event in found if "why" in event.data))
    return tuple(_publication(event, why) for event in found)


def _publication(event: Event, why: Mapping[str, str]) -> Publication:
    data = event.data
    begins = data.get("begins")
    return Publication(
        seq=event.seq,
        kind=str(data["kind"]),
        name=str(data["name"]),
        digest=str(data["digest"]),
        by=event.actor,
        noted=event.noted,
        begins=Instant(begins) if isinstance(begins, int) else None,
        why=why.get(str(data.get("why", "")), ""),
    )


def timed_by(sql: Sql, calendar: str, since: Instant, after: str, limit: int = 200) -> list[TicketId]:
    """Tickets with a clock that started at ``since`` or later and counts by a calendar, in any of its versions.

    The next ones after ``after``, in order of id; "" for the first.
    """
    rows = sql(
        "SELECT DISTINCT ticket FROM clocks WHERE library = :library AND started >= :since AND ticket > :after"
        " AND calendar IN"
        " (SELECT digest FROM published WHERE library = :library AND kind = 'calendar' AND name = :name)"
        " ORDER BY ticket LIMIT :limit",
        since=since,
        after=after,
        name=calendar,
        limit=limit,
    )
    return [TicketId(row["ticket"]) for row in rows]
