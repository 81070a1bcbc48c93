"""The API as any program meets it: HTTP by hand, on loopback. What is asked wrongly is refused in words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest

from helpdesk.api.answering import MOST_BYTES, Manners
from helpdesk.api.identity import Identity, by_socket, named, written
from helpdesk.api.problems import KINDS, Problem
from helpdesk.api.server import answering
from helpdesk.clock import ManualClock
from helpdesk.errors import NotFound, Refused, Stale, TryLater
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from helpdesk.visitors import Proxies, Rate
from tests.scripted_desk import ANA, TICKET
from tests.scripted_sides import RECORDS_CALLS, Scripted

ROOT = "/api/v1"
AS_ANA = {"Helpdesk-Actor": "ana"}


@pytest.fixture
def scripted() -> Scripted:
    """The house behind the API."""
    made = Scripted()
    made.says |= {"claim": TICKET, "note": TICKET, "reply": TICKET, "typing": None}
    return made


@pytest.fixture
async def http(scripted: Scripted) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever speaks HTTP to it, as Ana."""
    async with served(scripted, headers=AS_ANA) as client:
        yield client


class served:  # noqa: N801 - it reads as what it is: async with served(...)
    """A client of the API of a scripted house."""

    def __init__(self, scripted: Scripted, *, manners: Manners | None = None, headers: dict[str, str]) -> None:
        offered = scripted.offered
        self._api = answering(cast(Desk, scripted), lambda _: offered, self._known, manners=manners)
        self._headers = headers
        self._scripted = scripted
        self.peers: list[str] = []

    async def _known(self, headers: object, peer: str) -> Identity:
        self.peers.append(peer)
        found = await by_socket(cast(dict[str, str], headers), peer)
        return Identity(actor=found.actor, token="t1", via="token")

    async def __aenter__(self) -> httpx.AsyncClient:
        url = await self._api.__aenter__()
        self._client = httpx.AsyncClient(base_url=url, headers=self._headers, verify=False, timeout=None)
        self._scripted.asked.clear()
        return self._client

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()
        await self._api.__aexit__(None, None, None)


async def test_a_reply_by_hand(scripted: Scripted, http: httpx.AsyncClient) -> None:
    """The ticket is in the path, who asks and the key are headers, the rest is the body; JSON comes back."""
    answer = await http.post(
        f"{ROOT}/tickets/T1/replies", json={"version": 3, "text": "Yes."}, headers={"Idempotency-Key": '"k%201"'}
    )
    assert (answer.status_code, answer.json()["number"]) == (200, 7)
    [(name, given)] = scripted.asked
    assert name == "reply"
    assert (given["actor"], given["ticket"], given["version"], given["key"]) == (ANA, "T1", 3, "k 1")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["helpdesk-actor"] == "ana"
    assert "access-control-allow-origin" not in answer.headers


async def test_nothing_to_say_has_no_body(http: httpx.AsyncClient) -> None:
    """204 where a call returns nothing."""
    answer = await http.post(f"{ROOT}/tickets/T1/typing")
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_list_that_goes_on_says_where(scripted: Scripted, http: httpx.AsyncClient) -> None:
    """Link, with the same question and the next cursor; none on the last page."""
    pages = {name: result for name, _, result in RECORDS_CALLS}
    scripted.sides["records"].says |= pages
    first = await http.get(f"{ROOT}/tickets", params={"site": "Main & North", "limit": 2, "cursor": "a"})
    assert first.links["next"]["url"] == f"{ROOT}/tickets?site=Main+%26+North&limit=2&cursor=d"
    assert (await http.get(f"{ROOT}/events?after=0")).links["next"]["url"] == f"{ROOT}/events?after=1"
    assert "link" not in (await http.get(f"{ROOT}/events?after=1")).headers


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "said"),
    [
        ("POST", "/sign-in", {"pni": "1234"}, "misread", "body.pni is not known (known: name, pin)"),
        ("POST", "/tickets/T1/replies", {"text": "x"}, "misread", "body.version is missing"),
        (
            "POST",
            "/tickets/T1/replies",
            {"text": "x", "version": "1234"},
            "misread",
            "body.version should be a whole number",
        ),
        ("POST", "/tickets/T1/replies", {"text": "x", "version": 1, "ticket": "1234"}, "misread", "body.ticket"),
        ("POST", "/tickets/T1/replies", {"text": "x", "version": 1, "key": "1234"}, "misread", "body.key"),
        ("POST", "/tickets/T1/notes", {"text": "x", "actor": "1234"}, "misread", "body.actor"),
        ("POST", "/tickets/T1/notes", [], "misread", "body should be an object of names and values"),
        ("PUT", "/presence/pigeon", {"available": True}, "misread", "path.channel should be 'sms', 'mail', "),
        ("GET", "/views/open?start=1234x", None, "misread", "query.start should be a whole number"),
        ("GET", "/views/open?satrt=1234", None, "misread", "query.satrt is not known (known: start, count, near)"),
        ("GET", "/views/open?start=1&start=1234", None, "misread", "twice"),
        ("GET", "/views/open?near=1234", None, "misread", "query.near"),
        ("GET", "/views/open?near=%ff", None, "misread", "UTF-8"),
        ("GET", "/tickets/%ff", None, "misread", "UTF-8"),
        ("GET", "/tickets/%00", None, "misread", "null character"),
        ("GET", "/tickets?site=%00", None, "misread", "null character"),
        ("DELETE", "/tickets/T1/claim", None, "misread", "query.version is missing"),
        ("GET", "/nothing", None, "no-such-call", "openapi.json"),
        ("GET", "/tickets/T1/replies/E1", None, "no-such-call", "openapi.json"),
        ("GET", "/live/more", None, "no-such-call", "openapi.json"),
        ("GET", "/live?after=0", None, "misread", "WebSocket"),
        ("DELETE", "/tickets/T1", None, "wrong-method", "GET"),
        ("OPTIONS", "/tickets/T1/claim", None, "wrong-method", "PUT or DELETE"),
    ],
)
async def test_what_is_asked_wrongly(
    scripted: Scripted, http: httpx.AsyncClient, method: str, path: str, body: object, kind: str, said: str
) -> None:
    """It is named, no value is sent back, nothing is done."""
    answer = (
        await http.request(method, ROOT + path, json=body)
        if body is not None
        else await http.request(method, ROOT + path)
    )
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["type"], problem["status"]) == (f"{ROOT}/problems/{kind}", answer.status_code)
    assert answer.status_code == KINDS[kind].status
    assert said in json.dumps(problem)
    assert "1234" not in answer.text
    assert not any(words in answer.text for words in ("Extra inputs", "Field required", "Input should", "Value error"))
    assert scripted.asked == []
    if kind == "wrong-method":
        assert answer.headers["allow"] == said.replace(" or ", ", ")


@pytest.mark.parametrize("body", [b"{", b'{"text": "\\ud800"}', b"[" * 5000, b'{"text": NaN}', b"\xff"])
async def test_a_body_that_is_no_json(scripted: Scripted, http: httpx.AsyncClient, body: bytes) -> None:
    """Cut short, half a letter, nested without end: said, and no more."""
    answer = await http.post(f"{ROOT}/tickets/T1/notes", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (422, f"{ROOT}/problems/misread")
    assert scripted.asked == []


async def test_a_body_of_another_kind(http: httpx.AsyncClient) -> None:
    """A form of a foreign page is no JSON: 415."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await http.post(f"{ROOT}/tickets/T1/notes", content=b'{"text": "x"}', headers={"Content-Type": kind})
        assert answer.status_code == 415


async def test_a_body_that_is_too_large(scripted: Scripted, http: httpx.AsyncClient) -> None:
    """Whether its length is said before or it only goes on and on."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b'"' + b"x" * 50_000

    headers = {"Content-Type": "application/json"}
    for content in (b"x" * (MOST_BYTES + 1), endless()):
        answer = await http.post(f"{ROOT}/tickets/T1/notes", content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, f"{ROOT}/problems/too-large")
    assert scripted.asked == []


async def test_a_header_that_stands_there_twice(http: httpx.AsyncClient) -> None:
    """Nobody could say which of two actors acts."""
    answer = await http.put(f"{ROOT}/tickets/T1/claim", headers=[("Helpdesk-Actor", "ben"), ("Helpdesk-Actor", "ana")])
    assert (answer.status_code, "twice" in answer.text) == (422, True)


@pytest.mark.parametrize("key", ["%ff", "x" * 201, "a%0Ab", '""'])
async def test_a_key_that_can_not_be_one(scripted: Scripted, http: httpx.AsyncClient, key: str) -> None:
    """It is refused, rather than the write done as if it had none."""
    headers = {"Idempotency-Key": key}
    answer = await http.post(f"{ROOT}/tickets/T1/notes", json={"text": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, f"{ROOT}/problems/misread")
    assert scripted.asked == []


async def test_nobody_acts(scripted: Scripted) -> None:
    """A call that somebody makes needs somebody; one that nobody makes does not."""
    async with served(scripted, headers={}) as http:
        answer = await http.put(f"{ROOT}/tickets/T1/claim")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="helpdesk"')
        assert (await http.get(f"{ROOT}/hello")).status_code == 200
    assert [name for name, _ in scripted.asked] == ["hello"]


async def test_a_member_may_have_any_name(scripted: Scripted, http: httpx.AsyncClient) -> None:
    """A header holds ASCII; an id need not."""
    who = StaffId("Mía / Ó%20 “M.”")
    answer = await http.put(f"{ROOT}/tickets/T1/claim", headers={"Helpdesk-Actor": written(who)})
    assert answer.status_code == 200
    assert scripted.asked[0][1]["actor"] == who
    assert named({"helpdesk-actor": answer.headers["helpdesk-actor"]}) == who
    assert (await http.put(f"{ROOT}/tickets/T1/claim", headers={"Helpdesk-Actor": "%ff"})).status_code == 403


@pytest.mark.parametrize(
    ("error", "status", "extra"),
    [
        (Stale("Ben has it.", by="ben"), 409, {"by": "ben"}),
        (NotFound("No such ticket."), 404, {}),
        (Refused("Waiting already."), 422, {}),
        (TryLater("Not now.", retry_after=2.5), 503, {"retry_after": 2.5}),
    ],
)
async def test_what_the_desk_says_is_a_problem(
    scripted: Scripted, http: httpx.AsyncClient, error: Exception, status: int, extra: dict[str, object]
) -> None:
    """RFC 9457: a type that can be read up, a title, the status, the words, and what the error carries."""
    scripted.says["claim"] = error
    answer = await http.put(f"{ROOT}/tickets/T1/claim")
    problem = answer.json()
    assert answer.status_code == problem.pop("status") == status
    meaning = await http.get(problem.pop("type"))
    assert (meaning.status_code, meaning.text) == (200, (type(error).__doc__ or "").partition("\n")[0] + "\n")
    assert (problem.pop("detail"), problem.pop("title") != "") == (str(error), True)
    assert problem == extra
    assert answer.headers.get("retry-after") == ("3" if "retry_after" in extra else None)


async def test_a_number_that_can_not_be_kept(scripted: Scripted, http: httpx.AsyncClient) -> None:
    """What the store takes for an overflow is the caller's doing."""
    scripted.says["claim"] = OverflowError("Python int too large to convert to SQLite INTEGER")
    assert (await http.put(f"{ROOT}/tickets/T1/claim")).status_code == 422


async def test_a_token_asks_so_often_and_no_more(scripted: Scripted) -> None:
    """429 with the seconds to wait; then it goes on."""
    clock = ManualClock()
    manners = Manners(rate=Rate(clock, 2, seconds=1))
    async with served(scripted, manners=manners, headers=AS_ANA) as http:
        assert [(await http.get(f"{ROOT}/hello")).status_code for _ in range(3)] == [200, 200, 429]
        refused = await http.get(f"{ROOT}/hello")
        assert (refused.headers["retry-after"], refused.json()["retry_after"]) == ("1", 0.5)
        clock.passes(seconds=1)
        assert (await http.get(f"{ROOT}/hello")).status_code == 200


async def test_where_a_caller_comes_from(scripted: Scripted) -> None:
    """The address that a trusted proxy forwards; where nothing but a proxy protects the wire, nobody comes past it."""
    for trusted, only, status, peer in (
        ((), False, 200, ["127.0.0.1"]),
        (("127.0.0.1",), True, 200, ["203.0.113.9"]),
        (("10.0.0.1",), False, 200, ["127.0.0.1"]),
        (("10.0.0.1",), True, 403, []),
    ):
        door = served(scripted, manners=Manners(proxies=Proxies(trusted), only=only), headers=AS_ANA)
        async with door as http:
            answer = await http.get(f"{ROOT}/hello", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
        assert (answer.status_code, door.peers) == (status, peer)


async def test_the_description_is_open_to_all(scripted: Scripted) -> None:
    """It says how to sign in, so it must be had before; it holds nothing of the library's."""
    async with served(scripted, headers={}) as http:
        answer = await http.get(f"{ROOT}/openapi.json")
        assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
        assert (await http.get(f"{ROOT}/problems/nothing")).status_code == 404
        assert (await http.get("/")).status_code == 404
    assert scripted.asked == []
    assert Problem.__doc__
