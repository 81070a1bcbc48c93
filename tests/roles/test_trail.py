"""The audit trail: who saw and did what, each row bound to all before it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from helpdesk.clock import MINUTE, Instant
from helpdesk.errors import NotAllowed, NotFound, Refused, TryLater
from helpdesk.events import Kind
from helpdesk.gate import OWNER, Caller
from helpdesk.message import Attachment, StaffId, TicketId
from helpdesk.pacing import BROKEN, Pacing
from helpdesk.ports import Sql
from helpdesk.store import care
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import notices, trail
from helpdesk.store.verbs.trail import Question, Seen, Walked
from tests.roles.conftest import Staffed

pytestmark = pytest.mark.usefixtures("engine")

AGENT, LEAD, REPORTER, ADMIN = (StaffId(each) for each in ("agent", "lead", "reporter", "admin"))


async def test_a_look_leaves_a_row(staffed: Staffed) -> None:
    """Who, what, when, by which token; that it was done."""
    ticket = await staffed.place.mail()
    issued = await staffed.roster.issue(ADMIN, AGENT, name="laptop")
    await staffed.desk("agent", token=issued.token.id).thread(AGENT, ticket)
    [row] = await staffed.trail()
    assert (row.actor, row.token, row.act, row.ticket, row.number) == (
        "agent",
        issued.token.id,
        "desk.thread",
        ticket,
        1,
    )
    assert (row.noted, row.outcome, row.n) == (staffed.clock.now(), "done", 1)


async def test_a_repeated_look_is_one_row(staffed: Staffed) -> None:
    """For ten minutes, of the same member, at the same ticket."""
    first, second = await staffed.place.mail(), await staffed.place.mail(sender="joe@example.org")
    for _ in range(3):
        await staffed.desk("agent").thread(AGENT, first)
        await staffed.desk("agent").thread(AGENT, second)
        await staffed.desk("lead").thread(LEAD, first)
        staffed.clock.passes(minutes=3)
    assert [(each.actor, each.ticket) for each in await staffed.trail()] == [
        ("agent", first),
        ("agent", second),
        ("lead", first),
    ]
    staffed.clock.passes(minutes=2)
    await staffed.desk("agent").thread(AGENT, first)
    assert len(await staffed.trail()) == 4


async def test_a_look_that_came_to_nothing_is_none(staffed: Staffed) -> None:
    """There is no such ticket: nobody saw it, and what was asked for may be anything."""
    with pytest.raises(NotFound):
        await staffed.desk("agent").thread(AGENT, TicketId("Mina Patel, 07700 900123"))
    assert await staffed.rows() == []


async def test_a_file_is_a_look_at_its_ticket(staffed: Staffed) -> None:
    """Its digest is not kept: who forgot the file must not find it again by that."""
    content = b"%PDF secret"
    digest = hashlib.sha256(content).hexdigest()
    file = Attachment(name="scan.pdf", media_type="application/pdf", content=content, digest=digest)
    ticket = await staffed.place.mail(files=(file,))
    assert await staffed.desk("agent").attachment(AGENT, digest) == content
    await staffed.desk("agent").attachment(AGENT, digest)
    [row] = [each for each in await staffed.trail() if each.actor == "agent"]
    assert (row.act, row.ticket, row.about) == ("desk.attachment", ticket, "")
    assert digest not in repr(await staffed.trail())


async def test_a_search_is_kept_without_its_words(staffed: Staffed) -> None:
    """That somebody searched, and not for what."""
    await staffed.place.mail("Where is my copy of Middlemarch?")
    assert await staffed.desk("agent").search(AGENT, "middlemarch")
    [row] = await staffed.trail()
    assert (row.actor, row.act, row.ticket, row.about) == ("agent", "desk.search", None, "")
    kept = await staffed.store.read(lambda sql: [dict(each) for each in sql("SELECT * FROM trail")])
    assert "middlemarch" not in repr(kept).casefold()


async def test_a_noise_is_a_look_at_its_tickets(staffed: Staffed) -> None:
    """Asked about one of them, it is found."""
    ticket = await staffed.place.text("loud on level 3")
    desk = staffed.desk("lead")
    placed = await desk.noise.place(LEAD, ticket, (await desk.thread(LEAD, ticket)).ticket.version, "l3")
    assert placed.incident is not None
    await staffed.desk("agent").noise.incident(AGENT, placed.incident)
    rows = await staffed.store.read(trail.looks, Question(ticket=1))
    assert [(each.actor, each.act) for each in rows] == [("lead", "desk.thread"), ("agent", "noise.incident")]
    with pytest.raises(NotFound, match="no ticket 99"):
        await staffed.store.read(trail.looks, Question(ticket=99))


async def test_sign_ins_and_work_on_the_library(staffed: Staffed) -> None:
    """Each time; about whom."""
    await staffed.at_the_terminal().sign_in(AGENT)
    await staffed.at_the_terminal().sign_in(AGENT)
    await staffed.list_of(OWNER).add(StaffId("root"), StaffId("joe"))
    await staffed.list_of(Caller(member=ADMIN)).disable(ADMIN, StaffId("joe"))
    await staffed.list_of(Caller(member=ADMIN)).everyone(ADMIN)
    assert [(each.actor, each.act, each.about) for each in await staffed.trail()] == [
        ("agent", "desk.sign_in", ""),
        ("agent", "desk.sign_in", ""),
        ("root", "roster.add", "joe"),
        ("admin", "roster.disable", "joe"),
    ]


async def test_what_was_refused_is_kept_once_and_counted(staffed: Staffed) -> None:
    """Whatever it was about; no text that it carried."""
    ticket = await staffed.place.mail()
    for _ in range(5):
        for asked in (ticket, TicketId("Mina Patel")):
            with pytest.raises(NotAllowed):
                await staffed.desk("reporter").thread(REPORTER, asked)
    rows = await staffed.trail()
    assert [(each.actor, each.act, each.ticket, each.outcome, each.n) for each in rows] == [
        ("reporter", "desk.thread", ticket, "refused", 1)
    ]
    staffed.clock.passes(minutes=11)
    await staffed.gate.tell_repeats()
    await staffed.gate.tell_repeats()
    [_, more] = await staffed.trail()
    assert (more.actor, more.act, more.ticket, more.outcome, more.n) == ("reporter", "desk.thread", None, "refused", 9)
    with pytest.raises(NotAllowed):
        await staffed.desk("reporter").thread(REPORTER, TicketId("Mina Patel"))
    assert "Mina" not in repr(await staffed.trail())


async def test_a_wrong_pin_is_kept(staffed: Staffed) -> None:
    """And what was typed is not."""
    await staffed.desk("agent").set_pin(AGENT, old="", new="4711")
    with pytest.raises(Refused, match="not the PIN"):
        await staffed.at_the_terminal().sign_in(AGENT, pin="1234")
    assert [(each.act, each.outcome) for each in await staffed.trail()] == [
        ("desk.set_pin", "done"),
        ("desk.sign_in", "refused"),
    ]
    with pytest.raises(NotAllowed):
        await staffed.desk("agent").merge(AGENT, TicketId("x"), 1, 2)


async def test_guessed_pins_leave_one_row_and_a_count(staffed: Staffed) -> None:
    """Wrong ones and those that came too soon, of both calls that ask for one."""
    await staffed.desk("agent").set_pin(AGENT, old="", new="4711")
    for n in range(20):
        with pytest.raises((Refused, TryLater)):
            await staffed.at_the_terminal().sign_in(AGENT, pin=f"{n:04}")
        with pytest.raises((Refused, TryLater)):
            await staffed.at_the_terminal().set_pin(AGENT, old=f"{n:04}", new="")
    staffed.clock.passes(minutes=11)
    await staffed.gate.tell_repeats()
    refused = [each for each in await staffed.trail() if each.outcome == "refused"]
    for act in ("desk.sign_in", "desk.set_pin"):
        assert [each.n for each in refused if each.act == act] == [1, 19]


async def test_what_a_rule_of_the_desk_refuses_is_kept(staffed: Staffed) -> None:
    """A colleague's ticket that an agent reached for."""
    ticket = await staffed.place.mail()
    held = await staffed.desk("lead").assign(LEAD, ticket, 1, LEAD)
    with pytest.raises(NotAllowed):
        await staffed.desk("agent").assign(AGENT, ticket, held.version, AGENT)
    assert await staffed.rows() == [("agent", "desk.assign", "refused")]


# What is asked of it


async def test_rows_are_found_by_time_and_member(staffed: Staffed) -> None:
    """Half open; from behind a number on; so many at a time."""
    ticket = await staffed.place.mail()
    times = []
    for _ in range(3):
        staffed.clock.passes(minutes=20)
        times.append(staffed.clock.now())
        for who in (AGENT, LEAD):
            await staffed.desk(who).thread(who, ticket)
    assert [each.noted for each in await staffed.trail(begin=times[1], end=times[2])] == [times[1]] * 2
    assert [each.actor for each in await staffed.trail(of="lead")] == ["lead"] * 3
    assert [each.seq for each in await staffed.trail(after=2, count=3)] == [3, 4, 5]


async def test_deeds_come_from_the_log(staffed: Staffed) -> None:
    """In the same form, by the same questions; patrons and the desk itself are no staff."""
    ticket = await staffed.place.mail()
    other = await staffed.place.mail(sender="joe@example.org")
    staffed.clock.passes(minutes=1)
    begin = staffed.clock.now()
    agent = staffed.desk("agent")
    held = await agent.claim(AGENT, ticket)
    await agent.reply(AGENT, ticket, held.version, "Yes, till Friday.")
    await staffed.desk("lead").claim(LEAD, other)
    await staffed.roster.disable(ADMIN, REPORTER)
    found = await staffed.store.read(trail.deeds, Question(begin=begin))
    assert [(each.actor, each.act, each.number, each.about) for each in found] == [
        ("agent", Kind.CLAIMED, 1, ""),
        ("agent", Kind.REPLIED, 1, ""),
        ("lead", Kind.CLAIMED, 2, ""),
        ("admin", Kind.STAFF_DISABLED, None, "reporter"),
    ]
    assert "Friday" not in repr(found)
    of_lead = await staffed.store.read(trail.deeds, Question(of=LEAD, begin=begin))
    assert [each.act for each in of_lead] == [Kind.CLAIMED]
    of_first = await staffed.store.read(trail.deeds, Question(ticket=1))
    assert {each.number for each in of_first} == {1}
    assert await staffed.store.read(trail.deeds, Question(end=begin, begin=Instant(begin - MINUTE), of=AGENT)) == ()


# Whether it is whole


async def _rows(staffed: Staffed, count: int = 6) -> None:
    for n in range(count):
        await staffed.store.write(trail.note, Seen(actor="ana", token="", act=f"act{n}"), staffed.clock.now())


def _put_in(sql: Sql) -> None:
    trail.note(sql, Seen(actor="x", token="", act="y"), Instant(1))
    sql("UPDATE chain SET trail = 6 WHERE library = :library")


BREAKS: dict[str, Callable[[Sql], object]] = {
    "row 3 of the audit trail was changed": lambda sql: sql(
        "UPDATE trail SET actor = 'ben' WHERE library = :library AND seq = 3"
    ),
    "row 4 is missing": lambda sql: sql("DELETE FROM trail WHERE library = :library AND seq = 4"),
    "ends at row 5, but 6 were written": lambda sql: sql("DELETE FROM trail WHERE library = :library AND seq = 6"),
    "ends at row 0, but 6 were written": lambda sql: sql("DELETE FROM trail WHERE library = :library"),
    "row 7 was put in behind the end": _put_in,
    "row 6 of the audit trail is not the one": lambda sql: sql(
        "UPDATE chain SET trail_hash = :hash WHERE library = :library", hash=bytes(32)
    ),
}


async def test_a_whole_trail_is_whole(staffed: Staffed) -> None:
    """An empty one, too; walked in stretches of any length."""
    assert await staffed.store.read(trail.first_break) == ""
    await _rows(staffed)
    assert await staffed.store.read(trail.first_break) == ""
    for most in range(1, 9):
        reached = Walked()
        while not reached.end:
            reached = await staffed.store.read(trail.walk, reached, most)
            assert reached.fault == ""
        assert reached.seq == 6


@pytest.mark.parametrize("words", BREAKS)
async def test_a_break_is_found(staffed: Staffed, words: str) -> None:
    """Changed, missing, cut off at the end, put in behind it; by whoever walks it all."""
    await _rows(staffed)
    await staffed.store.write(BREAKS[words])
    assert words in await staffed.store.read(trail.first_break)


@pytest.mark.parametrize("words", BREAKS)
async def test_the_watch_tells_the_desk(staffed: Staffed, words: str) -> None:
    """At its next pass or at a later one, however little it walks at a time; and that it is whole again."""
    await _rows(staffed)
    pacing = Pacing(staffed.store, rows=2)
    for _ in range(5):
        await pacing.go_on(staffed.clock.now())
    assert await staffed.store.read(notices.notices) == ()
    await staffed.store.write(BREAKS[words])
    for _ in range(5):
        await pacing.go_on(staffed.clock.now())
    [notice] = await staffed.store.read(notices.notices)
    assert notice.key == BROKEN
    assert words.casefold() in notice.text.casefold()
    assert "Run `helpdesk db check`" in notice.text


async def test_the_end_is_looked_at_each_time(staffed: Staffed) -> None:
    """A long trail that was cut off is told of at once, not when the walk has come so far."""
    await _rows(staffed, 50)
    pacing = Pacing(staffed.store, rows=2)
    await staffed.store.write(lambda sql: sql("DELETE FROM trail WHERE library = :library AND seq > 40"))
    await pacing.go_on(staffed.clock.now())
    [notice] = await staffed.store.read(notices.notices)
    assert "ends at row 40, but 50 were written" in notice.text


async def test_db_check_finds_a_break(tmp_path: Path) -> None:
    """Beside the owner, in the file."""
    path = tmp_path / "helpdesk.sqlite"
    async with open_store(path) as store:
        for n in range(3):
            await store.write(trail.note, Seen(actor="ana", token="", act=f"act{n}"), Instant(n))
        assert care.examine(path, "main") == ()
        await store.write(lambda sql: sql("DELETE FROM trail WHERE seq = 3"))
        assert care.examine(path, "main") == ("the audit trail ends at row 2, but 3 were written",)
