"""The owner's API: every call of the desk over a real Unix socket, its errors, its stream."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from helpdesk.api import remote
from helpdesk.api.auth import private_socket
from helpdesk.api.codec import CHANGES, DESK, calls
from helpdesk.api.keeper import Keeper
from helpdesk.api.remote import RemoteDesk, RemoteKeeper, connect, connect_keeper
from helpdesk.api.remote_noise import RemoteNoise
from helpdesk.api.server import application, desk_socket
from helpdesk.errors import (
    BadConfig,
    HelpdeskError,
    Refused,
    TryLater,
)
from helpdesk.events import Kind, Seq
from helpdesk.ports import Desk, NoiseDesk
from helpdesk.serving import serving
from helpdesk.sight import Told
from tests.scripted_desk import ANA, CALLS, ERRORS, KEEPER_CALLS, TICKET, TOLD, Scripted, ScriptedKeeper
from tests.scripted_noise import noise_calls

NOISE_CALLS = noise_calls(TICKET)


@pytest.fixture
def scripted() -> Scripted:
    """The desk behind the API."""
    return Scripted()


@pytest.fixture
async def desk(scripted: Scripted, tmp_path: Path) -> AsyncIterator[RemoteDesk]:
    """The same desk, from the other end of a Unix socket."""
    path = tmp_path / "desk.sock"
    async with desk_socket(cast(Desk, scripted), path), connect(path) as attached:
        scripted.asked.clear()
        yield attached


def _id(call: object) -> str:
    return call if isinstance(call, str) else ""


@pytest.mark.parametrize(("name", "given", "result"), CALLS, ids=_id)
async def test_every_call_arrives_whole(
    scripted: Scripted, desk: RemoteDesk, name: str, given: dict[str, Any], result: Any
) -> None:
    """The arguments there and the result back are what they were, to the type."""
    scripted.says[name] = result
    got = await getattr(desk, name)(**given)
    assert got == result
    assert type(got) is type(result)
    assert scripted.asked == [(name, given)]
    sent = scripted.asked[0][1]
    assert {key: type(value) for key, value in sent.items()} == {key: type(value) for key, value in given.items()}


@pytest.mark.parametrize(("name", "given", "result"), NOISE_CALLS, ids=_id)
async def test_every_call_about_noise_arrives_whole(
    scripted: Scripted, desk: RemoteDesk, name: str, given: dict[str, Any], result: Any
) -> None:
    """As those of the desk."""
    scripted.noise.says[name] = result
    got = await getattr(desk.noise, name)(**given)
    assert (got, type(got)) == (result, type(result))
    assert scripted.noise.asked == [(name, given)]
    sent = scripted.noise.asked[0][1]
    assert {key: type(value) for key, value in sent.items()} == {key: type(value) for key, value in given.items()}


@pytest.mark.parametrize(
    ("protocol", "attached", "table"),
    [(Desk, RemoteDesk, CALLS), (NoiseDesk, RemoteNoise, NOISE_CALLS)],
    ids=["desk", "noise"],
)
def test_no_call_is_left_out(protocol: type, attached: type, table: list[tuple[str, Any, Any]]) -> None:
    """A method added to a protocol needs a row in its table, and a method of what stands in for it when attached."""
    names = {call.name for call in calls(protocol)}
    assert names == {name for name, _, _ in table}
    streams = {"changes"} if protocol is Desk else set()
    for name in names | streams:
        asked, offered = (inspect.signature(getattr(side, name)) for side in (protocol, attached))
        assert asked.parameters.keys() == offered.parameters.keys()
        assert [p.default for p in asked.parameters.values()] == [p.default for p in offered.parameters.values()]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_every_error_arrives_as_itself(scripted: Scripted, desk: RemoteDesk, error: HelpdeskError) -> None:
    """Its class, its words, and what it carries."""
    scripted.says["claim"] = error
    with pytest.raises(type(error)) as caught:
        await desk.claim(ANA, TICKET.id)
    assert type(caught.value) is type(error)
    assert str(caught.value) == str(error)
    for extra in ("by", "code", "retry_after"):
        assert getattr(caught.value, extra, None) == getattr(error, extra, None)


async def test_a_fault_of_the_owner_tells_no_details(scripted: Scripted, desk: RemoteDesk) -> None:
    """A bug's text may hold a patron's words: it stays on the owner's side."""
    scripted.says["claim"] = ValueError("mina@example.org")
    with pytest.raises(HelpdeskError, match="Its log says why") as caught:
        await desk.claim(ANA, TICKET.id)
    assert "mina" not in str(caught.value)


async def test_wrong_arguments_are_refused_unseen(scripted: Scripted) -> None:
    """A misspelt or missing argument is named, and no value is sent back."""
    async with serving(application(cast(Desk, scripted))) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.post(f"{DESK}/sign_in", json={"actor": "ana", "pni": "1234"})
        broken = await client.post(f"{DESK}/claim", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "refused"
    assert "pni" in answer.json()["detail"]
    assert "1234" not in answer.text
    assert broken.json()["type"] == "refused"
    assert scripted.asked == []


async def test_an_unknown_call_asks_for_a_restart(desk: RemoteDesk, tmp_path: Path) -> None:
    """An owner of another version is told apart from a ticket that is not there."""
    with pytest.raises(HelpdeskError, match="another version"):
        async with connect_keeper(tmp_path / "desk.sock") as keeper:
            await keeper.publish()


async def test_changes_arrive_as_they_happen(scripted: Scripted, desk: RemoteDesk) -> None:
    """From the sequence number asked for, then live; leaving stops the owner's iterator too."""
    scripted.tell(TOLD)
    scripted.tell(Told(seq=Seq(2), kind=Kind.LINE_PAUSED, ticket=None, actor="system"))
    async with aclosing(cast(Any, desk.changes(Seq(1)))) as changes:
        assert (await anext(changes)).seq == 2
        scripted.tell(Told(seq=Seq(3), kind=Kind.SOLVED, ticket=TICKET.id, actor="ana"))
        assert await anext(changes) == scripted.log[2]
    await _until(lambda: scripted.watchers == 0)


async def test_nothing_is_lost_over_a_heartbeat(scripted: Scripted) -> None:
    """While it is quiet an empty line comes, and the stream goes on after it without a gap or a double."""
    app = application(cast(Desk, scripted), heartbeat=0.01)
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        desk = RemoteDesk(client)
        got: list[int] = []
        async with (
            client.stream("GET", CHANGES, params={"after": 0}) as raw,
            aclosing(cast(Any, desk.changes(Seq(0)))) as told,
        ):
            lines = raw.aiter_lines()
            for seq in range(1, 21):
                assert await anext(lines) == ""  # each of these is a heartbeat, so the iterator was replaced
                scripted.tell(Told(seq=Seq(seq), kind=Kind.NOTED, ticket=None, actor="ana"))
                got.append((await anext(told)).seq)
                while await anext(lines) == "":
                    pass
    assert got == list(range(1, 21))


async def test_a_stopped_owner_ends_the_stream(scripted: Scripted, tmp_path: Path) -> None:
    """Whoever watches is told to wait for its return, at once."""
    path = tmp_path / "desk.sock"
    async with connect_later(path) as client:
        async with desk_socket(cast(Desk, scripted), path):
            changes = RemoteDesk(client).changes(Seq(0))
            scripted.tell(TOLD)
            assert await anext(changes) == TOLD
        with pytest.raises(TryLater, match="has stopped"):
            await anext(changes)
    assert not path.exists()


def connect_later(path: Path) -> httpx.AsyncClient:
    """A client of a socket that need not be there yet."""
    return httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(path)), base_url="http://helpdesk")


async def test_trouble_in_the_stream_arrives_as_itself(scripted: Scripted, desk: RemoteDesk) -> None:
    """A store that closes under the watcher says so."""

    async def closing(after: Seq) -> AsyncIterator[Told]:
        yield TOLD
        raise TryLater("The store is closing.", retry_after=1)

    scripted.changes = closing  # type: ignore[method-assign]
    changes = desk.changes(Seq(0))
    assert await anext(changes) == TOLD
    with pytest.raises(TryLater, match="closing"):
        await anext(changes)


@pytest.mark.parametrize("after", ["", "?after=", "?after=-1", "?after=x", "?after=" + "9" * 30])
async def test_a_stream_needs_a_start(scripted: Scripted, after: str) -> None:
    """Without a sequence number there is no telling what was missed."""
    async with serving(application(cast(Desk, scripted))) as url, httpx.AsyncClient() as client:
        answer = await client.get(url + CHANGES + after)
    assert (answer.status_code, answer.json()["type"]) == (422, "refused")


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
        async with remote._client(tmp_path / "desk.sock", seconds=0.05) as client:
            await RemoteDesk(client).hello()


async def test_the_keeper_is_asked_whole(scripted: Scripted, tmp_path: Path) -> None:
    """Work on the whole store goes through its owner; what is wrong with a file arrives as itself."""
    kept = ScriptedKeeper()
    path = tmp_path / "desk.sock"
    async with (
        desk_socket(cast(Desk, scripted), path, keeper=cast(Keeper, kept)),
        connect_keeper(path) as keeper,
    ):
        for name, given in KEEPER_CALLS:
            assert await getattr(keeper, name)(**given) == ("done",)
        kept.raises = BadConfig("standards.chat.limit: is missing; add it")
        with pytest.raises(BadConfig, match=r"standards\.chat\.limit"):
            await keeper.publish()
    assert kept.asked[:-1] == KEEPER_CALLS
    assert {name for name, _ in KEEPER_CALLS} == {call.name for call in calls(Keeper)}
    for name, _ in KEEPER_CALLS:
        assert inspect.signature(getattr(RemoteKeeper, name)) == inspect.signature(getattr(Keeper, name))


async def _until(done: Any) -> None:
    """Wait, without a clock, for what the other side of the socket does next; the test's time limit ends it."""
    ready = asyncio.get_running_loop().run_in_executor
    while not done():
        await ready(None, os.sched_yield)
