"""What a manager states about the figures: a promise suspended, a dip accounted for, figures given to the public.

Nothing here is overwritten: a suspension is lifted by another fact, an account is followed by a later one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Event, Fact, Kind, NewEvent, Seq
from helpdesk.ports import Sql
from helpdesk.store.verbs import events, figures, remarks
from helpdesk.store.verbs.figures import PublishedFigure, Suspended
from helpdesk.store.verbs.remarks import Remark
from helpdesk.tables import nearest_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspending:
    """Days in which a promise shall not hold, half open; ``standard`` "" means every one.

    ``begins``, ``ends``  the midnights of ``first`` and ``end`` by the library's zone
    """

    standard: str
    first: date
    end: date
    begins: Instant
    ends: Instant
    why: Remark
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the public is told of a standard's month. ``action``: None where nothing is said of what is done."""

    standard: str
    month: str
    explanation: Remark
    action: Remark | None
    actor: str


def suspend(sql: Sql, said: Suspending, now: Instant) -> Seq:
    """Suspend a promise; returns its event. Refused where no such standard is known, or it is suspended already."""
    if said.standard:
        known_standard(sql, said.standard)
    for each in figures.suspensions(sql):
        if (each.standard, each.begins, each.ends) == (said.standard, said.begins, said.ends):
            raise Refused(f"{_whose(each)} suspended for these days already, as {each.seq} ({each.reason}).")
    remarks.keep(sql, said.why, None)
    data: dict[str, Fact] = {
        "standard": said.standard,
        "begins": said.begins,
        "ends": said.ends,
        "from": said.first.isoformat(),
        "to": said.end.isoformat(),
        **said.why.facts,
    }
    return _note(sql, Kind.SUSPENDED, data, said.actor, now).seq


def _whose(suspended: Suspended) -> str:
    return f"{suspended.standard} is" if suspended.standard else "Every standard is"


def unsuspend(sql: Sql, suspension: Seq, actor: str, now: Instant) -> Suspended:
    """Lift a suspension, as if it had never been; what was reported by then stays in the log."""
    held = {each.seq: each for each in figures.suspensions(sql)}
    if suspension not in held:
        known = ", ".join(str(seq) for seq in held) or "none"
        raise NotFound(f"No suspension {suspension} holds. Those that hold: {known}.")
    _note(sql, Kind.UNSUSPENDED, {"suspension": suspension}, actor, now)
    return held[suspension]


def account(sql: Sql, said: Account, now: Instant) -> Seq:
    """Tell the public of a dip; the latest word on a standard's month counts."""
    known_standard(sql, said.standard)
    remarks.keep(sql, said.explanation, None)
    data: dict[str, Fact] = {
        "standard": said.standard,
        "month": said.month,
        **said.explanation.facts,
        "action": said.action.id if said.action else None,
        "action_digest": said.action.digest if said.action else None,
    }
    if said.action is not None:
        remarks.keep(sql, said.action, None)
    return _note(sql, Kind.ACCOUNTED, data, said.actor, now).seq


def publish_figures(
    sql: Sql, given: Iterable[PublishedFigure], actor: str, now: Instant
) -> tuple[PublishedFigure, ...]:
    """Note figures as published; returns those that differ from what was published of them last."""
    latest = {each.figure.about: _counts(each.figure) for each in figures.published_figures(sql)}
    fresh = tuple(each for each in given if latest.get(each.about) != _counts(each))
    end = events.last(sql)
    for each in fresh:
        known_standard(sql, each.standard)
        if not 0 <= each.seq <= end:
            raise Refused(f"These figures were made from event {each.seq}, but the log ends at {end}.")
    facts = [
        NewEvent(kind=Kind.FIGURE_PUBLISHED, ticket=None, when=now, actor=actor, data=_figure(each)) for each in fresh
    ]
    events.append(sql, facts, now)
    return fresh


def _counts(figure: PublishedFigure) -> tuple[int, int, int]:
    return figure.met, figure.missed, figure.pending


def _figure(figure: PublishedFigure) -> dict[str, Fact]:
    return {
        "standard": figure.standard,
        "promised": figure.promised,
        "month": figure.month,
        "met": figure.met,
        "missed": figure.missed,
        "pending": figure.pending,
        "seq": figure.seq,
    }


def known_standard(sql: Sql, name: str) -> None:
    """NotFound, with the nearest name, unless a standard of this name was ever published."""
    names = figures.standard_names(sql)
    if name not in names:
        raise NotFound(f"There is no standard {name!r}; {nearest_end(name, names)}")


def _note(sql: Sql, kind: Kind, data: dict[str, Fact], actor: str, now: Instant) -> Event:
    [event] = events.append(sql, [NewEvent(kind=kind, ticket=None, when=now, actor=actor, data=data)], now)
    return event
