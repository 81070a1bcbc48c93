"""What is written to the terminal: of each change on the screen, the cells that read otherwise now.

Textual writes whatever was drawn again, and a screen that opens or a line that appears draws everything; over a slow
line that is felt. The desk remembers what stands on the terminal, cell by cell, and leaves out what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._cells import cell_len
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from tui.pen import Look, Pen

JUMP = 5
"""Bytes of a jump: cells that stand there already are written once more where that costs no more."""

UNKNOWN, ODD = "\0", "\1"
"""Stand in cells that somebody else wrote into, and in those of a text with signs of another width: it can't be cut."""

ALIKE = re.compile(r"(.)\1*", re.DOTALL)
"""Cells that look alike."""

_LOOKS: list[Look] = []
_MARKS: dict[Look, str] = {}
"""All looks that were ever written, and the mark of each: the character of its number. Themes have some dozens."""

NO_STYLE = Style.null()

Piece = tuple[int, int, Strip]
"""What is drawn at a place: line, column, and the cells."""


class Paper:
    """What stands on the terminal, as far as the desk wrote it there."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._rows: list[Row] = []

    def forget(self) -> None:
        """Somebody else wrote there, or it was resized: all of it is written anew."""
        self._rows = [Row.unknown(self._size.width) for _ in range(self._size.height)]

    def fit(self, size: Size) -> None:
        """The terminal has this size; nothing is known of one of another size."""
        if size != self._size:
            self._size = size
            self.forget()

    def bytes_of(self, update: CompositorUpdate, console: Console) -> str:
        """What brings the terminal to an update; from then on it stands there."""
        if not isinstance(update, ChopsUpdate | LayoutUpdate):
            self.forget()
            return update.render_segments(console)
        pen, lines = Pen(), groupby(pieces_of(update), itemgetter(0))
        return "".join(self._told(y, list(pieces), console, pen) for y, pieces in lines) + pen.lifted()

    def _told(self, y: int, drawn: list[Piece], console: Console, pen: Pen) -> str:
        """What brings a line to what was drawn on it.

        One with signs of another width is written as it was drawn; what stands beside that is anybody's guess then.
        """
        if not 0 <= y < len(self._rows):
            return pen.lifted() + _as_drawn(drawn, console)
        before = self._rows[y]
        after = before.drawn_over(drawn, console)
        if before.says(after):
            return ""
        if before.plain and after.plain:
            self._rows[y] = after
            return "".join(
                (_along(x) if n else _to(x, y)) + after.written(x, end, pen)
                for n, (x, end) in enumerate(before.changes(after, *_reach(drawn)))
            )
        self._rows[y] = Row.unknown(self._size.width).drawn_over(drawn, console)
        return pen.lifted() + _as_drawn(drawn, console)


class News(CompositorUpdate):
    """An update of which only that is written which does not stand on the terminal."""

    def __init__(self, update: CompositorUpdate, paper: Paper) -> None:
        self._update = update
        self._paper = paper

    def render_segments(self, console: Console) -> str:
        """The bytes to write."""
        return self._paper.bytes_of(self._update, console)


class Row:
    """One line of the terminal: the sign in each cell, ``UNKNOWN`` where nobody knows, and how each looks, as a mark.

    Signs and marks are texts of one character a cell: they are compared and cut as a whole. ``odd``: where texts begin
    whose signs take other than one cell. How wide a terminal draws those is its own affair.
    """

    __slots__ = ("marks", "odd", "signs")

    def __init__(self, signs: str, marks: str, odd: Mapping[int, str]) -> None:
        self.signs, self.marks, self.odd = signs, marks, odd

    @classmethod
    def unknown(cls, width: int) -> Row:
        """A line that anything may stand on."""
        return cls(UNKNOWN * width, _mark_of(("", "")) * width, {})

    @property
    def plain(self) -> bool:
        """Whether each sign takes one cell."""
        return not self.odd and ODD not in self.signs

    def says(self, other: Row) -> bool:
        """Whether it reads and looks as another."""
        return self.signs == other.signs and self.marks == other.marks and self.odd == other.odd

    def drawn_over(self, pieces: Iterable[Piece], console: Console) -> Row:
        """The line after something was drawn on it."""
        signs, marks, odd, width = self.signs, self.marks, self.odd, len(self.signs)
        colours = console._color_system or ColorSystem.TRUECOLOR
        for _, begin, strip in pieces:
            end, new_signs, new_marks, new_odd = begin, "", "", {}
            for text, style, _control in strip:
                wide, alike = _measured(text)
                new_signs += text if alike else ODD * wide
                new_marks += _mark(style or NO_STYLE, colours, text.isspace()) * wide
                if not alike:
                    new_odd[end] = text
                end += wide
            signs = signs[:begin] + new_signs + signs[end:]
            marks = marks[:begin] + new_marks + marks[end:]
            if odd or new_odd:
                odd = {x: text for x, text in odd.items() if not begin <= x < end} | new_odd
        return Row(signs[:width], marks[:width], odd)

    def changes(self, after: Row, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """From where to where it reads otherwise within a span, as spans; those that lie near each other as one."""
        here = slice(begin, end)
        both = zip(self.signs[here], after.signs[here], self.marks[here], after.marks[here], strict=True)
        other = [x for x, (was, sign, looked, look) in enumerate(both, begin) if was != sign or looked != look]
        if not other:
            return
        begin = last = other[0]
        for x in other[1:]:
            if x - last > 1 and not after.bridges(last + 1, x):
                yield begin, last + 1
                begin = x
            last = x
        yield begin, last + 1

    def bridges(self, begin: int, end: int) -> bool:
        """Whether writing a span once more takes no more bytes than a jump over it.

        It is all known, and its colour does not turn; between blanks of one ground none does.
        """
        signs, marks = self.signs, self.marks
        return (
            end - begin <= JUMP
            and UNKNOWN not in signs[begin:end]
            and all(signs[x] == " " or marks[x] == marks[x - 1] for x in range(begin, end))
        )

    def written(self, begin: int, end: int, pen: Pen) -> str:
        """A span of it, as bytes."""
        runs = ALIKE.finditer(self.marks, begin, end)
        return "".join(pen.writes(self.signs[slice(*run.span())], _LOOKS[ord(run[1])]) for run in runs)


def pieces_of(update: ChopsUpdate | LayoutUpdate) -> Iterator[Piece]:
    """What an update draws, line by line."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, begin, stop in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x <= stop and end > begin:
                whole = begin <= x < stop and end <= stop
                yield y, x, chop if whole else chop.crop(0, min(end, stop) - x)


def _reach(drawn: Sequence[Piece]) -> tuple[int, int]:
    """From where to where something was drawn on a line, from left to right."""
    _, last, strip = drawn[-1]
    return drawn[0][1], last + strip.cell_length


def _as_drawn(drawn: Iterable[Piece], console: Console) -> str:
    return "".join(_to(x, y) + strip.render(console) for y, x, strip in drawn)


def _to(x: int, y: int) -> str:
    """Go to a cell."""
    return f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H"


def _along(x: int) -> str:
    """Go to a cell of the same line."""
    return f"\x1b[{x + 1}G"


@lru_cache(4096)
def _measured(text: str) -> tuple[int, bool]:
    """How many cells a text takes, and whether each of its characters takes one."""
    if text.isascii():
        return len(text), True
    return cell_len(text), all(cell_len(character) == 1 for character in text)


@lru_cache(1024)
def _mark(style: Style, colours: ColorSystem, blank: bool) -> str:
    """The mark of a style as it is written; of blank cells only what is seen counts."""
    if blank and not (style.reverse or style.underline or style.underline2 or style.overline or style.strike):
        style = Style(bgcolor=style.bgcolor)
    before, _, after = Strip.render_style(style, ODD, colours).partition(ODD)
    return _mark_of((before, after))


def _mark_of(look: Look) -> str:
    if look not in _MARKS:
        _MARKS[look] = chr(len(_LOOKS))
        _LOOKS.append(look)
    return _MARKS[look]
