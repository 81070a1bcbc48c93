"""Cases about chats: an opener, with you in a moment, on by e-mail."""

from __future__ import annotations

from helpdesk.message import Channel
from helpdesk.thread import EntryKind
from tests.line.cases import case
from tests.line.listener import Listener
from tests.line.noon_cases import sent_on
from tests.tui.house import ANA

PRINTER = "printer on level 2"


async def _said_by_itself(here: Listener) -> list[str]:
    return [entry.text for entry in (await here.thread(PRINTER)).entries if entry.kind is EntryKind.AUTO]


@case("hello")
async def begun_with_an_opener(here: Listener) -> None:
    """The only one needs no name; it is looked over, then sent."""
    number = (await here.ticket(PRINTER)).number
    assert await here.says(f"hello {number}") != 0
    assert "no opener yet" in here.wrong[0]
    await here.library.desk.macros.save(ANA, "Hello", "Hello, {my_first_name} here.", opener=True)
    await here.library.desk.macros.save(ANA, "Aside", "Not an opener.")
    await here.does(f"hello {number}", "")
    assert (await sent_on(here, PRINTER))[-1] == "Hello, Ana here."


@case("moment", "moment_all")
async def told_to_wait_a_moment(here: Listener) -> None:
    """One, once; then all of one's own who wait."""
    ticket = await here.ticket(PRINTER)
    await here.library.desk.claim(ANA, ticket.id)
    await here.does(f"moment {ticket.number}")
    assert here.text == "1 visitor told: with you in a moment."
    assert await here.says(f"moment {ticket.number}") == 1
    assert here.wrong == [f"The visitor of ticket {ticket.number} was told so already."]
    await here.does("moment_all --yes")
    assert here.text == "No visitor of yours waits untold."
    await here.library.chats("Still there?")
    await here.does("moment_all --yes")
    assert await _said_by_itself(here) == ["With you in a moment."] * 2


@case("by_mail")
async def gone_on_by_mail(here: Listener) -> None:
    """To a good address; the reply is a mail, and undo makes it a chat again."""
    ticket = await here.ticket(PRINTER)
    assert await here.says(f"by_mail {ticket.number} mina") != 0
    assert "no e-mail address" in here.wrong[0]
    await here.does(f"by_mail {ticket.number} mina@example.org", "")
    assert (await here.ticket(PRINTER)).goes_by is Channel.MAIL
    await here.does("undo")
    assert (await here.ticket(PRINTER)).goes_by is Channel.CHAT
    await here.does(f"by_mail {ticket.number} mina@example.org --transcript")
    await here.does(f"reply {ticket.number} --yes It works again.")
    assert "by mail" in here.text
    assert (
        (await here.thread(PRINTER)).entries[-1].text.startswith("It works again.\n\nOur chat so far:\n> You: Hello,")
    )
