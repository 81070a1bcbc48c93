"""The demo: who is there besides the person at its desk."""

from __future__ import annotations

import asyncio

import pytest

from helpdesk import demo
from helpdesk.events import Seq
from helpdesk.message import Channel, StaffId
from helpdesk.permissions import Role

ME = StaffId("ana")


@pytest.mark.full
async def test_the_demo_has_colleagues() -> None:
    """A ticket can be given to either; one of them is at work, and takes no chat from the person."""
    async with demo.stage() as played, demo.with_patrons(played, seed=7):
        desk = played.house.desk
        assert (await desk.sign_in(ME, name="Ana Pereira")).role is Role.LEAD
        names = {each.id: each.name for each in await desk.members()}
        assert demo.COLLEAGUES.items() <= names.items()
        async with asyncio.timeout(20):
            changes = desk.changes(Seq(0))
            while not (on := await desk.duty.now(ME)):
                await anext(changes)
        assert [each.staff for each in on] == [demo.ON]
        assert Channel.CHAT not in on[0].channels
