"""Find words in all messages: results come while one types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from helpdesk.message import TicketId
from helpdesk.sight import Found
from tui.background import in_background, stands
from tui.plain import cut, fit, one_line, width
from tui.progress import Meter, progress_line
from tui.render import Eye
from tui.screens.metered import Metered
from tui.screens.pick import still
from tui.widgets.lines import Lines
from tui.words import VIA, Line, Tone, on_day, plural

Find = Callable[[str], Awaitable[tuple[Found, ...] | None]]

KEYS: Line = (
    (" ↑ ↓ ", Tone.ACCENT),
    ("choose   ", Tone.DIM),
    ("enter ", Tone.ACCENT),
    ("open   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back", Tone.DIM),
)


class SearchScreen(Metered, ModalScreen[None]):
    """Opens what is chosen over itself, so that leaving it leads back to the hits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, find: Find, eye: Eye, choose: Callable[[TicketId], None], words: str = "") -> None:
        super().__init__()
        self._words = words
        self._find = find
        self._choose = choose
        self._eye = eye
        self._found: tuple[Found, ...] = ()
        self._rest: Timer | None = None
        self._answered = ""

    @property
    def answered(self) -> str:
        """The words whose hits are shown."""
        return self._answered

    def compose(self) -> ComposeResult:
        """The words, what was found, and the keys."""
        yield still(Input(self._words, compact=True, placeholder="words to find; all must be in the message"))
        yield Lines(id="search-head")
        yield OptionList(compact=True)
        yield Lines(id="search-foot")

    def on_mount(self) -> None:
        """Nothing is found yet."""
        self.draw_progress()
        self._say("The newest messages that hold all words; the last word may be unfinished.")

    def draw_progress(self) -> None:
        """The last line: for how long it has searched, else the keys."""
        if stands(self, "#search-foot"):
            meter = self.meter
            foot = KEYS if meter is None else progress_line(meter, "esc", self.size.width)
            self.query_one("#search-foot", Lines).show([foot])

    def _say(self, words: str) -> None:
        self.query_one("#search-head", Lines).show([((f" {words}", Tone.DIM),), ()])

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._rest is not None:
            self._rest.stop()
        search = partial(self._search, event.value)
        self._rest = self.set_timer(0.08, lambda: in_background(self, search, "search", exclusive=True))

    async def _search(self, words: str, *, take: bool = False) -> None:
        """Show what is found; ``take``: and open the first of it."""
        with self.metering(Meter("Searching")) as meter:
            found = await meter.unless_stopped(self._find(words)) if words.strip() else ()
        if meter.stopping and stands(self, "#search-head"):
            self._say("Stopped. Type on, or press enter to search for the same again.")
        if found is None or not stands(self, "#search-head", "OptionList"):
            return
        self._found, self._answered = found, words
        if words.strip():
            self._say(
                f"{plural(len(found), 'message')} found, newest first." if found else "No message holds all words."
            )
        shown = self.query_one(OptionList)
        shown.clear_options()
        shown.add_options([Option(found_text(each, self._eye, self.size.width - 4)) for each in found])
        shown.highlighted = 0 if found else None
        if take and self.is_active:
            shown.action_select()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Open the marked hit; whoever types faster than the desk finds gets the first one of these words."""
        if self._answered == event.value:
            self.query_one(OptionList).action_select()
            return
        if self._rest is not None:
            self._rest.stop()
        in_background(self, partial(self._search, event.value, take=True), "search", exclusive=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        self._choose(self._found[event.option_index].row.id)

    def action_nothing(self) -> None:
        """Back."""
        self.dismiss(None)

    def action_move(self, lines: int) -> None:
        """The next result, or the one before."""
        shown = self.query_one(OptionList)
        shown.action_cursor_down() if lines > 0 else shown.action_cursor_up()


def found_text(found: Found, eye: Eye, cells: int) -> Content:
    """A hit on two lines: the ticket, then the words around the match."""
    row = found.row
    head = f"{row.number:>5}  {fit(VIA[row.channel], 5)} {fit(one_line(row.name), 18)}  "
    tail = f"  {row.state}, {on_day(found.written, eye.now, eye.zone)}"
    subject = one_line(row.subject) or one_line(row.preview)
    excerpt = "\n       " + cut(one_line(found.excerpt), max(cells - 8, 8))
    return Content.assemble(
        head + fit(subject, max(cells - width(head + tail), 8)), (tail, "$dim"), (excerpt, "$dim italic")
    )
