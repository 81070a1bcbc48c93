"""One contract for queries and saved views, from the owner's process and attached to it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.clock import DAY, plus
from helpdesk.errors import NotFound, Refused
from helpdesk.message import TicketId
from helpdesk.ports import Desk
from helpdesk.ports.views import Listing, SavedView, Views
from helpdesk.queries import FIXED
from helpdesk.worklist import View
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def _listed(desk: Desk, query: str) -> list[TicketId]:
    return [row.id for row in (await desk.views.rows(ANA, query)).rows]


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Views).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f".views.{name}(" in source, name


async def test_what_a_query_lists(desk: Desk, marsh: Library) -> None:
    """By channel, owner, deadline, place, tag, state and the patron's words; the most urgent first."""
    mail = await marsh.mail("Where are the printers?", subject="Printing")
    text = await marsh.text("loud on level 3")
    assert await _listed(desk, "") == [text, mail]
    assert await _listed(desk, "channel:mail") == [mail]
    assert await _listed(desk, "line:noise zone:none breaching:<1h -is:noise") == [text]
    held = await desk.claim(BEN, mail)
    assert await _listed(desk, "owner:ben is:held -owner:me") == [mail]
    await desk.tag(ANA, mail, held.version, ("printer",))
    assert await _listed(desk, "tag:printer,copier") == [mail]
    assert await _listed(desk, "-tag:printer") == [text]
    assert await _listed(desk, "printers") == await _listed(desk, "PRINT") == [mail]
    assert await _listed(desk, "printers loud") == []
    assert await _listed(desk, "opened:today age:<1d updated:<1h number:>=1") == [text, mail]
    await desk.solve(ANA, mail, (await desk.thread(ANA, mail)).ticket.version)
    assert (await _listed(desk, "printers"), await _listed(desk, "state:any printers")) == ([], [mail])
    page = await desk.views.rows(ANA, "state:any", start=1, count=1)
    assert (page.start, len(page.rows), page.total, page.whole) == (1, 1, 2, True)


async def test_a_query_is_paged_from_a_row_that_is_known(desk: Desk, marsh: Library) -> None:
    """Down and up, by urgency and by the latest change."""
    for who in ("mina", "jo", "sam", "lee"):
        await marsh.mail(f"From {who}", sender=f"{who}@example.org")
    for query in ("channel:mail", "state:any"):
        whole = await desk.views.rows(ANA, query)
        down = await desk.views.rows(ANA, query, start=2, count=5, near=whole.anchors[0])
        up = await desk.views.rows(ANA, query, start=1, count=2, near=down.anchors[-1])
        assert (down.rows, up.rows) == (whole.rows[2:], whole.rows[1:3])
        assert down.total == up.total == whole.total == 4
        assert await desk.views.rows(ANA, query, start=9, near=up.anchors[0]) == Listing(
            start=3, rows=whole.rows[3:], total=4, anchors=whole.anchors[-1:]
        )


async def test_each_fixed_view_is_a_query(desk: Desk, marsh: Library) -> None:
    """The same rows, word for word."""
    await marsh.mail()
    mine = await desk.claim(ANA, await marsh.text())
    await desk.snooze(ANA, mine.id, mine.version, plus(marsh.clock.now(), DAY))
    done = await desk.claim(BEN, await marsh.mail("again", sender="zoe@example.org"))
    await desk.solve(BEN, done.id, done.version)
    for view in View:
        assert (await desk.views.rows(ANA, FIXED[view])).rows == (await desk.worklist(ANA, view)).rows, view


async def test_a_query_that_is_none_is_refused(desk: Desk) -> None:
    """With the words that say what to write."""
    with pytest.raises(Refused, match="did you mean channel:"):
        await desk.views.rows(ANA, "chanel:sms")
    with pytest.raises(Refused, match="did you mean mail"):
        await desk.views.keep(ANA, "Mail", "channel:mial")


async def test_the_next_unanswered_ticket(desk: Desk, marsh: Library) -> None:
    """After one, before one, from the top; how far away it stands in that list."""
    tickets = [await marsh.text(sender=f"+44770090010{n}") for n in range(4)]
    marsh.clock.passes(minutes=1)
    await desk.attended(ANA, tickets[1], (await desk.thread(ANA, tickets[1])).ticket.version, marsh.clock.now())
    order = await _listed(desk, "")
    found = await desk.views.ahead(ANA, "", ticket=tickets[0])
    assert found is not None
    assert (found.row.id, order[order.index(tickets[0]) + found.steps]) == (tickets[2], tickets[2])
    found = await desk.views.ahead(ANA, "", ticket=tickets[2], back=True)
    assert found is not None
    assert (found.row.id, order[order.index(tickets[2]) + found.steps]) == (tickets[0], tickets[0])
    first = await desk.views.ahead(ANA, "loud")
    assert first is not None
    assert (first.row.id, first.steps) == (tickets[0], 1)
    assert await desk.views.ahead(ANA, "", ticket=tickets[3]) is None


async def test_what_is_known(desk: Desk, marsh: Library) -> None:
    """Tags, kinds and sites in use, for whoever types."""
    mail = await marsh.mail()
    await desk.tag(ANA, mail, (await desk.thread(ANA, mail)).ticket.version, ("printer", "refund"))
    known = await desk.views.known(ANA)
    assert (set(known), set(known["tag"])) == ({"tag", "kind", "site"}, {"printer", "refund"})


async def test_a_view_of_ones_own(desk: Desk, marsh: Library) -> None:
    """Saved, counted, renamed, given another key, dropped; nobody else sees it."""
    await marsh.mail()
    saved = await desk.views.keep(ANA, " Mail  of mine", "channel:mail,MAIL", digit="7")
    assert saved == SavedView(name="Mail of mine", query="channel:mail", digit="7")
    await desk.views.keep(ANA, "Later", "state:snoozed", digit="7")
    later, mail = await desk.views.saved(ANA)
    assert (later.name, later.digit, later.count) == ("Later", "7", 0)
    assert (mail.name, mail.digit, mail.count, mail.whole, mail.shared) == ("Mail of mine", "", 1, True, False)
    assert await desk.views.saved(BEN) == ()
    await desk.views.keep(ANA, "Post", "channel:mail", was="Mail of mine")
    with pytest.raises(Refused, match="a view called 'Later' already"):
        await desk.views.keep(ANA, "Later", "channel:mail", was="Post")
    await desk.views.drop(ANA, "Later")
    assert [view.name for view in await desk.views.saved(ANA)] == ["Post"]
    for gone in ("Later", "Mail of mine"):
        with pytest.raises(NotFound, match="no view called"):
            await desk.views.drop(ANA, gone)


async def test_a_view_of_the_librarys(desk: Desk, marsh: Library) -> None:
    """Everybody has it; "me" is whoever looks."""
    mail = await marsh.mail()
    await desk.claim(BEN, mail)
    await desk.views.share(ANA, "At hand", "owner:me", digit="0")
    (anas,), (bens,) = await desk.views.saved(ANA), await desk.views.saved(BEN)
    assert (anas.shared, anas.digit, anas.count, bens.count) == (True, "0", 0, 1)
    await desk.views.keep(BEN, "At hand", "channel:mail")
    assert [view.shared for view in await desk.views.saved(BEN)] == [True, False]
    await desk.views.withdraw(ANA, "At hand")
    assert [view.shared for view in await desk.views.saved(BEN)] == [False]


@pytest.mark.parametrize(
    ("name", "digit", "words"),
    [("", "", "1 to 24 letters"), ("x" * 25, "", "1 to 24 letters"), ("\x1b[2J\n", "", ""), ("Ours", "12", "a digit")],
)
async def test_what_a_view_may_be_called(desk: Desk, name: str, digit: str, words: str) -> None:
    """A short line of text with nothing in it that moves a cursor, and one digit."""
    if words:
        with pytest.raises(Refused, match=words):
            await desk.views.keep(ANA, name, "", digit=digit)
    else:
        assert (await desk.views.keep(ANA, name, "", digit=digit)).name == "[2J"


async def test_there_are_not_too_many(desk: Desk) -> None:
    """Each is counted while somebody looks; one that is saved again is none more."""
    for n in range(20):
        await desk.views.keep(ANA, f"View {n}", "")
    await desk.views.keep(ANA, "View 3", "is:late")
    with pytest.raises(Refused, match="20 saved views already"):
        await desk.views.keep(ANA, "One more", "")
    assert len(await desk.views.saved(ANA)) == 20


async def test_what_is_late_is_breaching(desk: Desk, marsh: Library) -> None:
    """Time goes by, and the view fills."""
    text = await marsh.text()
    await desk.views.keep(ANA, "Soon", "breaching:<10m")
    assert [view.count for view in await desk.views.saved(ANA)] == [0]
    marsh.clock.passes(minutes=6)
    assert [view.count for view in await desk.views.saved(ANA)] == [1]
    marsh.clock.passes(minutes=20)
    assert await _listed(desk, "is:late waiting:>20m") == [text]
