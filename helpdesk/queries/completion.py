"""What could stand where the cursor is, and what of a query names something that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from helpdesk.queries.fields import FIELDS, Field, Takes
from helpdesk.queries.reading import Piece, pieces
from helpdesk.queries.terms import Query, quoted

MOST = 40
"""The most completions that are offered."""

Known = Mapping[str, Mapping[str, str]]
"""The values that the library knows, by field: each with what it stands for, "" for nothing more to say."""

_AMOUNTS = {
    "breaching": {"<10m": "in less than 10 minutes, or late", "<1h": "within the hour"},
    "waiting": {">15m": "more than a quarter of an hour", ">1h": "more than an hour", ">1d": "more than a day"},
    "age": {"<1h": "of the last hour", ">1d": "more than a day old", ">1w": "more than a week old"},
    "opened": {"today": "since midnight", "yesterday": "the day before", "<2d": "less than two days ago"},
    "updated": {"today": "since midnight", "<1h": "in the last hour", ">1w": "nothing for a week"},
}


@dataclass(frozen=True, slots=True)
class Completion:
    """``text`` may stand in place of ``begin`` to ``end``; ``means`` says what it is."""

    text: str
    begin: int
    end: int
    means: str = ""

    def taken(self, query: str) -> tuple[str, int]:
        """The query with it, and where the cursor is then."""
        return query[: self.begin] + self.text + query[self.end :], self.begin + len(self.text)


def complete(text: str, cursor: int, known: Known | None = None) -> tuple[Completion, ...]:
    """What could stand at the cursor, the likeliest first: names of fields, then values that are known."""
    cursor = max(0, min(cursor, len(text)))
    piece = next((each for each in pieces(text) if each.at < cursor <= each.end), None)
    if piece is None:
        return tuple(_fields("", cursor, cursor))
    if piece.field is None:
        minus = len(piece.text) - len(piece.text.lstrip("-"))
        return tuple(_fields(text[piece.at + minus : cursor], piece.at + minus, piece.end))
    field = FIELDS.get(piece.field.lower())
    if field is None or cursor < piece.begin or piece.text.startswith(("#", "-#")):
        return ()
    return tuple(_values(field, piece, text, cursor, known or {}))[:MOST]


def _fields(typed: str, begin: int, end: int) -> Iterator[Completion]:
    for field in FIELDS.values():
        if field.name.startswith(typed.lower()):
            yield Completion(f"{field.name}:", begin, end, field.means)


def _values(field: Field, piece: Piece, text: str, cursor: int, known: Known) -> Iterator[Completion]:
    """The values that go on with what stands between the last comma and the cursor."""
    begin = piece.begin
    if field.takes in {Takes.CHOICE, Takes.NAME}:
        begin += text[piece.begin : cursor].rfind(",") + 1
    typed = text[begin:cursor].strip('"').lower()
    end = text.find(",", cursor, piece.end)
    end = piece.end if end < 0 else end
    values = offered(field, known)
    first = [value for value in values if value.lower().startswith(typed)]
    also = [value for value in values if value not in first and f" {typed}" in f" {values[value]}".lower()]
    for value in first + also:
        yield Completion(_typed(field, value), begin, end, values[value])


def _typed(field: Field, value: str) -> str:
    """A comparison stands as it is: its signs mean what they say."""
    return quoted(value) if field.takes in {Takes.CHOICE, Takes.NAME} else value


def offered(field: Field, known: Known) -> Mapping[str, str]:
    """The values of a field: its own words, and what the library knows."""
    return {**{str(word): means for word, means in field.choices.items()}, **known.get(field.name, {}),
            **_AMOUNTS.get(field.name, {})}  # fmt: skip


SURE = ("line", "zone", "owner")
"""Fields of which the library knows every value."""


def doubts(query: Query, known: Known) -> str:
    """A sentence about a name in the query that nobody here knows, "" where there is none: it may be from long ago."""
    for term in query.terms:
        names = known.get(term.field, {}) if term.field in SURE else {}
        for value in term.values:
            if names and value not in names and value not in FIELDS[term.field].choices:
                close = difflib.get_close_matches(value, names, n=1)
                hint = f"; did you mean {close[0]}?" if close else "."
                return f"There is no {term.field} {value!r} now{hint}"
    return ""
