"""Away from the desk: what nobody took goes to the duty list, one after the other, and comes back by a reply."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from helpdesk.clock import Instant
from helpdesk.config import DutySettings, EscalationSettings, LineSettings
from helpdesk.errors import Undeliverable
from helpdesk.events import Kind
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.noise.escalation import Alarm, alarm_text
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.settings.rules import problems
from helpdesk.worklist import View
from tests.conversation import LINES, Mailer, Texter, Town, library

pytestmark = pytest.mark.usefixtures("engine")

MANAGER, SECURITY = "+447700900501", "security@example.org"
DUTY = {
    "manager": DutySettings(address=MANAGER, line="text"),
    "security": DutySettings(address=SECURITY, line="help"),
}
ZONES = """
[zones.main-3-silent]
site = "main"
floor = "3"
name = "Silent study, level 3"
kind = "silent"
code = "L3A"
"""

Opening = Callable[..., AbstractAsyncContextManager[Town]]


@pytest.fixture
def opening(tmp_path: Path) -> Opening:
    """A library with one zone and two on its duty list; settings of the list in words."""
    plan = tmp_path / "zones.toml"
    plan.write_text(ZONES)

    @asynccontextmanager
    async def opened(lines: dict[str, LineSettings] = LINES, **rules: object) -> AsyncIterator[Town]:
        escalation = EscalationSettings.model_validate({"duty": DUTY, **rules})
        async with library(escalation=escalation, zones=plan, lines=lines) as town:
            yield town

    return opened


def manager(town: Town) -> Texter:
    """The phone that is told first."""
    return Texter(town, "manager", number=MANAGER, line="text")


def security(town: Town) -> Mailer:
    """The mailbox that is told next."""
    return Mailer(town, "security")


async def the_incident(town: Town) -> Incident:
    """The only one."""
    mia = await town.staff("mia")
    (found,) = await town.house.desk.noise.incidents(mia.id)
    return found


async def told(town: Town) -> list[str]:
    """Who was told of it, in order."""
    return [str(event.data["to"]) for event in await town.log() if event.kind is Kind.ESCALATED]


async def test_the_list_is_told_one_after_the_other_until_somebody_takes_it(opening: Opening) -> None:
    """The first after ten minutes, the next five minutes later; what takes it ends the telling."""
    async with opening() as town:
        sam = town.texter("sam")
        await sam.texts("L3A so loud, my name is Sam Example")
        await town.time.passes(minutes=9, seconds=59)
        await manager(town).hears_nothing()
        await town.time.passes(seconds=1)
        text = (await manager(town).hears("Noise 1. Silent study, level 3, since")).text
        assert "Sam" not in text
        await town.time.passes(minutes=5)
        mail = await security(town).hears("Noise 1. Silent study, level 3")
        assert "Noise 1: nobody has taken it" in mail.subject
        await security(town).mails("OK, two of us are going")
        found = await the_incident(town)
        assert (found.state, found.goes) == (IncidentState.DISPATCHED, "security")
        await town.time.passes(hours=1)
        assert await told(town) == ["manager", "security"]


async def test_a_no_tells_the_next_at_once(opening: Opening) -> None:
    """Whoever is busy says so, and need not wait."""
    async with opening() as town:
        await town.texter("sam").texts("L3A loud")
        await town.time.passes(minutes=10)
        await manager(town).texts("No, off duty today")
        await town.settles()
        assert await told(town) == ["manager", "security"]
        assert (await the_incident(town)).state is IncidentState.OPEN


async def test_who_can_not_be_reached_is_not_waited_for(opening: Opening) -> None:
    """A duty phone that is out of use: the next one is told at once."""
    async with opening() as town:
        await town.texter("sam").texts("L3A loud")
        town.wires[Channel.SMS].fails(Undeliverable("The number is not in use any more.", code="30005"))
        await town.time.passes(minutes=10)
        assert await told(town) == ["manager", "security"]


async def test_who_answers_late_hears_who_has_it(opening: Opening) -> None:
    """And nothing changes by it."""
    async with opening() as town:
        await town.texter("sam").texts("L3A loud")
        await town.time.passes(minutes=15)
        await security(town).mails("ok")
        phone = manager(town)
        await phone.texts("OK")
        await phone.hears("Noise 1. Silent")
        await phone.hears("Noise 1 was taken by security meanwhile.")
        assert (await the_incident(town)).goes == "security"


async def test_what_staff_have_taken_is_told_to_nobody(opening: Opening) -> None:
    """Held, or somebody was sent: from the desk it is enough. Put back, the telling begins."""
    async with opening() as town:
        sam, mia = town.texter("sam"), await town.staff("mia")
        await sam.texts("L3A loud")
        await mia.takes_next()
        await town.time.passes(minutes=9)
        await town.house.desk.claim(mia.id, mia.before.id)
        await town.time.passes(minutes=9)
        assert await told(town) == []
        await town.time.passes(minutes=2)
        assert await told(town) == ["manager"]


async def test_the_end_of_the_list_is_said_loudly_at_the_desk(opening: Opening) -> None:
    """Until somebody has it."""
    async with opening() as town:
        await town.texter("sam").texts("L3A loud")
        await town.time.passes(minutes=20)
        (notice,) = await town.house.desk.notices()
        assert notice.level == "error"
        assert notice.text == "Nobody on the duty list took incident 1. Go yourself, or ring somebody."
        mia, found = await town.staff("mia"), await the_incident(town)
        await town.house.desk.noise.dispatch(mia.id, found.id, found.version, "mia")
        await town.settles()
        assert await town.house.desk.notices() == ()


async def test_danger_is_told_sooner_and_of_every_line(opening: Opening) -> None:
    """After three minutes, by its kind; on an enquiry line it is the ticket that is named."""
    async with opening() as town:
        kim = town.texter("kim", line="text")
        await kim.texts("someone collapsed by the stairs and is not breathing")
        await town.time.passes(minutes=2)
        assert await told(town) == []
        await town.time.passes(minutes=1)
        await manager(town).hears("URGENT medical, ticket 1.")
        await manager(town).texts("on my way")
        await town.time.passes(hours=1)
        assert await told(town) == ["manager"]


async def test_what_the_duty_list_is_told_is_nobodys_work_and_in_no_figure(opening: Opening) -> None:
    """It waits in no view, no clock runs for it, also when they answer."""
    async with opening() as town:
        sam, mia = town.texter("sam"), await town.staff("mia")
        await sam.texts("L3A loud")
        await town.time.passes(minutes=10)
        await manager(town).texts("ok")
        page = await town.house.desk.worklist(mia.id, View.UNANSWERED)
        assert [row.name for row in page.rows] == [(await mia.opens(sam.ticket)).ticket.name]
        duty = {event.ticket for event in await town.log() if event.data.get("rule") == "escalated"}
        assert len(duty) == 1
        for ticket in duty:
            assert ticket is not None
            assert all(row.barred for row in (await town.clocks(TicketId(ticket))).values())


async def test_an_ordinary_text_from_a_duty_phone_is_a_ticket(opening: Opening) -> None:
    """Where there is nothing to answer, they are a patron like everybody."""
    async with opening() as town:
        phone, mia = manager(town), await town.staff("mia")
        await phone.texts("Is the printer on level 1 mended?")
        assert await mia.takes_next() is not None


async def test_out_of_hours_only_where_it_is_wanted(tmp_path: Path) -> None:
    """A noise while nobody is at the desk waits for the morning; danger does not."""
    calendars = tmp_path / "calendars.toml"
    calendars.write_text(
        '[calendars.staffed]\nzone = "Europe/London"\n[calendars.staffed.week]\nmonday = ["09:00-09:01"]\n'
    )
    plan = tmp_path / "zones.toml"
    plan.write_text(ZONES)
    lines = {**LINES, "noise": LINES["noise"].model_copy(update={"calendar": "staffed"})}
    rules = EscalationSettings(duty=DUTY)
    async with library(lines=lines, escalation=rules, zones=plan, calendars=calendars) as town:
        await town.texter("sam").texts("L3A loud")
        await town.time.passes(hours=1)
        assert await told(town) == []
        await town.texter("kim").texts("L3A someone has a knife")
        await town.time.passes(minutes=3)
        assert await told(town) == ["manager"]


@pytest.mark.parametrize(
    ("duty", "said"),
    [
        (DutySettings(address=MANAGER, line="nowhere"), "there is no line 'nowhere'"),
        (DutySettings(address=MANAGER, line="noise"), "must be an open text or mail line"),
        (DutySettings(address="0770 900501", line="text"), "international form"),
        (DutySettings(address="security", line="help"), "write a mailbox"),
    ],
)
async def test_a_list_that_could_not_be_reached_starts_nothing(duty: DutySettings, said: str) -> None:
    """Each is named by its key, with the remedy."""
    async with library() as town:
        settings = town.house.settings.model_copy(update={"escalation": EscalationSettings(duty={"manager": duty})})
        found = [problem for problem in problems(settings) if problem.key[0] == "escalation"]
        assert len(found) == 1
        assert said in found[0].remedy


async def test_the_log_names_places_on_the_list_and_no_address(opening: Opening) -> None:
    """A duty phone is a person's, too."""
    async with opening() as town:
        await town.texter("sam").texts("L3A loud")
        await town.time.passes(minutes=15)
        await security(town).mails("ok")
        log = repr(await town.log())
        assert MANAGER not in log
        assert SECURITY not in log
        assert {"manager", "security"} <= {str(event.data.get("to")) for event in await town.log()}
        assert StaffId("security") not in {event.actor for event in await town.log()}
        assert Channel.SMS in {Channel(str(e.data["channel"])) for e in await town.log() if "channel" in e.data}


def test_the_page_about_the_list_holds() -> None:
    """Its settings are settings, and the text that it shows is the one that goes out."""
    page = Path("docs/duty-list.md").read_text()
    block = tomllib.loads(page.split("```toml\n")[1].split("```")[0])
    assert EscalationSettings.model_validate(block["escalation"]).duty.keys() == {"manager", "security"}
    alarm = Alarm(
        what="incident", number=12, place="Silent study, level 3", site="", since=Instant(1_795_269_780_000), texts=3
    )
    assert f"> {alarm_text(alarm, library='Moor Street Library', zone='Europe/London')}" in page


# What began anew


async def test_danger_after_the_end_of_the_list_is_told_from_the_beginning(opening: Opening) -> None:
    """Nobody took the noise; that somebody is in danger there is another matter."""
    async with opening(next_minutes=3) as town:
        await town.texter("sam").texts("L3A loud")
        await town.time.passes(minutes=17)
        await town.texter("kim").texts("L3A one of them has a knife")
        await town.time.passes(minutes=2)
        assert await told(town) == ["manager", "security"]
        await town.time.passes(minutes=1)
        phone = manager(town)
        await phone.hears("Noise 1.")
        await phone.hears("URGENT violence, noise 1.")
        await phone.texts("OK")
        await town.time.passes(hours=1)
        assert await told(town) == ["manager", "security", "manager"]


async def test_danger_is_told_though_somebody_is_on_the_way(opening: Opening) -> None:
    """They went to a noise and may know nothing of it. Sent again since, somebody knows."""
    async with opening() as town:
        mia = await town.staff("mia")
        await town.texter("sam").texts("L3A loud")
        found = await the_incident(town)
        await town.house.desk.noise.dispatch(mia.id, found.id, found.version, "mia")
        await town.time.passes(minutes=2)
        await town.texter("kim").texts("L3A one of them has a knife")
        await town.time.passes(minutes=3)
        assert await told(town) == ["manager"]
        found = await the_incident(town)
        await town.house.desk.noise.dispatch(mia.id, found.id, found.version, "mia")
        await town.time.passes(hours=1)
        assert await told(town) == ["manager"]


async def test_a_noise_that_goes_on_is_told_again(opening: Opening) -> None:
    """Taken, over, and back: whoever ended it has the ticket still, and may have gone home."""
    async with opening() as town:
        sam, mia = town.texter("sam"), await town.staff("mia")
        await sam.texts("L3A loud")
        await town.time.passes(minutes=10)
        await manager(town).texts("OK")
        found = await the_incident(town)
        await town.house.desk.noise.conclude(mia.id, found.id, found.version, NoiseOutcome.SPOKEN_TO, text="We went.")
        await town.time.passes(minutes=5)
        await sam.texts("L3A still loud")
        await town.time.passes(minutes=9)
        assert await told(town) == ["manager"]
        await town.time.passes(minutes=1)
        assert await told(town) == ["manager", "manager"]


async def test_danger_told_of_again_after_an_answer_is_told_again(opening: Opening) -> None:
    """In a chat, too, whose first danger somebody answered."""
    async with opening() as town:
        vic, mia = town.visitor("vic"), await town.staff("mia")
        await vic.chats("there is a fire in the stacks")
        await town.time.passes(minutes=3)
        await mia.takes_next()
        await mia.replies("Leave now, we ring the fire brigade.")
        await town.time.passes(hours=1)
        await vic.chats("somebody is bleeding badly here")
        await town.time.passes(minutes=3)
        assert await told(town) == ["manager", "manager"]


async def test_no_days_limit_keeps_back_danger(opening: Opening) -> None:
    """A line that may text no more today tells the duty list of danger, and of a noise tomorrow."""
    line = LINES["text"].model_copy(update={"texts_per_day": 1})
    async with opening(lines={**LINES, "text": line}) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("is the library open?")
        await mia.replies("It is.")
        await town.texter("sam").texts("L3A loud")
        await town.time.passes(minutes=10)
        await manager(town).hears_nothing()
        await town.texter("kim").texts("someone collapsed in the cafe")
        await town.time.passes(minutes=3)
        await manager(town).hears("URGENT medical, noise 2.")
