"""The guided tour: what it says, what ends a step, the whole of it key by key, and offering it once."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from helpdesk.commands.tour import newcomers
from helpdesk.message import Channel
from tests.line.listener import at_noon
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import seat
from tests.tui.terminal import Terminal, terminal
from tui.commands import COMMANDS
from tui.likes import Likes
from tui.line.session import greet
from tui.line.table import VERBS
from tui.newcomers import HOW, SPOKEN_OFFER, Newcomers
from tui.tour import OVER, SKIPS, STEPS, Guide, commands_of

TOUR = (sys.executable, "-m", "helpdesk.cli", "tour")
OPENED = (sys.executable, "-m", "tests.tui.opened")
SPOKEN = (*TOUR, "--line")


# What it says


def test_every_key_of_the_tour_is_a_commands() -> None:
    """No key is written by hand: each is taken from the table, and each verb is one of line mode."""
    ids, verbs = {each.id for each in COMMANDS}, {each.id for each in VERBS}
    for step in STEPS:
        assert commands_of(step.words) <= ids
        assert commands_of(step.spoken) <= verbs
        assert {act.removeprefix("verb ") for act in step.ends if act.startswith("verb ")} <= verbs
        assert not re.search(r"ctrl|\besc\b|\benter\b", step.words + step.spoken)
    assert commands_of(OVER) | commands_of(SKIPS) <= ids & verbs


def test_a_step_waits_for_what_it_asks_for() -> None:
    """Anything else leaves it where it is."""
    guide = Guide()
    assert not guide.saw("open")
    assert guide.saw("down")
    assert not guide.saw("replied")
    assert guide.saw("open")
    assert guide.words(str).startswith("Tour 3 of 11: take takes the ticket")


def test_every_step_can_be_skipped_and_the_tour_taken_again() -> None:
    """After the last it is over, and begins anew when it is asked for."""
    guide = Guide()
    for _ in STEPS:
        assert "skips it" in guide.words(str)
        guide.skip()
    assert guide.over
    assert guide.words(str).startswith("That was the tour.")
    assert not guide.saw("down")
    guide.skip()
    assert guide.words(str).startswith("Tour 1 of 11")


def test_each_member_is_told_of_the_tour_once(tmp_path: Path) -> None:
    """On one computer; where nothing can be kept, never. What is kept names nobody."""
    first = newcomers(environ={"XDG_STATE_HOME": str(tmp_path / "state")}).first
    assert [first(each) for each in (ANA, ANA, BEN, BEN, ANA)] == [True, False, True, False, False]
    assert len(kept := [path.name for path in (tmp_path / "state").rglob("*") if path.is_file()]) == 2
    assert not any(str(each) in name for name in kept for each in (ANA, BEN))
    assert not newcomers(environ={"XDG_STATE_HOME": "/dev/null"}).first(ANA)


# At the desk


async def test_the_tour_goes_with_what_is_done(library: House) -> None:
    """Each step by its real act, at 80 by 24; the strip hides neither a row nor the keys."""
    library.waits(one=30)
    await library.texts("loud on level 3")
    await library.texts("so loud", who="+447700900102")
    await library.mails("Renewal", "Can I renew?")
    async with seat(library, guide=Guide()) as desk:
        await desk.sees("Tour 1 of 11", "j goes down", "so loud", "Renewal", "? keys")
        await desk.press("j")
        await desk.sees("Tour 2 of 11")
        await desk.press("enter")
        await desk.sees("Tour 3 of 11")
        await desk.press("t")
        await desk.sees("Tour 4 of 11")
        await desk.press("r")
        await desk.sees("Tour 4 of 11", "Reply to")
        await desk.writes("We are on our way.")
        await desk.press("ctrl+s")
        await desk.sees("Tour 5 of 11", "z takes it back")
        await desk.press("z")
        await desk.sees("Tour 6 of 11", "We are on our way.")
        await desk.press("ctrl+s")
        await desk.sees("Tour 7 of 11")
        await desk.press("i")
        await desk.writes("Two of us.")
        await desk.press("ctrl+s")
        await desk.sees("Tour 8 of 11")
        await desk.press("escape", "3")
        await desk.sees("so loud")
        await desk.press("G", "enter")
        for _ in range(2):  # what is last may be the mail
            if "Tour 9" not in desk.screen:
                await desk.press("escape", "k", "enter")
        await desk.sees("Tour 9 of 11")
        await desk.press("s")
        await desk.sees("in 1 hour")
        await desk.press("enter")
        await desk.sees("Tour 10 of 11")
        await desk.press("ctrl+x")
        await desk.sees("Tour 11 of 11", "? shows all keys")
        await desk.press("question_mark")
        await desk.sees("Moving")
        await desk.press("escape")
        await desk.sees("That was the tour. q leaves")


async def test_a_remapped_key_is_the_one_that_the_tour_names(library: House) -> None:
    """And in the plain keymap that one's own."""
    await library.texts("loud on level 3")
    async with seat(library, guide=Guide(), likes=Likes(bell=False, keys={"down": "f11"})) as desk:
        await desk.sees("F11 goes down")
    async with seat(library, guide=Guide(), likes=Likes(bell=False, keymap="plain")) as desk:
        await desk.sees("↓ goes down")
        await desk.press("ctrl+x", "ctrl+x", "ctrl+x")
        await desk.sees("ctrl+r answers")


# Told of it


def once() -> Newcomers:
    """Each member is new one time."""
    known = set[str]()
    return Newcomers(first=lambda member: not (member in known or known.add(member)))  # type: ignore[func-returns-value]


OFFERED = "New here? ctrl+x shows you round"


async def test_who_is_new_is_told_of_the_tour(library: House) -> None:
    """In a line that goes by itself and takes no key; whoever does something else is not told again."""
    await library.texts("loud on level 3")
    told = once()
    async with seat(library, newcomers=told) as desk:
        await desk.until(lambda: any(OFFERED in toast for toast in desk.toasts))
        await desk.press("enter")
        await desk.sees("text to")
    async with seat(library, newcomers=told) as desk:
        await desk.rests()
        assert desk.toasts == []


async def test_who_was_at_another_desk_is_not_new(library: House) -> None:
    """Nor who is on the tour; a colleague who sits down at the same desk is."""
    await library.desk.set_presence(ANA, Channel.CHAT, True)
    async with seat(library, newcomers=once()) as desk:
        await desk.rests()
        assert desk.toasts == []
        await desk.press("U")
        await desk.sees("Who is here?", "Ben Adeyemi")
        await desk.press("down", "enter")
        await desk.until(lambda: any(OFFERED in toast for toast in desk.toasts))
    async with seat(library, newcomers=Newcomers(first=lambda member: True), guide=Guide()) as desk:
        await desk.rests()
        assert desk.toasts == []


async def test_a_remapped_key_is_the_one_that_is_told(library: House) -> None:
    """Of the settings."""
    likes = Likes(bell=False, keys={"tour": "f11"})
    async with seat(library, newcomers=once(), likes=likes) as desk:
        await desk.until(lambda: any("New here? F11 shows" in toast for toast in desk.toasts))


async def test_where_no_tour_can_be_given_the_desk_says_how_to_begin_one(library: House) -> None:
    """By its own key, or the colon."""
    async with seat(library) as desk:
        await desk.press("colon", *"tour", "enter")
        await desk.until(lambda: HOW in desk.toasts)


async def test_a_tour_that_fails_is_told(library: House) -> None:
    """A terminal that can't step aside says so, too."""
    async with seat(library, newcomers=Newcomers(tour=("nothing of that name",))) as desk:
        await desk.press("ctrl+x")
        await desk.until(lambda: any(toast.endswith(HOW) and toast != HOW for toast in desk.toasts))


async def test_the_tour_gets_the_terminal_and_gives_it_back() -> None:
    """ctrl+x: the tour runs on the same terminal; the desk stands there again when it is left."""
    async with terminal((*OPENED, "tours")) as screen:
        await screen.sees("hot food", "? keys")
        screen.press("\x18")
        await screen.sees("The tour opens in a moment", "the tour has it")
        screen.press("q\r")
        await screen.sees("hot food", "? keys")


async def test_line_mode_tells_of_it_in_a_sentence() -> None:
    """After the greeting, once."""
    async with at_noon() as here:
        here.talk.sitting.newcomers = once()
        await greet(here.talk)
        assert here.heard[-1] == SPOKEN_OFFER
        here.heard.clear()
        await greet(here.talk)
        assert SPOKEN_OFFER not in here.heard


# As a command


async def _next(screen: Terminal, step: int, keys: str, *words: str) -> None:
    screen.press(keys)
    await screen.sees(f"Tour {step} of 11", *words)


@pytest.mark.full
async def test_the_whole_tour_on_a_real_terminal() -> None:
    """80 by 24, with simulated patrons, in a library of its own."""
    async with terminal(TOUR) as screen:
        await screen.sees("Tour: patrons are simulated", "Tour 1 of 11", "text", "? keys")
        await _next(screen, 2, "j")
        await _next(screen, 3, "\r")
        await _next(screen, 4, "t")
        await _next(screen, 4, "r", "Reply to")
        screen.press("We come.")
        await screen.sees("We come.")
        await _next(screen, 5, "\x13")
        await _next(screen, 6, "z", "We come.")
        await _next(screen, 7, "\x13")
        screen.press("i")
        await screen.sees("Note")
        await _next(screen, 8, "Two.\x13")
        screen.press("\x1b")
        await screen.sees("1:Mine")
        screen.press("4")
        for _ in range(6):  # some texts are no noise
            screen.press("\r")
            await screen.sees("by text")
            if "Tour 9" in screen.text or "Noiseline" in screen.text:
                break
            screen.press("\x1bj")
            await screen.sees("1:Mine")
        await screen.sees("Tour 9 of 11")
        screen.press("s")
        await screen.sees("in 1 hour")
        await _next(screen, 10, "\r")
        await _next(screen, 11, "\x18")
        screen.press("?")
        await screen.sees("Moving")
        screen.press("\x1b")
        await screen.sees("That was the tour. q leaves")
        screen.press("q")
        assert await screen.ended() == 0


@pytest.mark.full
async def test_the_tour_is_spoken_as_well() -> None:
    """In line mode, to the first steps."""
    async with terminal(SPOKEN, env={"TERM": "dumb"}, size=(80, 50)) as screen:
        await screen.sees("Tour 1 of 11: Say list")
        screen.press("list\r")
        await screen.sees("Tour 2 of 11: Say open")
        screen.press("tour\r")
        await screen.sees("Tour 3 of 11: Say take")
        screen.press("take\r")
        await screen.sees("Tour 4 of 11: Say reply")
        screen.press("reply We come.\r")
        await screen.sees("Tour 5 of 11")
        screen.press("undo\r")
        await screen.sees("Tour 6 of 11")
        screen.press("quit\r")
        assert await screen.ended() == 0
