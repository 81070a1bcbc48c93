"""Verbs that read: the worklist row by row and page by page, a ticket, its history, its files, what a search finds."""

from __future__ import annotations

from helpdesk.message import TicketId
from helpdesk.ports.views import Listing
from helpdesk.worklist import View
from tui.commands import Where
from tui.filtering import how_many
from tui.line.asking import Option
from tui.line.noise_reading import list_noise, move_noise, move_reporter
from tui.line.said import Said
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import NotUnderstood
from tui.render import LABELS
from tui.words import plural

THE_END = "That is the end."
THE_TOP = "That is the beginning."


# The worklist


async def list_(talk: Talk, said: Said) -> None:
    """Read a page of the view out."""
    here = talk.here
    here.count = count_of(said, here.count)
    if wanted := said.options.get("view") or said.words():
        await _choose_view(talk, wanted)
    here.place, here.thread, here.sight = Where.WORKLIST, None, None
    await tell_page(talk, 0)


def count_of(said: Said, usual: int) -> int:
    """How many are read at once: the line's ``--count``, else ``usual``; never more than 500."""
    try:
        return max(1, min(int(said.options.get("count") or usual), 500))
    except ValueError:
        raise NotUnderstood("Say --count with a number from 1 to 500.") from None


async def tell_page(talk: Talk, start: int) -> None:
    """Rows from ``start`` on; none of them is at hand until it is read by itself."""
    here = talk.here
    await talk.look_at_chats()
    page = await talk.listed(start, here.count)
    here.rows, here.start, here.total, here.at = page.rows, page.start, page.total, None
    label = talk.label
    if not page.rows:
        talk.voice.aloud([f"{label}: there is nothing here."])
        return
    last = page.start + len(page.rows)
    of = how_many(page) if isinstance(page, Listing) else plural(page.total, "ticket")
    talk.voice.aloud(
        [f"{label}: {of}." if len(page.rows) == page.total else f"{label}: {of}, {page.start + 1} to {last}."]
    )
    for row in page.rows:
        talk.tell_row(row)
    if last < page.total:
        talk.voice.aloud([f"{page.total - last} more: page_down."])


async def _choose_view(talk: Talk, given: str) -> None:
    """A fixed view or a saved one, by key, name or from the menu; else what is given is a query."""
    sitting, here = talk.sitting, talk.here
    counts = await sitting.desk.counts(sitting.actor)
    saved = await sitting.desk.views.saved(sitting.actor)
    options = [
        Option(
            words=LABELS[each],
            value=(each, "", ""),
            hint=plural(counts.get(each, 0), "ticket"),
            also=f"{each}|{LABELS[each].casefold()}",
        )
        for each in View
    ]
    options += [
        Option(words=each.name, value=(here.view, each.query, each.name), hint=plural(each.count, "ticket"))
        for each in saved
    ]
    by_digit = next((each for each in saved if given and each.digit == given), None)
    if by_digit is not None:
        here.query, here.title = by_digit.query, by_digit.name
    elif is_query(given):
        here.query = here.title = given
    else:
        here.view, here.query, here.title = await talk.ask.choose("Which view?", options, given=given)


def is_query(given: str) -> bool:
    """Whether it is a query rather than a view's name: a field and a colon, or a ticket's number, stands in it."""
    return any(":" in word or (word.startswith("#") and len(word) > 1) for word in given.split())


async def view(talk: Talk, said: Said) -> None:
    """Choose a view and read its first page."""
    await _choose_view(talk, said.options.get("view") or said.words())
    await list_(talk, Said(""))


async def open_(talk: Talk, said: Said) -> None:
    """Open what was named, or what was read last."""
    here = talk.here
    if said.names_incident or (here.place is Where.INCIDENTS):
        incident = await talk.noise_at_hand(said)
        if incident is not None:
            await talk.open_incident(incident)
            return
    target = await talk.ticket(said, "open")
    await talk.open(target.id)


async def back(talk: Talk, said: Said) -> None:
    """One place back."""
    talk.back()
    if talk.here.place is Where.INCIDENTS:
        await list_noise(talk)
    elif talk.here.place is Where.WORKLIST:
        page = await talk.listed(0, 1)
        talk.voice.say(f"{talk.label}: {plural(page.total, 'ticket')}.")
    elif talk.here.sight is not None:
        await talk.open_incident(talk.here.sight.incident)


# Row by row


async def down(talk: Talk, said: Said) -> None:
    """Read the next row, message, noise or reporter."""
    await move(talk, 1)


async def up(talk: Talk, said: Said) -> None:
    """Read the one before."""
    await move(talk, -1)


async def move(talk: Talk, step: int) -> None:
    """Read the next of what one stands in, or the one before."""
    match talk.here.place:
        case Where.INCIDENTS:
            await move_noise(talk, step)
        case Where.INCIDENT:
            move_reporter(talk, step)
        case Where.TICKET:
            _move_entry(talk, step)
        case _:
            await _move_row(talk, step)


def _move_entry(talk: Talk, step: int) -> None:
    here = talk.here
    thread = here.thread
    if thread is None or not 0 <= here.entry + step < len(thread.entries):
        talk.voice.say(THE_END if step > 0 else THE_TOP)
        return
    here.entry += step
    talk.tell_entries(thread, [thread.entries[here.entry]])


async def _move_row(talk: Talk, step: int) -> None:
    here = talk.here
    at = here.start + (here.at + step if here.at is not None else 0)
    await read_row(talk, at)


async def read_row(talk: Talk, at: int) -> None:
    """Read the row of index ``at`` of the view, which is at hand from now on."""
    here = talk.here
    if at < 0:
        talk.voice.say(THE_TOP)
        return
    if not here.start <= at < here.start + len(here.rows):
        page = await talk.listed(at, here.count)
        if at >= page.total:
            talk.voice.say(THE_END if page.total else f"{talk.label}: there is nothing here.")
            return
        here.rows, here.start, here.total = page.rows, page.start, page.total
    here.at = at - here.start
    talk.tell_row(here.rows[here.at])


async def page_down(talk: Talk, said: Said) -> None:
    """The next page."""
    await _page(talk, 1)


async def page_up(talk: Talk, said: Said) -> None:
    """The page before."""
    await _page(talk, -1)


async def _page(talk: Talk, step: int) -> None:
    here = talk.here
    if here.place is Where.INCIDENTS:
        await list_noise(talk, start=max(0, talk.here.start + step * here.count))
    elif here.place is Where.WORKLIST:
        start = here.start + step * here.count if here.rows else 0
        if start >= here.total > 0 or start <= -here.count:
            talk.voice.say(THE_END if step > 0 else THE_TOP)
        else:
            await tell_page(talk, max(0, start))
    elif here.thread is not None:
        talk.tell_entries(here.thread, here.thread.entries)
    elif here.sight is not None:
        await talk.open_incident(here.sight.incident)


async def first(talk: Talk, said: Said) -> None:
    """The first row, message, noise or reporter."""
    await _end(talk, last=False)


async def last(talk: Talk, said: Said) -> None:
    """The last one."""
    await _end(talk, last=True)


async def _end(talk: Talk, *, last: bool) -> None:
    here = talk.here
    if here.place is Where.TICKET and here.thread is not None:
        here.entry = len(here.thread.entries) if last else -1
        _move_entry(talk, -1 if last else 1)
    elif here.place is Where.INCIDENT and here.sight is not None:
        here.reporter = _before_the_end(len(here.sight.reporters), last=last)
        move_reporter(talk, -1 if last else 1)
    elif here.place is Where.INCIDENTS:
        here.noise_at = _before_the_end(len(here.noises), last=last)
        await move_noise(talk, -1 if last else 1)
    else:
        page = await talk.listed(0, 1)
        await read_row(talk, max(page.total - 1, 0) if last else 0)


def _before_the_end(count: int, *, last: bool) -> int | None:
    """From where one step leads to the first of so many, or the last; None where there is none to lead to."""
    return None if not count else count if last else -1


# From one that waits to the next


async def take(talk: Talk, said: Said) -> None:
    """Take the ticket that most needs somebody, and open it."""
    ticket = await talk.sitting.desk.take_next(talk.sitting.actor)
    if ticket is None:
        talk.voice.say("Nobody is waiting for an answer.")
    else:
        await talk.open(ticket.id)


async def next_(talk: Talk, said: Said) -> None:
    """The next unanswered ticket."""
    await _seek(talk, 1)


async def previous(talk: Talk, said: Said) -> None:
    """The unanswered ticket before."""
    await _seek(talk, -1)


async def _seek(talk: Talk, step: int) -> None:
    """Read the nearest unanswered ticket of the view in a direction, however far; from an open ticket it is opened."""
    here, sitting = talk.here, talk.sitting
    index, ticket = _standing(talk)
    found = None
    if ticket is not None or step > 0:
        found = await sitting.desk.views.ahead(sitting.actor, talk.query, ticket=ticket, back=step < 0)
    if found is None:
        talk.voice.say("There is no unanswered ticket " + ("after this one." if step > 0 else "before this one."))
        return
    if index is not None:
        here.rows, here.start, here.at = (found.row,), max(index + found.steps, 0), 0
    if here.place is Where.TICKET:
        await talk.open(found.row.id)
    else:
        talk.tell_row(found.row)


def _standing(talk: Talk) -> tuple[int | None, TicketId | None]:
    """Where one stands in the view, and on which ticket: -1 and None before its first row.

    The index is None where a ticket is open that none of the rows at hand is.
    """
    here = talk.here
    if here.place is Where.TICKET and here.thread is not None:
        ticket = here.thread.ticket.id
        return next((here.start + at for at, row in enumerate(here.rows) if row.id == ticket), None), ticket
    if here.at is not None and here.at < len(here.rows):
        return here.start + here.at, here.rows[here.at].id
    return -1, None


READING = (
    Verb(
        id="list",
        do=list_,
        takes="[view, or a query such as tag:printer]",
        help="Read the worklist out",
        options=("view=", "count="),
    ),
    Verb(id="view", do=view, takes="[view]", options=("view=", "count=")),
    Verb(
        id="open",
        do=open_,
        takes="[ticket, or i3 for incident 3]",
        help="Open what is named, or was read last",
        also=("show",),
    ),
    Verb(id="back", do=back),
    Verb(id="down", do=down, help="Read the next ticket, message, noise or reporter"),
    Verb(id="up", do=up, help="Read the ticket, message, noise or reporter before"),
    Verb(id="page_down", do=page_down, help="Read the next page; of an open ticket, all of it again"),
    Verb(id="page_up", do=page_up, help="Read the page before"),
    Verb(id="first", do=first, help="Read the first one"),
    Verb(id="last", do=last, help="Read the last one"),
    Verb(id="take", do=take),
    Verb(id="next", do=next_),
    Verb(id="previous", do=previous),
)
"""Verbs that read."""
