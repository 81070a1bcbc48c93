"""Writing on a ticket: the draft, the composer under the thread, and sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on

from helpdesk.clock import SECOND, Instant
from helpdesk.macros import Macro
from helpdesk.message import Channel, Delivery, StaffId, TicketId
from helpdesk.thread import Entry, EntryKind, Thread
from helpdesk.ticket import Ticket
from tui import canned
from tui.allowed import Target, target, why_not
from tui.background import in_background
from tui.between import Between, between, between_words, since_words
from tui.commands import Command, Where
from tui.company import Here
from tui.composing import composing_lines
from tui.drafts import Draft, Kind, Unsent, next_then
from tui.history import held_more
from tui.plain import one_line
from tui.screens.composing import Composing
from tui.screens.include import Include
from tui.screens.pick import Option, Pick
from tui.sitting import Sitting
from tui.unsent import since_line
from tui.widgets.composer import Composer
from tui.words import Tone, left

TYPING = 3 * SECOND
"""How often a chat's visitor is told that somebody is writing, at most, by the desk's clock."""


BESIDE = "If you both answer, the patron gets two answers."


class Writing(Composing):
    """A ticket with a composer. ``kind``: what to write at once ("reply", "note", "editor")."""

    reading: ClassVar[Where] = Where.TICKET

    def __init__(self, sitting: Sitting, ticket: TicketId, kind: str) -> None:
        super().__init__(sitting)
        self._ticket = ticket
        self._kind = kind
        self._thread: Thread | None = None
        self._draft = self._begun(kind) if kind else None
        self._looked: Thread | None = None
        self._asked_about: set[StaffId] = set()
        self._told_typing = Instant(0)
        self._outside_now = kind == "editor"

    @property
    def ticket(self) -> TicketId:
        """Which ticket is shown."""
        return self._ticket

    @property
    def target(self) -> Target | None:
        """This ticket, as it was last read."""
        thread = self._thread
        return target(thread.ticket, thread.clocks) if thread is not None else None

    @property
    def here(self) -> Here:
        """This ticket, and whether it is being answered."""
        return (self._ticket, "reads" if self._draft is None else "writes")

    async def _read(self, *, end: bool = False, asked: bool = True) -> None:
        """Read the ticket again; ``end``: show its last screen; ``asked``: by the reader, who is told if it fails."""
        raise NotImplementedError

    def draw(self, *, end: bool = False) -> None:
        """The whole screen."""
        raise NotImplementedError

    def _draw_head(self) -> None:
        raise NotImplementedError

    def _draw_composing(self) -> None:
        if self._draft is not None and self._thread is not None and self.standing:
            draft, thread, cells = self._draft, self._thread, self.size.width
            lines = composing_lines(draft, thread, cells, self._sending, self.plain_key)
            if draft.unsent is not None and not self._sending:
                since = since_line(draft.unsent, thread.ticket.version, thread.entries, self.sitting.eye)
                lines = [since, *lines]
            elif draft.kind == "reply" and (words := since_words(self._between())):
                lines = [((words, Tone.SOON),), *lines]
            self.composer.say(lines)

    def compose_on(self, ticket: TicketId, kind: str) -> None:
        """Open the composer."""
        self._write(kind)

    def _write(self, kind: str) -> None:
        ticket = self.target
        if ticket is None:
            return
        if reason := why_not(
            "note" if kind == "note" else "reply", ticket, self.sitting.actor, self.sitting.clock.now()
        ):
            self._outside_now = False
            if self._draft is not None:
                self.do_keep()
            self.refuse(reason)
            return
        if kind != "note" and (other := self._other(ticket)) is not None:
            self._ask_beside(ticket, other, kind)
            return
        if self._draft is None:
            self._draft = self._begun(kind)
            self.composer.begin(self._draft.text, note=kind == "note")
        self.composer.mark_blank()
        self._looked = self._looked or self._thread
        self.sitting.beside.hurry()
        self.draw_frame()
        self._draw_composing()
        self.view.call_after_refresh(self.view.scroll_end, animate=False)
        if self._draft.kind == "reply":
            self._after_others(partial(self._hold, ticket))
        if kind == "editor":
            self.do_outside()

    def _other(self, ticket: Target) -> StaffId | None:
        """A colleague who has the ticket, and of whom the writer was not told yet."""
        holder = ticket.holder(self.sitting.clock.now())
        if holder in {None, self.sitting.actor}:
            holder = self.sitting.beside.writers.get(ticket.id)
        return holder if holder not in {None, self.sitting.actor, *self._asked_about} else None

    def _ask_beside(self, ticket: Target, other: StaffId, kind: str) -> None:
        """Say that a colleague is on it before anything is written, and ask."""
        self._asked_about.add(other)
        self._outside_now = False

        def answered(chosen: str | None) -> None:
            if chosen == "write":
                self._write(kind)
                return
            if self._draft is not None:
                self.do_keep()
            if chosen == "note":
                self._write("note")
            else:
                self._asked_about.discard(other)

        more = held_more(ticket.held_until, self.sitting.clock.now())
        has = f"has ticket {ticket.number}{f', {more}' if more else ''}"
        if self.sitting.beside.writers.get(ticket.id) == other:
            has = f"is writing on ticket {ticket.number}"
        title = f"{one_line(self.sitting.name(other))} {has}."
        options = [Option("Back", "", ""), Option("Write a note", "", "note"), Option("Write an answer", "", "write")]
        self.app.push_screen(Pick(title, options, words=BESIDE), answered)

    def _begun(self, kind: str) -> Draft:
        """The draft to go on with, or a new one."""
        wanted: Kind = "note" if kind == "note" else "reply"
        return self.sitting.drafts.get(self.sitting.actor, self._ticket, wanted)

    async def _hold(self, ticket: Target) -> None:
        """Let colleagues see that somebody is on it. Whoever has it already is shown, not in the way."""
        if ticket.holder(self.sitting.clock.now()) is not None:
            return
        claimed = await self.attempt(self.sitting.desk.claim(self.sitting.actor, self._ticket))
        if claimed is not None and self._thread is not None and claimed.id == self._thread.ticket.id:
            self._thread = replace(self._thread, ticket=claimed)
            self._draw_head()

    @on(Composer.Typed)
    def _typed(self, event: Composer.Typed) -> None:
        if self._draft is None:
            return
        if (line := canned.asks_to_quote(self._draft.text, event.text)) is not None:
            self._quote_on(line)
        self._draft = self._draft.saying(self.composer.text)
        self._keep()
        self._draw_composing()
        now = self.sitting.clock.now()
        chat = self._thread is not None and self._thread.ticket.channel is Channel.CHAT
        if chat and self._draft.kind == "reply" and event.text and now - self._told_typing >= TYPING:
            self._told_typing = now
            in_background(self, self._tell_typing, "typing", exclusive=True)

    @property
    def _entries(self) -> Sequence[Entry]:
        return self._thread.entries if self._thread is not None else ()

    def _filled(self, macro: Macro) -> str:
        """A macro's text for this ticket."""
        return macro.text if self._thread is None else canned.filled(macro, self._thread.ticket, self.sitting)

    async def _tell_typing(self) -> None:
        await self.look(self.sitting.desk.typing(self.sitting.actor, self._ticket))

    def _keep(self) -> None:
        """Keep what is written; the head says at once that there is a draft, or that there is none any more."""
        if self._draft is not None:
            drafts, actor = self.sitting.drafts, self.sitting.actor
            marked = self._ticket in drafts.tickets(actor)
            drafts.keep(actor, self._ticket, self._draft)
            if marked != (self._ticket in drafts.tickets(actor)):
                self._draw_head()

    def _seen(self) -> Unsent | None:
        if (thread := self._thread) is None:
            return None
        ticket, now = thread.ticket, self.sitting.clock.now()
        return Unsent(when=now, number=ticket.number, version=ticket.version, entries=len(thread.entries))

    def do_keep(self) -> None:
        """Put the composer away; the draft stays."""
        draft = self._taken_in()
        if draft is not None and not draft.empty:
            self.say(f"Draft kept. {'i' if draft.kind == 'note' else 'r'} goes on with it.")
        self._close()

    def _close(self) -> None:
        self._keep()
        self._draft = self._looked = None
        self.sitting.keeping.hurry()
        self.sitting.beside.hurry()
        self.composer.close()
        self.view.focus()
        self.draw()

    def do_then(self) -> None:
        """Another choice of what becomes of the ticket."""
        if self._draft is not None and self._draft.kind == "reply":
            self._draft = next_then(self._draft)
            self._keep()
            self._draw_composing()

    def do_send(self) -> None:
        """Send it, once."""
        draft = self._taken_in()
        if draft is None or self._sending:
            return
        if draft.empty:
            self.say("There is nothing to send yet.", warn=True)
            return
        if draft.kind == "reply" and not self._is_whole(draft):
            return
        self._sending = True
        self._draw_composing()
        self._after_others(partial(self._send, draft))

    async def _send(self, draft: Draft) -> None:
        try:
            ready = await self._addressed(draft)
            sent = None
            if ready is not None:
                sent = await self._sent(ready)
        finally:
            self._sending = False
        if not self.standing:
            return
        if sent is None:
            self._draw_composing()
            return
        self.sitting.drafts.drop(self.sitting.actor, self._ticket, draft.kind)
        if draft.kind == "reply":
            await canned.tag_besides(self.sitting, sent)
        if draft.kind == "reply" and sent.channel is not Channel.CHAT:
            await self._know_what_waits()
        self._draft = self._looked = None
        self.composer.close()
        self.view.focus()
        await self._read(end=True)
        if words := _sent_words(draft, self._waits_for):
            self.say(f"Ticket {sent.number}: {words}", long=self._waits_for != "")
        if draft.kind == "reply" and draft.then == "solved" and self.is_active:
            self.dismiss("")

    async def _sent(self, draft: Draft) -> Ticket | None:
        """Send it, once nothing came in between that the writer has not looked at; None if it was not sent."""
        stale: list[str] = []
        while await self._is_looked_over(draft, stale):
            stale.clear()
            sent = await self.attempt(self._deliver(draft), unanswered=self._not_sent, stale=stale.append)
            if sent is not None or not stale:
                return sent
            await self._read(asked=False)
        return None

    async def _is_looked_over(self, draft: Draft, stale: Sequence[str]) -> bool:
        """Whether it is to be sent: at once where nothing came in between, else as the writer chooses.

        ``stale``  who changed the ticket, as the desk said it
        """
        found = self._between()
        if draft.kind == "note" or not (found or stale):
            return True
        number = self._thread.ticket.number if self._thread is not None else 0
        title = f"Not sent yet: ticket {number} has changed while you were writing."
        words = between_words(found, self.sitting.eye, self.sitting.name) or "".join(stale)
        options = [Option("Look first", "", "look"), Option("Send it all the same", "", "send")]
        options.append(Option("Keep it as a draft", "", "keep"))
        chosen = await self.app.push_screen_wait(Pick(title, options, words=words))
        self._looked = self._thread
        if chosen == "keep":
            self.do_keep()
        elif chosen != "send":
            self.view.scroll_end(animate=False)
        return chosen == "send"

    def _between(self) -> Between:
        """What others wrote and did since the writer began, or looked."""
        if self._looked is None or self._thread is None or self._looked.ticket.id != self._thread.ticket.id:
            return Between()
        return between(self._looked, self._thread, self.sitting.actor)

    @property
    def _waits_for(self) -> str:
        """Where the latest answer is on its way: what a toast says of it, "" where it has gone."""
        if not self._waits:
            return ""
        now, key = self.sitting.clock.now(), self._key_of("undo")
        mine = [
            held for held in self.sitting.outgoing if held.ticket == self._ticket and held.actor == self.sitting.actor
        ]
        if mine and mine[-1].goes > now:
            return f"your answer goes in {left(mine[-1].goes, now)}; {key} takes it back"
        return "your answer is in the outbox"

    @property
    def _waits(self) -> bool:
        """Whether the latest answer is still to be sent."""
        entries = self._thread.entries if self._thread is not None else ()
        out = [entry for entry in entries if entry.kind is EntryKind.OUT]
        return not out or out[-1].delivery is Delivery.WAITING

    async def _addressed(self, draft: Draft) -> Draft | None:
        """The draft with a choice of whom it goes to where strangers wrote; None if the writer thinks again."""
        strangers = self._thread.unverified if self._thread is not None else ()
        if draft.kind == "note" or not strangers:
            return draft
        chosen = await self.app.push_screen_wait(Include(strangers))
        if chosen is None:
            return None
        left_out = tuple(address for address in strangers if address not in chosen)
        return replace(draft, include=chosen, exclude=left_out)

    async def _deliver(self, draft: Draft) -> Ticket:
        desk, actor = self.sitting.desk, self.sitting.actor
        if draft.kind == "note":
            return await desk.note(actor, self._ticket, draft.text, key=draft.key)
        version = self._thread.ticket.version if self._thread is not None else 0
        return await desk.reply(
            actor,
            self._ticket,
            version,
            draft.text,
            then=draft.then,
            include=draft.include,
            exclude=draft.exclude,
            key=draft.key,
        )

    @property
    def offered(self) -> tuple[Command, ...]:
        """A note has no consequence to choose, and only what is texted has characters that make it dear."""
        note = self._draft is not None and self._draft.kind == "note"
        missing = {"then"} if note else set()
        missing |= set() if self._texting else {"lookalikes"}
        return tuple(each for each in self.sitting.commands if each.id not in missing)

    @property
    def _texting(self) -> bool:
        """Whether what is being written will be a text."""
        reply = self._draft is not None and self._draft.kind == "reply"
        return reply and self._thread is not None and self._thread.ticket.channel is Channel.SMS

    def why_not(self, command: Command) -> str:
        """A note has no consequence to choose; a mail may hold any character."""
        if command.id == "lookalikes" and not self._texting:
            return "Only what is texted is counted so: this may hold any character."
        if command.id == "then" and self._draft is not None and self._draft.kind == "note":
            return "A note changes nothing about the ticket."
        return super().why_not(command)


def _sent_words(draft: Draft, queued: str) -> str:
    """What a toast says; "" where the thread shows it already. ``queued``: where the answer is on its way."""
    if draft.kind == "note":
        return "your note is kept."
    then = {"open": "", "waiting": "it waits for the patron now", "solved": "it is solved"}[draft.then]
    words = "; ".join(part for part in (queued, then) if part)
    return f"{words}." if words else ""
