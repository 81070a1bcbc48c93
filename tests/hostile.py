"""What somebody may write to do harm, or by accident: one list for every place that shows patrons' words.

Each sample begins with a plain word of its own, so that a test can say that it was shown. :func:`harmless` holds what
stands on a screen or in a line against what it may do there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from wcwidth import wcswidth

LONG = 10_000
"""Signs in the longest line."""

MARKS = 3
"""How many marks one letter may carry on a screen."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """``word`` is plain and stands at the front of ``text``; ``what`` it tries."""

    what: str
    word: str
    rest: str

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.word} {self.rest}"


HOSTILE = (
    Hostile("escape sequences", "alpha", "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m \x1b[6n\x1b[201~"),
    Hostile(
        "the clipboard, a link, a device string", "bravo", "\x1b]52;c;AAAA\x07\x1b]8;;http://x\x1b\\y\x1bPq#0\x1b\\"
    ),
    Hostile("C1 controls", "charlie", "\x9b2J\x85next\x9d0;owned\x9c\x90q"),
    Hostile("controls of old terminals", "delta", "\x08\x08\x08\x7f\x0b\x0c\x0e\x0f over\x00written"),
    Hostile("direction overrides", "echo", "invoice\u202egpj.exe\u2066x\u2069\u200f\u061c"),
    Hostile("zero widths", "foxtrot", "a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060g\u180eh"),
    Hostile("a tower of accents", "golf", "Z" + "\u0301" * 60 + "a" + "\u0489" * 30 + "lgo"),
    Hostile("a line without end", "hotel", "x" * LONG),
    Hostile("words without end", "india", "lorem " * (LONG // 6)),
    Hostile("emoji that are several", "juliet", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 end"),
    Hostile("emoji with a skin", "kilo", "\U0001f44d\U0001f3fd\U0001f44b\U0001f3ff end"),
    Hostile("flags", "lima", "\U0001f1ec\U0001f1e7\U0001f1fa\U0001f1e6 \U0001f3f4\U000e0067\U000e0062\U000e007f end"),
    Hostile("keycaps and variations", "mike", "1\ufe0f\u20e3 \u2764\ufe0f \u260e\ufe0e \u2764 end"),
    Hostile("wide letters", "november", "\u4e2d\u6587\uff26\uff35\uff2c\uff2c\uac01\u1100\u1161\u11a8 end"),
    Hostile("script from right to left", "oscar", "\u05e9\u05dc\u05d5\u05dd 12 \u0645\u0631\u062d\u0628\u0627 end"),
    Hostile("blanks that are none", "papa", "\u3164\u2800\u115f\u00a0\u3000 end"),
    Hostile("tabs and separators", "quebec", "one\ttwo\u2028three\u2029four"),
    Hostile("markup", "romeo", "[bold red]x[/] [@click=app.quit]y[/] {0} %s"),
    Hostile("a page's own tags", "sierra", "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;\"'"),
)
"""Every sample."""

FORMULAS = ('=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=1\n=2")
"""What a spreadsheet would carry out."""

NAMES = (
    "../../.ssh/authorized_keys",
    "..\\..\\autoexec.bat",
    "tango\x1b[31m\u202efdp.exe",
    ".bashrc",
    "-rf",
    "a" * 400 + ".pdf",
    "\U0001f468\u200d\U0001f469.pdf",
    "~root/x",
    "$(reboot).pdf",
)
"""Names of files that somebody may send."""

_BANNED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def harmless(text: str, *, cells: int | None = None, towers: bool = False) -> str:
    """``text`` itself, where nothing in it can move a cursor, hide a word or push a column; else it fails.

    ``cells``: no line is wider, by the widths that terminals go by. ``towers``: a letter may carry any number of marks.
    """
    for line in text.split("\n"):
        bad = sorted({f"U+{ord(char):04X}" for char in line if unicodedata.category(char) in _BANNED})
        assert not bad, f"{bad} in {line!r}"
        assert towers or _most_marks(line) <= MARKS, f"a tower in {line!r}"
        assert cells is None or wcswidth(line) <= cells, f"{wcswidth(line)} cells: {line!r}"
    return text


def _most_marks(line: str) -> int:
    most = here = 0
    for char in line:
        here = here + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        most = max(most, here)
    return most
