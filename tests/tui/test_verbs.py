"""What staff do with tickets, key by key, on the real local desk."""

from __future__ import annotations

import pytest

from helpdesk.clock import HOUR, plus
from helpdesk.ticket import State
from helpdesk.worklist import View
from tests.tui.doing import at_once, ticket
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import seat


async def test_take_next_opens_the_ticket_that_most_needs_an_answer(library: House) -> None:
    """t claims the noise text (15 minutes), not the older mail (3 days), and shows it."""
    await library.mails("Renewal", "Can I renew?")
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("t")
        await desk.sees("loud on level 3", "held for you, 10 min more", "due in 15 min")
    assert (await ticket(library, noise)).owner == ANA


async def test_take_next_says_so_when_nobody_waits(library: House) -> None:
    """t on an empty queue is a calm toast."""
    async with seat(library) as desk:
        await desk.press("t")
        await desk.told("Nobody is waiting")


@pytest.mark.parametrize(
    ("keys", "state", "words"),
    [
        (("x", "j", "enter"), State.SOLVED, "is solved"),
        (("w", "j", "enter"), State.WAITING, "waits for the patron"),
        (("exclamation_mark", "j", "enter"), State.SPAM, "is in 9 Done"),
        (("s", "enter"), State.SNOOZED, "comes back 13:00"),
        (("A",), State.OPEN, "is with you now"),
        (("c",), State.OPEN, "is yours for now"),
    ],
)
async def test_verbs_on_the_selected_row(library: House, keys: tuple[str, ...], state: State, words: str) -> None:
    """One key on the worklist changes the ticket and says so."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press(*keys)
        await desk.told(words)
    assert (await ticket(library, noise)).state is state


async def test_snooze_is_by_the_librarys_own_clock(library: House) -> None:
    """The first choice is an hour on."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("s")
        await desk.sees("in 1 hour", "tomorrow 9:00", "next Monday 9:00")
        await desk.press("enter")
        await desk.told("comes back")
    assert (await ticket(library, noise)).snoozed_until == plus(library.clock.now(), HOUR)


async def test_assign_picks_from_the_members(library: House) -> None:
    """a, down to Ben, enter."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("a")
        await desk.sees("Ana Pereira", "Ben Adeyemi")
        await desk.press("j", "enter")
        await desk.told("is with Ben Adeyemi now")
    assert (await ticket(library, noise)).owner == BEN


async def test_reopen_and_put_back(library: House) -> None:
    """X takes a solved ticket up again; u frees it for whoever is next."""
    noise = await library.texts("loud on level 3")
    await library.desk.solve(BEN, noise, (await ticket(library, noise)).version)
    async with seat(library) as desk:
        await desk.press("9")
        await desk.sees("solved")
        await desk.press("X")
        await desk.told("is open again")
        await desk.press("3")
        await desk.sees("Ben")
        await desk.press("u")
        await desk.told("is free for whoever is next")
    assert (await ticket(library, noise)).owner is None


async def test_what_can_not_be_done_says_why(library: House) -> None:
    """X on an open ticket, and any verb on nothing."""
    async with seat(library) as desk:
        await desk.press("x")
        await desk.told("No ticket is selected")
        await library.texts("loud on level 3")
        await desk.sees("loud on level 3")
        await desk.press("X")
        await desk.told("is not solved or closed")


async def test_n_goes_to_the_next_unanswered_ticket_in_both_screens(library: House) -> None:
    """From the list it moves; from an open ticket it opens."""
    first = await library.texts("loud on level 3")
    library.clock.passes(seconds=1)
    await library.texts("loud on level 4", who="+447700900102")
    library.clock.passes(seconds=1)
    await library.texts("loud on level 5", who="+447700900103")
    await library.desk.reply(ANA, first, (await ticket(library, first)).version, "Coming.", key="k")
    async with seat(library) as desk:
        await desk.press("3", "g")
        await desk.until(lambda: desk.worklist.target)
        await desk.press("n")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.name == "+447700900103")
        await desk.press("N")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.name == "+447700900102")
        await desk.press("enter")
        await desk.sees("loud on level 4")
        await desk.press("n")
        await desk.sees("loud on level 5")
        await desk.press("n")
        await desk.told("There is no unanswered ticket after this one.")


async def test_search_opens_what_it_finds(library: House) -> None:
    """F3 finds while one types; enter opens."""
    await library.mails("Renewal", "Can I renew the atlas of mosses?")
    async with seat(library) as desk:
        await desk.press("f3", *"mosse")
        await desk.sees("1 message found", "atlas of mosses")
        await desk.press("enter")
        await desk.sees("Renewal", "mail to Help")


async def test_the_palette_does_what_it_names(library: House) -> None:
    """: and a word of the help."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("colon", *"done")
        await desk.sees("It is done")
        await desk.press("enter")
        await desk.sees("Solve it all the same?")
        await desk.press("j", "enter")
        await desk.told("is solved")
    assert (await ticket(library, noise)).state is State.SOLVED


async def test_views_have_the_number_keys(library: House) -> None:
    """1 to 9 and 0, in the order of the tabs."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        for key, view in enumerate(View, start=1):
            await desk.press(str(key % 10))
            assert desk.worklist.view is view
        await desk.press("1")
        await desk.sees("You have no tickets.")


async def test_fast_keys_hit_what_the_first_one_opened(library: House) -> None:
    """s and enter in one go snooze; enter does not open the ticket."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        at_once(desk, "s", "enter")
        await desk.told("comes back 13:00")
    assert (await ticket(library, noise)).state is State.SNOOZED


async def test_x_x_solves_two_tickets_at_a_walking_pace_and_never_one_by_accident(library: House) -> None:
    """Two presses before the first is done mean the same ticket; a press after it means the next."""
    for level in (3, 4, 5):
        noise = await library.texts(f"loud on level {level}", who=f"+4477009001{level:02}")
        await library.desk.reply(ANA, noise, (await ticket(library, noise)).version, "Coming.", key=str(level))
        library.clock.passes(seconds=1)
    async with seat(library) as desk:
        await desk.press("1")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 1)
        at_once(desk, "x", "x")
        await desk.told("Ticket 1 is solved")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 2)
        assert not any("left this view" in toast for toast in desk.toasts)
        await desk.press("x")
        await desk.told("Ticket 2 is solved")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 3)
    assert (await library.desk.counts(ANA))[View.MINE] == 1


async def test_what_is_taken_from_beyond_the_view_is_said_to_be(library: House) -> None:
    """t takes what most needs somebody of all; a ticket that the list holds needs no word."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("5", "t")
        await desk.told("From all tickets: ticket 1 is not in Mail.")
        await desk.sees("held for you")
        await desk.press("u", "4")
        await desk.rests()
        desk.heard.clear()
        desk.app.clear_notifications()
        await desk.press("t")
        await desk.sees("held for you")
        await desk.rests()
        assert not [each for each in desk.toasts if "From all" in each]
