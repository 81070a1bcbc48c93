"""A PIN of one's own: set, changed, taken away, and asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from textual.widgets import Input

from helpdesk.errors import Refused
from helpdesk.message import StaffId
from tests.tui.house import ANA, House, house
from tests.tui.seat import Seat, seat


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with one text."""
    async with house() as opened:
        await opened.texts("loud on level 3")
        yield opened


async def asks(desk: Seat, title: str) -> None:
    """Find the command by its name."""
    await desk.press("colon")
    await desk.sees("type to filter")
    await desk.press(*"my pin", "enter")
    await desk.sees(title)


async def fits(library: House, pin: str, who: StaffId = ANA) -> bool:
    """Whether somebody gets in with a PIN."""
    try:
        await library.desk.sign_in(who, pin=pin)
    except Refused:
        return False
    return True


async def test_a_pin_is_set_by_typing_it_twice(library: House) -> None:
    """It does not show, and the desk asks for it from then on."""
    async with seat(library) as desk:
        await asks(desk, "Set a PIN")
        await desk.press(*"4711", "enter", *"4711")
        assert "4711" not in desk.screen
        await desk.press("enter")
        await desk.told("Your PIN is set.")
        await desk.press("L")
        await desk.sees("The desk is locked.", "PIN of Ana Pereira")
        await desk.press(*"4711", "enter")
        await desk.sees("loud on level 3")
    assert await fits(library, "4711")
    assert not await fits(library, "")


async def test_a_pin_is_changed_with_the_old_one(library: House) -> None:
    """A wrong old one is refused in words, and nothing is changed by it."""
    await library.desk.set_pin(ANA, old="", new="4711")
    async with seat(library, asked=True) as desk:
        await desk.sees("PIN of Ana Pereira")
        await desk.press(*"4711", "enter")
        await desk.sees("loud on level 3")
        await asks(desk, "Change your PIN")
        await desk.press(*"0000", "enter", *"1234", "enter", *"1234", "enter")
        await desk.sees("That is not the PIN.")
        assert await fits(library, "4711")
        await desk.press(*"4711", "enter", *"1234", "enter", *"1234", "enter")
        await desk.told("Your PIN is changed.")
    assert await fits(library, "1234")
    assert not await fits(library, "4711")


async def test_who_guesses_is_told_to_wait(library: House) -> None:
    """On the lock, for how long; after that the right one opens it."""
    await library.desk.set_pin(ANA, old="", new="4711")
    async with seat(library, asked=True) as desk:
        await desk.sees("PIN of Ana Pereira")
        for _ in range(3):
            await desk.press(*"0000", "enter")
            await desk.sees("That is not the PIN. Try again.")
            await desk.until(lambda: not desk.app.screen.query_one("#answer", Input).value)
        await desk.press(*"4711", "enter")
        await desk.sees("Too many wrong PINs were typed for this name. Wait 1 second,")
        library.clock.passes(seconds=1)
        await desk.press(*"4711", "enter")
        await desk.sees("loud on level 3")


async def test_an_empty_new_pin_takes_it_away(library: House) -> None:
    """The old one is needed for that too."""
    await library.desk.set_pin(ANA, old="", new="4711")
    async with seat(library, asked=True) as desk:
        await desk.sees("PIN of Ana Pereira")
        await desk.press(*"4711", "enter")
        await desk.sees("loud on level 3")
        await asks(desk, "Leave the new one empty")
        await desk.press(*"4711", "enter", "enter")
        await desk.told("You have no PIN any more.")
    assert await fits(library, "")


async def test_what_is_mistyped_is_said(library: House) -> None:
    """Two that differ, none at all, letters; esc leaves it as it was."""
    async with seat(library) as desk:
        await asks(desk, "Set a PIN")
        await desk.press(*"4711", "enter", *"4712", "enter")
        await desk.sees("not the same both times")
        await desk.press("enter", "enter")
        await desk.sees("Type a PIN of 4 to 12 digits")
        await desk.press(*"abcd", "enter", *"abcd", "enter")
        await desk.sees("A PIN has 4 to 12 digits.")
        await desk.press("escape")
        await desk.until(lambda: "Set a PIN" not in desk.screen)
    assert await fits(library, "")


async def test_no_digit_goes_astray_however_fast_it_is_typed(library: House) -> None:
    """All keys at once, as from a paste."""
    async with seat(library) as desk:
        await asks(desk, "Set a PIN")
        for key in (*"4711", "enter", *"4711", "enter"):
            desk.app.simulate_key(key)
        await desk.told("Your PIN is set.")
    assert await fits(library, "4711")


async def test_a_card_with_several_lines_says_how_to_go_from_one_to_another(library: House) -> None:
    """One with a single line has nowhere to go."""
    await library.mails("Renewal", "Can I?")
    async with seat(library) as desk:
        await desk.press("colon", *"pin", "enter")
        await desk.sees("Set a PIN", "enter goes on   ↑ ↓ other lines   esc leaves it as it is")
        await desk.press("escape", "l")
        await desk.sees("Tags of ticket 1", "enter goes on   esc leaves it")
        await desk.press("escape", "colon", *"save_view", "enter")
        await desk.sees("enter goes on   ↑ ↓ other lines   esc leaves it")
