"""What was said of the figures: suspended promises, dips accounted for, figures published, reasons for misses.

Reading only; :mod:`~helpdesk.store.verbs.facts` writes them. Each is a fold over the log up to an event (``until``,
None for all of it), so a report as of an earlier event reads what was said by then. Texts are remarks: "" once they
were erased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from helpdesk.clock import Instant
from helpdesk.events import Event, Kind, Seq, standing
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import events, remarks

_AT_ONCE = 400
_NO_END = Seq(2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """Days in which a promise does not hold: from ``first`` up to, not including, ``end``.

    ``seq``       its event, by which it is named
    ``standard``  whose promise, "" for every one
    ``begins``, ``ends``  the same days as instants, in the library's zone as it was
    """

    seq: Seq
    standard: str
    begins: Instant
    ends: Instant
    first: date
    end: date
    reason: str
    by: str
    noted: Instant

    def covers(self, standard: str, when: Instant) -> bool:
        """Whether a clock of ``standard`` that started at ``when`` began in it."""
        return self.standard in {"", standard} and self.begins <= when < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """What the library tells the public of a standard's month ("2026-11"): why it dipped, and what is done."""

    seq: Seq
    standard: str
    month: str
    explanation: str
    action: str
    by: str
    noted: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """A figure as it was given to the public. ``seq``: the last event of the log that it was made from."""

    standard: str
    promised: str
    month: str
    met: int
    missed: int
    pending: int
    seq: Seq

    @property
    def about(self) -> tuple[str, str, str]:
        """What it is a figure of."""
        return self.standard, self.promised, self.month


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A figure that was published: when, and by whom. ``noted_as``: its event."""

    figure: PublishedFigure
    noted_as: Seq
    by: str
    noted: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why a ticket's standard was missed, as staff said it last."""

    ticket: TicketId
    reason: str
    by: str
    noted: Instant


def standard_names(sql: Sql) -> tuple[str, ...]:
    """Every standard that was ever published, by name."""
    rows = sql("SELECT DISTINCT name FROM published WHERE library = :library AND kind = 'standard' ORDER BY name")
    return tuple(row["name"] for row in rows)


def suspensions(sql: Sql, until: Seq | None = None) -> tuple[Suspended, ...]:
    """The suspensions that hold (none that was lifted), oldest first."""
    told = _told(sql, until)
    lifted = {event.data["suspension"] for event in told if event.kind is Kind.UNSUSPENDED}
    held = [event for event in told if event.kind is Kind.SUSPENDED and event.seq not in lifted]
    reasons = remarks.texts(sql, (str(event.data["remark"]) for event in held))
    return tuple(_suspended(event, reasons) for event in held)


def _suspended(event: Event, reasons: Mapping[str, str]) -> Suspended:
    data = event.data
    return Suspended(
        seq=event.seq,
        standard=str(data["standard"]),
        begins=Instant(int(data["begins"] or 0)),
        ends=Instant(int(data["ends"] or 0)),
        first=date.fromisoformat(str(data["from"])),
        end=date.fromisoformat(str(data["to"])),
        reason=reasons.get(str(data["remark"]), ""),
        by=event.actor,
        noted=event.noted,
    )


def accounts(sql: Sql, until: Seq | None = None) -> Mapping[tuple[str, str], Accounted]:
    """The latest account of each standard and month, by (standard, month)."""
    latest = {
        (str(event.data["standard"]), str(event.data["month"])): event
        for event in _told(sql, until)
        if event.kind is Kind.ACCOUNTED
    }
    names = [event.data[name] for event in latest.values() for name in ("remark", "action")]
    said = remarks.texts(sql, (str(name) for name in names if name))
    return {
        (standard, month): Accounted(
            seq=event.seq,
            standard=standard,
            month=month,
            explanation=said.get(str(event.data["remark"]), ""),
            action=said.get(str(event.data["action"]), ""),
            by=event.actor,
            noted=event.noted,
        )
        for (standard, month), event in sorted(latest.items())
    }


def published_figures(sql: Sql, until: Seq | None = None) -> tuple[Printed, ...]:
    """Every figure that was ever published, in the order of publishing."""
    return tuple(_printed(event) for event in _told(sql, until) if event.kind is Kind.FIGURE_PUBLISHED)


def _printed(event: Event) -> Printed:
    data = event.data
    figure = PublishedFigure(
        standard=str(data["standard"]),
        promised=str(data["promised"]),
        month=str(data["month"]),
        met=int(data["met"] or 0),
        missed=int(data["missed"] or 0),
        pending=int(data["pending"] or 0),
        seq=Seq(int(data["seq"] or 0)),
    )
    return Printed(figure=figure, noted_as=event.seq, by=event.actor, noted=event.noted)


def explanations(sql: Sql, tickets: Iterable[TicketId], until: Seq | None = None) -> Mapping[TicketId, Explained]:
    """What staff said last of the misses of some tickets; a ticket of which nothing was said is not there."""
    wanted = sorted(set(tickets))
    told: defaultdict[TicketId, list[Event]] = defaultdict(list)
    for start in range(0, len(wanted), _AT_ONCE):
        some = {f"t{n}": each for n, each in enumerate(wanted[start : start + _AT_ONCE])}
        rows = sql(
            "SELECT * FROM events WHERE library = :library AND kind IN ('explained', 'undone') AND seq <= :until"
            f" AND ticket IN ({', '.join(f':{name}' for name in some)}) ORDER BY seq",
            until=_NO_END if until is None else until,
            **some,
        )
        for row in rows:
            told[TicketId(row["ticket"])].append(events.read(row))
    latest = {ticket: holds[-1] for ticket, history in told.items() if (holds := standing(history))}
    said = remarks.texts(sql, (str(event.data["remark"]) for event in latest.values()))
    return {
        ticket: Explained(
            ticket=ticket, reason=said.get(str(event.data["remark"]), ""), by=event.actor, noted=event.noted
        )
        for ticket, event in sorted(latest.items())
    }


def _told(sql: Sql, until: Seq | None) -> list[Event]:
    """All facts about figures, in order. They are few: an index holds them alone, and ``until`` is left to us."""
    rows = sql(
        "SELECT * FROM events WHERE library = :library"
        " AND kind IN ('suspended', 'unsuspended', 'accounted', 'figure_published') ORDER BY seq"
    )
    return [events.read(row) for row in rows if until is None or row["seq"] <= until]
