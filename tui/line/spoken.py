"""Tickets, messages and noise as sentences that are read aloud: the most urgent first, nothing for the eye. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from helpdesk.clock import HOUR
from helpdesk.events import Kind
from helpdesk.message import Delivery, StaffId
from helpdesk.noise.concerns import SCREEN, Concern
from helpdesk.noise.incidents import Incident, IncidentSight, Reporter
from helpdesk.ports.company import Near
from helpdesk.sight import Found
from helpdesk.thread import Contact, Entry, EntryKind, Moment, Thread
from helpdesk.ticket import Flag, State, Ticket
from helpdesk.worklist import Row
from tui.allowed import target
from tui.beside import followed_by
from tui.files import file_numbers
from tui.history import SHOWN_AS_ENTRIES, held_more, sentence
from tui.incident import step_words
from tui.incident import tells as worth_a_line
from tui.noise import NOISES, goer, place
from tui.plain import many_lines, one_line
from tui.prose import DELIVERY, address_words
from tui.render import Eye, due_words
from tui.words import (
    CONCERNS,
    DAYS,
    FLAGS,
    LONG_DAYS,
    MONTHS,
    VIA,
    capital,
    countdown,
    full_time,
    on_day,
    outcome_words,
    plural,
    size,
    span,
)

Name = Callable[[str], str]
"""A member's name, by id."""

INDENT = "  "
"""Before what somebody wrote: it can't pass for what the desk says."""

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_LONG: Mapping[str, str] = {**dict(zip(DAYS, LONG_DAYS, strict=True)), **dict(zip(MONTHS, _MONTHS, strict=True))}
_ENDS = (".", "!", "?", ":", '"')
_UNITS = {"s": "second", "min": "minute", "h": "hour"}
_AND_MINUTES = re.compile(r"\b(\d+ h) (\d\d)\b(?!:)")
_SHORT = re.compile(r"\b(?:(\d+) (s|min|h)|(" + "|".join(_LONG) + r"))\b")


def aloud(words: str) -> str:
    """The desk's short words in full: "8 min late" is "8 minutes late", "Mon 11:00" is "Monday 11:00"."""
    words = _AND_MINUTES.sub(r"\1 \2 min", words)
    return _SHORT.sub(lambda found: _LONG[found[3]] if found[3] else plural(int(found[1]), _UNITS[found[2]]), words)


def joined(parts: Iterator[str] | list[str]) -> str:
    """Sentences one after the other: each begins with a capital and ends in a stop."""
    return " ".join(capital(part) if part.endswith(_ENDS) else f"{capital(part)}." for part in parts if part)


def quoted(text: str) -> str:
    """Somebody's words on one line, between quotes."""
    said = one_line(text)
    return f'"{said}"' if said else ""


def row_said(row: Row | Ticket, eye: Eye) -> str:
    """ "Ticket 412. Text from Quiet Heron. Breaches in 4 minutes. Level 3 silent study. "loud group ..."."""
    parts = [*_called(row), _due(row, eye), *_lately(row, eye), one_line(eye.place(row.zone)), _kind(row)]
    parts += [*_standing(row, eye), _old(row, eye), quoted(_words(row))]
    return joined([part for part in parts if part])


def _lately(row: Row | Ticket, eye: Eye) -> list[str]:
    """What is marked in the full screen's list."""
    new = eye.fresh.get(row.id, 0)
    changed = "changed since you looked" if row.id in eye.changed else ""
    return [f"{plural(new, 'new line')}" if new else "", changed]


def _kind(row: Row | Ticket) -> str:
    """What it is about, where that is not what most are, or is heard from its place."""
    return "" if row.kind in {"enquiry", "noise"} else one_line(row.kind)


def _old(row: Row | Ticket, eye: Eye) -> str:
    """How long ago it began, once that says something."""
    return f"{aloud(span(eye.now - row.opened))} old" if eye.now - row.opened >= HOUR else ""


def _called(row: Row | Ticket) -> list[str]:
    """Danger before everything, then the number, then who wrote how."""
    who = one_line(row.name)
    return [
        concern_said(row.concern),
        f"ticket {row.number}",
        f"{VIA[row.channel]} from {who}" if who else f"{VIA[row.channel]} contact",
    ]


def concern_said(concern: str) -> str:
    """ "danger: medical"; "" where there is none."""
    if not concern:
        return ""
    return f"danger: {CONCERNS[Concern(concern)] if concern in set(Concern) else one_line(concern)}"


def _due(row: Row | Ticket, eye: Eye) -> str:
    if row.state is State.SNOOZED and row.snoozed_until is not None:
        return f"snoozed until {aloud(on_day(row.snoozed_until, eye.now, eye.zone))}"
    words = aloud(due_words(row, eye)[0])
    if words.endswith(" left"):
        return f"breaches in {words.removesuffix(' left')}"
    return "the visitor has left" if words == "left" else words


def _standing(row: Row | Ticket, eye: Eye) -> list[str]:
    """State and owner where they say something, the tags, the flags, and whether one has begun to write."""
    state = "" if row.state in {State.NEW, State.OPEN, State.SNOOZED} else str(row.state)
    flags = [words for flag, (words, _) in FLAGS.items() if flag in row.flags]
    tags = f"tags: {', '.join(map(one_line, row.tags))}" if row.tags else ""
    return [state, owner_said(row, eye), tags, *flags, "you have a draft" if row.id in eye.drafts else ""]


def owner_said(row: Row | Ticket, eye: Eye) -> str:
    """ "with Ben" for good, "held by Ben, 4 minutes more" for a while, "" for nobody."""
    has = target(row).holder(eye.now)
    if has is None:
        return ""
    who, more = eye.name(has), aloud(held_more(row.held_until, eye.now))
    if not more:
        return f"with {who}"
    return f"held for you, {more}" if who == "you" else f"held by {who}, {more}"


def _words(row: Row | Ticket) -> str:
    """The subject and the latest words, none of them twice."""
    subject, preview = one_line(row.subject), one_line(row.preview)
    if not subject or preview.startswith(subject):
        return preview
    if not preview or subject.startswith(preview):
        return subject
    return f"{subject}{'' if subject.endswith(_ENDS) else ':'} {preview}"


# A ticket, whole


def ticket_said(thread: Thread, eye: Eye, title: str, name: Name) -> list[str]:
    """What a ticket is and what must be known before one answers, a line for each."""
    ticket = thread.ticket
    lines = list(danger_said(ticket.concern)) if ticket.live else []
    opened = f"opened {aloud(full_time(ticket.opened, eye.now, eye.zone))}"
    line = f"line: {one_line(title)}" if title else ""
    parts = [*_called(ticket)[1:], _due(ticket, eye), one_line(eye.place(ticket.zone))]
    parts += [f"subject: {one_line(ticket.subject)}" if ticket.subject else "", f"state: {ticket.state}"]
    parts += [owner_said(ticket, eye), line, opened, *_standing(ticket, eye)[2:]]
    return [*lines, joined([part for part in parts if part]), *warnings_said(thread, eye, name)]


def danger_said(concern: str) -> Iterator[str]:
    """What the danger is, what to do first and whom to call."""
    if concern not in set(Concern):
        return
    yield f"Danger: {CONCERNS[Concern(concern)]}."
    screen = SCREEN.get(Concern(concern))
    if screen is not None:
        yield from (f"Do first: {one_line(screen.first)}", f"Call: {one_line(screen.call)}")
        yield f"Remember: {one_line(screen.remember)}"


def company_said(near: Sequence[Near], name: Name) -> list[str]:
    """ "Mia reads this, too.", "Warning: Tom is writing here."."""
    writing = [f"Warning: {one_line(name(each.staff))} is writing here." for each in near if each.doing == "writes"]
    return writing + [f"{one_line(name(each.staff))} reads this, too." for each in near if each.doing == "reads"]


def warnings_said(thread: Thread, eye: Eye, name: Name) -> list[str]:
    """Strangers on the ticket, a failed reply, what is promised, what was merged, what is gone."""
    ticket, lines = thread.ticket, []
    if thread.unverified:
        who = ", ".join(address_words(address) for address in thread.unverified)
        lines.append(f"Warning: {who} wrote here without being on the ticket. A reply asks whom to include.")
    if Flag.UNDELIVERABLE in ticket.flags:
        lines.append("Warning: a reply could not be delivered.")
    if len(thread.participants) > 1:
        lines.append(f"Your reply goes to {', '.join(address_words(each) for each in thread.participants)}.")
    gone = [("who wrote this is forgotten", thread.anonymous), ("what was written here is forgotten", thread.forgotten)]
    lines += [f"{capital(words)} ({aloud(on_day(at, eye.now, eye.zone))})." for words, at in gone if at is not None]
    times = [("news is promised by", thread.promised), ("the texter is muted until", thread.muted_until)]
    lines += [f"{capital(words)} {aloud(on_day(at, eye.now, eye.zone))}." for words, at in times if at is not None]
    if thread.merged_into is not None:
        lines.append(f"Merged into ticket {thread.merged_into}, which goes on in its place.")
    lines += [f"Linked: {_contact_said(each, eye)}." for each in thread.related]
    lines += [f"Also wrote: {_contact_said(each, eye)}." for each in thread.contacts]
    if followed := followed_by(thread.followers, eye.me, name):
        lines.append(followed)
    others = [("with what was written in", thread.merged_in), ("follows on from", thread.linked)]
    lines += [f"{capital(words)} {', '.join(map(str, numbers))}." for words, numbers in others if numbers]
    return lines


def _contact_said(each: Contact, eye: Eye) -> str:
    """ "ticket 12, Renewal, solved, Mon 11:00"."""
    subject = one_line(each.subject) or VIA[each.channel]
    return f"ticket {each.number}, {subject}, {each.state}, {aloud(on_day(each.updated, eye.now, eye.zone))}"


def entry_said(entry: Entry, thread: Thread, eye: Eye, name: Name, *, quotes: bool) -> list[str]:
    """ "Message 1 of 3, from Quiet Heron, by text, 12:05:" and under it what was written."""
    ticket, at, of = thread.ticket, thread.entries.index(entry) + 1, len(thread.entries)
    how = "" if entry.kind is EntryKind.NOTE else f", by {VIA[ticket.channel]}"
    when = aloud(full_time(entry.written, eye.now, eye.zone))
    came = f", on ticket {entry.came_with}" if entry.came_with is not None else ""
    parts = f", in {entry.segments} parts" if entry.segments > 1 else ""
    done = f", {DELIVERY[entry.delivery][0]}" if entry.delivery is not None else ""
    what = "Note" if entry.kind is EntryKind.NOTE else "Message"
    head = f"{what} {at} of {of}, {_author(entry, ticket, eye, name)}{how}, {when}{parts}{came}{done}:"
    numbers = file_numbers(thread) if entry.files else {}
    files = [
        f"File {numbers[file.digest, file.name]}: {one_line(file.name) or 'unnamed'}, {size(file.size)}."
        for file in entry.files
    ]
    before = "Waits: " if entry.delivery is Delivery.WAITING else "Not delivered: "
    trouble = [f"{before}{one_line(entry.trouble)}"] if entry.trouble else []
    return [head, *_body(entry, quotes), *files, *trouble]


def _author(entry: Entry, ticket: Ticket, eye: Eye, name: Name) -> str:
    if entry.kind is EntryKind.IN:
        return f"from {one_line(entry.author or ticket.name) or 'unknown sender'}"
    if entry.kind is EntryKind.AUTO:
        return "automatic"
    return "by you" if entry.author in {eye.me, name(eye.me)} else f"by {one_line(name(entry.author))}"


def _body(entry: Entry, quotes: bool) -> Iterator[str]:
    split = entry.quote_from if entry.quote_from is not None else len(entry.text)
    own, quoted_text = entry.text[:split].strip("\r\n"), entry.text[split:].strip("\r\n")
    if not own.strip() and not quoted_text:
        yield f"{INDENT}(no text)"
    yield from _lines(own)
    if quoted_text and quotes:
        yield "Quoted:"
        yield from _lines(quoted_text)
    elif quoted_text:
        yield f"Quoted: {plural(len(quoted_text.splitlines()), 'line')}. Say quotes to hear them."


def _lines(text: str) -> Iterator[str]:
    """Lines as they were broken; several empty ones are heard as one."""
    blank = True
    for line in many_lines(text.rstrip()):
        if line.strip() or not blank:
            yield f"{INDENT}{line.strip()}" if line.strip() else ""
        blank = not line.strip()


def moment_said(moment: Moment, thread: Thread, eye: Eye, name: Name) -> str:
    """One fact of the history: "Happened: Monday 12:03, Ben took it until 12:13."."""
    data = (moment.data.get("standard"), moment.data.get("exchange"))
    due = next((each.due for each in thread.clocks if (each.standard, each.exchange) == data), None)
    words = sentence(moment, name, eye.now, eye.zone, due, eye.place)
    when = aloud(full_time(moment.when, eye.now, eye.zone))
    return f"Happened: {when}, {words}{'' if words.endswith('.') else '.'}"


def tells(moment: Moment) -> bool:
    """Whether a fact says more than the thread does."""
    return moment.kind not in SHOWN_AS_ENTRIES


def found_said(found: Found, eye: Eye) -> str:
    """A hit: the ticket, when it was written, and the words around the match."""
    row = found.row
    parts = [*_called(row)[1:], str(row.state), aloud(full_time(found.written, eye.now, eye.zone))]
    return joined([*parts, one_line(row.subject), quoted(found.excerpt)])


# Noise


def incident_said(incident: Incident, eye: Eye) -> str:
    """ "Incident 3. Breaches in 4 minutes. Level 3 silent study. Talking. Open: nobody goes yet. 2 reporters."."""
    danger = f"danger: {CONCERNS[incident.concern]}" if incident.concern is not None and incident.live else ""
    noise = NOISES[incident.noise] if incident.noise != "other" else ""
    parts = [danger, f"incident {incident.number}", _incident_due(incident, eye), place(incident.zone, eye), noise]
    parts += [state_said(incident, eye), plural(incident.reporters, "reporter")]
    parts += [f"began {aloud(on_day(incident.began, eye.now, eye.zone))}"]
    parts += [] if incident.staffed else ["outside staffed hours"]
    return joined([part for part in parts if part])


def _incident_due(incident: Incident, eye: Eye) -> str:
    if not incident.live or incident.due is None:
        return ""
    words = aloud(countdown(incident.due, eye.now, eye.zone)[0])
    return f"breaches in {words.removesuffix(' left')}" if words.endswith(" left") else words


def state_said(incident: Incident, eye: Eye) -> str:
    """ "nobody goes there yet", "Ben is on the way", "attended at 14:12", "over: quiet on arrival"."""
    if not incident.live:
        return f"over: {outcome_words(incident.outcome)}"
    if incident.attended is not None:
        return f"attended at {aloud(on_day(incident.attended, eye.now, eye.zone))}"
    who = goer(incident.goes, eye)
    if not who:
        return "nobody goes there yet"
    return "you are on the way" if who == "you" else f"{who} is on the way"


def sight_said(sight: IncidentSight, eye: Eye) -> list[str]:
    """An incident whole: the danger, where it stands, the notes, who told of it, what was done."""
    incident = sight.incident
    lines = list(danger_said(str(incident.concern or ""))) if incident.live else []
    lines.append(incident_said(incident, eye).removeprefix("Danger: ").removeprefix(_danger_word(incident)))
    for note in sight.notes:
        when = aloud(full_time(note.written, eye.now, eye.zone))
        lines.append(f"Note by {eye.name(StaffId(note.by))}, {when}: {one_line(note.text)}")
    total = len(sight.reporters)
    lines += [reporter_said(each, at, total, eye) for at, each in enumerate(sight.reporters, start=1)]
    names = {each.ticket: one_line(each.name) for each in sight.reporters}
    for step in (each for each in sight.trail if worth_a_line(each) and each.what is not Kind.RECEIVED):
        when = aloud(full_time(step.when, eye.now, eye.zone))
        lines.append(f"Done: {when}, {step_words(step, names, eye)}.")
    return lines


def _danger_word(incident: Incident) -> str:
    return f"{capital(CONCERNS[incident.concern])}. " if incident.concern is not None else ""


def reporter_said(reporter: Reporter, at: int, of: int, eye: Eye, *, chosen: bool = False) -> str:
    """ "Reporter 1 of 2. Quiet Heron, ticket 412. Wrote 12:03. Not told yet. "loud group"."""
    told = "can't be reached" if not reporter.reachable else "not told yet"
    if reporter.reachable and reporter.told is not None:
        told = f"told {aloud(full_time(reporter.told, eye.now, eye.zone))}"
    wrote = f"wrote {aloud(full_time(reporter.wrote, eye.now, eye.zone))}"
    who = f"{one_line(reporter.name) or 'unknown'}, ticket {reporter.number}"
    return joined([f"reporter {at} of {of}", who, "chosen" if chosen else "", wrote, told, quoted(reporter.text)])
