"""What a role may not do is shown so, with the reason; who may no longer is asked to sign in, and loses no word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.api.admitting import admitting
from helpdesk.api.bearer import ByToken
from helpdesk.api.remote import connect, connect_to
from helpdesk.api.routes import Offered
from helpdesk.api.server import answering, owner_socket
from helpdesk.beside import beside
from helpdesk.gate import Gate
from helpdesk.gated import behind
from helpdesk.loops import Troubles, on_change
from helpdesk.message import StaffId
from helpdesk.permissions import NEEDS, Role
from helpdesk.ports import Desk
from helpdesk.roster import LocalRoster
from helpdesk.sessions import Sessions
from tests.tui.house import ANA, BEN, House, house
from tests.tui.seat import Seat, seat
from tui import asking
from tui.commands import COMMANDS
from tui.roles import CALLS
from tui.screens.reports import ReportsScreen
from tui.screens.sign_in import SignInScreen

ASKING_NOBODY = set(
    "down up page_down page_up first last back keep send then outside lookalikes insert quote thread_up thread_down"
    " switch lock palette keys colours redraw quiet quit undo redo select range none seen tour".split()
)
ADMIN = StaffId("root")


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with one text and one mail."""
    async with house() as opened:
        await opened.texts("loud on level 3")
        await opened.mails("Renewal", "May I keep my books?")
        yield opened


@pytest.fixture
def staff(library: House) -> LocalRoster:
    """Its list of staff."""
    return LocalRoster(library.store, library.clock)


def gated(library: House) -> Desk:
    """The desk as the library's own terminal has it."""
    desk: Desk = library.desk
    return behind(Gate(library.store, library.clock), "desk", Desk, desk)


def test_every_command_has_its_call() -> None:
    """Or asks nobody; and each call is one of the table's."""
    named = {command.id for command in COMMANDS}
    assert set(CALLS) | ASKING_NOBODY == named
    assert not set(CALLS) & ASKING_NOBODY
    assert set(CALLS.values()) <= set(NEEDS)


async def test_an_agent_is_told_what_is_for_leads(library: House, staff: LocalRoster) -> None:
    """The key is there, and says why it does nothing for them."""
    await staff.set_role(ADMIN, ANA, Role.AGENT)
    async with seat(library, desk=gated(library)) as desk:
        await desk.press("f")
        await desk.sees("Merge it into another ticket", "for leads")
        await desk.press("down", "enter")
        await desk.sees("This is for leads: ask one to do it.", "Your role is agent")
        await desk.press("escape", "t")
        await desk.sees("held for you")


async def test_what_a_colleague_has_is_a_lead_s_to_take(library: House, staff: LocalRoster) -> None:
    """Said before it is tried."""
    await staff.set_role(ADMIN, ANA, Role.AGENT)
    async with seat(library, desk=gated(library)) as desk:
        target = desk.worklist.target
        assert target is not None
        await library.desk.assign(BEN, target.id, target.version, BEN)
        await desk.until(lambda: desk.worklist.target is not None and desk.worklist.target.owner == BEN)
        await desk.press("A")
        await desk.told("Ask Ben Adeyemi to hand it over, or a lead to do it.")


async def test_a_reporter_s_desk_shows_figures(library: House, staff: LocalRoster) -> None:
    """It opens with them; no text is on it, no contact comes to it, and no key leads to one."""
    await staff.set_role(ADMIN, ANA, Role.REPORTER)
    async with seat(library, desk=gated(library), asked=True) as desk:
        await desk.until(lambda: isinstance(desk.app.screen, ReportsScreen))
        await desk.press("escape")
        await desk.sees("You see figures and no texts")
        await desk.press("slash")
        await desk.told("You see figures and no texts.")
        assert "loud on level" not in desk.screen
        assert not any(each.available for each in await library.desk.presence() if each.staff == ANA)


async def test_a_role_changes_under_the_reader(library: House, staff: LocalRoster) -> None:
    """An open ticket is left where its texts may not be seen any more."""
    async with seat(library, desk=gated(library)) as desk:
        await desk.press("enter")
        await desk.sees("May I keep my books?" if "Renewal" in desk.screen else "loud on level 3")
        await staff.set_role(ADMIN, ANA, Role.REPORTER)
        await desk.told("Your role is reporter now.")
        await desk.sees("You see figures and no texts")
        await staff.set_role(ADMIN, ANA, Role.LEAD)
        await desk.told("Your role is lead now.")
        await desk.sees("loud on level 3")


async def signed_out(desk: Seat, *words: str) -> None:
    """Wait for the sign-in screen with these words; what lay under it does not shine through."""
    await desk.until(lambda: isinstance(desk.app.screen, SignInScreen))
    await desk.sees(*words)
    assert "loud on level" not in desk.screen


async def begins_to_write(desk: Seat, words: str) -> None:
    """Open a ticket and write an answer."""
    await desk.press("t")
    await desk.sees("held for you")
    await desk.press("r")
    await desk.sees("Reply to")
    await desk.writes(words)


async def test_the_embedded_desk_signs_out(library: House, staff: LocalRoster) -> None:
    """At once; what she wrote is kept, and there when she may come back."""
    async with seat(library, desk=gated(library)) as desk:
        await begins_to_write(desk, "We are on our w")
        await staff.disable(ADMIN, ANA)
        await signed_out(desk, "Ana Pereira can't sign in any more.", "1 draft is kept")
        await desk.press("escape")
        await desk.sees("can't sign in any more.")
        await staff.enable(ADMIN, ANA)
        await desk.until(lambda: "Ana Pereira" in (line.strip() for line in desk.screen.splitlines()))
        await desk.press("home", "enter")
        await desk.sees("We are on our w")


async def test_a_desk_at_the_socket_signs_out(library: House, staff: LocalRoster, tmp_path: Path) -> None:
    """The same for one that is attached; a colleague may sit down instead."""
    path = tmp_path / "desk.sock"
    gate = Gate(library.store, library.clock)
    opened = admitting(gate, Offered(desk=library.desk))
    async with (
        owner_socket(library.desk, opened, path),
        connect(path) as remote,
        seat(library, desk=remote) as desk,
    ):
        await desk.sees("loud on level 3")
        await staff.disable(ADMIN, ANA)
        await signed_out(desk, "Ana Pereira can't sign in any more.", "Ben Adeyemi")
        await desk.press("enter")
        await desk.sees("loud on level 3", "Ben")


async def test_who_was_refused_is_no_choice_before_the_list_is_read_again(library: House) -> None:
    """Enter is never theirs, whichever comes first: the refusal or the news."""
    async with seat(library) as desk:
        sitting = desk.app.sitting
        assert sitting is not None
        asking.sign_out(desk.app, sitting, desk.app._presence, "This member can't sign in any more.")
        await signed_out(desk, "This member can't sign in any more.", "Ben Adeyemi")
        assert "Ana Pereira" not in desk.screen


async def test_a_desk_with_a_token_signs_out(library: House, staff: LocalRoster) -> None:
    """When its token is revoked, in words; nobody else can sit down there, and what was written is kept."""
    sessions, gate = Sessions(library.store, library.clock), Gate(library.store, library.clock)
    opened = admitting(gate, Offered(desk=library.desk))
    tokens = ByToken(library.store, library.clock, sessions)
    issued = await staff.issue(ADMIN, ANA, name="laptop")
    ending = on_change("signing out", sessions.check_due, library.store, library.clock, Troubles())
    async with (
        beside(ending),
        answering(library.desk, opened, tokens) as url,
        connect_to(url, issued.text) as remote,
        seat(library, desk=remote, alone=True) as desk,
    ):
        await begins_to_write(desk, "We are on our w")
        await staff.revoke(ADMIN, issued.token.id)
        await signed_out(desk, "1 draft is kept", "Ana Pereira", "ctrl+q leaves the desk")
        assert "Ben" not in desk.screen
        assert "Somebody new" not in desk.screen
        await desk.press("enter")
        await desk.sees("revoked")
