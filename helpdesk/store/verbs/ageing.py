"""What has reached its age: by a rule of the settings, which tickets and mails are forgotten next, and how many wait.

A ticket's age counts from its last change once it is finished: what is still worked on is never due, nor is what still
waits to be sent, nor what was merged into a ticket that goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from helpdesk.clock import DAY, Instant, plus
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import Channel, LineId, TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import erasing, events
from helpdesk.store.verbs.erasing import Gone

BATCH = 50
"""How many tickets or mails are forgotten in one commit: others write in between."""

FINISHED = "('solved', 'closed', 'spam', 'muted')"
UNSENT = "('waiting', 'leased', 'unclear', 'person')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """After ``days`` something is forgotten of the tickets of some channels.

    ``setting``  its name in [retention]
    ``what``     "mails": as they came in; "who": who wrote; "words": what was written; "all": both at once
    ``sealed``   of text messages: those of sealed lines, else those of open ones
    """

    setting: str
    what: Literal["mails", "who", "words", "all"]
    channels: tuple[Channel, ...]
    days: int
    sealed: bool = False

    def before(self, now: Instant) -> Instant:
        """What was last changed by then is due ``now``."""
        return plus(now, -self.days * DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a rule erases on one line ("" for contacts by phone and at the desk)."""

    rule: Rule
    line: LineId
    gone: Gone


def forget_next(sql: Sql, rule: Rule, now: Instant, limit: int, actor: str = SYSTEM) -> tuple[Tally, ...]:
    """Forget the next few that are due by a rule, by line; () once none is. The log says how many went, by which rule.

    Which tickets or people it were it does not say.
    """
    found = _mails(sql, rule, now, limit) if rule.what == "mails" else _tickets(sql, rule, now, limit)
    lines = dict.fromkeys(line for _, line in found)
    done = [_forget(sql, rule, line, [each for each, of in found if of == line], now) for line in lines]
    for each in done:
        data: dict[str, Fact] = {"rule": rule.setting, "days": rule.days, "line": each.line, **each.gone.told}
        events.append(sql, [NewEvent(kind=Kind.FORGOTTEN, ticket=None, when=now, actor=actor, data=data)], now)
    return tuple(done)


def _forget(sql: Sql, rule: Rule, line: LineId, due: Sequence[str], now: Instant) -> Tally:
    tickets = [TicketId(each) for each in due]
    match rule.what:
        case "mails":
            gone = Gone(mails=erasing.forget_mails(sql, due, now))
        case "who":
            gone = erasing.part(sql, tickets, now)
        case "words":
            gone = erasing.wipe(sql, tickets, now)
        case "all":
            gone = erasing.whole(sql, tickets, now)
    return Tally(rule=rule, line=line, gone=gone)


def waiting(sql: Sql, rule: Rule, now: Instant) -> tuple[Tally, ...]:
    """How much a rule would erase ``now``, by line. Reads only."""
    if rule.what == "mails":
        rows = sql(
            f"SELECT r.line AS line, count(*) AS mails FROM raw r WHERE {_MAILS} GROUP BY r.line ORDER BY r.line",
            before=rule.before(now),
        )
        return tuple(Tally(rule=rule, line=row["line"], gone=Gone(mails=row["mails"])) for row in rows)
    due, params = _due(rule, now)
    rows = sql(
        f"SELECT t.line AS line, {', '.join(f'sum({_COUNTED[name]}) AS {name}' for name in _COUNTED)}"
        f" FROM tickets t WHERE {due} GROUP BY t.line ORDER BY t.line",
        **params,
    )
    people = _people(sql, rule, now)
    return tuple(
        Tally(rule=rule, line=row["line"], gone=_would_go(rule, {**row, "people": people.get(row["line"], 0)}))
        for row in rows
    )


_COUNTED = {
    "tickets": "1",
    "entries": "(SELECT count(*) FROM entries e WHERE e.library = t.library AND e.ticket = t.id"
    " AND (e.text <> '' OR e.author <> ''))",
    "files": "(SELECT count(*) FROM entries e JOIN files f ON f.library = e.library AND f.entry = e.id"
    " WHERE e.library = t.library AND e.ticket = t.id)",
    "remarks": "(SELECT count(*) FROM remarks m WHERE m.library = t.library AND m.ticket = t.id AND m.text <> '')",
}
"""How often a ticket that is due counts."""


def _would_go(rule: Rule, counted: dict[str, int]) -> Gone:
    named = {"who": ("tickets", "people"), "words": ("tickets", "entries", "files", "remarks")}
    return Gone(**{name: counted[name] for name in named.get(rule.what, ("people", *_COUNTED))})


def _people(sql: Sql, rule: Rule, now: Instant) -> dict[LineId, int]:
    """By line, how many people nothing would name any more: every ticket of theirs is due."""
    due, params = _due(rule, now)
    other, _ = _due(rule, now, of="o")
    rows = sql(
        f"SELECT t.line AS line, count(DISTINCT t.person) AS n FROM tickets t WHERE {due} AND t.person IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM tickets o WHERE o.library = t.library AND o.person = t.person"
        f" AND NOT ({other})) GROUP BY t.line",
        **params,
    )
    return {row["line"]: row["n"] for row in rows}


def unfinished(sql: Sql, rule: Rule, now: Instant) -> int:
    """How many tickets have a rule's age and stay, because somebody still works on them."""
    channels, named = erasing.among(rule.channels, "channel")
    rows = sql(
        f"SELECT count(*) AS n FROM tickets t WHERE t.library = :library AND t.state NOT IN {FINISHED}"
        f" AND t.channel IN ({channels}) AND t.updated <= :before{_texts(rule, 't')}",
        before=rule.before(now),
        **named,
    )
    return int(rows[0]["n"])


def _tickets(sql: Sql, rule: Rule, now: Instant, limit: int) -> list[tuple[str, LineId]]:
    due, params = _due(rule, now)
    rows = sql(
        f"SELECT t.id AS id, t.line AS line FROM tickets t WHERE {due} ORDER BY t.updated, t.id LIMIT :limit",
        limit=limit,
        **params,
    )
    return [(row["id"], row["line"]) for row in rows]


def _mails(sql: Sql, rule: Rule, now: Instant, limit: int) -> list[tuple[str, LineId]]:
    rows = sql(
        f"SELECT r.id AS id, r.line AS line FROM raw r WHERE {_MAILS} ORDER BY r.noted, r.id LIMIT :limit",
        before=rule.before(now),
        limit=limit,
    )
    return [(row["id"], row["line"]) for row in rows]


_MAILS = "r.library = :library AND r.noted <= :before AND r.forgotten IS NULL AND r.state <> 'kept'"
"""Which mails are due; what waits to be read is not."""


def _due(rule: Rule, now: Instant, of: str = "t") -> tuple[str, dict[str, object]]:
    """Which tickets are due, for a table of tickets that is called ``of``."""
    mark = "anonymous" if rule.what == "who" else "forgotten"
    channels, named = erasing.among(rule.channels, "channel")
    where = (
        f"{of}.library = :library AND {of}.channel IN ({channels}) AND {of}.updated <= :before AND {of}.{mark} IS NULL"
        f" AND {of}.state IN {FINISHED} AND ({of}.closes IS NULL OR {of}.closes <= :now){_texts(rule, of)}"
        f" AND NOT EXISTS (SELECT 1 FROM outbox w WHERE w.library = {of}.library AND w.ticket = {of}.id"
        f" AND w.state IN {UNSENT})"
        f" AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.library = {of}.library AND c.id = {of}.conversation"
        " AND c.shredded IS NULL)"
        f" AND NOT EXISTS (SELECT 1 FROM tickets m WHERE m.library = {of}.library AND m.id = {of}.merged_into"
        f" AND (m.updated > :before OR m.state NOT IN {FINISHED}))"
    )
    return where, {"before": rule.before(now), "now": now, **named}


def _texts(rule: Rule, of: str) -> str:
    """Text messages of sealed lines have a rule of their own."""
    if Channel.SMS not in rule.channels:
        return ""
    return f" AND {of}.conversation IS {'NOT ' if rule.sealed else ''}NULL"
