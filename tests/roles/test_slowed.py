"""Who shows bad tokens waits, and nobody who works behind the same address does."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from helpdesk.api.admitting import admitting
from helpdesk.api.bearer import ByToken
from helpdesk.api.identity import Identity
from helpdesk.api.problems import TooMany
from helpdesk.api.remote import connect_to
from helpdesk.api.routes import Offered
from helpdesk.api.server import answering
from helpdesk.errors import HelpdeskError, SignedOut, TryLater
from helpdesk.message import StaffId
from helpdesk.personal_tokens import mint
from tests.conversation import drawn
from tests.roles.conftest import Staffed, mint_with_id

pytestmark = pytest.mark.usefixtures("engine")

ADMIN, AGENT = StaffId("admin"), StaffId("agent")
PEER = "192.0.2.7"


async def _shown(door: ByToken, text: str, peer: str = PEER) -> Identity:
    return await door({"authorization": f"Bearer {text}"}, peer)


async def _token(staffed: Staffed, *, days: int = 30) -> tuple[str, str]:
    issued = await staffed.roster.issue(ADMIN, AGENT, name="laptop", days=days)
    return issued.token.id, issued.text


async def test_bad_tokens_are_slowed_and_counted(staffed: Staffed, door: ByToken) -> None:
    """A few slips cost nothing; then each costs twice the wait, up to a minute. Who tries too early is counted, too."""
    waits = []
    for seed in range(20):
        try:
            await _shown(door, mint("main", drawn(seed)).text)
        except TryLater as error:
            waits.append(error.retry_after or 0.0)
            staffed.clock.passes(seconds=waits[-1])
        except SignedOut:
            waits.append(0)
    assert waits == [0, 0, 0, 1, 0, 2, 0, 4, 0, 8, 0, 16, 0, 32, 0, 60, 0, 60, 0, 60]
    assert door.bad_tokens == 20


async def test_who_works_behind_the_same_address_goes_on(staffed: Staffed, door: ByToken) -> None:
    """A campus may sit behind one: a good token is let in at once, whether it was seen here before or not."""
    _, text = await _token(staffed)
    _, another = await _token(staffed)
    await _shown(door, text)
    await _guesses(door, 8)
    assert (await _shown(door, text)).actor == AGENT
    assert (await _shown(door, another)).actor == AGENT
    with pytest.raises(TooMany):
        await _shown(door, mint("main", drawn(9)).text)


async def _guesses(door: ByToken, times: int) -> None:
    for seed in range(times):
        with pytest.raises((SignedOut, TryLater)):
            await _shown(door, mint("main", drawn(seed)).text)


async def test_an_address_that_waits_hears_one_thing(staffed: Staffed, door: ByToken) -> None:
    """How long, whether the id is there or not, or it is no token at all; and nothing of it moves the wait."""
    known, _ = await _token(staffed)
    await _guesses(door, 8)
    guess = mint("main", drawn(20)).text
    for text in (guess, mint_with_id(known, guess), guess[:-1], mint("law", drawn(2)).text):
        with pytest.raises(TooMany, match=r"came from your address\. Wait 1 second, then try again\.") as said:
            await _shown(door, text)
        assert said.value.retry_after == 1
    assert {each.token for each in await staffed.trail() if each.act == "token"} == {""}


async def test_guesses_at_once_are_no_way_around_the_wait(staffed: Staffed, door: ByToken) -> None:
    """However many are shown in the same moment, three are answered."""
    answers = await _at_once(door, range(40))
    assert answers.count(SignedOut) == 3
    assert answers.count(TooMany) == 37


async def _at_once(door: ByToken, seeds: range) -> list[type[HelpdeskError]]:
    async def guessed(seed: int) -> type[HelpdeskError]:
        with pytest.raises(HelpdeskError) as said:
            await _shown(door, mint("main", drawn(seed)).text)
        return said.type

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(guessed(seed)) for seed in seeds]
    return [task.result() for task in tasks]


@pytest.mark.parametrize("over", ["revoked", "expired", "disabled"])
async def test_what_is_over_is_no_guess(staffed: Staffed, door: ByToken, over: str) -> None:
    """Shown again and again it costs nobody behind the address a wait; it is counted by itself."""
    known, text = await _token(staffed, days=1)
    mine = (await staffed.roster.issue(ADMIN, ADMIN, name="mine")).text
    if over == "revoked":
        await staffed.roster.revoke(ADMIN, known)
    elif over == "expired":
        staffed.clock.passes(days=1)
    else:
        await staffed.roster.disable(ADMIN, AGENT)
    for _ in range(12):
        with pytest.raises(SignedOut):
            await _shown(door, text)
    assert (door.bad_tokens, door.ended_tokens) == (0, 12)
    with pytest.raises(SignedOut, match="opens nothing here"):
        await _shown(door, mint("main", drawn(1)).text)
    await _guesses(door, 8)
    with pytest.raises(SignedOut):
        await _shown(door, text)
    assert (await _shown(door, mine)).actor == ADMIN


async def test_turns_are_forgotten(staffed: Staffed, door: ByToken) -> None:
    """Nothing is held of an address once its tokens were looked up."""
    await _guesses(door, 8)
    assert set(await _at_once(door, range(10, 20))) == {TooMany}
    assert len(door._slowing._turns) == 0


async def test_an_address_is_forgiven(staffed: Staffed, door: ByToken) -> None:
    """After ten quiet minutes, whatever came before."""
    for seed in range(20):
        with pytest.raises((SignedOut, TryLater)):
            await _shown(door, mint("main", drawn(seed)).text)
    staffed.clock.passes(minutes=11)
    _, text = await _token(staffed)
    assert (await _shown(door, text)).actor == AGENT


async def test_memory_is_bounded(staffed: Staffed, door: ByToken) -> None:
    """However many addresses try."""
    for n in range(5_000):
        with pytest.raises(SignedOut):
            await _shown(door, "hd_", peer=f"peer{n}")
    assert len(door._slowing._tries) <= 4_096
    assert door.bad_tokens == 5_000


async def test_a_desk_with_a_token_that_is_over_keeps_nobody_out(staffed: Staffed) -> None:
    """Two desks behind one address, over TCP, with a server that has just started and has seen no token yet."""
    known, text = await _token(staffed)
    good = (await staffed.roster.issue(ADMIN, ADMIN, name="mine")).text
    own = [text]
    opened = admitting(staffed.gate, Offered(desk=staffed.place.desk))
    fresh = ByToken(staffed.store, staffed.clock, staffed.sessions)
    async with (
        answering(staffed.place.desk, opened, fresh) as url,
        connect_to(url, lambda: own[-1]) as desk,
        httpx.AsyncClient(base_url=url) as anybody,
    ):
        await staffed.roster.revoke(ADMIN, known)
        for _ in range(10):
            with pytest.raises(SignedOut, match="was revoked"):
                await desk.hello()
        async with connect_to(url, good) as other:
            assert other.actor == ADMIN
        guess = {"authorization": f"Bearer {mint('main', drawn(3)).text}"}
        answers = [await anybody.get("/api/v1/hello", headers=guess) for _ in range(5)]
        assert [each.status_code for each in answers] == [401, 401, 401, 429, 429]
        assert answers[-1].headers["retry-after"] == "1"
        assert answers[-1].json()["detail"].endswith("Wait 1 second, then try again.")
        assert answers[-1].json()["type"].endswith("/too-many")
        own.append((await _token(staffed))[1])
        await desk.counts(AGENT)
