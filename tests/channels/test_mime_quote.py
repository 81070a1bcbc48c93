"""Quotes: folded where they run to the end, left in sight where the writer answers between or below."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import mime_quote

pytestmark = pytest.mark.filterwarnings(
    "ignore:'count' is passed as positional:DeprecationWarning"
)  # email_reply_parser


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Thanks!\n\nOn Mon, 1 Jun 2026, Library wrote:\n> At nine.\n>\n> Desk\n", "On Mon"),
        ("Thanks!\n\nOn Mon, 1 Jun 2026, Library <desk@library.example>\nwrote:\n\n> At nine.", "On Mon"),
        ("Merci\n\nLe lun. 1 juin 2026 à 10:00, Library a écrit :\n> À neuf heures.", "Le lun."),
        ("Danke\n\nAm 1.6.2026 schrieb Library:\n> Um neun.", "Am 1.6."),
        ("Thanks\n\n-----Original Message-----\nFrom: Library\nSent: today\n\nAt nine.", "-----Original"),
        ("Thanks\n\nFrom: Library <desk@library.example>\nSent: Monday\nTo: Ana\nSubject: Hours\n\nAt nine.", "From:"),
        ("Thanks\n\n> At nine.\n> Desk", "> At nine."),
    ],
)
def test_a_quote_at_the_end_is_folded(text: str, folded: str) -> None:
    """From its first line on, and the writer's words stay above."""
    start = mime_quote.find(text)
    assert start is not None
    assert text[start:].startswith(folded)
    assert text[:start].strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No quote here.\nNone at all.",
        "On Mon, Library wrote:\n> When?\n\nOn Sunday, please.",
        "Hello,\n\nOn Mon, Library wrote:\n> When?\nOn Sunday.\n> Where?\nUpstairs.",
        "> only a quote\n> and no word of one's own",
        "The sign says:\nno food\nno drink",
        "5 > 3 and so on\n",
    ],
)
def test_own_words_stay_in_sight(text: str) -> None:
    """Nothing is folded that the patron wrote now."""
    assert mime_quote.find(text) is None


_LINES = st.lists(
    st.sampled_from(
        ["", "mine", "> theirs", "On Mon, Lib wrote:", "wrote:", "From: Lib", "Sent: x", "-- ", "____", "On a"]
    ),
    max_size=14,
)


@given(_LINES)
def test_a_fold_hides_no_words_between_quotes(lines: list[str]) -> None:
    """However it is cut up: what is folded starts at a line, has words above, and no own words after a quoted line."""
    text = "\n".join(lines)
    start = mime_quote.find(text)
    if start is not None:
        assert start == 0 or text[start - 1] == "\n"
        assert text[:start].strip()
        below = text[start:].split("\n")
        quoted = [place for place, line in enumerate(below) if line.startswith(">")]
        if quoted and "-- " not in below:
            assert "mine" not in below[quoted[0] :]


def test_a_long_text_is_looked_at_in_part() -> None:
    """The offset counts in the whole text although its lines are cut for the search."""
    text = "x" * 3000 + "\n\nOn Mon, 1 Jun 2026, Library wrote:\n> At nine.\n"
    assert mime_quote.find(text) == 3002
    assert mime_quote.find("word\n" * 200_000 + "On Mon, Library wrote:\n> At nine.") is None
