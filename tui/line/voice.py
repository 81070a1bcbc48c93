"""How line mode speaks: labelled lines, or one JSON object a line; trouble goes to standard error, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from tui.plain import many_lines, wrap

Write = Callable[[str], object]
"""Takes one line, without its end."""

WIDTH = 80
"""No line is longer, unless the reader wants them whole."""


class Voice:
    """``width`` is in cells, 0 for lines that are never broken. ``json``: for a program that listens."""

    def __init__(self, out: Write, err: Write, *, json: bool = False, width: int = WIDTH) -> None:
        self._out, self._err = out, err
        self.json, self.width = json, width

    def say(self, words: str) -> None:
        """One sentence or more; for a program it is an object of the type "said"."""
        if self.json:
            self.give("said", {"words": words})
        else:
            self._lines(words, self._out)

    def tell(self, type_: str, shape: Mapping[str, object], lines: Iterable[str]) -> None:
        """A thing: its ``lines`` to somebody who listens, its ``shape`` to a program."""
        if self.json:
            self.give(type_, shape)
        else:
            for line in lines:
                self._lines(line, self._out)

    def aloud(self, lines: Iterable[str]) -> None:
        """Lines that a program gets otherwise, or has no use for."""
        if not self.json:
            for line in lines:
                self._lines(line, self._out)

    def give(self, type_: str, shape: Mapping[str, object]) -> None:
        """An object on a line of its own, in ASCII: whatever a patron wrote, no terminal is moved by it."""
        self._out(json.dumps({"type": type_, **shape}, allow_nan=False))

    def warn(self, words: str) -> None:
        """What is wrong, in words, to standard error."""
        self._lines(words, self._err)

    def meanwhile(self, words: str) -> None:
        """What goes on, to whoever waits for it: beside what is said, and not for a program."""
        if not self.json:
            self._lines(words, self._err)

    def _lines(self, words: str, write: Write) -> None:
        for line in many_lines(words):
            for piece in wrap(line, self.width) if self.width else [line]:
                write(piece)
