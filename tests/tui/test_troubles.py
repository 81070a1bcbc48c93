"""Trouble at the desk: a few lines that say which key shows all of it, and the page that has it whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.clock import HOUR, Instant, plus
from helpdesk.sight import Notice
from helpdesk.store.verbs import notices
from tests.tui.house import House
from tests.tui.rows import EYE, NOON
from tests.tui.seat import seat
from tui.plain import width
from tui.troubles import notice_lines, troubles_heading, troubles_lines
from tui.words import Line

SUSPENDED = "Texts can't be sent: the account is suspended."
RELAY = (
    "Mail can't be sent: mail.library.example does not answer on port 465. What is written waits, and goes out later. "
    "Ask whoever looks after the network whether the relay is up, then run `helpdesk probe --line help` to see that "
    "a mail comes through."
)
PROBE = (
    "The probe of the line 'noise' has failed three times: no text came back within 10 minutes. Look at the carrier's "
    "page for outages. If it says nothing, send a text to the line by hand, and see whether it comes."
)
NARROW, WIDE = (80, 24), (200, 60)


def text(line: Line) -> str:
    """A line without its tones."""
    return "".join(part for part, _ in line).rstrip()


def trouble(words: str, *, level: str = "error", since: Instant = NOON) -> Notice:
    """One notice."""
    return Notice(key=words[:12], level=level, text=words, since=since)


def above(*found: Notice, cells: int = 80) -> list[str]:
    """The lines above the footer."""
    return [text(line) for line in notice_lines(found, cells, "E")]


def test_what_fits_is_shown_whole() -> None:
    """And needs no page."""
    assert above() == []
    assert above(trouble(SUSPENDED)) == [f" ! {SUSPENDED}"]
    assert len(above(trouble(RELAY), cells=200)) == 2
    assert not any("…" in line or "E shows" in line for line in above(trouble(RELAY), cells=200))


def test_errors_come_before_warnings_and_take_little_room() -> None:
    """At most three lines, the last of which says how many there are and which key shows them."""
    levels = ["warning", "error", "warning", "warning", "error"]
    found = [trouble(f"{each} {at}", level=each, since=plus(NOON, at)) for at, each in enumerate(levels)]
    assert above(*found) == [" ! error 1", " ! error 4", "   5 troubles: E shows them whole"]


def test_what_does_not_fit_is_seen_to_be_cut() -> None:
    """One that is too long, or several: the end is a sign that there is more."""
    first, second, last = above(trouble(RELAY))
    assert first.startswith(" ! Mail can't be sent")
    assert second.endswith("…")
    assert last == "   E shows it whole"
    first, second, last = above(trouble(RELAY), trouble(PROBE))
    assert first.endswith("…")
    assert second.endswith("…")
    assert last == "   2 troubles: E shows them whole"


@pytest.mark.parametrize("cells", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_screen(cells: int) -> None:
    """Above the footer and on the page."""
    found = [trouble(RELAY), trouble(PROBE, level="warning")]
    lines = [*notice_lines(found, cells, "E"), *troubles_lines(found, "", EYE, cells)]
    assert all(sum(width(part) for part, _ in line) <= max(cells, 40) for line in lines)


def test_the_page_has_every_word_and_since_when() -> None:
    """Levels in words; errors first."""
    found = [trouble(PROBE, level="warning", since=plus(NOON, -HOUR)), trouble(RELAY, since=plus(NOON, -26 * HOUR))]
    lines = [text(line) for line in troubles_lines(found, "", EYE, 80)]
    said = " ".join(line.strip() for line in lines)
    assert said.index(RELAY) < said.index(PROBE)
    assert lines[0] == " Error, since Sun 22 Nov 10:00"
    assert " Warning, since 11:00" in lines
    assert text(troubles_heading(found)) == " What is not right   2 troubles"


def test_the_page_says_when_all_is_well_and_when_nobody_answers() -> None:
    """Nothing is a sentence; what was known before the line broke is said to be of before."""
    assert "Nothing." in text(troubles_lines([], "", EYE, 80)[0])
    broken = [text(line) for line in troubles_lines([trouble(RELAY)], "The server does not answer since 9:00", EYE, 80)]
    assert broken[0] == "   The server does not answer since 9:00"
    assert broken[1] == " What was known before:"
    just_now = troubles_lines([replace(trouble(RELAY), since=NOON)], "", EYE, 80)
    assert text(just_now[0]) == " Error"


async def broken(library: House) -> None:
    """Three troubles, each longer than a line."""
    for key, level, words in (
        ("mail", "error", RELAY),
        ("probe:noise", "error", PROBE),
        ("line:ask", "warning", SUSPENDED),
    ):
        await library.store.write(notices.raise_notice, key, level, words, library.clock.now())


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x60"])
async def test_a_key_shows_all_of_it(library: House, size: tuple[int, int]) -> None:
    """E opens the page, esc leads back; every word is on it."""
    await broken(library)
    library.clock.passes(minutes=5)
    async with seat(library, size=size) as desk:
        await desk.sees("3 troubles: E shows them whole")
        await desk.press("E")
        await desk.sees("What is not right", "3 troubles", "Error, since 12:00", "Warning, since 12:00")
        shown = " ".join(desk.screen.split())
        assert all(words in shown for words in (RELAY, PROBE, SUSPENDED))
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)


async def test_the_page_scrolls(library: House) -> None:
    """What does not fit on 80 by 24 comes with j."""
    await broken(library)
    for at in range(4):
        await library.store.write(notices.raise_notice, f"zone:{at}", "warning", PROBE, library.clock.now())
    library.clock.passes(minutes=1)
    await library.store.write(notices.raise_notice, "z", "warning", "The very last one.", library.clock.now())
    async with seat(library, size=NARROW) as desk:
        await desk.sees("8 troubles: E shows")
        await desk.press("E")
        await desk.sees("What is not right", "8 troubles", RELAY[:30])
        assert "The very last one." not in desk.screen
        await desk.press("pagedown", "pagedown", "pagedown")
        await desk.sees("The very last one.")


async def test_toasts_lie_over_neither_trouble_nor_footer(library: House) -> None:
    """They stand above both, also on the smallest screen."""
    await broken(library)
    async with seat(library, size=NARROW, toasts=True) as desk:
        await desk.sees("3 troubles: E shows them whole")
        desk.app.notify("Move to choose another one, or wait until it has come back to this view.", timeout=60)
        await desk.sees("Move to choose another one")
        lines = desk.screen.split("\n")
        assert lines[-4].startswith(" ! Mail can't be sent")
        assert lines[-4].endswith("…")
        assert lines[-3].endswith("…")
        assert lines[-2] == "   3 troubles: E shows them whole"
        assert "keys" in lines[-1]
        assert any("Move to choose" in line for line in lines[:-4])


async def test_what_is_told_stands_once_over_a_card_too(library: House) -> None:
    """A card laid over it takes it along; back below it stands where it stood, until its time is up."""
    await library.mails("Renewal", "Can I renew this?\n" * 80)
    async with seat(library, size=WIDE, toasts=True) as desk:
        await desk.press("enter")
        await desk.sees("Can I renew this?", "mail to Help")
        await desk.press("A")
        await desk.sees("open · with you")
        await desk.press("A")
        await desk.sees("Ticket 1 is yours already.")
        await desk.press("l")
        await desk.sees("Tags of ticket 1")
        await desk.rests()
        assert desk.screen.count("Ticket 1 is yours already.") == 1
        await desk.press("escape")
        await desk.until(lambda: "Tags of ticket 1" not in desk.screen)
        await desk.until(lambda: desk.screen.count("Ticket 1 is yours already.") == 1)
