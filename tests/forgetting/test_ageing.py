"""What is old enough is forgotten: who wrote first, what was written later; what is worked on, and figures, stay."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.clock import DAY, plus
from helpdesk.config import RetentionSettings
from helpdesk.errors import Refused
from helpdesk.events import Kind
from helpdesk.message import Channel
from helpdesk.reports import Question, report
from helpdesk.reports.export import as_json
from helpdesk.reports.text import as_text
from helpdesk.store.verbs import entries, remarks
from helpdesk.store.verbs.remarks import Remark
from helpdesk.upkeep import check
from tests.arriving import attachment
from tests.conversation import Town
from tests.forgetting.house import answered, as_it_came, forgetful, later, rows

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library that forgets who wrote after 30 days, what was written after 60."""
    async with forgetful() as opened:
        yield opened


async def test_who_wrote_is_forgotten_first(town: Town) -> None:
    """Name, address, participants and the provider's ids go; the words stay, and can be found."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await ana.mails("Where is the atlas?", named="<ana-1@example.org>")
    ticket = await answered(mia, ana)
    await later(town, days=31)
    thread = await mia.opens(ticket.id)
    assert (thread.ticket.name, thread.ticket.person, thread.participants) == ("", None, ())
    assert (thread.anonymous is not None, thread.forgotten) == (True, None)
    assert [each.author for each in thread.entries] == ["", "Mia"]
    assert thread.entries[0].text == "Where is the atlas?"
    assert await rows(town, "people") == []
    assert await rows(town, "addresses") == []
    (sent,) = await rows(town, "outbox")
    assert [sent[name] for name in ("address", "name", "copies", "refs", "provider_id")] == ["", "", "[]", "[]", ""]
    assert "ana-1" not in str([dict(each) for each in await rows(town, "received")])
    assert len(await town.house.desk.search(mia.id, "atlas")) == 1
    mia.ticket = await town.house.desk.reopen(mia.id, ticket.id, thread.ticket.version)
    with pytest.raises(Refused, match="no address"):
        await mia.replies("Hello?")


async def test_what_was_written_is_forgotten_later(town: Town) -> None:
    """Subject, text, authors, notes, files and remarks; state, times, clocks and history stay."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await ana.mails("Where is the atlas?", subject="Atlas", attachments=(attachment("list.pdf", b"a list"),))
    await mia.opens(ana.ticket)
    await mia.notes("She is in the reading group.")
    await answered(mia, ana)
    clocks, kinds = await town.clocks(ana.ticket), await town.kinds(ana.ticket)
    said = Remark(id="r1", text="the atlas was lent", salt=bytes(16))
    await town.house.store.write(remarks.keep, said, ana.ticket)
    before = (await mia.opens(ana.ticket)).ticket
    await later(town, days=61)
    thread = await mia.opens(ana.ticket)
    assert (thread.ticket.subject, thread.ticket.preview) == ("", "")
    assert [(each.text, each.author, each.files) for each in thread.entries] == [("", "", ())] * 3
    assert await rows(town, "attachments") == []
    assert [(each["text"], each["salt"]) for each in await rows(town, "remarks")] == [("", None)]
    assert await town.house.desk.search(mia.id, "atlas") == ()
    assert (thread.ticket.state, thread.ticket.updated, thread.ticket.version) == (
        before.state,
        before.updated,
        before.version,
    )
    assert await town.clocks(ana.ticket) == clocks
    assert (await town.kinds(ana.ticket))[: len(kinds)] == kinds


async def test_somebody_who_wrote_again_stays_known(town: Town) -> None:
    """Their old ticket names them no more; the new one does, until its own time."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await ana.mails("Where is the atlas?")
    old = await answered(mia, ana)
    await later(town, days=20)
    await ana.mails("And the globe?")
    await later(town, days=15)
    assert (await mia.opens(old.id)).ticket.name == ""
    assert (await mia.opens(ana.ticket)).ticket.name == "Ana"
    assert len(await rows(town, "people")) == 1


async def test_what_is_worked_on_is_kept_however_old(town: Town) -> None:
    """Nobody answered for a year: nothing of it goes, nor of a ticket that was merged into it."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await ana.mails("Where is the atlas?")
    first = (await mia.opens(ana.ticket)).ticket
    await ana.mails("I asked for the atlas.")
    second = (await mia.opens(ana.ticket)).ticket
    await town.house.desk.merge(mia.id, second.id, second.version, into=first.number)
    await later(town, days=365)
    texts = [each.text for each in (await mia.opens(first.id)).entries]
    assert texts == ["Where is the atlas?", "I asked for the atlas."]
    assert [event for event in await town.log() if event.kind is Kind.FORGOTTEN] == []


async def test_what_waits_to_be_sent_is_kept(town: Town) -> None:
    """A message that a person must decide about holds its ticket back."""
    ana, mia = town.texter("ana", line="text"), await town.staff("mia")
    await ana.texts("Are you open?")
    await answered(mia, ana)
    await town.house.store.write(lambda sql: sql("UPDATE outbox SET state = 'person' WHERE library = :library"))
    await later(town, days=61)
    assert [each["text"] for each in await rows(town, "entries")] == ["Are you open?", "Here you are."]


async def test_a_text_line_s_carrier_is_asked_to_forget_too(town: Town) -> None:
    """Both directions; the same text caught up later is not new, and names nobody."""
    ana, mia = town.texter("ana", line="text"), await town.staff("mia")
    text = ana.text("Are you open?", named="SMcame")
    await town.wires[Channel.SMS].arrives(text)
    ana.receipts.append(await town.wires[Channel.SMS].arrives(text))
    await answered(mia, ana)
    (sent,) = await rows(town, "outbox")
    await later(town, days=31)
    assert {"SMcame", sent["provider_id"]} <= set(town.wires[Channel.SMS].erased)
    again = await town.wires[Channel.SMS].arrives(text)
    assert (again.duplicate, again.ticket) == (True, None)
    assert len(await rows(town, "tickets")) == 1


async def test_a_sealed_line_forgets_its_words(town: Town) -> None:
    """By its own rule; the made-up name goes with them."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    await answered(mia, ana)
    await later(town, days=40)
    assert (await mia.opens(ana.ticket)).ticket.preview == "loud on level 3"
    await later(town, days=20)
    ticket = (await mia.opens(ana.ticket)).ticket
    assert (ticket.name, ticket.subject, ticket.preview) == ("", "", "")
    assert [each["name"] for each in await rows(town, "conversations")] == [""]


async def test_chats_and_contacts_at_the_desk_are_forgotten(town: Town) -> None:
    """A visitor's name, what was said, and what staff noted."""
    bea, mia = town.visitor("bea"), await town.staff("mia")
    await bea.chats("Is the printer working?")
    await mia.takes_next()
    await mia.solves()
    await bea.leaves()
    await town.house.desk.log_contact(mia.id, Channel.DESK, text="Asked for Mr Gray")
    await later(town, days=1)
    await later(town, days=61)
    assert {each["text"] for each in await rows(town, "entries")} == {""}
    assert {(each["name"], each["subject"], each["preview"]) for each in await rows(town, "tickets")} == {("", "", "")}
    assert await rows(town, "people") == []


async def test_mails_as_they_came_go_by_their_own_age(town: Town) -> None:
    """Also of a ticket that is worked on; one that waits to be read stays."""
    ana = town.mailer("ana")
    await ana.mails("Where is the atlas?")
    raw = await as_it_came(town, ana)
    waits = await as_it_came(town, ana, "another")
    await town.house.store.write(
        lambda sql: sql("UPDATE raw SET state = 'kept' WHERE library = :library AND id = :id", id=waits)
    )
    await later(town, days=11)
    kept = {each["id"]: (each["sender"], bytes(each["content"])) for each in await rows(town, "raw")}
    assert kept[raw] == ("", b"")
    assert kept[waits][0] == "ana@example.org"


async def test_a_file_that_another_ticket_holds_stays() -> None:
    """Its bytes go at their last reference."""
    async with forgetful() as town:
        ana, ben, mia = town.mailer("ana"), town.mailer("ben"), await town.staff("mia")
        paper = attachment("list.pdf", b"a list")
        await ana.mails("Ana's list", attachments=(paper,))
        await answered(mia, ana)
        await ben.mails("Ben's list", attachments=(paper,))
        await later(town, days=61)
        assert await town.house.store.read(entries.attachment, paper.digest) == b"a list"
        assert [each["entry"] for each in await rows(town, "files")] == [ben.receipts[-1].entry]


async def test_the_log_says_how_much_went_and_by_which_rule(town: Town) -> None:
    """No name, no ticket."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await ana.mails("Where is the atlas?", attachments=(attachment("list.pdf", b"a list"),))
    await answered(mia, ana)
    await later(town, days=61)
    told = [(event.ticket, event.data) for event in await town.log() if event.kind is Kind.FORGOTTEN]
    assert told == [
        (None, {"rule": "mail_identity_days", "days": 30, "line": "help", "tickets": 1, "people": 1}),
        (None, {"rule": "mail_text_days", "days": 60, "line": "help", "tickets": 1, "entries": 2, "files": 1}),
    ]


async def test_reports_stay_byte_for_byte_the_same(town: Town) -> None:
    """As of a moment before and after it; and all that is folded from the log is still what the log says."""
    ana, ben, cat, mia = town.mailer("ana"), town.texter("ben"), town.visitor("cat"), await town.staff("mia")
    await cat.chats("Is the printer working?")
    await mia.takes_next()
    await mia.solves()
    await cat.leaves()
    await ana.mails("Where is the atlas?", subject="Atlas")
    await ben.texts("loud on level 3")
    await answered(mia, ana)
    await mia.opens(ben.ticket)
    await mia.solves()
    await later(town, days=2)
    moment = town.time.now

    async def printed() -> str:
        asked = Question(zone="Europe/London", library="Fernhill Library", now=plus(moment, DAY), as_of=moment)
        made = await report(town.house.store, asked)
        return as_text(made) + as_json(made)

    before = await printed()
    await later(town, days=70)
    assert {each["text"] for each in await rows(town, "entries")} == {""}
    assert await printed() == before
    assert await check(town.house.store) == ()


async def test_without_rules_nothing_is_forgotten() -> None:
    """As it is until the library decides."""
    async with forgetful(days=RetentionSettings()) as town:
        ana, mia = town.mailer("ana"), await town.staff("mia")
        await ana.mails("Where is the atlas?")
        ticket = await answered(mia, ana)
        await later(town, days=4000)
        assert (await mia.opens(ticket.id)).entries[0].author == "Ana"


async def test_words_alone_take_the_name_with_them() -> None:
    """Where only the later day is set, who wrote goes then."""
    async with forgetful(days=RetentionSettings(mail_text_days=60)) as town:
        ana, mia = town.mailer("ana"), await town.staff("mia")
        await ana.mails("Where is the atlas?")
        ticket = await answered(mia, ana)
        await later(town, days=59)
        assert (await mia.opens(ticket.id)).ticket.name == "Ana"
        await later(town, days=2)
        assert (await mia.opens(ticket.id)).ticket.name == ""
        assert await rows(town, "people") == []
