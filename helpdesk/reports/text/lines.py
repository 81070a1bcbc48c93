"""Paragraphs and tables of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

WIDTH = 80

NARROWEST = 8
"""No column is made narrower than this."""

_TIED = {" %": "\N{NO-BREAK SPACE}%"}


def headline(text: str, line: str = "-") -> Iterator[str]:
    """A section's name, underlined, and a blank line."""
    lines = wrapped(text)
    yield from lines
    yield line * max(map(len, lines), default=0)
    yield ""


def wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    """Lines of at most the width; a number keeps its percent sign."""
    for loose, tied in _TIED.items():
        text = text.replace(loose, tied)
    lines = textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[int], flows: Sequence[int] = (0,)
) -> Iterator[str]:
    """Columns two spaces apart, as wide as what stands in them.

    ``left`` are aligned left, the others right. Where the table is wider than the page, the columns of ``flows`` give
    way, in that order: their cells go on below.
    """
    for lines in table_rows(heads, rows, left=left, flows=flows):
        yield from lines


def table_rows(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[int], flows: Sequence[int] = (0,)
) -> Iterator[list[str]]:
    """The same, the lines of each row together; the heads come first."""
    widths = _fitted([max(map(len, column)) for column in zip(heads, *rows, strict=True)], flows)
    for row in (heads, *rows):
        lines = zip_longest(*map(_folded, row, widths), fillvalue="")
        yield ["  ".join(_aligned(cells, widths, left)).rstrip() for cells in lines]


def _fitted(widths: list[int], flows: Sequence[int]) -> list[int]:
    over = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    for place in flows:
        given = max(0, min(over, widths[place] - NARROWEST))
        widths[place] -= given
        over -= given
    return widths


def _folded(cell: str, width: int) -> list[str]:
    return textwrap.wrap(cell, width) if len(cell) > width else [cell]


def _aligned(cells: Sequence[str], widths: Sequence[int], left: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        yield cell.ljust(width) if place in left else cell.rjust(width)
