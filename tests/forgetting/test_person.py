"""A person asks to be forgotten: all that is theirs goes, what is others' stays, and figures do not change."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.config import RetentionSettings
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Kind
from helpdesk.message import Channel
from helpdesk.store.verbs import optouts, remarks
from helpdesk.upkeep import check
from tests.arriving import attachment
from tests.conversation import Mailer, Staff, Town
from tests.forgetting.house import ADMIN, answered, as_it_came, forgetful, keeper, later, rows

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library in which nothing is forgotten by itself."""
    async with forgetful(days=RetentionSettings()) as opened:
        yield opened


async def _forgotten(town: Town, person: str, why: str = "") -> tuple[str, ...]:
    return await keeper(town).forget(ADMIN, person=person, why=why, dry_run=False)


async def _found(town: Town, person: str) -> tuple[str, ...]:
    return await keeper(town).forget(ADMIN, person=person, dry_run=True)


async def _asked_and_answered(mia: Staff, patron: Mailer, text: str) -> None:
    await patron.mails(text, attachments=(attachment("list.pdf", text.encode()),))
    await answered(mia, patron)


async def test_all_that_is_theirs_goes(town: Town) -> None:
    """Names, addresses, texts both ways, files, mails; another person's stay."""
    ana, ben, mia = town.mailer("ana"), town.mailer("ben"), await town.staff("mia")
    for patron in (ana, ben):
        await _asked_and_answered(mia, patron, f"{patron.name} asks for the atlas")
        await as_it_came(town, patron)
    said = await _forgotten(town, "ana@example.org")
    assert said == ("Forgotten: 1 ticket, 1 person, 1 mail, 2 entries, 1 file.",)
    gone, stays = await mia.opens(ana.ticket), await mia.opens(ben.ticket)
    assert (gone.ticket.name, gone.ticket.subject, [each.text for each in gone.entries]) == ("", "", ["", ""])
    assert (stays.ticket.name, stays.entries[0].text, len(stays.entries[0].files)) == (
        "Ben",
        "ben asks for the atlas",
        1,
    )
    assert [each["value"] for each in await rows(town, "addresses")] == ["ben@example.org"]
    assert [bool(each["content"]) for each in await rows(town, "raw", "library = :library ORDER BY id")] == [
        False,
        True,
    ]
    assert await check(town.house.store) == ()


async def test_somebody_is_found_by_whatever_names_them(town: Town) -> None:
    """An address in any case, a number as people write it, an id, a ticket."""
    ana, mia = town.texter("ana", line="text"), await town.staff("mia")
    await ana.texts("Are you open?")
    await answered(mia, ana)
    person = (await rows(town, "people"))[0]["id"]
    local = f"0{ana.number[3:7]} {ana.number[7:]}"
    for who in (ana.number, local, f"0044{ana.number[3:]}", person, "#1", " #1 "):
        assert await _found(town, who) == (f"sms: {ana.number}", "Tickets of their own: 1"), who
    for nobody in ("", "-", "nobody@example.org", "+447700900999", "#0", "%", "1"):
        with pytest.raises(NotFound):
            await _found(town, nobody)


async def test_of_a_sealed_line_there_is_nothing_to_find(town: Town) -> None:
    """A number leads nowhere, and nobody is given a copy. A text that somebody can name is forgotten by itself."""
    ana, ben, mia = town.texter("ana"), town.texter("ben"), await town.staff("mia")
    for texter in (ana, ben):
        await texter.texts(f"loud on level 3, says {texter.name}")
        await answered(mia, texter)
    with pytest.raises(NotFound, match="who they are is not kept"):
        await _found(town, ana.number)
    with pytest.raises(NotFound, match="Nothing says who wrote"):
        await keeper(town).export_person(ADMIN, person="#1")
    assert await _found(town, "#1") == ("Nothing says who wrote it, so this ticket alone can be forgotten: 1",)
    assert await _forgotten(town, "#1") == ("Forgotten: 1 ticket, 2 entries.",)
    texts = [each["text"] for each in await rows(town, "entries", "library = :library AND kind = 'in' ORDER BY row")]
    assert texts == ["", "loud on level 3, says ben"]
    with pytest.raises(NotFound, match="forgotten already"):
        await _found(town, "#1")


async def test_a_visitor_is_forgotten_by_their_ticket(town: Town) -> None:
    """They have no address."""
    bea, mia = town.visitor("bea"), await town.staff("mia")
    await bea.chats("I am Bea Long, is my card ready?")
    await mia.takes_next()
    await mia.solves()
    await bea.leaves()
    await _forgotten(town, "#1")
    assert [each["text"] for each in await rows(town, "entries")] == [""]
    assert await rows(town, "participants") == []
    with pytest.raises(NotFound, match="forgotten already"):
        await _found(town, "#1")


async def test_somebody_still_works_for_them(town: Town) -> None:
    """It says which tickets are to be solved first; nothing is changed, not even once it was agreed to."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await _asked_and_answered(mia, ana, "Where is the atlas?")
    await ana.mails("And the globe?")
    for asking in (_found, _forgotten):
        with pytest.raises(Refused, match="solve ticket 2 first"):
            await asking(town, "ana@example.org")
    assert next(each["text"] for each in await rows(town, "entries")) == "Where is the atlas?"
    await mia.opens(ana.ticket)
    await mia.replies("Here.", then="solved")
    with pytest.raises(Refused, match="ticket 2 is still on its way"):
        await _found(town, "ana@example.org")
    await town.settles()
    await _forgotten(town, "ana@example.org")


async def test_a_mail_of_theirs_is_just_being_read(town: Town) -> None:
    """It would come back as a ticket."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await _asked_and_answered(mia, ana, "Where is the atlas?")
    await as_it_came(town, ana)
    await town.house.store.write(lambda sql: sql("UPDATE raw SET state = 'kept' WHERE library = :library"))
    with pytest.raises(Refused, match="Ask again in a minute"):
        await _found(town, "ana@example.org")


async def test_on_tickets_of_others_their_own_words_go(town: Town) -> None:
    """Who was copied in, and wrote: off the ticket, with what they wrote; the rest of it stays as it is."""
    ana, ben, mia = town.mailer("ana"), town.mailer("ben"), await town.staff("mia")
    await ben.mails("Where is the atlas?")
    await ana.mails("I have it, says Ana.", to=ben.ticket)
    await mia.opens(ben.ticket)
    ticket = mia.before
    await town.house.desk.reply(mia.id, ticket.id, ticket.version, "Thank you.", include=(ana.address,))
    await ben.mails("Please ask ana@example.org about it.", to=ben.ticket)
    await answered(mia, ben)
    found = await _found(town, "ana@example.org")
    assert found == (
        "mail: ana@example.org (Ana)",
        "Tickets of their own: none",
        "On tickets of others: 1",
        "What they wrote there: 1 entry",
        "Their address is still written in these tickets of others; look at them: 1",
    )
    said = await _forgotten(town, "ana@example.org")
    assert said[0] == "Forgotten: 1 entry."
    assert "look at them: 1" in said[1]
    thread = await mia.opens(ben.ticket)
    assert [each.text for each in thread.entries][:3] == ["Where is the atlas?", "", "Thank you."]
    assert [each.value for each in thread.participants] == ["ben@example.org"]
    assert all("ana@" not in each["copies"] for each in await rows(town, "outbox"))


async def test_that_they_want_no_texts_is_forgotten_too(town: Town) -> None:
    """The number stands nowhere; the carrier knows of the STOP, and is asked to delete its copies."""
    ana, mia = town.texter("ana", line="text"), await town.staff("mia")
    await ana.texts("Are you open?", named="SMcame")
    await answered(mia, ana)
    ticket = mia.before
    published = town.house.rules.published()
    await town.house.store.write(optouts.stop, ticket.line, ana.number, ticket.id, "patron", town.time.now, published)
    assert len(await rows(town, "optouts")) == 1
    await _forgotten(town, ana.number)
    assert await rows(town, "optouts") == []
    await town.settles()
    assert "SMcame" in town.wires[Channel.SMS].erased


async def test_the_log_says_that_somebody_was_forgotten_and_not_who(town: Town) -> None:
    """Who did it, how much it was, and why; each ticket's history says that its words were erased."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await _asked_and_answered(mia, ana, "Where is the atlas?")
    await _forgotten(town, "ana@example.org", why="asked by letter")
    told = [event for event in await town.log() if event.kind is Kind.FORGOTTEN]
    assert [(event.ticket, event.actor) for event in told] == [(ana.ticket, ADMIN), (None, ADMIN)]
    said = {name: value for name, value in told[1].data.items() if "digest" not in name and name != "remark"}
    assert said == {"rule": "asked", "tickets": 1, "people": 1, "entries": 2, "files": 1}
    why = await town.house.store.read(remarks.texts, [str(told[1].data["remark"])])
    assert list(why.values()) == ["asked by letter"]
    assert await town.house.store.read(remarks.altered) == []
    assert (await town.kinds(ana.ticket))[-1] == "forgotten"


async def test_who_writes_again_is_somebody_new(town: Town) -> None:
    """A reply to the old ticket opens another: nothing joins the two but that they are linked."""
    ana, mia = town.mailer("ana"), await town.staff("mia")
    await _asked_and_answered(mia, ana, "Where is the atlas?")
    old = ana.ticket
    await _forgotten(town, "ana@example.org")
    await ana.mails("And the globe?", to=old)
    assert ana.ticket != old
    assert (await mia.opens(ana.ticket)).ticket.name == "Ana"
    assert (await mia.opens(old)).ticket.name == ""


async def test_what_time_erased_before_is_no_trouble() -> None:
    """A person of whom older tickets name nobody any more."""
    async with forgetful() as town:
        ana, mia = town.mailer("ana"), await town.staff("mia")
        await _asked_and_answered(mia, ana, "Where is the atlas?")
        await later(town, days=20)
        await _asked_and_answered(mia, ana, "And the globe?")
        assert "Tickets of their own: 2" in await _found(town, "ana@example.org")
        await _forgotten(town, "ana@example.org")
        assert await rows(town, "people") == []


async def test_mails_without_a_sender_are_nobodys(town: Town) -> None:
    """A bounce has none: it is not taken for a mail of whoever is forgotten by their ticket."""
    ana, ben, mia = town.mailer("ana"), town.mailer("ben"), await town.staff("mia")
    await _asked_and_answered(mia, ana, "Where is the atlas?")
    await town.house.desk.log_contact(mia.id, Channel.PHONE, text="Mr Gray rang")
    await ben.mails("It could not be delivered")
    await as_it_came(town, ben)
    await town.house.store.write(lambda sql: sql("UPDATE raw SET sender = '' WHERE library = :library"))
    await later(town, days=1)
    assert await _forgotten(town, "#2") == ("Forgotten: 1 ticket, 1 entry.",)
    assert [bool(each["content"]) for each in await rows(town, "raw")] == [True]
