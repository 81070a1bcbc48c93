"""What a day came to in noise, counted from tickets and incidents, and as it stood earlier.

A text is a ticket that is in an incident, and no spam, muted, merged, automatic or test one. An incident counts where
any of its texts does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpdesk.adding import Fold
from helpdesk.clock import Instant
from helpdesk.events import Event, Kind, Seq
from helpdesk.local_days import Span
from helpdesk.message import IncidentId, TicketId
from helpdesk.noise.incidents import Incident, IncidentState
from helpdesk.noise.life import folded
from helpdesk.noise_days import GOING_ON, MUTED, UNSAID, OneNoise
from helpdesk.ports import Sql
from helpdesk.store.verbs import incident_rows

_COUNTS = (
    "t.state NOT IN ('spam', 'muted') AND t.merged_into IS NULL AND instr(t.flags, 'test') = 0"
    " AND instr(t.flags, 'automatic') = 0"
)
_SKIPPED = "NOT IN (SELECT value FROM json_each(:skipped))"

TEXT = "CASE WHEN t.incident IS NULL THEN '' WHEN t.concern <> '' THEN '!' || t.zone ELSE '.' || t.zone END"
"""What a contact told of noise, in one word: "" for nothing, else its zone behind a mark; see :func:`count_texts`."""

_NOISES = (
    "SELECT i.zone, i.noise, i.began, i.staffed, i.attended, i.state, i.outcome FROM incidents i"
    f" WHERE i.library = :library AND i.began >= :begins AND i.began < :ends AND i.id {_SKIPPED}"
    " AND EXISTS (SELECT 1 FROM tickets t WHERE t.library = i.library AND t.incident = i.id"
    f" AND t.incident IS NOT NULL AND {_COUNTS})"
)
_APART = (
    "SELECT json_extract((SELECT e.data FROM events e WHERE e.library = t.library AND e.ticket = t.id"
    " AND e.kind = 'set_apart' ORDER BY e.seq DESC LIMIT 1), '$.because') AS because, count(*) AS n"
    " FROM tickets t WHERE t.library = :library AND t.opened >= :begins AND t.opened < :ends"
    " AND t.kind = 'noise' AND t.state = 'muted' AND t.merged_into IS NULL AND instr(t.flags, 'test') = 0"
    f" AND t.id {_SKIPPED} GROUP BY 1"
)


def count_texts(counted: Fold, told: str, hour: int, *, answered: bool, n: int) -> None:
    """Count ``n`` contacts that told the same by :data:`TEXT`, and told something."""
    counted.noise.texts(told[1:], hour, answered=answered, concern=told[0] == "!", n=n)


def count(sql: Sql, counted: Fold, span: Span, skipped: str) -> None:
    """Count a day's noises into its fold, and the texts that were set apart.

    ``skipped``: ids of tickets and incidents to leave out, as JSON.
    """
    named = {**span._asdict(), "skipped": skipped}
    for row in sql(_NOISES, **named):
        one = OneNoise(
            row["zone"],
            row["noise"],
            row["began"],
            bool(row["staffed"]),
            row["attended"],
            _outcome(row["state"], row["outcome"]),
        )
        counted.noise.noise(one, counted.hour(one.began))
    for row in sql(_APART, **named):
        counted.noise.apart(row["because"] or MUTED, row["n"])


def _outcome(state: str, outcome: str) -> str:
    return (outcome or UNSAID) if state == IncidentState.OVER else GOING_ON


# As it stood


@dataclass(frozen=True, slots=True, kw_only=True)
class PastText:
    """What a contact told of noise as it stood.

    ``incident``  the one that it was in, None for none
    ``because``   why it was set apart, "" where it never was
    """

    incident: IncidentId | None
    zone: str
    concern: bool
    because: str


def text_of(told: Iterable[Event]) -> PastText:
    """A contact as its events tell of it. The last fact about an incident names the one that it is in."""
    incident, zone, concern, because = None, "", False, ""
    for event in told:
        data = event.data
        if isinstance(named := data.get("incident"), str) and "version" in data:
            incident = IncidentId(named)
        if event.kind is Kind.PLACED:
            zone = str(data.get("zone", zone))
        concern = concern or event.kind is Kind.CONCERN
        because = str(data["because"]) if event.kind is Kind.SET_APART else because
    return PastText(incident=incident, zone=zone, concern=concern, because=because)


@dataclass(frozen=True, slots=True)
class PastNoise:
    """An incident that the log tells more of since, or a text of which it does: as it stood, if it counted then.

    ``changed``  when it began, as it stood and as it stands
    """

    id: IncidentId
    incident: Incident | None
    changed: tuple[Instant, ...]

    def one(self) -> OneNoise | None:
        """What is counted of it; None where it was not there, or did not count."""
        found = self.incident
        if found is None:
            return None
        outcome = _outcome(found.state, found.outcome or "")
        return OneNoise(found.zone, found.noise, found.began, found.staffed, found.attended, outcome)


def past(sql: Sql, cut: Seq, touched: Iterable[TicketId], counting: Mapping[IncidentId, int]) -> list[PastNoise]:
    """The incidents that are not what they were at ``cut``.

    ``touched``   tickets of which the log tells more since
    ``counting``  of each incident that any of these was in at ``cut``, how many of them counted
    """
    skipped = json.dumps(sorted(touched))
    now = sql(
        "SELECT DISTINCT incident AS id FROM tickets WHERE library = :library AND incident IS NOT NULL"
        " AND id IN (SELECT value FROM json_each(:touched))",
        touched=skipped,
    )
    since = sql(
        "SELECT DISTINCT json_extract(data, '$.incident') AS id FROM events WHERE library = :library AND +seq > :cut"
        """ AND json_extract(data, '$.incident') > '' AND ticket IS NOT NULL AND instr(data, '"incident":') > 0""",
        cut=cut,
    )
    ids = {IncidentId(row["id"]) for row in (*now, *since)} | set(counting)
    return [_past(sql, each, cut, skipped, counting.get(each, 0)) for each in sorted(ids)]


def _past(sql: Sql, incident: IncidentId, cut: Seq, skipped: str, counting: int) -> PastNoise:
    then = folded(incident_rows.history(sql, incident, cut)).get(incident)
    now = sql("SELECT began FROM incidents WHERE library = :library AND id = :id", id=incident)
    others = sql(
        f"SELECT 1 FROM tickets t WHERE t.library = :library AND t.incident = :incident AND {_COUNTS}"
        f" AND t.id {_SKIPPED} LIMIT 1",
        incident=incident,
        skipped=skipped,
    )
    began = [Instant(row["began"]) for row in now] + ([] if then is None else [then.began])
    return PastNoise(incident, then if counting or others else None, tuple(began))
