"""A member's own PIN: set it, change it, or take it away."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from helpdesk.errors import HelpdeskError
from helpdesk.ports import Desk
from helpdesk.sight import Member
from tui.background import in_background
from tui.screens.pick import still

WHY = "The desk asks for it whenever you sit down or unlock it. A PIN has 4 to 12 digits."
AWAY = " Leave the new one empty to take your PIN away."


class PinScreen(ModalScreen[Member | None]):
    """Returns the member as they are now, None if nothing was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("enter", "on", show=False, priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, desk: Desk, member: Member) -> None:
        super().__init__()
        self._desk = desk
        self._member = member

    def compose(self) -> ComposeResult:
        """The old PIN where there is one, the new one twice: nobody sees what they type."""
        changing = self._member.has_pin
        with Vertical(classes="card"):
            yield Static("Change your PIN" if changing else "Set a PIN", classes="card--title")
            yield Static(WHY + (AWAY if changing else ""), classes="card--words")
            if changing:
                yield _secret("old", "your PIN now")
            yield _secret("new", "the new PIN")
            yield _secret("again", "the new PIN once more")
            yield Static("", id="wrong")
            yield Static("enter goes on   ↑ ↓ other lines   esc leaves it as it is", classes="card--hint")

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self._wrong("")

    def action_on(self) -> None:
        """To the next line; it is done after the last one, or where the PIN is to go.

        The next line has the keys at once, however fast somebody types; this one is read when it has all of its own.
        """
        line = self.focused
        if not isinstance(line, Input):
            return
        self._wrong("")
        if line.id == "again":
            line.call_later(self._done)
        else:
            self.focus_next("Input")
            line.call_later(self._left, line)

    def _left(self, line: Input) -> None:
        if line.id == "new" and self._member.has_pin and not line.value:
            self._done()

    def _done(self) -> None:
        new, again = self._typed("new"), self._typed("again")
        if new != again:
            self._wrong("The new PIN was not the same both times. Type it twice again.")
            self._anew("again", "new")
        elif not new and not self._member.has_pin:
            self._wrong("Type a PIN of 4 to 12 digits, or leave with esc.")
            self._anew("new")
        else:
            old = self._typed("old") if self._member.has_pin else ""
            in_background(self, partial(self._set, old, new), "pin", exclusive=True)

    async def _set(self, old: str, new: str) -> None:
        try:
            member = await self._desk.set_pin(self._member.id, old=old, new=new)
        except HelpdeskError as error:
            self._wrong(str(error))
            self._anew(*(each.id or "" for each in reversed(self.query(Input))))
        except OSError:
            self._wrong("The desk's owner does not answer. Try again in a moment.")
        else:
            if self.is_active:  # else they went back meanwhile
                self.dismiss(member)

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _anew(self, *names: str) -> None:
        """Empty these lines and go to the last one named."""
        for name in names:
            line = self.query_one(f"#{name}", Input)
            line.value = ""
            line.focus()

    def _wrong(self, words: str) -> None:
        """Say it under the lines, unless the card was left meanwhile."""
        for wrong in self.query("#wrong").results(Static):
            wrong.update(words)
            wrong.display = bool(words)

    def action_nothing(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)


def _secret(name: str, placeholder: str) -> Input:
    return still(Input(password=True, compact=True, id=name, placeholder=placeholder, classes="line"))
