"""What staff do about noise, on every screen that shows a ticket or an incident: who goes, who was there, what came
of it, where it is, and who is muted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from helpdesk.message import IncidentId, TicketId
from helpdesk.noise.incidents import Incident, IncidentState, NoiseMap, NoiseOutcome
from helpdesk.ticket import Ticket
from tui.acts import noise_deed, opposite_deed
from tui.allowed import Target, why_not_about
from tui.colon import one_of
from tui.completing import goers, outcomes, zones
from tui.meaning import ATTENDING, MUTING
from tui.noise import (
    goer,
    hours_of,
    mutes,
    offered_outcomes,
    place,
    place_in_full,
    state_words,
    who_can_go,
)
from tui.screens.line import Field
from tui.screens.noise_map import NoiseMapScreen
from tui.screens.pick import Option, Pick
from tui.screens.tying import Tying
from tui.words import plural

Ask = Callable[[Incident], Awaitable[None]]


class Noise(Tying):
    """Verbs that act on an incident: the one at hand, or that of the ticket under the cursor."""

    @property
    def incident(self) -> Incident | None:
        """The incident at hand as it was last read; None where it must be read first."""
        return None

    def _about(self, command: str, ask: Ask) -> None:
        """Ask about the incident at hand; keys wait until the question stands there."""
        self._before_keys(partial(self._look_up, command, ask), "look up")

    async def _look_up(self, command: str, ask: Ask) -> None:
        async with self._turn:  # as it stands after what the reader did before
            found = await self._at_hand()
            if found is not None and (reason := why_not_about(command, found)):
                self.refuse(reason)
            elif found is not None:
                await ask(found)

    async def _at_hand(self) -> Incident | None:
        target = self.target
        if self.incident is not None or target is None or target.incident is None:
            return self.incident
        sitting = self.sitting
        sight = await self.attempt(sitting.desk.noise.incident(sitting.actor, target.incident))
        return sight.incident if sight is not None else None

    async def _done(self, doing: Awaitable[Incident], words: str, *, left: bool = False, lasts: bool = False) -> bool:
        """Say that it is done; False where it failed, and that was told. What ``lasts`` can't be taken back."""
        made = await self.attempt(doing)
        if made is None:
            return False
        if not lasts:
            sitting, plain = self.sitting, f"{words[:1].lower()}{words[1:].rstrip('.')}"
            sitting.deeds.done(noise_deed(sitting.desk, sitting.actor, plain, made.id, made.version))
        self.say(words)
        await self.changed(left=left)
        return True

    def _called(self, incident: Incident) -> str:
        """ "incident 12, Level 3 silent study"."""
        return f"incident {incident.number}, {place(incident.zone, self.sitting.eye)}"

    async def open_incident(self, incident: IncidentId, outcome: NoiseOutcome | None = None) -> None:
        """Show an incident; with an ``outcome`` its text is written at once."""
        await self.app.run_action(f"app.incident({str(incident)!r}, {str(outcome or '')!r})")

    # Who goes

    def do_dispatch(self, rest: str = "") -> None:
        """Say who goes."""
        if rest:
            to = one_of(rest, goers(self.sitting), "goer")

            async def sent(incident: Incident) -> None:
                self.after_others(partial(self._dispatch, incident, to))

            self._about("dispatch", sent)
            return
        self._about("dispatch", self._ask_who_goes)

    async def _ask_who_goes(self, incident: Incident) -> None:
        sitting = self.sitting
        present = await self.look(sitting.desk.presence()) or ()
        here = frozenset(each.staff for each in present if each.available)

        def chosen(to: str | None) -> None:
            if to is not None:
                self.after_others(partial(self._dispatch, incident, to))

        options = [
            Option(words, hint, to)
            for to, words, hint in who_can_go(sitting.members, here, sitting.choices.goers, sitting.actor)
        ]
        gone = state_words(incident, sitting.eye)[0] if incident.state is not IncidentState.OPEN else ""
        title = f"Who goes to {self._called(incident)}?"
        self.app.push_screen(Pick(title, options, words=f"Now: {gone}." if gone else ""), chosen)

    async def _dispatch(self, incident: Incident, to: str) -> None:
        sitting = self.sitting
        doing = sitting.desk.noise.dispatch(sitting.actor, incident.id, incident.version, to)
        who = goer(to, sitting.eye)
        await self._done(doing, f"Incident {incident.number}: {'you go' if who == 'you' else f'{who} goes'}.")

    # Who was there

    def do_attended(self, rest: str = "") -> None:
        """Somebody was there: just now, or at a time that is typed."""
        if self.incident is None and (self.target is None or self.target.incident is None):
            super().do_attended(rest)
        elif not rest:
            self._about("attended", self._ask_when)
        else:
            self._time(rest)

            async def there(incident: Incident) -> None:
                self._say_of(incident, self._attend, rest)

            self._about("attended", there)

    async def _attend(self, found: Incident, typed: str) -> bool:
        sitting, when = self.sitting, self._time(typed)
        doing = sitting.desk.noise.attend(sitting.actor, found.id, found.version, when)
        return await self._done(doing, f"Incident {found.number} was attended {self._at(when)}.")

    async def _ask_when(self, incident: Incident) -> None:
        field = Field(placeholder="just now; or 10 min ago, 12:05", check=self._time)
        title = f"When was somebody at {self._called(incident)}?"
        self._type(title, [field], self._attend, words=ATTENDING, about=incident)

    # What came of it

    def do_outcome(self, rest: str = "") -> None:
        """Say what came of it; the text back is written next."""
        if rest:
            outcome = one_of(rest, outcomes(), "outcome")

            async def came(incident: Incident) -> None:
                await self.open_incident(incident.id, outcome)

            self._about("outcome", came)
            return
        self._about("outcome", self._ask_outcome)

    async def _ask_outcome(self, incident: Incident) -> None:
        async def chosen(outcome: NoiseOutcome | None) -> None:
            if outcome is not None:
                await self.open_incident(incident.id, outcome)

        options = [Option(words, "", outcome) for outcome, words in offered_outcomes(incident)]
        told = f"{plural(incident.reporters, 'reporter')} can be told next."
        self.app.push_screen(Pick(f"What came of {self._called(incident)}?", options, words=told), chosen)

    def do_reopen(self) -> None:
        """Take up again: an incident where one is at hand, else the ticket."""
        if self.incident is None:
            super().do_reopen()
            return
        self._about("reopen", self._ask_reopen)

    async def _ask_reopen(self, incident: Incident) -> None:
        self.after_others(partial(self._reopen, incident))

    async def _reopen(self, incident: Incident) -> None:
        sitting = self.sitting
        doing = sitting.desk.noise.reopen(sitting.actor, incident.id, incident.version)
        await self._done(doing, f"Incident {incident.number} goes on.", left=True)

    # Where it is

    def do_place(self, rest: str = "") -> None:
        """Say where it is."""
        if (target := self.target) is None:
            return
        sitting = self.sitting
        if rest:
            zone = one_of(rest, zones(sitting), "zone")
            self.after_others(partial(self._place, target, zone))
            return
        options = [
            Option(
                zone.name,
                place_in_full(zone, sites=sitting.several_sites),
                zone.id,
                " ".join((zone.code, *zone.aliases)),
            )
            for zone in sitting.choices.zones
        ]
        if target.zone:
            options.append(Option("The place is not known", "", ""))
        if not options:
            self.refuse("The library has no plan of its zones yet. `helpdesk check` says where it goes.")
            return

        def chosen(zone: str | None) -> None:
            if zone is not None:
                self.after_others(partial(self._place, target, zone))

        title = f"Where is what {target.name or 'the texter'} tells of?"
        self.app.push_screen(Pick(title, options, typed=True), chosen)

    async def _place(self, target: Target, zone: str) -> None:
        sitting = self.sitting

        async def do(ticket: TicketId, version: int) -> Ticket:
            return await sitting.desk.noise.place(sitting.actor, ticket, version, zone)

        await self._verb(target, do, f"Ticket {target.number}: {place(zone, sitting.eye)}.")

    # A texter who is a nuisance, and one who complains

    def do_mute(self, rest: str = "") -> None:
        """Mute who texted for a while, or unmute them."""
        if (target := self.target) is None:
            return
        if rest:
            self.after_others(partial(self._mute, target, hours_of(rest)))
            return

        def chosen(hours: int | None) -> None:
            if hours is not None:
                self.after_others(partial(self._mute, target, hours))

        now, zone, usual = self.sitting.clock.now(), self.sitting.zone, self.sitting.choices.mute
        options = [Option(words, shown, hours) for words, shown, hours in mutes(now, zone, usual)]
        self.app.push_screen(Pick(f"Mute {target.name or 'the texter'}", options, words=MUTING), chosen)

    async def _mute(self, target: Target, hours: int) -> None:
        sitting = self.sitting

        async def turned(ticket: TicketId, version: int, hours: int) -> Ticket:
            return await sitting.desk.noise.mute(sitting.actor, ticket, version, hours)

        name = target.name or "The texter"
        words = f"{name} is muted for {plural(hours, 'hour')}" if hours else f"{name} is not muted any more"
        made = await self.attempt(turned(target.id, target.version, hours))
        if made is not None:
            if hours:  # for how long somebody was muted before nobody knows any more once they are not
                back, again = partial(turned, hours=0), partial(turned, hours=hours)
                sitting.deeds.done(opposite_deed(words, made, back, again))
            self.say(f"{words}.")
            await self.changed()

    def do_complaint(self) -> None:
        """Answer with how to make a formal complaint: the sentence stands in the composer, to be looked over."""
        target, sitting = self.target, self.sitting
        if target is None:
            return
        sentence = sitting.choices.complaint.get(target.line, "")
        if not sentence:
            self.refuse("This line has no text about complaints. It goes into the file that the setting texts names.")
            return
        draft = sitting.drafts.get(sitting.actor, target.id, "reply")
        if sentence not in draft.text:
            text = f"{draft.text.rstrip()} {sentence}".strip()
            sitting.drafts.keep(sitting.actor, target.id, replace(draft, text=text))
        self.compose_on(target.id, "reply")

    # Where and when

    def do_map(self) -> None:
        """Zones by the hour."""
        sitting = self.sitting

        async def load() -> NoiseMap | None:
            return await self.attempt(sitting.desk.noise.noise_map(sitting.actor))

        self.app.push_screen(NoiseMapScreen(load, lambda: sitting.eye))
