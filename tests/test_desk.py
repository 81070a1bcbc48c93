"""The local desk: what lies behind the contract that both desks keep (see tests/contracts)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from helpdesk import onlooker
from helpdesk.clock import HOUR, MINUTE, plus
from helpdesk.errors import NotFound, Refused, Stale, TryLater
from helpdesk.events import Kind, Seq
from helpdesk.message import Channel, StaffId
from helpdesk.ports import Desk
from helpdesk.sight import Told
from helpdesk.store.verbs import desk as verbs
from helpdesk.ticket import State
from helpdesk.wording import TEXT_LIMIT
from helpdesk.worklist import View
from tests.conversation import Staff, Town, library
from tests.engines import ON_SQLITE
from tests.store.calls import error_of, gone, put

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


@pytest.fixture
def desk(town: Town) -> Desk:
    """Its desk."""
    return town.house.desk


@pytest.fixture
async def mia(town: Town) -> Staff:
    """A member."""
    return await town.staff("mia")


@pytest.fixture
async def ben(town: Town) -> Staff:
    """Her colleague."""
    return await town.staff("ben")


# Who is there


async def test_signing_in(desk: Desk) -> None:
    """New members are added once; a name that the history needs for others is none."""
    assert (await desk.sign_in(StaffId("joe"))).name == "joe"
    assert (await desk.sign_in(StaffId("joe"), name="Joe")).name == "joe"
    for wrong in ("", "x" * 65, "a\nb", "patron", "system"):
        with pytest.raises(Refused):
            await desk.sign_in(StaffId(wrong))


async def test_who_is_disabled_stays_out(town: Town, desk: Desk, mia: Staff) -> None:
    """Neither listed nor let in, nor answering under an old screen."""
    ana = town.texter("ana")
    await ana.texts("loud")
    await mia.takes_next()
    await town.house.store.write(lambda sql: sql("UPDATE staff SET disabled = 1"))
    assert await desk.members() == ()
    with pytest.raises(Refused, match="can't sign in"):
        await desk.sign_in(mia.id)
    with pytest.raises(Refused, match=r"can.t sign in any more"):
        await mia.replies("Hello")


async def test_a_pin(town: Town, desk: Desk, mia: Staff) -> None:
    """Digits only; kept salted, so that two alike look different."""
    for wrong in ("123", "12345678901234", "abcd", "12 4"):
        with pytest.raises(Refused, match="4 to 12 digits"):
            await desk.set_pin(mia.id, old="", new=wrong)
    await desk.set_pin(mia.id, old="", new="471108154711")
    ben = await town.staff("ben")
    await desk.set_pin(ben.id, old="", new="471108154711")
    kept = await town.house.store.read(lambda sql: [row["pin"] for row in sql("SELECT pin FROM staff")])
    assert len(set(kept)) == 2
    assert "471108154711" not in repr(kept)
    with pytest.raises(Refused, match="not the PIN"):
        await desk.sign_in(mia.id, pin="471108154712")
    with pytest.raises(Refused, match="Type your PIN"):
        await desk.set_pin(mia.id, old="", new="")
    assert (await desk.sign_in(mia.id, pin="471108154711")).has_pin


async def test_presence_tells_the_log_of_changes_only(town: Town, desk: Desk, mia: Staff) -> None:
    """A sign of life each minute is no news."""
    for available in (True, True, True, False, False, True):
        await desk.set_presence(mia.id, Channel.CHAT, available)
        town.clock.passes(minutes=1)
    told = [event.data["available"] for event in await town.log() if event.kind is Kind.PRESENCE]
    assert told == [True, False, True]
    [here] = await desk.presence()
    assert here.seen == plus(town.time.now, -MINUTE)


# Working side by side


async def test_everybody_takes_another_ticket(town: Town, desk: Desk) -> None:
    """All at once: nobody gets what a colleague has."""
    for n in range(5):
        await town.mailer(f"p{n}").mails("Hello?")
    members = [await town.staff(f"s{n}") for n in range(6)]
    async with asyncio.TaskGroup() as tasks:
        each = [tasks.create_task(member.takes_next()) for member in members]
    taken = [ticket.id for task in each if (ticket := task.result())]
    assert len(taken) == len(set(taken)) == 5


async def test_one_of_two_wins_and_the_other_is_told_who(town: Town, desk: Desk, mia: Staff, ben: Staff) -> None:
    """By name, for a claim as for a reply."""
    ana = town.texter("ana")
    await ana.texts("loud")
    async with asyncio.TaskGroup() as tasks:
        each = [tasks.create_task(_claims(desk, member, ana.ticket)) for member in (mia, ben)]
    lost = [task.result() for task in each if task.result()]
    assert lost in ([mia.id], [ben.id])


async def _claims(desk: Desk, member: Staff, ticket: object) -> str:
    """Who has it, if somebody else was first."""
    try:
        await desk.claim(member.id, ticket)  # type: ignore[arg-type]
    except Stale as error:
        return error.by
    return ""


@pytest.mark.parametrize("act", ["release", "wait", "snooze", "solve", "reopen", "spam", "assign", "reply"])
async def test_every_write_on_an_old_screen_is_stale(town: Town, desk: Desk, mia: Staff, ben: Staff, act: str) -> None:
    """Whatever it is; the error names who was first."""
    ana = town.texter("ana")
    await ana.texts("loud")
    await mia.opens(ana.ticket)
    await ben.opens(ana.ticket)
    await ben.notes("I know the place.")
    before = mia.before
    more: dict[str, tuple[object, ...]] = {
        "snooze": (plus(town.time.now, HOUR),),
        "assign": (ben.id,),
        "reply": ("On our way",),
    }
    with pytest.raises(Stale, match="changed by ben") as caught:
        await getattr(desk, act)(mia.id, before.id, before.version, *more.get(act, ()))
    assert caught.value.by == ben.id


async def test_who_takes_over_an_expired_claim(town: Town, desk: Desk, mia: Staff, ben: Staff) -> None:
    """Also where the watch has not come by yet."""
    ana = town.texter("ana")
    await ana.texts("loud")
    await mia.takes_next()
    town.clock.passes(minutes=10)
    taken = await ben.takes_next()
    assert taken is not None
    assert (taken.id, taken.owner) == (ana.ticket, ben.id)


# Keys


async def test_a_key_makes_a_write_repeatable(town: Town, desk: Desk, mia: Staff) -> None:
    """For each member; with another text, another end or another audience it is refused."""
    ana = town.texter("ana", line="text")
    await ana.texts("Hello?")
    before = (await mia.opens(ana.ticket)).ticket
    first = await desk.reply(mia.id, before.id, before.version, "Hello!", key="k")
    assert await desk.reply(mia.id, before.id, before.version, "Hello!", key="k") == first
    for text, then in (("Hello.", "open"), ("Hello!", "solved")):
        with pytest.raises(Refused, match="key"):
            await desk.reply(mia.id, before.id, first.version, text, then=then, key="k")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="key"):
        await desk.note(mia.id, before.id, "Hello!", key="k")
    await town.settles()
    assert [each.text for each in ana.heard] == ["Hello!"]


async def test_a_key_that_failed_may_be_used_again(town: Town, desk: Desk, mia: Staff, ben: Staff) -> None:
    """What was refused or stale left nothing behind."""
    ana = town.texter("ana", line="text")
    await ana.texts("Hello?")
    before = (await mia.opens(ana.ticket)).ticket
    await ben.opens(ana.ticket)
    await ben.notes("Hm.")
    with pytest.raises(Stale):
        await desk.reply(mia.id, before.id, before.version, "Hello!", key="k")
    now = (await mia.opens(ana.ticket)).ticket
    await desk.reply(mia.id, now.id, now.version, "Hello!", key="k")
    assert len((await mia.opens(ana.ticket)).entries) == 3


async def test_two_at_once_under_one_key_write_once(town: Town, desk: Desk, mia: Staff) -> None:
    """A double press of the send key."""
    ana = town.texter("ana", line="text")
    await ana.texts("Hello?")
    before = (await mia.opens(ana.ticket)).ticket
    async with asyncio.TaskGroup() as tasks:
        each = [tasks.create_task(desk.reply(mia.id, before.id, before.version, "Hello!", key="k")) for _ in range(4)]
    assert len({task.result() for task in each}) == 1
    await town.settles()
    assert len(ana.heard) == 1


# Texts


async def test_what_is_sent(town: Town, desk: Desk, mia: Staff) -> None:
    """Control characters and line ends of other systems go; nothing at all is refused."""
    ana = town.texter("ana", line="text")
    await ana.texts("Hello?")
    await mia.opens(ana.ticket)
    await mia.replies("\n\x1b[31mYes\r\nand \x00no\tmaybe – ✓\n")
    await ana.hears("[31mYes\nand no\tmaybe – ✓")
    for wrong, words in (
        (" \n\t", "nothing to send"),
        ("\x00", "nothing to send"),
        ("x" * (TEXT_LIMIT + 1), "100,001"),
    ):
        with pytest.raises(Refused, match=words):
            await mia.replies(wrong)


# Looking


async def test_search(town: Town, desk: Desk, mia: Staff) -> None:
    """All words, the last one unfinished, accents or none; what is no word finds nothing and breaks nothing."""
    cafe, loan = town.mailer("ana"), town.mailer("ben")
    await cafe.mails("Is the Café on level 2 open on Sundays?")
    await loan.mails("Can I renew the loan of a book that is on level 2?")
    hits = {words: [found.row.id for found in await desk.search(mia.id, words)] for words in ("level", "cafe sund", "")}
    assert hits == {"level": [loan.ticket, cafe.ticket], "cafe sund": [cafe.ticket], "": []}
    for odd in ('"', "*", "AND", "a OR", "NEAR(", "-", "²", "😀", "col:umn", "level -book", "' --"):
        await desk.search(mia.id, odd)
    assert await desk.search(mia.id, "level", limit=-1) == ()
    [found] = await desk.search(mia.id, "renew")
    assert "renew" in found.excerpt
    assert len(found.excerpt) <= verbs.EXCERPT


async def test_notes_are_found_too(town: Town, desk: Desk, mia: Staff) -> None:
    """Whatever staff wrote."""
    ana = town.texter("ana")
    await ana.texts("loud")
    await mia.opens(ana.ticket)
    await mia.notes("The projector hums.")
    [found] = await desk.search(mia.id, "projector")
    assert found.row.id == ana.ticket


async def test_a_page_is_never_endless(town: Town, desk: Desk, mia: Staff) -> None:
    """Whatever is asked for."""
    await town.texter("ana").texts("loud")
    for start, count in ((-5, 10**9), (10**9, 5), (0, -1)):
        page = await desk.worklist(mia.id, View.OPEN, start=start, count=count)
        assert len(page.rows) == (0 if count < 0 else 1)


async def test_trouble_of_the_store_is_shown(town: Town, desk: Desk) -> None:
    """While the last write failed; first of all."""
    town.house.store.trouble = "The store can't be written just now (full)."
    town.house.troubles.now["watch"] = "watch failed"
    assert [(notice.key, notice.level) for notice in await desk.notices()] == [
        ("store", "error"),
        ("loop:watch", "error"),
    ]
    town.house.store.trouble = ""
    town.house.troubles.now.clear()
    assert await desk.notices() == ()


@ON_SQLITE
async def test_trouble_is_told_while_the_store_can_t_be_read(town: Town, desk: Desk) -> None:
    """What the process knows by itself, the store's own trouble first; and those who listen are told that it ends."""
    town.house.troubles.now["watch"] = "watch failed"
    changes = desk.changes((await desk.hello()).seq)
    with gone(town.house.store):
        [store, watch] = await desk.notices()
        assert (store.key, store.text) == ("store", "The store can't be read just now: it has not answered.")
        assert watch.key == "loop:watch"
        with pytest.raises(TryLater, match="can't be read"):
            await anext(changes)
    town.house.troubles.now.clear()
    await error_of(town.house.store.write(put, "works again"))
    assert await desk.notices() == ()


@ON_SQLITE
async def test_a_store_that_hangs_holds_up_nobody_who_watches(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads waits no longer than they should, and hears why."""
    released = threading.Event()
    monkeypatch.setattr(onlooker, "TROUBLED_SECONDS", 0.01)
    async with asyncio.TaskGroup() as tasks:
        hanging = tasks.create_task(town.house.store.write(lambda sql: released.wait()))
        town.house.store.trouble = "The store can't be reached: PostgreSQL does not answer."
        [store] = await desk.notices()
        assert store.text == "The store can't be reached: PostgreSQL does not answer."
        town.house.store.trouble = ""
        released.set()
        await hanging


# Hearing


async def test_changes_can_be_resumed_anywhere(town: Town, desk: Desk, mia: Staff) -> None:
    """From each place the rest of it, in order and without a gap, more than a page of it, too."""
    for n in range(30):
        await town.texter(f"p{n}").texts("loud")
    log = await town.log()
    for after in (0, 7, len(log) - 1):
        heard = await _hears(desk, Seq(after), len(log) - after)
        assert [told.seq for told in heard] == list(range(after + 1, len(log) + 1))


async def _hears(desk: Desk, after: Seq, count: int) -> list[Told]:
    heard: list[Told] = []
    async with aclosing(desk.changes(after)) as changes:  # type: ignore[type-var]
        async for told in changes:
            heard.append(told)
            if len(heard) == count:
                break
    return heard


async def test_everybody_hears_the_same(town: Town, desk: Desk, mia: Staff) -> None:
    """Several at once, while things happen."""
    start = (await desk.hello()).seq
    async with asyncio.TaskGroup() as tasks:
        each = [tasks.create_task(_hears(desk, start, 12)) for _ in range(4)]
        for n in range(6):
            await town.texter(f"p{n}").texts("loud")
    heard = [task.result() for task in each]
    assert heard.count(heard[0]) == 4
    assert {told.kind for told in heard[0]} == {Kind.OPENED, Kind.RECEIVED, Kind.JOINED}


# Errors


async def test_nobody_of_that_name(town: Town, desk: Desk, mia: Staff) -> None:
    """A ticket can be given to staff only."""
    ana = town.texter("ana")
    await ana.texts("loud")
    before = (await mia.opens(ana.ticket)).ticket
    with pytest.raises(NotFound, match="nobody"):
        await desk.assign(mia.id, before.id, before.version, StaffId("nobody"))


@ON_SQLITE
async def test_a_store_in_trouble_loses_no_reply(town: Town, desk: Desk, mia: Staff) -> None:
    """TryLater, and nothing happened: the same call goes well afterwards."""
    ana = town.texter("ana", line="text")
    await ana.texts("Hello?")
    before = (await mia.opens(ana.ticket)).ticket
    await town.house.store.read(lambda sql: sql("PRAGMA query_only = ON"))
    with pytest.raises(TryLater):
        await desk.reply(mia.id, before.id, before.version, "Hello!", key="k")
    assert [notice.key for notice in await desk.notices()] == ["store"]
    await town.house.store.read(lambda sql: sql("PRAGMA query_only = OFF"))
    after = await desk.reply(mia.id, before.id, before.version, "Hello!", key="k")
    assert (after.state, after.version) == (State.OPEN, before.version + 1)
    assert await desk.notices() == ()
