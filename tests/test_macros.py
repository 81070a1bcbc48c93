"""Macros: blanks that are filled, marked and found again; names found by a few letters; pages and files."""

from __future__ import annotations

import re

import pytest

from helpdesk.errors import Refused
from helpdesk.macros import (
    Macro,
    as_toml,
    blank_words,
    blanks,
    checked,
    fill,
    from_page,
    from_toml,
    like,
    page,
)

OPENING = Macro(name="Opening times", text="Dear {first_name},\n\nwe open at {time}.\n\n{me}", tags=("hours",))
PRINTER = Macro(name="Printer", text="Paper is in tray 2.", shared=True, becomes="solved")
LOST = Macro(name="Lost property", text="We have your {what}.", shared=True, opener=True)


def test_what_is_known_is_filled_in_and_the_rest_stays_marked() -> None:
    """A fact that is empty is not known; each blank is named once, in order."""
    filled = fill("{first_name}, {first_name}: {what} and {name}, {me}", {"first_name": "Jo", "me": "Ana", "name": ""})
    assert filled.text == "Jo, Jo: {what} and {name}, Ana"
    assert filled.blanks == ("what", "name")


def test_only_names_in_braces_are_blanks() -> None:
    """Neither code nor what is filled in is taken for one."""
    assert blanks("{} {A} {1} { x } {a: 1} {what it is}") == ("what it is",)
    assert fill("{subject}", {"subject": "{me}"}).text == "{me}"


def test_a_text_with_a_blank_says_what_to_do() -> None:
    """And one without says nothing."""
    assert blank_words("We have your {what}.") == (
        "{what} is still to be filled in: write what belongs there, or take it out, then send."
    )
    assert blank_words("We have your coat.") == ""


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["Opening times", "Lost property", "Printer"]),
        ("pr", ["Printer", "Lost property"]),
        ("opt", ["Opening times", "Lost property"]),
        ("lp", ["Lost property"]),
        ("hours", ["Opening times"]),
        ("tray", ["Printer"]),
        ("zz", []),
    ],
)
def test_a_few_letters_find_it(typed: str, names: list[str]) -> None:
    """The beginning of a name first, then letters in their order, then words of its text and its tags."""
    assert [macro.name for macro in like(typed, (PRINTER, LOST, OPENING))] == names


@pytest.mark.parametrize("macro", [OPENING, PRINTER, LOST])
def test_a_page_says_all_of_it(macro: Macro) -> None:
    """What $EDITOR is given comes back as it was."""
    assert from_page(page(macro)) == macro


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("name: x\n\n", "says nothing yet"),
        ("name:\n\ntext", "name is a word or a few"),
        ("name: x\nthen: closed\n\ntext", "then is open, waiting, solved or nothing"),
        ("name: x\nshared: perhaps\n\ntext", "shared is yes or no"),
        ("name: x\ncolour: red\n\ntext", "'colour: red' is not understood"),
        ("name: x\ntags: Big\n\ntext", "'Big' is no tag"),
    ],
)
def test_a_page_that_can_t_be_read_says_what_to_change(written: str, words: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Refused, match=words.replace("(", r"\(")):
        from_page(written)


def test_a_file_comes_in_as_it_went_out() -> None:
    """Quotes, backslashes and empty lines, too."""
    odd = Macro(name='Say "hello"', text='C:\\temp\n\n"""quoted"""\nend', opener=True)
    assert from_toml(as_toml([OPENING, odd]), shared=False) == (OPENING, odd)
    assert from_toml(as_toml([PRINTER]), shared=True) == (PRINTER,)


@pytest.mark.parametrize("text", ["[[macro]", "x = 1", "[[macro]]\nname = 3\ntext = 'x'", "[[macro]]\nfoo = 1"])
def test_a_file_that_is_none_is_refused(text: str) -> None:
    """With words, not with a trace."""
    with pytest.raises(Refused):
        from_toml(text, shared=True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Dear {First_Name},", "{First_Name}"),
        ("Dear {first-name},", "{first-name}"),
        ("Dear { name },", "{ name }"),
        ("Dear {first_name,", "{first_name,"),
        ("Dear first_name},", "}"),
        ("{{name}}", "{…}"),
        ("{}", "{}"),
        ("{" * 8_000, "{"),
    ],
)
def test_a_brace_that_is_no_blank_is_refused_before_it_reaches_anybody(text: str, shown: str) -> None:
    """It would be sent as it stands; what is kept has blanks only."""
    with pytest.raises(Refused, match=re.escape(f"{shown!r} is no blank")):
        checked(Macro(name="x", text=text))


def test_too_long_is_refused() -> None:
    """A macro is a text, not a book."""
    with pytest.raises(Refused, match="too long"):
        checked(Macro(name="x", text="y" * 9_000))
