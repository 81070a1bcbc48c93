"""Tokens at the door: who is let in, who is told what, and who waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

import pytest

from helpdesk.api.admitting import admitting
from helpdesk.api.bearer import NO_TOKEN, WRONG, BySocket, ByToken
from helpdesk.api.identity import Identity, written
from helpdesk.api.remote import connect_to
from helpdesk.api.routes import Offered
from helpdesk.api.server import answering
from helpdesk.beside import beside
from helpdesk.clock import MINUTE
from helpdesk.errors import NotAllowed, Refused, SignedOut, TryLater
from helpdesk.events import Seq
from helpdesk.loops import Troubles, on_change
from helpdesk.message import StaffId
from helpdesk.personal_tokens import ANOTHER_LIBRARY, CUT_SHORT, mint
from helpdesk.sight import Told
from helpdesk.store.verbs import tokens
from tests.conversation import drawn
from tests.roles.conftest import Staffed, mint_with_id
from tests.staff import PATIENCE

pytestmark = pytest.mark.usefixtures("engine")

ADMIN, AGENT = StaffId("admin"), StaffId("agent")
PEER = "192.0.2.7"


async def _shown(door: ByToken, text: str, peer: str = PEER, **more: str) -> Identity:
    return await door({"authorization": f"Bearer {text}", **more}, peer)


async def _token(staffed: Staffed, *, days: int = 30) -> tuple[str, str]:
    issued = await staffed.roster.issue(ADMIN, AGENT, name="laptop", days=days)
    return issued.token.id, issued.text


async def test_a_token_lets_its_member_in(staffed: Staffed, door: ByToken) -> None:
    """Under their own name, however the scheme is written."""
    known, text = await _token(staffed)
    identity = await _shown(door, text)
    assert (identity.actor, identity.token, identity.via) == (AGENT, known, "token")
    assert (await door({"authorization": f"bearer  {text} "}, PEER)).actor == AGENT
    assert (await _shown(door, text, **{"helpdesk-actor": written("agent")})).actor == AGENT
    with pytest.raises(NotAllowed, match="you act as agent"):
        await _shown(door, text, **{"helpdesk-actor": written("admin")})
    assert door.bad_tokens == 0


async def test_without_a_token_nobody_is_known(door: ByToken) -> None:
    """It is said how to come by one; that is no bad token."""
    for headers in ({}, {"authorization": ""}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer "}):
        with pytest.raises(SignedOut) as said:
            await door(headers, PEER)
        assert str(said.value) == NO_TOKEN
    assert door.bad_tokens == 0


async def test_what_whoever_holds_the_token_is_told(staffed: Staffed, door: ByToken) -> None:
    """Expired, revoked, of a disabled member: each in words, to whoever has all of it."""
    known, text = await _token(staffed, days=1)
    staffed.clock.passes(days=1)
    with pytest.raises(SignedOut, match=r"'laptop' has expired\. Ask for a new one"):
        await _shown(door, text)
    _, fresh = await _token(staffed)
    await staffed.roster.revoke(ADMIN, known)
    with pytest.raises(SignedOut, match="'laptop' was revoked"):
        await _shown(door, text)
    await staffed.roster.disable(ADMIN, AGENT)
    with pytest.raises(SignedOut, match="agent can't sign in any more"):
        await _shown(door, fresh, peer="192.0.2.8")
    await staffed.roster.enable(ADMIN, AGENT)
    with pytest.raises(SignedOut, match="'laptop' was revoked"):
        await _shown(door, fresh, peer="192.0.2.9")


async def test_whoever_guesses_hears_the_same_each_time(staffed: Staffed, door: ByToken) -> None:
    """An id that is there with another secret, and one that is not, can't be told apart."""
    known, _ = await _token(staffed)
    guess = mint(staffed.store.library, drawn(5)).text
    right_id = mint_with_id(known, guess)
    words = []
    for n, text in enumerate((guess, right_id)):
        with pytest.raises(SignedOut) as said:
            await _shown(door, text, peer=f"192.0.2.{n}")
        words.append(str(said.value))
    assert words == [WRONG, WRONG]


async def test_what_can_be_read_off_a_token_is_said(staffed: Staffed, door: ByToken) -> None:
    """Cut short, or of another library."""
    _, text = await _token(staffed)
    with pytest.raises(SignedOut, match="not a whole token") as cut:
        await _shown(door, text[:-1])
    assert str(cut.value) == CUT_SHORT
    with pytest.raises(SignedOut) as other:
        await _shown(door, mint("law", drawn(2)).text)
    assert str(other.value) == ANOTHER_LIBRARY
    assert door.bad_tokens == 2


async def test_a_hammering_try_leaves_one_row_and_a_count(staffed: Staffed, door: ByToken) -> None:
    """Not one row each; what was tried is not in it, only which token of ours it would have been."""
    for _ in range(300):
        with pytest.raises((SignedOut, TryLater)):
            await _shown(door, "hd_guess")
    rows = [each for each in await staffed.trail() if each.act == "token"]
    assert [(each.actor, each.token, each.outcome, each.n) for each in rows] == [("", "", "refused", 1)]
    staffed.clock.passes(minutes=11)
    await door.tell_repeats()
    rows = [each for each in await staffed.trail() if each.act == "token"]
    assert sum(each.n for each in rows) == 300
    assert len(rows) == 2
    assert "guess" not in repr(rows)


async def test_the_last_use_is_kept_to_the_minute(staffed: Staffed, door: ByToken) -> None:
    """One write a minute at most, whatever is asked."""
    _, text = await _token(staffed)
    for _ in range(5):
        await _shown(door, text)
    [before] = await staffed.roster.tokens(ADMIN, AGENT)
    assert before.used == staffed.clock.now() // MINUTE * MINUTE
    staffed.clock.passes(minutes=3)
    await _shown(door, text)
    [after] = await staffed.roster.tokens(ADMIN, AGENT)
    assert after.used == before.used + 3 * MINUTE


async def test_a_full_store_keeps_nobody_out(staffed: Staffed, door: ByToken, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last use is not worth that."""
    _, text = await _token(staffed)

    async def full(*args: object, **more: object) -> None:
        raise TryLater("The store can't be written just now.")

    monkeypatch.setattr(type(staffed.store), "write", full)
    assert (await _shown(door, text)).actor == AGENT


async def test_tokens_are_kept_as_digests(staffed: Staffed) -> None:
    """The store holds nothing that opens anything."""
    _, text = await _token(staffed)
    rows = await staffed.store.read(lambda sql: [dict(row) for row in sql("SELECT * FROM tokens")])
    told = await staffed.store.read(lambda sql: [dict(row) for row in sql("SELECT * FROM events")])
    assert text not in repr((rows, told))
    assert text[16:] not in repr((rows, told))


async def test_what_a_token_may_be(staffed: Staffed) -> None:
    """Named, for 1 to 730 days, of somebody who may sign in, and not without end."""
    for days in (0, 731):
        with pytest.raises(Refused, match="1 to 730 days"):
            await staffed.roster.issue(ADMIN, AGENT, name="x", days=days)
    for name in ("", "  ", "a\nb", "x" * 65):
        with pytest.raises(Refused, match="name"):
            await staffed.roster.issue(ADMIN, AGENT, name=name)
    with pytest.raises(Refused, match="no member of staff zoe"):
        await staffed.roster.issue(ADMIN, StaffId("zoe"), name="x")
    for _ in range(20):
        await staffed.roster.issue(ADMIN, AGENT, name="x")
    with pytest.raises(Refused, match="Revoke those that are not used"):
        await staffed.roster.issue(ADMIN, AGENT, name="x")
    await staffed.roster.disable(ADMIN, AGENT)
    with pytest.raises(Refused, match="Let them back in first"):
        await staffed.roster.issue(ADMIN, AGENT, name="x")


async def test_old_tokens_are_forgotten(staffed: Staffed) -> None:
    """A year after they opened nothing any more."""
    known, _ = await _token(staffed, days=1)
    staffed.clock.passes(days=365)
    await staffed.store.write(tokens.forget_old, staffed.clock.now())
    assert [each.id for each in await staffed.roster.tokens(ADMIN, AGENT)] == [known]
    staffed.clock.passes(days=2)
    await staffed.store.write(tokens.forget_old, staffed.clock.now())
    assert await staffed.roster.tokens(ADMIN, AGENT) == ()


# Sessions


async def _ended(identity: Identity, staffed: Staffed) -> bool:
    await staffed.sessions.check_due()
    return identity.ended.is_set()


async def test_sessions_end_with_their_member(staffed: Staffed, door: ByToken) -> None:
    """At the socket as over a token; others' go on."""
    _, text = await _token(staffed)
    other = await staffed.roster.issue(ADMIN, ADMIN, name="mine")
    by_token, at_socket = await _shown(door, text), BySocket(staffed.sessions)
    lines = [by_token, await at_socket({"helpdesk-actor": "agent"}, "")]
    others = [await _shown(door, other.text), await at_socket({"helpdesk-actor": "admin"}, ""), await at_socket({}, "")]
    assert not any([await _ended(each, staffed) for each in (*lines, *others)])
    await staffed.roster.disable(ADMIN, AGENT)
    assert [await _ended(each, staffed) for each in lines] == [True, True]
    assert not any([await _ended(each, staffed) for each in others])


async def test_sessions_end_with_their_token(staffed: Staffed, door: ByToken) -> None:
    """That one alone; and by themselves when it expires."""
    known, text = await _token(staffed, days=2)
    _, another = await _token(staffed, days=1)
    first, second = await _shown(door, text), await _shown(door, another)
    await staffed.roster.revoke(ADMIN, known)
    assert await _ended(first, staffed)
    assert not await _ended(second, staffed)
    lasting = await staffed.store.read(tokens.get, second.token)
    assert await staffed.sessions.check_due() == lasting.expires
    staffed.clock.passes(days=1)
    assert await _ended(second, staffed)


async def test_sessions_that_are_gone_are_forgotten(staffed: Staffed) -> None:
    """Nothing is held of a request that was answered."""
    kept = staffed.sessions.open(AGENT)
    for _ in range(100):
        staffed.sessions.open(AGENT)
    assert staffed.sessions.count == 1
    assert isinstance(kept, asyncio.Event)


async def test_a_live_line_ends_with_the_member(staffed: Staffed, door: ByToken) -> None:
    """Over TCP, at once; the desk hears that it is signed out, and why it may not go on."""
    _, text = await _token(staffed)
    opened = admitting(staffed.gate, Offered(desk=staffed.place.desk))
    ending = on_change("signing out", staffed.sessions.check_due, staffed.store, staffed.clock, Troubles())
    async with beside(ending), answering(staffed.place.desk, opened, door) as url, connect_to(url, text) as desk:
        changes = desk.changes((await desk.hello()).seq)
        await staffed.place.mail()
        assert (await anext(changes)).ticket is not None
        await staffed.roster.disable(ADMIN, AGENT)
        with pytest.raises(SignedOut):
            await _to_the_end(changes)
        with pytest.raises(SignedOut, match="can't sign in any more"):
            await desk.counts(AGENT)


async def test_a_new_token_is_taken_without_a_new_desk(staffed: Staffed, door: ByToken) -> None:
    """What reads the token is asked again once it is no good; until there is another, it stays refused."""
    known, text = await _token(staffed)
    own = [text]
    opened = admitting(staffed.gate, Offered(desk=staffed.place.desk))
    async with answering(staffed.place.desk, opened, door) as url, connect_to(url, lambda: own[-1]) as desk:
        await desk.counts(AGENT)
        await staffed.roster.revoke(ADMIN, known)
        with pytest.raises(SignedOut, match="was revoked"):
            await desk.counts(AGENT)
        own.append((await _token(staffed))[1])
        await desk.counts(AGENT)
        async with aclosing(cast("AsyncGenerator[Told]", desk.changes(Seq(0)))) as changes:
            assert (await anext(changes)).seq == 1


async def test_a_line_that_is_refused_is_no_fault(
    staffed: Staffed, door: ByToken, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever shows a bad token hears why, and nothing is logged as broken."""
    caplog.set_level(logging.ERROR)
    _, text = await _token(staffed)
    own = [text]
    opened = admitting(staffed.gate, Offered(desk=staffed.place.desk))
    async with answering(staffed.place.desk, opened, door) as url, connect_to(url, lambda: own[-1]) as desk:
        await staffed.roster.disable(ADMIN, AGENT)
        with pytest.raises(SignedOut, match="can't sign in any more"):
            await _to_the_end(desk.changes(Seq(0)))
    assert caplog.text == ""


async def _to_the_end(changes: AsyncIterator[Told]) -> None:
    async with asyncio.timeout(PATIENCE):
        async for _ in changes:
            pass
