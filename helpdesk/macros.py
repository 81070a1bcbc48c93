"""Texts that are written once and sent often, with blanks that the desk fills in. Pure.

::

    Dear {first_name},

    we have found your {what}. It is at the enquiry desk under your ticket's number, {number}.

    {me}, {library}

What the desk knows of a ticket it fills in (:data:`KNOWN`); any other name in braces is a blank for the writer. Nothing
goes out with a blank in it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from helpdesk.errors import Refused

Becomes = Literal["", "open", "waiting", "solved"]
"""What becomes of a ticket as a macro is sent; "" leaves it to the writer."""

KNOWN: Mapping[str, str] = {
    "name": "who wrote",
    "first_name": "their first name",
    "number": "the ticket's number",
    "subject": "its subject",
    "me": "your name",
    "my_first_name": "your first name",
    "library": "the library's name",
    "line": "the line that they wrote to",
    "open": "whether their line is open, as in open today until 18:00",
    "today": "the day, as in Monday 3 November",
}
"""What the desk fills in, and what that is."""

BLANK = re.compile(r"\{([a-z][a-z0-9_ ]{0,29})\}")
"""A blank in a text: its name in braces."""

_OTHER_BRACE = re.compile(r"\{[^{}\n]{0,30}\}?|\}")
"""A brace that belongs to no blank, with what follows it."""

LONGEST_NAME, LONGEST_TEXT, MOST_TAGS = 40, 8_000, 10
_TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A text of one's own, or one that the library shares.

    ``name``    what it is called, on one line
    ``shared``  everybody's, kept by leads; else its member's own
    ``becomes`` what becomes of the ticket as it is sent
    ``tags``    what the ticket is tagged with besides
    ``opener``  offered as the first line of a chat
    """

    name: str
    text: str
    shared: bool = False
    becomes: Becomes = ""
    tags: tuple[str, ...] = ()
    opener: bool = False


FRESH = Macro(name="", text="Dear {first_name},\n\n\n\n{me}, {library}")
"""What a new macro begins with."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with all that was known in it; ``blanks``: what is still to be written, in order, each once."""

    text: str
    blanks: tuple[str, ...]


def fill(text: str, facts: Mapping[str, str]) -> Filled:
    """What is known goes in; what is not stays marked, in its braces."""
    filled = BLANK.sub(lambda found: facts.get(found[1]) or found[0], text)
    return Filled(filled, blanks(filled))


def blanks(text: str) -> tuple[str, ...]:
    """The blanks of a text, in order, each once."""
    return tuple(dict.fromkeys(found[1] for found in BLANK.finditer(text)))


def blank_words(text: str) -> str:
    """Why a text can't be sent yet, "" if it can."""
    found = blanks(text)
    if not found:
        return ""
    named = ", ".join(f"{{{name}}}" for name in found)
    return f"{named} is still to be filled in: write what belongs there, or take it out, then send."


def like(typed: str, macros: Iterable[Macro]) -> tuple[Macro, ...]:
    """The macros that hold the letters that were typed, in their order; the closest first, one's own before others."""
    ranked = [(rank, macro) for macro in macros if (rank := _rank(typed, macro)) is not None]
    return tuple(macro for _, macro in sorted(ranked, key=lambda each: (each[0], each[1].shared, each[1].name)))


def _rank(typed: str, macro: Macro) -> tuple[int, int] | None:
    """How far a macro is from what was typed, None where it is not meant."""
    wanted, name = typed.casefold().strip(), macro.name.casefold()
    if wanted in name:
        return 0 if name.startswith(wanted) else 1, name.index(wanted)
    if (gaps := _gaps(wanted.replace(" ", ""), name)) is not None:
        return 2, gaps
    words = f"{name} {' '.join(macro.tags)} {macro.text.casefold()}"
    return (3, 0) if all(word in words for word in wanted.split()) else None


def _gaps(letters: str, name: str) -> int | None:
    """How many letters of a name are passed over on the way through those typed, None where they are not all there."""
    at, passed = 0, 0
    for letter in letters:
        found = name.find(letter, at)
        if found < 0:
            return None
        passed += found - at
        at = found + 1
    return passed


def checked(macro: Macro) -> Macro:
    """The macro, tidied. Refused, in words, where it can't be kept."""
    name, text = " ".join(macro.name.split()), macro.text.strip("\n")
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"A macro's name is a word or a few, {LONGEST_NAME} characters at most.")
    if not text.strip():
        raise Refused(f"Macro {name!r} says nothing yet. Write its text.")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"Macro {name!r} is too long: {LONGEST_TEXT:,} characters at most.")
    if (other := _OTHER_BRACE.search(BLANK.sub("…", text))) is not None:
        raise Refused(
            f"Macro {name!r}: {other[0]!r} is no blank, and would be sent as it stands. A blank is small letters"
            " between braces, such as {first_name} or {what}; write no other brace."
        )
    tags = tuple(sorted(set(macro.tags)))
    if wrong := [tag for tag in tags if not _TAG.fullmatch(tag)]:
        raise Refused(f"{wrong[0]!r} is no tag: write small letters, digits and hyphens.")
    if len(tags) > MOST_TAGS:
        raise Refused(f"A macro gives {MOST_TAGS} tags at most.")
    return Macro(name=name, text=text, shared=macro.shared, becomes=macro.becomes, tags=tags, opener=macro.opener)


# As text: what $EDITOR is given, and files

_HEAD = ("name", "shared", "then", "tags", "opener")
_THEN: Mapping[str, Becomes] = {"": "", "open": "open", "waiting": "waiting", "solved": "solved"}


def page(macro: Macro) -> str:
    """A macro to be edited: a few lines about it, an empty one, its text."""
    head = {
        "name": macro.name,
        "shared": "yes" if macro.shared else "no",
        "then": macro.becomes,
        "tags": " ".join(macro.tags),
        "opener": "yes" if macro.opener else "no",
    }
    return "\n".join(f"{name}: {head[name]}".rstrip() for name in _HEAD) + f"\n\n{macro.text}\n"


def from_page(written: str) -> Macro:
    """What :func:`page` wrote, as it was edited. Refused, in words, where it can't be read."""
    head, _, text = written.partition("\n\n")
    found: dict[str, str] = {}
    for line in head.strip().splitlines():
        name, colon, value = line.partition(":")
        if not colon or name.strip() not in _HEAD:
            raise Refused(f"{line[:40]!r} is not understood. First come {', '.join(_HEAD)}, then an empty line.")
        found[name.strip()] = value.strip()
    return checked(
        Macro(
            name=found.get("name", ""),
            text=text.rstrip(),
            shared=_yes(found.get("shared", "no"), "shared"),
            becomes=_becomes(found.get("then", "")),
            tags=tuple(found.get("tags", "").replace(",", " ").split()),
            opener=_yes(found.get("opener", "no"), "opener"),
        )
    )


def _yes(said: str, what: str) -> bool:
    if said.casefold() not in {"yes", "no", "true", "false", ""}:
        raise Refused(f"{what} is yes or no, not {said[:20]!r}.")
    return said.casefold() in {"yes", "true"}


def _becomes(said: str) -> Becomes:
    if said not in _THEN:
        raise Refused(f"then is open, waiting, solved or nothing, not {said[:20]!r}.")
    return _THEN[said]


def as_toml(macros: Sequence[Macro]) -> str:
    """Macros as a file."""
    return "\n".join(_table(macro) for macro in macros)


def _table(macro: Macro) -> str:
    lines = ["[[macro]]", f"name = {_string(macro.name)}"]
    lines += [f"then = {_string(macro.becomes)}"] if macro.becomes else []
    lines += [f"tags = [{', '.join(_string(tag) for tag in macro.tags)}]"] if macro.tags else []
    lines += ["opener = true"] if macro.opener else []
    text = "\n".join(_string(line)[1:-1] for line in macro.text.split("\n"))
    return "\n".join([*lines, f'text = """\n{text}\n"""', ""])


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'


def from_toml(text: str, *, shared: bool) -> tuple[Macro, ...]:
    """The macros of a file. Refused, in words, where it can't be read."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"The file is no TOML: {error}.") from None
    rows = found.get("macro", [])
    if set(found) - {"macro"} or not isinstance(rows, list):
        raise Refused("The file holds macros: each begins with [[macro]], then name and text.")
    return tuple(_row(row, shared) for row in rows)


def _row(row: object, shared: bool) -> Macro:
    if not isinstance(row, dict) or set(row) - {"name", "text", "then", "tags", "opener"}:
        raise Refused("A macro has name, text, then, tags and opener, and nothing else.")
    name, text, then, tags = row.get("name", ""), row.get("text", ""), row.get("then", ""), row.get("tags", [])
    if not all(isinstance(each, str) for each in (name, text, then)) or not isinstance(tags, list):
        raise Refused(f"Macro {str(name)[:40]!r}: name, text and then are texts, and tags is a list of them.")
    return checked(
        Macro(
            name=name,
            text=text,
            shared=shared,
            becomes=_becomes(then),
            tags=tuple(str(tag) for tag in tags),
            opener=row.get("opener") is True,
        )
    )
