"""Patrons' text made harmless for a terminal, and cut to cells.

What a patron wrote may hold escape sequences, direction overrides, invisible characters or piles of
accents. None of that may move the cursor, hide a word or push a column: a control character is shown
as a sign, the invisible ones go. What terminals draw in different widths is drawn as what all agree on: a flag is its
two letters, an emoji of several is each of them, and none has a skin.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

STACK = 3
"""How many combining marks one letter may carry."""

ELLIPSIS = "…"

_SPECIALS = frozenset({0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2800, 0xAD})
"""Characters that show nothing and yet are not of category Cf, and the soft hyphen."""


_FLAG_A, _FLAG_Z = 0x1F1E6, 0x1F1FF
"""The letters that make a flag, two by two."""


def _kind(char: str) -> str:
    """ "sign", "gone", "mark", "flag", "space" or "" for a character that may stand as it is."""
    category = unicodedata.category(char)
    if char in "\t\u2028\u2029" or category == "Zs":
        return "space"
    if category == "Cc" or category == "Cs":
        return "sign"
    if category == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0000 <= ord(char) <= 0xE0FFF or ord(char) in _SPECIALS:
        return "gone"
    if 0x1F3FB <= ord(char) <= 0x1F3FF:  # the skin of the emoji before it
        return "gone"
    if _FLAG_A <= ord(char) <= _FLAG_Z:
        return "flag"
    return "mark" if category in {"Mn", "Me"} else ""


_INSTEAD = {"sign": "\N{REPLACEMENT CHARACTER}", "space": " "}


def _letter(char: str) -> str:
    """The letter of a flag as a letter."""
    return chr(ord("A") + ord(char) - _FLAG_A)


def _cleaned(text: str) -> str:
    out: list[str] = []
    marks = 0
    for char in text:
        kind = _kind(char)
        marks = marks + 1 if kind == "mark" else 0
        if kind == "gone" or marks > STACK or (kind == "mark" and not out):
            continue
        out.append(_letter(char) if kind == "flag" else _INSTEAD.get(kind, char))
    return "".join(out)


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """``text`` as one harmless line: line breaks and runs of blanks become one blank."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    spaced = text.replace("\r", " ").replace("\n", " ")
    return " ".join(_cleaned(spaced).split())


def many_lines(text: str) -> list[str]:
    """``text`` as harmless lines, as the patron broke them; tabs become four blanks."""
    broken = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    return [line if line.isascii() and line.isprintable() else _cleaned(line) for line in broken]


def width(text: str) -> int:
    """How many cells ``text`` takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, cells: int) -> str:
    """``text`` cut or padded to exactly ``cells`` cells; what is cut ends in an ellipsis."""
    if cells <= 0:
        return ""
    wide = width(text)
    if wide <= cells:
        return text + " " * (cells - wide)
    kept = _head(text, cells - 1) + ELLIPSIS
    return kept + " " * (cells - width(kept))


def cut(text: str, cells: int) -> str:
    """``text`` cut to at most ``cells`` cells, with no padding."""
    return fit(text, cells).rstrip(" ") if width(text) > cells else text


def _head(text: str, cells: int) -> str:
    """The longest start of ``text`` that fits into ``cells`` cells."""
    if text.isascii():
        return text[:cells]
    used = 0
    for index, char in enumerate(text):
        used += get_character_cell_size(char)
        if used > cells:
            return text[:index]
    return text


def wrap(line: str, cells: int) -> list[str]:
    """One line broken at blanks into lines of at most ``cells`` cells; a longer word is broken where it must be."""
    cells = max(cells, 4)
    if width(line) <= cells:
        return [line]
    indent = line[: len(line) - len(line.lstrip(" "))]
    indent = indent if len(indent) < cells // 2 else ""
    lines: list[str] = []
    here = indent
    for word in line.split():
        here = _placed(here, word, indent, cells, lines)
    return [*lines, here.rstrip()]


def _placed(here: str, word: str, indent: str, cells: int, lines: list[str]) -> str:
    """Put ``word`` on the line ``here`` or begin a new one; full lines go to ``lines``."""
    joined = here + word if here == indent else f"{here} {word}"
    if width(joined) <= cells:
        return joined
    if here != indent:
        lines.append(here)
    here = indent + word
    while width(here) > cells:
        head = _head(here, cells)
        lines.append(head)
        here = here[len(head) :]
    return here
