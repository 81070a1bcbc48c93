"""The ledger: what patrons sent and got, laid beside what the store holds."""

from __future__ import annotations

import pytest

from helpdesk.clock import MINUTE, SECOND, Instant, plus
from helpdesk.message import Channel, Delivery, EntryId, LineId, TicketId
from helpdesk.simulator.ledger import Balance, Ledger, balance, settled
from helpdesk.thread import Entry, EntryKind, Thread
from helpdesk.ticket import Ticket
from tests.people import MONDAY_TEN as MONDAY
from tests.people import HurriedClock


def ticket(number: int = 1, *, opened: Instant = MONDAY) -> Ticket:
    """A ticket of the enquiries line."""
    return Ticket(
        id=TicketId(f"t{number}"),
        number=number,
        channel=Channel.SMS,
        line=LineId("texts"),
        subject="",
        name="a patron",
        opened=opened,
        updated=opened,
    )


def thread(*said: tuple[EntryKind, str, int, Delivery | None], number: int = 1) -> Thread:
    """A ticket's entries: kind, text, seconds after its opening, how far it has come."""
    entries = tuple(
        Entry(
            id=EntryId(f"e{number}.{place}"),
            kind=kind,
            author="",
            text=text,
            written=plus(MONDAY, seconds * SECOND),
            delivery=delivery,
        )
        for place, (kind, text, seconds, delivery) in enumerate(said)
    )
    return Thread(ticket=ticket(number), entries=entries, history=(), clocks=())


IN, OUT, AUTO = EntryKind.IN, EntryKind.OUT, EntryKind.AUTO
SENT = Delivery.SENT


UNSENT = ("on_the_way", "undeliverable", "gone")


def counts(found: Balance) -> dict[str, int | None]:
    """The one row of a balance, without what is 0."""
    [row] = found.figures
    names = (*("sent", "received", "ticketed", "answered", "delivered", "unstored", "unreached", "doubled"), *UNSENT)
    return {name: value for name in names if (value := getattr(row, name))}


def asked(ledger: Ledger, *said: str, inbox: tuple[str, ...] = (), taken: bool = True, left: bool = False) -> None:
    """A patron wrote this and got that."""
    account = ledger.opens("patron", Channel.SMS, lambda: inbox)
    account.left = left
    for text in said:
        account.wrote(text, MONDAY).taken = taken


def test_what_was_asked_answered_and_delivered_adds_up() -> None:
    """A question, its answer in the patron's hands, and a follow-up that nobody has answered yet."""
    ledger = Ledger()
    asked(ledger, "How late?", "And on Sunday?", inbox=("Welcome.", "Until ten."))
    said = (
        (IN, "How late?", 0, None),
        (AUTO, "Welcome.", 0, SENT),
        (OUT, "Until ten.", 90, SENT),
        (IN, "And on Sunday?", 99, None),
    )
    found = balance(ledger, [thread(*said)])
    assert counts(found) == {"sent": 2, "received": 2, "ticketed": 2, "answered": 1, "delivered": 1}
    assert found.figures[0].first_response == 90 * SECOND
    assert found.settled


def test_a_message_that_was_taken_and_is_nowhere_is_lost() -> None:
    """Acknowledged means stored; what was not acknowledged may be missing."""
    ledger = Ledger()
    asked(ledger, "How late?")
    asked(ledger, "How early?", taken=False)
    found = balance(ledger, [])
    assert counts(found) == {"sent": 2, "received": 1, "unstored": 1}
    assert found.lost == 1
    assert not found.settled


@pytest.mark.parametrize(
    ("delivery", "left", "counted_as"),
    [
        (SENT, False, "unreached"),
        (Delivery.DELIVERED, False, "unreached"),
        (Delivery.WAITING, False, "on_the_way"),
        (Delivery.FAILED, False, "undeliverable"),
        (SENT, True, "gone"),
    ],
)
def test_a_reply_that_is_not_in_the_inbox_is_counted_by_its_reason(
    delivery: Delivery, left: bool, counted_as: str
) -> None:
    """Lost only if it was sent to somebody who is still there."""
    ledger = Ledger()
    asked(ledger, "How late?", left=left)
    found = balance(ledger, [thread((IN, "How late?", 0, None), (OUT, "Until ten.", 9, delivery))])
    assert counts(found) == {"sent": 1, "received": 1, "ticketed": 1, "answered": 1, counted_as: 1}
    assert found.lost == (counted_as == "unreached")


def test_what_stands_or_arrives_twice_is_doubled() -> None:
    """One message with two tickets, and one reply that came twice."""
    ledger = Ledger()
    asked(ledger, "How late?", inbox=("Until ten.", "Until ten."))
    twice = thread((IN, "How late?", 0, None), number=2)
    found = balance(ledger, [thread((IN, "How late?", 0, None), (OUT, "Until ten.", 9, SENT)), twice])
    assert found.doubled == 2
    assert found.lost == 0


def test_two_patrons_with_the_same_question_are_told_apart_by_their_answers() -> None:
    """The reply that went to the other one is seen as what it is."""
    ledger = Ledger()
    asked(ledger, "How late?", inbox=("Until ten.",))
    asked(ledger, "How late?", inbox=("Until six.",))
    both = [
        thread((IN, "How late?", 0, None), (OUT, "Until six.", 9, SENT)),
        thread((IN, "How late?", 0, None), (OUT, "Until ten.", 9, SENT), number=2),
    ]
    assert balance(ledger, both).lost == 0
    swapped = Ledger()
    asked(swapped, "How late?", "I am Ann", inbox=("For Ben",))
    asked(swapped, "How late?", "I am Ben", inbox=("For Ann",))
    wrong = [
        thread((IN, "How late?", 0, None), (IN, "I am Ann", 1, None), (OUT, "For Ann", 9, SENT)),
        thread((IN, "How late?", 0, None), (IN, "I am Ben", 1, None), (OUT, "For Ben", 9, SENT), number=2),
    ]
    assert balance(swapped, wrong).lost == 2


def test_a_ticket_belongs_rather_to_whom_the_door_has_acknowledged() -> None:
    """Of two with the same question, of which one was cut off, the store has the other's."""
    ledger = Ledger()
    asked(ledger, "How late?", taken=False)
    asked(ledger, "How late?")
    assert balance(ledger, [thread((IN, "How late?", 0, None))]).lost == 0


def test_a_masked_number_does_not_hide_a_text() -> None:
    """A sealed line stores a text with its numbers masked; it is the same text."""
    ledger = Ledger()
    asked(ledger, "Ring me on 07700 900981, level 4")
    found = balance(ledger, [thread((IN, "Ring me on [number], level 4", 0, None))])
    assert counts(found) == {"sent": 1, "received": 1, "ticketed": 1}


def test_others_tickets_are_not_the_ledgers_business() -> None:
    """Somebody who is no simulated patron may write as well."""
    ledger = Ledger()
    asked(ledger, "How late?")
    found = balance(ledger, [thread((IN, "How late?", 0, None)), thread((IN, "I am real", 0, None), number=2)])
    assert counts(found) == {"sent": 1, "received": 1, "ticketed": 1}


async def test_the_balance_is_looked_at_again_until_it_is_settled_or_grace_is_over() -> None:
    """Something on its way gets its time, and no more."""
    clock, ledger = HurriedClock(MONDAY), Ledger()
    looks: list[int] = []
    asked(ledger, "How late?")

    async def count() -> Balance:
        looks.append((clock.now() - MONDAY) // SECOND)
        return balance(ledger, [])

    found = await settled(count, clock, grace=MINUTE, every=25 * SECOND)
    assert found.lost == 1
    assert looks == [0, 25, 50, 60]
