"""A screen with lines to read and a composer under them: who has the keys, and $EDITOR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events

from helpdesk.macros import Macro, blank_words
from helpdesk.segments import lookalikes, plain_gsm
from helpdesk.thread import Entry
from tui import canned
from tui.background import in_background
from tui.commands import Where, command
from tui.drafts import Draft, Unsent
from tui.editor import edited
from tui.keymap import shown
from tui.screens.chatting import Chatting
from tui.second_thoughts import know
from tui.segments import taken_words
from tui.sitting import Sitting
from tui.unsent import KEPT
from tui.widgets.composer import Composer
from tui.widgets.thread import ThreadView

TOAST = 3
"""So many free lines hold most toasts."""


class Composing(Chatting):
    """What is being written lives in ``_draft``; None while nobody writes. ``reading``: where one is then."""

    reading: ClassVar[Where]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._draft: Draft | None = None
        self._sending = False
        self._outside_now = False
        self._view, self._composer = ThreadView(id="thread"), Composer(id="composer")

    @property
    def place(self) -> Where:
        """The composer takes the keys while it is open."""
        return self.reading if self._draft is None else Where.COMPOSER

    @property
    def view(self) -> ThreadView:
        """The lines on the screen."""
        return self._view

    @property
    def composer(self) -> Composer:
        """Where one writes."""
        return self._composer

    def _keep(self) -> None:
        """Keep what is written."""
        raise NotImplementedError

    def _seen(self) -> Unsent | None:
        """Now, and as what that is seen on which one writes; None where it was never read."""
        raise NotImplementedError

    def _say_kept(self, goes_on: str) -> None:
        """The composer is put away; the command ``goes_on`` opens it again."""
        kept = f"Draft kept. {self._key_of(goes_on)} goes on with it."
        self.say("It is still being sent; the draft stays until it is." if self._sending else kept)

    async def _know_what_waits(self) -> None:
        """Before the next key: it may be the one that takes it back."""
        held = await self.look(self.sitting.desk.sending.held(self.sitting.actor))
        know(self.sitting, self.sitting.outgoing if held is None else held)
        self.draw_frame()

    def _not_sent(self) -> str:
        """Nobody answered: what was written is kept, and the desk reminds of it."""
        if self._draft is not None:
            self._draft = replace(self._draft, unsent=self._seen())
            self._keep()
            self.draw_frame()
        return KEPT

    @property
    def deaf(self) -> bool:
        """While $EDITOR is started nothing that was typed for it is written, or sent, here."""
        return self._outside_now or super().deaf

    async def on_key(self, event: events.Key) -> None:
        """A letter that came before the composer had the focus goes into it; all else as ever."""
        if self._draft is not None and event.is_printable and event.character:
            self.composer.area.insert(event.character)
            event.stop()
        else:
            await super().on_key(event)

    def passes_on(self, key: str) -> bool:
        """What moves, deletes and undoes in the text area, unless the table has another meaning for it."""
        writing = self._draft is not None and self.composer.edits_with(key)
        return writing and key not in self._keys[self.place]

    def draw_frame(self) -> None:
        """What is told stands beside it, once it is laid out."""
        super().draw_frame()
        if self.standing:
            self.call_after_refresh(self.place_toasts)

    def place_toasts(self) -> None:
        """Where nothing stands: below the lines where they leave room, else over their first ones. What came last, and
        what is being written, stays in sight.
        """
        region, free = self.view.region, self.view.size.height - len(self.view.lines)
        for rack in self.query("ToastRack"):
            rack.styles.dock = "bottom" if free >= TOAST else "top"
            below = max(self.size.height - region.bottom, 0)
            rack.styles.margin = (0, 0, below, 0) if free >= TOAST else (region.y, 0, 0, 0)

    def _taken_in(self) -> Draft | None:
        """The draft with all that was typed, also what was not told yet."""
        if self._draft is not None and self._draft.text != self.composer.text:
            self._draft = self._draft.saying(self.composer.text)
            self._keep()
        return self._draft

    @property
    def plain_key(self) -> str:
        """The key that takes look-alikes, as it is shown; "" where it has none."""
        found = command(self.sitting.commands, "lookalikes")
        return shown(found) if found.keys else ""

    def do_lookalikes(self) -> None:
        """What the phones' own alphabet has like the characters that make a text dear."""
        draft = self._taken_in()
        offers = lookalikes(draft.text) if draft is not None else ()
        words = taken_words(offers) or "Every character of it is in the phones' own alphabet already."
        if any(offer.like is not None for offer in offers):
            self.composer.rewrite(plain_gsm)
            words += " ctrl+z takes it back."
        self.say(words, long=True)

    def _filled(self, macro: Macro) -> str:
        """A macro's text, with what is known where one writes."""
        return macro.text

    def do_insert(self) -> None:
        """Put a macro in where the cursor stands."""
        self._choose_macro("", self._put_in)

    @property
    def _entries(self) -> Sequence[Entry]:
        """What was said where one writes to one patron; nothing of many is quoted."""
        return ()

    def do_quote(self) -> None:
        """Quote the patron's last words where the cursor stands."""
        if words := canned.quoted(self._entries):
            self.composer.area.insert(words)
        else:
            self.say("There is nothing of one patron's to quote here.", warn=True)

    def _quote_on(self, line: int) -> None:
        """A lone ">" stands on a line: the patron's last words stand there instead."""
        if words := canned.quoted(self._entries):
            self.composer.area.replace(words, (line, 0), (line, 1))

    def _put_in(self, macro: Macro) -> None:
        if self._draft is None:
            return
        self.composer.put_in(self._filled(macro))
        if macro.becomes and self._draft.kind == "reply":
            self._draft = replace(self._draft.saying(self.composer.text), then=macro.becomes)
            self._keep()
        if (target := self.target) is not None and self._draft.kind == "reply":
            self._remember(target, macro)

    def _is_whole(self, draft: Draft) -> bool:
        """Whether nothing is to be filled in any more; else the next blank is marked, and the writer is told."""
        words = blank_words(draft.text)
        if words:
            self.composer.mark_blank()
            self.say(words, warn=True)
        return not words

    def do_outside(self) -> None:
        """Go on in $EDITOR."""
        self.go_outside()

    def go_outside(self, *, for_it: bool = False) -> None:
        """Into $EDITOR; ``for_it``: the composer was opened for that alone, and goes where nothing was written."""
        self._outside_now = True
        in_background(self, partial(self._outside, for_it), "outside", exclusive=True)

    def do_keep(self) -> None:
        """Put the composer away; the draft stays."""
        raise NotImplementedError

    async def _outside(self, for_it: bool) -> None:
        try:
            draft = self._taken_in()
            if draft is None:
                return
            text, trouble = await edited(self.app, draft.text)
        finally:
            self._outside_now = False
        if trouble:
            self.say(trouble, warn=True)
        elif self._draft is not None and self._draft.key == draft.key:  # the same one, told of since or not
            self.composer.begin(text, note=draft.kind == "note")
            if for_it and not text.strip():
                self.say("Nothing was written.")
                self.do_keep()
