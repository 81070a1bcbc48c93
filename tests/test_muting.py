"""Texters who are a nuisance: muted by staff for hours, or limited by how much they send; danger gets through."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.clock import HOUR, plus
from helpdesk.config import NoiseSettings
from helpdesk.errors import Refused
from helpdesk.events import Kind
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.reports import report
from helpdesk.reports.question import question_for
from helpdesk.reports.text import as_text
from helpdesk.standards import Bar, Outcome
from helpdesk.store.verbs import muting, people
from helpdesk.ticket import State
from helpdesk.worklist import View
from tests.conversation import Texter, Town
from tests.noisy import Walker, noisy, walker

pytestmark = pytest.mark.usefixtures("engine")

STANDARD = "noise-texts"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library with zones, where three texts in ten minutes are enough."""
    async with noisy(noise=NoiseSettings(most_texts=3, limit_minutes=10)) as opened:
        yield opened


@pytest.fixture
async def mia(town: Town) -> Walker:
    """A member at the desk."""
    return await walker(town, "mia")


async def folder(town: Town, mia: Walker) -> list[str]:
    """The numbers of the tickets in the muted folder, with their state."""
    page = await town.house.desk.worklist(mia.id, View.MUTED)
    assert (await town.house.desk.counts(mia.id))[View.MUTED] == page.total == len(page.rows)
    return [f"{row.number} {row.state}" for row in page.rows]


async def _muted(town: Town, mia: Walker) -> Texter:
    """A texter who was answered, and muted for two hours."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    await mia.concludes(NoiseOutcome.NOT_FOUND)
    await mia.mutes(ana, hours=2)
    await ana.hears("In danger call 999")
    return ana


async def test_a_muted_text_opens_a_muted_ticket_and_those_of_others_do_not(town: Town, mia: Walker) -> None:
    """It is stored and can be read, in a folder of its own; no incident, no answer, nobody is woken."""
    ana, ben = await _muted(town, mia), town.texter("ben")
    first = ana.ticket
    await ana.texts("you are all idiots")
    await ana.texts("L3A L3A")
    await ben.texts("loud L3A")
    assert ana.ticket != first
    assert await folder(town, mia) == ["2 muted"]
    thread = await mia.opens(ana.ticket)
    assert [entry.text for entry in thread.entries] == ["you are all idiots", "L3A L3A"]
    assert (thread.ticket.unanswered, thread.ticket.incident) == (None, None)
    assert [each.ticket for each in (await mia.looks((await mia.list())[0].id)).reporters] == [ben.ticket]
    assert (await mia.opens(first)).ticket.state is State.SOLVED
    await ana.hears_nothing()
    await ben.hears("we look into it")
    page = await town.house.desk.worklist(mia.id, View.UNANSWERED)
    assert [row.id for row in page.rows] == [ben.ticket]


async def test_danger_gets_through(town: Town, mia: Walker) -> None:
    """As if nobody had been muted."""
    ana = await _muted(town, mia)
    await ana.texts("he has a knife, L3A")
    assert await folder(town, mia) == []
    [incident] = await mia.list()
    assert incident.concern is not None
    assert (await mia.opens(ana.ticket)).ticket.concern == "violence"


async def test_it_ends_by_time(town: Town, mia: Walker) -> None:
    """Two hours later the next text is an ordinary one."""
    ana = await _muted(town, mia)
    await ana.texts("grrr")
    await town.time.passes(hours=2)
    await ana.texts("loud L2B")
    assert [each.zone for each in await mia.list()] == ["l2-quiet"]
    assert len(await folder(town, mia)) == 1


async def test_it_ends_by_hand(town: Town, mia: Walker) -> None:
    """0 hours lift it; what was never muted can't be lifted."""
    ana = await _muted(town, mia)
    await mia.mutes(ana, hours=0)
    with pytest.raises(Refused, match="is not muted"):
        await mia.mutes(ana, hours=0)
    await ana.texts("loud L3A, sorry")
    assert await folder(town, mia) == []
    kinds = [event.kind for event in await town.log() if event.kind in {Kind.MUTED, Kind.UNMUTED}]
    assert kinds == [Kind.MUTED, Kind.UNMUTED]


async def test_the_desk_says_until_when(town: Town, mia: Walker) -> None:
    """On every ticket of the texter."""
    ana = await _muted(town, mia)
    assert (await mia.opens(ana.ticket)).muted_until == plus(town.time.now, 2 * HOUR)
    await town.time.passes(hours=3)
    assert (await mia.opens(ana.ticket)).muted_until is None


async def test_what_was_muted_can_be_taken_out(town: Town, mia: Walker) -> None:
    """It has waited all along, and counts again; staff may place it then."""
    ana = await _muted(town, mia)
    await ana.texts("no really, L3A is loud")
    assert (await town.clocks(ana.ticket))[STANDARD].outcome is Outcome.LEFT_OUT
    assert (await town.clocks(ana.ticket))[STANDARD].barred == (Bar.MUTED,)
    muted = (await mia.opens(ana.ticket)).ticket
    for wrong in (mia.replies("What?"), mia.solves(), mia.places(ana, "l3-silent")):
        with pytest.raises(Refused, match="muted folder"):
            await wrong
    back = await town.house.desk.reopen(mia.id, muted.id, muted.version)
    assert (back.state, back.unanswered) == (State.OPEN, back.opened)
    assert (await town.clocks(ana.ticket))[STANDARD].outcome is Outcome.PENDING
    await mia.places(ana, "l3-silent")
    assert [each.zone for each in await mia.list()] == ["l3-silent"]
    assert await folder(town, mia) == []


async def test_too_many_texts_are_set_apart(town: Town, mia: Walker) -> None:
    """Stored all the same: the first three stand in the ticket, the rest in the folder; others go on as ever."""
    ana, ben = town.texter("ana"), town.texter("ben")
    for n in range(8):
        await ana.texts(f"LOUD {n} L3A")
    await ben.texts("loud L3A")
    [first, *_], tickets = ana.receipts, [receipt.ticket for receipt in ana.receipts]
    assert [ticket == first.ticket for ticket in tickets] == [True] * 3 + [False] * 5
    assert len(set(tickets)) == 2
    assert await folder(town, mia) == ["2 muted"]
    assert [entry.text for entry in (await mia.opens(ana.ticket)).entries] == [f"LOUD {n} L3A" for n in range(3, 8)]
    because = [event.data["because"] for event in await town.log(ana.ticket) if event.kind is Kind.SET_APART]
    assert because == ["limited"]
    await town.time.passes(minutes=11)
    await ana.texts("L3A still")
    assert ana.ticket == first.ticket


async def test_muted_texts_are_counted_beside_the_figures(town: Town, mia: Walker) -> None:
    """As spam is: in the volumes and under the standard, and in no share."""
    ana = await _muted(town, mia)
    await ana.texts("grrr")
    await town.time.passes(days=1)
    question = question_for(town.house.settings, town.time.now)
    made = await report(town.house.store, question)
    [texts] = [volume for volume in made.volumes if volume.channel == "sms"]
    assert (texts.received, texts.set_apart[Bar.MUTED]) == (1, 1)
    assert "Muted" in as_text(made)


async def test_muting_is_shredded_with_the_conversation(town: Town, mia: Walker) -> None:
    """A week later nobody knows whom it was: the next text is a stranger's, and nothing can be lifted."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    await mia.mutes(ana, hours=168)
    [talk] = await town.house.store.read(people.sealed_conversations)
    await town.time.passes(days=7, minutes=1)
    assert await town.house.store.read(muting.muted_until, talk, town.time.now) is None
    rows = await town.house.store.read(
        lambda sql: sql("SELECT muted_until FROM conversations WHERE library = :library")
    )
    assert [row["muted_until"] for row in rows] == [None]
    with pytest.raises(Refused, match="conversation is over"):
        await mia.mutes(ana, hours=1)
    await ana.texts("loud L2B")
    assert await folder(town, mia) == []
