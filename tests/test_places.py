"""Where the keys of a TOML text stand: what errors point at."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.errors import BadConfig
from helpdesk.places import TomlText, line_of, lines
from helpdesk.settings.starter import Choices, calendars_text, settings_text
from helpdesk.standards import presets_text
from helpdesk.tables import Key, Table, WrongKey

TEXT = '''\
# calendars = "not this"
title = "a # in a string, and [brackets]"
[calendars.main]   # a comment
zone = "UTC"
week = { mon = "09:00-17:00", tue-wed = ["10:00-12:00", "14:00-16:00"] }
notes = """
[calendars.other]
zone = "not a key"
"""
literal = \'\'\'
# no comment \'\'\'
"quoted.name" = 1
dotted . "na\\u006De" = 2
list = [
    "one",   # [two]
    { from = 2026-12-24,
      to = 2027-01-03 },
]

[[calendars.main.periods]]
name = "Term"
week = {}

[[calendars.main.periods]]
name = "Vacation"
[calendars.main.periods.week]
mon = ""
[[calendars.main.periods.notes]]
text = "deep"

[calendars]
later = true
'''

PLACES: dict[Key, int] = {
    ("title",): 2,
    ("calendars", "main"): 3,
    ("calendars", "main", "zone"): 4,
    ("calendars", "main", "week", "mon"): 5,
    ("calendars", "main", "week", "tue-wed", 2): 5,
    ("calendars", "main", "notes"): 6,
    ("calendars", "main", "literal"): 10,
    ("calendars", "main", "quoted.name"): 12,
    ("calendars", "main", "dotted"): 13,
    ("calendars", "main", "dotted", "name"): 13,
    ("calendars", "main", "list", 1): 15,
    ("calendars", "main", "list", 2): 16,
    ("calendars", "main", "list", 2, "from"): 16,
    ("calendars", "main", "list", 2, "to"): 17,
    ("calendars", "main", "periods", 1): 20,
    ("calendars", "main", "periods", 1, "week"): 22,
    ("calendars", "main", "periods", 2): 24,
    ("calendars", "main", "periods", 2, "name"): 25,
    ("calendars", "main", "periods", 2, "week"): 26,
    ("calendars", "main", "periods", 2, "week", "mon"): 27,
    ("calendars", "main", "periods", 2, "notes", 1, "text"): 29,
    ("calendars",): 31,
    ("calendars", "later"): 32,
}


# Inline tables over several lines are TOML 1.1: Python's reader takes them from 3.15 on.
READABLE = TEXT.replace("2026-12-24,\n      to", "2026-12-24, to")


@pytest.mark.parametrize("key", PLACES, ids=str)
def test_every_key_has_its_line(key: Key) -> None:
    """Tables, arrays of tables, inline ones, dotted and quoted keys; nothing in strings or comments."""
    assert lines(TEXT)[key] == PLACES[key]


def test_what_is_no_key_has_no_line() -> None:
    """A table in a long string is none; the nearest table around a missing key is pointed at."""
    found = lines(TEXT)
    assert ("calendars", "other") not in found
    assert line_of(found, ("calendars", "main", "periods", 2, "from")) == 24
    assert line_of(found, ("standards", "x")) == 0


def keys_of(values: Any, path: Key = ()) -> set[Key]:
    """Every path of a parsed document, places in arrays counted from 1."""
    inner = enumerate(values, 1) if isinstance(values, list) else values.items() if isinstance(values, dict) else ()
    return {path} - {()} | {key for name, value in inner for key in keys_of(value, (*path, name))}


@pytest.mark.parametrize(
    "text", [READABLE, presets_text(), calendars_text("Europe/London"), settings_text(Choices(mail="a@b.example"))]
)
def test_the_same_keys_as_tomllib_reads(text: str) -> None:
    """No key more and none less, each on a line that names it."""
    found = lines(text)
    assert set(found) == keys_of(tomllib.loads(text))
    written = text.splitlines()
    for path, number in found.items():
        if path[-1] != "name" and isinstance(path[-1], str):
            assert path[-1] in written[number - 1]


@given(st.text(alphabet="ab.=[]{}\"'#\n, \\1", max_size=60))
def test_any_text_ends(text: str) -> None:
    """Also one that is no TOML at all: it is never asked, but it must not hang."""
    lines(text)


@given(st.dictionaries(st.text(max_size=6), st.text(max_size=20), max_size=5), st.integers(0, 3))
def test_strings_of_any_kind_are_stepped_over(values: dict[str, str], blank: int) -> None:
    """Whatever stands in quotes, the key after it has its own line."""
    written = [f"{_quoted(name)} = {_quoted(value)}" for name, value in values.items()]
    text = "\n" * blank + "\n".join([*written, "last = 1", ""])
    found = lines(text)
    assert found[("last",)] == blank + len(values) + 1
    assert set(found) >= {(name,) for name in values}


def _quoted(text: str) -> str:
    return (
        '"'
        + "".join(f"\\U{ord(sign):08X}" if sign in '"\\' or ord(sign) < 32 or sign == "\x7f" else sign for sign in text)
        + '"'
    )


def test_an_error_gets_its_line() -> None:
    """The file, the line, the key, the remedy."""
    source = TomlText("hours.toml", TEXT)
    period = Table("calendars", tomllib.loads(READABLE)["calendars"]).table("main").tables("periods")[1]
    assert source.said(period.wrong("from", "is missing")) == (
        "hours.toml:24: calendars.main.periods[2].from: is missing"
    )
    assert source.said(BadConfig("is empty")) == "hours.toml: is empty"
    assert source.said(WrongKey("gone", ("nowhere",))) == "hours.toml: gone"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nb = \n", "f.toml:2: this is not TOML: Invalid value."),
        ("[a.b]\n[c]\n[a.b]\n", "f.toml:3: [a.b] is written twice: leave it in one place, or give one of them another"),
        ("[a]\nb = 1\nb = 2\n", "f.toml:3: this key is written twice: leave it in one place."),
    ],
)
def test_a_text_that_is_no_toml(text: str, said: str) -> None:
    """The line, and what to do where that is known."""
    with pytest.raises(BadConfig) as error:
        TomlText("f.toml", text).values()
    assert str(error.value).startswith(said)
