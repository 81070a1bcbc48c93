"""A row of a table as a contact, or all that is wrong with it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from helpdesk.bygone import Bygone, Spoken, storable
from helpdesk.clock import Instant
from helpdesk.config import LineSettings
from helpdesk.importing import cells
from helpdesk.importing.mapping import Plan, folded
from helpdesk.importing.sheet import Broken, Line
from helpdesk.message import Channel, LineId
from helpdesk.tables import nearest
from helpdesk.thread import EntryKind

T = TypeVar("T")

NO_ANSWER = "(The answer itself is not in the file that this was imported from.)"
"""What stands in the thread where the table says only when somebody answered."""

SERVED = frozenset({Channel.PHONE, Channel.DESK})
_SUBJECT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to become of a table's rows.

    ``source``      the digest of the file: rows without an id are known by it and their line
    ``measured``    their times are whole: the promises of their time judge them
    ``leave_open``  what has no time of closing goes on at the desk; else it closes at its last word
    """

    plan: Plan
    lines: Mapping[LineId, LineSettings]
    source: str
    now: Instant
    measured: bool = False
    leave_open: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row."""

    number: int
    why: tuple[str, ...]


class _Row:
    """A row while it is read: what is wrong with a cell is kept, and the reading goes on."""

    def __init__(self, line: Line, wanted: Wanted) -> None:
        self.wanted = wanted
        self.why: list[str] = []
        self._cells = line.cells

    def cell(self, name: str) -> str:
        """A cell's text; what its column says by default where it is empty."""
        text = storable(self._cells.get(name, "")).strip()
        words = self.wanted.plan.words.get(name, {})
        return words.get(folded(text), text) if text else self.wanted.plan.defaults.get(name, "")

    def read(self, name: str, how: Callable[[str], T], missing: T) -> T:
        """What a cell says; ``missing`` where it is empty or wrong."""
        text = self.cell(name)
        try:
            return how(text) if text else missing
        except ValueError as error:
            self.why.append(f"{name}: {error}")
            return missing

    def when(self, name: str) -> Instant | None:
        """A cell's time."""
        return self.read(name, lambda text: cells.when_of(text, self.wanted.plan.dates, self.wanted.now), None)

    def text(self, name: str) -> str:
        """A cell's text of any length that a message can have."""
        return self.read(name, lambda text: cells.text_of(text, name), "")

    def word(self, name: str) -> str:
        """A cell's word or two."""
        return self.read(name, lambda text: cells.word_of(text, name), "")


def contact(line: Line, wanted: Wanted) -> Bygone | Wrong:
    """The contact of a row, or all that is wrong with the row."""
    row = _Row(line, wanted)
    channel = row.read("channel", cells.channel_of, None)
    opened, answered, closed = row.when("when"), row.when("answered"), row.when("closed")
    if channel is None and not row.cell("channel"):
        row.why.append("channel: is empty; fill it, or set it in [defaults] of a mapping")
    if opened is None and not row.cell("when"):
        row.why.append("when: is empty")
    named = _line(row, channel) if channel is not None else None
    _in_order(row, opened, answered, closed)
    address, name = _patron(row, channel)
    text, answer = row.text("text"), row.text("answer")
    subject, tags = row.word("subject"), row.read("tags", cells.tags_of, tuple[str, ...]())
    kind, site, by = row.word("kind"), row.word("site"), row.word("by")
    waited = row.read("waited", cells.waited_of, None)
    if not (row.cell("text") or row.cell("subject")):
        row.why.append("text: neither text nor subject says what it was about")
    if row.why or channel is None or opened is None or named is None:
        return Wrong(line.number, tuple(row.why))
    said = _Said(opened, answered, closed, text or subject, answer, address, name, by)
    spoken = _spoken(channel, said)
    return Bygone(
        key=_key(row, line, wanted),
        digest=_digest(line),
        source=wanted.source[:16],
        channel=channel,
        line=named,
        kind=kind or _settings(wanted, named, "kind") or "enquiry",
        site=site or _settings(wanted, named, "site"),
        subject=subject or ("" if channel is Channel.MAIL else _short(text)),
        tags=tags,
        spoken=spoken,
        closed=closed if closed is not None or (wanted.leave_open and channel not in SERVED) else spoken[-1].when,
        measured=wanted.measured,
        waited=waited if wanted.measured else None,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a row says of a contact."""

    opened: Instant
    answered: Instant | None
    closed: Instant | None
    text: str
    answer: str
    address: str
    name: str
    by: str


def _spoken(channel: Channel, said: _Said) -> tuple[Spoken, ...]:
    kinds = (EntryKind.NOTE, EntryKind.NOTE) if channel in SERVED else (EntryKind.IN, EntryKind.OUT)
    asked = Spoken(kind=kinds[0], when=said.opened, text=said.text, author=said.name, address=said.address)
    if said.answered is None and not said.answer:
        return (asked,)
    when = said.answered if said.answered is not None else said.closed or said.opened
    return (asked, Spoken(kind=kinds[1], when=when, text=said.answer or NO_ANSWER, author=said.by or "the library"))


def _line(row: _Row, channel: Channel) -> LineId | None:
    """The line that it came by: as the row or the mapping names it, else the channel's only or first one."""
    if channel in SERVED:
        return LineId(str(channel))
    of_channel = {name: line for name, line in row.wanted.lines.items() if line.channel is channel}
    named = row.cell("line")
    if not of_channel:
        row.why.append(f"channel: no line of the settings takes {channel}: give the words another in [words.channel]")
        return None
    open_ones = [name for name, line in of_channel.items() if line.policy == "open"]
    found = LineId(named) if named else min(open_ones or of_channel)
    if found not in of_channel:
        row.why.append(f"line: {named[:40]!r} is no line for {channel}; {nearest(named, of_channel)}")
        return None
    if of_channel[found].policy == "sealed":
        row.why.append(f"line: {found} is sealed and keeps no history of others: leave these rows out")
        return None
    return found


def _settings(wanted: Wanted, line: LineId, name: str) -> str:
    found = wanted.lines.get(line)
    return str(getattr(found, name)) if found is not None else ""


def _patron(row: _Row, channel: Channel | None) -> tuple[str, str]:
    """Address and name. An address is kept of mail and texts alone: by others nobody can be written to."""
    name = row.word("name")
    if channel is Channel.MAIL:
        address, shown = row.read("from", cells.mailbox_of, ("", ""))
        return address, name or " ".join(shown.split())[: cells.LONGEST_LINE]
    if channel is Channel.SMS:
        return row.read("from", lambda text: cells.number_of(text, row.wanted.plan.country), ""), name
    return "", name


def _in_order(row: _Row, opened: Instant | None, answered: Instant | None, closed: Instant | None) -> None:
    times = {"when": opened, "answered": answered, "closed": closed}
    told = [(name, when) for name, when in times.items() if when is not None]
    row.why += [f"{name}: is before {earlier}" for (earlier, a), (name, b) in pairwise(told) if b < a]
    if row.wanted.measured and answered is None and row.cell("answer") and not row.cell("answered"):
        row.why.append("answered: is empty, so it can't be measured: leave --measured out")


def _key(row: _Row, line: Line, wanted: Wanted) -> str:
    own = row.cell("id")
    return f"id:{own[:200]}" if own else f"{wanted.source[:32]}:{line.number}"


def _digest(line: Line) -> str:
    """Of what stands in the row."""
    told = {name: storable(text).strip() for name, text in line.cells.items()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _short(text: str) -> str:
    words = " ".join(text[: 10 * _SUBJECT].split())
    return words if len(words) <= _SUBJECT else words[: _SUBJECT + 1].rpartition(" ")[0] or words[:_SUBJECT]


def told(bygone: Bygone, say: Callable[[Instant], str]) -> str:
    """What would come of a row, in one line."""
    first, last = bygone.spoken[0], bygone.spoken[-1]
    if bygone.channel in SERVED:
        words = [str(bygone.channel), say(first.when)]
    else:
        answered = f"answered {say(last.when)}" if len(bygone.spoken) > 1 else "not answered"
        words = [f"{bygone.channel} {bygone.line}", say(first.when), answered]
    words.append(f"closed {say(bygone.closed)}" if bygone.closed is not None else "left open")
    words += [f"tags {' '.join(bygone.tags)}"] if bygone.tags else []
    return ", ".join(words)


def contacts(rows: Iterator[Line | Broken], wanted: Wanted) -> Iterator[tuple[int, Bygone] | Wrong]:
    """The contacts of a sheet's rows with their lines, and what is wrong with the others, in order.

    An id that stands in two rows is wrong in the second.
    """
    seen: dict[bytes, int] = {}
    for row in rows:
        if isinstance(row, Broken):
            yield Wrong(row.number, (row.why,))
            continue
        found = contact(row, wanted)
        if isinstance(found, Wrong):
            yield found
            continue
        key = hashlib.sha256(f"{found.channel}{found.key}".encode()).digest()[:8]
        if row.cells.get("id", "").strip() and (earlier := seen.setdefault(key, row.number)) != row.number:
            yield Wrong(row.number, (f"id: stands in line {earlier}, too",))
            continue
        yield row.number, found
