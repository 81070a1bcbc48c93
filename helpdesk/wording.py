"""Text as members type it: without control characters and halves of letters, not empty, not endless."""

from __future__ import annotations

import unicodedata

from helpdesk.errors import Refused

TEXT_LIMIT = 100_000
"""The longest reply or note, in characters."""

REASON_LIMIT = 500
"""The longest reason, in characters."""


def written(text: str) -> str:
    """A reply or note; Refused if there is nothing in it, or too much."""
    clean = plain(text)
    if not clean.strip():
        raise Refused("There is nothing to send yet. Write something first.")
    if len(clean) > TEXT_LIMIT:
        raise Refused(f"This text has {len(clean):,} characters; {TEXT_LIMIT:,} is the most. Send it in parts.")
    return clean.strip("\n")


def reason(text: str, *, ask: str = "Say why in a few words.", most: int = REASON_LIMIT) -> str:
    """Why something was done, on one line; Refused with ``ask`` if it is empty, and if it is over ``most`` letters."""
    clean = " ".join(plain(text).split())
    if not clean:
        raise Refused(ask)
    if len(clean) > most:
        raise Refused(f"This has {len(clean):,} letters; {most:,} is the most. Say it more briefly.")
    return clean


def plain(text: str) -> str:
    """The text with its line ends as newlines, and without what no screen can show."""
    return "".join(letter for letter in text.replace("\r\n", "\n") if letter in "\n\t" or _shows(letter))


def _shows(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cs"}
