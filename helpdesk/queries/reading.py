"""Text into terms, or where and why it can't be read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND
from helpdesk.queries.fields import ANY, DAYS, FIELDS, LENGTHS, Field, Takes
from helpdesk.queries.terms import WORDS, Amount, Compared, Day, Length, Query, Sign, Term

LONGEST = 400
"""The most characters of a query."""

MOST_TERMS = 20
"""The most terms of a query."""

_LONGEST_LENGTH = 100 * 366 * DAY
_HIGHEST = 2**53
_UNITS = {"s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_SIGNED = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)
_LENGTH = re.compile(r"(\d{1,9})\s*(s|min|m|h|d|w)")
_PIECE = re.compile(r'(?P<minus>-?)(?P<hash>#?)(?:(?P<field>[A-Za-z_]+):)?(?P<value>(?:"(?:[^"\\]|\\.)*"|[^\s"])*)')
_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,"]+)')


class NotAQuery(ValueError):
    """A query can't be read: ``str`` says why and what to write, ``begin`` to ``end`` is what is wrong in the text."""

    def __init__(self, words: str, begin: int, end: int) -> None:
        super().__init__(words)
        self.begin = begin
        self.end = max(end, begin + 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A term as it was typed: ``value`` begins at ``begin`` of the text; all of it is ``whole``."""

    text: str
    at: int
    field: str | None
    value: str
    begin: int
    without: bool

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.at + len(self.text)


def pieces(text: str) -> Iterator[Piece]:
    """What stands between spaces, quotes kept whole; a quote that is not closed runs to the end."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _PIECE.match(text, at)
        assert found is not None  # everything in it may be empty
        end = found.end()
        if end < len(text) and text[end] == '"':  # it is not closed
            end = len(text)
        field = "number" if found["hash"] and found["field"] is None else found["field"]
        begin, without = found.start("value"), bool(found["minus"])
        yield Piece(text[at:end], at, field, text[begin:end], begin, without)
        at = end


def read(text: str) -> Query:
    """The query that a text is. NotAQuery, with the place and a plain sentence, where it is none."""
    if len(text) > LONGEST:
        raise NotAQuery(f"A query has at most {LONGEST} characters.", LONGEST, len(text))
    found = tuple(pieces(text))
    if len(found) > MOST_TERMS:
        raise NotAQuery(f"A query has at most {MOST_TERMS} terms.", found[MOST_TERMS].at, len(text))
    return Query(tuple(map(_term, found)))


def _term(piece: Piece) -> Term:
    if piece.field is None:
        return _words(piece)
    field = _field(piece)
    if not piece.value:
        raise NotAQuery(f"Say what: {_how(field)}", piece.at, piece.end)
    if field.takes in {Takes.CHOICE, Takes.NAME}:
        return Term(field=field.name, values=_values(piece, field), without=piece.without)
    return Term(field=field.name, compared=_compared(piece, field), without=piece.without)


def _words(piece: Piece) -> Term:
    if piece.without:
        raise NotAQuery("A minus goes before a field, as in -owner:me.", piece.at, piece.end)
    _close(piece)
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|([^"]+)', piece.value)
    words = " ".join(_bare(quoted) if quoted else plain for quoted, plain in parts)
    if not words.strip():
        raise NotAQuery("Type a word between the quotes.", piece.at, piece.end)
    return Term(field=WORDS, values=(words,))


def _field(piece: Piece) -> Field:
    name = (piece.field or "").lower()
    if (found := FIELDS.get(name)) is not None:
        return found
    close = difflib.get_close_matches(name, FIELDS, n=1)
    hint = f"; did you mean {close[0]}:?" if close else f'. To look for the words, quote them: "{piece.text}".'
    raise NotAQuery(f"There is no field {piece.field}:{hint}", piece.at, piece.begin)


def _how(field: Field) -> str:
    """How a field is written, with an example."""
    takes = {
        Takes.CHOICE: f"{field.name}: takes {', '.join(field.choices)}.",
        Takes.NAME: f"for example {field.example}.",
        Takes.LENGTH: f"< or > and a time, for example {field.example}.",
        Takes.TIME: f"for example {field.name}:<2d, {field.name}:today or {field.name}:>=2026-11-01.",
        Takes.NUMBER: f"a number, for example {field.name}:12.",
    }
    return takes[field.takes]


def _values(piece: Piece, field: Field) -> tuple[str, ...]:
    parts = tuple(_parts(piece))
    low = tuple(dict.fromkeys(value.lower() for value, _ in parts))
    if field.takes is Takes.NAME:
        return tuple(dict.fromkeys(value.lower() if value.lower() in field.choices else value for value, _ in parts))
    for value, begin in parts:
        if value.lower() not in field.choices:
            raise NotAQuery(_no_such(field, value), begin, begin + len(value))
    return (ANY,) if field.name == "state" and ANY in low else low


def _no_such(field: Field, value: str) -> str:
    return f"{field.name}: does not know {value!r}; {nearest(value, field.choices)}"


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: the nearest known word, or all of them."""
    names = [str(name) for name in known]
    close = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {close[0]}?" if close else f"it takes {', '.join(names)}."


def _parts(piece: Piece) -> Iterator[tuple[str, int]]:
    """What stands between commas, out of its quotes, and where."""
    _close(piece)
    at, end = piece.begin, piece.begin + len(piece.value)
    while at < end:
        found = _PART.match(piece.value, at - piece.begin)
        if found is None:
            raise NotAQuery("A value is missing beside this comma.", at, at + 1)
        part = found[2] if found[1] is None else _bare(found[1])
        if not part:
            raise NotAQuery("Type a value between the quotes.", at, at + 2)
        yield part, at
        at = piece.begin + found.end()
        if at < end:
            if piece.value[at - piece.begin] != "," or at + 1 == end:
                raise NotAQuery("A value is missing beside this comma.", at, at + 1)
            at += 1


def _bare(quoted: str) -> str:
    """What stood between quotes."""
    return re.sub(r"\\(.)", r"\1", quoted)


def _close(piece: Piece) -> None:
    """NotAQuery where a quote is not closed."""
    if '"' in re.sub(r'"(?:[^"\\]|\\.)*"', "", piece.value):
        begin = piece.begin + piece.value.rindex('"')
        raise NotAQuery('A quote is not closed: type another ".', begin, piece.end)


def _compared(piece: Piece, field: Field) -> Compared:
    found = _SIGNED.fullmatch(piece.value)
    assert found is not None  # it matches anything
    sign, said = Sign(found[1] or "="), found[2].strip().lower()
    begin = piece.begin + len(found[1] or "")
    amount = _amount(field, said)
    if amount is None:
        raise NotAQuery(_not_an_amount(field, found[2]), begin, piece.end)
    if isinstance(amount, Length) and sign is Sign.IS:
        text = f"{field.name}:<{said} or {field.name}:>{said}"
        raise NotAQuery(f"Say on which side of it: {text}.", piece.begin, piece.end)
    return Compared(sign, amount)


def _amount(field: Field, said: str) -> Amount | None:
    """What was said as this field's amount; None where it is none."""
    if field.takes is Takes.NUMBER:
        return int(said) if re.fullmatch(r"\d{1,16}", said) and said.isascii() and int(said) < _HIGHEST else None
    if (found := _LENGTH.fullmatch(said)) and said.isascii():
        ms = int(found[1]) * _UNITS[found[2]]
        return Length(ms) if ms <= _LONGEST_LENGTH else None
    return _day(said) if field.takes is Takes.TIME else None


def _day(said: str) -> Day | None:
    if said in {"today", "yesterday"}:
        return Day(said)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return Day(said) if 1971 <= day.year <= 9000 else None


def _not_an_amount(field: Field, said: str) -> str:
    if field.takes is Takes.NUMBER:
        return f"{said!r} is no ticket's number: write one such as {field.name}:12."
    also = f", or {DAYS}" if field.takes is Takes.TIME else ""
    return f"{said!r} is no time that can be read here: write {LENGTHS}{also}."
