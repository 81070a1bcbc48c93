"""A ticket's thread as lines of text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from helpdesk.clock import SECOND, Instant
from helpdesk.events import Kind
from helpdesk.message import Address, Channel, Delivery, EntryId
from helpdesk.sorts import FIXED
from helpdesk.thread import Entry, EntryKind, File, Moment, Thread
from helpdesk.ticket import Flag, State, Ticket
from tui.allowed import target
from tui.beside import beside_lines
from tui.clocks import clock_lines
from tui.files import FileNumbers, file_numbers
from tui.history import SHOWN_AS_ENTRIES, Name, held_more, sentence
from tui.plain import cut, many_lines, one_line, width, wrap
from tui.render import Eye, due_words
from tui.words import FLAGS, VIA, Line, Span, Tone, full_time, graded, left, length, on_day, plural, size

MEASURE = 92
"""No line of prose is longer than this, however wide the screen."""

INDENT = "   "

DELIVERY: Mapping[Delivery, Span] = {
    Delivery.WAITING: ("waiting to be sent", Tone.DIM),
    Delivery.SENT: ("sent", Tone.DIM),
    Delivery.DELIVERED: ("delivered", Tone.GOOD),
    Delivery.FAILED: ("could not be delivered", Tone.LATE),
}


@dataclass(frozen=True, slots=True)
class Unfolded:
    """What the reader chose to see: quoted text, and the history between the entries.

    ``key``  unfolds quoted text, "" where nothing does
    """

    quotes: bool = False
    history: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What one entry doesn't say by itself: how long an answer took, and the numbers of the ticket's files."""

    took: Mapping[EntryId, int]
    numbers: FileNumbers


def thread_lines(thread: Thread, eye: Eye, name: Name, cells: int, unfolded: Unfolded) -> list[Line]:
    """All entries, oldest first; where the history is unfolded, it stands between them, and the clocks below."""
    known = _Known(answer_times(thread.entries), file_numbers(thread))
    parts: list[tuple[int, int, list[Line]]] = [
        (entry.written, 1, _entry(entry, thread.ticket, eye, name, cells, unfolded, known)) for entry in thread.entries
    ]
    if unfolded.history:
        told = [moment for moment in thread.history if moment.kind not in SHOWN_AS_ENTRIES]
        parts += [(moment.when, 0, _moment(moment, _due(moment, thread), eye, name, cells)) for moment in told]
    parts.sort(key=lambda part: part[:2])
    lines = _spaced([(rank, part) for _, rank, part in parts])
    return [*lines, (), *clock_lines(thread.clocks, eye, cells)] if unfolded.history and thread.clocks else lines


def answer_times(entries: Sequence[Entry]) -> dict[EntryId, int]:
    """How long each answer took by the wall, in milliseconds: from the first message that nobody had answered."""
    waits: Instant | None = None
    took: dict[EntryId, int] = {}
    for entry in entries:
        if entry.kind is EntryKind.IN:
            waits = waits or entry.written
        elif entry.kind is EntryKind.OUT and waits is not None:
            took[entry.id] = max(entry.written - waits, 0)
            waits = None
    return took


def _spaced(parts: list[tuple[int, list[Line]]]) -> list[Line]:
    """Entries (rank 1) with a blank line around them; lines of history close together."""
    lines: list[Line] = []
    before = 0
    for rank, part in parts:
        if lines and (rank or before):
            lines.append(())
        lines += part
        before = rank
    return lines


def _due(moment: Moment, thread: Thread) -> Instant | None:
    """The deadline that a breach is about."""
    data = (moment.data.get("standard"), moment.data.get("exchange"))
    return next((each.due for each in thread.clocks if (each.standard, each.exchange) == data), None)


def _moment(moment: Moment, due: Instant | None, eye: Eye, name: Name, cells: int) -> list[Line]:
    when = full_time(moment.when, eye.now, eye.zone)
    words = f"{when}  {sentence(moment, name, eye.now, eye.zone, due, eye.place)}"
    return [((f" · {line}" if at == 0 else f"   {line}", Tone.DIM),) for at, line in enumerate(wrap(words, cells - 4))]


def _entry(
    entry: Entry, ticket: Ticket, eye: Eye, name: Name, cells: int, unfolded: Unfolded, known: _Known
) -> list[Line]:
    bar: Span = (" │ ", Tone.SOON) if entry.kind is EntryKind.NOTE else (INDENT, Tone.PLAIN)
    measure = min(cells - 4, MEASURE)
    body: list[Line] = [(bar, span) for span in _body(entry, measure, unfolded)]
    trouble: list[Line] = [(bar, span) for span in _trouble(entry, measure)]
    files: list[Line] = [(bar, *_file(file, known.numbers, measure)) for file in entry.files]
    return [_entry_head(entry, ticket, eye, name, cells, known.took.get(entry.id)), *body, *files, *trouble]


def _trouble(entry: Entry, measure: int) -> Iterator[Span]:
    """Why it could not be delivered, or why it still waits and when it is tried again."""
    if not entry.trouble:
        return
    waits = entry.delivery is Delivery.WAITING
    before = f"{DELIVERY[Delivery.WAITING][0]} · " if waits else "Not delivered: "
    for line in wrap(before + one_line(entry.trouble), measure):
        yield (line, Tone.SOON if waits else Tone.LATE)


def _entry_head(entry: Entry, ticket: Ticket, eye: Eye, name: Name, cells: int, took: int | None) -> Line:
    """Who wrote when, by which channel, how long an answer took, and what became of it."""
    who, tone = _author(entry, ticket, eye, name)
    how = "" if entry.kind is EntryKind.NOTE else f" by {VIA[ticket.channel]}"
    parts = f" in {plural(entry.segments, 'part')}" if entry.segments > 1 else ""
    where = f" on ticket {entry.came_with}" if entry.came_with is not None else ""
    after = f" after {length(took)}" if took is not None else ""
    tail: list[Span] = [(f"  {full_time(entry.written, eye.now, eye.zone)}{how}{parts}{where}{after}", Tone.DIM)]
    if entry.delivery is not None and not (entry.delivery is Delivery.WAITING and entry.trouble):
        tail += [(" · ", Tone.FAINT), _delivery(entry.delivery, entry.goes, eye)]
    used = sum(width(text) for text, _ in tail)
    return ((f" {cut(who, max(cells - used - 2, 12))}", tone), *tail)


def _delivery(delivery: Delivery, goes: Instant | None, eye: Eye) -> Span:
    """How far it has come; while it can be taken back, for how long."""
    if goes is not None and goes > eye.now:
        return (f"goes in {left(goes, eye.now)}", Tone.SOON)
    return DELIVERY[delivery]


def waits(thread: Thread, now: Instant) -> bool:
    """Whether a countdown is shown in it."""
    return any(entry.goes is not None and entry.goes > now - SECOND for entry in thread.entries)


def _author(entry: Entry, ticket: Ticket, eye: Eye, name: Name) -> Span:
    if entry.kind is EntryKind.IN:
        return (one_line(entry.author or ticket.name) or "unknown sender", Tone.STRONG)
    if entry.kind is EntryKind.AUTO:
        return ("automatic message", Tone.DIM)
    who = "you" if entry.author in {eye.me, name(eye.me)} else one_line(name(entry.author))
    if entry.kind is EntryKind.NOTE:
        return (f"{who}, note for colleagues", Tone.SOON)
    return (who, Tone.ACCENT)


def _body(entry: Entry, cells: int, unfolded: Unfolded) -> Iterator[Span]:
    """The text, wrapped; what it quotes folded into one line that says how to unfold it."""
    split = entry.quote_from if entry.quote_from is not None else len(entry.text)
    own, quoted = entry.text[:split].rstrip(), entry.text[split:].strip("\r\n")
    if not own and not quoted:
        yield ("(no text)", Tone.DIM)
    yield from _wrapped(own, cells, Tone.PLAIN) if own else ()
    if quoted and unfolded.quotes:
        yield from _wrapped(quoted, cells, Tone.DIM)
    elif quoted:
        how = f" ({unfolded.key} unfolds)" if unfolded.key else ""
        yield (f"… {plural(len(quoted.splitlines()), 'quoted line')}{how}", Tone.FAINT)


def _wrapped(text: str, cells: int, tone: Tone) -> Iterator[Span]:
    for line in many_lines(text):
        for piece in wrap(line, cells):
            yield (piece, tone)


def _file(file: File, numbers: FileNumbers, cells: int) -> Line:
    number = f"file {numbers[file.digest, file.name]}: "
    return (
        ("▪ ", Tone.ACCENT),
        (number + cut(one_line(file.name) or "unnamed", max(cells - 30 - len(number), 12)), Tone.PLAIN),
        (f"  {size(file.size)}, {one_line(file.media_type)}", Tone.DIM),
    )


def head_lines(thread: Thread, eye: Eye, line_title: str, name: Name, cells: int) -> list[Line]:
    """The lines above a thread: what it is about and how long there is; who, by what, and where it stands.

    Under them who follows it, what it is linked to, and other contacts of the same person, where there are any.
    """
    ticket = thread.ticket
    due, tone = due_words(ticket, eye)
    number = f" {ticket.number}  "
    title = cut(_title(thread), cells - len(number) - 16)
    space = " " * max(cells - width(number + title) - len(due) - 1, 1)
    first: Line = ((number, Tone.ACCENT), (title, Tone.STRONG), (space + due, tone))
    return [first, _status(ticket, eye, line_title, name, cells), *beside_lines(thread, eye, name, cells)]


def _title(thread: Thread) -> str:
    """The subject; without one, or where it is but the first of them, the words it began with."""
    subject = one_line(thread.ticket.subject)
    first = next((entry.text for entry in thread.entries if entry.kind is EntryKind.IN), thread.ticket.preview)
    began = one_line(first[:400])
    if thread.ticket.channel is not Channel.MAIL and began.startswith(subject):
        subject = began
    return subject or began or "(no subject)"


def _status(ticket: Ticket, eye: Eye, line_title: str, name: Name, cells: int) -> Line:
    has = target(ticket).holder(eye.now)
    state = str(ticket.state)
    if ticket.state is State.SNOOZED and ticket.snoozed_until is not None:
        state += f" till {full_time(ticket.snoozed_until, eye.now, eye.zone)}"
    spans: list[Span] = [
        (f" {cut(one_line(ticket.name) or 'unknown sender', max(cells // 3, 12))}", Tone.PLAIN),
        (f"  {_via(ticket, line_title)} · {state}", Tone.DIM),
    ]
    if has is not None:
        whose = _whose("you" if has == eye.me else one_line(name(has)), ticket.held_until, eye)
        spans.append((f" · {whose}", Tone.DIM if has == eye.me else Tone.SOON))
    if ticket.id in eye.drafts:
        spans.append((" · draft", Tone.SOON))
    if sorted_as := _sorted(ticket):
        spans.append((f" · {sorted_as}", Tone.DIM))
    if ticket.tags:
        spans.append((f" · {' '.join(ticket.tags)}", Tone.ACCENT))
    spans += [(f" · {word}", tone) for flag, (word, tone) in FLAGS.items() if flag in ticket.flags]
    return tuple(spans)


def _sorted(ticket: Ticket) -> str:
    """Its kind where that says more than that somebody asked, its site, and how it went."""
    kind = "" if ticket.kind in {"enquiry", *FIXED} else one_line(ticket.kind)
    said = (kind, one_line(ticket.site), graded(ticket.effort, ticket.first_contact))
    return ", ".join(each for each in said if each)


def _via(ticket: Ticket, line_title: str) -> str:
    """ "mail to Help"; just "chat" where the line is called so too."""
    via, title = VIA[ticket.channel], one_line(line_title)
    return f"{via} to {title}" if title and title.casefold() not in {via, f"web {via}"} else via


def _whose(who: str, held_until: Instant | None, eye: Eye) -> str:
    """ "with Ben" for good, "held by Ben, 4 min more" for a while."""
    more = held_more(held_until, eye.now)
    if not more:
        return f"with {who}"
    return f"held for you, {more}" if who == "you" else f"held by {who}, {more}"


def warnings(thread: Thread, eye: Eye, name: Name, cells: int) -> list[Line]:
    """What must be known before one answers: a colleague's claim, strangers on the ticket, a failed reply."""
    lines: list[str] = []
    has = target(thread.ticket).holder(eye.now)
    if has is not None and has != eye.me:
        more = held_more(thread.ticket.held_until, eye.now)
        lines.append(f"{one_line(name(has))} {f'holds this ticket, {more}' if more else 'has this ticket'}.")
    if thread.unverified:
        who = ", ".join(address_words(address) for address in thread.unverified)
        lines.append(f"{who} wrote here without being on the ticket. Your reply will ask whom to include.")
    by_mail = [each for each in thread.participants if each.channel is Channel.MAIL]
    if by_mail and (len(by_mail) > 1 or thread.ticket.channel is not Channel.MAIL):
        who = ", ".join(address_words(address) for address in by_mail)
        lines.append(f"Your reply goes to {who}.")
    if Flag.LEFT in thread.ticket.flags:
        left = max((moment.when for moment in thread.history if moment.kind is Kind.LEFT), default=eye.now)
        lines.append(f"The visitor left {on_day(left, eye.now, eye.zone)}. :by_mail reaches whoever gave an address.")
    if Flag.UNDELIVERABLE in thread.ticket.flags:
        lines.append("A reply could not be delivered; see below why.")
    lines += _gone(thread, eye)
    if thread.promised is not None:
        lines.append(f"News is promised by {on_day(thread.promised, eye.now, eye.zone)}.")
    if thread.merged_into is not None:
        lines.append(f"Merged into ticket {thread.merged_into}, which goes on in its place.")
    if thread.merged_in:
        lines.append("With what was written in " + ", ".join(str(number) for number in thread.merged_in) + ".")
    if thread.linked:
        lines += _linked(thread.linked, thread.ticket.number)
    pieces = [piece for line in lines for piece in wrap(line, cells - 3)]
    return [((f" {piece}", Tone.SOON),) for piece in pieces]


def _linked(others: Sequence[int], own: int) -> list[str]:
    """Which tickets came before this one, and which go on from it: numbers rise as tickets come in."""
    said = {
        "Follows on from {}.": [str(number) for number in others if number < own],
        "Goes on in {}.": [str(number) for number in others if number > own],
    }
    return [words.format(", ".join(numbers)) for words, numbers in said.items() if numbers]


def _gone(thread: Thread, eye: Eye) -> list[str]:
    """What is not there any more, and since when: nobody shall look for it."""
    if thread.forgotten is not None:
        return [f"What was written here is forgotten ({on_day(thread.forgotten, eye.now, eye.zone)}). Times stay."]
    if thread.anonymous is not None:
        return [f"Who wrote this is forgotten ({on_day(thread.anonymous, eye.now, eye.zone)}): it can't be answered."]
    return []


def address_words(address: Address) -> str:
    """Somebody's name and address on one harmless line."""
    value = one_line(address.value)
    return f"{one_line(address.name)} <{value}>" if address.name else value
