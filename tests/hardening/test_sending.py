"""Sending, and clocks that are wrong: what harm or an unlucky week tries. Each attack here once got through."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.loopback import Loopback
from helpdesk.chats import Over
from helpdesk.clock import DAY, ManualClock, plus
from helpdesk.errors import TryLater, Unclear
from helpdesk.message import Channel, Outbound, Sent
from helpdesk.store.care import back_up
from tests.channels.texting import NOISE, texting
from tests.conversation import LINES, Town, library
from tests.hardening.reopened import kept

NUMBER = "+447700900101"


class Carrier(Loopback):
    """Looks a text up as a carrier does: by whom it went to and what it says, for it does not know our ids."""

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """All that could be it; a mail relay can't look."""
        if self.channel is Channel.MAIL:
            return await super().find(message)
        alike = (place for place, each in enumerate(self.sent, 1) if each.text == message.text)
        return tuple(Sent(provider_id=f"loopback-{place}") for place in alike)


async def test_the_same_words_twice_are_two_replies(tmp_path: Path) -> None:
    """The first "Yes." at the carrier is no proof that the second went out."""
    async with kept(tmp_path, {"text": LINES["text"]}, ManualClock(), Carrier) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        await mia.replies("Yes.")
        await ana.hears("Yes.")
        town.wires[Channel.SMS].fails(Unclear("It did not answer."))
        await mia.replies("Yes.")
        await town.time.passes(minutes=5)
        await ana.hears("Yes.")
        town.wires[Channel.SMS].fails(Unclear("It took it, and did not say so."), taken=True)
        await mia.replies("Yes.")
        await town.time.passes(minutes=5)
        assert len(ana.heard) == 3
        assert [each.text for each in await town.house.desk.notices()] == []


async def test_a_restored_store_does_not_send_again_in_silence(tmp_path: Path) -> None:
    """What waited when the copy was made went out since: looked up where one can look, else flagged."""
    lines, clock = {"text": LINES["text"], "help": LINES["help"]}, ManualClock()
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    async with kept(first, lines, clock, Carrier) as town:
        ana, ben, mia = town.texter("ana", line="text"), town.mailer("ben"), await town.staff("mia")
        await ana.texts("Are you open?")
        await ben.mails("Can I renew?")
        for ticket in (ana.ticket, ben.ticket):
            await mia.opens(ticket)
            await mia.replies("Yes.")
        back_up(first / "desk.sqlite", second / "desk.sqlite")
        await town.settles()
        gone = town.wires[Channel.SMS].sent
        assert len(gone) == 1
    async with kept(second, lines, clock, Carrier) as town:
        town.wires[Channel.SMS].sent += gone
        await town.settles()
        assert len(town.wires[Channel.SMS].sent) == 1
        assert [each.again for each in town.wires[Channel.MAIL].sent] == [True]
        assert "resent_unclear" in await town.kinds(ben.ticket)


class Unsteady(ManualClock):
    """A clock that somebody sets right."""

    def set_back(self, millis: int) -> None:
        """Show an earlier time."""
        self._now = plus(self._now, -millis)


async def test_a_clock_set_back_keeps_no_reply_waiting(tmp_path: Path) -> None:
    """Written while the clock was a year ahead, by this owner or one before: neither waits for a year."""
    clock, lines = Unsteady(), {"text": LINES["text"]}
    clock.passes(days=365)
    async with kept(tmp_path, lines, clock) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        await town.settles()
        await mia.replies("Yes.")
        clock.set_back(DAY)
        await ana.hears("Yes.")
        town.wires[Channel.SMS].fails(TryLater("busy"))
        await mia.replies("Until nine.")
        await town.settles()
        clock.set_back(300 * DAY)
    async with kept(tmp_path, lines, clock) as town:
        await town.texter("ana", line="text").hears("Until nine.")


async def test_a_clock_set_back_does_not_blind_catching_up() -> None:
    """The cursor was moved by a clock a year ahead; what the webhook could not bring is fetched all the same."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        await wire.carrier.handset(NUMBER).texts("loud on level 3", to=NOISE)
        wire.door.shut = False
        wire.door.cursors["sms:noise"] = plus(wire.clock.now(), 365 * DAY)
        await catching.catch_up()
    assert wire.door.texts == ["loud on level 3"]


async def test_who_leaves_a_chat_has_left_whatever_the_clock_says() -> None:
    """A clock set back by a second must not keep the token alive on a shared computer."""
    clock = Unsteady()
    async with library(clock=clock) as town:
        ana = town.visitor("ana")
        await ana.chats("Hello?")
        clock.set_back(1000)
        await ana.leaves()
        with pytest.raises(Over):
            await ana.chats("Still there?")


@pytest.mark.parametrize("seconds", [1e12, float("inf")])
async def test_no_provider_puts_a_reply_off_for_years(town: Town, seconds: float) -> None:
    """Retry-After is the provider's word, and may be anything."""
    ana, mia = town.texter("ana", line="text"), await town.staff("mia")
    await ana.texts("Are you open?")
    town.wires[Channel.SMS].fails(TryLater("busy", retry_after=seconds))
    await mia.replies("Yes.")
    await town.time.passes(days=1)
    await ana.hears("Yes.")


async def test_a_reply_by_a_channel_that_lost_its_last_line_is_not_forgotten(tmp_path: Path) -> None:
    """The desk says so, and it goes out once the line is back."""
    clock, text, mail = ManualClock(), {"text": LINES["text"]}, {"help": LINES["help"]}
    async with kept(tmp_path, {**text, **mail}, clock) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        await mia.replies("Until nine.")
    async with kept(tmp_path, mail, clock) as town:
        await town.settles()
        assert "Line text is not in the settings" in next(each.text for each in await town.house.desk.notices())
    clock.passes(minutes=15)
    async with kept(tmp_path, {**text, **mail}, clock) as town:
        ana = town.texter("ana", line="text")
        await ana.hears("Until nine.")
