"""The verbs: what staff do to the ticket under the cursor, on every screen that shows one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from helpdesk.clock import Instant
from helpdesk.message import StaffId
from helpdesk.thread import File
from helpdesk.ticket import Ticket
from helpdesk.worklist import View
from tui.allowed import Target
from tui.background import in_background
from tui.colon import one_of
from tui.completing import colleagues
from tui.files import clean_name, default_folder, files_of, folder_of, saved, short
from tui.meaning import CLOCK_RUNS_ON, SPAM_MEANS
from tui.plain import one_line
from tui.render import LABELS
from tui.screens.acting import Acting
from tui.screens.pick import Option, Pick
from tui.screens.save import SaveScreen
from tui.snooze import choices, time_to_come
from tui.words import on_day, plural

T = TypeVar("T")


class Verbs(Acting):
    """One method for each verb of the command table; a question comes first where a slip would harm a patron."""

    async def _verb(self, doing: Awaitable[Ticket], words: str, *, left: bool = False) -> bool:
        """Say that it is done; False where it failed, and that was told."""
        if await self.attempt(doing) is None:
            return False
        self.say(words)
        await self.changed(left=left)
        return True

    def do_take(self) -> None:
        """Take the ticket that most needs somebody; r right after t answers that one."""
        self._before_keys(partial(self._in_turn, self._take), "act")

    async def _take(self) -> None:
        nobody = object()
        ticket = await self.attempt(_or(self.sitting.desk.take_next(self.sitting.actor), nobody))
        if ticket is nobody:
            self.say("Nobody is waiting for an answer.")
        elif isinstance(ticket, Ticket):
            self.open_ticket(ticket.id)

    def do_claim(self) -> None:
        """Hold it for a while."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.claim(self.sitting.actor, target.id)
            await self._verb(doing, f"Ticket {target.number} is yours for now.")

        self.act(work)

    def do_release(self) -> None:
        """Put it back."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.release(self.sitting.actor, target.id, target.version)
            await self._verb(doing, f"Ticket {target.number} is free for whoever is next.", left=True)

        self.act(work)

    def do_mine(self) -> None:
        """Assign it to me."""
        self.act(lambda target: self._assign(target, self.sitting.actor))

    def do_assign(self, rest: str = "") -> None:
        """Give it to a colleague."""

        sitting, target = self.sitting, self.target
        if target is None:
            return
        if rest:
            to = StaffId(one_of(rest, colleagues(sitting), "colleague"))
            self._after_others(partial(self._assign, target, to))
            return
        members = [member for member in sitting.members.values() if not member.disabled]

        def chosen(to: StaffId | None) -> None:
            if to is not None:
                self._after_others(partial(self._assign, target, to))

        options = [Option(member.name, member.id, member.id) for member in members]
        self.app.push_screen(Pick(f"Give ticket {target.number} to", options), chosen)

    async def _assign(self, target: Target, to: StaffId) -> None:
        doing = self.sitting.desk.assign(self.sitting.actor, target.id, target.version, to)
        whom = "you" if to == self.sitting.actor else self.sitting.name(to)
        await self._verb(doing, f"Ticket {target.number} is with {whom} now.")

    def do_wait(self) -> None:
        """Wait for the patron."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.wait(self.sitting.actor, target.id, target.version)
            await self._verb(doing, f"Ticket {target.number} waits for the patron.", left=True)

        self._unless_unanswered("Wait for the patron", work)

    def do_snooze(self, rest: str = "") -> None:
        """Out of sight until a time."""

        sitting, target = self.sitting, self.target
        if target is None:
            return
        now = sitting.clock.now()
        if rest:
            until = time_to_come(rest, now, sitting.zone)
            self._after_others(partial(self._snooze, target, until, on_day(until, now, sitting.zone)))
            return

        def chosen(until: Instant | None) -> None:
            if until is not None:
                self._after_others(partial(self._snooze, target, until, on_day(until, now, sitting.zone)))

        options = [Option(each.words, each.shown, each.until) for each in choices(now, sitting.zone)]
        self.app.push_screen(Pick(f"Snooze ticket {target.number} until", options), chosen)

    async def _snooze(self, target: Target, until: Instant, words: str) -> None:
        doing = self.sitting.desk.snooze(self.sitting.actor, target.id, target.version, until)
        await self._verb(doing, f"Ticket {target.number} comes back {words}.", left=True)

    def do_solve(self) -> None:
        """It is done."""

        async def work(target: Target) -> None:
            ticket = await self.attempt(self.sitting.desk.solve(self.sitting.actor, target.id, target.version))
            if ticket is not None:
                self.say(f"Ticket {target.number} is solved.")
                await self.changed(left=True)
                self.solved(ticket)

        self._unless_unanswered("Solve it", work)

    def solved(self, ticket: Ticket) -> None:
        """A ticket was solved here, and its screen may be gone."""

    def do_reopen(self) -> None:
        """Take it up again."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.reopen(self.sitting.actor, target.id, target.version)
            await self._verb(doing, f"Ticket {target.number} is open again.")

        self.act(work)

    def do_spam(self) -> None:
        """Into spam, or out of it."""

        if (target := self.target) is None:
            return
        if target.state == "spam":
            self.act(self._spam)
        else:
            name = one_line(target.name)
            who = f"{target.number}, {name}," if name else f"{target.number}"
            self._ask(f"Put ticket {who} into spam?", "Into spam", SPAM_MEANS, self._spam)

    async def _spam(self, target: Target) -> None:
        back = target.state == "spam"
        doing = self.sitting.desk.spam(self.sitting.actor, target.id, target.version)
        key = f"{list(View).index(View.FINISHED) + 1} {LABELS[View.FINISHED]}"
        words = "is out of spam" if back else f"is in {key}; ! there takes it out"
        await self._verb(doing, f"Ticket {target.number} {words}.", left=not back)

    def _unless_unanswered(self, what: str, work: Callable[[Target], Awaitable[None]]) -> None:
        """Do it; where a patron still waits, only if the reader says so once more."""
        target = self.target
        if target is None or not target.unanswered:
            self.act(work)
        else:
            means = CLOCK_RUNS_ON if target.timed else ""
            self._ask(f"Nobody has answered this yet. {what} all the same?", what, means, work)

    def _ask(self, question: str, yes: str, words: str, work: Callable[[Target], Awaitable[None]]) -> None:
        """Ask about the ticket under the cursor; what is chosen is done to that ticket, as it was seen."""
        target = self.target
        if target is None:
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._after_others(partial(work, target))

        options = [Option("No", "", False), Option(yes, "", True)]
        self.app.push_screen(Pick(question, options, words=words), answered)

    def do_save(self, rest: str = "") -> None:
        """Save the files that came with the ticket; ``rest``: the folder, not asked for then."""
        self.act(partial(self._save, folder_of(rest) if rest else None))

    async def _save(self, folder: Path | None, target: Target) -> None:
        thread = await self.attempt(self.sitting.desk.thread(self.sitting.actor, target.id))
        files = files_of(thread) if thread is not None else ()
        if thread is not None and not files:
            self.say(f"No file came with ticket {target.number}.")
        if files:
            in_background(self, partial(self._save_where, target, files, folder), "save", exclusive=True)

    async def _save_where(self, target: Target, files: Sequence[File], folder: Path | None) -> None:
        sitting, home = self.sitting, Path.home()
        if folder is None:
            ask = SaveScreen(target.number, files, sitting.folder or default_folder(home))
            folder = await self.app.push_screen_wait(ask)
        if folder is None:
            return
        sitting.folder = folder
        names = [name for file in files if (name := await self._save_one(folder, file))]
        if names:
            what = names[0] if len(names) == 1 else plural(len(names), "file")
            self.say(f"Saved {what} in {short(folder, home)}.", long=True)

    async def _save_one(self, folder: Path, file: File) -> str:
        """Fetch and write one file; its name, "" where that failed and the reader was told."""
        content = await self.attempt(self.sitting.desk.attachment(self.sitting.actor, file.digest))
        if content is None:
            return ""
        try:
            return (await asyncio.to_thread(saved, folder, file.name, content)).name
        except OSError as error:
            words = (
                f"{clean_name(file.name)} could not be written: {error.strerror or error}. Choose another folder (S)."
            )
            self.say(words, warn=True)
            return ""

    def do_reply(self) -> None:
        """Answer the patron."""
        self._write("reply")

    def do_note(self) -> None:
        """Write for colleagues."""
        self._write("note")

    def do_editor(self) -> None:
        """Answer in $EDITOR."""
        self._write("editor")

    def _write(self, kind: str) -> None:
        if (target := self.target) is not None:
            self.compose_on(target.id, kind)


async def _or(doing: Awaitable[T | None], nothing: object) -> T | object:
    """What a call returns, ``nothing`` in the place of None."""
    found = await doing
    return nothing if found is None else found
