"""Who sits here: picked on opening where the login is shared, asked again when the desk was locked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from helpdesk.errors import HelpdeskError, SignedOut
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from helpdesk.sight import Member
from tui.background import in_background
from tui.naming import free_id
from tui.plain import one_line
from tui.screens.pick import still

UNCHANGED = "Nothing has changed yet."
KNOWN_AGAIN = "You are let in again: enter goes on."


class SignInScreen(ModalScreen[Member | None]):
    """Returns who signed in. ``locked`` can't be left without; otherwise esc returns None.

    ``likely`` is who will sit down: they are asked for their PIN at once, and esc leads to the others. ``alone``:
    nobody new can sit down here. ``leave``: the desk itself can be left from here; its title says why nobody sits here,
    and is kept true. ``kept``: what has become of their drafts, behind the title.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("ctrl+q", "leave_desk", show=False),
    ]
    AUTO_FOCUS = "OptionList"

    def __init__(
        self,
        desk: Desk,
        members: Sequence[Member],
        *,
        title: str,
        locked: bool,
        likely: StaffId | None = None,
        alone: bool = False,
        leave: bool = False,
        kept: str = "",
    ) -> None:
        super().__init__()
        self._desk = desk
        self._members = [member for member in members if not member.disabled]
        self._title = title
        self._locked = locked
        self._likely = likely
        self._alone = alone
        self._can_leave = leave
        self._kept = kept
        self._chosen: Member | None = None

    def compose(self) -> ComposeResult:
        """The members, and a line for a name or a PIN."""
        with Vertical(classes="card"):
            yield Static(f"{self._title}{self._kept}", classes="card--title", id="title", markup=False)
            yield OptionList(*self._options(), compact=True)
            yield Static("", classes="card--words", id="ask", markup=False)
            yield still(Input(compact=True, id="answer"))
            yield Static("", id="wrong", markup=False)
            yield Static(self._hint, classes="card--hint")

    @property
    def _hint(self) -> str:
        if self._can_leave:
            return "enter signs in   ctrl+q leaves the desk"
        return "enter signs in" if self._locked else "enter signs in   esc back"

    def on_mount(self) -> None:
        """Nobody is chosen yet, or only who will sit down."""
        self._wrong("")
        self._ask("")
        for at, member in enumerate(self._members):
            if member.id == self._likely:
                self.query_one(OptionList).highlighted = at
                self._choose(member)

    def offer(self, members: Sequence[Member]) -> None:
        """Others can be picked now: somebody came, or left, while nobody sat here. The bar stays on who it stood on."""
        before, self._members = self._members, [member for member in members if not member.disabled]
        for picker in self.query(OptionList).results(OptionList):
            at = picker.highlighted
            stood = before[at].id if at is not None and at < len(before) else None
            picker.clear_options()
            picker.add_options(self._options())
            picker.highlighted = next((at for at, each in enumerate(self._members) if each.id == stood), 0)

    def _options(self) -> list[Option]:
        """The members, and a line for somebody new where somebody new can sit down."""
        new = [] if self._alone else [Option("Somebody new …")]
        return [Option(one_line(member.name or member.id)) for member in self._members] + new

    def _ask(self, words: str, *, secret: bool = False) -> None:
        answer = self.query_one("#answer", Input)
        self.query_one("#ask", Static).update(words)
        self.query_one("#ask").display = answer.display = bool(words)
        answer.value, answer.password = "", secret
        (answer if words else self.query_one(OptionList)).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen: ask for the PIN where there is one."""
        new = event.option_index >= len(self._members)
        self._chosen = None if new else self._members[event.option_index]
        self._wrong("")
        if self._chosen is None:
            self._ask("Your name, as colleagues know it")
        elif not self._choose(self._chosen):
            in_background(self, partial(self._sign_in, self._chosen.id, "", ""), "sign in", exclusive=True)

    def _choose(self, member: Member) -> bool:
        """Ask for a member's PIN; False where they have none."""
        if member.has_pin:
            self._chosen = member
            self._ask(f"PIN of {one_line(member.name)}", secret=True)
        return member.has_pin

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The name or the PIN is there."""
        value = event.value.strip()
        if self._chosen is not None:
            in_background(self, partial(self._sign_in, self._chosen.id, "", value), "sign in", exclusive=True)
        elif value:
            new = free_id(value, {member.id for member in self._members})
            in_background(self, partial(self._sign_in, new, value, ""), "sign in", exclusive=True)

    async def _sign_in(self, actor: StaffId, name: str, pin: str) -> None:
        try:
            member = await self._desk.sign_in(actor, name=name, pin=pin)
        except HelpdeskError as error:
            self._refused(error)
            for answer in self.query("#answer").results(Input):
                answer.value = ""
        except OSError:
            self._wrong("The desk's owner does not answer. Try again in a moment.")
        else:
            self._leave(member)

    def _leave(self, member: Member | None) -> None:
        """Once: who was let in may have gone back meanwhile."""
        if self.is_active:
            self.dismiss(member)

    def lets_in(self) -> None:
        """There is a new token, and it is good: the reason above is over."""
        if self._can_leave:
            self._entitle(KNOWN_AGAIN)
            self._wrong("")

    def _refused(self, error: HelpdeskError) -> None:
        """Say why; where the title says why nobody sits here, there and once."""
        words = str(error)
        if not (self._can_leave and isinstance(error, SignedOut)):
            self._wrong(words)
        elif words in self._title:
            self._wrong(UNCHANGED)
        else:
            self._entitle(words)
            self._wrong("")

    def _entitle(self, words: str) -> None:
        self._title = words
        for title in self.query("#title").results(Static):
            title.update(f"{words}{self._kept}")

    def _wrong(self, words: str) -> None:
        """Say it under the question, unless the screen was left meanwhile."""
        for wrong in self.query("#wrong").results(Static):
            wrong.update(words)
            wrong.display = bool(words)

    async def action_leave_desk(self) -> None:
        """Leave the desk altogether."""
        if self._can_leave:
            await self.app.run_action("app.quit")

    def action_back(self) -> None:
        """From the answer to the members; from there out, unless the desk is locked."""
        if self.query_one("#answer").display:
            self._ask("")
        elif not self._locked:
            self._leave(None)
