"""Cases about macros: answered with, put into a draft, read, written and let go."""

from __future__ import annotations

from helpdesk.ticket import State
from tests.line.cases import case
from tests.line.listener import Listener
from tests.line.noon_cases import CLOSING, FINE, sent_on
from tests.tui.house import ANA


async def _stock(here: Listener) -> None:
    desk = here.library.desk.macros
    await desk.share(ANA, "Opening times", "We close at {time}. {my_first_name}", becomes="solved", tags=("hours",))


@case("macro")
async def answered_with_a_macro(here: Listener) -> None:
    """Its blank is asked for, it is looked over, and sending does what it says."""
    await _stock(here)
    number = (await here.ticket(CLOSING)).number
    await here.does(f"macro {number} opening", "nine", "")
    assert await sent_on(here, CLOSING) == ["We close at nine. Ana"]
    found = await here.ticket(CLOSING)
    assert (found.state, found.tags) == (State.SOLVED, ("hours",))


@case("insert")
async def put_into_a_draft(here: Listener) -> None:
    """At its end; what was left out is asked for again before it goes."""
    await _stock(here)
    number = (await here.ticket(FINE)).number
    await here.does(f"keep {number} Hello.")
    await here.does(f"insert {number} opening times", "")
    assert await here.says(f"send {number}") != 0
    assert "{time} is still to be filled in" in "\n".join(here.wrong)
    assert await sent_on(here, FINE) == []


@case("macro")
async def answered_with_the_opening_hours(here: Listener) -> None:
    """By the calendar of the ticket's line, looked over before it goes."""
    await here.library.desk.macros.share(ANA, "Open?", "We are {open}.")
    number = (await here.ticket(CLOSING)).number
    await here.does(f"macro {number} open?", "")
    assert await sent_on(here, CLOSING) == ["We are open day and night."]


@case("quote")
async def the_patron_quoted(here: Listener) -> None:
    """Their last words, line by line."""
    number = (await here.ticket(FINE)).number
    await here.does(f"quote {number}")
    await here.does(f"send {number}")
    [text] = await sent_on(here, FINE)
    assert text.startswith("> I returned it on Friday")


@case("macros")
async def macros_read_and_let_go(here: Listener) -> None:
    """All of them, one whole, and one fewer."""
    await _stock(here)
    await here.does("macros")
    assert here.text == "Opening times: shared, then it is solved, hours."
    await here.does("macros opening times")
    assert "We close at {time}." in here.text
    await here.does("macros opening times --drop")
    assert await here.library.desk.macros.known(ANA) == ()
