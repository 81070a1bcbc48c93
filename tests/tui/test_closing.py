"""Closing by hand from the desk: what was typed, what is asked, and taking it back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import Instant, instant
from tests.tui.house import ANA, House
from tests.tui.seat import Seat, seat
from tui.closing import HOW, LENGTHS, Shut, closable, closed_until, typed_closing

LONDON = ZoneInfo("Europe/London")
LINES = {"help": "Enquiries", "noise": "Noiseline"}


def at(text: str) -> Instant:
    """A wall time in London."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


NOW = at("2026-11-23 12:10")


@pytest.mark.parametrize(
    ("typed", "what", "until", "why"),
    [
        ("chat until 14:00 fire alarm", "chat", "2026-11-23 14:00", "fire alarm"),
        ("text until tomorrow 9 burst pipe", "sms", "2026-11-24 09:00", "burst pipe"),
        ("all for 30 minutes drill", "all", "2026-11-23 12:40", "drill"),
        ("everything for an hour training for all", "all", "2026-11-23 13:10", "training for all"),
        ("mail for half an hour Ana is alone", "mail", "2026-11-23 12:40", "Ana is alone"),
        ("Enquiries for the rest of the day strike", "help", "2026-11-24 00:00", "strike"),
        ("noise until Wed 10:00 no guards", "noise", "2026-11-25 10:00", "no guards"),
        ("chat until 2 Dec 10:00 moving", "chat", "2026-12-02 10:00", "moving"),
        ("chat until 0:05 the night is short", "chat", "2026-11-24 00:05", "the night is short"),
        ("chat for 2 h until we are back", "chat", "2026-11-23 14:10", "until we are back"),
    ],
)
def test_what_is_typed_says_what_until_when_and_why(typed: str, what: str, until: str, why: str) -> None:
    """Channels and lines by their words, times as for snoozing, or a length."""
    assert typed_closing(typed, LINES, NOW, LONDON) == Shut(what=what, until=at(until), why=why)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("chat", HOW),
        ("chat until fire alarm", HOW),
        ("chat until 14:00", "Say why it closes"),
        ("chat until 11:00 fire alarm", "11:00 has gone by today. For the next day write: until tomorrow 11:00."),
        ("door until 14:00 fire alarm", "There is no line or channel"),
    ],
)
def test_what_is_missing_is_asked_for(typed: str, wrong: str) -> None:
    """In words that say how it is written."""
    with pytest.raises(ValueError, match=wrong):
        typed_closing(typed, LINES, NOW, LONDON)


def test_what_is_offered_can_be_read() -> None:
    """The lengths of the menu are written as people type them, and all are still to come."""
    assert all(closed_until(words, NOW, LONDON)[0] > NOW for words in LENGTHS)
    assert set(closable(LINES).values()) == {"all", "sms", "mail", "chat", "help", "noise"}


async def says(desk: Seat, line: str) -> None:
    """Type a line after ``:``."""
    await desk.press("colon")
    await desk.sees("Commands")
    await desk.press(*line, "enter")


async def test_closed_opened_and_taken_back(library: House) -> None:
    """``:close`` closes in one line, z takes it back, Z closes again; ``:open chat`` ends it."""
    async with seat(library) as desk:
        await says(desk, "close chat for 30 minutes fire alarm")
        await desk.told("Closed until 12:30: chat. z takes it back; :open chat ends it early.")
        [closing] = await library.desk.closings.current(ANA)
        assert (closing.what, closing.reason) == ("chat", "fire alarm")
        await desk.press("z")
        await desk.told("Taken back: closed until 12:30: chat.")
        assert await library.desk.closings.current(ANA) == ()
        await desk.press("Z")
        await desk.told("Done again: closed until 12:30: chat.")
        await says(desk, "open chat")
        await desk.told("Open again: chat.")
        assert await library.desk.closings.current(ANA) == ()


async def test_it_is_asked_what_until_when_and_why(library: House) -> None:
    """With nothing typed, in three cards; what is closed is told above the worklist."""
    async with seat(library) as desk:
        await says(desk, "close")
        await desk.sees("What closes?")
        await desk.press("enter")
        await desk.sees("For how long?")
        await desk.press("j", "enter")
        await desk.sees("Why is it closed until 12:30?")
        await desk.press(*"drill", "enter")
        await desk.told("Closed until 12:30: everything.")
        desk.app._look_for_trouble()
        await desk.sees("Everything is closed until 12:30 by Ana Pereira (drill).")


async def test_nothing_is_closed(library: House) -> None:
    """Said, with where opening hours are."""
    async with seat(library) as desk:
        await says(desk, "open chat")
        await desk.told("Nothing is closed by hand: opening hours are the calendar's.")
