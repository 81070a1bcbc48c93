"""How work is sorted: kind, site, READ level, first contact, and contacts that are logged in two keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.ticket import Flag, Ticket
from tui.acts import Act
from tui.allowed import Target
from tui.allowed import target as target_of
from tui.background import in_background
from tui.chatting import why_not_ready
from tui.colon import one_of
from tui.completing import colleagues, sites
from tui.grading import SAY, Said, said_of
from tui.meaning import HANDING, WAITED
from tui.plain import one_line
from tui.screens.acting import Acting
from tui.screens.contact import LogContact
from tui.screens.facts import Facts
from tui.screens.grade import GradeCard
from tui.screens.line import TypeAndPick
from tui.screens.pick import Option, Pick
from tui.undoing import Deed
from tui.words import graded

SORTING = "Promises for a kind or a site cover it from its opening on."

Again = Callable[[Ticket], Awaitable[Ticket]]
"""Does a thing to a ticket as it stands now."""


class Sorting(Facts):
    """Verbs that say what a contact was about, where, and how it went. All of them can be taken back."""

    # Kind and site

    def do_kind(self, rest: str = "") -> None:
        """Say what it is about: picked, or typed behind the command."""
        if (target := self.target) is not None:
            kinds = {kind: kind for kind in self.sitting.sorts.kinds}
            title = f"Ticket {target.number} is {_a(target.kind)}. What is it?"
            title = f"What are {self.called}?" if self.chosen else title
            self._choose(title, kinds, rest, target, kind=True)

    def do_site(self, rest: str = "") -> None:
        """Say where it belongs."""
        if (target := self.target) is None:
            return
        if not self.sitting.sorts.sites and not target.site:
            self.refuse("The library has no sites. They are written in the settings: sites in [contacts].")
            return
        self._choose(
            f"Where {'do' if self.chosen else 'does'} {self.called} belong?",
            sites(self.sitting),
            rest,
            target,
            kind=False,
        )

    def _choose(self, title: str, words: Mapping[str, str], typed: str, target: Target, *, kind: bool) -> None:
        """One of some words: what was typed, else what a card asks for. ValueError for what is none of them."""

        def chosen(word: str | None) -> None:
            if word is not None and self.chosen:
                self._do(self._sorting(word, kind=kind))
            elif word is not None:
                self.after_others(partial(self._sort, target, word, kind=kind))

        if typed:
            chosen(one_of(typed, words, "kind" if kind else "site"))
            return
        now = target.kind if kind else target.site
        options = [Option(one_line(name), "now" if word == now else "", word) for name, word in words.items()]
        self.app.push_screen(Pick(title, options, words=SORTING, typed=True), chosen)

    def _sorting(self, word: str, *, kind: bool) -> Act:
        """The same for each of many."""

        async def do(ticket: TicketId, version: int) -> Ticket:
            more = {"kind" if kind else "site": word}
            return await self.sitting.desk.sorting.sort(self.sitting.actor, ticket, version, **more)

        if kind:
            return Act(command="kind", do=do, doing="Sorting", one=f"is {_a(word)}", many=f": {one_line(word)}")
        site = _site(word)
        return Act(command="site", do=do, doing="Sorting", one=f"belongs to {site}", many=f"belong to {site}")

    async def _sort(self, target: Target, word: str, *, kind: bool) -> None:
        def become(word: str) -> Again:
            async def again(ticket: Ticket) -> Ticket:
                sorting, more = sitting.desk.sorting, {"kind" if kind else "site": word}
                return await sorting.sort(actor, ticket.id, ticket.version, **more)

            return again

        sitting, actor = self.sitting, self.sitting.actor
        doing = sitting.desk.sorting.sort(actor, target.id, target.version, **{"kind" if kind else "site": word})
        words = f"ticket {target.number} is {_a(word)}" if kind else f"ticket {target.number} belongs to {_site(word)}"
        was = target.kind if kind else target.site
        await self._reversibly(doing, words, undo=become(was), redo=become(word))

    async def _reversibly(self, doing: Awaitable[Ticket], words: str, *, undo: Again, redo: Again) -> bool:
        """Do it, say so, and keep how to take it back; the version that each step leaves is the next one's."""
        made = await self.attempt(doing)
        if made is None:
            return False

        async def step(again: Again) -> bool:
            nonlocal made
            assert made is not None
            made = await again(made)
            return True

        self.say(f"{words[0].upper()}{words[1:]}.")
        self.sitting.deeds.done(Deed(words=words, undo=partial(step, undo), redo=partial(step, redo)))
        here = self if self in self.app.screen_stack else self.app.screen
        if isinstance(here, Acting):
            await here.changed()
        return True

    # Who goes on with it

    def do_hand(self, rest: str = "") -> None:
        """Give it to a colleague, with a note for them: both at once."""
        sitting, target = self.sitting, self.target
        if target is None:
            return
        if rest:
            name, _, note = rest.partition(" ")
            to = StaffId(one_of(name, colleagues(sitting), "colleague"))
            if not note.strip():
                raise ValueError("Type a note for them behind the name; a gives it without one.")
            self.after_others(partial(self._hand_over, target, note.strip(), to))
            return

        def chosen(found: tuple[str, StaffId] | None) -> None:
            if found is not None:
                self.after_others(partial(self._hand_over, target, *found))

        others = {name: who for name, who in colleagues(sitting).items() if who != sitting.actor}
        options = [Option(one_line(name), who, StaffId(who)) for name, who in others.items()]
        if options:
            title = f"Hand ticket {target.number} over"
            self.app.push_screen(
                TypeAndPick(title, options, placeholder="a note for whoever goes on", words=HANDING), chosen
            )
        else:
            self.refuse("Nobody else is on the list of staff yet.")

    async def _hand_over(self, target: Target, note: str, to: StaffId) -> None:
        """Where it is a chat and they have no room for one, it is asked first."""
        if reason := await self._no_room(target, to):
            in_background(self, partial(self._hand_all_the_same, target, note, to, reason), "hand", exclusive=True)
        else:
            await self._hand(target, note, to)

    async def _no_room(self, target: Target, to: StaffId) -> str:
        if target.goes_by is not Channel.CHAT or to == self.sitting.actor:
            return ""
        on = await self.look(self.sitting.desk.duty.now(self.sitting.actor))
        return "" if on is None else why_not_ready(to, self.sitting.name(to), on)

    async def _hand_all_the_same(self, target: Target, note: str, to: StaffId, reason: str) -> None:
        options = [Option("No", "", False), Option("Hand it over", "", True)]
        words = "The visitor is told that somebody has taken over, and may wait for long."
        if await self.app.push_screen_wait(Pick(f"{reason} Hand the chat over all the same?", options, words=words)):
            self.after_others(partial(self._hand, target, note, to))

    async def _hand(self, target: Target, note: str, to: StaffId) -> None:
        sitting, actor = self.sitting, self.sitting.actor
        if not note:
            await self._one(self._assigning(to), target)
            return
        doing = sitting.desk.sorting.hand_over(actor, target.id, target.version, to, note)
        whom = "you" if to == actor else sitting.name(to)
        if await self.attempt(doing) is not None:
            self.say(f"Ticket {target.number} is with {whom} now, with your note.")
            await self.changed()

    # How it went

    def do_read(self, rest: str = "") -> None:
        """READ level and first contact: by one key, or typed behind the command."""
        if (target := self.target) is None:
            return
        if not rest:
            self._ask_how_it_went(target)
            return
        typed = said_of(rest, Said(target.effort, target.first_contact))
        if typed is None:
            raise ValueError(SAY)
        self.after_others(partial(self._grade, target, typed))

    def solved(self, ticket: Ticket) -> None:
        """Ask how it went, where the library wants it, of what counts; by the app, as this screen may be gone."""
        said = None not in (ticket.effort, ticket.first_contact)
        if self.sitting.sorts.asks and not said and not ticket.flags & {Flag.AUTOMATIC, Flag.TEST}:
            self.app.call_later(self._ask_how_it_went, target_of(ticket))

    def _ask_how_it_went(self, target: Target) -> None:
        """A card that one key answers; a key that means nothing there goes on to the desk."""

        def said(found: Said | None) -> None:
            if found is not None:
                self.after_others(partial(self._grade, target, found))

        self.app.push_screen(GradeCard(target.number, Said(target.effort, target.first_contact)), said)

    async def _grade(self, target: Target, said: Said) -> None:
        def become(effort: int | None, first_contact: bool | None) -> Again:
            return lambda ticket: sitting.desk.sorting.grade(
                actor, ticket.id, ticket.version, effort=effort, first_contact=first_contact
            )

        sitting, actor = self.sitting, self.sitting.actor
        doing = sitting.desk.sorting.grade(
            actor, target.id, target.version, effort=said.effort, first_contact=said.first_contact
        )
        words = f"ticket {target.number}: {graded(said.effort, said.first_contact) or 'nothing is said of how it went'}"
        undo, redo = become(target.effort, target.first_contact), become(said.effort, said.first_contact)
        await self._reversibly(doing, words, undo=undo, redo=redo)

    # Contacts by phone and at the desk

    def do_log(self, rest: str = "") -> None:
        """A phone or desk contact: a digit, or what it was about, by which and how long they waited."""
        presets = {str(each.number): each for each in self.sitting.sorts.presets}
        if rest:
            by, _, text = rest.partition(" ")
            ways: dict[str, Logged] = {digit: each.number for digit, each in presets.items()}
            ways |= {"desk": (Channel.DESK, None), "phone": (Channel.PHONE, None)}
            self.after_others(partial(self._log, text.strip(), one_of(by, ways, "way to come")))
            return
        options: list[Option[Logged]] = [
            Option(f"{digit} {one_line(each.title)}", "", each.number) for digit, each in presets.items()
        ]
        options += [
            Option(f"{name}, {words}", "", (channel, waited))
            for channel, name in ((Channel.DESK, "Desk"), (Channel.PHONE, "Phone"))
            for words, waited in WAITED
        ]

        def chosen(found: tuple[str, Logged] | None) -> None:
            if found is not None:
                self.after_others(partial(self._log, *found))

        self.app.push_screen(LogContact(options, presets), chosen)

    async def _log(self, text: str, how: Logged) -> None:
        sitting, actor = self.sitting, self.sitting.actor
        if isinstance(how, int):
            doing = sitting.desk.sorting.log(actor, how, text=text)
        else:
            channel, waited = how
            doing = sitting.desk.log_contact(actor, channel, text=text, waited=waited)
        ticket = await self.attempt(doing)
        if ticket is None:
            return
        what = next((each.title for each in sitting.sorts.presets if each.number == how), "")
        named = f": {one_line(what)}" if what else ""
        self.say(f"Logged as ticket {ticket.number}, solved{named}. {{key:undo}} takes it back.")

        async def strike() -> bool:
            nonlocal ticket
            assert ticket is not None
            ticket = await sitting.desk.sorting.strike(actor, ticket.id, ticket.version)
            return True

        sitting.deeds.done(Deed(words=f"ticket {ticket.number} is logged{named}", undo=strike, redo=strike))
        await self.changed()


Logged = int | tuple[Channel, int | None]
"""How a contact is logged: by the number of a preset, or by its channel and how long they waited, in milliseconds."""


def _a(word: str) -> str:
    """ "an enquiry", "a complaint"."""
    clean = one_line(word)
    return f"{'an' if clean[:1].casefold() in set('aeiou') else 'a'} {clean}"


def _site(word: str) -> str:
    return one_line(word) or "no site"
