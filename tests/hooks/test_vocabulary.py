"""What messages say: names that stay, and nothing that tells of a person."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from helpdesk.clock import instant
from helpdesk.events import Kind
from helpdesk.message import LineId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.store.verbs import notices
from helpdesk.webhooks.vocabulary import EVENTS, kinds_of
from tests.hooks.scene import scene
from tests.noisy import ZONES, walker

pytestmark = pytest.mark.usefixtures("engine")


async def test_all_of_a_noise_is_told_once_however_many_texted() -> None:
    """Three reporters, one noise: opened, dispatched, attended, concluded, each once; it has a number and a place."""
    async with scene(texts=None, zones=ZONES) as here:
        await here.listens(*(name for name in EVENTS if name.startswith("noise.")))
        mia = await walker(here.town, "mia")
        for name in ("ana", "ben", "cai"):
            await here.town.texter(name).texts("so loud, L3A")
        await here.delivers()
        await mia.dispatches("security")
        await mia.attends()
        await mia.concludes(NoiseOutcome.SPOKEN_TO, "We asked them to be quiet.")
        await here.delivers()
        assert here.wall.events == ["noise.opened", "noise.dispatched", "noise.attended", "noise.concluded"]
        opened, *_, concluded = [message.data["noise"] for message in here.wall.messages]
        assert (opened["number"], opened["zone"], opened["reporters"]) == (1, "l3-silent", 3)
        assert (concluded["state"], concluded["outcome"]) == ("over", "spoken_to")


async def test_noises_that_are_parted_are_told_apart() -> None:
    """What staff take out of an incident begins as one of its own."""
    async with scene(texts=None, zones=ZONES) as here:
        await here.listens("noise.opened", "noise.placed")
        mia = await walker(here.town, "mia")
        ana, ben = here.town.texter("ana"), here.town.texter("ben")
        await ana.texts("so loud, L3A")
        await ben.texts("drums, L3A")
        await mia.parts(ben)
        await here.delivers()
        assert [message.data["noise"]["number"] for message in here.wall.messages] == [1, 2]


async def test_nothing_joins_two_messages_of_a_sealed_line_to_one_texter() -> None:
    """No number, no id, no conversation; and that somebody texted again is not told at all."""
    async with scene() as here:
        await here.listens("ticket.opened", "ticket.received", "ticket.replied", "ticket.solved")
        ana, mia = here.town.texter("ana"), await here.town.staff("mia")
        await ana.texts("loud on level 3")
        await ana.texts("still loud")
        await mia.replies("On our way", then="solved")
        await here.delivers()
        assert here.wall.events == ["ticket.opened", "ticket.replied", "ticket.solved"]
        for message in here.wall.messages:
            ticket = message.data["ticket"]
            assert ticket["sealed"]
            assert {"number", "id", "conversation", "name"}.isdisjoint(ticket)
            assert ana.ticket not in json.dumps(message.body)


async def test_no_word_and_no_name_is_in_any_message() -> None:
    """Of everything that can be told of: patrons' words, names, addresses and numbers, and members' names, are not."""
    async with scene() as here:
        await here.listens(*EVENTS)
        mia = await here.town.staff("mia")
        ben, dee, cleo = here.town.mailer("ben"), here.town.texter("dee", line="text"), here.town.visitor("cleo")
        await ben.mails("Peregrine falcon", subject="Kestrel")
        await dee.texts("Peregrine falcon")
        await cleo.chats("Peregrine falcon")
        for _ in range(3):
            mia.ticket = None
            await mia.replies("Wagtail", then="solved")
        await cleo.leaves()
        await ben.mails("Peregrine again", to=ben.ticket)
        await here.town.mailer("kit").mails("Nobody answers a falcon")
        here.town.clock.passes(days=20)
        await here.town.settles()
        await here.delivers()
        told = json.dumps([message.body for message in here.wall.messages])
        assert {"ticket.opened", "ticket.received", "ticket.replied", "ticket.solved", "ticket.reopened"} <= set(
            here.wall.events
        )
        assert {"ticket.left", "standard.breached", "ticket.closed"} <= set(here.wall.events)
        for hidden in (
            "falcon",
            "Kestrel",
            "Wagtail",
            "ben",
            "Ben",
            "example.org",
            "mia",
            "Mia",
            "Cleo",
            dee.number[1:],
        ):
            assert hidden not in told, hidden


async def test_a_line_that_rests_is_told() -> None:
    """Which line; not the carrier's words."""
    async with scene() as here:
        await here.listens("line.paused", "line.resumed")
        await here.town.house.store.write(
            notices.rest_line, LineId("text"), "20003: +447700900123", "x", here.town.time.now
        )
        here.town.clock.passes(minutes=15)
        await here.town.house.outbox.resume_due()
        await here.delivers()
        assert [(message.event, message.data) for message in here.wall.messages] == [
            ("line.paused", {"line": "text"}),
            ("line.resumed", {"line": "text"}),
        ]


async def test_the_shape_of_a_message() -> None:
    """The same five keys for all; the time is when it happened, to the millisecond, in UTC."""
    async with scene() as here:
        await here.listens("ticket.opened")
        await here.town.mailer("ben").mails("Can I renew?")
        began = here.town.time.now
        here.town.clock.passes(minutes=5)
        await here.delivers()
        [message] = here.wall.messages
        assert list(message.body) == ["id", "type", "time", "library", "data"]
        assert instant(datetime.fromisoformat(message.body["time"])) == began
        assert message.timestamp * 1000 == here.town.time.now
        assert message.body["library"] == "main"
        assert set(message.data["ticket"]) == {
            *("id", "number", "channel", "line", "site", "kind", "state", "sealed", "automatic", "test")
        }


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_can_come(name: str) -> None:
    """Each name is made of facts of the log."""
    assert kinds_of((name,))
    assert set(kinds_of((name,))) <= set(Kind)
