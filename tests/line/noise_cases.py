"""Cases where it is loud: three texts about level 3, and one about level 1."""

from __future__ import annotations

from helpdesk.message import IncidentId
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.ticket import State
from tests.line.cases import IN_NOISE, case
from tests.line.listener import Listener
from tests.tui.house import ANA, BEN
from tests.tui.noisy import COMPLAIN, incident_of, sent


async def _first(here: Listener) -> Incident:
    assert here.loud is not None
    return await incident_of(here.library, here.loud.heron)


async def _live(here: Listener) -> list[IncidentId]:
    return [each.id for each in await here.library.desk.noise.incidents(ANA)]


@case("incidents", where=IN_NOISE)
async def noise_now(here: Listener) -> None:
    """The most urgent first; one is opened by its number, and by moving to it."""
    await here.does("I")
    assert here.heard[0] == "Noise now: 2 incidents."
    await here.does("down")
    await here.does("open")
    assert here.stands == "incident"
    assert "Reporter 3 of 3." in here.text
    await here.does("back")
    await here.does("back")
    assert here.stands == "worklist"


@case("dispatch", where=IN_NOISE)
async def somebody_goes(here: Listener) -> None:
    """Oneself, from a ticket; a colleague, by the incident's number."""
    assert here.loud is not None
    number = (await here.ticket("by the windows")).number
    await here.does(f"dispatch {number} me")
    assert (await _first(here)).goes == ANA
    await here.library.desk.set_presence(BEN, (await here.ticket("by the windows")).channel, True)
    await here.does("d i1 ben")
    assert (await _first(here)).goes == BEN


@case("attended", where=IN_NOISE)
async def somebody_was_there(here: Listener) -> None:
    """Just now, or when it is said."""
    await here.does("attended i1 2 min ago")
    found = await _first(here)
    assert found.state is IncidentState.ATTENDED
    assert found.attended == here.library.clock.now() - 120_000


@case("outcome", where=IN_NOISE)
async def what_came_of_it(here: Listener) -> None:
    """The text back is looked over, then sent to each."""
    assert here.loud is not None
    await here.does("open i1")
    await here.does("o spoken to", "1")
    found = await _first(here)
    assert (found.state, found.outcome) == (IncidentState.OVER, NoiseOutcome.SPOKEN_TO)
    assert await sent(here.library, here.loud.wren) == ["We went to Level 3 silent study and asked for quiet."]


@case("reopen", where=IN_NOISE)
async def noise_goes_on(here: Listener) -> None:
    """What was over is taken up again."""
    await here.does("outcome i1 quiet --silent", "1")
    assert (await _first(here)).state is IncidentState.OVER
    await here.does("reopen i1")
    assert (await _first(here)).live


@case("over", where=IN_NOISE)
async def noise_that_is_over(here: Listener) -> None:
    """The list of what is over, and back."""
    await here.does("outcome i1 quiet --silent", "1")
    await here.does("incidents")
    assert here.heard[0] == "Noise now: 1 incident."
    await here.does("O")
    assert "Over: quiet on arrival." in here.text
    await here.does("over")
    assert here.heard[0] == "Noise now: 1 incident."


@case("place", where=IN_NOISE)
async def where_it_is(here: Listener) -> None:
    """By the zone's name, or its code."""
    number = (await here.ticket("plays music")).number
    await here.does(f"place {number} L2C")
    assert (await here.ticket("plays music")).zone == "l2-quiet"


@case("tell_all", where=IN_NOISE)
async def told_all(here: Listener) -> None:
    """Each by themselves."""
    assert here.loud is not None
    await here.does("tell_all 1 Somebody is on the way.")
    for ticket in (here.loud.heron, here.loud.wren, here.loud.otter):
        assert await sent(here.library, ticket) == ["Somebody is on the way."]


@case("choose", "part", "unite", where=IN_NOISE)
async def one_noise_or_two(here: Listener) -> None:
    """The third reporter tells of another noise; then it is the same after all."""
    assert here.loud is not None
    await here.does("open i1")
    await here.does("choose 3")
    assert await here.says("part", "") == 1
    assert len(await _live(here)) == 2
    await here.does("part --yes")
    parted = await incident_of(here.library, here.loud.otter)
    assert parted.id != (await _first(here)).id
    await here.does(f"unite {parted.number} into 1")
    assert (await incident_of(here.library, here.loud.otter)).number == 1


@case("map", where=IN_NOISE)
async def noise_map(here: Listener) -> None:
    """The loudest first."""
    await here.does("map")
    assert "Level 3 silent study: 3 texts; 3 from 12 to 13." in here.text


@case("mute", where=IN_NOISE)
async def muted(here: Listener) -> None:
    """For a day, and no more."""
    number = (await here.ticket("plays music")).number
    await here.does(f"mute {number} for a day")
    assert (await here.thread("plays music")).muted_until is not None
    await here.does(f"mute {number} no more")
    assert (await here.thread("plays music")).muted_until is None


@case("complaint", where=IN_NOISE)
async def how_to_complain(here: Listener) -> None:
    """The line's own sentence, looked over, then sent."""
    assert here.loud is not None
    number = (await here.ticket("plays music")).number
    await here.does(f"complaint {number}", "1")
    assert await sent(here.library, here.loud.lost) == [COMPLAIN]
    assert (await here.ticket("plays music")).state is State.OPEN
