"""The round of all screens: every list, page, card and line that the desk has, one after the other at one seat.

``python -m tests.tui.rounds contrast-dark 80x24 FOLDER`` draws each as an SVG file, to be looked at.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.message import Channel
from tests.tui.house import ANA, BEN, House, busy
from tests.tui.noisy import loud, noisy
from tests.tui.seat import Seat, seat
from tests.tui.slow import Slow
from tui.likes import Likes
from tui.tour import Guide

NARROW, WIDE = (80, 24), (200, 60)


@dataclass(frozen=True, slots=True)
class Place:
    """One thing to look at: the keys that lead there from the place before, and words that stand there then.

    ``slow``: a call to the desk that takes as long as one stays; its second does, the first is over at once.
    ``told``: what a toast says.
    """

    name: str
    keys: tuple[str, ...]
    sees: tuple[str, ...]
    slow: str = ""
    told: str = ""


def _place(name: str, keys: str, *sees: str, slow: str = "", told: str = "") -> Place:
    """``keys`` with blanks between; what stands in quotes is typed."""
    pressed: list[str] = []
    for typed, key in re.findall(r"'([^']*)'|(\S+)", keys):
        pressed += [*typed] if typed else [key]
    return Place(name, tuple(pressed), sees, slow, told)


ROUND = (
    _place("the tour, at its first step", "", "Tour 1 of 11"),
    _place("a line selected, two of them", "space space", "2 selected"),
    _place("many: whom to give them to", "a", "Ben Adeyemi"),
    _place("many: what is done to them", "escape escape", "? keys"),
    _place("whom to give one to", "a", "Give ticket"),
    _place("the snooze menu", "escape s", "in 1 hour"),
    _place("the palette", "escape colon", "Commands"),
    _place("the palette, a command that can't be done", "'un'", "un"),
    _place("the palette, something wrong in it", "escape colon 'snooze yesterday' enter", "snooze yesterday"),
    _place("all keys", "escape question_mark", "Keys of the desk"),
    _place("all keys, found by a word", "'late'", "late"),
    _place("the filter line", "escape escape slash 'via:sms '", "via:sms"),
    _place("the filter line, something wrong in it", "'clock:'", "clock:"),
    _place("search", "escape escape f3 'level'", "found"),
    _place("how promises are kept now", "escape R", "How our promises"),
    _place("the figures of a month", "4", "This month"),
    _place("noise now", "escape I", "Noise now"),
    _place("an incident", "enter", "Who told of it"),
    _place("who goes there", "d", "I go"),
    _place("an incident that somebody goes to", "enter", "on the way: you"),
    _place("the noise map", "M", "noisy"),
    _place("who is here", "escape escape escape U", "Who is here?"),
    _place("a contact logged", "escape p", "Log"),
    _place("who is on", "escape colon 'on_duty' enter", "Ben"),
    _place("what is closed by hand", "escape colon 'close' enter", "lose"),
    _place("a PIN", "escape escape colon 'pin' enter", "PIN"),
    _place("a view is saved", "escape colon 'save_view' enter", "view"),
    _place("what is not right", "escape E", "right"),
    _place("mails", "escape 5 j", "Interlibrary loan"),
    _place("a ticket", "enter", "mail to"),
    _place("its history", "h", "gave it to Ana"),
    _place("its files", "S", "Save"),
    _place("kinds", "escape colon 'kind' enter", "enquiry"),
    _place("tags", "escape l", "ag"),
    _place("links", "escape f", "Merge"),
    _place("a warning", "escape A", "with you", told="yours already"),
    _place("a warning, and a card", "l", "Tags of", told="yours already"),
    _place("the macro picker", "escape m", "Which macro?", "Opening times"),
    _place("the macro picker, words in it", "'prin'", "Printer"),
    _place("the macro picker, nothing found", "'x'", "prinx"),
    _place("the composer", "escape escape r", "Reply to"),
    _place("the composer, with words", "'It is on its way.'", "It is on its way.", "1 draft"),
    _place("what wants a yes", "escape exclamation_mark", "pam"),
    _place("a note", "escape i", "colleagues"),
    _place("solved, how it went", "escape x", "olve"),
    _place("many: how far it has come", "escape escape escape 4 space space A", "Assigning 1 of 2", slow="assign"),
)
"""Each from where the one before was left; one that needs other keys needs another line here."""


@asynccontextmanager
async def made() -> AsyncIterator[House]:
    """A library with all that the round shows: noise, mails, files, chats, and a colleague who is on."""
    async with noisy(sealed=True) as library:
        await busy(library)
        await loud(library)
        await library.desk.set_presence(BEN, Channel.CHAT, True)
        macros = library.desk.macros
        await macros.share(ANA, "Opening times", "We are {open}.", becomes="solved", tags=("hours",))
        await macros.share(ANA, "Printer", "Paper is in tray 2, toner in the cupboard beside it.")
        await macros.save(ANA, "Lost property", "Dear {first_name}, we have your {what}.\n\n{me}")
        library.desk = Slow(library.desk)
        yield library


async def going_round(desk: Seat) -> AsyncIterator[Place]:
    """Go from place to place, and wait at each until it stands there."""
    slow = desk.worklist.sitting.desk
    assert isinstance(slow, Slow)
    for place in ROUND:
        slow.holds(place.slow, free=1)
        await desk.press(*place.keys)
        await desk.sees(*place.sees)
        if place.told:
            await desk.told(place.told)
            await desk.rests()
        yield place
        slow.goes_on.set()


async def at_rest(desk: Seat, place: Place) -> None:
    """Wait until nothing is on its way to the screen any more but what takes as long as one stays."""
    if place.slow:
        await desk.pilot.pause()
    else:
        await desk.rests()


async def pictures(theme: str, size: tuple[int, int]) -> list[tuple[str, str]]:
    """Each place by its name, with a picture of it as SVG."""
    likes = Likes(bell=False, theme=f"desk-{theme}")
    async with made() as library, seat(library, size=size, likes=likes, guide=Guide(), toasts=True) as desk:
        made_of = []
        async for place in going_round(desk):
            await at_rest(desk, place)
            made_of.append((place.name, desk.app.export_screenshot()))
    return made_of


def main(words: Sequence[str]) -> None:
    """What is said to the module."""
    theme, size, folder = words
    columns, lines = (int(each) for each in size.split("x"))
    Path(folder).mkdir(parents=True, exist_ok=True)
    for number, (name, svg) in enumerate(asyncio.run(pictures(theme, (columns, lines))), 1):
        file = f"{number:02} {re.sub(r'[^a-z]+', '-', name.lower())}.svg"
        (Path(folder) / file).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
