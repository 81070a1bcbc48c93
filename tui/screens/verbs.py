"""The verbs: what staff do to the ticket under the cursor, on every screen that shows one."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import TypeVar

from helpdesk.clock import Instant
from helpdesk.message import StaffId, TicketId
from helpdesk.ticket import State, Ticket
from helpdesk.worklist import View
from tui.acts import Act
from tui.allowed import Target
from tui.colon import one_of
from tui.completing import colleagues
from tui.meaning import CLOCK_RUNS_ON, CLOCKS_RUN_ON, SPAM_MEAN, SPAM_MEANS
from tui.plain import one_line
from tui.render import LABELS
from tui.screens.files import Files
from tui.screens.pick import Option, Pick
from tui.selecting import how_few
from tui.snooze import choices, of_lines, time_to_come
from tui.words import on_day

T = TypeVar("T")


class Verbs(Files):
    """One method for each verb of the command table; a question comes first where a slip would harm a patron."""

    def do_take(self) -> None:
        """Take the ticket that most needs somebody; r right after t answers that one."""
        self._before_keys(partial(self._act_in_turn, self._take), "act")

    async def _take(self) -> None:
        nobody = object()
        ticket = await self.attempt(_or(self.sitting.desk.take_next(self.sitting.actor), nobody))
        if ticket is nobody:
            self.say("Nobody is waiting for an answer.")
        elif isinstance(ticket, Ticket):
            self._did(f"ticket {ticket.number} is yours for now", [ticket], self._claim)
            self.open_ticket(ticket.id)
            self.taken(ticket)
            await self.tells_from_where(ticket)

    def taken(self, ticket: Ticket) -> None:
        """A ticket was taken, and is open now."""

    async def tells_from_where(self, ticket: Ticket) -> None:
        """A ticket was taken from all that there are: a list says so where it does not hold it."""

    async def _claim(self, ticket: TicketId, version: int) -> Ticket:
        return await self.sitting.desk.claim(self.sitting.actor, ticket)

    def do_claim(self) -> None:
        """Hold it for a while."""
        one, many = "is yours for now", "are yours for now"
        self._do(Act(command="claim", do=self._claim, doing="Claiming", one=one, many=many, then=self.taken))

    def do_release(self) -> None:
        """Put it back."""
        do = partial(self.sitting.desk.release, self.sitting.actor)
        one, many = (f"{verb} free for whoever is next" for verb in ("is", "are"))
        act = Act(command="release", do=do, doing="Putting back", one=one, many=many, left=True)
        if self.chosen:
            self._ask(f"Put {self.called} back for whoever is next?", "Put them back", "", act)
        else:
            self._do(act)

    def do_mine(self) -> None:
        """Assign it to me."""
        self._do(self._assigning(self.sitting.actor, "mine"))

    def do_assign(self, rest: str = "") -> None:
        """Give it to a colleague."""

        sitting, meant = self.sitting, self.target
        if rest:
            self._do(self._assigning(StaffId(one_of(rest, colleagues(sitting), "colleague"))))
            return
        members = [member for member in sitting.members.values() if not member.disabled]

        def chosen(to: StaffId | None) -> None:
            if to is not None:
                self._do_to(self._assigning(to), meant)

        options = [
            Option(member.name or member.id, "" if member.name == member.id else member.id, member.id)
            for member in members
        ]
        self.app.push_screen(Pick(f"Give {self.called} to", options), chosen)

    def _assigning(self, to: StaffId, command: str = "assign") -> Act:
        async def do(ticket: TicketId, version: int) -> Ticket:
            return await self.sitting.desk.assign(self.sitting.actor, ticket, version, to)

        whom = "you" if to == self.sitting.actor else self.sitting.name(to)
        one, many = f"is with {whom} now", f"are with {whom} now"
        return Act(command=command, do=do, doing="Assigning", one=one, many=many)

    def do_wait(self) -> None:
        """Wait for the patron."""
        do = partial(self.sitting.desk.wait, self.sitting.actor)
        one, many = "waits for the patron", "wait for their patrons"
        act = Act(command="wait", do=do, doing="Waiting", one=one, many=many, left=True)
        self._unless_unanswered("Wait for the patron", f"Wait for the patrons of {self.called}?", act)

    def do_snooze(self, rest: str = "") -> None:
        """Out of sight until a time."""

        sitting, meant, now = self.sitting, self.target, self.sitting.clock.now()
        to_come = of_lines(sitting.ahead, self._lines)
        if rest:
            self._do(self._snoozing(time_to_come(rest, now, sitting.zone, to_come)))
            return

        def chosen(until: Instant | None) -> None:
            if until is not None:
                self._do_to(self._snoozing(until), meant)

        options = [Option(each.words, each.shown, each.until) for each in choices(now, sitting.zone, to_come)]
        self.app.push_screen(Pick(f"Snooze {self.called} until", options), chosen)

    @property
    def _lines(self) -> set[str]:
        """The lines of what is acted on."""
        every = self.chosen or (() if self.target is None else (self.target,))
        return {each.line for each in every}

    def _snoozing(self, until: Instant) -> Act:
        sitting = self.sitting

        async def do(ticket: TicketId, version: int) -> Ticket:
            return await sitting.desk.snooze(sitting.actor, ticket, version, until)

        words = on_day(until, sitting.clock.now(), sitting.zone)
        one, many = f"comes back {words}", f"come back {words}"
        return Act(command="snooze", do=do, doing="Snoozing", one=one, many=many, left=True)

    def do_solve(self) -> None:
        """It is done."""
        do = partial(self.sitting.desk.solve, self.sitting.actor)
        act = Act(
            command="solve", do=do, doing="Solving", one="is solved", many="are solved", left=True, then=self.solved
        )
        self._unless_unanswered("Solve it", f"Solve {self.called}?", act)

    def solved(self, ticket: Ticket) -> None:
        """A ticket was solved here, and its screen may be gone."""

    def do_reopen(self) -> None:
        """Take it up again."""
        do = partial(self.sitting.desk.reopen, self.sitting.actor)
        act = Act(command="reopen", do=do, doing="Reopening", one="is open again", many="are open again")
        if self.chosen:
            self._ask(f"Reopen {self.called}?", "Reopen them", "", act)
        else:
            self._do(act)

    def do_spam(self) -> None:
        """Into spam, or out of it."""
        every = self.chosen or (() if self.target is None else (self.target,))
        back = bool(every) and all(each.state is State.SPAM for each in every)
        act = self._spamming(back)
        if self.chosen:
            question = f"Take {self.called} out of spam?" if back else f"Put {self.called} into spam?"
            self._ask(question, "Out of spam" if back else "Into spam", "" if back else SPAM_MEAN, act)
        elif back:
            self._do(act)
        elif (target := self.target) is not None:
            name = one_line(target.name)
            who = f"{target.number}, {name}," if name else f"{target.number}"
            self._ask(f"Put ticket {who} into spam?", "Into spam", SPAM_MEANS, act)

    def _spamming(self, back: bool) -> Act:
        key = f"{list(View).index(View.FINISHED) + 1} {LABELS[View.FINISHED]}"
        then = "out of spam" if back else f"in {key} as spam"
        one, many = f"is {then}", f"are {then}"
        do = partial(self.sitting.desk.spam, self.sitting.actor)
        doing = "Taking out of spam" if back else "Putting into spam"

        def unfit(each: Target) -> str:
            return "" if back or each.state is not State.SPAM else "is in spam already"

        return Act(command="spam", do=do, doing=doing, one=one, many=many, left=not back, unfit=unfit)

    def _unless_unanswered(self, what: str, question: str, act: Act) -> None:
        """Do it; where a patron still waits, and of many in any case, only if the reader says so once more."""
        if self.chosen:
            waiting = [each for each in self.chosen if each.unanswered]
            means = f"Nobody has answered {how_few(len(waiting), len(self.chosen))} yet." if waiting else ""
            if any(each.timed for each in waiting):
                means = f"{means} {CLOCKS_RUN_ON}"
            self._ask(question, question.split(" ", 1)[0], means, act)
        elif self.target is None or not self.target.unanswered:
            self._do(act)
        else:
            means = CLOCK_RUNS_ON if self.target.timed else ""
            self._ask(f"Nobody has answered this yet. {what} all the same?", what, means, act)

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
