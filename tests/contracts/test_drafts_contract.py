"""One contract for drafts, from the owner's process and attached to it, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from helpdesk.clock import DAY
from helpdesk.drafts import Tried, Written
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Seq
from helpdesk.message import Address, Channel
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ports import Desk
from helpdesk.store.verbs import erasing, events, forgetting
from helpdesk.store.verbs.drafts import FOR
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

EVE = Address(channel=Channel.MAIL, value="eve@example.org", name="Eve")
BEGUN = Written(text="We are ab", key="k1")


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def test_a_draft_is_kept_whole_for_its_writer_alone(desk: Desk, marsh: Library) -> None:
    """All that was chosen comes back, with the ticket's number; a colleague has none of it, the log says nothing."""
    ticket = await marsh.text()
    before = await marsh.store.read(events.last)
    whole = replace(
        BEGUN, then="solved", include=(EVE,), exclude=(EVE,), tried=Tried(when=marsh.clock.now(), version=2, entries=1)
    )
    assert await desk.drafts.keep(ANA, ticket, "reply", whole)
    [kept] = await desk.drafts.mine(ANA)
    assert kept.written == whole
    assert (kept.on, kept.kind, kept.number, kept.kept) == (ticket, "reply", 1, marsh.clock.now())
    assert await desk.drafts.mine(BEN) == ()
    assert await marsh.store.read(events.last) == before


async def test_the_latest_takes_the_place_of_the_one_before(desk: Desk, marsh: Library) -> None:
    """One for each kind; dropped, it is gone, and dropping nothing is no fault."""
    ticket = await marsh.text()
    await desk.drafts.keep(ANA, ticket, "reply", BEGUN)
    await desk.drafts.keep(ANA, ticket, "reply", replace(BEGUN, text="We are about to go"))
    marsh.clock.passes(seconds=1)
    await desk.drafts.keep(ANA, ticket, "note", Written(text="third time", key="k2"))
    assert [each.written.text for each in await desk.drafts.mine(ANA)] == ["We are about to go", "third time"]
    await desk.drafts.drop(BEN, ticket, "reply")
    await desk.drafts.drop(ANA, ticket, "reply")
    await desk.drafts.drop(ANA, ticket, "reply")
    assert [each.kind for each in await desk.drafts.mine(ANA)] == ["note"]


async def test_what_is_sent_has_no_draft_and_gets_none_again(desk: Desk, marsh: Library) -> None:
    """It goes with the reply's own commit; one that was still on its way comes too late. Another member's stays."""
    ticket = await marsh.text()
    await desk.drafts.keep(ANA, ticket, "reply", BEGUN)
    await desk.drafts.keep(BEN, ticket, "reply", BEGUN)
    await desk.reply(ANA, ticket, 1, "We are about to go.", key="k1")
    assert await desk.drafts.mine(ANA) == ()
    assert not await desk.drafts.keep(ANA, ticket, "reply", BEGUN)
    assert await desk.drafts.mine(ANA) == ()
    assert len(await desk.drafts.mine(BEN)) == 1


async def test_a_text_to_all_is_kept_by_its_incident(desk: Desk, marsh: Library) -> None:
    """By the incident's number, with the outcome; it goes when the text does."""
    ticket = await marsh.text()
    version = (await desk.thread(ANA, ticket)).ticket.version
    placed = await desk.noise.place(ANA, ticket, version, "l3")
    assert placed.incident is not None
    sight = await desk.noise.incident(ANA, placed.incident)
    ending = Written(text="Quiet again.", outcome=NoiseOutcome.QUIET, key="k3")
    await desk.drafts.keep(ANA, placed.incident, "outcome", ending)
    [kept] = await desk.drafts.mine(ANA)
    assert (kept.number, kept.written) == (sight.incident.number, ending)
    done = await desk.noise.conclude(
        ANA, placed.incident, sight.incident.version, NoiseOutcome.QUIET, text="Quiet again.", key="k3"
    )
    assert done.ended is not None
    assert await desk.drafts.mine(ANA) == ()


async def test_a_draft_needs_a_place_and_a_measure(desk: Desk, marsh: Library) -> None:
    """NotFound for what is no ticket (an incident's kind is looked for among incidents); a text has its limit."""
    ticket = await marsh.text()
    with pytest.raises(NotFound):
        await desk.drafts.keep(ANA, "0" * 26, "reply", BEGUN)
    with pytest.raises(NotFound):
        await desk.drafts.keep(ANA, ticket, "all", BEGUN)
    with pytest.raises(Refused, match="100,000 is the most"):
        await desk.drafts.keep(ANA, ticket, "reply", Written(text="x" * 100_001))


@pytest.mark.parametrize("forget", [erasing.part, erasing.wipe])
async def test_a_draft_is_forgotten_with_its_ticket(forget: object, marsh: Library) -> None:
    """Whoever wrote it; what is kept at a desk meanwhile is not taken in afterwards."""
    ticket, other = await marsh.text(), await marsh.text("so loud", sender="+447700900102")
    for member in (ANA, BEN):
        await marsh.desk.drafts.keep(member, ticket, "reply", BEGUN)
    await marsh.desk.drafts.keep(ANA, other, "reply", replace(BEGUN, key="k2"))
    await marsh.store.write(forget, [ticket], marsh.clock.now())  # type: ignore[arg-type]
    assert not await marsh.desk.drafts.keep(ANA, ticket, "reply", BEGUN)
    assert [each.on for each in await marsh.desk.drafts.mine(ANA)] == [other]
    assert await marsh.desk.drafts.mine(BEN) == ()


async def test_a_draft_that_nobody_touches_is_forgotten(marsh: Library) -> None:
    """After 30 days; one that was touched since stays."""
    ticket = await marsh.text()
    await marsh.desk.drafts.keep(ANA, ticket, "reply", BEGUN)
    marsh.clock.passes(days=FOR / DAY)
    await marsh.desk.drafts.keep(ANA, ticket, "note", replace(BEGUN, key="k2"))
    marsh.clock.passes(seconds=1)
    await marsh.store.write(forgetting.past, marsh.clock.now())
    assert [each.kind for each in await marsh.desk.drafts.mine(ANA)] == ["note"]
    assert await marsh.store.read(events.after, Seq(0)) != []
