"""A text to all who told of a noise, or to all of them as it ends: the composer under an incident."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from helpdesk.message import IncidentId
from helpdesk.noise.incidents import Incident, IncidentSight, NoiseOutcome
from tui.acts import noise_deed
from tui.commands import Command, Where
from tui.composing import telling_lines
from tui.drafts import Draft, Kind, On, Unsent
from tui.incident import came_since
from tui.noise import said_back
from tui.screens.sending import Sending
from tui.sitting import Sitting
from tui.unsent import since_line
from tui.widgets.composer import Composer
from tui.words import OUTCOMES, left, plural


class Telling(Sending[Incident]):
    """An incident with a composer."""

    reading: ClassVar[Where] = Where.INCIDENT

    def __init__(self, sitting: Sitting, incident: IncidentId) -> None:
        super().__init__(sitting)
        self._which = incident
        self._looked: IncidentSight | None = None
        self._sight: IncidentSight | None = None
        self._hearing_it = 0

    async def _read(self, *, asked: bool = True) -> None:
        """Read the incident again; ``asked``: by the reader, who is told where it fails."""
        raise NotImplementedError

    def draw(self) -> None:
        """The whole screen."""
        raise NotImplementedError

    @property
    def incident(self) -> Incident | None:
        """As it was last read."""
        return self._sight.incident if self._sight is not None else None

    @property
    def offered(self) -> tuple[Command, ...]:
        """A text to all has no ticket whose state could be chosen."""
        return tuple(each for each in self.sitting.commands if each.id not in {"then", "quote"})

    def _draw_composing(self) -> None:
        if self._draft is not None and self._sight is not None and self.standing:
            draft, sight, cells = self._draft, self._sight, self.size.width
            waits = self.sitting.hello.undo_seconds > 0
            lines = telling_lines(draft, sight, cells, self._sending, self.plain_key, waits=waits)
            if draft.unsent is not None and not self._sending:
                lines = [since_line(draft.unsent, sight.incident.version, (), self.sitting.eye), *lines]
            self.composer.say(lines)

    def do_then(self) -> None:
        """A text to all leaves their tickets open; an outcome solves them."""
        self.say("A text to all leaves their tickets open. {key:outcome} says what came of it, and ends it.", warn=True)

    def do_thread_down(self) -> None:
        """Scroll down while one writes."""
        self.view.move(1)

    def do_thread_up(self) -> None:
        """Scroll up while one writes."""
        self.view.move(-1)

    # To all of them

    async def open_incident(self, incident: IncidentId, outcome: NoiseOutcome | None = None) -> None:
        """What came of it is known: its text is written here."""
        self._tell("outcome", outcome)

    @property
    def _reachable(self) -> int:
        """How many who told of it can be reached now."""
        return sum(each.reachable for each in self._sight.reporters) if self._sight is not None else 0

    def do_tell_all(self) -> None:
        """A text to all who told of it."""
        if not self._reachable:
            self.refuse("None of them can be reached any more. Write a note instead ({key:note}).")
        else:
            self._tell("all", None)

    def _tell(self, kind: Kind, outcome: NoiseOutcome | None) -> None:
        incident, sitting = self.incident, self.sitting
        if incident is None or self._draft is not None:
            return
        draft = sitting.drafts.get(sitting.actor, incident.id, kind)
        if outcome is not None and draft.outcome is not outcome:
            text = said_back(sitting.choices, incident, outcome, sitting.eye)
            draft = Draft(kind=kind, text=text, outcome=outcome)
        self._draft, self._looked = draft, self._sight
        self.composer.begin(draft.text, note=False)
        self.draw_frame()
        self._draw_composing()

    @on(Composer.Typed)
    def _typed(self, event: Composer.Typed) -> None:
        if self._draft is not None:
            self._draft = self._draft.saying(event.text)
            self._keep()
            self._draw_composing()

    def _keep(self) -> None:
        """Keep what was changed of it; the text as it was offered is offered again."""
        draft, incident, sitting = self._draft, self.incident, self.sitting
        if draft is None or incident is None:
            return
        offered = said_back(sitting.choices, incident, draft.outcome, sitting.eye) if draft.outcome is not None else ""
        if draft.text == offered and draft.unsent is None:
            sitting.drafts.drop(sitting.actor, incident.id, draft.kind)
        else:
            sitting.drafts.keep(sitting.actor, incident.id, draft)

    def _seen(self) -> Unsent | None:
        if (incident := self.incident) is None:
            return None
        return Unsent(when=self.sitting.clock.now(), number=incident.number, version=incident.version)

    def do_keep(self) -> None:
        """Put the composer away; the draft stays."""
        draft, incident, sitting = self._taken_in(), self.incident, self.sitting
        if draft is None or incident is None:
            return
        if sitting.drafts.get(sitting.actor, incident.id, draft.kind) is draft:
            self._say_kept("tell_all" if draft.kind == "all" else "outcome")
        self._put_away()

    # Sending

    @property
    def _on(self) -> On:
        return self._which

    @property
    def _named(self) -> str:
        return f"incident {self.incident.number}" if self.incident is not None else "the incident"

    def _minds(self, draft: Draft) -> bool:
        """Who ends a noise too late hears who was first."""
        return draft.outcome is None

    def _between_words(self) -> str:
        seen, now = self._looked, self._sight
        return came_since(seen, now, self.sitting.eye) if seen is not None and now is not None else ""

    def _look_over(self) -> None:
        self._looked = self._sight

    def _can_wait(self, draft: Draft) -> bool:
        return not draft.empty and self.sitting.hello.undo_seconds > 0

    async def _was_sent(self, draft: Draft, sent: Incident) -> None:
        self._keep_way_back(draft, sent)

    def _put_away(self) -> None:
        self._draft = None
        self.sitting.keeping.hurry()
        if self.standing:
            self.composer.close()
            self.view.focus()
            self.draw()

    async def _told_sent(self, draft: Draft, sent: Incident) -> None:
        self.say(f"Incident {sent.number}: {_sent_words(draft, self._hearing_it, self._waits_for)}", long=True)
        if draft.outcome is not None and self.is_active:
            self.dismiss("")
        else:
            await self._read()

    def _keep_way_back(self, draft: Draft, sent: Incident) -> None:
        """An end of which nobody was told is taken back as any deed; texts are, for as long as they wait."""
        if draft.outcome is not None and draft.empty:
            sitting, words = self.sitting, f"incident {sent.number} is over, {OUTCOMES[draft.outcome]}"
            sitting.deeds.done(noise_deed(sitting.desk, sitting.actor, words, sent.id, sent.version))

    @property
    def _waits_for(self) -> str:
        """What becomes of the texts: how long they wait, and how they are taken back."""
        if mine := self._wait_here:
            return f"go in {left(mine[-1].goes, self.sitting.clock.now())}; {self._key_of('undo')} takes them back"
        return "in the outbox"

    async def _deliver(self, draft: Draft) -> Incident:
        desk, actor = self.sitting.desk.noise, self.sitting.actor
        self._hearing_it = self._reachable
        version = self.incident.version if self.incident is not None else 0
        if draft.outcome is None:
            return await desk.reply_all(actor, self._which, version, draft.text, key=draft.key)
        text = "" if draft.empty else draft.text
        return await desk.conclude(actor, self._which, version, draft.outcome, text=text, key=draft.key)


def _sent_words(draft: Draft, hearing: int, waits: str) -> str:
    """What a toast says. ``waits``: what becomes of the texts."""
    told = "nobody is told" if draft.empty or not hearing else f"{plural(hearing, 'text')} {waits}"
    return f"{told}." if draft.outcome is None else f"over, {OUTCOMES[draft.outcome]}; {told}."
