"""What members type: what harm or an unlucky week tries. Each attack here once got through."""

from __future__ import annotations

import pytest

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.message import StaffId
from tests.conversation import Town


async def test_half_a_letter_in_a_reply_is_left_out(town: Town) -> None:
    """A terminal or another program may hand in half a surrogate pair: no store takes it, so it goes."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    await mia.replies("On our\ud800 way")
    await ana.hears("On our way")
    with pytest.raises(Refused, match="nothing to send"):
        await mia.notes("\ud800")


@pytest.mark.parametrize("name", ["\ud800", "\x1b[31mMia", "Mia\nSystem", "M" * 65])
async def test_a_name_is_one_short_line(town: Town, name: str) -> None:
    """It stands on every screen and over every reply."""
    with pytest.raises(Refused, match="64 letters"):
        await town.house.desk.sign_in(StaffId("eve"), name=name)


async def test_nobody_snoozes_for_ever(town: Town) -> None:
    """A time that no calendar holds would stand in the way of whoever opens the ticket."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    ticket = (await mia.opens(ana.ticket)).ticket
    for until in (2**62, 10**30):
        with pytest.raises(Refused, match="a year at most"):
            await town.house.desk.snooze(mia.id, ticket.id, ticket.version, Instant(until))
