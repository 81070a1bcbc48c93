"""A desk whose token is over: it says why once, asks its server nothing, and keeps nobody else out."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from helpdesk.api.admitting import admitting
from helpdesk.api.bearer import ByToken
from helpdesk.api.identity import Identity
from helpdesk.api.remote import connect_to
from helpdesk.api.routes import Offered
from helpdesk.api.server import answering
from helpdesk.beside import beside
from helpdesk.gate import Gate
from helpdesk.loops import Troubles, on_change
from helpdesk.message import StaffId
from helpdesk.own_tokens import OwnTokens
from helpdesk.roster import LocalRoster
from helpdesk.sessions import Sessions
from tests.tui.house import ANA, BEN, House, house
from tests.tui.seat import Seat, seat
from tui.screens.sign_in import KNOWN_AGAIN, UNCHANGED, SignInScreen
from tui.screens.worklist import WorklistScreen

ADMIN = StaffId("root")


@dataclass
class Door:
    """Lets members in by their tokens, and counts how often each token was shown."""

    by_token: ByToken
    shown: Counter[str] = field(default_factory=Counter)

    async def __call__(self, headers: Mapping[str, str], peer: str) -> Identity:
        """Who asks."""
        self.shown[headers.get("authorization", "")[len("Bearer ") :]] += 1
        return await self.by_token(headers, peer)


@dataclass
class Server:
    """A library that desks on other machines reach over TCP."""

    url: str
    library: House
    staff: LocalRoster
    door: Door


@asynccontextmanager
async def serving(library: House) -> AsyncIterator[Server]:
    """The server, with its sessions and its gate; it has seen no token yet."""
    sessions, gate = Sessions(library.store, library.clock), Gate(library.store, library.clock)
    door = Door(ByToken(library.store, library.clock, sessions))
    ending = on_change("signing out", sessions.check_due, library.store, library.clock, Troubles())
    opened = admitting(gate, Offered(desk=library.desk))
    async with beside(ending), answering(library.desk, opened, door) as url:
        yield Server(url, library, LocalRoster(library.store, library.clock), door)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A library with one text."""
    async with house() as library:
        await library.texts("loud on level 3")
        async with serving(library) as opened:
            yield opened


@asynccontextmanager
async def sitting_at(
    server: Server, token: str | Callable[[], str], renewed: Callable[[], object] = lambda: None
) -> AsyncIterator[Seat]:
    """Ana's desk at the server."""
    async with (
        connect_to(server.url, token) as remote,
        seat(server.library, desk=remote, alone=True, renewed=renewed) as desk,
    ):
        await desk.sees("loud on level 3")
        yield desk


async def signed_out(desk: Seat) -> None:
    """Wait until the desk waits for somebody to sign in, and all that it had asked before was answered."""
    sitting = desk.app.sitting
    assert sitting is not None
    await desk.until(lambda: not sitting.known.is_set() and isinstance(desk.app.screen, SignInScreen))
    await desk.rests()


async def time_goes_by(desk: Seat, server: Server) -> None:
    """Some minutes, with all that a desk does by itself meanwhile."""
    for _ in range(3):
        server.library.clock.passes(minutes=2)
        desk.app._tick()
        desk.app._beat()
        await desk.rests()


async def test_a_signed_out_desk_asks_nothing_and_keeps_nobody_out(server: Server) -> None:
    """Left open it shows its token no more, and once for each time that enter is pressed; a colleague comes in."""
    issued = await server.staff.issue(ADMIN, ANA, name="laptop")
    bens = await server.staff.issue(ADMIN, BEN, name="front desk")
    async with sitting_at(server, issued.text) as desk:
        await server.staff.revoke(ADMIN, issued.token.id)
        await signed_out(desk)
        before = server.door.shown[issued.text]
        await time_goes_by(desk, server)
        for pressed in range(1, 6):
            await desk.press("enter")
            await desk.sees(UNCHANGED)
            await desk.rests()
            assert server.door.shown[issued.text] == before + pressed
        await time_goes_by(desk, server)
        async with connect_to(server.url, bens.text) as other:
            assert (await other.counts(BEN))["unanswered"] == 1  # type: ignore[index]
        assert server.door.shown[issued.text] == before + 5
        assert server.door.by_token.bad_tokens == 0


async def test_the_reason_stands_there_once(server: Server) -> None:
    """With what to do about it, at once and after each press; what was being written is kept."""
    issued = await server.staff.issue(ADMIN, ANA, name="laptop")
    async with sitting_at(server, issued.text) as desk:
        await desk.press("t")
        await desk.sees("held for you")
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("We are on our w")
        await server.staff.revoke(ADMIN, issued.token.id)
        await signed_out(desk)
        await desk.sees("'laptop' was revoked", "helpdesk login", "1 draft is kept")
        await desk.press("enter")
        await desk.sees(UNCHANGED)
        assert desk.screen.count("revoked") == 1
        assert "may not watch" not in desk.screen
        await server.staff.disable(ADMIN, ANA)
        await desk.press("enter")
        await desk.sees("can't sign in any more", "1 draft is kept")
        assert "revoked" not in desk.screen


async def test_a_new_token_is_taken(server: Server, tmp_path: Path) -> None:
    """`helpdesk login` keeps one: it is tried once, the screen says that enter goes on, and changes are seen again."""
    own = OwnTokens(tmp_path, environment={})
    issued = await server.staff.issue(ADMIN, ANA, name="laptop")
    own.keep(server.url, issued.text)
    async with sitting_at(server, partial(own.of, server.url), own.written) as desk:
        await server.staff.revoke(ADMIN, issued.token.id)
        await signed_out(desk)
        own.keep(server.url, (await server.staff.issue(ADMIN, ANA, name="laptop")).text)
        desk.app._tick()
        await desk.sees(KNOWN_AGAIN)
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, WorklistScreen))
        await server.library.texts("smoke in the lift", who="+447700900103")
        await desk.sees("smoke in the lift")


async def test_a_new_token_that_is_bad_changes_nothing(server: Server, tmp_path: Path) -> None:
    """It is tried once; the desk goes on waiting, and says what is wrong with it."""
    own = OwnTokens(tmp_path, environment={})
    issued = await server.staff.issue(ADMIN, ANA, name="laptop")
    another = await server.staff.issue(ADMIN, ANA, name="tablet")
    await server.staff.revoke(ADMIN, another.token.id)
    own.keep(server.url, issued.text)
    async with sitting_at(server, partial(own.of, server.url), own.written) as desk:
        await server.staff.revoke(ADMIN, issued.token.id)
        await signed_out(desk)
        own.keep(server.url, another.text)
        desk.app._tick()
        await desk.until(lambda: server.door.shown[another.text])
        await signed_out(desk)
        await time_goes_by(desk, server)
        assert server.door.shown[another.text] == 1
        assert KNOWN_AGAIN not in desk.screen
