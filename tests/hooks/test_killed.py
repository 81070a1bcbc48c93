"""kill -9 of the owner between the send of a message and the commit that says so."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from helpdesk.clock import MINUTE, ManualClock, SystemClock, plus
from helpdesk.house import open_house
from helpdesk.settings.file import load
from helpdesk.simulator.postbox import Postbox
from tests.chaos.owner import Library, Owner, found_library
from tests.hooks.receiver import HANGS, Receiver, receiver
from tests.staff import SAM


@pytest.mark.full
async def test_a_message_whose_end_was_not_heard_goes_again_under_its_id(tmp_path: Path) -> None:
    """The receiver has it, the owner dies before it knows: the next owner sends it once more, then what came after."""
    async with Postbox().listening() as relay, receiver() as wall:
        library = found_library(tmp_path, carrier="http://127.0.0.1:9", relay_port=relay.port)
        await _listens(library, wall)
        wall.moods.append(HANGS)
        owner = Owner(library)
        await owner.start()
        try:
            _mail(library, "Can I renew?")
            [first] = await wall.hears(1)
            _mail(library, "And another?")
        finally:
            await owner.die()
        wall.lets_go()
        later = ManualClock(plus(SystemClock().now(), MINUTE))
        async with open_house(load(library.settings), later) as house:
            while await house.intake.parse_due():
                continue
            assert await house.hooks.delivery.deliver_due("wall") is None
        _, again, second = await wall.hears(3)
    assert again.id == first.id
    assert again.body == first.body
    assert [message.data["ticket"]["number"] for message in (first, second)] == [1, 2]
    assert {message.signed for message in wall.messages} == {1}


async def _listens(library: Library, wall: Receiver) -> None:
    """The hook is added before the owner starts."""
    async with open_house(load(library.settings), SystemClock()) as house:
        added = await house.hooks.local.add(SAM, "wall", url=wall.url, events=("ticket.opened",))
    wall.secrets.append(added.secret)


def _mail(library: Library, text: str) -> None:
    """A patron's mail, handed in by the relay and acknowledged."""
    with smtplib.SMTP("127.0.0.1", library.mail_port, timeout=30) as relay:
        mail = f"From: ben@patron.example\r\nTo: {library.mailbox}\r\nSubject: Loans\r\n\r\n{text}\r\n"
        relay.sendmail("ben@patron.example", [library.mailbox], mail)
