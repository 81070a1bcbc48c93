"""Two servers on one database: what one does to a member's access, the other knows at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from helpdesk.api.bearer import ByToken
from helpdesk.beside import beside
from helpdesk.clock import ManualClock
from helpdesk.config import StoreSettings
from helpdesk.errors import NotAllowed, SignedOut
from helpdesk.gate import Asked, Caller, Gate
from helpdesk.loops import Troubles, on_change
from helpdesk.message import StaffId
from helpdesk.permissions import Role
from helpdesk.ports import Store
from helpdesk.roster import LocalRoster
from helpdesk.sessions import Sessions
from helpdesk.store.opening import open_store
from helpdesk.store.verbs import trail
from helpdesk.store.verbs.trail import Question, Seen
from tests.postgres import Server
from tests.staff import PATIENCE

pytestmark = pytest.mark.full

ADMIN, AGENT = StaffId("admin"), StaffId("agent")


@dataclass(frozen=True, slots=True)
class _Server:
    """One of the servers."""

    store: Store
    gate: Gate
    roster: LocalRoster
    door: ByToken


@asynccontextmanager
async def _server(settings: StoreSettings, clock: ManualClock) -> AsyncIterator[_Server]:
    async with open_store(settings) as store:
        sessions = Sessions(store, clock)
        hearing = on_change("signing out", sessions.check_due, store, clock, Troubles())
        async with beside(hearing):
            yield _Server(store, Gate(store, clock), LocalRoster(store, clock), ByToken(store, clock, sessions))


@pytest.fixture
async def two(postgres: Server) -> AsyncIterator[tuple[_Server, _Server]]:
    """Two servers, and two members."""
    clock = ManualClock()
    with postgres.empty() as url:
        settings = StoreSettings(url=SecretStr(url))
        async with _server(settings, clock) as here, _server(settings, clock) as there:
            await here.roster.add(ADMIN, ADMIN, role=Role.ADMIN)
            await here.roster.add(ADMIN, AGENT, role=Role.AGENT)
            yield here, there


async def test_a_role_that_changes_here_holds_there(two: tuple[_Server, _Server]) -> None:
    """From the next call on."""
    here, there = two
    call = Asked(name="desk.counts", given={"actor": AGENT}, caller=Caller(member=AGENT))
    assert (await there.gate.passes(call)).role is Role.AGENT
    await here.roster.set_role(ADMIN, AGENT, Role.REPORTER)
    with pytest.raises(NotAllowed, match="Your role is reporter"):
        await there.gate.passes(call)
    await here.roster.disable(ADMIN, AGENT)
    with pytest.raises(SignedOut):
        await there.gate.passes(call)


@pytest.mark.parametrize("by", ["disabling", "revoking"])
async def test_a_session_ends_there(two: tuple[_Server, _Server], by: str) -> None:
    """By what is done here; a token that is issued here opens there, too."""
    here, there = two
    issued = await here.roster.issue(ADMIN, AGENT, name="laptop")
    identity = await there.door({"authorization": f"Bearer {issued.text}"}, "192.0.2.1")
    if by == "disabling":
        await here.roster.disable(ADMIN, AGENT)
    else:
        await here.roster.revoke(ADMIN, issued.token.id)
    async with asyncio.timeout(PATIENCE):
        await identity.ended.wait()
    with pytest.raises(SignedOut):
        await there.door({"authorization": f"Bearer {issued.text}"}, "192.0.2.1")


async def test_both_write_to_one_trail(two: tuple[_Server, _Server]) -> None:
    """At the same time: every row is there, and the chain is whole."""

    async def writes(server: _Server, name: str) -> None:
        for n in range(25):
            await server.store.write(trail.note, Seen(actor=name, token="", act=f"act{n}"), ManualClock().now())

    async with asyncio.TaskGroup() as group:
        for server, name in zip(two, ("ana", "ben"), strict=True):
            group.create_task(writes(server, name))
    rows = await two[0].store.read(trail.looks, Question())
    assert [row.seq for row in rows] == list(range(1, 51))
    assert [sum(row.actor == name for row in rows) for name in ("ana", "ben")] == [25, 25]
    assert await two[1].store.read(trail.first_break) == ""
