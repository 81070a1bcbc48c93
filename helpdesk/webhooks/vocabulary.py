"""What hooks can hear of: the public names, which stay, and what a message of each says.

A message holds ids, enums, numbers and times. It never holds what anybody wrote, who wrote it, or a member's name; who
did something is "patron", "staff" or "system". Of a sealed line's tickets it holds no number and no id either, so that
no two messages can be joined to one texter, and that a text came in by itself is not told at all. The noise that such
texts tell of is nobody's, and has its number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from helpdesk.clock import Instant, moment
from helpdesk.errors import Refused
from helpdesk.events import PATRON, SYSTEM, Event, Fact, Kind
from helpdesk.message import Channel
from helpdesk.noise.incidents import Incident
from helpdesk.tables import nearest_end
from helpdesk.ticket import Flag, Ticket

TEST = "hook.test"
"""What `helpdesk hooks test` sends; every hook takes it."""

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "ticket.opened": "a contact came in, or was logged at the desk",
        "ticket.received": "a patron wrote, the first message included; never of a sealed line",
        "ticket.replied": "staff answered",
        "ticket.unsent": "an answer was taken back before it was sent",
        "ticket.attended": "staff were there, or answered by phone",
        "ticket.waiting": "staff wait on the patron",
        "ticket.solved": "staff said that it is solved",
        "ticket.closed": "solved, and the time in which the patron can reopen it is over",
        "ticket.reopened": "it goes on after all",
        "ticket.merged": "it goes on in another ticket",
        "ticket.undone": "staff took back what they did to it last",
        "ticket.undeliverable": "an answer can't reach the patron",
        "ticket.left": "the visitor of a chat has gone",
        "noise.opened": "a noise that nobody told of before",
        "noise.placed": "it is known where it is, or it is somewhere else",
        "noise.dispatched": "somebody was sent",
        "noise.attended": "somebody was there",
        "noise.concluded": "it is over",
        "noise.reopened": "it goes on after all",
        "noise.undone": "staff took back what they did about it last",
        "standard.breached": "a promise was not kept: nobody answered in time",
        "line.paused": "nothing is sent on a line, because our account or relay is at fault",
        "line.resumed": "it is tried again",
        "line.capped": "a line of texts has used most of its day's limit, or all of it",
        "probe.failed": "a probe of a line did not come back",
        "probe.passed": "it did",
    }
)
"""Every name, and when it is told. A name is never given another meaning; more may come."""

_OF_TICKET: Mapping[Kind, str] = {
    Kind.OPENED: "ticket.opened",
    Kind.RECEIVED: "ticket.received",
    Kind.REPLIED: "ticket.replied",
    Kind.UNSENT: "ticket.unsent",
    Kind.ATTENDED: "ticket.attended",
    Kind.PAUSED: "ticket.waiting",
    Kind.SOLVED: "ticket.solved",
    Kind.CLOSED: "ticket.closed",
    Kind.REOPENED: "ticket.reopened",
    Kind.MERGED: "ticket.merged",
    Kind.UNDONE: "ticket.undone",
    Kind.UNDELIVERABLE: "ticket.undeliverable",
    Kind.LEFT: "ticket.left",
    Kind.BREACH_NOTICED: "standard.breached",
}

_OF_NOISE: Mapping[Kind, str] = {
    Kind.PLACED: "noise.placed",
    Kind.DISPATCHED: "noise.dispatched",
    Kind.ATTENDED: "noise.attended",
    Kind.CONCLUDED: "noise.concluded",
    Kind.INCIDENT_REOPENED: "noise.reopened",
    Kind.UNDONE: "noise.undone",
}
"""Facts of an incident; each of its tickets has a copy of one."""

_BEGINS = frozenset({Kind.JOINED, Kind.PARTED})
"""What may be an incident's first fact: a text, or that staff took some of another's for a noise of its own."""

_OF_LINE: Mapping[Kind, str] = {
    Kind.LINE_PAUSED: "line.paused",
    Kind.LINE_RESUMED: "line.resumed",
    Kind.LINE_CAPPED: "line.capped",
    Kind.PROBE_FAILED: "probe.failed",
    Kind.PROBE_PASSED: "probe.passed",
}

_NOT_OF_SEALED = frozenset({"ticket.received"})
"""Of a sealed line not even that: when one person writes is a mark of that person."""


def kinds_of(events: tuple[str, ...]) -> tuple[Kind, ...]:
    """The facts of the log that messages of some events are made of, and perhaps others; in a fixed order."""
    named = {**_OF_TICKET, **_OF_LINE}
    found = {kind for table in (named, _OF_NOISE) for kind, name in table.items() if name in events}
    found |= _BEGINS if "noise.opened" in events else frozenset()
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a fact is about, as it stands when the message is made. None where it is about none, or that is gone."""

    ticket: Ticket | None = None
    incident: Incident | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is told of a fact. ``once``: the same for every copy of it, so that it is told once."""

    event: str
    when: Instant
    data: Mapping[str, object]
    once: str


def known(events: tuple[str, ...]) -> tuple[str, ...]:
    """The names in the vocabulary's order, once each; Refused, with the nearest name, for one that is not there."""
    if wrong := next((each for each in events if each not in EVENTS), None):
        raise Refused(f"There is no event {wrong!r}; {nearest_end(wrong, EVENTS)}")
    if not events:
        raise Refused("Name at least one event, such as ticket.opened. docs/webhooks.md lists them.")
    return tuple(each for each in EVENTS if each in events)


def announced(event: Event, subject: Subject) -> Announcement | None:
    """What hooks are told of a fact; None where they are told nothing: so of what was imported, which is long over."""
    if event.data.get("imported"):
        return None
    if (name := _noise(event)) and subject.incident is not None:
        once = f"{subject.incident.number}.{event.data['version']}"
        return Announcement(event=name, when=event.when, data=_of_noise(event, subject.incident), once=once)
    if event.kind in _OF_LINE:
        return _announcement(_OF_LINE[event.kind], event, _picked(event, "line", "channel", "share", "took"))
    if event.kind not in _OF_TICKET or subject.ticket is None or name:
        return None
    told = _OF_TICKET[event.kind]
    if told in _NOT_OF_SEALED and sealed(subject.ticket):
        return None
    return _announcement(
        told, event, {**_picked(event, "standard"), "ticket": _ticket(subject.ticket), "by": _by(event)}
    )


def _announcement(name: str, event: Event, data: Mapping[str, object]) -> Announcement:
    return Announcement(event=name, when=event.when, data=data, once=f"#{event.seq}")


def _noise(event: Event) -> str:
    """What a fact says of an incident, "" where it says nothing that hooks hear."""
    if not isinstance(event.data.get("incident"), str) or "version" not in event.data:
        return ""
    begins = event.kind in _BEGINS and event.data["version"] == 1
    return "noise.opened" if begins else _OF_NOISE.get(event.kind, "")


def sealed(ticket: Ticket) -> bool:
    """Whether its texter is unknown, also where its line was opened since."""
    return ticket.channel is Channel.SMS and ticket.conversation is not None


def _ticket(ticket: Ticket) -> dict[str, object]:
    named = {} if sealed(ticket) else {"id": str(ticket.id), "number": ticket.number}
    return {
        **named,
        "channel": str(ticket.channel),
        "line": str(ticket.line),
        "site": ticket.site,
        "kind": ticket.kind,
        "state": str(ticket.state),
        "sealed": sealed(ticket),
        "automatic": Flag.AUTOMATIC in ticket.flags,
        "test": Flag.TEST in ticket.flags,
    }


def _of_noise(event: Event, incident: Incident) -> dict[str, object]:
    noise = {
        "number": incident.number,
        "line": str(incident.line),
        "site": incident.site,
        "zone": incident.zone,
        "kind": str(incident.noise),
        "state": str(incident.state),
        "reporters": incident.reporters,
        "outcome": str(incident.outcome or ""),
    }
    return {"noise": noise, "by": _by(event)}


def _by(event: Event) -> str:
    return event.actor if event.actor in {PATRON, SYSTEM} else "staff"


def _picked(event: Event, *names: str) -> dict[str, Fact]:
    return {name: event.data[name] for name in names if name in event.data}


def body(message: str, announcement: Announcement, *, library: str) -> str:
    """A message as it is sent: one JSON object."""
    told = {
        "id": message,
        "type": announcement.event,
        "time": written_time(announcement.when),
        "library": library,
        "data": announcement.data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def written_time(when: Instant) -> str:
    """A time as messages write it: 2026-11-22T07:30:00.000Z."""
    return moment(when).isoformat(timespec="milliseconds").replace("+00:00", "Z")
