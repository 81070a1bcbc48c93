"""Hostile text: nothing that a patron writes moves the cursor, hides a word or pushes a column."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.plain import STACK, cut, fit, many_lines, one_line, width, wrap

HOSTILE = {
    "a coloured title": "\x1b]0;owned\x07\x1b[31mred\x1b[0m",
    "C1 controls": "\x9b2J\x85next",
    "direction overrides": "invoice\u202egpj.exe\u2066x\u2069",
    "zero widths": "a\u200bb\u200cc\u200dd\ufeffe\u00adf",
    "tabs and lines": "one\ttwo\r\nthree\u2028four",
    "tag characters": "flag\U000e0067\U000e007f",
    "a pile of accents": "Z" + "\u0301" * 40 + "algo",
    "variation selectors": "heart \u2764\ufe0f red",
    "a lone surrogate": "half \ud83d pair",
    "fillers": "blank\u3164\u2800end",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_one_line_is_harmless(text: str) -> None:
    """No control, format or surrogate character is left, and no line break."""
    made = one_line(text)
    assert not [char for char in made if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert "\n" not in made
    made.encode("utf-8")


def test_controls_are_shown_as_signs_and_invisible_characters_go() -> None:
    """Somebody who reads it sees that something was there where it could have done harm."""
    assert one_line("\x1b[31mred") == "\ufffd[31mred"
    assert one_line("pay\u200bment") == "payment"
    assert one_line("gpj\u202e.exe") == "gpj.exe"


def test_accents_are_kept_but_not_piled_up() -> None:
    """Ordinary letters keep their marks; forty on one letter don't climb over the line above."""
    assert one_line("Nguye\u0302\u0303n") == "Nguye\u0302\u0303n"
    assert one_line("Z" + "\u0301" * 40).count("\u0301") == STACK


def test_a_body_keeps_its_lines() -> None:
    """Line breaks of every kind are line breaks, tabs are blanks."""
    assert many_lines("one\r\ntwo\rthree\n\tfour") == ["one", "two", "three", "    four"]


ANY = st.text(alphabet=st.characters(), max_size=60)
MIXED = st.text(alphabet=st.sampled_from("ab \u4e2d\u00e9\U0001f600\u0301\u200b\x1b\u202e"), max_size=60)


@given(st.one_of(ANY, MIXED), st.integers(0, 40))
def test_fit_makes_exactly_the_width(text: str, cells: int) -> None:
    """Whatever comes, the next column stands where it should."""
    assert width(fit(one_line(text), cells)) == cells


@given(st.one_of(ANY, MIXED), st.integers(1, 40))
def test_cut_never_makes_it_wider(text: str, cells: int) -> None:
    """At most as wide as asked, and as it is where it fits."""
    line = one_line(text)
    assert width(cut(line, cells)) <= cells
    if width(line) <= cells:
        assert cut(line, cells) == line


@given(MIXED, st.integers(4, 30))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, cells: int) -> None:
    """All letters are there in their order; only blanks at the breaks go."""
    line = one_line(text)
    pieces = wrap(line, cells)
    assert all(width(piece) <= cells for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(line.split())


def test_a_wrapped_line_keeps_its_indent() -> None:
    """Lists in mails stay lists."""
    assert wrap("  - one two three four", 12) == ["  - one two", "  three four"]
