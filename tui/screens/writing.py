"""Writing on a ticket: the draft, the composer under the thread, and sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on

from helpdesk.clock import SECOND, Instant
from helpdesk.macros import Macro
from helpdesk.message import Channel, Delivery, TicketId
from helpdesk.thread import Entry, EntryKind, Thread
from helpdesk.ticket import Ticket
from tui import canned
from tui.allowed import why_not
from tui.background import in_background
from tui.between import Between, between, between_words, since_words
from tui.commands import Command, Where
from tui.company import Here
from tui.composing import composing_lines
from tui.drafts import Draft, Kind, On, Unsent, next_then
from tui.screens.holding import Holding
from tui.screens.include import Include
from tui.sitting import Sitting
from tui.unsent import since_line
from tui.widgets.composer import Composer
from tui.words import Tone, left

TYPING = 3 * SECOND
"""How often a chat's visitor is told that somebody is writing, at most, by the desk's clock."""


class Writing(Holding):
    """A ticket with a composer. ``kind``: what to write at once ("reply", "note", "editor")."""

    reading: ClassVar[Where] = Where.TICKET

    def __init__(self, sitting: Sitting, ticket: TicketId, kind: str) -> None:
        super().__init__(sitting, ticket)
        self._kind = kind
        self._draft = self._begun(kind) if kind else None
        self._looked: Thread | None = None
        self._told_typing = Instant(0)
        self._outside_now = kind == "editor"

    @property
    def here(self) -> Here:
        """This ticket, and whether it is being answered."""
        return (self._ticket, "reads" if self._draft is None else "writes")

    def _draw_composing(self) -> None:
        if self._draft is not None and self._thread is not None and self.standing:
            draft, thread, cells = self._draft, self._thread, self.size.width
            waits = self.sitting.hello.undo_seconds > 0
            lines = composing_lines(draft, thread, cells, self._sending, self.plain_key, waits=waits)
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
            self.after_others(partial(self._hold, ticket))
        if kind == "editor":
            self.go_outside(for_it=True)

    def _begun(self, kind: str) -> Draft:
        """The draft to go on with, or a new one."""
        wanted: Kind = "note" if kind == "note" else "reply"
        return self.sitting.drafts.get(self.sitting.actor, self._ticket, wanted)

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
        chat = self._thread is not None and self._thread.ticket.goes_by is Channel.CHAT
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
            self._say_kept("note" if draft.kind == "note" else "reply")
        else:
            self.lets_go()
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

    # Sending

    @property
    def _on(self) -> On:
        return self._ticket

    @property
    def _named(self) -> str:
        return f"ticket {self._thread.ticket.number}" if self._thread is not None else "the ticket"

    def _minds(self, draft: Draft) -> bool:
        return draft.kind != "note"

    def _between_words(self) -> str:
        return between_words(self._between(), self.sitting.eye, self.sitting.name)

    def _look_over(self) -> None:
        self._looked = self._thread

    def _can_wait(self, draft: Draft) -> bool:
        if draft.kind != "reply" or self._thread is None or not self.sitting.hello.undo_seconds:
            return False
        return self._thread.ticket.goes_by is not Channel.CHAT

    async def _was_sent(self, draft: Draft, sent: Ticket) -> None:
        self.keeps_hold()
        if draft.kind == "reply":
            await canned.tag_besides(self.sitting, sent)

    def _put_away(self) -> None:
        self._draft = self._looked = None
        if self.standing:
            self.composer.close()
            self.view.focus()

    async def _told_sent(self, draft: Draft, sent: Ticket) -> None:
        await self._read(end=True)
        if words := _sent_words(draft, self._waits_for):
            self.say(f"Ticket {sent.number}: {words}", long=self._waits_for != "")
        if draft.kind == "reply" and draft.then == "solved" and self.is_active:
            self.dismiss("")
            self.solved(sent if self._thread is None else self._thread.ticket)

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
        if mine := self._wait_here:
            goes = left(mine[-1].goes, self.sitting.clock.now())
            return f"your answer goes in {goes}; {self._key_of('undo')} takes it back"
        return "your answer is in the outbox"

    @property
    def _waits(self) -> bool:
        """Whether the latest answer is still to be sent. What is said in a chat goes at once."""
        entries = self._thread.entries if self._thread is not None else ()
        if self._thread is not None and self._thread.ticket.goes_by is Channel.CHAT:
            return False
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
