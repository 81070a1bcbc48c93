"""Many tickets: selected by their ids, acted on one after the other, and taken back with one key."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.ticket import State, Ticket
from tests.tui.doing import ticket
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import seat
from tui.allowed import Target
from tui.plain import width
from tui.selecting import MOST, Selection, selected_line, what_failed
from tui.words import Tone


def _target(n: int, version: int = 1) -> Target:
    return Target(
        id=TicketId(f"T{n}"),
        number=n,
        name="Quiet Heron",
        channel=Channel.SMS,
        state=State.NEW,
        owner=None,
        held_until=None,
        flags=frozenset(),
        version=version,
        unanswered=True,
        due=None,
        tags=(),
    )


# The model


def test_a_ticket_is_selected_and_no_longer() -> None:
    """By its id: what it is by now does not matter."""
    selection = Selection().toggled(_target(1), 0).toggled(_target(2), 1)
    assert selection.ids == {"T1", "T2"}
    assert selection.mark == ("T2", 1)
    again = selection.toggled(_target(2, version=9), 1)
    assert again.ids == {"T1"}
    assert again.mark is None


def test_what_is_seen_again_is_known_as_it_is_now() -> None:
    """An act says which version it saw; what is not selected is left aside."""
    selection = Selection().toggled(_target(1), 0).seen([_target(1, version=4), _target(2)])
    assert [each.version for each in selection.targets] == [4]
    assert selection.mark == ("T1", 0)


def test_no_more_than_can_be_acted_on_are_selected() -> None:
    """It says what to do; the selection stays as it was."""
    selection = Selection().with_all([_target(n) for n in range(MOST)], None)
    with pytest.raises(ValueError, match="Act on some of them first"):
        selection.toggled(_target(MOST), 0)


def test_a_mark_goes_with_its_ticket() -> None:
    """A range can't begin at what is not selected any more."""
    selection = Selection().toggled(_target(1), 0).toggled(_target(2), 1)
    assert selection.without({TicketId("T1")}).mark == ("T2", 1)
    assert selection.without({TicketId("T2")}).mark is None


@pytest.mark.parametrize("count", [1, 14, 500])
def test_the_count_keeps_the_columns_straight(count: int) -> None:
    """The heads behind it stand where they stood."""
    heads = ((" " * 25 + "FROM" + " " * 51, Tone.FAINT),)
    text = "".join(words for words, _ in selected_line(count, "esc", heads))
    assert f"{count} selected" in text
    assert width(text) == 80
    assert text.index("FROM") == 25


def test_a_card_says_of_each_why_it_stayed() -> None:
    """The first few by name."""
    said = what_failed({n: "is closed" for n in range(1, 12)}, "3 tickets are solved.")
    assert said.startswith("3 tickets are solved.\n11 tickets stayed as they were")
    assert "8: is closed" in said
    assert "9: is closed" not in said
    assert said.endswith("and 3 more.")


# At the desk


async def _three(library: House) -> list[TicketId]:
    return [await library.mails(f"Renewal {n}", "May I?", who=f"m{n}@example.org") for n in range(3)]


async def _states(library: House, tickets: list[TicketId]) -> list[State]:
    return [(await ticket(library, each)).state for each in tickets]


async def test_all_that_are_selected_are_solved_and_taken_back_by_one_key(library: House) -> None:
    """The question names the number, and enter alone is No."""
    mails = await _three(library)
    async with seat(library) as desk:
        await desk.press("space", "space", "space")
        await desk.sees("✓ 3 selected")
        await desk.press("x")
        await desk.sees("Solve 3 tickets?", "Nobody has answered any of them yet.")
        await desk.press("enter")
        await desk.rests()
        assert await _states(library, mails) == [State.NEW] * 3
        await desk.press("x", "j", "enter")
        await desk.told("3 tickets are solved.")
        assert await _states(library, mails) == [State.SOLVED] * 3
        await desk.until(lambda: not desk.worklist.selection)
        await desk.press("z")
        await desk.told("Taken back: 3 tickets are solved.")
        assert await _states(library, mails) == [State.NEW] * 3
        await desk.press("Z")
        await desk.told("Done again: 3 tickets are solved.")
    assert await _states(library, mails) == [State.SOLVED] * 3


async def test_a_range_is_selected_and_left_with_esc(library: House) -> None:
    """V at its one end and at the other; the rows are marked by a sign, not by colour alone."""
    mails = await _three(library)
    async with seat(library) as desk:
        await desk.press("V", "j", "j", "V")
        await desk.until(lambda: desk.worklist.selection.ids == set(mails))
        await desk.sees("✓ 3 selected")
        assert desk.screen.count("✓ ●") == 3
        await desk.press("escape")
        await desk.until(lambda: not desk.worklist.selection)
        await desk.rests()
        assert "✓" not in desk.screen


async def test_what_could_not_be_done_stays_selected_and_says_why(library: House) -> None:
    """Ben was quicker with one of them: the others are put off."""
    mails = await _three(library)
    async with seat(library, desk=_Jealous(library, mails[1])) as desk:
        await desk.press("space", "space", "space", "s", "enter")
        await desk.sees("2 tickets come back", "1 ticket stayed as it was", "2: ", "changed by Ben Adeyemi meanwhile")
        await desk.press("enter")
        assert desk.worklist.selection.ids == {mails[1]}
        assert (await ticket(library, mails[1])).version == desk.worklist.selection.targets[0].version
    assert await _states(library, mails) == [State.SNOOZED, State.NEW, State.SNOOZED]


async def test_esc_stops_after_the_one_at_hand(library: House) -> None:
    """What is left stays selected; what was done is one deed."""
    mails = await _three(library)
    slow = _Slow(library)
    async with seat(library, desk=slow) as desk:
        await desk.press("space", "space", "space", "A")
        await slow.asked.wait()
        await desk.sees("Assigning 0 of 3, 0 % ░░░░░░░░░░░░░░░░░░░░   esc stops after this one")
        await desk.press("escape")
        await desk.sees("stopping …")
        slow.goes_on.set()
        await desk.told("Stopped at 1 of 3: ticket 1 is with you now; z takes it back. The other 2 stay selected.")
        assert desk.worklist.selection.ids == set(mails[1:])
        await desk.press("z")
        await desk.told("Taken back: ticket 1 is with you now.")
    assert [(await ticket(library, each)).owner for each in mails] == [None] * 3


async def test_a_selection_stays_with_its_tickets_as_the_list_changes(library: House) -> None:
    """Something more urgent comes in above; the view stands elsewhere; the same tickets are meant."""
    mails = await _three(library)
    async with seat(library) as desk:
        await desk.press("space")
        await library.texts("loud on level 3")
        await desk.sees("loud on level 3")
        assert desk.worklist.selection.ids == {mails[0]}
        await desk.press("A")
        await desk.told("is with you now")
    assert [(await ticket(library, each)).owner for each in mails] == [ANA, None, None]


async def test_what_is_for_one_ticket_says_so_while_many_are_selected(library: House) -> None:
    """A reply would go to one of them only: nobody should think otherwise."""
    await _three(library)
    async with seat(library) as desk:
        await desk.press("space", "space", "r")
        await desk.sees("2 tickets selected, and this is for one at a time.")


async def test_another_view_begins_with_nothing_selected(library: House) -> None:
    """Nobody acts on what they don't see."""
    await _three(library)
    async with seat(library) as desk:
        await desk.press("space", "3")
        await desk.rests()
        assert not desk.worklist.selection


async def test_tags_are_given_to_many_and_taken_away(library: House) -> None:
    """Each keeps those that it has."""
    mails = await _three(library)
    await library.desk.tag(BEN, mails[0], 1, ("refund", "lost"))
    async with seat(library) as desk:
        await desk.press("space", "space", "l")
        await desk.sees("Tags of 2 tickets")
        await desk.press(*"printer -refund", "enter")
        await desk.told("2 tickets: printer -refund.")
    assert [(await ticket(library, each)).tags for each in mails] == [("lost", "printer"), ("printer",), ()]


async def test_what_is_in_spam_already_is_not_taken_out_with_the_others_put_in(library: House) -> None:
    """All in spam: out. Some: the others go in."""
    mails = await _three(library)
    await library.desk.solve(BEN, mails[0], 1)
    await library.desk.spam(BEN, mails[1], 1)
    async with seat(library) as desk:
        await desk.press("9")
        await desk.rests()
        await desk.press("space", "space", "exclamation_mark")
        await desk.sees("Put 2 tickets into spam?")
        await desk.press("j", "enter")
        await desk.sees("1 ticket stayed as it was", "is in spam already")
        await desk.press("enter")
    assert await _states(library, mails) == [State.SPAM, State.SPAM, State.NEW]


class _Beside:
    """A desk on which one call is otherwise; all else goes to the real one."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)


class _Jealous(_Beside):
    """Ben writes a note on a ticket just before Ana puts it off."""

    def __init__(self, library: House, his: TicketId) -> None:
        super().__init__(library)
        self._his = his

    async def snooze(self, actor: StaffId, of: TicketId, version: int, until: Any) -> Ticket:
        """Put it off."""
        if of == self._his:
            await self._desk.note(BEN, of, "Mine.")
        return await self._desk.snooze(actor, of, version, until)


class _Slow(_Beside):
    """The first ticket is given only once the test says so."""

    def __init__(self, library: House) -> None:
        super().__init__(library)
        self.asked, self.goes_on = asyncio.Event(), asyncio.Event()

    async def assign(self, actor: StaffId, of: TicketId, version: int, to: StaffId) -> Ticket:
        """Give it."""
        self.asked.set()
        await self.goes_on.wait()
        return await self._desk.assign(actor, of, version, to)
