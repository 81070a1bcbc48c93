"""Columns that the database hands over whole, each as one text, for rows that are counted and forgotten at once.

Where rows are many and much of each is long and alike, this is far cheaper than rows, or than groups: the database
would sort the rows by all that they have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from helpdesk.ports import Record

_BETWEEN = "\x1f"
"""Stands between values: no name of the library's has it."""

LETTERS = "abcdefghijkl"
"""What stands for words that are there often, see :func:`lettered`."""


def whole(named: Mapping[str, str]) -> str:
    """What to select: each expression over all rows, as one text; :func:`lists` reads them. None may be NULL."""
    return ", ".join(f"group_concat({each}, '{_BETWEEN}') AS {name}" for name, each in named.items())


def lists(rows: Sequence[Record], names: Iterable[str]) -> list[list[str]]:
    """The columns of these names; empty ones where there was no row."""
    texts = [rows[0][name] for name in names]
    return [[] if text is None else text.split(_BETWEEN) for text in texts]


def lettered(column: str, words: Iterable[str], otherwise: str) -> tuple[str, dict[str, str]]:
    """An expression that is one of :data:`LETTERS` where a column is one of these ``words``, in their order.

    Where it is none of them it is ``otherwise``, behind a mark. With it come the parameters that it names.
    """
    name = column.rpartition(".")[2]
    named = {f"{name}_{letter}": word for letter, word in zip(LETTERS, words, strict=False)}
    cases = "".join(f" WHEN :{each} THEN '{each[-1]}'" for each in named)
    marked = f"'=' || {otherwise}"
    return (f"CASE {column}{cases} ELSE {marked} END" if cases else marked), named


def spelt_out(said: str, meant: Sequence[str]) -> str:
    """What :func:`lettered` said: one of the words that were meant, or what it was otherwise."""
    return said[1:] if said[0] == "=" else meant[LETTERS.index(said)]
