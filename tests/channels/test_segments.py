"""Parts of a text message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.segments import segments

EMOJI = "\N{SLEEPING FACE}"


@pytest.mark.parametrize(
    ("text", "encoding", "parts", "used", "left"),
    [
        ("", "GSM-7", 1, 0, 160),
        ("Loud on level 3", "GSM-7", 1, 15, 145),
        ("x" * 160, "GSM-7", 1, 160, 0),
        ("x" * 161, "GSM-7", 2, 161, 145),
        ("x" * 306, "GSM-7", 2, 306, 0),
        ("x" * 307, "GSM-7", 3, 307, 152),
        ("£5 at the café\n", "GSM-7", 1, 15, 145),
        ("€" * 80, "GSM-7", 1, 160, 0),
        ("€" * 81, "GSM-7", 2, 162, 143),
        ("’" * 70, "UCS-2", 1, 70, 0),
        ("’" * 71, "UCS-2", 2, 71, 63),
        (EMOJI * 35, "UCS-2", 1, 70, 0),
        (EMOJI * 36, "UCS-2", 2, 72, 61),
    ],
)
def test_counts_as_a_carrier_does(text: str, encoding: str, parts: int, used: int, left: int) -> None:
    """The limits of both alphabets, at and beside their edges; a character of two units counts two."""
    size = segments(text)
    assert (size.encoding, size.parts, size.used, size.left) == (encoding, parts, used, left)


def test_a_pair_is_never_split() -> None:
    """An escaped character that would lie across two parts starts the next: 152 + 2 makes one more."""
    assert segments("x" * 152 + "[" + "x" * 152).parts == 3
    assert segments("x" * 153 + "[" + "x" * 151).parts == 2


def test_names_what_makes_the_text_dear() -> None:
    """The composer can tell which characters turned the text into UCS-2, each once."""
    assert segments("it’s loud, it’s " + EMOJI).odd == ("’", EMOJI)
    assert segments("it's loud {here}").odd == ()


@given(st.text(alphabet=st.sampled_from("ab[€’" + EMOJI), max_size=400))
def test_parts_never_exceed_what_they_can_hold(text: str) -> None:
    """Every part has room for what it holds, and no part more than needed is taken (one unit may be wasted a part)."""
    size = segments(text)
    limit = {"GSM-7": 153, "UCS-2": 67}[size.encoding]
    if size.parts > 1:
        assert size.used <= size.parts * limit
        assert size.used > (size.parts - 1) * (limit - 1)
    assert size.left >= 0


@given(st.text(max_size=200), st.text(max_size=50))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    """Typing on never makes a text shorter."""
    assert segments(text + more).parts >= segments(text).parts
