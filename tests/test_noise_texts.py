"""What texts about noise do as they come in: joined to incidents, answered by rule, danger first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.clock import MINUTE, ManualClock, instant, plus
from helpdesk.config import NoiseSettings
from helpdesk.events import Kind
from helpdesk.message import Keyword
from helpdesk.noise.concerns import Concern
from helpdesk.noise.kinds import NoiseKind
from helpdesk.standards import Outcome
from helpdesk.worklist import View
from tests.conversation import LINES, Town
from tests.noisy import Walker, noisy, walker

STANDARD = "noise-texts"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library with zones."""
    async with noisy() as opened:
        yield opened


@pytest.fixture
async def mia(town: Town) -> Walker:
    """A member at the desk."""
    return await walker(town, "mia")


# Texts come in


async def test_texts_about_one_zone_are_one_noise(town: Town, mia: Walker) -> None:
    """Within the window they join, each in a ticket of their own, under a name of their own."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("music so loud, L3A")
    await town.time.passes(minutes=19)
    await ben.texts("silent study, level 3: loud")
    [incident] = await mia.list()
    assert (incident.zone, incident.noise, incident.reporters, incident.line) == (
        "l3-silent",
        NoiseKind.MUSIC,
        2,
        "noise",
    )
    assert incident.latest - incident.began == 19 * MINUTE
    sight = await mia.looks()
    assert sight.place is not None
    assert sight.place.name == "Silent study, level 3"
    assert len({each.name for each in sight.reporters}) == 2
    assert [each.ticket for each in sight.reporters] == [ana.ticket, ben.ticket]


async def test_after_the_window_it_is_another_noise(town: Town, mia: Walker) -> None:
    """The settings say how long: 20 minutes after the latest text."""
    await town.texter("ana").texts("loud L3A")
    await town.time.passes(minutes=21)
    await town.texter("ben").texts("loud L3A")
    assert [each.reporters for each in await mia.list()] == [1, 1]


async def test_another_zone_is_another_noise(town: Town, mia: Walker) -> None:
    """At the same moment."""
    await town.texter("ana").texts("loud L3A")
    await town.texter("ben").texts("loud in 2.59")
    assert {each.zone for each in await mia.list()} == {"l3-silent", "l2-quiet"}


async def test_a_room_number_survives_the_mask(town: Town, mia: Walker) -> None:
    """What was understood as a place is no telephone number; what is one is masked beside it."""
    ana = town.texter("ana")
    await ana.texts("loud in 2.59, ring 07700 900123")
    assert (await mia.opens(ana.ticket)).entries[0].text == "loud in 2.59, ring [number]"


async def test_the_history_says_why_it_is_there(town: Town, mia: Walker) -> None:
    """How sure the reader is, and by what; not in the log, which holds the zone and the number alone."""
    ana = town.texter("ana")
    await ana.texts("loud, L3A")
    thread = await mia.opens(ana.ticket)
    [came] = [moment for moment in thread.history if moment.kind is Kind.RECEIVED]
    assert came.remark == "place, 99 % sure: poster code L3A"
    [placed] = [moment for moment in thread.history if moment.kind is Kind.PLACED]
    assert placed.data == {"zone": "l3-silent", "sure": 99}


async def test_the_same_texter_again_is_one_reporter(town: Town, mia: Walker) -> None:
    """A second text goes on in the ticket and in the incident."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    await town.time.passes(minutes=5)
    await ana.texts("still loud")
    [incident] = await mia.list()
    assert (incident.reporters, incident.latest) == (1, town.time.now)


async def test_no_place_is_asked_for_once_and_the_answer_joins(town: Town, mia: Walker) -> None:
    """Zone unclear, question, answer, incident joined; a second unclear text is not asked again."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ben.texts("noise L3A")
    await ben.hears("we look into it")
    await ana.texts("it is so loud here")
    await ana.hears("we look into it")
    await ana.hears("Where is the noise?")
    assert sorted(each.zone for each in await mia.list()) == ["", "l3-silent"]
    await ana.texts("please do something")
    await ana.hears_nothing()
    await ana.texts("L3A sorry")
    await ana.hears_nothing()
    [incident] = await mia.list()
    assert (incident.zone, incident.reporters) == ("l3-silent", 2)
    assert [each.ticket for each in (await mia.looks()).reporters] == [ben.ticket, ana.ticket]
    assert (await mia.opens(ana.ticket)).ticket.zone == "l3-silent"


async def test_the_answer_places_the_incident_where_nobody_told_of_it_before(town: Town, mia: Walker) -> None:
    """It stays the one that it was: who was sent is still on the way."""
    ana = town.texter("ana")
    await ana.texts("it is so loud here")
    before = await mia.dispatches("security")
    await ana.texts("L2B")
    [incident] = await mia.list()
    assert (incident.id, incident.zone, incident.goes) == (before.id, "l2-quiet", "security")


async def test_two_unplaced_texts_are_two_noises(town: Town, mia: Walker) -> None:
    """Nobody knows that they are one."""
    await town.texter("ana").texts("so loud here")
    await town.texter("ben").texts("so loud here")
    assert [each.zone for each in await mia.list()] == ["", ""]


async def test_an_enquiry_is_no_noise(town: Town, mia: Walker) -> None:
    """Other lines have no incidents; danger is heard there, too."""
    ana, vic = town.texter("ana", line="text"), town.visitor("vic")
    await ana.texts("is L3A open?")
    assert await mia.list() == ()
    await vic.chats("there is a fire in the stacks")
    page = await town.house.desk.worklist(mia.id, View.UNANSWERED)
    assert [(row.name, row.concern) for row in page.rows] == [("Vic", "fire"), ("+447700900101", "")]
    assert await mia.list() == ()


# What goes out by itself


async def test_who_joins_is_told_that_it_is_seen_to(town: Town) -> None:
    """In words of their own: nobody learns of the others."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await ben.texts("loud L3A")
    first = await ana.hears("we look into it")
    joined = await ben.hears("we see to the noise at Silent study, level 3")
    assert "Staff can't see your number" in first.text
    assert "other" not in joined.text


async def test_one_automatic_text_an_hour(town: Town) -> None:
    """The second text within it is answered by people alone; and none of them stops a clock."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    await ana.hears("we look into it")
    await town.time.passes(minutes=10)
    await ana.texts("L3A still loud")
    await ana.hears_nothing()
    assert (await town.clocks(ana.ticket))[STANDARD].outcome is Outcome.PENDING
    told = [event.data.get("template") for event in await town.log(ana.ticket) if event.kind is Kind.ACKNOWLEDGED]
    assert told == ["first"]


async def test_danger_comes_first(town: Town, mia: Walker) -> None:
    """On top of the worklist and of the incidents, whatever else is due; the gravest counts."""
    quiet, ana = town.texter("quiet"), town.texter("ana")
    await quiet.texts("loud L1C")
    await town.time.passes(minutes=14)
    await ana.texts("they are fighting, L3A")
    page = await town.house.desk.worklist(mia.id, View.UNANSWERED)
    assert [row.id for row in page.rows] == [ana.ticket, quiet.ticket]
    assert [each.concern for each in await mia.list()] == [Concern.VIOLENCE, None]
    await town.texter("ben").texts("L3A there is a fire")
    assert (await mia.list())[0].concern is Concern.FIRE
    assert Kind.CONCERN in {event.kind for event in await town.log(ana.ticket)}
    await mia.takes_next()
    assert mia.before.concern == "violence", "of several the one that has waited longest"


async def test_danger_in_the_text_that_says_where_is_the_noises(town: Town, mia: Walker) -> None:
    """The answer to the question holds both: the incident has its place, its danger and the time of the text."""
    ana = town.texter("ana")
    await ana.texts("so loud here")
    await town.time.passes(minutes=5)
    await ana.texts("L3A and one of them has a knife")
    [incident] = await mia.list()
    assert (incident.zone, incident.concern, incident.latest) == ("l3-silent", Concern.VIOLENCE, town.time.now)


async def test_the_window_is_a_setting() -> None:
    """noise.incident_minutes."""
    async with noisy(noise=NoiseSettings(incident_minutes=1)) as town:
        mia = await walker(town, "mia")
        await town.texter("ana").texts("loud L3A")
        await town.time.passes(minutes=2)
        await town.texter("ben").texts("loud L3A")
        assert len(await mia.list()) == 2


async def test_times_of_a_text_that_was_caught_up(town: Town, mia: Walker) -> None:
    """A text that came late began its noise when it was sent."""
    ana = town.texter("ana")
    sent = plus(town.time.now, -10 * MINUTE)
    await ana._sends(ana.text("loud L3A", sent_at=sent, caught_up=True))
    [incident] = await mia.list()
    assert (incident.began, incident.latest) == (sent, sent)


# Out of hours, and in danger

CALENDARS = """
[calendars.staffed]
zone = "Europe/London"
[calendars.staffed.week]
mon-sun = "09:00-17:00"
"""

TEXTS = """
[texts]
crisis_fire = { text = "Leave now and call 999.", approved_by = "Head of Safety", approved_on = 2026-05-01 }
"""

EVENING = instant(datetime(2026, 5, 28, 20, 30, tzinfo=UTC))
"""Half past nine on a Thursday evening in London."""


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Town]:
    """A library that is staffed by day, in the evening; of the crisis texts it has approved the one for fire."""
    (tmp_path / "calendars.toml").write_text(CALENDARS, "utf-8")
    (tmp_path / "texts.toml").write_text(TEXTS, "utf-8")
    lines = {
        "noise": LINES["noise"].model_copy(update={"calendar": "staffed", "call": "Security: 999."}),
        "text": LINES["text"],
    }
    files = {"calendars": tmp_path / "calendars.toml", "texts": tmp_path / "texts.toml"}
    async with noisy(clock=ManualClock(EVENING), lines=lines, **files) as opened:
        yield opened


async def test_out_of_hours_the_text_says_whom_to_call(night: Town) -> None:
    """The incident is known as one of the night, and nobody is asked where it is: nobody goes there."""
    ana, mia = night.texter("ana"), await walker(night, "mia")
    await ana.texts("so loud here")
    said = await ana.hears("Nobody is here to come until Fri 09:00")
    assert "Security: 999." in said.text
    await ana.hears_nothing()
    assert [each.staffed for each in await mia.list()] == [False]


async def test_an_approved_crisis_text_goes_out_at_once(night: Town) -> None:
    """Out of hours, too; in the place of what is told otherwise, with the question about the place; once an hour."""
    ana = night.texter("ana")
    await ana.texts("fire in the stacks")
    await ana.hears("Leave now and call 999.")
    await ana.hears("Where is the noise?")
    await ana.texts("fire!!")
    await ana.hears_nothing()
    await night.time.passes(hours=1)
    await ana.texts("still a fire")
    await ana.hears("Leave now and call 999.")


async def test_what_nobody_approved_is_not_said(night: Town) -> None:
    """The ordinary text goes out in its place."""
    ana = night.texter("ana")
    await ana.texts("they are fighting, L3A")
    await ana.hears("Nobody is here to come until")


async def test_danger_on_an_enquiry_line_is_answered_too(night: Town) -> None:
    """The same texts, no question about a place."""
    ana = night.texter("ana", line="text")
    await ana.texts("there is a fire")
    await ana.hears("Leave now and call 999.")
    await ana.hears_nothing()


async def test_machines_are_not_answered(town: Town) -> None:
    """A short code, or a program: it is stored, and that is all."""
    ana = town.texter("ana")
    await ana._sends(ana.text("loud L3A", keep_quiet=True))
    await ana._sends(ana.text("STOP", keyword=Keyword.STOP))
    await ana.hears_nothing()


async def test_a_text_that_is_caught_up_is_of_the_hour_in_which_it_was_sent(night: Town) -> None:
    """Sent in the night, fetched in the morning: a noise out of hours; the answer is that of the morning."""
    ana, mia = night.texter("ana"), await walker(night, "mia")
    sent = night.time.now
    await night.time.passes(hours=13)
    await ana._sends(ana.text("loud L3A", sent_at=sent, caught_up=True))
    await ana.hears("Staffed until 17:00")
    assert [each.staffed for each in await mia.list()] == [False]
