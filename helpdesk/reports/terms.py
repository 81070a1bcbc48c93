"""The terms of a report: the named periods of one published calendar ("autumn term", "exams").

They are read from the calendar's frozen text, so they are what was published. A day belongs to the period that starts
last of those it lies in. What a later version says holds from its first period on; before that, what the version
before it said: nobody need keep the terms of past years in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk.hours.calendars import frozen_from_text

BETWEEN = "between terms"

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A named period; both days are included."""

    first: date
    last: date
    name: str

    @property
    def key(self) -> str:
        """The name of its group: "2026-09-21 autumn term"."""
        return f"{self.first} {self.name}"


class Terms:
    """The terms that the versions of a calendar name: frozen texts, the oldest first."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._terms: list[Term] = []
        for text in texts:
            later = sorted(_terms(text))
            if later:
                earlier = (each for each in self._terms if each.first < later[0].first)
                self._terms = [*(_until(each, later[0].first) for each in earlier), *later]
        marks = {mark for term in self._terms for mark in (term.first, _after(term.last))}
        self._marks = sorted(marks)

    def __bool__(self) -> bool:
        return bool(self._terms)

    def begun(self, day: date) -> list[Term]:
        """Those that have begun by a day, the earliest first."""
        return sorted(term for term in self._terms if term.first <= day)

    def of(self, day: date) -> Term | None:
        """The term of a day, None between terms."""
        return max((term for term in self._terms if term.first <= day <= term.last), default=None)

    def cut(self, day: date) -> tuple[str, date]:
        """The key of a day's term, or of the gap that it lies in, and the first day on which that changes."""
        following = next((mark for mark in self._marks if mark > day), date.max)
        if term := self.of(day):
            return term.key, following
        begins = max((mark for mark in self._marks if mark <= day), default=day)
        return f"{begins} {BETWEEN}", following


def _terms(text: str) -> list[Term]:
    return [Term(each.first, each.last, each.name) for each in frozen_from_text(text).rules.periods]


def _until(term: Term, end: date) -> Term:
    """As much of a term as lies before ``end``."""
    return Term(term.first, min(term.last, end - _DAY), term.name)


def _after(day: date) -> date:
    return day if day == date.max else day + _DAY
