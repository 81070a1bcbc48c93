"""Chats on a screen: begun with an opener, told to wait a moment, gone on with by e-mail."""

from __future__ import annotations

from functools import partial

from helpdesk import by_mail
from helpdesk.errors import Refused
from helpdesk.macros import Macro
from helpdesk.message import Channel
from helpdesk.ticket import Ticket
from tui import canned, chatting
from tui.allowed import Target
from tui.background import in_background
from tui.meaning import TELLING_ALL, TOLD_AT_ONCE
from tui.screens.canned import Canned, MacroPick
from tui.screens.line import Field, TypeLines
from tui.screens.pick import Option, Pick


class Chatting(Canned):
    """Verbs of a chat. What is said to visitors by one key is an automatic message: it answers nobody."""

    # Openers

    def do_hello(self, rest: str = "") -> None:
        """Begin with an opener: it stands in the composer, filled in, to be looked over and sent."""
        if (target := self.target) is not None:
            in_background(self, partial(self._hello, target, rest), "macro", exclusive=True)

    async def _hello(self, target: Target, typed: str) -> None:
        known = await self.attempt(canned.known(self.sitting))
        if known is None or not self.standing:
            return
        found = chatting.openers(known)
        if not found:
            self.refuse(chatting.NO_OPENER)
            return
        if typed or len(found) == 1:
            try:
                self._answer_with(target, canned.named(typed, found) if typed else found[0])
            except ValueError as error:
                self.refuse(str(error))
            return

        def chosen(macro: Macro | None) -> None:
            if macro is not None:
                self._answer_with(target, macro)

        self.app.push_screen(MacroPick("Which opener?", found), chosen)

    def taken(self, ticket: Ticket) -> None:
        """A chat was taken: how to begin is said, where there is an opener."""
        if ticket.goes_by is Channel.CHAT:
            in_background(self, partial(self._offer, ticket), "opener", exclusive=True)

    async def _offer(self, ticket: Ticket) -> None:
        desk, actor = self.sitting.desk, self.sitting.actor
        known = await self.look(desk.macros.known(actor))
        words = chatting.greets(self._key_of("hello"), chatting.openers(known or ()))
        thread = await self.look(desk.thread(actor, ticket.id)) if words else None
        if thread is not None and chatting.wants_greeting(ticket, thread):
            self.say(f"Ticket {ticket.number}: {words}", long=True)

    # With you in a moment

    def do_moment(self) -> None:
        """Tell this visitor."""
        if (target := self.target) is not None:
            self.after_others(partial(self._moment, target))

    def do_moment_all(self) -> None:
        """Tell all of one's own who wait, if the reader says so: it can't be taken back."""

        def said(yes: bool | None) -> None:
            if yes:
                self.after_others(partial(self._moment, None))

        options = [Option("No", "", False), Option("Tell them", "", True)]
        self.app.push_screen(Pick(TELLING_ALL, options, words=TOLD_AT_ONCE), said)

    async def _moment(self, target: Target | None) -> None:
        doing = self.sitting.desk.chatting.in_a_moment(self.sitting.actor, None if target is None else target.id)
        told = await self.attempt(doing)
        if told is not None:
            self.say(chatting.told_words(len(told)))
            await self.changed()

    # On by mail

    def do_by_mail(self, rest: str = "") -> None:
        """Go on by e-mail: to the address that they gave, or one that is typed."""
        if (target := self.target) is None:
            return
        if rest:
            self._address(rest)
            self._ask_transcript(target, rest)
            return
        in_background(self, partial(self._ask_address, target), "by mail", exclusive=True)

    async def _ask_address(self, target: Target) -> None:
        thread = await self.attempt(self.sitting.desk.thread(self.sitting.actor, target.id))
        if thread is None or not self.standing:
            return
        given = by_mail.given(thread.entries)
        field = Field(placeholder=chatting.ADDRESS, value=given[0] if given else "", check=self._address)

        def said(lines: tuple[str, ...] | None) -> None:
            if lines is not None:
                self._ask_transcript(target, lines[0])

        title = f"Go on with ticket {target.number} by e-mail, to"
        self.app.push_screen(TypeLines(title, [field], words=chatting.MAIL_MEANS), said)

    @staticmethod
    def _address(typed: str) -> None:
        try:
            by_mail.address(typed, "")
        except Refused as error:
            raise ValueError(str(error)) from None

    def _ask_transcript(self, target: Target, address: str) -> None:
        def said(whole: bool | None) -> None:
            if whole is not None:
                self.after_others(partial(self._by_mail, target, address, transcript=whole))

        options = [Option(chatting.WITHOUT, "", False), Option(chatting.WITH, "", True)]
        self.app.push_screen(Pick(f"What does the first mail to {address.strip()} hold?", options), said)

    async def _by_mail(self, target: Target, address: str, *, transcript: bool) -> None:
        sitting = self.sitting

        async def do(ticket: object, version: int) -> Ticket:
            calls = sitting.desk.chatting
            return await calls.go_by_mail(sitting.actor, target.id, version, address, transcript=transcript)

        made = await self.attempt(do(target.id, target.version))
        if made is None:
            return
        words = f"ticket {made.number} goes on by mail to {address.strip()}"
        self._did(words, [made], do)
        self.say(f"{words[:1].upper()}{words[1:]}; write the first one now. {self._key_of('undo')} takes it back.")
        await self.changed()
        if self.is_active:
            self.compose_on(target.id, "reply")
