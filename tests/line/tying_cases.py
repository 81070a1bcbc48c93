"""Cases at a busy noon: a ticket and another one, and who follows it."""

from __future__ import annotations

from helpdesk.worklist import View
from tests.line.cases import case
from tests.line.listener import Listener
from tests.line.noon_cases import FINE, LOAN
from tests.tui.house import ANA


@case("link", "unlink", "tie", "beside")
async def linked(here: Listener) -> None:
    """Two tickets of two patrons stand beside each other; taken back, and by the small menu."""
    one, two = (await here.ticket(FINE)).number, (await here.ticket(LOAN)).number
    await here.does(f"link {one} to {two}")
    assert [each.number for each in (await here.thread(FINE)).related] == [two]
    await here.does(f"open {one}")
    assert f"Linked: ticket {two}, " in here.text
    await here.does(f"beside {one} {two}")
    assert here.heard[0].startswith(f"Ticket {two}.")
    await here.does(f"unlink {two} from {one}")
    assert (await here.thread(FINE)).related == ()
    await here.does("undo")
    assert [each.number for each in (await here.thread(LOAN)).related] == [one]
    await here.does(f"tie {one} unlink {two}")
    assert (await here.thread(FINE)).related == ()
    await here.does(f"f {one}", "1", str(two))
    assert [each.number for each in (await here.thread(FINE)).related] == [two]


@case("follow")
async def followed(here: Listener) -> None:
    """It is said who follows; done again it is no longer followed, and undo is the opposite."""
    number = (await here.ticket(LOAN)).number
    await here.does(f"follow {number}")
    await here.does(f"open {number}")
    assert "Followed by you." in here.heard
    await here.does("filter is:followed")
    assert f"Ticket {number}." in here.text
    await here.does(f"y {number}")
    assert here.heard[0] == f"You follow ticket {number} no longer."
    await here.does("undo")
    assert (await here.thread(LOAN)).followers == (ANA,)


@case("split")
async def split(here: Listener) -> None:
    """The only message is copied to a ticket of its own; taken back, it is closed and points back."""
    desk, thread = here.library.desk, await here.thread(LOAN)
    number = thread.ticket.number
    await here.does(f"split {number} a card for readers")
    new = await desk.numbered(ANA, max(row.number for row in (await desk.worklist(ANA, View.OPEN)).rows))
    assert new.subject == "a card for readers"
    assert [entry.text for entry in (await desk.thread(ANA, new.id)).entries] == [each.text for each in thread.entries]
    await here.does("undo")
    assert (await desk.thread(ANA, new.id)).merged_into == number
    await here.does(f"split --messages 1 {number} again", *())
    assert here.heard[-1].endswith(f"is split off {number}.")
