"""Two servers of a library on one PostgreSQL: what passes by at one is heard at the other; who is too old stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from pydantic import SecretStr

from helpdesk.attendance import Availability
from helpdesk.clock import ManualClock
from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig, TryLater
from helpdesk.house import House, open_house
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.ports.company import Near
from helpdesk.signals import Listener, Signal
from helpdesk.store import schema
from helpdesk.worklist import View
from tests.channels.chat_house import LINE, settings_for
from tests.conversation import MASTER
from tests.postgres import Server
from tests.staff import PATIENCE
from tests.store.calls import said

pytestmark = pytest.mark.full

ANA, BEA = StaffId("ana"), StaffId("bea")


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    """A database of the test's own, for it changes more than rows."""
    with postgres.fresh() as found:
        yield found


@asynccontextmanager
async def house(url: str) -> AsyncIterator[House]:
    """One of the servers."""
    settings = settings_for().model_copy(update={"store": StoreSettings(url=SecretStr(url))})
    async with open_house(settings, ManualClock(), master=MASTER, private=True) as opened:
        yield opened


@pytest.fixture
async def two(url: str) -> AsyncIterator[tuple[House, House]]:
    """Both; Bea sits at the second."""
    async with house(url) as here, house(url) as there:
        await there.desk.sign_in(BEA, name="Bea Quill")
        yield here, there


async def test_staff_at_another_server_are_heard_typing(two: tuple[House, House]) -> None:
    """The visitor's page is open at one, the member writes at the other; nothing is stored for it."""
    here, there = two
    mine = await here.chats.open(LINE, "Ana")
    await here.chats.say(mine.conversation, mine.token, "m0", "Hello")
    [row] = (await there.desk.worklist(BEA, View.CHAT)).rows
    async with here.chats.present(mine.conversation) as listener:
        before = (await here.desk.hello()).seq
        async with asyncio.timeout(PATIENCE):
            while Signal.STAFF_TYPING not in await _typed(there, row.id, listener):
                pass
        assert (await here.desk.hello()).seq == before


async def _typed(there: House, ticket: object, listener: Listener) -> frozenset[Signal]:
    """One more key, and what the page heard of it; a word that is lost is made up for by the next."""
    await there.desk.typing(BEA, ticket)  # type: ignore[arg-type]
    try:
        async with asyncio.timeout(0.2):
            return await listener.next()
    except TimeoutError:
        return frozenset()


async def test_who_is_there_is_known_at_the_other(two: tuple[House, House]) -> None:
    """A member who takes chats at one server makes the chat page of the other open, and their claim shows there."""
    here, there = two
    assert await here.chats.availability(LINE) is Availability.NOBODY
    await there.desk.set_presence(BEA, Channel.CHAT, True)
    assert await here.chats.availability(LINE) is Availability.OPEN
    assert [(each.staff, each.available) for each in await here.desk.presence()] == [(BEA, True)]
    mine = await here.chats.open(LINE, "Ana")
    await here.chats.say(mine.conversation, mine.token, "m0", "Hello")
    taken = await there.desk.take_next(BEA)
    assert taken is not None
    assert (await here.desk.thread(BEA, taken.id)).ticket.owner == BEA
    assert (await here.chats.standing(mine.conversation, mine.token)).staff_here


async def test_a_member_at_one_server_is_seen_at_the_other(two: tuple[House, House]) -> None:
    """Who writes on a ticket there is named here before anybody types; nothing is stored for it."""
    here, there = two
    await here.desk.sign_in(ANA, name="Ana Pereira")
    ticket = TicketId("0" * 26)
    before = (await here.desk.hello()).seq
    async with asyncio.timeout(PATIENCE):
        while not (near := await here.desk.company.at(ANA, ticket)):
            await there.desk.company.at(BEA)  # said anew: a word that is lost is made up for by the next
            await there.desk.company.at(BEA, ticket, "writes")
    assert near == (Near(staff=BEA, ticket=ticket, doing="writes"),)
    assert (await here.desk.hello()).seq == before


async def test_an_older_server_stops_writing_and_says_why(two: tuple[House, House], url: str) -> None:
    """A newer one has changed the schema: whoever runs on says so at the desk, whoever starts is refused."""
    here, _ = two
    await here.desk.sign_in(BEA, name="Bea Quill")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE helpdesk_schema SET version = version + 1")
    with pytest.raises(TryLater, match="Use the newer program"):
        await here.desk.log_contact(BEA, Channel.PHONE, text="They rang.")
    await said(here.store, "newer program")
    [notice] = [each for each in await here.desk.notices() if each.key == "store"]
    assert f"schema {schema.newest() + 1}, this program knows {schema.newest()}" in notice.text
    assert "store" in {check.name for check in here.readiness.checks() if not check.ok}
    with pytest.raises(BadConfig, match="Use the newer program; nothing was changed"):
        async with house(url):
            pass
