"""The telephones of a duty list: what counts as an answer, who can't be reached, and where a flood ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.config import EscalationSettings
from helpdesk.message import Keyword
from helpdesk.noise.incidents import IncidentState
from helpdesk.worklist import View
from tests.conversation import Town, library
from tests.test_escalation import DUTY, ZONES, manager, security, the_incident, told

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A library with one zone, a duty phone and a duty mailbox."""
    plan = tmp_path / "zones.toml"
    plan.write_text(ZONES)
    async with library(escalation=EscalationSettings(duty=DUTY), zones=plan) as opened:
        yield opened


async def test_a_flood_of_alarms_ends_at_a_duty_phone_and_is_said_at_the_desk(town: Town) -> None:
    """Anybody can shout fire in a hundred chats; thirty texts in ten minutes are enough, the others follow later."""
    for n in range(35):
        await town.visitor(f"v{n}").chats("there is a fire in the stacks")
    await town.time.passes(minutes=3)
    assert (await told(town)).count("manager") == 30
    (notice,) = await town.house.desk.notices()
    assert notice.level == "error"
    assert notice.text == "Manager was told of so much that the duty list hears no more for now. See what waits."
    await town.time.passes(minutes=30)
    assert (await told(town)).count("manager") == 35
    assert not [each for each in await town.house.desk.notices() if each.key.startswith("flood:")]


async def test_a_duty_phone_that_texted_stop_is_passed_over_and_the_desk_says_so(town: Town) -> None:
    """No alarm reaches it, be it of fire, until it texts START."""
    phone = manager(town)
    await town.house.intake.receive(phone.text("STOP", keyword=Keyword.STOP))
    await town.texter("sam").texts("L3A there is a fire")
    await town.time.passes(minutes=3)
    assert await told(town) == ["manager", "security"]
    said = [notice.text for notice in await town.house.desk.notices()]
    assert said == ["No alarm reaches manager: that phone texted STOP to line text. START from it lifts that."]


async def test_what_a_machine_answers_takes_nothing_on(town: Town) -> None:
    """A mailbox whose owner is away, a telephone in a car, a word for the carrier: the list goes on."""
    await town.texter("sam").texts("L3A loud")
    await town.time.passes(minutes=10)
    phone, box = manager(town), security(town)
    await phone.texts("I'm driving with Do Not Disturb on. I'll see your message later.")
    await town.house.intake.receive(phone.text("HELP", keyword=Keyword.HELP))
    await town.time.passes(minutes=5)
    await town.house.intake.receive(box.mail("OK! I am back on Monday.", automatic=True))
    assert (await the_incident(town)).state is IncidentState.OPEN
    assert await told(town) == ["manager", "security"]
    await town.house.intake.receive(phone.text("Yes", keyword=Keyword.START))
    assert (await the_incident(town)).goes == "manager"


async def test_what_a_duty_phone_asks_days_later_is_read_as_any_text(town: Town) -> None:
    """It is no answer to what others took long ago."""
    mia, sam = await town.staff("mia"), town.texter("sam")
    await sam.texts("L3A loud")
    await town.time.passes(minutes=10)
    found = await the_incident(town)
    await town.house.desk.noise.dispatch(mia.id, found.id, found.version, "mia")
    await town.time.passes(days=3)
    await manager(town).texts("OK, and is the printer mended?")
    page = await town.house.desk.worklist(mia.id, View.UNANSWERED)
    assert "OK, and is the printer mended?" in [row.preview for row in page.rows]


async def test_a_yes_takes_back_a_no(town: Town) -> None:
    """While nobody else took it."""
    await town.texter("sam").texts("L3A loud")
    await town.time.passes(minutes=10)
    await manager(town).texts("no")
    await town.settles()
    await manager(town).texts("OK, I can go after all")
    assert (await the_incident(town)).goes == "manager"
