"""A library where it is loud: a plan of zones, texts about them, and staff who look at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from helpdesk.message import TicketId
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.noise.rules import NoiseRules
from helpdesk.thread import EntryKind
from helpdesk.zones.plan import Zone, ZoneKind
from tests.tui.house import ANA, House, house
from tests.tui.seat import Seat
from tui.screens.incident import IncidentScreen
from tui.screens.incidents import IncidentsScreen

SILENT = Zone(id="l3-silent", site="main", floor="3", name="Level 3 silent study", kind=ZoneKind.SILENT, code="L3A")
GROUP = Zone(id="l1-group", site="main", floor="1", name="Level 1 group study", kind=ZoneKind.GROUP, code="L1B")
QUIET = Zone(id="l2-quiet", site="main", floor="2", name="Level 2 reading room", kind=ZoneKind.QUIET, code="L2C")

SAYS = {
    NoiseOutcome.QUIET: "We went to {zone}: it was quiet when we came.",
    NoiseOutcome.SPOKEN_TO: "We went to {zone} and asked for quiet.",
    NoiseOutcome.MOVED: "We went to {zone}: the noise has moved.",
    NoiseOutcome.SECURITY: "Security went to {zone} and dealt with it.",
    NoiseOutcome.NOT_FOUND: "We went to look and did not find the noise.",
    NoiseOutcome.NO_PLACE: "We did not learn where the noise was.",
}
COMPLAIN = "A formal complaint needs your name. Staff at the desk tell you how to make one."
RULES = NoiseRules(zones=(SILENT, GROUP, QUIET), says={"noise": SAYS}, complaint={"noise": COMPLAIN})

HERON, WREN, OTTER = "+447700900101", "+447700900102", "+447700900103"
"""Three texters."""


@dataclass(frozen=True)
class Loud:
    """What was texted at noon: three texts about level 3, and one about nobody knows where."""

    heron: TicketId
    wren: TicketId
    otter: TicketId
    lost: TicketId


@asynccontextmanager
async def noisy(*, said: str = "", sealed: bool = False) -> AsyncIterator[House]:
    """Open the library with its plan."""
    async with house(said=said, rules=RULES, sealed=sealed) as library:
        yield library


async def placed(library: House, ticket: TicketId, zone: Zone = SILENT) -> Incident:
    """Staff say where it is; the incident that it belongs to then."""
    version = (await library.desk.thread(ANA, ticket)).ticket.version
    await library.desk.noise.place(ANA, ticket, version, zone.id)
    return await incident_of(library, ticket)


async def incident_of(library: House, ticket: TicketId) -> Incident:
    """The incident of a ticket as it is now."""
    found = (await library.desk.thread(ANA, ticket)).ticket.incident
    assert found is not None
    return (await library.desk.noise.incident(ANA, found)).incident


async def loud(library: House) -> Loud:
    """Four texts within six minutes; of the third one staff say where it is."""
    time = library.clock.passes
    heron = await library.texts("Very loud group, level 3 silent side, by the windows", who=HERON)
    time(minutes=2)
    wren = await library.texts("people shouting on level 3 :(", who=WREN)
    time(minutes=1)
    otter = await library.texts("still so loud up here", who=OTTER)
    await placed(library, otter)
    time(minutes=3)
    lost = await library.texts("somebody plays music, level 1 group study", who="+447700900104")
    return Loud(heron, wren, otter, lost)


async def listed(desk: Seat) -> IncidentsScreen:
    """Open the list of incidents."""
    await desk.press("I")
    await desk.sees("Noise now", "Level 3 silent study", "Level 1 group study")
    screen = desk.app.screen
    assert isinstance(screen, IncidentsScreen)
    await desk.until(lambda: screen.incident is not None)
    return screen


async def first(desk: Seat) -> IncidentScreen:
    """Open the most urgent one: level 3."""
    await listed(desk)
    await desk.press("enter")
    await desk.sees("Incident 1  Level 3 silent study", "Who told of it", "What was done")
    screen = desk.app.screen
    assert isinstance(screen, IncidentScreen)
    return screen


async def dealt_with(desk: Seat) -> None:
    """Ana goes herself, was there, and found it quiet: key by key, up to the text that waits to be sent."""
    await desk.press("d")
    await desk.sees("Who goes to incident 1")
    await desk.press("enter")
    await desk.told("Incident 1: you go.")
    await desk.press("v", "enter")
    await desk.told("Incident 1 was attended at 12:06.")
    await desk.press("o")
    await desk.sees("What came of incident 1")
    await desk.press("enter")
    await desk.sees("It is over: quiet on arrival")


async def types(desk: Seat, text: str) -> None:
    """Letter by letter into the card, then enter."""
    await desk.press(*text, "enter")


async def sent(library: House, ticket: TicketId) -> list[str]:
    """What was texted to somebody."""
    entries = (await library.desk.thread(ANA, ticket)).entries
    return [entry.text for entry in entries if entry.kind is EntryKind.OUT]


async def state_of(library: House, ticket: TicketId) -> IncidentState:
    """Where the incident of a ticket stands."""
    return (await incident_of(library, ticket)).state
