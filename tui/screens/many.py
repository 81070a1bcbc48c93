"""One thing done to the ticket at hand, or one after the other to each that is selected; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from helpdesk.errors import HelpdeskError, SignedOut, Stale, TryLater
from helpdesk.message import TicketId
from helpdesk.ticket import Ticket
from tui.acts import Act, Step, deed, sentence
from tui.allowed import Target, target, why_not
from tui.key_names import with_keys
from tui.naming import stale_words
from tui.progress import Meter
from tui.roles import why_not_by_role
from tui.screens.acting import Acting
from tui.screens.pick import Option, Pick
from tui.screens.saying import UNREACHABLE
from tui.selecting import how_many, stopped_words, what_failed
from tui.sitting import Sitting
from tui.undoing import STOPS


class Many(Acting):
    """Carries acts out. Where nothing is selected they are about the ticket under the cursor."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)

    @property
    def chosen(self) -> tuple[Target, ...]:
        """The tickets that are selected; () where commands are about the one under the cursor."""
        return ()

    def keep_chosen(self, left: Sequence[Target]) -> None:
        """Many were acted on: these stay selected, as they are now."""

    @property
    def called(self) -> str:
        """What a question calls that which is acted on: "ticket 14", "3 tickets"; "" for nothing."""
        if self.chosen:
            return how_many(len(self.chosen))
        return f"ticket {self.target.number}" if self.target is not None else ""

    async def _verb(self, on: Target, do: Step, words: str, *, left: bool = False, lasts: bool = False) -> bool:
        """Do it to a ticket as it was seen, and say so; False where it failed. What ``lasts`` can't be taken back.

        ``words``: what is so then, as a sentence.
        """
        made = await self.attempt(do(on.id, on.version))
        if made is None:
            return False
        if not lasts:
            self._did(words.rstrip("."), [made], do)
        self.say(words)
        await self.changed(left=left)
        return True

    def _did(self, words: str, made: Sequence[Ticket], again: Step | None) -> None:
        """Something was done that can be taken back."""
        sitting, plain = self.sitting, f"{words[:1].lower()}{words[1:]}"
        sitting.deeds.done(deed(sitting.desk, sitting.actor, plain, made, again, partial(self.say, warn=True)))

    def _do(self, act: Act) -> None:
        """Do it to what is acted on, after what was done before."""
        if chosen := self.chosen:
            self.after_others(partial(self._each, act, [each.id for each in chosen]))
        else:
            self.act(partial(self._one, act))

    def _do_to(self, act: Act, meant: Target | None) -> None:
        """The same once a question was answered: ``meant`` is the ticket that it was about, as it was seen."""
        if self.chosen:
            self._do(act)
        elif meant is not None:
            self.after_others(partial(self._one, act, meant))

    def _ask(self, question: str, yes: str, words: str, act: Act) -> None:
        """Ask first; No is what enter takes."""
        meant = self.target

        def answered(agreed: bool | None) -> None:
            if agreed:
                self._do_to(act, meant)

        options = [Option("No", "", False), Option(yes, "", True)]
        self.app.push_screen(Pick(question, options, words=words), answered)

    async def _one(self, act: Act, on: Target) -> None:
        made = await self.attempt(act.do(on.id, on.version))
        if made is not None:
            words = act.words([made])
            self._did(words, [made], act.do)
            self.say(f"{sentence(words)}{self._way_back(act)}")
            await self.changed(left=act.left)
            act.then(made)

    def _way_back(self, act: Act) -> str:
        """Where what was acted on is out of sight, how to have it back."""
        return f" {self._key_of('undo')} takes it back." if act.left else ""

    # Many

    async def _each(self, act: Act, tickets: Sequence[TicketId]) -> None:
        """Do it to each, one after the other; what could not be done stays selected, and a card says why."""
        wanted = [each for each in self.chosen if each.id in set(tickets)]
        made: list[Ticket] = []
        failed: dict[TicketId, str] = {}
        meter = Meter(act.doing, len(wanted), stops=STOPS, acts=True)
        with self.metering(meter):
            for each in wanted:
                if meter.stopping or not await self._next(act, each, made, failed):
                    break
                meter.done += 1
        await self._told(act, wanted, made, failed)

    async def _next(self, act: Act, each: Target, made: list[Ticket], failed: dict[TicketId, str]) -> bool:
        """Do it to one of many; False where the others can't be tried either."""
        if reason := self._unfit(act, each):
            failed[each.id] = reason
            return True
        try:
            made.append(await act.do(each.id, each.version))
        except SignedOut as error:
            self.sitting.signed_out(str(error))
            return False
        except (TryLater, OSError) as error:
            failed[each.id] = str(error) if isinstance(error, TryLater) else UNREACHABLE
            return False
        except Stale as error:
            failed[each.id] = stale_words(error, self.sitting.name)
        except HelpdeskError as error:
            failed[each.id] = str(error)
        return True

    def _unfit(self, act: Act, each: Target) -> str:
        """Why it can't be done to a ticket, "" if it can."""
        sitting = self.sitting
        reason = (
            act.unfit(each)
            or why_not_by_role(act.command, sitting.role)
            or why_not(act.command, each, sitting.actor, sitting.clock.now(), role=sitting.role, name=sitting.name)
        )
        return with_keys(reason, self._key_of)

    async def _told(
        self, act: Act, wanted: Sequence[Target], made: Sequence[Ticket], failed: dict[TicketId, str]
    ) -> None:
        """Say what was done, and what was not."""
        done = {ticket.id for ticket in made}
        left = [await self._as_it_is(each) if each.id in failed else each for each in wanted if each.id not in done]
        words = act.words(made) if made else ""
        if made:
            self._did(words, made, act.do)
        self.keep_chosen(left)
        if failed:
            numbers = {each.number: failed[each.id] for each in wanted if each.id in failed}
            self.refuse(what_failed(numbers, sentence(words) if words else ""))
        elif made:
            stopped = stopped_words(words, len(made), len(wanted), self._key_of("undo"))
            self.say(stopped if left else f"{sentence(words)}{self._way_back(act)}", long=bool(left))
        else:
            self.say("Stopped before anything was done.")
        await self.changed(left=act.left)

    async def _as_it_is(self, each: Target) -> Target:
        """A ticket with which it failed, as it is now: somebody may have changed it."""
        thread = await self.look(self.sitting.desk.thread(self.sitting.actor, each.id))
        return each if thread is None else target(thread.ticket, thread.clocks)
