"""A noise's whole journey, word for word: texted, asked, joined, dispatched, attended, told, and forgotten."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.clock import MINUTE, ManualClock, instant, plus
from helpdesk.journal import logged_to
from helpdesk.message import Delivery, StaffId
from helpdesk.noise.incidents import IncidentState, NoiseOutcome
from helpdesk.ports import Sql
from helpdesk.standards import Outcome
from helpdesk.store.verbs import deletions
from helpdesk.ticket import State
from tests import wire
from tests.canary.forms import Canaries
from tests.canary.readings import files
from tests.conversation import LINES, Texter, Town
from tests.noisy import ZONES, Walker, noisy, walker
from tests.test_shredding import deleted

pytestmark = pytest.mark.usefixtures("engine")

MIA = StaffId("mia")
STANDARD = "noise-texts"
THREE_PAST_TWO = instant(datetime(2026, 11, 23, 14, 3, tzinfo=UTC))
"""A Monday."""

HOURS = """
[calendars.staffed]
zone = "Europe/London"
[calendars.staffed.week]
mon-fri = "09:00-19:00"
"""

FIRST = (
    "Thank you, we look into it. Staffed until 19:00. "
    "Staff can't see your number: don't text names. In danger call 999."
)
QUESTION = "Where is the noise? Please text the code on the poster, or the floor and the room."
WENT = "We went to Silent study, level 3 and asked for quiet. Please text again if it goes on."


@pytest.fixture
def journal() -> io.StringIO:
    """All that is logged."""
    return io.StringIO()


@asynccontextmanager
async def fernhill(folder: Path, journal: io.StringIO) -> AsyncIterator[Town]:
    """A library whose stores are files, staffed from nine to seven."""
    calendars = folder / "calendars.toml"
    calendars.write_text(HOURS)
    clock = ManualClock(THREE_PAST_TWO)
    lines = {**LINES, "noise": LINES["noise"].model_copy(update={"calendar": "staffed"})}
    with logged_to(journal, clock):
        async with noisy(clock=clock, folder=folder, lines=lines, calendars=calendars) as town:
            yield town


async def goes(town: Town, mia: Walker) -> None:
    """From 14:05 on: security is sent, is there at 14:10, and everybody hears what came of it at 14:14."""
    await mia.dispatches("security")
    await town.time.comes(plus(THREE_PAST_TWO, 9 * MINUTE))
    await mia.attends(minutes_ago=2)
    await town.time.passes(minutes=2)
    says = (await town.house.desk.noise.choices(mia.id)).says["noise"][NoiseOutcome.SPOKEN_TO]
    place = (await mia.looks()).place
    assert place is not None
    await mia.concludes(NoiseOutcome.SPOKEN_TO, says.replace("{zone}", place.name))


async def hears_exactly(texter: Texter, *texts: str) -> None:
    """All that ever reached somebody, word for word."""
    await texter.town.settles()
    assert [each.text for each in texter.heard] == list(texts)


async def test_the_whole_journey(tmp_path: Path, journal: io.StringIO) -> None:
    """14:03 a text with no place; 14:14 quiet; a week later nothing is left that leads to anybody."""
    async with fernhill(tmp_path, journal) as town:
        ana, ben, mia = town.texter("ana"), town.texter("ben"), await walker(town, "mia")

        await ana.texts("so loud here, I can't hear myself think", named="SManas-first-text")
        await hears_exactly(ana, FIRST, QUESTION)
        await town.time.passes(minutes=1)
        await ben.texts("3rd flr silnet, 4 lads shouting", named="SMbens-only-text")
        await town.time.passes(minutes=1)
        assert [each.reporters for each in await mia.list()] == [1, 1]
        await ana.texts("sorry. L3A, by the windows", named="SManas-answer")
        [incident] = await mia.list()
        assert (incident.zone, incident.reporters, incident.state) == ("l3-silent", 2, IncidentState.OPEN)

        await goes(town, mia)
        await hears_exactly(ana, FIRST, QUESTION, WENT)
        await hears_exactly(ben, FIRST, WENT)
        for texter, came, spent in ((ana, 0, 7), (ben, 1, 6)):
            clock = (await town.clocks(texter.ticket))[STANDARD]
            assert (clock.started, clock.due) == (
                plus(THREE_PAST_TWO, came * MINUTE),
                plus(THREE_PAST_TWO, (came + 15) * MINUTE),
            )
            assert clock.stopped == plus(THREE_PAST_TWO, (came + spent) * MINUTE)
            assert clock.outcome is Outcome.MET
            assert (await mia.opens(texter.ticket)).ticket.state is State.SOLVED
        assert await mia.list() == ()

        await next_week(town, tmp_path, journal, ana, ben)


async def next_week(town: Town, folder: Path, journal: io.StringIO, *texters: Texter) -> None:
    """Before: there are handles, seals and keys to find. A week on: not one, nor an id of the carrier's."""
    handles = await town.house.store.read(_handles_and_seals)
    wrapped = await _wrapped_keys(town)
    named = [b"SManas-first-text", b"SManas-answer", b"SMbens-only-text"]
    assert (len(handles), len(wrapped)) == (4, 2)
    for secret in (*handles, *wrapped, *named):
        assert secret in files(folder), "what is looked for later can be found"
    names = {(await town.house.desk.thread(MIA, each.ticket)).ticket.name for each in texters}

    await town.time.passes(days=7)
    numbers = Canaries({each.name: each.number for each in texters})
    left = files(folder)
    for secret in (*handles, *wrapped, *named):
        assert secret not in left
    assert numbers.found(left + journal.getvalue().encode()) == set()

    for texter in texters:
        before = texter.ticket
        await texter.texts("loud again, L3A")
        again = await town.house.desk.thread(MIA, texter.ticket)
        assert texter.ticket != before
        assert again.linked == ()
        names.add(again.ticket.name)
    assert len(names) == 2 * len(texters), "whoever texts again is somebody new"
    assert numbers.found(files(folder)) == set()


def _handles_and_seals(sql: Sql) -> list[bytes]:
    rows = sql("SELECT handle, seal FROM conversations WHERE library = :library AND handle IS NOT NULL")
    return [bytes(value) for row in rows for value in (row["handle"], row["seal"])]


async def _wrapped_keys(town: Town) -> list[bytes]:
    rows = await town.house.keys._store.read(lambda sql: sql("SELECT wrapped FROM conversation_keys"))
    return [bytes(row["wrapped"]) for row in rows]


# Over the wire


@pytest.mark.full
async def test_the_same_over_the_wire(tmp_path: Path) -> None:
    """Signed webhooks, the carrier's API, a desk that is attached: the same words, and the carrier forgets, too."""
    (tmp_path / "calendars.toml").write_text(HOURS)
    changes = {
        "texts": None,
        "zones": ZONES,
        "calendars": tmp_path / "calendars.toml",
        "lines": {"noise": {"calendar": "staffed"}},
    }
    async with wire.library(tmp_path, **changes) as town, town.attached() as sam:
        town.time.move_to(THREE_PAST_TWO)
        ana, ben = town.texter("+447700900301"), town.texter("+447700900302")
        assert (await ana.texts("so loud here")).status == 200
        assert [await ana.hears(), await ana.hears()] == [FIRST, QUESTION]
        town.time.passes(minutes=1)
        assert (await ben.texts("3rd flr silnet, 4 lads shouting")).status == 200
        assert await ben.hears() == FIRST
        town.time.passes(minutes=1)
        assert (await ana.texts("sorry. L3A, by the windows")).status == 200

        [incident] = await sam.desk.noise.incidents(sam.name)
        assert (incident.zone, incident.reporters) == ("l3-silent", 2)
        noise, me = sam.desk.noise, sam.name
        incident = await noise.dispatch(me, incident.id, incident.version, "security")
        town.time.passes(minutes=5)
        incident = await noise.attend(me, incident.id, incident.version, town.time.now())
        assert incident.due is None
        incident = await noise.conclude(me, incident.id, incident.version, NoiseOutcome.SPOKEN_TO, text=WENT)
        assert [await ana.hears(), await ben.hears()] == [WENT, WENT]
        for each in (await noise.incident(me, incident.id)).reporters:
            await sam.learns(each.ticket, Delivery.DELIVERED)
        assert sorted(len(each.inbox) for each in (ana.handset, ben.handset)) == [2, 3]

        town.time.passes(days=7)
        await deleted(town, 8)
        assert await town.house.store.read(deletions.debts) == []
        assert len(town.carrier.texts) == 0
    assert Canaries({"ana": "+447700900301", "ben": "+447700900302"}).found(files(tmp_path)) == set()
