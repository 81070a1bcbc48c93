"""What was written while the line was gone: kept, shown, looked over, and sent once."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from helpdesk.api.remote import connect
from helpdesk.clock import Instant
from helpdesk.errors import TryLater
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.tui.doing import ticket
from tests.tui.house import ANA, BEN, House, Unhearing
from tests.tui.rows import EYE
from tests.tui.seat import Seat, seat
from tests.tui.test_remote import GONE, Failing, Owner, passing
from tui.drafts import Draft, Drafts, Unsent
from tui.unsent import reminder, since_line

OFF = TryLater("Nobody answers.")
AT = Unsent(when=Instant(1), number=12, version=3, entries=1)


async def answers(library: House, of: TicketId) -> list[str]:
    """What went out to the patron."""
    thread = await library.desk.thread(ANA, of)
    return [entry.text for entry in thread.entries if entry.kind is EntryKind.OUT]


async def writes_offline(desk: Seat, failing: Failing, text: str) -> None:
    """A reply that can't be sent: the card says what has become of it."""
    await desk.press("enter", "r")
    await desk.sees("Reply to")
    await desk.writes(text)
    failing.broken = True
    await desk.press("ctrl+s")
    await desk.sees("What you wrote is kept.", "D brings you to it")
    await desk.press("escape")
    await desk.sees("Not sent at")


async def test_a_reply_that_nobody_took_is_kept_and_sent_after_a_look(library: House) -> None:
    """Every screen reminds of it; D leads to it, and what came in between stands above what was written."""
    noise = await library.texts("loud on level 3")
    failing = Failing(library.desk, OFF)
    async with seat(library, desk=cast(Desk, failing)) as desk:
        await desk.sees("loud on level 3")
        await writes_offline(desk, failing, "On our way.")
        await desk.sees("Nothing has changed since then.")
        await desk.press("escape", "escape")
        await desk.sees("not sent yet: ticket 1 (D)")
        failing.broken = False
        await library.texts("it is quiet now")
        await library.desk.note(BEN, noise, "I was there.", key="b")
        await desk.press("D")
        await desk.sees("Since then: 1 message, 1 note. Look before you send it.", "it is quiet now")
        assert await answers(library, noise) == []
        await desk.press("ctrl+s")
        await desk.until(lambda: "not sent yet" not in desk.screen)
        assert await answers(library, noise) == ["On our way."]
        await desk.press("escape")
        await desk.press("D")
        await desk.told("All that you wrote to be sent is sent.")


async def test_what_changes_between_look_and_send_is_stale(library: House) -> None:
    """The version that was looked at goes with it: a colleague was faster, and the desk says who."""
    noise = await library.texts("loud on level 3")
    failing = Failing(cast(Desk, Unhearing(library)), OFF)
    async with seat(library, desk=cast(Desk, failing)) as desk:
        await desk.sees("loud on level 3")
        await writes_offline(desk, failing, "On our way.")
        failing.broken = False
        seen = desk.ticket.target
        assert seen is not None
        await library.desk.reply(BEN, noise, seen.version, "I go.", key="b")
        await desk.press("ctrl+s")
        await desk.sees("Ben Adeyemi answered: I go.", "Look first")
        await desk.press("escape")
        await desk.sees("Since then: 1 answer", "On our way.")
        assert await answers(library, noise) == ["I go."]


class Answering(Failing):
    """A desk that does what it is asked, but whose answer never comes while ``broken``."""

    def __getattr__(self, name: str) -> object:
        if name != "reply":
            return super().__getattr__(name)

        async def reply(*args: object, **kwargs: object) -> object:
            done = await self._desk.reply(*args, **kwargs)  # type: ignore[arg-type]
            if self.broken:
                raise self.error
            return done

        return reply


async def test_a_reply_whose_answer_was_lost_is_not_sent_twice(library: House) -> None:
    """It had gone out; sent again unchanged, it is the same message."""
    noise = await library.texts("loud on level 3")
    failing = Answering(library.desk, OFF)
    async with seat(library, desk=cast(Desk, failing)) as desk:
        await desk.sees("loud on level 3")
        await writes_offline(desk, failing, "On our way.")
        failing.broken = False
        await library.texts("still loud")
        await desk.sees("Since then: 1 message, 1 answer.")
        await desk.press("ctrl+s")
        await desk.sees("has changed while you were writing", "wrote: still loud")
        await desk.press("down", "enter")
        await desk.until(lambda: "not sent yet" not in desk.screen)
        assert await answers(library, noise) == ["On our way."]


def test_an_outcome_without_words_is_kept_too(library: House) -> None:
    """Of a noise, from its own screen: it ends when it is sent, and not before."""
    drafts = Drafts()
    draft = Draft(kind="outcome", unsent=AT)
    drafts.keep(ANA, TicketId("i"), draft)
    assert drafts.unsent(ANA) == ((TicketId("i"), draft),)
    drafts.keep(ANA, TicketId("i"), Draft(kind="outcome"))
    assert drafts.count == 0


async def test_over_a_real_line_the_desk_comes_back_to_it(library: House, tmp_path: Path) -> None:
    """The owner stops while somebody writes, and starts again: nothing is lost, and the reply goes once."""
    noise = await library.texts("loud on level 3")
    path = tmp_path / "desk.sock"
    owner = Owner(library.desk, path)
    await owner.starts()
    async with connect(path) as remote, seat(library, desk=remote) as desk:
        await desk.sees("loud on level 3")
        await desk.press("enter", "r")
        await desk.sees("Reply to")
        await desk.writes("On our way.")
        await desk.press("ctrl+t", "ctrl+t")
        await owner.stops()
        await desk.sees(GONE)
        await desk.press("ctrl+s")
        await desk.sees("What you wrote is kept.")
        await desk.press("escape", "escape", "escape")
        await owner.starts()
        await passing(library, desk, lambda: "not sent yet: ticket 1 (D)" in desk.screen)
        await desk.press("D")
        await desk.sees("Nothing has changed since then.", "On our way.", "is solved")
        await desk.press("ctrl+s")
        await desk.until(lambda: "not sent yet" not in desk.screen)
        assert await answers(library, noise) == ["On our way."]
        assert (await ticket(library, noise)).state is State.SOLVED
    await owner.stops()


def test_another_text_is_another_message() -> None:
    """After a try that nobody answered the old words may have arrived: new ones go under a key of their own."""
    first = Draft(kind="reply", text="a")
    assert first.saying("b").key == first.key
    tried = Draft(kind="reply", text="a", unsent=AT)
    assert tried.saying("a").key == tried.key
    assert tried.saying("b").key != tried.key


@pytest.mark.parametrize(
    ("drafts", "words"),
    [
        ([], ""),
        ([Draft(kind="reply", text="begun only")], ""),
        ([Draft(kind="reply", text="a", unsent=AT)], "not sent yet: ticket 12 (D)"),
        ([Draft(kind="all", text="a", unsent=AT)], "not sent yet: incident 12 (D)"),
        ([Draft(kind="reply", text="a", unsent=AT)] * 3, "not sent yet: ticket 12 and 2 others (D)"),
    ],
)
def test_the_reminder_in_words(drafts: list[Draft], words: str) -> None:
    """Short enough for the first line at 80 columns."""
    assert reminder(drafts, "D") == words


def test_the_earliest_comes_first() -> None:
    """Whatever order they were begun in, and only one's own."""
    drafts = Drafts()
    later = Draft(kind="note", text="b", unsent=Unsent(when=Instant(2), number=1, version=1))
    earlier = Draft(kind="reply", text="a", unsent=AT)
    drafts.keep(ANA, TicketId("x"), later)
    drafts.keep(ANA, TicketId("y"), earlier)
    drafts.keep(StaffId("ben"), TicketId("z"), earlier)
    assert [where for where, _ in drafts.unsent(ANA)] == ["y", "x"]


def test_a_changed_state_is_said_where_nothing_was_written() -> None:
    """A version alone tells that somebody did something."""
    assert "It has changed since then." in since_line(AT, 4, (), EYE)[0][0]
    assert "Nothing has changed" in since_line(AT, 3, (), EYE)[0][0]
