"""A query once it is understood, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND

WORDS = ""
"""The field of words to find in messages: they stand alone."""


class Sign(StrEnum):
    """How an amount is compared."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IS = "="


@dataclass(frozen=True, slots=True)
class Length:
    """A stretch of time, in milliseconds."""

    ms: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day by the library's clock: "today", "yesterday", or a date as 2026-11-22."""

    name: str

    def on(self, today: date) -> date:
        """The date, where it is ``today`` now."""
        if self.name == "today":
            return today
        if self.name == "yesterday":
            return date.fromordinal(today.toordinal() - 1)
        return date.fromisoformat(self.name)


Amount = Length | Day | int
"""What can be compared: a stretch of time, a day, a ticket's number."""


@dataclass(frozen=True, slots=True)
class Compared:
    """``<10m``, ``>=2026-11-01``, ``=12``."""

    sign: Sign
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One part of a query: all parts must hold.

    ``field``    a name of :data:`helpdesk.queries.FIELDS`, :data:`WORDS` for words to find
    ``values``   of which any may hold; of words one, all of which must be found; () where something is compared
    ``without``  whether it must not hold (``-owner:me``)
    """

    field: str
    values: tuple[str, ...] = ()
    compared: Compared | None = None
    without: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all hold. None at all: every ticket to be worked on."""

    terms: tuple[Term, ...] = ()

    @property
    def words(self) -> str:
        """The words to find in messages, "" for none."""
        return " ".join(word for term in self.terms if term.field == WORDS for word in term.values)


_UNITS = (("w", 7 * DAY), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND))
_PLAIN = re.compile(r"[^\s\",:<>=#-][^\s\",]*")


def written(query: Query) -> str:
    """A query as text, the same whoever typed it: reading it gives the same query again."""
    return " ".join(map(_term, query.terms))


def _term(term: Term) -> str:
    minus = "-" if term.without else ""
    if term.field == WORDS:
        return f"{minus}{_free(term.values[0])}"
    if term.compared is not None:
        return f"{minus}{term.field}:{_compared(term.compared)}"
    return f"{minus}{term.field}:{','.join(map(quoted, term.values))}"


def _compared(compared: Compared) -> str:
    sign = "" if compared.sign is Sign.IS else str(compared.sign)
    return f"{sign}{amount_text(compared.amount)}"


def amount_text(amount: Amount) -> str:
    """An amount as it is typed: "90m", "2026-11-22", "12"."""
    if isinstance(amount, Day):
        return amount.name
    if isinstance(amount, int):
        return str(amount)
    unit, size = next((each for each in _UNITS if amount.ms % each[1] == 0), _UNITS[-1])
    return f"{amount.ms // size}{unit}"


def quoted(value: str) -> str:
    """A value as it stands behind a colon: in quotes where it could be misread."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _free(words: str) -> str:
    """Words that stand alone; one with a colon in it would be read as a field."""
    text = quoted(words)
    return text if text.startswith('"') or ":" not in text else f'"{text.replace(chr(92), chr(92) * 2)}"'
