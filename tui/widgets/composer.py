"""Where a reply or a note is written: a text area under a line that says what will become of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from helpdesk.macros import BLANK
from tui.widgets.lines import Lines
from tui.words import Line

_EDITING = frozenset(
    key for each in TextArea.BINDINGS if isinstance(each, Binding) for key in each.key.replace(" ", "").split(",")
)
"""What moves, deletes, selects, undoes and pastes in a text area."""


class Composer(Vertical):
    """Hidden until somebody writes. What is typed is told at once, so that it can be kept."""

    class Typed(Message):
        """The text changed. ``text`` is all of it."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._above = Lines(id="composing")
        self._area = TextArea(soft_wrap=True, show_line_numbers=False, id="text", compact=True)
        self._area.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The line above, and the text."""
        yield self._above
        yield self._area

    @property
    def area(self) -> TextArea:
        """The text area."""
        return self._area

    @property
    def text(self) -> str:
        """What has been written."""
        return self.area.text

    def edits_with(self, key: str) -> bool:
        """Whether a key is the text area's own: backspace, an arrow, undo."""
        return self.area.has_focus and key in _EDITING

    def begin(self, text: str, *, note: bool) -> None:
        """Open with what was written before, the cursor at its end."""
        self.set_class(note, "note")
        self.display = True
        if self.area.text != text:
            self.area.load_text(text)
        self.area.move_cursor(self.area.document.end)
        self.area.focus()
        self.call_after_refresh(self._point)

    def _point(self) -> None:
        """The terminal's own cursor to the text's, wherever the text area stands by now."""
        if not (self.is_attached and self.area.has_focus and self.screen.is_current):
            return
        self.area.scroll_cursor_visible()
        if self.app.cursor_position != self.area.cursor_screen_offset:
            self.app.cursor_position = self.area.cursor_screen_offset
            self.area.refresh()  # the terminal hears of it with what is drawn next

    def rewrite(self, change: Callable[[str], str]) -> None:
        """Change all of the text in one step, which undo takes back; the cursor stays where it was among the words."""
        before = change(self.area.get_text_range((0, 0), self.area.cursor_location))
        self.area.replace(change(self.area.text), (0, 0), self.area.document.end)
        self.area.move_cursor(_place(before))

    def put_in(self, text: str) -> None:
        """Text where the cursor stands; its first blank is marked, so that typing takes its place."""
        before = len(self.area.get_text_range((0, 0), self.area.cursor_location))
        self.area.insert(text)
        self.mark_blank(after=before)

    def mark_blank(self, *, after: int = 0) -> None:
        """Select the first blank from a place on, in characters; nothing where there is none."""
        found = BLANK.search(self.area.text, after)
        if found is not None:
            first, last = (_place(self.area.text[:at]) for at in found.span())
            self.area.selection = Selection(first, last)

    def close(self) -> None:
        """Put away; the screen decides about the draft."""
        self.display = False
        self.area.load_text("")

    def say(self, lines: Sequence[Line]) -> None:
        """The line above the text."""
        self._above.show(lines)
        if self.display:
            self.call_after_refresh(self._point)

    def on_resize(self) -> None:
        """What is written stays in sight where it is written."""
        self.call_after_refresh(self._point)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Pass it on."""
        event.stop()
        if self.display:
            self.post_message(self.Typed(self.text))


def _place(before: str) -> tuple[int, int]:
    """Line and column behind a text."""
    rows = before.split("\n")
    return len(rows) - 1, len(rows[-1])
