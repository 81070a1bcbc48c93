"""One contract for what other systems read, in the owner's process, over its socket and over TLS with a token."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from helpdesk import reports
from helpdesk.api.remote import connect
from helpdesk.api.routes import Offered
from helpdesk.api.server import owner_socket
from helpdesk.clock import Instant, plus
from helpdesk.config import Settings
from helpdesk.errors import NotAllowed, Refused
from helpdesk.events import Kind, Seq
from helpdesk.message import Channel, TicketId
from helpdesk.permissions import Role
from helpdesk.ports import Records
from helpdesk.ports.records import Grouping
from helpdesk.records import LocalRecords
from helpdesk.store.verbs import events, rulebook, staff
from helpdesk.store.verbs import records as verbs
from helpdesk.ticket import State
from tests.contracts.desk import ANA, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

SETTINGS = Settings()


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library that is read."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def records(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Records]:
    """Its records, from each side."""
    local = LocalRecords(SETTINGS, marsh.store, marsh.clock)
    offered, path = Offered(desk=marsh.desk, records=local), tmp_path / "desk.sock"
    if request.param == "local":
        yield local
    elif request.param == "remote":
        async with owner_socket(marsh.desk, lambda _: offered, path), connect(path) as remote:
            yield remote.records
    else:
        async with marsh.tokens(offered, tmp_path) as each:
            yield each[ANA].records


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Records).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"records.{name}(" in source, name


async def walked(records: Records, *, limit: int, cursor: str = "") -> list[TicketId]:
    """Every ticket from a cursor on, page by page."""
    found: list[TicketId] = []
    while True:
        page = await records.tickets(ANA, cursor=cursor, limit=limit)
        assert len(page.tickets) <= limit
        found += [ticket.id for ticket in page.tickets]
        if not page.next:
            return found
        cursor = page.next


async def test_every_ticket_once_the_newest_first(records: Records, marsh: Library) -> None:
    """In pages of any size, and whole."""
    assert await walked(records, limit=5) == []
    wrote = [await marsh.mail(f"Question {n}", sender=f"p{n}@example.org") for n in range(7)]
    for limit in (1, 3, 7, 200):
        assert await walked(records, limit=limit) == wrote[::-1]
    page = await records.tickets(ANA, limit=1)
    assert page.tickets == ((await marsh.desk.thread(ANA, wrote[-1])).ticket,)


async def test_what_comes_meanwhile_shifts_nothing(records: Records, marsh: Library) -> None:
    """Whoever reads on from a cursor sees no ticket twice and misses none of those that were there."""
    wrote = [await marsh.mail(f"Question {n}", sender=f"p{n}@example.org") for n in range(4)]
    first = await records.tickets(ANA, limit=2)
    await marsh.mail("One more", sender="late@example.org")
    await marsh.desk.claim(ANA, wrote[0])
    assert await walked(records, limit=2, cursor=first.next) == [wrote[1], wrote[0]]


async def test_some_tickets(records: Records, marsh: Library) -> None:
    """By what they are, and by when anything last happened to them."""
    mail, text = await marsh.mail(), await marsh.text()
    later = await marsh.mail(sender="joan@example.org")
    ticket = (await marsh.desk.thread(ANA, mail)).ticket
    marsh.clock.passes(minutes=5)
    solved = await marsh.desk.solve(ANA, mail, ticket.version)

    async def those(**wanted: object) -> list[TicketId]:
        page = await records.tickets(ANA, **wanted)  # type: ignore[arg-type]
        assert page.next == ""
        return [each.id for each in page.tickets]

    assert await those(state=State.SOLVED) == [mail]
    assert await those(channel=Channel.SMS) == [text]
    assert await those(line="help", state=State.NEW) == [later]
    assert await those(line="noise") == [text]
    assert await those(site="Main") == []
    assert await those(updated_since=solved.updated) == [mail]
    assert await those(updated_since=plus(solved.updated, 1)) == []
    assert await those(channel=Channel.MAIL, updated_since=Instant(0)) == [later, mail]


async def test_a_page_looks_at_so_many_and_no_more(marsh: Library) -> None:
    """A filter that hardly anything passes leads on by empty pages, each as cheap as the others."""
    wanted = await marsh.text()
    for n in range(6):
        await marsh.mail(sender=f"p{n}@example.org")
    below, pages = verbs.TOP, []
    for _ in range(4):
        found, below_that = await marsh.store.read(verbs.page, below, 5, {"channel": "sms"}, walk=2)
        pages.append([each.id for each in found])
        if below_that is None:
            break
        below = below_that
    assert pages == [[], [], [], [wanted]]


@pytest.mark.parametrize("cursor", ["x", "T1", "=", "é", base64.urlsafe_b64encode(b"not an id").decode(), "A" * 500])
async def test_a_cursor_that_is_none(records: Records, cursor: str) -> None:
    """It was cut short or made up: said so."""
    with pytest.raises(Refused, match="none of ours"):
        await records.tickets(ANA, cursor=cursor)


async def test_how_many_at_a_time(records: Records) -> None:
    """More than one page may hold is refused, rather than cut in silence."""
    for limit in (0, -1, 201, 10**30):
        with pytest.raises(Refused, match="1 to 200"):
            await records.tickets(ANA, limit=limit)
    for limit in (0, 501):
        with pytest.raises(Refused, match="1 to 500"):
            await records.events(ANA, limit=limit)


async def test_the_facts_of_the_log(records: Records, marsh: Library) -> None:
    """In order, from anywhere on; at the end one waits there."""
    await marsh.mail("Can I renew?", sender="mina@example.org")
    whole = tuple(await marsh.store.read(events.after, Seq(0)))
    page = await records.events(ANA)
    assert (page.events, page.next) == (whole, whole[-1].seq)
    some = await records.events(ANA, after=whole[2].seq, limit=2)
    assert (some.events, some.next) == (whole[3:5], whole[4].seq)
    assert await records.events(ANA, after=page.next) == replace(page, events=())
    assert "renew" not in repr(page)
    assert "mina" not in repr(page)
    assert Kind.OPENED in {event.kind for event in page.events}


async def test_what_is_published(records: Records, marsh: Library) -> None:
    """Every standard and calendar with its history; the latest of each name is in force."""
    before = await records.standards(ANA)
    assert [(each.name, each.in_force) for each in before] == [
        ("chat-claimed", True),
        ("mail-answered", True),
        ("noise-texts", True),
    ]
    marsh.clock.passes(days=1)
    text = json.dumps({**json.loads(before[1].text), "title": "We answer sooner."})
    await marsh.store.write(rulebook.publish, "standard", [("mail-answered", text)], marsh.clock.now(), ANA)
    after = [each for each in await records.standards(ANA) if each.name == "mail-answered"]
    assert [(each.in_force, each.published > before[1].published) for each in after] == [(True, True), (False, False)]
    assert after[1] == replace(before[1], in_force=False)
    assert [each.name for each in await records.calendars(ANA)] == ["staffed"]


async def test_a_report(records: Records, marsh: Library) -> None:
    """What `helpdesk report --format json` prints, with the misses counted and not listed."""
    await marsh.mail()
    first, end = date(2026, 5, 1), date(2026, 6, 1)
    question = reports.question_for(SETTINGS, marsh.clock.now(), begin=first, end=end, by="channel", misses=0)
    told = json.loads(reports.as_json(await reports.report(marsh.store, question)))
    got = await records.report(ANA, begin=first, end=end, by="channel")
    assert json.loads(json.dumps(got)) == told
    assert (told["misses"], told["by"]) == ([], "channel")
    with pytest.raises(Refused, match="still to come"):
        await records.report(ANA, as_of=plus(marsh.clock.now(), 1))
    with pytest.raises(Refused, match="before 1970"):
        await records.report(ANA, as_of=Instant(-(10**18)))
    with pytest.raises(Refused):
        await records.report(ANA, begin=end, end=first)


def test_reports_are_grouped_as_the_command_groups_them() -> None:
    """The port names the same rows as the report."""
    assert get_args(Grouping) == get_args(reports.By)


async def test_a_reporter_reads_figures_and_no_tickets(marsh: Library, tmp_path: Path) -> None:
    """Behind the gate: what is published and reports, but neither tickets nor the log."""
    await marsh.store.write(staff.set_role, ANA, Role.REPORTER, by=ANA, now=marsh.clock.now())
    offered = Offered(desk=marsh.desk, records=LocalRecords(SETTINGS, marsh.store, marsh.clock))
    async with marsh.tokens(offered, tmp_path) as each:
        there = each[ANA].records
        assert len(await there.standards(ANA)) == 3
        assert (await there.report(ANA))["library"] == SETTINGS.library.name
        for refused in (there.tickets(ANA), there.events(ANA)):
            with pytest.raises(NotAllowed):
                await refused
