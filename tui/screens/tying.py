"""What ties a ticket to others and to who follows it: link, merge, follow, open what stands beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from helpdesk.message import EntryId, TicketId
from helpdesk.thread import Thread
from helpdesk.ticket import Ticket
from tui.acts import opposite_deed, sentence
from tui.allowed import Target
from tui.beside import message_line, named_beside, splittable
from tui.meaning import LINKING, MERGING, SPLITTING
from tui.plain import one_line
from tui.roles import why_not_by_role
from tui.screens.facts import some_number
from tui.screens.line import Field
from tui.screens.pick import Option, Pick
from tui.screens.sorting import Sorting
from tui.screens.splitting import WhichMessages

Work = Callable[[Target, str], Awaitable[bool]]
"""Does something with the number of another ticket, as it was typed; False where that failed."""


class Tying(Sorting):
    """Verbs about a ticket and another one. Each that changes something can be taken back."""

    # Link or merge

    def do_tie(self) -> None:
        """Which of both: a small menu, with the links that are there."""
        self._with_thread(self._ask_which)

    async def _ask_which(self, target: Target, thread: Thread) -> None:
        no_merge = why_not_by_role("merge", self.sitting.role)
        options = [
            Option("Link it to another ticket", "both go on", "link"),
            Option("Merge it into another ticket", "for leads" if no_merge else "it is closed", "merge"),
            *(
                Option(f"Unlink {each.number} {one_line(each.subject)[:30]}", str(each.state), f"unlink {each.number}")
                for each in thread.related
            ),
        ]

        def chosen(what: str | None) -> None:
            which, _, number = (what or "").partition(" ")
            if which == "merge" and no_merge:
                self.refuse(no_merge)
            elif number:
                self._say_of(target, self._unlink, number)
            elif which:
                self._ask_number(target, which)

        self.app.push_screen(Pick(f"Ticket {target.number} and another one", options), chosen)

    def _ask_number(self, target: Target, which: str) -> None:
        """Type the number of the other one."""
        field = Field(placeholder="1042", check=some_number)
        title, words, work = {
            "link": (f"Link ticket {target.number} to the ticket with the number", LINKING, self._link),
            "merge": (f"Merge ticket {target.number} into the ticket with the number", MERGING, self._merge),
            "unlink": (f"Unlink ticket {target.number} from the ticket with the number", "", self._unlink),
        }[which]
        self._type(title, [field], work, words=words, about=target)

    def do_merge(self, rest: str = "") -> None:
        """It is the same matter as another ticket: that one goes on."""
        self._with_number("merge", self._merge, rest)

    def do_link(self, rest: str = "") -> None:
        """It is related to another ticket: both go on."""
        self._with_number("link", self._link, rest)

    def do_unlink(self, rest: str = "") -> None:
        """Related no longer."""
        self._with_number("unlink", self._unlink, rest)

    def _with_number(self, which: str, work: Work, rest: str) -> None:
        if (target := self.target) is not None and rest:
            some_number(rest)
            self._say_of(target, work, rest.strip())
        elif target is not None:
            self._ask_number(target, which)

    async def _merge(self, target: Target, typed: str) -> bool:
        sitting = self.sitting

        async def do(ticket: TicketId, version: int) -> Ticket:
            return await sitting.desk.merge(sitting.actor, ticket, version, int(typed))

        return await self._verb(target, do, f"Ticket {target.number} went into {typed}.", left=True)

    async def _link(self, target: Target, typed: str) -> bool:
        ties, actor, other = self.sitting.desk.ties, self.sitting.actor, int(typed)

        async def link(ticket: TicketId, version: int) -> Ticket:
            return await ties.link(actor, ticket, other)

        async def unlink(ticket: TicketId, version: int) -> Ticket:
            return await ties.unlink(actor, ticket, other)

        return await self._opposite(target, f"ticket {target.number} is linked to {other}", link, unlink)

    async def _unlink(self, target: Target, typed: str) -> bool:
        ties, actor, other = self.sitting.desk.ties, self.sitting.actor, int(typed)

        async def link(ticket: TicketId, version: int) -> Ticket:
            return await ties.link(actor, ticket, other)

        async def unlink(ticket: TicketId, version: int) -> Ticket:
            return await ties.unlink(actor, ticket, other)

        return await self._opposite(target, f"ticket {target.number} is not linked to {other}", unlink, link)

    async def _opposite(
        self,
        target: Target,
        words: str,
        do: Callable[[TicketId, int], Awaitable[Ticket]],
        back: Callable[[TicketId, int], Awaitable[Ticket]],
    ) -> bool:
        """Do it, say so, and keep its opposite for taking it back."""
        made = await self.attempt(do(target.id, target.version))
        if made is None:
            return False
        self.sitting.deeds.done(opposite_deed(words, made, back, do))
        self.say(sentence(words))
        await self.changed()
        return True

    # Follow

    def do_follow(self) -> None:
        """Follow it, or no longer."""
        self._with_thread(self._follow)

    async def _follow(self, target: Target, thread: Thread) -> None:
        sitting = self.sitting

        async def follow(ticket: TicketId, version: int) -> Ticket:
            made = await sitting.desk.ties.follow(sitting.actor, ticket)
            sitting.followed |= {ticket}
            return made

        async def unfollow(ticket: TicketId, version: int) -> Ticket:
            made = await sitting.desk.ties.unfollow(sitting.actor, ticket)
            sitting.followed -= {ticket}
            return made

        if sitting.actor in thread.followers:
            await self._opposite(target, f"you follow ticket {target.number} no longer", unfollow, follow)
        else:
            await self._opposite(target, f"you follow ticket {target.number}", follow, unfollow)

    # Split

    def do_split(self, rest: str = "") -> None:
        """Some of its messages become a ticket of their own; ``rest``: its subject."""
        self._with_thread(partial(self._ask_what, rest.strip()))

    async def _ask_what(self, subject: str, target: Target, thread: Thread) -> None:
        eye = self.sitting.eye
        messages = splittable(thread)
        if not messages:
            self.refuse(f"The patron wrote nothing on ticket {target.number} that could be split off.")
            return

        def chosen(places: tuple[int, ...] | None) -> None:
            if places:
                self._ask_subject(target, tuple(messages[at].id for at in places), subject)

        if len(messages) == 1:
            chosen((0,))
        else:
            lines = [message_line(each, eye) for each in messages]
            self.app.push_screen(WhichMessages(target.number, lines), chosen)

    def _ask_subject(self, target: Target, entries: tuple[EntryId, ...], subject: str) -> None:
        async def work(target: Target, typed: str) -> bool:
            return await self._split(target, entries, typed)

        if subject:
            self._say_of(target, work, subject)
        else:
            field = Field(placeholder="the broken lift")
            title = f"Subject of what is split off ticket {target.number}"
            self._type(title, [field], work, words=SPLITTING, about=target)

    async def _split(self, target: Target, entries: tuple[EntryId, ...], subject: str) -> bool:
        sitting = self.sitting
        made = await self.attempt(sitting.desk.ties.split(sitting.actor, target.id, target.version, entries, subject))
        if made is None:
            return False
        self._did(f"ticket {made.number} is split off {target.number}", [made], None)
        self.say(f"Ticket {made.number} is split off {target.number}. {self._key_of('undo')} takes it back.", long=True)
        await self.changed()
        return True

    # What stands beside it

    def do_beside(self, rest: str = "") -> None:
        """Open a ticket that is named on this one, or any by its number."""
        if rest:
            some_number(rest)
            self._before_keys(partial(self._in_turn, partial(self._open_numbered, int(rest))), "read")
        else:
            self._with_thread(self._choose_beside)

    async def _choose_beside(self, target: Target, thread: Thread) -> None:
        found = named_beside(thread, self.sitting.eye)
        if not found:
            self.say(f"No other ticket is named on ticket {target.number}. {{key:tie}} links it to one.")
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                self._before_keys(partial(self._in_turn, partial(self._open_numbered, number)), "read")

        options = [Option(each.words, each.why, each.number) for each in found]
        self.app.push_screen(Pick(f"Beside ticket {target.number}", options), chosen)

    async def _open_numbered(self, number: int) -> None:
        sitting = self.sitting
        row = await self.attempt(sitting.desk.numbered(sitting.actor, number))
        if row is not None:
            self.open_ticket(row.id)

    def _with_thread(self, work: Callable[[Target, Thread], Awaitable[None]]) -> None:
        """Read the ticket at hand, then do something with it; keys that come meanwhile wait."""
        target, sitting = self.target, self.sitting

        async def read() -> None:
            assert target is not None
            thread = await self.attempt(sitting.desk.thread(sitting.actor, target.id))
            if thread is not None:
                await work(target, thread)

        if target is not None:
            self._before_keys(partial(self._in_turn, read), "read")
