"""The API's calls: each of them over a real Unix socket, whole there and back; each error as itself."""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from helpdesk.api.auth import private_socket
from helpdesk.api.calls import calls
from helpdesk.api.problems import KINDS, NoSuchCall, raised, told
from helpdesk.api.remote import RemoteDesk, by_socket, connect, remote_desk
from helpdesk.api.routes import all_routes, routes
from helpdesk.api.server import desk_socket, owner_socket
from helpdesk.api.table import TABLE
from helpdesk.errors import HelpdeskError, Refused, TryLater
from helpdesk.permissions import NEEDS
from helpdesk.ports import Desk
from tests.scripted_desk import ANA, ERRORS, TICKET
from tests.scripted_sides import TABLES, Scripted


@pytest.fixture
def scripted() -> Scripted:
    """The house behind the API."""
    return Scripted()


@pytest.fixture
async def desk(scripted: Scripted, tmp_path: Path) -> AsyncIterator[RemoteDesk]:
    """Its desk, from the other end of a Unix socket."""
    async with attached(scripted, tmp_path / "desk.sock") as remote:
        yield remote


@asynccontextmanager
async def attached(scripted: Scripted, path: Path) -> AsyncIterator[RemoteDesk]:
    """The same, on a socket of one's own."""
    offered = scripted.offered
    async with owner_socket(cast(Desk, scripted), lambda _: offered, path), connect(path) as remote:
        scripted.asked.clear()
        yield remote


def side(desk: RemoteDesk, protocol: str) -> Any:
    """What stands in for a protocol of the table at this end."""
    return desk if protocol == "desk" else getattr(desk, protocol)


@pytest.mark.parametrize("protocol", TABLES)
async def test_every_call_arrives_whole(scripted: Scripted, desk: RemoteDesk, protocol: str) -> None:
    """The arguments there and the result back are what they were, to the type."""
    there = scripted.sides[protocol]
    for name, given, result in TABLES[protocol]:
        there.says[name] = result
        got = await getattr(side(desk, protocol), name)(**given)
        assert (got, type(got)) == (result, type(result)), name
        asked, sent = there.asked.pop()
        assert (asked, sent) == (name, given)
        assert {key: type(value) for key, value in sent.items()} == {key: type(value) for key, value in given.items()}


@pytest.mark.parametrize("protocol", TABLE)
def test_no_call_is_left_out(protocol: str, desk: RemoteDesk) -> None:
    """A method added to a protocol needs a route, a row in the tests and a permission; then it is there remotely."""
    port, _ = TABLE[protocol]
    names = {call.name for call in calls(port)}
    assert names == routes(protocol).keys()
    assert names == {name for name, _, _ in TABLES[protocol]}
    assert names <= {call.partition(".")[2] for call in NEEDS if call.startswith(f"{protocol}.")}
    for name in names:
        offered = inspect.signature(getattr(side(desk, protocol), name))
        assert offered.parameters == dict(list(inspect.signature(getattr(port, name)).parameters.items())[1:])


def test_every_route_is_alone() -> None:
    """No two calls share a method and a path, whatever the parameters in it are called."""
    places = [
        (route.method, "/".join("{}" if part[:1] == "{" else part for part in route.path.split("/")))
        for route in all_routes()
    ]
    assert len(set(places)) == len(places)


async def test_every_error_arrives_as_itself(scripted: Scripted, desk: RemoteDesk) -> None:
    """Its class, its words, and what it carries."""
    for error in ERRORS:
        scripted.says["claim"] = error
        with pytest.raises(type(error)) as caught:
            await desk.claim(ANA, TICKET.id)
        assert type(caught.value) is type(error)
        assert str(caught.value) == str(error)
        for extra in ("by", "code", "retry_after"):
            assert getattr(caught.value, extra, None) == getattr(error, extra, None)


def test_every_kind_of_error_has_a_problem_of_its_own() -> None:
    """Also those that are raised on the way; one that has no kind yet would arrive as its base."""

    def below(cls: type[HelpdeskError]) -> list[type[HelpdeskError]]:
        return [cls, *(each for sub in cls.__subclasses__() for each in below(sub))]

    ours = {cls for cls in below(HelpdeskError) if cls.__module__ in {"helpdesk.errors", "helpdesk.api.problems"}}
    assert ours == {kind.error for kind in KINDS.values()}
    for cls in ours:
        back = raised(told(cls("words"))[1])
        assert back is None if issubclass(cls, NoSuchCall) else type(back) is cls


async def test_a_fault_of_the_owner_tells_no_details(scripted: Scripted, desk: RemoteDesk) -> None:
    """A bug's text may hold a patron's words: it stays on the owner's side."""
    scripted.says["claim"] = ValueError("mina@example.org")
    with pytest.raises(HelpdeskError, match="Its log says why") as caught:
        await desk.claim(ANA, TICKET.id)
    assert "mina" not in str(caught.value)


async def test_an_unknown_call_asks_for_a_restart(scripted: Scripted, tmp_path: Path) -> None:
    """An owner of another version is told apart from a ticket that is not there."""
    path = tmp_path / "desk.sock"
    async with desk_socket(cast(Desk, scripted), path), connect(path) as desk:
        with pytest.raises(HelpdeskError, match="another version"):
            await desk.keeper.publish()


async def test_an_answer_that_can_not_be_read_asks_for_one_too(scripted: Scripted, desk: RemoteDesk) -> None:
    """A newer owner may say what this one does not know."""
    scripted.says["claim"] = None
    with pytest.raises(HelpdeskError, match="another version"):
        await desk.claim(ANA, TICKET.id)


async def test_nobody_there(tmp_path: Path) -> None:
    """No owner: TryLater, with what to start."""
    with pytest.raises(TryLater, match="helpdesk serve"):
        async with connect(tmp_path / "desk.sock"):
            pass


async def test_somebody_elses_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that we may not write to is told apart from one that nobody answers on."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with private_socket(tmp_path / "desk.sock"), pytest.raises(Refused, match="another user"):
        async with connect(tmp_path / "desk.sock"):
            pass


async def test_a_silent_owner_is_given_up(tmp_path: Path) -> None:
    """A call that is not answered ends, and says that it may have been done."""
    with private_socket(tmp_path / "desk.sock"), pytest.raises(TryLater, match="broke off"):
        async with by_socket(tmp_path / "desk.sock", seconds=0.05) as wire:
            await remote_desk(wire).hello()
