"""What came in: gathered while somebody types, told before the next prompt; or line by line to who watches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from helpdesk.events import PATRON, Kind
from helpdesk.message import StaffId, TicketId
from helpdesk.sight import Told
from helpdesk.worklist import Row, View
from tui.line.heard import News
from tui.line.said import Said
from tui.line.shapes import iso, row_shape
from tui.line.spoken import aloud, concern_said, row_said
from tui.line.talk import Talk
from tui.line.wrong import NotUnderstood
from tui.render import Eye
from tui.roles import reads
from tui.words import capital, countdown, plural

NAMED = 3
"""How many tickets are named; of more only the count is told."""

LOOKED = 100
"""Among how many of the most urgent tickets news is looked up."""

WORDS = {
    Kind.CONCERN: "words of danger",
    Kind.BREACH_NOTICED: "late",
    Kind.UNDELIVERABLE: "a reply could not be delivered",
    Kind.ESCALATED: "nobody took it in time, the duty list was told",
    Kind.LEFT: "the visitor left the chat",
}
"""What is told of a ticket beside what its patron wrote, the gravest first."""


def worth_telling(told: Told, me: StaffId) -> bool:
    """Whether somebody at the desk wants to hear of it: not of what they did themselves."""
    if told.ticket is None or told.actor == me:
        return False
    return (
        told.kind in WORDS
        or told.kind is Kind.ASSIGNED
        or (told.actor == PATRON and told.kind in {Kind.OPENED, Kind.RECEIVED})
    )


def news_said(told: Sequence[Told], rows: dict[TicketId, Row], eye: Eye) -> list[str]:
    """ "2 new contacts; one breaches in 3 minutes.", the gravest line first."""
    lines: list[str] = []
    for kind, words in WORDS.items():
        lines += _named(words, _tickets(told, kind), rows)
    lines += _named("handed to you", _tickets(told, Kind.ASSIGNED), rows)
    opened = _tickets(told, Kind.OPENED)
    wrote = [each for each in _tickets(told, Kind.RECEIVED) if each not in opened]
    if opened:
        lines.append(
            f"{plural(len(opened), 'new contact')}{_soonest([rows[each] for each in opened if each in rows], eye)}."
        )
    if wrote:
        numbers = [rows[each].number for each in wrote if each in rows]
        on = f" on ticket {', '.join(map(str, numbers))}" if numbers and len(numbers) <= NAMED else ""
        lines.append(f"{plural(len(wrote), 'patron')} wrote again{on}.")
    return lines


def _tickets(told: Iterable[Told], kind: Kind) -> list[TicketId]:
    return list(Counter(each.ticket for each in told if each.kind is kind and each.ticket is not None))


def _named(words: str, tickets: Sequence[TicketId], rows: dict[TicketId, Row]) -> list[str]:
    if not tickets:
        return []
    known = [rows[each] for each in tickets if each in rows]
    if len(tickets) > NAMED or not known:
        return [f"{capital(words)}: {plural(len(tickets), 'ticket')}."]
    return [f"{capital(_word(words, row))}: ticket {row.number}." for row in known]


def _word(words: str, row: Row) -> str:
    return concern_said(row.concern) if words == WORDS[Kind.CONCERN] and row.concern else words


def _soonest(rows: Sequence[Row], eye: Eye) -> str:
    """The first deadline among them: "; one breaches in 3 minutes"."""
    due = min((row.due for row in rows if row.due is not None), default=None)
    if due is None:
        return ""
    words = aloud(countdown(due, eye.now, eye.zone)[0])
    words = f"breaches in {words.removesuffix(' left')}" if words.endswith(" left") else f"is {words}"
    return f"; {'the first' if len(rows) > 1 else 'it'} {words}"


def _is_mine(told: Told, rows: dict[TicketId, Row], me: StaffId) -> bool:
    """Whether what was given to somebody was given to whoever hears it."""
    row = rows.get(told.ticket) if told.ticket is not None else None
    return row is not None and row.owner == me and row.held_until is None


async def tell_news(talk: Talk, news: News) -> int:
    """Tell what came in since the last time; how much of it was worth telling."""
    sitting = talk.sitting
    told = [each for each in news.take() if worth_telling(each, sitting.actor)]
    if not told or not reads(sitting.role):
        return 0
    rows = await _rows(talk, [each.ticket for each in told if each.ticket is not None])
    told = [each for each in told if each.kind is not Kind.ASSIGNED or _is_mine(each, rows, sitting.actor)]
    lines = news_said(told, rows, sitting.eye)
    if talk.voice.json:
        for each in told:
            row = rows.get(each.ticket) if each.ticket is not None else None
            shape = row_shape(row, sitting.eye) if row is not None else None
            talk.voice.give(
                "news",
                {"seq": each.seq, "kind": str(each.kind), "now": iso(sitting.eye.now, sitting.zone), "ticket": shape},
            )
    else:
        talk.voice.aloud(f"News: {line[:1].lower()}{line[1:]}" for line in lines)
    await _open_ticket_too(talk, told)
    return len(told)


async def _rows(talk: Talk, tickets: Sequence[TicketId]) -> dict[TicketId, Row]:
    """The rows of tickets that wait for somebody."""
    page = await talk.sitting.desk.worklist(talk.sitting.actor, View.UNANSWERED, count=LOOKED)
    return {row.id: row for row in page.rows if row.id in set(tickets)}


async def _open_ticket_too(talk: Talk, told: Sequence[Told]) -> None:
    """What was written on the open ticket is read out: a reply goes to what was heard."""
    thread = talk.here.thread
    if thread is None or not any(each.ticket == thread.ticket.id for each in told):
        return
    fresh = await talk.sitting.desk.thread(talk.sitting.actor, thread.ticket.id)
    known = {entry.id for entry in thread.entries}
    talk.here.thread, talk.here.entry = fresh, len(fresh.entries) - 1
    talk.tell_entries(fresh, [entry for entry in fresh.entries if entry.id not in known])


async def watch(talk: Talk, said: Said) -> None:
    """Say what comes in as it comes, until it is left, or until so many news were told."""
    word = said.word()
    if word and not word.isdecimal():
        raise NotUnderstood("Say watch, or how many news to wait for, as in watch 3.")
    most, count = int(word or 0), 0
    if talk.ask.reader.asks:
        talk.voice.say("Watching. ctrl+C ends it.")
    while not most or count < most:
        await talk.news.heard.wait()
        told = [each for each in talk.news.take() if worth_telling(each, talk.sitting.actor)]
        rows = await _rows(talk, [each.ticket for each in told if each.ticket is not None]) if told else {}
        for each in told[: most - count] if most else told:
            _tell_one(talk, each, rows)
            count += 1


def _tell_one(talk: Talk, told: Told, rows: dict[TicketId, Row]) -> None:
    sitting = talk.sitting
    row = rows.get(told.ticket) if told.ticket is not None else None
    word = WORDS.get(told.kind, "new contact" if told.kind is Kind.OPENED else "wrote again")
    shape = row_shape(row, sitting.eye) if row is not None else None
    lines = [f"{capital(word)}: {row_said(row, sitting.eye)}" if row is not None else f"{capital(word)}: a ticket."]
    given = {"seq": told.seq, "kind": str(told.kind), "now": iso(sitting.eye.now, sitting.zone), "ticket": shape}
    talk.voice.tell("news", given, lines)
