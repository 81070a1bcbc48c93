"""All that is held of a person, as plain values and files: what they get when they ask for a copy.

Members of staff are not named in it, nor are the addresses of others on a ticket. Colleagues' notes are in it: they are
about the person, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from helpdesk.clock import Instant, moment
from helpdesk.events import PATRON, SYSTEM, Event, Fact
from helpdesk.message import Channel, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import ClockRow
from helpdesk.store.verbs import clocks, entries, erasing, events, remarks, staff, subjects
from helpdesk.store.verbs.subjects import Held, Subject
from helpdesk.thread import Entry, EntryKind
from helpdesk.ticket import Ticket

BY = {EntryKind.OUT: "the library", EntryKind.AUTO: "the library, automatically", EntryKind.NOTE: "a note of staff's"}
"""Who wrote an entry that did not come in."""

_TIME = 100_000_000_000
"""A number of an event above this is a time in milliseconds, and no count."""

_ODD = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Material:
    """``tree``: what there is to read, as JSON has it; ``files``: by the names under which the tree speaks of them."""

    tree: dict[str, Any] = field(repr=False)
    files: dict[str, bytes] = field(repr=False)


def material(sql: Sql, subject: Subject) -> Material:
    """All that is held of somebody, in one snapshot."""
    found = subjects.held(sql, subject)
    files: dict[str, bytes] = {}
    members = frozenset(str(member.id) for member in staff.members(sql))
    tree = {
        "person": _person(sql, subject),
        "tickets": [_ticket(sql, ticket, subject, members, files) for ticket in found.own],
        "in tickets of others": [_part(sql, ticket, found, files) for ticket in found.others],
        "mails as they came in": _mails(sql, found, files),
    }
    return Material(tree, files)


def _person(sql: Sql, subject: Subject) -> dict[str, Any]:
    rows = sql("SELECT created FROM people WHERE library = :library AND id = :id", id=subject.person)
    of, named = erasing.among(subject.values)
    stopped = sql(f"SELECT line FROM optouts WHERE library = :library AND who IN ({of}) ORDER BY line", **named)
    return {
        "id": subject.person,
        "known since": _when(rows[0]["created"]) if rows else None,
        "addresses": [{"channel": each.channel, "value": each.value, "name": each.name} for each in subject.addresses],
        "wants no texts from": [row["line"] for row in stopped],
    }


def _ticket(
    sql: Sql, ticket: Ticket, subject: Subject, members: frozenset[str], files: dict[str, bytes]
) -> dict[str, Any]:
    return {
        **_about(ticket),
        "kind": ticket.kind,
        "site": ticket.site,
        "zone": ticket.zone,
        "words of danger": ticket.concern,
        "name": ticket.name,
        "subject": ticket.subject,
        "state": ticket.state,
        "tags": list(ticket.tags),
        "written": [_entry(sql, ticket, each, subject, files) for each in entries.of_ticket(sql, ticket.id)],
        "said beside it": list(remarks.of_ticket(sql, ticket.id).values()),
        "what happened": [_moment(event, members) for event in events.of_ticket(sql, ticket.id)],
        "how long it took": [_clock(row) for row in clocks.of_ticket(sql, ticket.id)],
    }


def _about(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "channel": ticket.channel,
        "line": ticket.line,
        "opened": _when(ticket.opened),
        "last changed": _when(ticket.updated),
    }


def _part(sql: Sql, ticket: Ticket, found: Held, files: dict[str, bytes]) -> dict[str, Any]:
    """Of a ticket of somebody else's what the person wrote in it."""
    own = [each for each in entries.of_ticket(sql, ticket.id) if each.id in found.entries]
    return {**_about(ticket), "written": [_entry(sql, ticket, each, found.subject, files) for each in own]}


def _entry(sql: Sql, ticket: Ticket, entry: Entry, subject: Subject, files: dict[str, bytes]) -> dict[str, Any]:
    ours = entry.author in subject.called or ticket.channel is Channel.CHAT
    kept = []
    for file in entry.files:
        path = f"files/{len(files) + 1}-{_plain(file.name)}"
        files[path] = entries.attachment(sql, file.digest)
        kept.append(path)
    return {
        "when": _when(entry.written),
        "by": BY.get(entry.kind, "you" if ours else "somebody else"),
        "text": entry.text,
        "files": kept,
        **({"delivery": entry.delivery} if entry.delivery is not None else {}),
    }


def _moment(event: Event, members: frozenset[str]) -> dict[str, Any]:
    by = {PATRON: "you", SYSTEM: "the program"}.get(event.actor, "a member of staff")
    return {"when": _when(event.when), "what": event.kind, "by": by, **dict(_facts(event.data, members))}


def _facts(data: dict[str, Fact], members: frozenset[str]) -> Iterator[tuple[str, Fact]]:
    """What a fact says besides; digests tell nobody anything, and who of the staff it was is theirs."""
    for name, value in data.items():
        if name.endswith("digest") or name in {"when", "what", "by"} or value in members:
            continue
        yield name, _when(value) if isinstance(value, int) and value > _TIME else value


def _clock(row: ClockRow) -> dict[str, Any]:
    seconds = None if row.spent is None else row.spent // 1000
    return {"promise": row.standard, "measured": row.measure, "seconds": seconds, "outcome": row.outcome}


def _mails(sql: Sql, found: Held, files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Mails that they sent, and those that opened their tickets; what others sent is the others'."""
    of, ids = erasing.among(found.mails)
    rows = sql(f"SELECT id, sender, noted, ticket, content FROM raw WHERE library = :library AND id IN ({of})", **ids)
    numbers = {ticket.id: ticket.number for ticket in found.own}
    told: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: str(row["id"])):
        if row["sender"].lower() not in found.subject.values or not row["content"]:
            continue
        path = f"mails/{len(told) + 1}.eml"
        files[path] = bytes(row["content"])
        told.append({"when": _when(row["noted"]), "file": path, "ticket": numbers.get(TicketId(row["ticket"] or ""))})
    return told


def _plain(name: str) -> str:
    """A file's name that no system minds."""
    return _ODD.sub("_", name)[-80:].lstrip(".") or "file"


def _when(time: int) -> str:
    return moment(Instant(time)).isoformat(timespec="seconds")
