"""Whether a statement stays with one library: what a database that is sharded by library id asks of it.

For SQL as it is written here. Every sharded table that a statement names must be tied to ``:library``: by itself, or by
a table of the same statement that is. An INSERT must say that its row is the library's; nothing moves a row to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from helpdesk.store.dialect import migration
from helpdesk.store.schema import migrations

_TOKEN = re.compile(r"'(?:[^']|'')*'|--[^\n]*|[:$]\w+|\w+(?:\.(?:\w+|\*))?|[^\s\w]")
_SELECTS = {"SELECT", "WITH", "VALUES"}
_NAMES_A_TABLE = {"FROM", "JOIN", "UPDATE", "INTO"}
_NAMES_NONE = {"DO", "FOR", "DISTINCT"}
"""Words before which UPDATE or FROM names no table."""
_NO_ALIAS = frozenset(
    "ON WHERE JOIN LEFT INNER CROSS SET VALUES GROUP ORDER LIMIT SELECT USING RETURNING DEFAULT FOR , ( )".split()
)
_OURS = {":library", "$1"}
_PUTS_OURS = re.compile(r"\( library\b.* (VALUES \( (:library|\$1)|SELECT (:library|(\w+\.)?library))\b")
_KEY_WITHOUT = re.compile(r"ON CONFLICT \( (?!library\b)")

Nested = list["str | Nested"]


@dataclass(slots=True)
class Scope:
    """A statement, or a SELECT within it, without the SELECTs that are in brackets.

    ``tables``  what it calls the sharded tables that it names
    ``ties``    what it says is equal, where it is about libraries
    """

    around: Scope | None
    words: list[str] = field(default_factory=list)
    within: list[Nested] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    ties: list[tuple[str, str]] = field(default_factory=list)


@cache
def schema() -> tuple[str, ...]:
    """All that the migrations say to PostgreSQL."""
    return tuple(each for number, text in migrations() for each in migration(number, text))


@cache
def tables() -> frozenset[str]:
    """The tables that they make."""
    return frozenset(name for each in schema() for name in re.findall(r"^CREATE TABLE (\w+)", each))


def strays(text: str, sharded: frozenset[str]) -> list[str]:
    """The tables of a statement that are not tied to one library, as it calls them; [] where all are."""
    tokens = [each for each in _TOKEN.findall(text) if not each.startswith("--")]
    return [name for scope in _scopes(_nested(iter(tokens)), None, sharded) for name in _untied(scope)]


def _nested(tokens: Iterator[str]) -> Nested:
    """Brackets become lists."""
    found: Nested = []
    for token in tokens:
        if token == ")":
            break
        found.append(_nested(tokens) if token == "(" else token)
    return found


def _scopes(nested: Nested, around: Scope | None, sharded: frozenset[str]) -> Iterator[Scope]:
    for part in _parts(nested):
        scope = Scope(around)
        _fill(scope, part)
        scope.tables = list(_tables(scope.words, sharded))
        scope.ties = list(_ties(scope))
        yield scope
        for each in scope.within:
            yield from _scopes(each, scope, sharded)


def _parts(nested: Nested) -> Iterator[Nested]:
    """What stands on both sides of each UNION."""
    part: Nested = []
    for each in nested:
        if each == "UNION":
            yield part
            part = []
        else:
            part.append(each)
    yield part


def _fill(scope: Scope, nested: Nested) -> None:
    for each in nested:
        if isinstance(each, str):
            scope.words.append(each)
        elif each and isinstance(each[0], str) and each[0] in _SELECTS:
            scope.within.append(each)
            scope.words.append("()")
        else:
            scope.words.append("(")
            _fill(scope, each)
            scope.words.append(")")


def _tables(words: Sequence[str], sharded: frozenset[str]) -> Iterator[str]:
    """What sharded tables are called; one that rows are put into must say whose they are."""
    for n, word in enumerate(words):
        if word not in _NAMES_A_TABLE or (n and words[n - 1] in _NAMES_NONE):
            continue
        name, behind = words[n + 1], [each for each in words[n + 2 : n + 4] if each != "AS"]
        if name not in sharded:
            continue
        if word == "INTO":
            yield from [] if _puts_ours(words[n + 2 :]) else [name]
        else:
            yield behind[0] if behind and behind[0] not in _NO_ALIAS else name


def _puts_ours(words: Sequence[str]) -> bool:
    """Whether a row's first column is its library, and is ours; and where it is there already, the key says so, too."""
    text = " ".join(words)
    return _PUTS_OURS.match(text) is not None and not _KEY_WITHOUT.search(text)


def _ties(scope: Scope) -> Iterator[tuple[str, str]]:
    words = [each for each in scope.words if each != "AS"]
    for made, name in pairwise(words):
        if made == "()":  # a SELECT in brackets under a name: what is in it is looked at by itself
            yield name, ":library"
    for left, sign, right in zip(words, words[1:], words[2:], strict=False):
        if sign == "=" and any(_library(each) for each in (left, right)):
            yield _whose(scope, left), _whose(scope, right)


def _library(word: str) -> bool:
    return word in {"library", *_OURS} or word.endswith(".library")


def _whose(scope: Scope, word: str) -> str:
    """The table that a library is said of; for a bare column it is the scope's first."""
    if word in _OURS:
        return ":library"
    if word == "library":
        return scope.tables[0] if scope.tables else word
    return word.removesuffix(".library")


def _untied(scope: Scope) -> list[str]:
    """The tables of a scope that nothing ties to the library, in it or around it."""
    ties, around = list(scope.ties), scope.around
    while around is not None:
        ties += around.ties
        around = around.around
    tied = {":library"}
    while more := {name for tie in ties for name in tie if tied.intersection(tie)} - tied:
        tied |= more
    return [name for name in scope.tables if name not in tied]
