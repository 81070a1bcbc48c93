"""A store with a year of a busy library in it, written by plain SQL: rows like those that the desk writes.

Ten events a ticket, chained by their digests; two clocks a ticket on average; one contact in twenty never answered,
some spam, some chats that were left. The log is true to itself (`db check` holds its chain); the clocks are made by
arithmetic, not folded from it, so that a million tickets take minutes, not hours.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Instant, plus
from helpdesk.daily import Day, day_from_text
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import ROUND_THE_CLOCK, Rules, Span
from helpdesk.local_days import midnight, span_of
from helpdesk.message import Channel
from helpdesk.packing import WHEN
from helpdesk.standards import Covers, Measure, Standard, limit_from_text
from helpdesk.store import schema
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import rulebook
from helpdesk.store.verbs.events import GENESIS
from helpdesk.store.words import Fts5

ZONE = "Europe/London"
FIRST, LAST = date(2025, 11, 1), date(2026, 11, 1)
BEGIN, NOW = midnight(FIRST, ZONE), midnight(LAST, ZONE)
SITES = ("main", "law", "music")


@dataclass(frozen=True, slots=True)
class Promised:
    """A standard of the year: its name, whom it covers, how long answers take on average."""

    name: str
    channel: Channel
    measure: Measure
    limit: str
    usual: int
    calendar: str = "staffed"


PROMISED = (
    Promised("chat-claimed", Channel.CHAT, Measure.CLAIMED, "60 s", 30 * SECOND, ""),
    Promised("chat-answered", Channel.CHAT, Measure.FIRST_RESPONSE, "5 min", 2 * MINUTE, ""),
    Promised("mail-answered", Channel.MAIL, Measure.FIRST_RESPONSE, "16 working h", 5 * HOUR),
    Promised("mail-solved", Channel.MAIL, Measure.RESOLUTION, "40 working h", 12 * HOUR),
    Promised("noise-texts", Channel.SMS, Measure.FIRST_RESPONSE, "15 working min", 6 * MINUTE),
    Promised("noise-attended", Channel.SMS, Measure.ATTENDED, "30 working min", 11 * MINUTE),
)
CHANNELS = (Channel.MAIL, Channel.MAIL, Channel.SMS, Channel.CHAT, Channel.CHAT)
HOURS = [1, 1, 1, 1, 1, 1, 2, 4, 9, 20, 28, 30, 30, 31, 30, 28, 26, 20, 14, 10, 8, 6, 4, 2]
"""How many come in by the hour of the day."""

_COLUMNS = (
    "library id number channel line kind site subject preview name person conversation state owner held_until opened"
    " updated unanswered snoozed_until closes flags version touched_by due due_standard urgency answered tags"
    " merged_into"
).split()
_KINDS = "opened received claimed noted replied sent delivered attended solved closed".split()


def write(path: Path, tickets: int) -> None:
    """The store, with ``tickets`` tickets and ten times as many events."""
    with closing(sqlite3.connect(path, isolation_level=None, cached_statements=512)) as connection:
        schema.prepare_owner(connection)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        sql = Session(connection, "main", Fts5())
        digests = _publish(sql)
        when = _arrivals(random.Random(7), tickets)
        connection.executemany(f"INSERT INTO tickets ({', '.join(_COLUMNS)}) VALUES ({_marks(29)})", _tickets(when))
        connection.executemany(f"INSERT INTO clocks VALUES ({_marks(21)})", _clocks(when, digests))
        _write_log(connection, when)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _marks(n: int) -> str:
    return ", ".join("?" * n)


def _publish(sql: Session) -> dict[str, str]:
    """A calendar and the standards; returns their digests by name."""
    week = (((Span(9 * 60, 20 * 60),),) * 5) + (((Span(10 * 60, 17 * 60),),) * 2)
    always = (ROUND_THE_CLOCK,) * 7
    calendars = [Rules(name="staffed", zone=ZONE, week=week), Rules(name="always", zone=ZONE, week=always)]
    frozen = [(each.name, freeze(each, date(2020, 1, 1), date(2030, 1, 1)).to_text()) for each in calendars]
    standards = [(each.name, _standard(each).to_text()) for each in PROMISED]
    rulebook.publish(sql, "calendar", frozen, plus(BEGIN, -DAY), "system")
    rulebook.publish(sql, "standard", standards, plus(BEGIN, -DAY), "system")
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in (*frozen, *standards)}


def _standard(promised: Promised) -> Standard:
    return Standard(
        name=promised.name,
        title=promised.name,
        measure=promised.measure,
        limit=limit_from_text(promised.limit),
        share=90,
        calendar=promised.calendar,
        covers=Covers(channels=(str(promised.channel),)),
        from_date=date(2020, 1, 1),
    )


def _arrivals(chance: random.Random, tickets: int) -> list[Instant]:
    """When they come in, in order."""
    days = (LAST - FIRST).days
    begins = [midnight(FIRST + timedelta(days=n), ZONE) for n in range(days)]
    hours = chance.choices(range(24), HOURS, k=tickets)
    found = (plus(chance.choice(begins), hour * HOUR + chance.randrange(HOUR)) for hour in hours)
    return sorted(min(when, plus(NOW, -1)) for when in found)


def _id(n: int) -> str:
    return f"01KSX{n:021d}"


def _site(n: int) -> str:
    return SITES[n * 7 % 3]


def _answered(n: int) -> bool:
    return n % 20 != 0


def _tickets(when: list[Instant]) -> Iterator[tuple[object, ...]]:
    for n, opened in enumerate(when):
        spam, channel = n % 50 == 1, CHANNELS[n % 5]
        state = "spam" if spam else "closed" if _answered(n) else "open"
        answered = opened + HOUR if _answered(n) and not spam else None
        words = f"Question {n}", "Is the printer on level 2 working again?", f"Patron {n}"
        plain = None, None, state, f"staff{n % 40}", None, opened, opened + HOUR, None, None, None, "", 9, "staff1"
        yield (
            "main",
            _id(n),
            n + 1,
            channel,
            str(channel),
            "enquiry",
            _site(n),
            *words,
            *plain,
            None,
            "",
            opened,
            answered,
            "",
            None,
        )


def _clocks(when: list[Instant], digests: dict[str, str]) -> Iterator[tuple[object, ...]]:
    chance = random.Random(11)
    for n, opened in enumerate(when):
        for promised in PROMISED:
            if promised.channel is CHANNELS[n % 5]:
                yield _clock(chance, n, opened, promised, digests)


def _clock(
    chance: random.Random, n: int, opened: Instant, promised: Promised, digests: dict[str, str]
) -> tuple[object, ...]:
    limit = limit_from_text(promised.limit).millis
    spent = round(chance.expovariate(1 / promised.usual)) if _answered(n) else None
    left = promised.channel is Channel.CHAT and n % 30 == 3
    outcome = "pending" if spent is None else "missed" if spent > limit else "left_early" if left else "met"
    stopped = None if spent is None else opened + spent
    key = "main", _id(n), promised.name, 0, digests[promised.name], digests.get(promised.calendar, "")
    answers = "" if stopped is None or left else f"{stopped}:{_id(n)}"
    spam = n % 50 == 1
    facts = str(promised.measure), opened, answers, stopped if left else None, "spam" if spam else ""
    due = opened + limit
    told = due, due, stopped, spent, "left_out" if spam else outcome
    return (*key, *facts, *told, opened if spent is None else None, "", "", "", None)


def _write_log(connection: sqlite3.Connection, when: list[Instant]) -> None:
    ((seq, digest),) = connection.execute("SELECT seq, hash FROM chain").fetchall()
    chained = _Chain(seq, digest)
    connection.executemany(f"INSERT INTO events VALUES ({_marks(9)})", chained.events(when))
    connection.execute("UPDATE chain SET seq = ?, hash = ?", (chained.seq, chained.digest))
    connection.execute(
        "INSERT INTO verified VALUES ('main', ?, ?, 0, ?, '')", (chained.marked[0], chained.marked[1], GENESIS)
    )


class _Chain:
    """The events of a year, in the order of the log: each ticket's first five as it comes in, the others an hour on."""

    def __init__(self, seq: int, digest: bytes) -> None:
        self.seq, self.digest = seq, digest
        self.marked = seq, digest

    def events(self, when: list[Instant]) -> Iterator[tuple[object, ...]]:
        behind = 0
        for n, opened in enumerate(when):
            yield from (self._event(n, kind, opened, opened) for kind in _KINDS[:5])
            while when[behind] + HOUR < opened:
                yield from self._later(behind, when)
                behind += 1
        while behind < len(when):
            yield from self._later(behind, when)
            behind += 1

    def _later(self, n: int, when: list[Instant]) -> Iterator[tuple[object, ...]]:
        return (self._event(n, kind, plus(when[n], HOUR), plus(when[n], HOUR)) for kind in _KINDS[5:])

    def _event(self, n: int, kind: str, when: int, noted: int) -> tuple[object, ...]:
        self.seq += 1
        ticket, data = _id(n), f'{{"automatic":false,"channel":"{CHANNELS[n % 5]}","entry":"{_id(n)}"}}'
        fact = json.dumps([self.seq, kind, ticket, when, noted, "staff1", data], separators=(",", ":"))
        self.digest = hashlib.sha256(self.digest + fact.encode()).digest()
        if self.seq % 50_000 == 0:
            self.marked = self.seq, self.digest
        return "main", self.seq, kind, ticket, when, noted, "staff1", data, self.digest


ZONES = tuple(f"l{floor}-{part}" for floor in range(1, 7) for part in ("silent", "quiet", "group", "cafe"))


def make_noisy(connection: sqlite3.Connection, texts: int) -> None:
    """So many of the tickets tell of noise, every two of a zone together; most noises were gone to."""
    tickets = connection.execute("SELECT id, opened FROM tickets ORDER BY opened").fetchall()
    telling = tickets[:: max(1, len(tickets) // texts)][:texts]
    noises = [(f"I{n:025d}", *told) for n, told in enumerate(zip(telling[::2], telling[1::2], strict=False))]
    connection.executemany(
        "UPDATE tickets SET kind = 'noise', incident = ?, zone = ? WHERE library = 'main' AND id = ?",
        ((noise, _zone_of(n), ticket) for n, (noise, *told) in enumerate(noises) for ticket, _ in told),
    )
    connection.executemany(
        f"INSERT INTO incidents VALUES ({_marks(21)})", (_incident(n, *each) for n, each in enumerate(noises))
    )


def _zone_of(n: int) -> str:
    return ZONES[n * 7 % len(ZONES)] if n % 13 else ""


def _incident(
    n: int, noise: str, first: tuple[str, Instant], last: tuple[str, Instant]
) -> tuple[str | int | None, ...]:
    began, latest = first[1], last[1]
    staffed = 9 <= began // HOUR % 24 < 20
    there = began + (2 + n % 17) * MINUTE if n % 4 else None
    kind, outcome = ("talking", "phone", "music", "other")[n % 4], ("quiet", "spoken_to", "moved", "not_found")[n % 4]
    key = "main", noise, n + 1, "noise", "main", _zone_of(n), kind, "over", began, latest, 2, int(staffed), "", "mia"
    return (*key, None, there, outcome, began + HOUR, 4, 4, "mia")


def write_years_before(connection: sqlite3.Connection, years: int) -> None:
    """The kept days of the year once more for each of the years before it, moved by whole weeks."""
    rows = connection.execute("SELECT text FROM days").fetchall()
    days = [day for (text,) in rows if (day := day_from_text(text))]
    for n in range(1, years + 1):
        moved = [_moved(day, n) for day in days]
        connection.executemany(
            "INSERT OR REPLACE INTO days VALUES ('main', ?, ?, 0, ?)",
            [(each.begins, each.ends, each.to_text()) for each in moved],
        )
    first = BEGIN - years * 364 * DAY
    connection.execute("UPDATE tickets SET opened = ? WHERE number = 1", (first + HOUR,))


def _moved(day: Day, years: int) -> Day:
    """A day as it would have been 52 weeks earlier, so many times."""
    delta = years * 364 * DAY
    place = FIRST + timedelta(days=round((day.begins - BEGIN) / DAY) - years * 364)
    begins, ends = span_of(place, ZONE)
    lines = tuple(
        replace(
            line,
            running={
                standing: each._replace(lapses=array(WHEN, [lapses - delta for lapses in each.lapses]))
                for standing, each in line.running.items()
            },
        )
        for line in day.lines
    )
    return replace(day, begins=begins, ends=ends, lines=lines)
