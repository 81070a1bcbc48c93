"""What stands behind a verb on its line: options, a ticket's number, words. Pure.

``reply 412 --then solved Yes, until 9 pm.`` is the number 412, the option ``then`` and the rest as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui.line.wrong import NotUnderstood

COMMON = ("json", "yes", "wide")
"""Options that every verb takes."""

_WORD = re.compile(r"\s*(\S+)\s?")
_INCIDENT = re.compile(r"\s*(?:i|incident\s+)#?(\d{1,9})(?:\s|$)", re.IGNORECASE)
_NUMBER = re.compile(r"#?(\d{1,9})[.:]?")


class Said:
    """The rest of a line, taken in from its front.

    ``options``  by name; "" is the value of one that takes none
    ``rest``     what was not taken in yet, as it was written
    """

    def __init__(self, rest: str, takes: Iterable[str] = (), *, words: bool = False, verb: str = "") -> None:
        self.rest = rest.strip()
        self.options: dict[str, str] = {}
        self._takes = {name.rstrip("="): name.endswith("=") for name in (*COMMON, *takes)}
        self._verb = verb
        if words:
            self._lead()
        else:
            self._anywhere()

    def _lead(self) -> None:
        """Options before the words, and behind a number at their front: the words themselves are never looked into."""
        number = _NUMBER.fullmatch(first.group(1)) if (first := _WORD.match(self.rest)) else None
        kept = ""
        if first is not None and number is not None:
            kept, self.rest = first.group(1), self.rest[first.end() :]
        while self.rest.startswith("--"):
            name = self.word()
            if name == "--":
                break
            self._option(name)
        self.rest = f"{kept} {self.rest}".strip() if kept else self.rest

    def _anywhere(self) -> None:
        kept: list[str] = []
        while word := self.word():
            if word.startswith("--") and word != "--":
                self._option(word)
            else:
                kept.append(word)
        self.rest = " ".join(kept)

    def _option(self, word: str) -> None:
        name, equals, value = word.removeprefix("--").partition("=")
        if name not in self._takes:
            known = ", ".join(f"--{each}" for each in self._takes)
            raise NotUnderstood(f"{self._verb or 'This'} takes no --{name}. It takes {known}.")
        if self._takes[name] and not equals:
            value = self.word()
            if not value:
                raise NotUnderstood(f"Say a value behind --{name}.")
        self.options[name] = value

    def word(self) -> str:
        """Take the next word; "" where there is none."""
        found = _WORD.match(self.rest)
        if found is None:
            return ""
        self.rest = self.rest[found.end() :]
        return found.group(1)

    def words(self) -> str:
        """Take all that is left; one pair of quotes around it goes."""
        rest, self.rest = self.rest.strip(), ""
        if len(rest) >= 2 and rest[0] == rest[-1] == '"' and '"' not in rest[1:-1]:
            return rest[1:-1]
        return rest

    @property
    def front(self) -> int | None:
        """The number at the front, not taken; None where no number stands there."""
        found = _WORD.match(self.rest)
        number = _NUMBER.fullmatch(found.group(1)) if found else None
        return int(number[1]) if number else None

    def number(self) -> int | None:
        """Take the number at the front."""
        found = self.front
        if found is not None:
            self.word()
        return found

    def incident(self) -> int | None:
        """Take the number of an incident, written "i3" or "incident 3", at the front; None where none stands there."""
        found = _INCIDENT.match(self.rest)
        if found is None:
            return None
        self.rest = self.rest[found.end() :]
        return int(found[1])

    @property
    def names_incident(self) -> bool:
        """Whether an incident's number stands at the front."""
        return _INCIDENT.match(self.rest) is not None

    def __contains__(self, name: str) -> bool:
        return name in self.options
