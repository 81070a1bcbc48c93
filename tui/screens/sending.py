"""Sending what was written: once, after a look at what came in between, in sight while it takes long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Generic, TypeVar

from helpdesk.ports.sending import Held
from tui.drafts import Draft, On, SentElsewhere, once
from tui.progress import Meter
from tui.screens.composing import Composing
from tui.screens.pick import Option, Pick

LOOK, SEND, KEEP = "look", "send", "keep"
"""What a writer can choose where something came in between."""

S = TypeVar("S")


class Sending(Composing, Generic[S]):
    """A screen whose composer sends. ``S``: what comes back, as it is then: a ticket, or an incident."""

    # What is sent, and where

    @property
    def _on(self) -> On:
        """On what one writes."""
        raise NotImplementedError

    @property
    def _named(self) -> str:
        """What that is called in a sentence: "ticket 14"."""
        raise NotImplementedError

    def _minds(self, draft: Draft) -> bool:
        """Whether the writer looks first at what came in between."""
        raise NotImplementedError

    def _between_words(self) -> str:
        """What others wrote and did since the writer began, or looked; "" for nothing."""
        raise NotImplementedError

    def _look_over(self) -> None:
        """The writer has seen what there is now."""
        raise NotImplementedError

    def _can_wait(self, draft: Draft) -> bool:
        """Whether it may wait before it goes out, so that it can be taken back."""
        raise NotImplementedError

    async def _read(self, *, asked: bool = True) -> None:
        """Read what one writes on again; ``asked``: by the reader, who is told where it fails."""
        raise NotImplementedError

    async def _addressed(self, draft: Draft) -> Draft | None:
        """The draft with whom it goes to; None if the writer thinks again."""
        return draft

    async def _deliver(self, draft: Draft) -> S:
        """Send it."""
        raise NotImplementedError

    async def _was_sent(self, draft: Draft, sent: S) -> None:
        """It is sent: what goes with it. The screen may have been left meanwhile."""
        raise NotImplementedError

    def _put_away(self) -> None:
        """The composer is closed, as nothing is to be written on."""
        raise NotImplementedError

    async def _told_sent(self, draft: Draft, sent: S) -> None:
        """Say what became of it, and go on from there."""
        raise NotImplementedError

    def _draw_composing(self) -> None:
        """The lines over the composer."""
        raise NotImplementedError

    def do_keep(self) -> None:
        """Put the composer away; the draft stays."""
        raise NotImplementedError

    # Sending

    def do_send(self) -> None:
        """Send it, once; as an outcome it may be empty."""
        draft = self._taken_in()
        if draft is None or self._sending:
            return
        if draft.empty and draft.kind != "outcome":
            self.say("There is nothing to send yet.", warn=True)
        elif draft.kind == "note" or self._is_whole(draft):
            self._sending = True
            self._draw_composing()
            self._act_before_keys(partial(self._send, draft))

    async def _send(self, draft: Draft) -> None:
        meter = Meter("Sending", stops="takes it back" if self._can_wait(draft) else "")
        try:
            ready = await self._addressed(draft)
            sent = await self._sent(ready, meter) if ready is not None else None
        finally:
            self._sending = False
        if sent is None:
            self._draw_composing()
            return
        self.sitting.drafts.drop(self.sitting.actor, self._on, draft.kind)
        if self._draft is not None and self._draft.kind == draft.kind:
            self._put_away()  # before anything else is waited for: what is sent must not be kept once more
        await self._was_sent(draft, sent)
        if self._can_wait(draft):
            await self._know_what_waits()
        if meter.stopping and self._wait_here:
            await self._undo()
        else:
            await self._told_sent(draft, sent)

    async def _sent(self, draft: Draft, meter: Meter) -> S | None:
        """Send it, once nothing came in between that the writer has not looked at; None if it was not sent."""
        stale: list[str] = []
        told = stale.append if self._minds(draft) else None
        while not self._minds(draft) or await self._is_looked_over(stale):
            stale.clear()
            with self.metering(meter):
                sent = await self.attempt(self._once(draft), unanswered=self._not_sent, stale=told)
            if sent is not None or not stale:
                return sent
            draft = replace(draft, key=self._draft.key) if self._draft is not None else draft
            await self._read(asked=False)
        return None

    async def _once(self, draft: Draft) -> S:
        """Send it. SentElsewhere where another text of it was: from now on this is a message of its own."""
        try:
            return await once(self._deliver(draft))
        except SentElsewhere:
            if self._draft is not None:
                self._draft = self._draft.anew()
                self._keep()
            raise

    async def _is_looked_over(self, stale: Sequence[str]) -> bool:
        """Whether it is to be sent: at once where nothing came in between, else as the writer chooses.

        ``stale``  who changed it, as the desk said it
        """
        words = self._between_words()
        if not (words or stale):
            return True
        title = f"Not sent yet: {self._named} has changed while you were writing."
        options = [Option("Look first", "", LOOK), Option("Send it all the same", "", SEND)]
        options.append(Option("Keep it as a draft", "", KEEP))
        chosen = await self.app.push_screen_wait(Pick(title, options, words=words or "".join(stale)))
        self._look_over()
        if chosen == KEEP:
            self.do_keep()
        elif chosen != SEND:
            self.view.scroll_end(animate=False)
        return chosen == SEND

    @property
    def _wait_here(self) -> list[Held]:
        """What of one's own waits to go out from here, the latest last."""
        now, sitting = self.sitting.clock.now(), self.sitting
        mine = [each for each in sitting.outgoing if each.actor == sitting.actor and each.goes > now]
        return [each for each in mine if (each.incident or each.ticket) == self._on]
