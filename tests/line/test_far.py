"""The next that waits in a long list, however far it is."""

from __future__ import annotations

from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import rebuilding
from tests.line.listener import Listener, listening
from tests.tui.house import ANA, House, house

FAR = 1_600
"""More rows than one call returns."""


def _many(sql: Sql, like: TicketId) -> None:
    """Copies of a ticket, less urgent, that are answered."""
    [row] = sql("SELECT * FROM tickets WHERE library = :library AND id = :id", id=like)
    names = list(row.keys())
    for n in range(FAR):
        values = {**dict(row), "id": f"{like}{n:05}", "number": 1000 + n, "unanswered": None, "urgency": 10**14 + n}
        sql(f"INSERT INTO tickets ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})", **values)


async def _far(library: House) -> TicketId:
    """One that waits, many that don't, and one that waits below all of them."""
    first = await library.mails("Fine", "I returned it.")
    await library.store.write(_many, first)
    last = await library.mails("Far away", "Hello?", who="sam@example.org")

    def below(sql: Sql) -> None:
        sql("UPDATE tickets SET urgency = :urgency WHERE library = :library AND id = :id", urgency=10**15, id=last)
        rebuilding.replace_counts(sql)

    await library.store.write(below)
    return last


def at_hand(here: Listener) -> int:
    """The number of the row that was read last."""
    place = here.talk.here
    assert place.at is not None
    return place.rows[place.at].number


async def test_the_next_one_is_found_beyond_what_one_call_returns() -> None:
    """There and back, and from an open ticket, too; the rows around it are read from there."""
    async with house() as library:
        last = await library.desk.thread(ANA, await _far(library))
        async with listening(library) as here:
            await here.does("list open")
            await here.does("next")
            first = at_hand(here)
            await here.does("next")
            assert "Far away" in here.text
            assert at_hand(here) == last.ticket.number
            await here.does("up")
            assert at_hand(here) == 1000 + FAR - 1
            await here.does("next")
            await here.does("previous")
            assert at_hand(here) == first
            await here.does("previous")
            assert here.text == "There is no unanswered ticket before this one."
            await here.does(f"open {first}")
            await here.does("n")
            assert f"Ticket {last.ticket.number}." in here.text or "Far away" in here.text
            await here.does("n")
            assert here.text == "There is no unanswered ticket after this one."
