"""The wording of what a line texts by itself: ours in ``texts.toml``, the library's own in its file over it. Pure.

A library's file holds ``[texts]`` for all its lines and ``[texts.LINE]`` for one of them::

    [texts]
    question = "Where are you? Text the code on the poster."

    [texts.noiseline]
    first = "Thank you, we go and look. {anonymous}"
    crisis_fire = { text = "Leave now. Call 999.", approved_by = "Head of Safety", approved_on = 2026-09-01 }

A crisis text is sent only where its approval stands beside it, so that neither an upgrade nor an edit elsewhere
changes what was approved. An empty text is never sent. :mod:`helpdesk.noise.texts_file` reads and checks the files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources

from helpdesk.errors import Refused
from helpdesk.noise.concerns import PRIORITY, Concern
from helpdesk.places import TomlText
from helpdesk.segments import plain_gsm, segments

ANONYMOUS = "Staff can't see your number: don't text names."
"""What ``{anonymous}`` says on a sealed line."""

PLACEHOLDERS = ("library", "zone", "hours", "opens", "call", "anonymous")
"""What a template can be filled with."""

STAND_INS: Mapping[str, str] = {"zone": "your area", "hours": "by day", "opens": "the desk opens"}
"""What is said where a value is not known."""

LONGEST: Mapping[str, str] = {"hours": "day and night", "opens": "Wed 24 Dec 10:00"}
"""The longest that is said of hours and of the next opening (:mod:`helpdesk.noise.openings`)."""

CRISIS = "crisis_"

MARK = re.compile(r"\{([^{}]*)\}")
"""A placeholder in a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What fills the texts of one line.

    ``kind``      of its tickets: "noise" has the Noiseline's wording, every other the one for enquiries
    ``sealed``    whether its senders stay unknown
    ``call``      whom to call out of hours, a sentence; "" for nobody
    ``greeting``  the line's own first text, from the settings; "" for the one of the file
    ``zones``     the names of the places that its tickets can be about
    """

    kind: str
    sealed: bool
    library: str
    call: str = ""
    greeting: str = ""
    zones: tuple[str, ...] = ()

    @property
    def fixed(self) -> dict[str, str]:
        """The values that are the same for every text of the line."""
        return {"library": self.library, "call": self.call, "anonymous": ANONYMOUS if self.sealed else ""}

    @property
    def longest(self) -> dict[str, str]:
        """The longest value that each placeholder can have."""
        zone = max((*self.zones, STAND_INS["zone"]), key=lambda name: segments(plain_gsm(name)).used)
        return {**self.fixed, **LONGEST, "zone": zone}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One template.

    ``origin`` where it stands (file, line and key), for errors; ``approved_by`` and ``approved_on``: who has approved
    a crisis text, and when; "" and None where nobody has
    """

    template: str
    origin: str
    approved_by: str = ""
    approved_on: date | None = None


Wordings = Mapping[str, Wording]
"""Templates by their name: "first", "crisis_fire"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of one line. Made by :func:`helpdesk.noise.texts_file.texts_from_toml`."""

    wordings: Wordings
    filling: Filling

    def sends(self, name: str) -> bool:
        """Whether the text of that name is ever sent: there is one, and if it is a crisis text it is approved."""
        wording = self.wordings.get(name)
        if wording is None or not wording.template:
            return False
        return not name.startswith(CRISIS) or wording.approved_on is not None

    def approved(self, concern: Concern) -> bool:
        """Whether the library has approved the crisis text for a concern."""
        return self.sends(CRISIS + concern)

    @property
    def unapproved(self) -> tuple[Concern, ...]:
        """The concerns whose crisis text is not sent, most urgent first."""
        return tuple(concern for concern in PRIORITY if not self.approved(concern))

    def say(self, name: str, **values: str) -> str:
        """The text as it goes out; ``values`` are ``zone``, ``hours`` and ``opens``, as far as they are known.

        KeyError if the line has no text of that name; Refused if it is one that is not sent.
        """
        wording = self.wordings[name]
        if not self.sends(name):
            why = "is not approved" if wording.template else "is empty"
            raise Refused(f"The text {name!r} {why}, so it is not sent. `helpdesk check` says what to do.")
        known = {key: value for key, value in values.items() if value}
        return filled(wording.template, {**STAND_INS, **self.filling.fixed, **known})


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values, in the phones' own alphabet; a value that is empty leaves no gap."""
    return " ".join(plain_gsm(MARK.sub(lambda mark: values[mark[1]], template)).split())


def defaults() -> TomlText:
    """Our own wording."""
    text = resources.files("helpdesk.noise").joinpath("texts.toml").read_text("utf-8")
    return TomlText("texts.toml (ours)", text)
