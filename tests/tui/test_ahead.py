"""Keys in one breath: each goes where the one before it led, however busy the machine is."""

from __future__ import annotations

import asyncio
from typing import Any

from helpdesk.clock import HOUR, plus
from helpdesk.events import Kind
from helpdesk.message import Channel, StaffId
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.tui.doing import at_once, ticket
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import seat
from tests.tui.test_slips import Wall
from tui.commands import Where
from tui.screens.refusal import Refusal
from tui.screens.search import SearchScreen


async def test_a_card_of_two_lines_is_filled_in_one_breath(library: House) -> None:
    """The palette, a time, how: no letter lands in the wrong line, none is lost while a card opens."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), HOUR))
    async with seat(library) as desk:
        at_once(desk, "colon", *"correct", "enter", *"12:05", "enter", *"rang", "enter")
        await desk.told("answered at 12:05, as corrected")
    (last,) = [each for each in (await library.desk.thread(ANA, noise)).history if each.kind is Kind.CORRECTED]
    assert last.remark == "rang"


async def test_somebody_new_signs_in_with_one_breath(library: House) -> None:
    """The line for a name has the keys before the first letter of it comes."""
    async with seat(library, shared_login=True) as desk:
        await desk.sees("Somebody new")
        at_once(desk, "end", "enter", *"Cleo", "enter")
        await desk.sees("Cleo · available")


async def test_a_verb_after_another_view_means_that_view(library: House) -> None:
    """1 and x: the row of view 1 is solved; the one that was selected before is not even asked about."""
    answered = await library.texts("loud on level 3")
    await library.texts("loud on level 4", who="+447700900102")
    await library.desk.reply(ANA, answered, (await ticket(library, answered)).version, "Coming.", key="k")
    async with seat(library) as desk:
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 2)
        at_once(desk, "1", "x")
        await desk.told("Ticket 1 is solved.")
    assert (await ticket(library, answered)).state is State.SOLVED


async def test_enter_after_n_opens_the_ticket_that_n_found(library: House) -> None:
    """n reads ahead; enter waits for it."""
    for level in (3, 4):
        await library.texts(f"loud on level {level}", who=f"+4477009001{level:02}")
        library.clock.passes(seconds=1)
    async with seat(library) as desk:
        at_once(desk, "n", "enter")
        await desk.sees("+447700900104  text to Noiseline")


async def test_r_after_t_answers_the_ticket_that_was_taken(library: House) -> None:
    """t takes the most urgent ticket; r and the words are for that one, not for the selected one."""
    mail = await library.mails("Renewal", "Can I renew?")
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.until(lambda: desk.worklist.tickets.window.total == 2)
        await desk.press("G")
        assert desk.worklist.target is not None
        assert desk.worklist.target.id == mail
        at_once(desk, "t", "r", *"coming", "ctrl+s")
        await desk.told("Ticket 2: your answer is in the outbox.")
    assert [each.kind for each in (await library.desk.thread(ANA, mail)).entries] == [EntryKind.IN]
    assert (await library.desk.thread(ANA, noise)).entries[-1].text == "coming"


async def test_esc_before_the_ticket_is_read_leaves_the_composer_closed(library: House) -> None:
    """r and esc in one breath: what is read then does not open it again."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.sees("loud on level 3")
        at_once(desk, "r", "escape")
        await desk.sees("text to Noiseline")
        await desk.rests()
        assert desk.ticket.place is Where.TICKET
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)


async def test_enter_right_after_the_words_opens_what_they_find(library: House) -> None:
    """Not what fewer letters of them found before."""
    await library.mails("Renewal", "Can I renew the atlas of mosses?")
    library.clock.passes(seconds=1)
    await library.mails("Fine", "I lost the atlas of mountains.", who="jo@example.org", name="Jo")
    async with seat(library) as desk:
        await desk.press("f3", *"mo")
        await desk.sees("2 messages found")
        at_once(desk, *"sses", "enter")
        await desk.sees("Renewal", "mail to Help")


async def test_what_is_found_after_the_search_was_left_breaks_nothing(library: House) -> None:
    """Words, and esc before the desk has answered: its widgets have gone."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("f3")
        search = desk.app.screen
        assert isinstance(search, SearchScreen)
        await desk.press("escape")
        await desk.until(lambda: not search.children)
        await search._search("loud")
        assert search.answered == ""


async def test_figures_that_can_not_be_read_are_refused_once_and_lead_back(library: House) -> None:
    """R while the owner is away: the card stays until it is read, and then the worklist is there."""
    await library.texts("loud on level 3")
    wall = Wall(library)
    async with seat(library, desk=wall) as desk:  # type: ignore[arg-type]
        wall.up = False
        await desk.press("R")
        await desk.sees("The desk's owner does not answer.", "enter or esc: go on")
        await desk.rests()
        assert isinstance(desk.app.screen, Refusal)
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)


class Slow:
    """A desk whose calls for presence wait once ``gate`` is given, until it opens; all else goes to the real one."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk
        self.gate: asyncio.Event | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    async def set_presence(self, actor: StaffId, channel: Channel, available: bool) -> None:
        """In its own time."""
        if self.gate is not None:
            await self.gate.wait()
        await self._desk.set_presence(actor, channel, available)


async def test_who_has_left_takes_no_contacts_whatever_was_on_its_way(library: House) -> None:
    """A sign of life that is still being told when somebody leaves does not come after the leaving."""
    slow = Slow(library)
    async with seat(library, desk=slow) as desk:
        slow.gate = asyncio.Event()
        desk.app._beat()
        await desk.press("q")
        desk.app._beat()
        slow.gate.set()
        await desk.until(lambda: desk.app._exit)
    assert not any(each.available for each in await library.desk.presence())


async def test_no_key_acts_in_the_name_of_who_sat_here_before(library: House) -> None:
    """Ben sits down and assigns a ticket to himself at once, while the desk still tells that Ana has gone."""
    noise = await library.texts("loud on level 3")
    slow = Slow(library)
    async with seat(library, desk=slow) as desk:
        slow.gate = asyncio.Event()
        await desk.press("U")
        await desk.sees("Who is here?")
        at_once(desk, "down", "enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        at_once(desk, "A")
        slow.gate.set()
        await desk.told("is with you now")
    assert (await ticket(library, noise)).owner == BEN
