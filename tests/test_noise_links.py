"""What of the Noiseline may be linked: only what the desk shows together anyway, and nothing once it is shredded."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk import upkeep
from helpdesk.errors import Refused
from tests.conversation import Patron, Staff, Town, library
from tests.noisy import noisy

STAYS_UNKNOWN = "stays unknown"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library with a Noiseline and a mailbox."""
    async with library() as opened:
        yield opened


async def _linked(town: Town, mia: Staff, one: Patron, two: Patron) -> list[int]:
    """Link the ticket of one to that of another; what stands beside the first."""
    desk, other = town.house.desk, (await mia.opens(two.ticket)).ticket.number
    await desk.ties.link(mia.id, one.ticket, other)
    return [each.number for each in (await mia.opens(one.ticket)).related]


async def test_a_texter_is_never_linked_to_a_person(town: Town) -> None:
    """Neither from the sealed side nor from the open one: nobody shall say who Quiet Heron is."""
    mia = await town.staff("mia")
    quiet, li = town.texter("quiet"), town.mailer("li")
    await quiet.texts("loud on level 3")
    await li.mails("It was me who texted you.")
    for one, two in ((quiet, li), (li, quiet)):
        with pytest.raises(Refused, match=STAYS_UNKNOWN):
            await _linked(town, mia, one, two)


async def test_two_texters_are_not_joined(town: Town) -> None:
    """Of two noises: a link would say that one person wrote both."""
    mia = await town.staff("mia")
    quiet, brown = town.texter("quiet"), town.texter("brown")
    await quiet.texts("hello?")
    await brown.texts("anybody there?")
    with pytest.raises(Refused, match=STAYS_UNKNOWN):
        await _linked(town, mia, quiet, brown)


async def test_two_texts_about_one_noise_are_linked_until_one_is_shredded() -> None:
    """They stand together in their incident anyway. Once a conversation is shredded nothing says so any more."""
    async with noisy() as town:
        mia = await town.staff("mia")
        quiet, brown = town.texter("quiet"), town.texter("brown")
        await quiet.texts("loud L3A")
        await brown.texts("very loud L3A")
        number = (await mia.opens(brown.ticket)).ticket.number
        assert await _linked(town, mia, quiet, brown) == [number]
        await town.time.passes(days=9)
        thread = await mia.opens(quiet.ticket)
        assert (thread.related, {each.other for each in thread.history}) == ((), {None})
        assert await upkeep.check(town.house.store) == ()
