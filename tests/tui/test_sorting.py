"""What a contact was about, where, how it went, and contacts in two keys, on the real local desk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.clock import MINUTE
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.standards import Published
from helpdesk.store.verbs.undoable import KEPT
from helpdesk.ticket import Flag, State, Ticket
from helpdesk.watch import Watch
from helpdesk.worklist import View
from tests.tui.house import ANA, House, house
from tests.tui.seat import Seat, seat
from tui.grading import Said, pressed, said_of, scale


@pytest.fixture
async def asking() -> AsyncIterator[House]:
    """A library whose desk asks how it went."""
    async with house(asks=True) as opened:
        yield opened


async def _ticket(library: House, ticket: TicketId) -> Ticket:
    return (await library.desk.thread(ANA, ticket)).ticket


async def _logged(library: House) -> Ticket:
    [row] = (await library.desk.worklist(ANA, View.FINISHED)).rows
    return await _ticket(library, row.id)


async def _commands(desk: Seat, *words: str) -> None:
    await desk.press("colon", *words, "enter")


# Kind and site


async def test_a_kind_is_picked_and_taken_back(library: House) -> None:
    """:kind, some letters of it; z puts back what it was."""
    asked = await library.mails("Rude", "Nobody greeted me.")
    async with seat(library) as desk:
        await _commands(desk, *"kind")
        await desk.sees("Ticket 1 is an enquiry. What is it?", "complaint", "fault")
        await desk.press(*"compla", "enter")
        await desk.told("Ticket 1 is a complaint.")
        assert (await _ticket(library, asked)).kind == "complaint"
        await desk.press("z")
        await desk.told("Taken back: ticket 1 is a complaint")
    assert (await _ticket(library, asked)).kind == "enquiry"


async def test_what_is_typed_is_taken(library: House) -> None:
    """:kind and :site with the word behind them; what is none of them stays to be mended."""
    asked = await library.mails("Rude", "Nobody greeted me.")
    async with seat(library) as desk:
        await _commands(desk, *"kind complaint")
        await desk.rests()
        await _commands(desk, *"site law")
        await desk.rests()
        await _commands(desk, *"read 2 yes")
        await desk.rests()
        await _commands(desk, *"log 2 jammed")
        await desk.rests()
        await _commands(desk, *"kind zebra")
        await desk.sees("There is no kind “zebra”")
        await desk.press("escape")
    made = await _ticket(library, asked)
    assert (made.kind, made.site, made.effort, made.first_contact) == ("complaint", "Law", 2, True)
    assert (await _logged(library)).subject == "jammed"


async def test_a_site_is_picked(library: House) -> None:
    """:site offers those of the library, and none; the ticket's second line says it."""
    asked = await library.mails("Heating", "It is cold here.")
    async with seat(library) as desk:
        await _commands(desk, *"site")
        await desk.sees("Where does ticket 1 belong?", "Law", "none")
        await desk.press(*"law", "enter")
        await desk.told("Ticket 1 belongs to Law.")
        await desk.press("enter")
        await desk.sees("Law")
    assert (await _ticket(library, asked)).site == "Law"


async def test_noise_stays_noise(library: House) -> None:
    """The command says why, in a card."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await _commands(desk, *"kind")
        await desk.sees("The desk itself says what is noise")


# Who goes on with it


async def test_a_ticket_is_handed_over(library: House) -> None:
    """:hand, a note, a colleague; or all of it on the line."""
    asked = await library.mails("Loan", "Where is it?")
    async with seat(library) as desk:
        await _commands(desk, *"hand")
        await desk.sees("Hand ticket 1 over", "Ben Adeyemi")
        await desk.press(*"rings at 3", "enter")
        await desk.told("Ticket 1 is with Ben Adeyemi now, with your note.")
        await desk.rests()
        await _commands(desk, *"hand ana back again")
        await desk.told("Ticket 1 is with you now, with your note.")
    thread = await library.desk.thread(ANA, asked)
    assert thread.ticket.owner == ANA
    assert [entry.text for entry in thread.entries[-2:]] == ["rings at 3", "back again"]


# How it went


async def test_a_level_is_one_key(library: House) -> None:
    """:read, y and 2; z takes it back."""
    asked = await library.mails("Renewal", "Please.")
    async with seat(library) as desk:
        await _commands(desk, *"read")
        await desk.sees("How much work was ticket 1? (READ)", "1 under 5 minutes", "nothing said yet")
        await desk.press("y")
        await desk.sees("So far: one contact was enough.")
        await desk.press("2")
        await desk.told("Ticket 1: READ 2, one contact was enough.")
        made = await _ticket(library, asked)
        assert (made.effort, made.first_contact) == (2, True)
        await desk.press("z")
        await desk.told("Taken back: ticket 1: READ 2")
    back = await _ticket(library, asked)
    assert (back.effort, back.first_contact) == (None, None)


async def test_it_is_asked_when_one_is_solved(asking: House) -> None:
    """Where the library wants it: a digit says it; any other key goes on to the desk, as if nothing had been asked."""
    first = await asking.mails("Renewal", "Please.")
    second = await asking.mails("Fine", "Why?", who="jo@example.org", name="Jo")
    async with seat(asking) as desk:
        await desk.press("x", "down", "enter")
        await desk.sees("How much work was ticket 1? (READ)")
        await desk.press("3")
        await desk.told("Ticket 1: READ 3.")
        await desk.rests()
        await desk.press("x", "down", "enter")
        await desk.sees("How much work was ticket 2? (READ)")
        await desk.press("9")
        await desk.sees("Renewal", "Fine")
        assert desk.worklist.is_active
    assert (await _ticket(asking, first)).effort == 3
    assert (await _ticket(asking, second)).effort is None


async def test_it_is_asked_after_a_reply_that_solves(asking: House) -> None:
    """ctrl+s with "solved": the reply is sent, and a digit says how it went; z takes that back, and not the reply."""
    asked = await asking.mails("Renewal", "Please.")
    async with seat(asking) as desk:
        await desk.press("enter")
        await desk.sees("Please.")
        await desk.press("r")
        await desk.writes("Renewed.")
        await desk.press("ctrl+t", "ctrl+t")
        await desk.sees("then it is solved")
        await desk.press("ctrl+s")
        await desk.sees("How much work was ticket 1? (READ)")
        await desk.press("2")
        await desk.told("Ticket 1: READ 2.")
        await desk.rests()
        await desk.press("z")
        await desk.told("Taken back: ticket 1: READ 2")
    made = await _ticket(asking, asked)
    assert (made.effort, made.state) == (None, State.SOLVED)


async def test_what_is_in_no_figure_is_not_asked_about(asking: House) -> None:
    """A probe is solved as ever: there is nothing to grade."""
    probe = await asking.mails("Probe", "Is anybody there?")
    await asking.desk.test(ANA, probe, (await _ticket(asking, probe)).version)
    async with seat(asking) as desk:
        await desk.press("x", "down", "enter")
        await desk.told("Ticket 1 is solved.")
        await desk.rests()
        assert desk.worklist.is_active


async def test_nothing_is_asked_elsewhere(library: House) -> None:
    """A library that did not ask for it solves as ever."""
    await library.mails("Renewal", "Please.")
    async with seat(library) as desk:
        await desk.press("x", "down", "enter")
        await desk.told("Ticket 1 is solved.")
        await desk.rests()
        assert desk.worklist.is_active


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2", (2, None)),
        ("2 yes", (2, True)),
        ("no", (None, False)),
        ("n 6", (6, False)),
        ("none", (None, None)),
        ("", None),
        ("7", None),
        ("²", None),
        ("much", None),
        ("2 maybe", None),
    ],
)
def test_what_is_typed(typed: str, said: tuple[int | None, bool | None] | None) -> None:
    """A level, yes or no, both in any order, or none; all else asks."""
    assert said_of(typed, Said(None, None)) == said


def test_what_was_said_before_stays() -> None:
    """A level alone leaves the other be."""
    assert said_of("4", Said(1, True)) == (4, True)
    assert pressed("n", Said(1, None)) == (1, False)
    assert pressed("j", Said(1, None)) is None
    assert len(scale(Said(None, None))) == 6


# In two keys


async def test_two_keys_log_a_contact(library: House) -> None:
    """p and a digit: the toast names it, z takes it out of the figures, Z puts it back."""
    async with seat(library) as desk:
        await desk.press("p")
        await desk.sees("1 Directions, at the desk", "Desk, answered at once")
        await desk.press("2")
        await desk.told("Logged as ticket 1, solved: Printer or copier, at the desk. z takes it back.")
        made = await _logged(library)
        assert (made.channel, made.effort, made.tags, made.state) == (Channel.DESK, 1, ("printer",), State.SOLVED)
        await desk.press("z")
        await desk.told("Taken back: ticket 1 is logged: Printer or copier")
        assert Flag.TEST in (await _logged(library)).flags
        await desk.press("Z")
        await desk.told("Done again: ticket 1 is logged")
    assert Flag.TEST not in (await _logged(library)).flags


async def test_a_slip_can_be_taken_back_after_time_has_done_its_work(library: House) -> None:
    """The desk's own round, which closes what is over, leaves it alone for as long as a deed can be taken back."""
    async with seat(library) as desk:
        await desk.press("p", "2")
        await desk.told("z takes it back.")
        for minutes in (1, KEPT // MINUTE - 2):
            library.clock.passes(minutes=minutes)
            await Watch(store=library.store, clock=library.clock, published=Published).check_due()
            assert (await _logged(library)).state is State.SOLVED
        await desk.press("z")
        await desk.told("Taken back: ticket 1 is logged")
    assert Flag.TEST in (await _logged(library)).flags


async def test_a_preset_with_words(library: House) -> None:
    """Words, and the preset's line by the arrows; a digit behind words is a part of them."""
    async with seat(library) as desk:
        await desk.press("p", *"card 3", *["up"] * 2, "enter")
        await desk.told("Logged as ticket 1, solved: Enquiry by phone.")
    made = await _logged(library)
    assert (made.channel, made.subject, made.owner) == (Channel.PHONE, "card 3", StaffId("ana"))


async def test_words_alone_are_somebody_at_the_desk(library: House) -> None:
    """Who came and was answered at once: the bar stands there."""
    async with seat(library) as desk:
        await desk.press("p", *"map", "enter")
        await desk.told("Logged as ticket 1, solved.")
    made = await _logged(library)
    assert (made.channel, made.subject, made.effort) == (Channel.DESK, "map", None)
