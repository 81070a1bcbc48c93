"""A message goes to the right ticket: by its signed address, by the mail it answers, never by a claim alone."""

from __future__ import annotations

import pytest

from helpdesk.errors import Refused
from helpdesk.ticket import Flag
from tests.conversation import Town

pytestmark = pytest.mark.usefixtures("engine")


async def test_a_stranger_who_writes_to_a_ticket_s_address_is_unverified(town: Town) -> None:
    """Added, shown, left out of what is sent until staff say so."""
    ben, kit, mia = town.mailer("ben"), town.mailer("kit"), await town.staff("mia")
    await ben.mails("Can I renew?")
    await kit.mails("I am his friend", to=ben.ticket)
    assert kit.ticket == ben.ticket
    thread = await mia.opens(ben.ticket)
    assert [who.value for who in thread.unverified] == ["kit@example.org"]
    assert Flag.UNVERIFIED in thread.ticket.flags
    with pytest.raises(Refused, match=r"kit@example\.org"):
        await mia.replies("Yes.")
    reply = town.house.desk.reply
    await reply(mia.id, ben.ticket, mia.before.version, "Yes.", exclude=thread.unverified)
    assert (await ben.hears("Yes.")).copies == ()
    await kit.hears_nothing()


async def test_who_was_included_stays_so(town: Town) -> None:
    """They get copies from then on, and write as themselves."""
    ben, kit, mia = town.mailer("ben"), town.mailer("kit"), await town.staff("mia")
    await ben.mails("Can I renew?")
    await kit.mails("I am his friend", to=ben.ticket)
    thread = await mia.opens(ben.ticket)
    await town.house.desk.reply(mia.id, ben.ticket, mia.before.version, "Yes.", include=thread.unverified)
    await kit.hears("Yes.")
    await kit.mails("Thank you", to=ben.ticket)
    thread = await mia.opens(ben.ticket)
    assert (thread.unverified, thread.ticket.flags) == ((), frozenset())


async def test_a_stranger_who_names_a_message_opens_a_linked_ticket(town: Town) -> None:
    """Message-IDs are seen by many: nobody gets into a ticket by one."""
    ben, kit, mia = town.mailer("ben"), town.mailer("kit"), await town.staff("mia")
    await ben.mails("Can I renew?", named="<b1@example.org>")
    await kit.mails("About that", references=("<b1@example.org>",))
    assert kit.ticket != ben.ticket
    assert (await mia.opens(kit.ticket)).linked == (1,)
    await ben.mails("One more thing", references=("<b1@example.org>",))
    assert (await mia.opens(ben.ticket)).ticket.number == 1


async def test_answering_our_mail(town: Town) -> None:
    """The id of a mail of ours leads to its ticket, whoever has it; a made-up one leads nowhere."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    await ben.mails("Can I renew?")
    await mia.replies("Yes.")
    ours = await ben.hears("Yes.")
    first = ben.ticket
    await ben.mails("Thanks", references=(f"<{ours.id.lower()}@library.example>",))
    assert ben.ticket == first
    await ben.mails("Hm", references=(f"<{'0' * 26}@library.example>",))
    assert ben.ticket != first


async def test_a_forged_signature_leads_nowhere(town: Town) -> None:
    """A token that we did not sign is no address of a ticket."""
    ben, kit = town.mailer("ben"), town.mailer("kit")
    await ben.mails("Can I renew?")
    await kit.mails("Let me in", tokens=("a" * 40,))
    assert kit.ticket != ben.ticket
