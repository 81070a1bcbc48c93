"""A write with a key is done once, however often it is sent, whichever write it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest

from helpdesk.api import once as module
from helpdesk.api.answering import Answer
from helpdesk.api.identity import by_socket
from helpdesk.api.once import Once
from helpdesk.api.routes import Offered
from helpdesk.api.server import answering
from helpdesk.errors import TryLater
from helpdesk.ports import Desk
from helpdesk.roster import LocalRoster
from helpdesk.store.verbs import forgetting
from tests.contracts.desk import Library, library

ROOT = "/api/v1"


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library that is written to."""
    async with library() as opened:
        yield opened


class Watched:
    """A library's desk whose calls are counted, and can be held up or fail."""

    def __init__(self, desk: Desk) -> None:
        self.made = 0
        self.fails: Exception | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.began = asyncio.Event()
        self._desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    async def take_next(self, actor: Any) -> Any:
        """As the desk does."""
        self.made += 1
        self.began.set()
        await self.goes_on.wait()
        if self.fails is not None:
            raise self.fails
        return await self._desk.take_next(actor)


@asynccontextmanager
async def asked(marsh: Library, desk: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that has just started, as Ana."""
    offered = Offered(desk=cast(Desk, desk))
    once: Once[Answer] = Once(marsh.store, marsh.clock)
    async with (
        answering(marsh.desk, lambda _: offered, by_socket, once=once) as url,
        httpx.AsyncClient(base_url=url + ROOT, headers={"Helpdesk-Actor": "ana"}, verify=False, timeout=None) as client,
    ):
        yield client


def key(name: str) -> dict[str, str]:
    """The header."""
    return {"Idempotency-Key": name}


async def test_the_next_ticket_is_taken_once(marsh: Library) -> None:
    """The same key gives the same answer, and takes no second ticket; another key takes the next."""
    for n in range(2):
        await marsh.mail(sender=f"p{n}@example.org")
    desk = Watched(marsh.desk)
    async with asked(marsh, desk) as http:
        first = await http.post("/tickets/next", headers=key("k1"))
        assert (await http.post("/tickets/next", headers=key("k1"))).json() == first.json()
        assert desk.made == 1
        assert (await http.post("/tickets/next", headers=key("k2"))).json()["id"] != ""
        assert (await http.post("/tickets/next")).status_code == 200
        assert desk.made == 3


async def test_a_write_with_a_version_is_not_stale_when_repeated(marsh: Library) -> None:
    """Its repeat gives the first answer; without a key the version says that it was done."""
    asked_for = await marsh.mail()
    async with asked(marsh, marsh.desk) as http:
        version = (await http.put(f"/tickets/{asked_for}/claim")).json()["version"]
        for _ in range(2):
            answer = await http.post(f"/tickets/{asked_for}/solve", json={"version": version}, headers=key("k"))
            assert (answer.status_code, answer.json()["state"]) == (200, "solved")
        assert (await http.post(f"/tickets/{asked_for}/solve", json={"version": version})).status_code == 409


async def test_a_key_is_for_one_call(marsh: Library) -> None:
    """With another content, or of another call, it is refused; for another member it is another key."""
    mine, other = await marsh.mail(), await marsh.mail(sender="joan@example.org")
    async with asked(marsh, marsh.desk) as http:
        assert (await http.put(f"/tickets/{mine}/claim", headers=key("k"))).status_code == 200
        for path in (f"/tickets/{other}/claim", f"/tickets/{mine}/mute"):
            body = None if path.endswith("claim") else {"version": 1, "hours": 0}
            answer = await http.put(path, json=body, headers=key("k"))
            assert (answer.status_code, "another call" in answer.text) == (422, True)
        answer = await http.put(f"/tickets/{other}/claim", headers={**key("k"), "Helpdesk-Actor": "ben"})
        assert answer.json()["owner"] == "ben"
        answer = await http.post(f"/tickets/{mine}/notes", json={"text": "x"}, headers=key("k"))
        assert answer.status_code == 422


async def test_two_at_a_time_are_one(marsh: Library) -> None:
    """The second waits for the first, and hears the same."""
    await marsh.mail()
    desk = Watched(marsh.desk)
    desk.goes_on.clear()
    async with asked(marsh, desk) as http, asyncio.TaskGroup() as group:
        both = [group.create_task(http.post("/tickets/next", headers=key("k"))) for _ in range(2)]
        await desk.began.wait()
        desk.goes_on.set()
        answers = [await each for each in both]
    assert answers[0].json() == answers[1].json()
    assert desk.made == 1


async def test_what_failed_may_be_tried_again(marsh: Library) -> None:
    """A call that the desk refused was not done: its key is free. Of a bug nobody knows: its key is not."""
    await marsh.mail()
    desk = Watched(marsh.desk)
    async with asked(marsh, desk) as http:
        desk.fails = TryLater("Not now.")
        assert (await http.post("/tickets/next", headers=key("k"))).status_code == 503
        desk.fails = ValueError("a bug")
        assert (await http.post("/tickets/next", headers=key("k"))).status_code == 500
        desk.fails = None
        answer = await http.post("/tickets/next", headers=key("k"))
        assert (answer.status_code, "Look whether it was done" in answer.text) == (422, True)
    assert desk.made == 2


async def test_another_server_does_nothing_twice(marsh: Library) -> None:
    """Its memory is empty, the store's is not: it says to look. After a week the key is forgotten."""
    await marsh.mail()
    desk = Watched(marsh.desk)
    async with asked(marsh, desk) as http:
        assert (await http.post("/tickets/next", headers=key("k"))).status_code == 200
    async with asked(marsh, desk) as http:
        answer = await http.post("/tickets/next", headers=key("k"))
        assert (answer.status_code, "Look whether it was done" in answer.text) == (422, True)
        assert desk.made == 1
        marsh.clock.passes(days=8)
        await marsh.store.write(forgetting.past, marsh.clock.now())
        assert (await http.post("/tickets/next", headers=key("k"))).status_code == 200


async def test_so_many_answers_are_held(marsh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first; a repeat of it is refused, and done by nobody."""
    monkeypatch.setattr(module, "MOST", 2)
    asked_for = await marsh.mail()
    async with asked(marsh, marsh.desk) as http:
        statuses = [
            (await http.put(f"/tickets/{asked_for}/claim", headers=key(name))).status_code
            for name in ("a", "b", "c", "c", "b", "a")
        ]
    assert statuses == [200, 200, 200, 200, 200, 422]


async def test_no_secret_is_held(marsh: Library) -> None:
    """A token is shown once: its repeat says to look, and issues no second one."""
    offered = Offered(desk=marsh.desk, roster=LocalRoster(marsh.store, marsh.clock))
    once: Once[Answer] = Once(marsh.store, marsh.clock)
    async with (
        answering(marsh.desk, lambda _: offered, by_socket, once=once) as url,
        httpx.AsyncClient(base_url=url + ROOT, headers={"Helpdesk-Actor": "ana"}, verify=False, timeout=None) as http,
    ):
        body = {"name": "laptop"}
        first = await http.post("/staff/ana/tokens", json=body, headers=key("k"))
        second = await http.post("/staff/ana/tokens", json=body, headers=key("k"))
        assert (first.status_code, second.status_code) == (200, 422)
        assert len((await http.get("/staff/ana/tokens")).json()) == 1
    assert first.json()["text"] not in repr(once.__dict__)
