"""The desk while others work: changes, clocks, a broken connection, trouble of the house."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import cast

import pytest
from textual.geometry import Region

from helpdesk.clock import Instant, ManualClock
from helpdesk.errors import TryLater
from helpdesk.events import Seq
from helpdesk.ports import Desk, Sql
from helpdesk.sight import Hello, Told
from tests.store.calls import error_of, gone, happened, on_writer
from tests.tui.house import ANA, BEN, House, busy, house
from tests.tui.seat import Seat, seat
from tests.tui.test_remote import Failing, passing
from tui.live import SILENT, Gathered, follow, why
from tui.themes import THEMES


async def test_a_text_is_seen_as_it_comes(library: House) -> None:
    """Row and counts, with nobody pressing a key."""
    async with seat(library) as desk:
        await desk.sees("Nobody is waiting for an answer.")
        await library.texts("loud on level 3")
        await desk.sees("loud on level 3", "New 1")


async def test_an_open_ticket_shows_what_is_written_to_it(library: House) -> None:
    """The patron's next text, a colleague's claim and reply."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("enter")
        await desk.sees("text to Noiseline · new")
        await library.texts("still loud")
        await desk.sees("still loud")
        ticket = await library.desk.claim(BEN, noise)
        await desk.sees("Ben Adeyemi holds this ticket, 10 min more.")
        await library.desk.reply(BEN, noise, ticket.version, "On our way.", key="k")
        await desk.sees("On our way.", "waiting to be sent")


async def test_the_ticket_beside_the_list_counts_down_with_its_row(library: House) -> None:
    """Both say the same at every moment."""
    await library.texts("loud on level 3")
    async with seat(library, size=(160, 50)) as desk:
        await desk.until(lambda: desk.screen.count("due in 15 min") == 3)  # in the first line, too
        library.clock.passes(minutes=9)
        await desk.until(lambda: desk.screen.count("6 min left") == 3)


async def test_the_cursor_stays_with_its_ticket_when_others_change_the_list(library: House) -> None:
    """A more urgent text comes above; a colleague takes the selected one away, and then no key hits another."""
    await library.mails("Fine", "My account shows a fine")
    mail = await library.mails("Renewal", "Can I renew?", who="jo@example.org", name="Jo")
    async with seat(library) as desk:
        await desk.press("j")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.id == mail)
        await library.texts("loud on level 3")
        await desk.sees("loud on level 3")
        assert desk.worklist.target is not None
        assert desk.worklist.target.id == mail
        await library.desk.solve(BEN, mail, desk.worklist.target.version)
        await desk.told("Ticket 2 has left this view")
        await desk.press("x")
        await desk.told("No ticket is selected")
        assert (await library.desk.counts(ANA))["unanswered"] == 2  # type: ignore[index]
        await desk.press("k")
        await desk.until(lambda: desk.worklist.target)


async def test_nothing_jumps_under_the_bar_while_the_list_lives(library: House) -> None:
    """Two pages down and at the end: what comes in above, and what goes above and below, leaves its line as it is."""
    mails = [
        await library.mails(f"Question {n}", "Can I renew?", who=f"p{n}@example.org", name=f"P{n}") for n in range(45)
    ]
    async with seat(library) as desk:
        await desk.press("pagedown", "j")
        await desk.rests()
        selected, line = _bar(desk)
        await library.texts("loud on level 3")
        for away in (mails[0], mails[44]):
            await library.desk.solve(BEN, away, 1)
        await desk.sees("New 44")
        await desk.rests()
        assert _bar(desk) == (selected, line)
        await desk.press("G")
        await desk.rests()
        selected, line = _bar(desk)
        await library.texts("still loud", who="+447700900102")
        await desk.sees("New 45")
        await desk.rests()
        assert _bar(desk) == (selected, line)


def _bar(desk: Seat) -> tuple[str, int]:
    """What the bar stands on, from who wrote on, and on which line of the screen: clocks go on meanwhile."""
    lines = desk.screen.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("▌"))
    return lines[at][5:], at


async def test_the_countdown_runs_by_the_owners_clock(library: House) -> None:
    """Due in 15 minutes, 3 left, 8 late; nothing is read again for it."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.sees("due in 15 min")
        for minutes, words in ((12, "3 min left"), (11, "8 min late")):
            library.clock.passes(minutes=minutes)
            desk.app._tick()
            await desk.sees(words)
        await desk.press("enter")
        await desk.sees("8 min late")


async def test_what_the_clock_is_stays_on_the_screen() -> None:
    """In the worklist and in a ticket."""
    async with house(said="one second is one minute") as library:
        await library.texts("loud on level 3")
        async with seat(library) as desk:
            await desk.sees("one second is one minute", "loud on level 3")
            await desk.press("enter")
            await desk.sees("one second is one minute", "text to Noiseline · new")


class Broken:
    """A desk whose stream of changes breaks once, and whose owner is away for two greetings."""

    def __init__(self) -> None:
        self.greetings = 0
        self.asked: list[int] = []

    async def hello(self) -> Hello:
        """Away, away, there."""
        self.greetings += 1
        if self.greetings < 3:
            raise TryLater("The desk's owner does not answer.")
        return Hello(
            library="L", version="1", zone="UTC", now=ManualClock().now(), pace=1, said="", seq=Seq(3), lines={}
        )

    async def changes(self, after: Seq) -> AsyncIterator[Told]:
        """Two changes, then the wire is cut; later one more, and the end of the test."""
        self.asked.append(after)
        if len(self.asked) == 1:
            yield told(1)
            yield told(2)
            raise OSError("cut")
        yield told(3)
        raise KeyboardInterrupt


async def never() -> None:
    """Nobody is signed out here."""
    raise AssertionError


def told(seq: int) -> Told:
    """Something that happened."""
    from helpdesk.events import Kind

    return Told(seq=Seq(seq), kind=Kind.OPENED, ticket=None, actor="patron")


class Hurried(ManualClock):
    """A clock on which every wait is over at once, and which remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[int] = []

    async def until(self, when: Instant) -> None:
        """At once."""
        self.waits.append(when - self.now())


async def test_after_a_break_the_changes_go_on_where_they_stopped() -> None:
    """The screen hears that it is broken and that it is back; waits grow; no change is missed or doubled."""
    desk, wall = Broken(), Hurried()
    heard: list[int] = []
    words: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        await follow(
            desk,  # type: ignore[arg-type]
            Seq(0),
            wall,
            lambda change: heard.append(change.seq),
            words.append,
            lambda hello: words.append("back"),
            words.append,
            never,
        )
    assert heard == [1, 2, 3]
    assert desk.asked == [0, 2]
    assert words[0] == SILENT
    assert words[-1] == "back"
    assert wall.waits == [1000, 1000, 2000]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            TryLater("Nobody answers at https://desk.example now. Look whether the server and the network are up."),
            SILENT,
        ),
        (OSError("reset"), SILENT),
        (
            TryLater("The store can't be read just now: PostgreSQL has no connection left. Raise its max_connections."),
            "The store can't be read just now: PostgreSQL has no connection left",
        ),
        (TryLater("The store is closed."), "The store is closed"),
    ],
)
def test_a_server_that_answers_is_not_called_silent(error: Exception, words: str) -> None:
    """Its database does not: whoever looks into it begins there."""
    assert why(error) == words


async def test_a_broken_connection_is_said_until_it_is_mended(library: House) -> None:
    """In the first line, in words."""
    async with seat(library) as desk:
        desk.app._lost(SILENT)
        await desk.sees(f"{SILENT} since 12:00; trying again.", "are kept.")
        desk.app._back(await library.desk.hello())
        await desk.until(lambda: "does not answer" not in desk.screen)


async def test_trouble_of_the_house_stands_above_the_footer(library: House) -> None:
    """Until it is over."""
    from helpdesk.store.verbs import notices

    await library.store.write(
        notices.raise_notice, "line:ask", "error", "Texts can't be sent: the account is suspended.", library.clock.now()
    )
    async with seat(library) as desk:
        await desk.sees("! Texts can't be sent: the account is suspended.")


async def test_a_store_that_is_gone_is_said_to_an_idle_desk_until_it_is_back(library: House) -> None:
    """Nothing happens in the log, and yet the first line says it, on every screen, since when; then it goes on."""
    ticket = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.sees("loud on level 3")
        await desk.press("enter")
        await desk.sees("text to Noiseline · new")
        with gone(library.store):
            await error_of(library.store.write(happened))
            await desk.sees("The store can't be read just now: it has not answered since 12:00; trying")
            desk.app._look_for_trouble()
            await desk.until(lambda: not desk.app._looking)
            assert "can't be read" in desk.screen
        await passing(library, desk, lambda: "can't be read" not in desk.screen)
        await library.desk.claim(BEN, ticket)
        await desk.sees("Ben Adeyemi holds this ticket")


async def test_trouble_that_no_change_tells_of_is_looked_for(library: House) -> None:
    """A disk that is full is said above the footer, and no more once there is room."""
    async with seat(library) as desk:
        await desk.sees("Nobody is waiting")
        await on_writer(library.store, lambda sql: sql("PRAGMA query_only = ON"))
        await error_of(library.store.write(happened))
        desk.app._look_for_trouble()
        await desk.sees("! The store can't be written just now (")
        await on_writer(library.store, lambda sql: sql("PRAGMA query_only = OFF"))
        await library.store.write(purely)
        desk.app._look_for_trouble()
        await desk.until(lambda: "can't be written" not in desk.screen)


def purely(sql: Sql) -> None:
    """A write of nothing."""


async def test_that_nobody_can_say_is_trouble_too(library: House) -> None:
    """The line stands and the question fails: it is said in the first line, until somebody answers."""
    failing = Failing(library.desk, TryLater("The store can't be read just now: it is busy."))
    async with seat(library, desk=cast(Desk, failing)) as desk:
        await desk.sees("Nobody is waiting")
        failing.broken = True
        desk.app._look_for_trouble()
        await desk.sees("The store can't be read just now: it is busy since 12:00; trying again.")
        failing.broken = False
        await desk.until(lambda: not desk.app._looking)
        desk.app._look_for_trouble()
        await desk.until(lambda: "trying again" not in desk.screen)


async def test_the_terminals_cursor_stands_on_the_selected_row() -> None:
    """Screen readers and magnifiers follow it."""
    async with house() as library:
        await busy(library)
        async with seat(library) as desk:
            await at_row(desk, 0)
            await desk.press("j", "j")
            await at_row(desk, 2)


async def at_row(desk: Seat, row: int) -> None:
    """Wait until the hardware cursor is on a row of the list."""
    top = desk.worklist.tickets.content_region.y
    await desk.until(lambda: desk.app.cursor_position.y == top + row)


async def test_light_and_dark_are_a_key_apart(library: House) -> None:
    """F8, through all themes and back; the rows are drawn anew."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.rests()
        dark = desk.app.export_screenshot()
        await desk.press("f8")
        assert desk.app.theme == "desk-light"
        await desk.until(lambda: desk.app.export_screenshot() != dark)
        await desk.press(*["f8"] * (len(THEMES) - 1))
        await desk.until(lambda: desk.app.export_screenshot() == dark)


def test_changes_that_pour_in_are_passed_on_together() -> None:
    """The first at once, the next hundred in one go, and then again the first at once."""
    passed: list[int] = []
    timers: list[Callable[[], None]] = []
    gathered = Gathered(lambda seconds, then: timers.append(then), lambda batch: passed.append(len(batch)))
    for seq in range(101):
        gathered.add(told(seq))
    assert passed == [1]
    timers.pop()()
    assert passed == [1, 100]
    timers.pop()()
    gathered.add(told(102))
    assert passed == [1, 100, 1]


async def test_a_machine_that_slept_gets_the_time_again(library: House) -> None:
    """The countdown's clock is set by the owner's at the next sign of life."""
    slept = ManualClock(library.clock.now())
    clocks = [slept, library.clock]
    async with seat(library) as desk:
        sitting = desk.app.sitting
        assert sitting is not None
        sitting.clock = clocks.pop(0)
        library.clock.passes(hours=8)
        desk.app._beat()
        await desk.until(lambda: sitting.clock is library.clock)


async def test_a_sealed_line_shows_a_name_and_no_number() -> None:
    """In the worklist, the ticket and the composer; and so do the pictures of the README."""
    async with house(sealed=True) as library:
        await library.texts("loud on level 3", who="+447700900102")
        async with seat(library) as desk:
            await desk.sees("loud on level 3")
            assert "+44" not in desk.screen
            await desk.press("r")
            await desk.sees("Reply to", "held for you")
            assert "+44" not in desk.screen
    drawn = (Path(__file__).parents[2] / "docs" / "pictures" / "worklist.svg").read_text("utf-8")
    assert "lockers" in drawn
    assert not {"+447700900102", "+447700900103"} & set(re.findall(r"\+44\d+", drawn))


async def test_rows_that_come_when_the_desk_is_closed_are_nobodys(library: House) -> None:
    """They were asked for while it stood; then nothing is drawn of them, and nothing breaks."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.sees("loud on level 3")
        rows = desk.worklist.tickets
        assert rows.has_focus
        await rows.remove()
        assert [each.text for each in rows.render_lines(Region(0, 0, 80, 2))] == [" " * 80] * 2
        rows.has_focus = True  # as for whoever is removed before the focus has gone on
        await rows.begin()
