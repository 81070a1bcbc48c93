"""Live lines: what happens, pushed as it happens, without a gap; and how a line ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from helpdesk.api import live
from helpdesk.api.answering import Manners
from helpdesk.api.identity import Identity
from helpdesk.api.live import STOPPING, TROUBLE, UNEXPECTED, Tail
from helpdesk.api.problems import raised
from helpdesk.api.remote import by_socket, remote_desk
from helpdesk.api.routes import ENDED, LIVE, Offered
from helpdesk.api.server import answering, desk_socket
from helpdesk.api.wire import Wire
from helpdesk.errors import NotAllowed, SignedOut, TryLater
from helpdesk.events import Kind, Seq
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from helpdesk.sight import Told
from tests.scripted_desk import TOLD
from tests.scripted_sides import Scripted, happens


@pytest.fixture
def scripted() -> Scripted:
    """The house that is watched."""
    return Scripted()


class Watched:
    """The API of a scripted house, for whoever watches by hand."""

    def __init__(self, scripted: Scripted, *, manners: Manners | None = None) -> None:
        self.ended: dict[str, asyncio.Event] = {}
        self.may_watch: NotAllowed | None = None
        self.url = ""
        self._scripted = scripted
        self._manners = manners

    async def known(self, headers: Mapping[str, str], peer: str) -> Identity:
        """Who shows any token is its member."""
        member = headers.get("authorization", "")
        if not member:
            raise SignedOut("Sign in first.")
        self.ended[member] = asyncio.Event()
        return Identity(actor=StaffId(member), token=member, via="token", ended=self.ended[member])

    async def may(self) -> None:
        """What the gate says."""
        if self.may_watch is not None:
            raise self.may_watch

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answers while the block lasts."""
        desk = cast(Desk, self._scripted)
        offered = Offered(desk=desk, may_watch=self.may)
        async with answering(desk, lambda _: offered, self.known, manners=self._manners) as url:
            self.url = url.replace("http", "ws")
            yield

    def line(self, query: str = "?after=0", *, member: str = "ana", origin: str | None = None) -> connect:
        """A live line of a member's."""
        headers = {"Authorization": member} if member else {}
        said = Origin(origin) if origin else None
        return connect(
            f"{self.url}{LIVE}{query}", additional_headers=headers, origin=said, proxy=None, open_timeout=None
        )


async def seqs(line: ClientConnection, count: int) -> list[int]:
    """The next changes on a line, by their places in the log."""
    found: list[int] = []
    while len(found) < count:
        found += [each["seq"] for each in json.loads(await line.recv())]
    return found


async def closed(line: ClientConnection) -> int:
    """The code by which a line ends; what came before it is not looked at."""
    await line.wait_closed()
    assert line.close_code is not None
    return line.close_code


async def test_changes_arrive_as_they_happen(scripted: Scripted) -> None:
    """An array of what happened since, from the place asked for, then live."""
    scripted.tell(TOLD, happens(2))
    watched = Watched(scripted)
    async with watched.serving(), watched.line("?after=1") as line:
        assert json.loads(await line.recv()) == [{"seq": 2, "kind": "noted", "ticket": "T1", "actor": "ana"}]
        scripted.tell(happens(3))
        assert await seqs(line, 1) == [3]


async def test_however_many_watch_the_log_is_read_once(scripted: Scripted) -> None:
    """Whoever is up to date shares one reader; who comes from far behind reads for themselves until they are there."""
    scripted.tell(*(happens(n) for n in range(1, 10)))  # its hello says that the log goes so far
    watched = Watched(scripted)
    async with watched.serving(), watched.line("?after=9") as one, watched.line("?after=9") as other:
        scripted.tell(happens(10))
        assert await seqs(one, 1) == await seqs(other, 1) == [10]
        async with watched.line("?after=0") as late:
            assert await seqs(late, 10) == list(range(1, 11))
            scripted.tell(happens(11), happens(12))
            assert await seqs(late, 2) == await seqs(one, 2) == await seqs(other, 2) == [11, 12]
        assert scripted.watchers == 1


async def test_who_is_too_slow_for_what_is_held_misses_nothing(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no longer held is read from the log."""
    monkeypatch.setattr(live, "HELD", 3)
    tail = Tail(cast(Desk, scripted).changes, Seq(0))
    async with asyncio.TaskGroup() as group:
        following = group.create_task(tail.follow())
        scripted.tell(*(happens(n) for n in range(1, 4)))
        found: list[int] = []
        async with aclosing(tail.after(Seq(0))) as slow:
            found += [json.loads(each)["seq"] for each in await anext(slow)]
            async with aclosing(tail.after(Seq(0))) as quick:
                scripted.tell(*(happens(n) for n in range(4, 31)))
                seen = 0
                while seen < 30:
                    seen = json.loads((await anext(quick))[-1])["seq"]
            while found[-1] < 30:
                found += [json.loads(each)["seq"] for each in await anext(slow)]
        following.cancel()
    assert found == list(range(1, 31))


async def test_a_stopped_owner_ends_every_line(scripted: Scripted) -> None:
    """At once, and says that it comes back."""
    watched = Watched(scripted)
    async with watched.serving():
        line = await watched.line()
    assert await closed(line) == STOPPING
    await line.close()


async def test_whoever_may_not_any_more_is_cut_off(scripted: Scripted) -> None:
    """A revoked token ends its own lines, and nobody else's."""
    watched = Watched(scripted)
    async with watched.serving(), watched.line() as anas, watched.line(member="ben") as bens:
        watched.ended["ana"].set()
        assert await closed(anas) == ENDED
        scripted.tell(happens(1))
        assert await seqs(bens, 1) == [1]


async def test_who_talks_into_the_line_is_hung_up_on(scripted: Scripted) -> None:
    """Nothing is expected from whoever watches."""
    watched = Watched(scripted)
    async with watched.serving(), watched.line() as line:
        await line.send("hello?")
        assert await closed(line) == UNEXPECTED


async def test_who_leaves_leaves_nothing_behind(scripted: Scripted) -> None:
    """A line that is closed by its watcher is closed, and others go on."""
    watched = Watched(scripted)
    async with watched.serving():
        async with watched.line() as line:
            scripted.tell(happens(1))
            assert await seqs(line, 1) == [1]
        async with watched.line("?after=1") as line:
            scripted.tell(happens(2))
            assert await seqs(line, 1) == [2]


async def test_trouble_is_told_and_then_it_goes_on(scripted: Scripted) -> None:
    """A store that can't be read says so to all who watch; the next to come finds it working."""
    troubles: list[Exception] = [TryLater("The store is closing.", retry_after=1), ValueError("mina@example.org")]
    whole = scripted.changes

    async def changes(after: Seq) -> AsyncIterator[Told]:
        if troubles:
            raise troubles.pop(0)
        async with aclosing(cast(Any, whole(after))) as all_of_it:
            async for told in all_of_it:
                yield told

    scripted.changes = changes  # type: ignore[method-assign]
    watched = Watched(scripted)
    async with watched.serving():
        for words in ("The store is closing.", "Its log says why"):
            async with watched.line("?after=9") as line:
                error = raised(cast(str, await line.recv()).encode())
                assert words in str(error)
                assert "mina" not in str(error)
                assert await closed(line) == TROUBLE
        async with watched.line("?after=9") as line:
            scripted.tell(happens(10))
            assert await seqs(line, 1) == [10]


@pytest.mark.parametrize(
    ("query", "member", "origin", "status", "kind"),
    [
        ("", "ana", None, 422, "misread"),
        ("?after=", "ana", None, 422, "misread"),
        ("?after=-1", "ana", None, 422, "misread"),
        ("?after=x", "ana", None, 422, "misread"),
        ("?after=1&after=2", "ana", None, 422, "misread"),
        ("?after=" + "9" * 30, "ana", None, 422, "misread"),
        ("?after=0", "", None, 401, "signed-out"),
        ("?after=0", "ana", "https://evil.example", 403, "not-allowed"),
        ("?after=0", "ana", "null", 403, "not-allowed"),
        ("/more?after=0", "ana", None, 404, "no-such-call"),
    ],
)
async def test_who_is_not_let_in(
    scripted: Scripted, query: str, member: str, origin: str | None, status: int, kind: str
) -> None:
    """Without a start there is no telling what was missed; pages of other sites watch nothing."""
    watched = Watched(scripted, manners=Manners(origin="https://desk.library.example"))
    async with watched.serving():
        with pytest.raises(InvalidStatus) as caught:
            async with watched.line(query, member=member, origin=origin):
                pass
    response = caught.value.response
    assert (response.status_code, json.loads(response.body or b"")["type"]) == (status, f"/api/v1/problems/{kind}")


async def test_our_own_page_may_watch_and_others_by_no_default(scripted: Scripted) -> None:
    """A browser names where its page is from; where no public_url is set none of them is ours."""
    for own, origin, let_in in (
        ("https://desk.library.example", "https://desk.library.example", True),
        ("https://desk.library.example", "https://DESK.library.example", True),
        ("", "https://desk.library.example", False),
    ):
        watched = Watched(scripted, manners=Manners(origin=own))
        async with watched.serving():
            try:
                async with watched.line(origin=origin):
                    assert let_in
            except InvalidStatus:
                assert not let_in


async def test_the_gate_is_asked_before_a_line_begins(scripted: Scripted) -> None:
    """What it says is what the other side hears."""
    watched = Watched(scripted)
    watched.may_watch = NotAllowed("This is not for you.")
    async with watched.serving():
        with pytest.raises(InvalidStatus) as caught:
            async with watched.line():
                pass
    assert str(raised(bytes(caught.value.response.body or b""))) == "This is not for you."


# The client's end


async def test_a_remote_desk_hears_of_changes(scripted: Scripted, tmp_path: Path) -> None:
    """From the sequence number asked for, then live; leaving closes the line."""
    path = tmp_path / "desk.sock"
    scripted.tell(TOLD)
    async with (
        desk_socket(cast(Desk, scripted), path),
        by_socket(path) as wire,
        aclosing(cast(Any, remote_desk(wire).changes(Seq(0)))) as changes,
    ):
        assert await anext(changes) == TOLD
        scripted.tell(Told(seq=Seq(2), kind=Kind.LINE_PAUSED, ticket=None, actor="system"))
        assert await anext(changes) == scripted.log[1]


async def test_a_stopped_owner_is_waited_for(scripted: Scripted, tmp_path: Path) -> None:
    """Whoever watches is told at once; so is whoever comes while it is away."""
    path = tmp_path / "desk.sock"
    async with by_socket(path) as wire:
        desk = remote_desk(wire)
        async with desk_socket(cast(Desk, scripted), path):
            changes = desk.changes(Seq(0))
            scripted.tell(TOLD)
            assert await anext(changes) == TOLD
        with pytest.raises(TryLater, match="has stopped"):
            await anext(changes)
        with pytest.raises(TryLater, match="helpdesk serve"):
            await anext(desk.changes(Seq(1)))


async def test_the_clients_end_of_every_other_end(scripted: Scripted) -> None:
    """Cut off, refused, troubled: each arrives as itself."""
    watched = Watched(scripted)
    async with watched.serving(), httpx.AsyncClient(verify=False, timeout=None) as client:

        def desk(query: str = "?after=0", member: str = "ana") -> Desk:
            return remote_desk(Wire(client, lambda _: watched.line(query, member=member)))

        changes = desk().changes(Seq(0))
        scripted.tell(TOLD)
        assert await anext(changes) == TOLD
        watched.ended["ana"].set()
        with pytest.raises(SignedOut, match="may not watch any more"):
            await anext(changes)
        with pytest.raises(SignedOut, match="Sign in first"):
            await anext(desk(member="").changes(Seq(0)))
        watched.may_watch = NotAllowed("This is not for you.")
        with pytest.raises(NotAllowed, match="not for you"):
            await anext(desk().changes(Seq(0)))


async def test_a_store_that_closes_under_the_watcher_says_so(scripted: Scripted, tmp_path: Path) -> None:
    """As itself, with what it carries."""

    async def closing(after: Seq) -> AsyncIterator[Told]:
        if after == 9:
            raise TryLater("The store is closing.", retry_after=1)
        yield TOLD

    scripted.changes = closing  # type: ignore[method-assign]
    path = tmp_path / "desk.sock"
    async with desk_socket(cast(Desk, scripted), path), by_socket(path) as wire:
        with pytest.raises(TryLater, match="closing") as caught:
            await anext(remote_desk(wire).changes(Seq(9)))
        assert caught.value.retry_after == 1
