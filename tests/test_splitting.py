"""What is split off in the life of a library: on the Noiseline, in a chat, in the reports, when it is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk import upkeep
from helpdesk.message import TicketId
from helpdesk.store.verbs import people
from helpdesk.thread import EntryKind, Thread
from helpdesk.ticket import Flag, Ticket
from helpdesk.worklist import View
from tests.conversation import Staff, Town, library


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library; whatever happened there, its log gives what it keeps."""
    async with library() as opened:
        yield opened
        assert await upkeep.check(opened.house.store) == ()


async def _split(town: Town, mia: Staff, ticket: TicketId, *which: int) -> Ticket:
    thread = await mia.opens(ticket)
    entries = tuple(thread.entries[each].id for each in which)
    desk = town.house.desk
    return await desk.ties.split(mia.id, ticket, thread.ticket.version, entries, "Printing")


def _said(thread: Thread) -> list[str]:
    """What the patron wrote."""
    return [entry.text for entry in thread.entries if entry.kind is EntryKind.IN]


async def test_on_the_noiseline_both_are_of_one_conversation_and_are_shredded_together(town: Town) -> None:
    """Same handle, same epoch, one shred day: splitting makes no second road back to the number."""
    mia, quiet = await town.staff("mia"), town.texter("quiet")
    await quiet.texts("loud on level 3")
    await town.time.passes(minutes=1)
    await quiet.texts("where can I print?")
    made = await _split(town, mia, quiet.ticket, -1)
    first = (await mia.opens(quiet.ticket)).ticket
    assert made.conversation is not None
    assert (made.kind, made.incident, made.name, made.conversation) == (
        "enquiry",
        None,
        first.name,
        first.conversation,
    )
    assert await town.house.store.read(people.sealed_conversations) == {made.conversation}
    await mia.opens(made.id)
    await mia.replies("On level 1.")
    await quiet.hears("On level 1.")
    await town.time.passes(days=9)
    assert await town.house.store.read(people.sealed_conversations) == frozenset()


async def test_a_chat_that_turned_into_another_question(town: Town) -> None:
    """What the visitor says next comes to the new ticket; when they go, both are left."""
    mia, li = await town.staff("mia"), town.visitor("li")
    await li.chats("Are you open?")
    [row] = (await town.house.desk.worklist(mia.id, View.OPEN)).rows
    first = row.id
    await town.time.passes(minutes=1)
    await li.chats("And where can I print?")
    made = await _split(town, mia, first, -1)
    await town.time.passes(minutes=1)
    await li.chats("In colour, I mean.")
    thread = await mia.opens(made.id)
    assert _said(thread) == ["And where can I print?", "In colour, I mean."]
    await li.leaves()
    for each in (first, made.id):
        assert Flag.LEFT in (await mia.opens(each)).ticket.flags
