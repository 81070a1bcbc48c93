"""STOP blocks our texts and shows at the desk, START lifts it, HELP is answered once; on open and on sealed lines."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.errors import Refused, Undeliverable
from helpdesk.message import Channel, Delivery, Keyword, LineId
from helpdesk.ports import Sql
from helpdesk.store.verbs import optouts
from helpdesk.ticket import Flag, State
from tests.conversation import LINES, Texter, Town, library
from tests.outbox.rows import states

pytestmark = pytest.mark.usefixtures("engine")

GREETED = LINES | {name: LINES[name].model_copy(update={"greeting": "Thank you."}) for name in ("noise", "text")}


@pytest.fixture(params=["noise", "text"])
async def line(request: pytest.FixtureRequest) -> str:
    """A sealed line, and an open one."""
    return str(request.param)


@pytest.fixture
async def greeted() -> AsyncIterator[Town]:
    """A town whose SMS lines greet."""
    async with library(lines=GREETED) as town:
        yield town


async def says(ana: Texter, word: str) -> None:
    """A lone word, as the channel reads it."""
    asks = {"STOP": Keyword.STOP, "START": Keyword.START, "HELP": Keyword.HELP}[word]
    await ana._sends(ana.text(word, keyword=asks, automatic=word != "HELP"))


async def test_stop_is_told_before_a_word_is_written(town: Town, line: str) -> None:
    """The ticket shows it; a reply is refused in words and nothing goes out."""
    ana, mia = town.texter("ana", line=line), await town.staff("mia")
    await ana.texts("Is it quieter on level 4?")
    await says(ana, "STOP")
    thread = await mia.opens(ana.ticket)
    assert Flag.OPTED_OUT in thread.ticket.flags
    assert [moment.kind for moment in thread.history][-1] == "opted_out"
    with pytest.raises(Refused, match="has texted STOP"):
        await mia.replies("Yes, much.")
    await ana.hears_nothing()
    assert len((await mia.opens(ana.ticket)).entries) == 2


async def test_start_lifts_it(town: Town, line: str) -> None:
    """Then a reply goes; START of somebody who never said STOP changes nothing."""
    ana, mia = town.texter("ana", line=line), await town.staff("mia")
    await ana.texts("Is it quieter on level 4?")
    await says(ana, "START")
    await says(ana, "STOP")
    await says(ana, "START")
    kinds = await town.kinds(ana.ticket)
    assert (kinds.count("opted_out"), kinds.count("opted_in")) == (1, 1)
    await mia.opens(ana.ticket)
    await mia.replies("Yes, much.")
    await ana.hears("Yes, much.")


async def test_it_holds_for_later_tickets_and_for_this_line_only(town: Town) -> None:
    """A new contact shows it at once; another line may text them, and others are not concerned."""
    ana, ben, mia = town.texter("ana", line="text"), town.texter("ben", line="text"), await town.staff("mia")
    await says(ana, "STOP")
    await town.time.passes(days=2)
    await ana.texts("Where is the map room?")
    assert Flag.OPTED_OUT in (await mia.opens(ana.ticket)).ticket.flags
    await ana.texts("Loud on level 3", line="noise")
    await ben.texts("Hello?")
    for patron in (ana, ben):
        assert Flag.OPTED_OUT not in (await mia.opens(patron.ticket)).ticket.flags


async def test_what_still_waits_is_called_off(town: Town, line: str) -> None:
    """A reply that was not sent yet comes back to the desk, with the reason."""
    ana, mia = town.texter("ana", line=line), await town.staff("mia")
    await ana.texts("Is it quieter on level 4?")
    await mia.opens(ana.ticket)
    await mia.replies("Yes, much.")
    await says(ana, "STOP")
    await ana.hears_nothing()
    assert await states(town, ana.ticket) == ["failed"]
    thread = await mia.opens(ana.ticket)
    assert {Flag.OPTED_OUT, Flag.UNDELIVERABLE} <= thread.ticket.flags
    assert thread.ticket.unanswered is not None
    [reply] = [entry for entry in thread.entries if entry.delivery is not None]
    assert (reply.delivery, "has texted STOP" in reply.trouble) == (Delivery.FAILED, True)


async def test_the_carrier_says_stop(town: Town, line: str) -> None:
    """What it refuses with its code for STOP sets the same mark."""
    ana, mia = town.texter("ana", line=line), await town.staff("mia")
    await ana.texts("Is it quieter on level 4?")
    await mia.opens(ana.ticket)
    await mia.replies("Yes, much.")
    town.wires[Channel.SMS].fails(Undeliverable("The patron has texted STOP.", code="21610"))
    await town.settles()
    assert {Flag.OPTED_OUT, Flag.UNDELIVERABLE} <= (await mia.opens(ana.ticket)).ticket.flags
    with pytest.raises(Refused, match="has texted STOP"):
        await mia.replies("Yes, much.")


async def test_it_wakes_nobody(town: Town, line: str) -> None:
    """A solved ticket stays solved, and a new one waits for no answer."""
    ana, mia = town.texter("ana", line=line), await town.staff("mia")
    await ana.texts("Is it quieter on level 4?")
    await mia.opens(ana.ticket)
    await mia.replies("Yes, much.", then="solved")
    await ana.hears("Yes, much.")
    await says(ana, "STOP")
    assert (await mia.opens(ana.ticket)).ticket.state is State.SOLVED
    ben = town.texter("ben", line=line)
    await says(ben, "STOP")
    assert (await mia.opens(ben.ticket)).ticket.unanswered is None


async def test_nothing_is_texted_by_itself_to_who_wants_no_texts(greeted: Town, line: str) -> None:
    """Neither for the STOP nor for a later contact."""
    ana = greeted.texter("ana", line=line)
    await says(ana, "STOP")
    await greeted.time.passes(days=2)
    await ana.texts("Loud on level 3")
    await ana.hears_nothing()


async def test_it_ends_with_the_conversation(town: Town) -> None:
    """On a sealed line nothing of it is left after shredding; the carrier still holds STOP."""
    ana = town.texter("ana")
    await says(ana, "STOP")
    assert await town.house.store.read(_noted) == 1
    await town.time.passes(days=8)
    assert await town.house.store.read(_noted) == 0
    await ana.texts("Loud on level 3")
    assert Flag.OPTED_OUT not in (await (await town.staff("mia")).opens(ana.ticket)).ticket.flags


def _noted(sql: Sql) -> int:
    return len(sql("SELECT 1 FROM optouts WHERE library = :library"))


async def test_it_is_noted_by_conversation_or_number(town: Town) -> None:
    """A sealed line notes no number."""
    sealed, open_ = town.texter("ana"), town.texter("ben", line="text")
    await says(sealed, "STOP")
    await says(open_, "STOP")
    rows = await town.house.store.read(lambda sql: sql("SELECT line, who FROM optouts WHERE library = :library"))
    noted = {row["line"]: row["who"] for row in rows}
    assert noted["text"] == open_.number
    assert noted["noise"] == (await (await town.staff("mia")).opens(sealed.ticket)).ticket.conversation
    assert await town.house.store.read(optouts.has, LineId("text"), open_.number)


async def test_a_machine_is_not_answered_for_ever(greeted: Town) -> None:
    """Who answers our automatic texts within seconds, twice in a week, gets none any more; a person does."""
    robot = greeted.texter("robot", line="text")
    ana = greeted.texter("ana", line="text")
    for day in range(4):
        for patron, seconds in ((robot, 2), (ana, 60)):
            await patron.texts(f"This is text {day}.")
            await greeted.settles()
            await greeted.time.passes(seconds=seconds)
            await patron.texts("And this is another.")
        await greeted.time.passes(hours=25)
    assert (len(robot.heard), len(ana.heard)) == (2, 4)


@pytest.fixture
async def wordy() -> AsyncIterator[Town]:
    """A town that texts by itself in the program's own words."""
    async with library(texts=None) as town:
        yield town


async def test_help_is_answered_once(wordy: Town, line: str) -> None:
    """With the line's own words; staff see the text all the same, for it may mean more than the word."""
    ana, mia = wordy.texter("ana", line=line), await wordy.staff("mia")
    await says(ana, "HELP")
    await says(ana, "HELP")
    said = await ana.hears("STOP ends our texts")
    assert said.automatic
    await ana.hears_nothing()
    thread = await mia.opens(ana.ticket)
    assert thread.ticket.unanswered is not None
    assert len(thread.entries) == 3


async def test_help_is_not_answered_to_who_wants_no_texts(wordy: Town, line: str) -> None:
    """The carrier would refuse it."""
    ana = wordy.texter("ana", line=line)
    await says(ana, "STOP")
    await says(ana, "HELP")
    await ana.hears_nothing()
