"""Lines of which some are ticked, told by the sign in the box as well as by its colour."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import SelectionList
from textual.widgets._toggle_button import ToggleButton

BOX = (ToggleButton.BUTTON_LEFT, ToggleButton.BUTTON_INNER, ToggleButton.BUTTON_RIGHT)
"""What Textual draws before a line, whether it is ticked or not: only its colour says so."""


class Ticks(SelectionList[int]):
    """Boxes ``[x]`` and ``[ ]``, each with its place as its value."""

    def render_line(self, y: int) -> Strip:
        """A line of the card."""
        drawn = super().render_line(y)
        segments = list(drawn)
        if tuple(segment.text for segment in segments[:3]) != BOX:
            return drawn
        at = self.scroll_offset.y + y
        meant = (segments[1].style or Style.null()).meta
        words = segments[4].style if len(segments) > 4 else segments[3].style
        style = (words or Style.null()) + Style(meta=meant)
        return Strip([Segment("[x]" if at in self.selected else "[ ]", style), *segments[3:]])
