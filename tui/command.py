"""What a command is, where it works, and under which heading it stands. The table is :mod:`tui.commands`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """A place where a command works."""

    WORKLIST = "worklist"
    TICKET = "ticket"
    INCIDENTS = "incidents"
    INCIDENT = "incident"
    COMPOSER = "composer"


LIST = frozenset({Where.WORKLIST})
TICKET = frozenset({Where.TICKET})
COMPOSER = frozenset({Where.COMPOSER})
READING = LIST | TICKET
INCIDENTS = frozenset({Where.INCIDENTS})
INCIDENT = frozenset({Where.INCIDENT})
NOISE = INCIDENTS | INCIDENT
BROWSING = READING | NOISE


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """What may be typed after a command's name on the ``:`` line; ``do_<id>`` gets it as ``rest``.

    ``words``   how it is written, for the help: "tomorrow 9, next Monday"
    ``values``  what it can be, where the table knows all of it
    ``among``   what it can be, where only the desk knows: a name in :data:`tui.completing.AMONG`
    """

    words: str
    values: tuple[str, ...] = ()
    among: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that staff can do.

    ``id``      its name for ever: what a keymap in the settings refers to
    ``keys``    Textual's names of its keys, the one that is shown first
    ``label``   two words for the footer
    ``help``    one line for the ``?`` screen
    ``footer``  its rank in the footer, 0 for not there; where room is short the highest numbers go first
    ``loud``    its rank where incidents are shown, 0 for the same as elsewhere
    ``shown``   how its keys are written, "" to derive it from ``keys``; ":pin" is what to type into the palette
    ``group``   the heading it stands under on the ``?`` screen
    ``takes``   what may follow its name on the ``:`` line, None for nothing
    ``also``    other words by which somebody may look for it
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: frozenset[Where]
    group: str
    footer: int = 0
    loud: int = 0
    shown: str = ""
    takes: Takes | None = None
    also: str = ""


MOVE, WORK, WRITE, LOOK, SIT = "Moving", "Working on a ticket", "Writing", "Looking", "At the desk"
FIGURES, LOUD = "For the figures", "Noise"
