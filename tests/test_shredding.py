"""What is shredded stays so: at a carrier over real HTTP, whatever goes wrong there, and over restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.clock import DAY, plus
from helpdesk.drafts import Written
from helpdesk.events import Kind, Seq
from helpdesk.message import Delivery
from helpdesk.simulator.carrier_faults import Fault
from helpdesk.store.verbs import deletions, events, people
from helpdesk.store.verbs.deletions import Debt
from tests.staff import PATIENCE, in_time
from tests.wire import Town, outside

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A carrier and everybody's mailbox; the library is closed yet."""
    async with outside(tmp_path) as around:
        yield around


async def a_talk(town: Town) -> list[str]:
    """A text with a picture, and its answer, delivered; their ids at the carrier."""
    ana = town.texter()
    await ana.handset.texts("Loud on level 3", to=ana.line, media=("http://media.example/loud.jpg",))
    ticket = await town.desk.replies("On our way")
    await ana.hears()
    await town.desk.learns(ticket.id, Delivery.DELIVERED)
    sids = [text.sid for text in town.carrier.texts]
    await town.carrier.settled(sids[-1])
    return sids


async def owed(town: Town) -> list[Debt]:
    """What the carrier still owes."""
    return await town.house.store.read(deletions.debts)


async def still_owed(town: Town) -> list[Debt] | None:
    """What the carrier owes, once it was asked and did not do it all."""
    return await owed(town) or None


async def refused(town: Town) -> Debt | None:
    """What the carrier owes, once it was asked and did not."""
    return next((debt for debt in await owed(town) if debt.reason), None)


async def deleted(town: Town, texts: int) -> None:
    """Wait until the log says that the carrier deleted so many."""
    seq = Seq(0)
    async with asyncio.timeout(PATIENCE):
        while await counted(town) < texts:
            seq = await town.house.store.changed(seq)


async def counted(town: Town) -> int:
    """How many texts the carrier deleted, as the log says."""
    log = await town.house.store.read(events.after, Seq(0), 10_000)
    return sum(int(event.data["texts"] or 0) for event in log if event.kind is Kind.CARRIER_DELETED)


def on_disk(folder: Path) -> bytes:
    """Every byte of the library's folder."""
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_a_talk_is_gone_from_both_sides_a_week_later(town: Town) -> None:
    """At the carrier nothing is left of it, its picture included; here neither number nor any id of the carrier's."""
    async with town.opens():
        sids = await a_talk(town)
        assert len(sids) == 2
        town.time.passes(days=7)
        await deleted(town, 2)
        assert len(town.carrier.texts) == 0
        assert town.carrier.transcript.count("deleted a file, as it was told") == 1
        await in_time(town.time, lambda: wiped(town, sids))
    content = on_disk(town.folder)
    for secret in (*sids, "447700900123", "7700 900123"):
        assert secret.encode() not in content


async def test_what_staff_had_begun_to_answer_is_in_no_file(town: Town) -> None:
    """Not in the store, not in its log: while the library runs, and after it. What is kept later is not taken."""
    async with town.opens():
        await town.texter().texts("Loud on level 3")
        ticket, desk = await town.desk.sees("Loud on level 3"), town.desk
        begun = Written(text="xylophones are not", key="k1")
        assert await desk.desk.drafts.keep(desk.name, ticket.id, "reply", begun)
        town.time.passes(days=7)
        await deleted(town, 1)
        await in_time(town.time, lambda: wiped(town, ["xylophones"]))
        assert not await desk.desk.drafts.keep(desk.name, ticket.id, "reply", begun)
    assert b"xylophones" not in on_disk(town.folder)


async def wiped(town: Town, sids: list[str]) -> bool | None:
    """Whether no file of the running library holds an id."""
    await owed(town)
    return not any(sid.encode() in on_disk(town.folder) for sid in sids) or None


async def test_what_is_owed_outlives_the_owner(town: Town) -> None:
    """The library closes while the carrier is out of order; opened days later, it goes on asking."""
    async with town.opens():
        await a_talk(town)
        [talk] = await town.house.store.read(people.sealed_conversations)
        town.carrier.faults.deletes.extend([Fault(status=503, code=20503)] * 3)
        town.time.passes(days=7)
        assert (await in_time(town.time, lambda: refused(town))).texts == 2
        assert await town.house.keys.conversation(talk) is None
    town.carrier.faults.deletes.clear()
    town.time.passes(days=2)
    async with town.opens():
        await deleted(town, 2)
        assert await owed(town) == []
    assert len(town.carrier.texts) == 0


async def test_a_text_under_way_at_the_carrier_is_deleted_when_it_is_final(town: Town) -> None:
    """20009, then gone; nothing is logged of a try that deleted nothing."""
    async with town.opens():
        theirs, ours = await a_talk(town)
        town.carrier.texts.settle(ours, "sent")
        town.time.passes(days=7)
        await deleted(town, 1)
        assert town.carrier.texts.get(theirs) is None
        assert [debt.texts for debt in await in_time(town.time, lambda: still_owed(town))] == [1]
        town.carrier.texts.settle(ours, "delivered")
        town.time.passes(minutes=1)
        await deleted(town, 2)
        assert len(town.carrier.texts) == 0


async def test_the_carrier_asks_for_patience(town: Town) -> None:
    """429 with Retry-After: nothing more is asked before that, then all of it."""
    async with town.opens():
        await a_talk(town)
        town.carrier.faults.deletes.append(Fault(status=429, code=20429, retry_after=3600))
        town.time.passes(days=7)
        debt = await in_time(town.time, lambda: refused(town))
        assert len(town.carrier.texts) == 2
        town.time.move_to(plus(debt.since, DAY))
        await deleted(town, 2)


async def test_deleted_by_hand_is_deleted(town: Town) -> None:
    """Somebody removed it in the carrier's console: 404 there, and nothing is owed any more."""
    async with town.opens():
        for sid in await a_talk(town):
            town.carrier.texts.delete(sid)
        town.time.passes(days=7)
        await deleted(town, 2)
        assert await owed(town) == []
