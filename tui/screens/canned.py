"""Macros on a screen: one is chosen by a few letters of its name, and written and changed in $EDITOR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from textual.widgets import Input, OptionList, Static

from helpdesk.macros import FRESH, Macro, like, page
from tui import canned
from tui.allowed import Target
from tui.background import in_background
from tui.editor import edited
from tui.plain import one_line
from tui.roles import takes_from_others
from tui.screens.noise import Noise
from tui.screens.pick import Option, Pick, prompts


class MacroPick(Pick[Macro]):
    """Macros, found by letters of their names in their order, by words of their texts, or by their tags."""

    card = "card wide"

    def __init__(self, title: str, macros: Sequence[Macro], *, words: str = "") -> None:
        super().__init__(title, _options(macros), words=words, typed=True)
        self._macros = tuple(macros)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what is meant, the closest first."""
        event.stop()
        event.prevent_default()  # what Pick would do by itself
        self._shown = tuple(_options(like(event.value, self._macros)))
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options(prompts(self._shown, among=self._options))
        found.highlighted = 0 if self._shown else None
        self.query_one("#nothing").display = not self._shown
        self.query_one("#whole").display = bool(self._shown)

    def on_option_list_option_highlighted(self) -> None:
        """What the marked one does besides, whole: its line may be cut."""
        super().on_option_list_option_highlighted()
        place, whole = self.query_one(OptionList).highlighted, self.query_one("#whole", Static)
        if place is not None and place < len(self._shown):
            whole.update(f"{one_line(self._shown[place].words)}: {one_line(self._shown[place].hint)}")
            whole.display = True


def _options(macros: Sequence[Macro]) -> list[Option[Macro]]:
    return [Option(each.name, canned.hint(each), each) for each in macros]


class Canned(Noise):
    """A screen on which a ticket can be answered with a macro."""

    def do_macro(self, rest: str = "") -> None:
        """Answer with a macro: its text stands in the composer, filled in, to be looked over."""
        if (target := self.target) is not None:
            self._choose_macro(rest, partial(self._answer_with, target))

    def _choose_macro(self, rest: str, then: Callable[[Macro], None]) -> None:
        """Ask which; what was typed is enough where it means one."""
        in_background(self, partial(self._ask_macro, rest, then), "macro", exclusive=True)

    async def _ask_macro(self, rest: str, then: Callable[[Macro], None]) -> None:
        known = await self.attempt(canned.known(self.sitting))
        if known is None or not self.standing:
            return
        if not known:
            self.refuse(canned.NONE)
            return
        if rest:
            try:
                then(canned.named(rest, known))
            except ValueError as error:
                self.refuse(str(error))
            return

        def chosen(macro: Macro | None) -> None:
            if macro is not None:
                then(macro)

        self.app.push_screen(MacroPick("Which macro?", known), chosen)

    def _answer_with(self, target: Target, macro: Macro) -> None:
        self.after_others(partial(self._begin_with, target, macro))

    async def _begin_with(self, target: Target, macro: Macro) -> None:
        """Into the draft of the ticket, after what was begun; then the composer opens with it."""
        sitting = self.sitting
        thread = await self.attempt(sitting.desk.thread(sitting.actor, target.id))
        if thread is None:
            return
        draft = sitting.drafts.get(sitting.actor, target.id, "reply")
        text = canned.filled(macro, thread.ticket, sitting)
        text = f"{draft.text.rstrip()}\n\n{text}" if not draft.empty else text
        draft = replace(draft.saying(text), then=macro.becomes or draft.then)
        sitting.drafts.keep(sitting.actor, target.id, draft)
        self._remember(target, macro)
        self.compose_on(target.id, "reply")

    def _remember(self, target: Target, macro: Macro) -> None:
        """Its tags are given as the reply is sent; what it does besides is said now."""
        canned.remember(self.sitting, target.id, macro)
        if words := canned.said_in_short(macro):
            self.say(words)
        if words := canned.unsaid(macro, target.line, self.sitting):
            self.say(words, long=True)

    # Written and changed

    def do_macros(self) -> None:
        """Choose a macro to change, or write a new one."""
        in_background(self, self._macros, "macro", exclusive=True)

    async def _macros(self) -> None:
        known = await self.attempt(self.sitting.desk.macros.known(self.sitting.actor))
        if known is None or not self.standing:
            return
        lead = takes_from_others(self.sitting.role)
        mine = [each for each in known if lead or not each.shared]
        fresh = replace(FRESH, name="New macro")
        words = "It opens in $EDITOR. Saved empty, it is dropped." + ("" if lead else " Shared ones are kept by leads.")

        def chosen(macro: Macro | None) -> None:
            if macro is not None:
                self.after_others(partial(self._edit, None if macro is fresh else macro))

        self.app.push_screen(MacroPick("Change a macro, or write one", [fresh, *mine], words=words), chosen)

    async def _edit(self, macro: Macro | None) -> None:
        sitting = self.sitting
        written, trouble = await edited(self.app, sitting.kept.unkept or page(macro or FRESH))
        if trouble:
            self.say(trouble, warn=True)
            return
        sitting.kept.unkept = written
        done = await self.attempt(canned.keep(sitting, macro, written))
        if done is not None:
            sitting.kept.unkept = ""
            self.say(done)
