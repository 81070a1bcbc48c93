"""``report --explain``: one ticket's clocks as a text, from the store alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.clock import MINUTE, plus
from helpdesk.errors import NotFound, Refused
from helpdesk.reports.explaining import WIDTH, explain
from tests.conversation import Town, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


async def explained(town: Town, number: int = 1) -> str:
    """What is said of a ticket now."""
    return await explain(town.house.store, number, now=town.time.now, zone="Europe/London")


async def test_a_noise_text_from_start_to_end(town: Town) -> None:
    """What was promised, why it covers, what happened, the working, the deadline and how it came out."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    await town.time.passes(minutes=4)
    await mia.replies("On our way")
    text = await explained(town)
    assert text.startswith("Ticket 1: sms, line noise, noise\nAs it stands on ")
    for line in (
        "noise-texts\n-----------\nPromise\n",
        "Measured: first response, within 15 working min; promised to 90 %.",
        "Going there answers as much as a message does.",
        "It covers this ticket because the channel is sms, and the kind is noise.",
        ": The contact came in. The clock starts.",
        ": Mia replied.",
        "sum 4 min, of 15 working min",
        "Met: answered after 4 min.",
    ):
        assert line in text
    assert "level 3" not in text
    assert "differ" not in text
    assert all(len(line) <= WIDTH for line in text.splitlines())


async def test_a_correction_with_its_reason(town: Town) -> None:
    """Both figures, and the words of whoever entered it; erased, they are gone."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud")
    await town.time.passes(minutes=30)
    ticket = (await mia.opens(ana.ticket)).ticket
    when = plus(ticket.opened, 5 * MINUTE)
    await town.house.desk.correct(mia.id, ticket.id, ticket.version, when, "Went there at once")
    text = await explained(town)
    assert "Reason: “Went there at once”." in text
    assert "Met: answered after 5 min." in text
    assert "Without what was entered later: missed." in text


async def test_a_row_that_is_not_what_the_log_gives(town: Town) -> None:
    """It says so, and what to do."""
    await town.texter("ana").texts("loud")
    await town.house.store.write(lambda sql: sql("UPDATE clocks SET spent = 1"))
    assert "Run helpdesk db rebuild to put them right." in " ".join((await explained(town)).split())


async def test_a_ticket_that_no_standard_covers(town: Town) -> None:
    """No clock, in words."""
    await town.texter("ana", line="text").texts("hello")
    assert "No published standard covers it, so it has no clock." in await explained(town)


async def test_there_is_no_such_ticket(town: Town) -> None:
    """Refused, in words."""
    with pytest.raises(NotFound, match=r"There is no ticket 7\."):
        await explained(town, 7)
    with pytest.raises(Refused, match="Give the number"):
        await explained(town, 0)
