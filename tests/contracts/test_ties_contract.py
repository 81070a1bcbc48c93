"""One contract for following and linking tickets, from the owner's process and attached to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Kind
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Desk, Sql
from helpdesk.store.verbs import erasing, tickets, ties
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

NOBODY = TicketId("0" * 26)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk; whatever happened there, its log gives what it keeps."""
    async with library() as opened:
        yield opened
        assert await upkeep.check(opened.store) == ()


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def _number(desk: Desk, ticket: TicketId) -> int:
    return (await desk.thread(ANA, ticket)).ticket.number


async def _found(desk: Desk, actor: StaffId, query: str) -> list[TicketId]:
    return [row.id for row in (await desk.views.rows(actor, query)).rows]


# Following


async def test_a_ticket_is_followed(desk: Desk, marsh: Library) -> None:
    """By several; it stands on the ticket, in the query of each and in nobody else's. Nobody who writes is held up."""
    asked, other = await marsh.mail(), await marsh.mail(subject="Renewal", sender="li@example.org")
    before = (await desk.thread(ANA, asked)).ticket
    assert await desk.ties.follow(BEN, asked) == before
    await desk.ties.follow(ANA, asked)
    thread = await desk.thread(ANA, asked)
    assert (thread.followers, thread.ticket) == ((ANA, BEN), before)
    assert (await desk.thread(ANA, other)).followers == ()
    assert await _found(desk, BEN, "is:followed") == [asked]
    assert await _found(desk, BEN, "-is:followed") == [other]
    assert await desk.ties.followed(BEN) == (asked,)
    assert [(each.kind, each.actor, each.data) for each in thread.history[-2:]] == [
        (Kind.FOLLOWED, BEN, {}),
        (Kind.FOLLOWED, ANA, {}),
    ]


async def test_it_is_followed_once_and_no_longer(desk: Desk, marsh: Library) -> None:
    """Done twice it is as done once: the log says it once."""
    asked = await marsh.mail()
    for _ in range(2):
        await desk.ties.follow(BEN, asked)
    for _ in range(2):
        await desk.ties.unfollow(BEN, asked)
    thread = await desk.thread(ANA, asked)
    assert [each.kind for each in thread.history[-3:]] == [Kind.RECEIVED, Kind.FOLLOWED, Kind.UNFOLLOWED]
    assert (thread.followers, await desk.ties.followed(BEN)) == ((), ())
    with pytest.raises(NotFound):
        await desk.ties.follow(BEN, NOBODY)


async def test_who_follows_goes_on_with_what_goes_on(desk: Desk, marsh: Library) -> None:
    """A ticket that was merged is followed where it went; not there, it is followed no longer."""
    first, second = await marsh.mail(subject="Renewal"), await marsh.mail(subject="Renewal again")
    await desk.ties.follow(BEN, first)
    before = (await desk.thread(ANA, first)).ticket
    await desk.merge(ANA, first, before.version, await _number(desk, second))
    assert (await desk.thread(ANA, second)).followers == (BEN,)
    assert await desk.ties.followed(BEN) == (second,)
    assert await _found(desk, BEN, "is:followed") == [second]
    with pytest.raises(Refused, match="merged into another"):
        await desk.ties.follow(ANA, first)
    await desk.ties.unfollow(BEN, second)
    assert await desk.ties.followed(BEN) == ()


async def test_following_leaves_what_was_done_before_to_be_taken_back(desk: Desk, marsh: Library) -> None:
    """Neither a follower nor a link stands in the way of an undo."""
    asked, other = await marsh.mail(), await marsh.mail(subject="Renewal", sender="li@example.org")
    solved = await desk.solve(ANA, asked, (await desk.thread(ANA, asked)).ticket.version)
    await desk.ties.follow(BEN, asked)
    await desk.ties.link(BEN, asked, await _number(desk, other))
    assert (await desk.undo(ANA, asked, solved.version)).state == "new"
    assert (await desk.thread(ANA, asked)).followers == (BEN,)


# Linking


async def test_two_tickets_are_linked(desk: Desk, marsh: Library) -> None:
    """Each stands beside the other with where it stands, and neither is held up; linked twice, the log says it once."""
    one, two = await marsh.mail(subject="Printer"), await marsh.mail(subject="Printer, too", sender="li@example.org")
    numbers = await _number(desk, one), await _number(desk, two)
    before = (await desk.thread(ANA, one)).ticket
    for _ in range(2):
        assert await desk.ties.link(ANA, one, numbers[1]) == before
    first, second = await desk.thread(ANA, one), await desk.thread(ANA, two)
    assert [(each.number, each.subject, each.state) for each in first.related] == [(numbers[1], "Printer, too", "new")]
    assert [each.number for each in second.related] == [numbers[0]]
    assert [(each.kind, each.other) for each in first.history[-2:]] == [
        (Kind.RECEIVED, None),
        (Kind.RELATED, numbers[1]),
    ]
    assert (second.history[-1].kind, second.history[-1].data) == (Kind.RELATED, {"other": one})


async def test_they_are_linked_no_longer(desk: Desk, marsh: Library) -> None:
    """From either side; done twice it is as done once."""
    one, two = await marsh.mail(subject="Printer"), await marsh.mail(subject="Printer, too", sender="li@example.org")
    await desk.ties.link(ANA, one, await _number(desk, two))
    for _ in range(2):
        await desk.ties.unlink(BEN, two, await _number(desk, one))
    thread = await desk.thread(ANA, one)
    assert (thread.related, thread.history[-1].kind) == ((), Kind.UNRELATED)
    assert [each.kind for each in thread.history].count(Kind.UNRELATED) == 1


async def test_what_can_not_be_linked(desk: Desk, marsh: Library) -> None:
    """A ticket with itself, or with none."""
    one = await marsh.mail(subject="Printer")
    with pytest.raises(Refused, match="itself"):
        await desk.ties.link(ANA, one, await _number(desk, one))
    with pytest.raises(NotFound):
        await desk.ties.link(ANA, one, 999)


async def test_a_link_goes_with_who_wrote(desk: Desk, marsh: Library) -> None:
    """Forgetting either ticket removes it, and the history names the other no more; nothing new is linked to it."""
    one, two = await marsh.mail(subject="Printer"), await marsh.mail(subject="Printer, too", sender="li@example.org")
    await desk.ties.link(ANA, one, await _number(desk, two))
    await desk.ties.follow(BEN, two)
    await marsh.store.write(erasing.part, [two], marsh.clock.now())
    first, second = await desk.thread(ANA, one), await desk.thread(ANA, two)
    assert (first.related, second.related, second.followers) == ((), (), (BEN,))
    assert [first.history[-1].other, second.history[-2].other] == [None, None]
    with pytest.raises(Refused, match="is forgotten"):
        await desk.ties.link(ANA, one, second.ticket.number)
    await marsh.store.write(erasing.wipe, [two], marsh.clock.now())
    assert await desk.ties.followed(BEN) == ()


# What was lost is made again


async def test_ties_are_made_again_from_the_log(marsh: Library) -> None:
    """Whatever their tables have lost or got, the check says so and a rebuild puts it right."""
    one, two = await marsh.mail(subject="Printer"), await marsh.mail(subject="Printer, too", sender="li@example.org")
    number = (await marsh.store.read(tickets.get, two)).number
    await marsh.desk.ties.link(ANA, one, number)
    await marsh.desk.ties.follow(ANA, one)

    def spoil(sql: Sql) -> None:
        sql("DELETE FROM related WHERE library = :library AND ticket = :one", one=one)
        sql("UPDATE followers SET member = 'cai' WHERE library = :library AND ticket = :one", one=one)

    await marsh.store.write(spoil)
    assert await marsh.store.read(ties.wrong) == [
        "who follows what is not what the log gives (2 differ)",
        "which tickets are linked is not what the log gives (1 differ)",
    ]
    assert await marsh.store.write(ties.put_right) == 3
    assert await marsh.store.read(ties.wrong) == []
