"""One contract for what is done about noise, from the owner's process and attached to it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import MINUTE, moment, plus
from helpdesk.errors import NotFound, Refused, Stale
from helpdesk.events import Kind
from helpdesk.message import IncidentId, TicketId
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.ports import Desk, NoiseDesk
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.contracts.desk import ANA, BEN, SIDES, ZONES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

NOWHERE = IncidentId("0" * 26)


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


async def _version(desk: Desk, ticket: TicketId) -> int:
    return (await desk.thread(ANA, ticket)).ticket.version


async def _place(desk: Desk, ticket: TicketId, zone: str = "l3") -> Incident:
    """Staff say where a ticket is; the incident that it is in then."""
    placed = await desk.noise.place(ANA, ticket, await _version(desk, ticket), zone)
    assert placed.incident is not None
    return (await desk.noise.incident(ANA, placed.incident)).incident


async def _two(desk: Desk, marsh: Library) -> tuple[TicketId, TicketId, Incident]:
    """Two texts about one zone."""
    one, other = await marsh.text(sender="+447700900101"), await marsh.text("so loud", sender="+447700900102")
    await _place(desk, one)
    return one, other, await _place(desk, other)


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    beside = Path(__file__).with_name("test_undo_contract.py")
    source = "".join(path.read_text("utf-8") for path in (Path(__file__), beside))
    for name, method in vars(NoiseDesk).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f".noise.{name}(" in source, name


async def test_what_can_be_picked(desk: Desk) -> None:
    """Zones, goers, outcomes with their texts, and the sentence about complaints."""
    found = await desk.noise.choices(ANA)
    assert (found.zones, found.goers) == (ZONES, ("security",))
    assert found.says["noise"][NoiseOutcome.MOVED] == "Moved: {zone}"
    assert found.complaint == {"noise": "Write to us."}


async def test_two_texts_about_one_zone_are_one_noise(desk: Desk, marsh: Library) -> None:
    """The second joins the first; both stand in it, each in their own ticket."""
    one, other, incident = await _two(desk, marsh)
    assert await desk.noise.incidents(ANA) == (incident,)
    assert (incident.number, incident.zone, incident.reporters) == (1, "l3", 2)
    sight = await desk.noise.incident(ANA, incident.id)
    assert (sight.place, [each.ticket for each in sight.reporters]) == (ZONES[0], [one, other])
    assert [each.text for each in sight.reporters] == ["loud on level 3", "so loud"]
    first = [step.what for step in sight.trail if step.ticket == one]
    assert first == [Kind.RECEIVED, Kind.JOINED, Kind.PLACED]


async def test_dispatch_attend_conclude(desk: Desk, marsh: Library) -> None:
    """The life of an incident: who goes, that somebody was there, what came of it; each reporter is told."""
    one, other, incident = await _two(desk, marsh)
    incident = await desk.noise.dispatch(ANA, incident.id, incident.version, "ben")
    assert (incident.state, incident.goes) == (IncidentState.DISPATCHED, "ben")
    marsh.clock.passes(minutes=4)
    incident = await desk.noise.attend(BEN, incident.id, incident.version, marsh.clock.now())
    assert (incident.state, incident.attended, incident.due) == (IncidentState.ATTENDED, marsh.clock.now(), None)
    incident = await desk.noise.conclude(
        BEN, incident.id, incident.version, NoiseOutcome.SPOKEN_TO, text="We spoke to them."
    )
    assert (incident.state, incident.outcome, incident.ended) == (
        IncidentState.OVER,
        NoiseOutcome.SPOKEN_TO,
        marsh.clock.now(),
    )
    for ticket in (one, other):
        thread = await desk.thread(ANA, ticket)
        assert thread.ticket.state is State.SOLVED
        assert [(entry.author, entry.text) for entry in thread.entries if entry.kind is EntryKind.OUT] == [
            ("Ben", "We spoke to them.")
        ]
    assert await desk.noise.incidents(ANA) == ()
    assert await desk.noise.incidents(ANA, over=True) == (incident,)


async def test_the_loser_is_told_who_won(desk: Desk, marsh: Library) -> None:
    """Two members send somebody: the second hears of the first."""
    _, _, incident = await _two(desk, marsh)
    await desk.noise.dispatch(ANA, incident.id, incident.version, "security")
    with pytest.raises(Stale, match="changed by ana") as caught:
        await desk.noise.dispatch(BEN, incident.id, incident.version, "ben")
    assert caught.value.by == "ana"


async def test_a_text_that_joins_overrules_nobody(desk: Desk, marsh: Library) -> None:
    """Somebody can be sent on an older sight of it; the outcome can't be told to one whom nobody has seen."""
    _, _, before = await _two(desk, marsh)
    late = await marsh.text("and me", sender="+447700900103")
    await _place(desk, late)
    with pytest.raises(Stale):
        await desk.noise.conclude(ANA, before.id, before.version, NoiseOutcome.QUIET)


async def test_one_text_to_all(desk: Desk, marsh: Library) -> None:
    """Each in their own ticket; said again under the same key it goes out once."""
    one, other, incident = await _two(desk, marsh)
    for _ in range(2):
        await desk.noise.reply_all(ANA, incident.id, incident.version, "On our way.", key="k")
    for ticket in (one, other):
        entries = (await desk.thread(ANA, ticket)).entries
        assert [entry.text for entry in entries if entry.kind is EntryKind.OUT] == ["On our way."]
    with pytest.raises(Refused, match="nothing to send"):
        await desk.noise.reply_all(ANA, incident.id, incident.version, " ")


async def test_a_note_for_colleagues(desk: Desk, marsh: Library) -> None:
    """The latest on top, with its writer."""
    _, _, incident = await _two(desk, marsh)
    await desk.noise.remark(ANA, incident.id, "Go in twos.")
    await desk.noise.remark(BEN, incident.id, "Security knows.")
    notes = (await desk.noise.incident(ANA, incident.id)).notes
    assert [(each.by, each.text) for each in notes] == [("ben", "Security knows."), ("ana", "Go in twos.")]


async def test_it_goes_on_after_all(desk: Desk, marsh: Library) -> None:
    """Its tickets are taken up again, and somebody has to go again."""
    one, _, incident = await _two(desk, marsh)
    incident = await desk.noise.conclude(ANA, incident.id, incident.version, NoiseOutcome.NOT_FOUND)
    incident = await desk.noise.reopen(ANA, incident.id, incident.version)
    assert (incident.state, incident.outcome, incident.ended) == (IncidentState.OPEN, None, None)
    assert (await desk.thread(ANA, one)).ticket.state is State.OPEN


async def test_two_noises_after_all_and_back(desk: Desk, marsh: Library) -> None:
    """A split makes a second incident; united again it is as it was."""
    one, other, incident = await _two(desk, marsh)
    parted = await desk.noise.part(ANA, incident.id, incident.version, (other,))
    assert (parted.number, parted.reporters, parted.zone) == (2, 1, "l3")
    first = (await desk.noise.incident(ANA, incident.id)).incident
    assert first.reporters == 1
    back = await desk.noise.unite(ANA, parted.id, parted.version, incident.number)
    assert (back.id, back.reporters) == (incident.id, 2)
    assert await desk.noise.incidents(ANA) == (back,)
    assert [each.ticket for each in (await desk.noise.incident(ANA, back.id)).reporters] == [one, other]


async def test_what_is_not_there(desk: Desk, marsh: Library) -> None:
    """No such incident, zone or person: said in words."""
    ticket = await marsh.text()
    incident = await _place(desk, ticket)
    with pytest.raises(NotFound, match="no such incident"):
        await desk.noise.incident(ANA, NOWHERE)
    with pytest.raises(NotFound, match="no zone 'moon'"):
        await desk.noise.place(ANA, ticket, await _version(desk, ticket), "moon")
    with pytest.raises(NotFound, match="nobody called"):
        await desk.noise.dispatch(ANA, incident.id, incident.version, "zoe")
    with pytest.raises(NotFound, match="no incident 9"):
        await desk.noise.unite(ANA, incident.id, incident.version, 9)
    with pytest.raises(Refused, match="still to come"):
        await desk.noise.attend(ANA, incident.id, incident.version, plus(marsh.clock.now(), MINUTE))


async def test_only_a_sealed_lines_texters_are_muted(desk: Desk, marsh: Library) -> None:
    """On an open line there is spam; and nobody is muted for ever."""
    ticket = await marsh.text()
    with pytest.raises(Refused, match="Mute for 1 to 168 hours"):
        await desk.noise.mute(ANA, ticket, await _version(desk, ticket), 500)
    with pytest.raises(Refused, match="Only who texts a sealed line"):
        await desk.noise.mute(ANA, ticket, await _version(desk, ticket), 24)


async def test_the_map_of_the_noise(desk: Desk, marsh: Library) -> None:
    """By zone, weekday and local hour, whole weeks up to today; what nobody has placed apart."""
    one, _, _ = await _two(desk, marsh)
    await desk.noise.place(ANA, one, await _version(desk, one), "")
    here = moment(marsh.clock.now()).astimezone(ZoneInfo("Europe/London"))
    found = await desk.noise.noise_map(ANA, weeks=2)
    assert (found.end - found.begin, found.end) == (timedelta(days=14), here.date() + timedelta(days=1))
    assert found.zones.keys() == {"l3"}
    for week in (found.zones["l3"], found.unplaced):
        assert (len(week), {len(day) for day in week}, sum(map(sum, week))) == (7, {24}, 1)
        assert week[here.weekday()][here.hour] == 1
    for weeks in (0, 53):
        with pytest.raises(Refused, match="1 to 52 weeks"):
            await desk.noise.noise_map(ANA, weeks=weeks)
