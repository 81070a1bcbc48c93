"""What changed since a member last looked is marked: by others, until it is opened or marked as seen."""

from __future__ import annotations

from dataclasses import replace

from helpdesk.events import PATRON, Kind, Seq
from helpdesk.message import StaffId, TicketId
from helpdesk.sight import Told
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import Seat, seat
from tui.looked import KEPT, Looked

ONE, TWO = TicketId("T1"), TicketId("T2")


def told(ticket: TicketId | None, kind: Kind = Kind.RECEIVED, actor: str = PATRON) -> Told:
    """Something happened."""
    return Told(seq=Seq(1), kind=kind, ticket=ticket, actor=actor)


def test_what_others_did_is_marked_and_ones_own_doing_is_not() -> None:
    """A patron's message, a colleague's note; not one's own, nor what concerns no ticket."""
    looked = Looked()
    looked.hear([told(ONE), told(TWO, Kind.NOTED, BEN), told(None, Kind.PUBLISHED)], ANA)
    looked.hear([told(TicketId("T3"), Kind.NOTED, ANA)], ANA)
    assert looked.changed == {ONE, TWO}


def test_how_a_reply_travels_marks_nothing() -> None:
    """Nor does a colleague's claim: its row says who holds it."""
    looked = Looked()
    looked.hear([told(ONE, kind) for kind in (Kind.SENT, Kind.DELIVERED, Kind.CLAIMED, Kind.BREACH_NOTICED)], BEN)
    assert looked.changed == frozenset()


def test_looking_takes_the_mark_away_until_something_changes_again() -> None:
    """What was marked is said, so that it can be marked again."""
    looked = Looked()
    looked.hear([told(TWO), told(ONE), told(TWO)], ANA)
    assert looked.at({ONE, TWO, TicketId("T9")}) == (ONE, TWO)
    assert looked.changed == frozenset()
    looked.hear([told(ONE)], ANA)
    assert looked.changed == {ONE}


def test_the_latest_marks_are_kept() -> None:
    """A desk that is open for weeks does not grow."""
    looked = Looked()
    looked.mark(TicketId(f"T{n}") for n in range(KEPT + 5))
    assert len(looked.changed) == KEPT
    assert TicketId("T4") not in looked.changed
    assert TicketId(f"T{KEPT + 4}") in looked.changed


def marked(desk: Seat) -> list[str]:
    """The first cells of the rows with a sign."""
    return [line[:5] for line in desk.screen.splitlines() if line[2:3] == "*" and line[:1] in "▌ "]


async def test_a_row_that_changed_is_marked_until_its_ticket_is_opened(library: House) -> None:
    """Somebody writes again; opening it takes the sign away, and one's own answer leaves it away."""
    await library.mails("Fine", "I returned it.")
    await library.mails("Opening hours", "When?", who="sam@example.org", name="Sam")
    async with seat(library) as desk:
        assert marked(desk) == []
        await library.mails("Fine", "One more thing.", references=(), who="jo@example.org", name="Jo")
        await desk.sees("Jo")
        await desk.until(lambda: len(marked(desk)) == 1)
        await desk.press("G", "enter")
        await desk.sees("One more thing.")
        await desk.press("escape")
        await desk.sees("Opening hours")
        await desk.until(lambda: marked(desk) == [])


async def test_many_marks_go_by_one_key_and_come_back(library: House) -> None:
    """* takes them all away, or those of what is selected; z brings them back."""
    async with seat(library) as desk:
        await desk.press("asterisk")
        await desk.told("Nothing is marked as changed.")
        for who in ("mina", "jo", "sam"):
            await library.mails("Fine", "I returned it.", who=f"{who}@example.org", name=who)
        await desk.until(lambda: len(marked(desk)) == 3)
        await desk.press("g", "space", "asterisk")
        await desk.told("1 ticket marked as seen.")
        await desk.until(lambda: len(marked(desk)) == 2)
        await desk.press("escape", "asterisk")
        await desk.until(lambda: marked(desk) == [])
        await desk.press("z")
        await desk.until(lambda: len(marked(desk)) == 2)
        await desk.press("Z")
        await desk.until(lambda: marked(desk) == [])


async def test_who_sits_down_has_marks_of_their_own(library: House) -> None:
    """Ben's looking takes no mark of Ana's away."""
    async with seat(library) as desk:
        sitting = desk.worklist.sitting
        sitting.hear([told(ONE)])
        sitting.actor = BEN
        assert sitting.looked.changed == frozenset()
        sitting.hear([told(TWO), told(ONE, Kind.NOTED, StaffId("cy"))])
        sitting.looked.at((ONE, TWO))
        sitting.actor = ANA
        assert sitting.looked.changed == {ONE, TWO}
        assert replace(sitting.eye, fresh={}).changed == {ONE, TWO}
