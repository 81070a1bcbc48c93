"""Contacts from before are history: found and read, in volumes, in no share, and nothing happens because of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from helpdesk.bygone import Bygone, from_line, to_line
from helpdesk.clock import HOUR, MINUTE, Instant, plus
from helpdesk.events import Kind
from helpdesk.ids import Ids
from helpdesk.importing.taking import _minted
from helpdesk.message import Address, Attachment, Channel, LineId, StaffId, TicketId
from helpdesk.reports import Question, report
from helpdesk.reports.export import plain
from helpdesk.reports.text import as_text
from helpdesk.standards import Outcome
from helpdesk.store.verbs import bygones, clocks, events, people, tickets
from helpdesk.store.verbs.bygones import TakenIn
from helpdesk.thread import EntryKind
from helpdesk.ticket import Flag, State, Ticket
from helpdesk.upkeep import check
from helpdesk.webhooks.vocabulary import Subject, announced
from tests.bygones import LONG_AGO, answered, asked, made_bygone
from tests.conversation import Town, library

ANA = StaffId("ana")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library that promises answers, and has been open for ten days."""
    async with library() as opened:
        opened.clock.passes(days=10)
        yield opened


async def take(town: Town, *made: Bygone) -> list[TakenIn]:
    """As the store's owner does it."""
    ids, found = Ids(town.clock), []
    for each in made:
        found.append(
            await town.house.store.write(
                bygones.take_in, each, _minted(each, ids), ANA, town.time.now, town.house.rules.published()
            )
        )
    return found


async def ticket_of(town: Town, number: int) -> Ticket:
    """A ticket by its number."""
    return await town.house.store.read(tickets.by_number, number)


async def rows_of(town: Town, ticket: TicketId) -> tuple[str, ...]:
    """The standards that time a ticket."""
    return tuple(row.standard for row in await town.house.store.read(clocks.of_ticket, ticket))


def lately(town: Town, hours: float) -> Instant:
    """A time at which the promises held already."""
    return plus(town.time.now, -round(hours * HOUR))


async def test_a_contact_is_a_closed_ticket_with_its_thread(town: Town) -> None:
    """With the next number, at the times at which it happened; searched, and its patron known."""
    await town.mailer("dee").mails("The library's own first ticket")
    file = Attachment(name="form.pdf", media_type="application/pdf", content=b"\x00%PDF", digest="")
    said = (asked(LONG_AGO, "Where is the Dubliners?", files=(file,)), answered(plus(LONG_AGO, HOUR), "On level 2."))
    assert await take(town, made_bygone("1", spoken=said, tags=("loans", "old"), kind="loan", site="Hill")) == ["new"]
    found = await ticket_of(town, 2)
    assert (found.state, found.opened, found.answered) == (State.CLOSED, LONG_AGO, plus(LONG_AGO, HOUR))
    assert (found.unanswered, found.owner, found.due, found.closes) == (None, None, None, None)
    assert (found.tags, found.kind, found.site, found.name) == (("loans", "old"), "loan", "Hill", "Mina")
    mia = await town.staff("mia")
    thread = await mia.opens(found.id)
    assert [(entry.kind, entry.author, entry.text, entry.written) for entry in thread.entries] == [
        (EntryKind.IN, "Mina", "Where is the Dubliners?", LONG_AGO),
        (EntryKind.OUT, "Front desk", "On level 2.", plus(LONG_AGO, HOUR)),
    ]
    assert [each.name for each in thread.entries[0].files] == ["form.pdf"]
    assert [hit.row.id for hit in await town.house.desk.search(mia.id, "Dubliners")] == [found.id]
    mina = Address(channel=Channel.MAIL, value="mina@example.org")
    assert await town.house.store.read(people.known, mina) == found.person is not None
    assert await town.kinds(found.id) == ["opened", "imported", "tagged", "received", "replied", "solved", "closed"]


async def test_nothing_happens_because_of_it(town: Town) -> None:
    """No message goes out, nobody is told of anything late, no hook hears of it, the views count it as finished."""
    old = replace(made_bygone("2"), spoken=(asked(lately(town, 190)),), closed=lately(town, 150))
    await take(town, made_bygone("1"), old, replace(old, key="3", measured=True))
    before = await town.log()
    await town.time.passes(days=3)
    assert [event.kind for event in (await town.log())[len(before) :]] == []
    assert await town.house.desk.notices() == ()
    assert [wire.sent for wire in town.wires.values() if wire.sent] == []
    assert await town.house.store.read(lambda sql: sql("SELECT 1 FROM outbox")) == []
    for event in before:
        ticket = None if event.ticket is None else await town.house.store.read(tickets.get, event.ticket)
        if ticket is not None:
            assert announced(event, Subject(ticket=ticket)) is None
    assert await check(town.house.store) == ()


async def test_it_answers_no_promise(town: Town) -> None:
    """Not even where one held at its time: nobody knows whether its times are whole."""
    for n, spoken in enumerate([(asked(lately(town, 90)), answered(lately(town, 89))), (asked(lately(town, 90)),)]):
        await take(town, made_bygone(str(n), spoken=spoken, closed=lately(town, 2)))
        assert await rows_of(town, (await ticket_of(town, n + 1)).id) == ()
    made = await report(town.house.store, Question(zone="Europe/London", library="L", now=town.time.now))
    assert made.imported == 2
    assert made.total.figures == ()
    assert [(each.received, each.answered) for each in made.volumes] == [(2, 1)]


async def test_measured_it_is_judged_as_any_other(town: Town) -> None:
    """Who says that all times are in the file has them judged, the unanswered ones too."""
    soon = (asked(lately(town, 90)), answered(lately(town, 89)))
    never = (asked(lately(town, 190)),)
    for n, spoken in enumerate([soon, never]):
        await take(town, made_bygone(str(n), spoken=spoken, closed=lately(town, 2), measured=True))
    first, second = [
        [row.outcome for row in await town.house.store.read(clocks.of_ticket, (await ticket_of(town, n)).id)]
        for n in (1, 2)
    ]
    assert first
    assert set(first) == {Outcome.MET}
    assert set(second) == {Outcome.PENDING}
    made = await report(town.house.store, Question(zone="Europe/London", library="L", now=town.time.now))
    assert made.missed == len(second)
    assert await check(town.house.store) == ()


async def test_before_the_first_promise_nothing_is_measured(town: Town) -> None:
    """Publishing rewrites no past, and an import neither."""
    await take(town, made_bygone("1", measured=True))
    assert await rows_of(town, (await ticket_of(town, 1)).id) == ()


async def test_the_report_says_how_many(town: Town) -> None:
    """Of its days, in words and in numbers, and as it stood before the import there were none."""
    before = town.time.now
    await town.time.passes(minutes=1)
    await town.mailer("dee").mails("Our own")
    await take(town, *(made_bygone(str(n), plus(lately(town, 100), n * MINUTE)) for n in range(3)), made_bygone("old"))
    asked_of = Question(zone="Europe/London", library="L", now=town.time.now)
    recent = replace(asked_of, begin=None)
    made = await report(town.house.store, recent)
    assert made.imported == 4
    assert plain(made)["imported"] == 4
    assert "4 contacts were imported from another desk." in " ".join(as_text(made).split())
    assert (await report(town.house.store, replace(asked_of, as_of=before))).imported == 0


async def test_none_is_taken_in_twice(town: Town) -> None:
    """Known by its key; the same key with another content is told of, and the first one stays."""
    once = made_bygone("1")
    assert await take(town, once, once, replace(once, digest="0" * 64)) == ["new", "known", "changed"]
    assert len(await town.house.store.read(lambda sql: sql("SELECT id FROM tickets"))) == 1


async def test_a_patron_who_writes_again_is_timed(town: Town) -> None:
    """A mail that goes on from an imported one opens a ticket of its own, and the promises hold for it."""
    mail = replace(made_bygone(""), spoken=(asked(LONG_AGO, external_id="<old@example.org>", digest="d"),))
    await take(town, mail)
    mina = town.mailer("mina")
    await mina.mails("And now?", references=("<old@example.org>",))
    again = await ticket_of(town, 2)
    assert mina.ticket == again.id
    assert await rows_of(town, again.id) != ()


async def test_an_open_one_goes_on_at_the_desk(town: Town) -> None:
    """Left open it waits in the queue, since its last question; its answer goes out, and what follows is timed."""
    spoken = (
        asked(LONG_AGO, external_id="<1@example.org>", digest="1"),
        answered(plus(LONG_AGO, HOUR), external_id="<2@library.example>", digest="2"),
        asked(plus(LONG_AGO, 2 * HOUR), "Still not there", external_id="<3@example.org>", digest="3"),
    )
    await take(town, replace(made_bygone(""), spoken=spoken, closed=None))
    found = await ticket_of(town, 1)
    assert (found.state, found.unanswered, found.due) == (State.NEW, plus(LONG_AGO, 2 * HOUR), None)
    mia = await town.staff("mia")
    assert (await mia.takes_next()) is not None
    await mia.replies("Now it is.")
    mina = town.mailer("mina")
    await mina.hears("Now it is.")
    await town.time.passes(hours=1)
    await mina.mails("Thank you, and another thing?", references=("<3@example.org>",))
    assert mina.ticket == found.id
    assert await check(town.house.store) == ()
    assert (await ticket_of(town, 1)).unanswered is not None


async def test_the_rest_of_a_thread_joins_its_ticket(town: Town) -> None:
    """A mail that came in live is not doubled; an answer sent from elsewhere is added, and measures nothing."""
    dee = town.mailer("dee")
    await dee.mails("Is it in?", named="<live@example.org>")
    live = await ticket_of(town, 1)
    clocks_before = await town.house.store.read(clocks.of_ticket, live.id)
    [kept] = await town.house.store.read(lambda sql: sql("SELECT * FROM received"))
    said = (
        asked(live.opened, "Is it in?", external_id="<live@example.org>", digest=kept["digest"]),
        answered(plus(live.opened, MINUTE), "Yes.", external_id="<ours@library.example>", digest="o"),
        asked(plus(live.opened, 2 * MINUTE), "Me too!", external_id="<x@l>", digest="x", address="x@example.org"),
    )
    thread = replace(made_bygone(""), spoken=tuple(replace(each, account=kept["account"]) for each in said))
    assert await take(town, thread, thread) == ["joined", "known"]
    mia = await town.staff("mia")
    found = await mia.opens(live.id)
    assert [entry.text for entry in found.entries] == ["Is it in?", "Yes.", "Me too!"]
    assert (found.ticket.state, found.ticket.unanswered) == (live.state, live.unanswered)
    assert await town.house.store.read(clocks.of_ticket, live.id) == clocks_before
    on_it, not_sure = await town.house.store.read(people.participants, live.id)
    assert [each.value for each in on_it] == ["dee@example.org"]
    assert [each.value for each in not_sure] == ["x@example.org"]
    assert await check(town.house.store) == ()
    later = replace(thread, spoken=(replace(said[1], external_id="<more@library.example>", account=kept["account"]),))
    assert await take(town, replace(later, references=("<live@example.org>",))) == ["joined"]


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.DESK])
async def test_calls_and_visits(channel: Channel, town: Town) -> None:
    """Their texts are notes; a waiting time is measured where all times are whole."""
    note = replace(asked(lately(town, 5), "Asked for a map"), kind=EntryKind.NOTE, address="")
    call = made_bygone("1", channel=channel, line=LineId(str(channel)), spoken=(note,), closed=lately(town, 5))
    await take(town, call, replace(call, key="2", measured=True, waited=90_000))
    first, second = await ticket_of(town, 1), await ticket_of(town, 2)
    assert (first.answered, second.answered) == (lately(town, 5), plus(lately(town, 5), 90_000))
    assert first.state is State.CLOSED
    assert [str(event.kind) for event in await town.log(first.id)] == [
        "opened",
        "imported",
        "noted",
        "solved",
        "closed",
    ]
    assert await check(town.house.store) == ()


async def test_automatic_mail_is_shown_as_such(town: Town) -> None:
    """It counts apart, as it does live."""
    await take(town, made_bygone("1", spoken=(asked(lately(town, 9), automatic=True),), closed=lately(town, 8)))
    assert (await ticket_of(town, 1)).flags == {Flag.AUTOMATIC}
    made = await report(town.house.store, Question(zone="Europe/London", library="L", now=town.time.now))
    assert [each.received for each in made.volumes] == [0]


async def test_who_asked_is_not_who_imported(town: Town) -> None:
    """The history says who took it in; nobody on the staff is said to have answered."""
    await take(town, made_bygone("1"))
    log = await town.house.store.read(events.of_ticket, (await ticket_of(town, 1)).id)
    assert {event.kind: event.actor for event in log if event.actor != "system"} == {Kind.IMPORTED: ANA}
    assert all(event.data["imported"] and event.data["measured"] is False for event in log)


def test_a_line_is_a_contact() -> None:
    """With files, of any letters; what no store takes is replaced letter for letter, and other lines are refused."""
    file = Attachment(name="a\x00b", media_type="x/y", content=bytes(range(256)), digest="no matter")
    made = made_bygone("ké 🎉\n", spoken=(asked(LONG_AGO, "a\x00b\ud800“", files=(file,)),), tags=("x",))
    read = from_line(to_line(made))
    assert read.key == made.key
    assert read.spoken[0].text == "a?b?“"
    assert (read.spoken[0].files[0].content, read.spoken[0].files[0].name) == (file.content, "a?b")
    assert to_line(made).count(b"\n") == 1
    assert from_line(to_line(read)) == read
    for line in (b"", b"[]", b"{}", b"null", to_line(made)[:-9], to_line(made).replace(b'"mail"', b'"pigeon"')):
        with pytest.raises(ValueError):
            from_line(line)
