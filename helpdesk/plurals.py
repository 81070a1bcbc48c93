"""Counted things in words: "1 row", "1,200 rows"."""

from __future__ import annotations


def plural(count: int, thing: str, things: str = "") -> str:
    """ "1 text", "3 texts". ``thing`` may be more than a word; ``things`` is its plural, with an "s" unless given.

    So a verb may stand in both: ``plural(n, "row has problems", "rows have problems")``.
    """
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"
