"""The worklist as text: rows and column heads. Pure functions of what is known and the width."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from helpdesk.clock import Instant
from helpdesk.message import Channel, IncidentId, StaffId, TicketId
from helpdesk.ticket import Flag, State, Ticket
from helpdesk.worklist import Row, View
from tui.columns import CLOCK, GUTTER, Layout
from tui.looked import SIGN
from tui.plain import cut, fit, one_line, width
from tui.words import FINISHED, MARKS, VIA, Line, Span, Tone, age, capped, countdown, danger, on_day

HALVED = 34
"""From this width on the latest words of a text or a chat have nearly half of the room beside the first ones."""

SPLIT = 30
"""From this width on the place of a noise leaves two fifths of the room to the texter's words."""

GAP = "  "


@dataclass(frozen=True, slots=True)
class Eye:
    """Who looks, and when and where: what every row is rendered for.

    ``drafts``  where they have begun to write
    ``places``  the names of the library's zones, by id
    ``writers`` where a colleague writes just now, and who
    ``chosen``  the tickets that are selected
    ``changed`` the tickets that changed since they last looked at them
    ``fresh``   how many lines are new in chats of theirs, where some are
    ``news``    tickets that they follow, with something new on them
    """

    now: Instant
    zone: tzinfo
    me: StaffId
    names: Mapping[StaffId, str]
    drafts: frozenset[TicketId | IncidentId] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    writers: Mapping[TicketId, StaffId] = field(default_factory=dict)
    chosen: frozenset[TicketId] = frozenset()
    changed: frozenset[TicketId] = frozenset()
    fresh: Mapping[TicketId, int] = field(default_factory=dict)
    news: frozenset[TicketId] = frozenset()

    def place(self, zone: str) -> str:
        """A zone's name; its id where the plan no longer has it, "" for no zone."""
        return one_line(self.places.get(zone, zone))

    def name(self, staff: StaffId | None) -> str:
        """A colleague's short name, "you" for oneself, "" for nobody."""
        if staff is None:
            return ""
        return "you" if staff == self.me else one_line(self.names.get(staff, staff))


def clock(row: Row, eye: Eye) -> Span:
    """The clock column of a row, unpadded."""
    if row.state is State.SNOOZED and row.snoozed_until is not None:
        until = on_day(row.snoozed_until, eye.now, eye.zone)
        return (f"till {until}" if len(f"till {until}") <= CLOCK else cut(until, CLOCK), Tone.DIM)
    return due_words(row, eye)


def due_words(ticket: Row | Ticket, eye: Eye) -> Span:
    """How long there is to answer; "" where nobody waits, "left" where the visitor no longer does."""
    if ticket.due is None and (ticket.unanswered is None or ticket.state in FINISHED):
        return ("", Tone.DIM)
    if ticket.due is None and Flag.LEFT in ticket.flags:
        return ("left", Tone.DIM)
    return countdown(ticket.due, eye.now, eye.zone)


def holder(row: Row, now: Instant) -> StaffId | None:
    """Who has the ticket now: its owner, unless their claim has run out."""
    return None if row.held_until is not None and row.held_until <= now else row.owner


def bar(*, selected: bool, armed: bool) -> Span:
    """What stands before the selected row; not ``armed``: a broken bar, which stands on no row."""
    if not selected:
        return (" ", Tone.ACCENT)
    return ("▌", Tone.ACCENT) if armed else ("┆", Tone.FAINT)


def row_line(row: Row, eye: Eye, columns: Layout, *, selected: bool = False, armed: bool = True) -> Line:
    """A ticket as one line of exactly ``columns.total`` cells; not ``armed``: the bar stands there, on no ticket."""
    spans: list[Span] = [
        bar(selected=selected, armed=armed),
        ("✓" if row.id in eye.chosen else " ", Tone.STRONG),
        (SIGN if row.id in eye.changed else " ", Tone.SOON),
        ("● " if row.unanswered is not None else "  ", Tone.ACCENT),
    ]
    for column in columns.shown:
        spans += _CELLS[column.name](row, eye, columns)
        spans.append((" " * column.gap, Tone.PLAIN))
    return (*spans[:-1], (" ", Tone.PLAIN))


def _clock(row: Row, eye: Eye, columns: Layout) -> Line:
    text, tone = clock(row, eye)
    return ((fit(text, columns["clock"]), tone),)


def _via(row: Row, eye: Eye, columns: Layout) -> Line:
    return ((fit(VIA[row.channel], columns["via"]), Tone.DIM),)


def _who(row: Row, eye: Eye, columns: Layout) -> Line:
    tone = Tone.STRONG if row.unanswered is not None else Tone.PLAIN
    return ((fit(one_line(row.name) or "unknown", columns["who"]), tone),)


def _about(row: Row, eye: Eye, columns: Layout) -> Line:
    """The subject and the latest words, and at the end the marks; the place, too, where it has no column."""
    cells = columns["about"]
    marks = _marks(row, cells, eye)
    where = "" if columns["zone"] else eye.place(row.zone)
    return (*_words(row, cells - sum(width(text) for text, _ in marks), where), *marks)


def _marks(row: Row, cells: int, eye: Eye) -> Line:
    """What staff must see of the row at a glance, as far as it leaves room for the patron's words."""
    told: list[Span] = [mark for flag, mark in MARKS.items() if flag in row.flags]
    if row.due is None and row.unanswered is not None:
        told = [mark for mark in told if mark != MARKS[Flag.LEFT]]
    if row.id in eye.news:
        told.insert(0, ("news", Tone.SOON))
    if row.id in eye.drafts:
        told.insert(0, ("draft", Tone.SOON))
    if new := eye.fresh.get(row.id):
        told.insert(0, (f"{capped(new)} new", Tone.STRONG))
    if (writer := eye.writers.get(row.id)) is not None:
        told.insert(0, (f"{cut(eye.name(writer), 10)} writes", Tone.SOON))
    spans: list[Span] = []
    for word, tone in told:
        if len(word) + 12 <= cells:
            spans.append((f" ·{word}", tone))
            cells -= len(word) + 2
    return tuple(spans)


def _words(row: Row, cells: int, place: str) -> Line:
    """Danger first, then ``place``, then the patron's words."""
    before: list[Span] = [(f"{danger(row.concern)}  ", Tone.LATE)] if row.concern else []
    used = sum(width(text) for text, _ in before)
    if used > cells:
        return ((fit(danger(row.concern), cells), Tone.LATE),)
    room = cells - used
    where = cut(place, room if room < SPLIT else room * 3 // 5)
    if not where:
        return (*before, *_said(row, room, dim=False))
    rest = room - width(where) - len(GAP)
    if rest < 10:
        return (*before, (fit(where, room), Tone.PLAIN))
    return (*before, (where + GAP, Tone.PLAIN), *_said(row, rest, dim=True))


def _said(row: Row, cells: int, *, dim: bool) -> Line:
    """The subject and the latest words in exactly ``cells`` cells."""
    subject, preview = one_line(row.subject), one_line(row.preview)
    if not subject or preview.startswith(subject):
        return ((fit(preview or "(no text)", cells), Tone.DIM if dim else Tone.PLAIN),)
    if row.channel is not Channel.MAIL and cells >= HALVED:
        subject = cut(subject, cells * 11 // 20)
    rest = cells - width(subject) - 2
    if rest < 8 or not preview:
        return ((fit(subject, cells), Tone.PLAIN),)
    return ((f"{subject}  ", Tone.PLAIN), (fit(preview, rest), Tone.DIM))


def _zone(row: Row, eye: Eye, columns: Layout) -> Line:
    return ((fit(eye.place(row.zone), columns["zone"]), Tone.PLAIN),)


def _kind(row: Row, eye: Eye, columns: Layout) -> Line:
    return ((fit(one_line(row.kind), columns["kind"]), Tone.DIM),)


def _owner(row: Row, eye: Eye, columns: Layout) -> Line:
    """Who has it; where its state has no column, the one of both that matters."""
    name = eye.name(holder(row, eye.now))
    tone = Tone.ACCENT if name == "you" else Tone.DIM
    if columns["state"] or (name and row.state in {State.NEW, State.OPEN}):
        return ((fit(name, columns["owner"]), tone),)
    return ((fit(row.state, columns["owner"]), Tone.DIM),)


def _state(row: Row, eye: Eye, columns: Layout) -> Line:
    return ((fit(row.state, columns["state"]), Tone.DIM),)


def _age(row: Row, eye: Eye, columns: Layout) -> Line:
    return ((fit(age(eye.now - row.opened), columns["age"]), Tone.DIM),)


_CELLS: Mapping[str, Callable[[Row, Eye, Layout], Line]] = {
    "clock": _clock,
    "via": _via,
    "who": _who,
    "about": _about,
    "zone": _zone,
    "kind": _kind,
    "owner": _owner,
    "state": _state,
    "age": _age,
}
"""What stands in each column of :mod:`tui.columns`: exactly as wide as that."""


def blank_line(columns: Layout, *, selected: bool = False) -> Line:
    """A row whose page is still being read."""
    return (("▌" if selected else " ", Tone.ACCENT), (fit("   ·", columns.total - 1), Tone.FAINT))


def heads(columns: Layout) -> Line:
    """The line above the rows."""
    words = "".join(fit(each.head, columns[each.name]) + " " * each.gap for each in columns.shown)
    return ((fit(" " * GUTTER + words.rstrip(), columns.total), Tone.FAINT),)


LABELS = {
    View.MINE: "Mine",
    View.UNANSWERED: "New",
    View.OPEN: "Open",
    View.SMS: "Text",
    View.MAIL: "Mail",
    View.CHAT: "Chat",
    View.BREACHING: "Due",
    View.SNOOZED: "Later",
    View.FINISHED: "Done",
    View.MUTED: "Muted",
}
"""What a view is called, at every width and in the docs."""
