"""What is counted is written with one word for one, and no half-sentence ends in two marks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpdesk.plurals import plural
from helpdesk.tables import nearest_end

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (1200, ("row",), "1,200 rows"),
        (1, ("row has problems", "rows have problems"), "1 row has problems"),
        (2, ("row has problems", "rows have problems"), "2 rows have problems"),
    ],
)
def test_one_is_not_several(count: int, words: tuple[str, ...], said: str) -> None:
    """The verb goes with it where it is given with both."""
    assert plural(count, *words) == said


def test_a_sentence_ends_once() -> None:
    """In the mark of its question, or in a full stop."""
    assert nearest_end("ticket.opend", ["ticket.opened"]) == "did you mean 'ticket.opened'?"
    assert nearest_end("x", ["one", "two"]) == "known: one, two."


def test_nobody_puts_a_full_stop_after_a_question() -> None:
    """What the program proposes may be a question: its end is left to ``nearest_end``."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("helpdesk", "channels", "tui")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"\bnearest\([^{}]*\)\}\.", line)
    ]
    assert found == []
