"""What the tests of several screens do: look up a ticket, press keys in one breath, meet a desk that can't."""

from __future__ import annotations

from textual import events

from helpdesk.errors import TryLater
from helpdesk.message import TicketId
from helpdesk.ticket import Ticket
from tests.tui.house import ANA, House
from tests.tui.seat import Seat


async def ticket(library: House, of: TicketId) -> Ticket:
    """A ticket as the store has it."""
    return (await library.desk.thread(ANA, of)).ticket


class Deaf:
    """A desk that can't take a reply now; all else goes to the real one."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk
        self.keys: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    async def reply(self, *args: object, key: str = "", **kwargs: object) -> Ticket:
        """Not now."""
        self.keys.append(key)
        raise TryLater("The store is full. Free some space, then send again.")


class Forgetful:
    """A desk whose drafts can't be kept now; all else goes to the real one."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk
        self.drafts: object = Full()

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)


class Full:
    """Whatever a desk leads to, while its store is full."""

    def __getattr__(self, name: str) -> object:
        async def call(*args: object, **kwargs: object) -> object:
            raise TryLater("The store is full.")

        return call


def at_once(desk: Seat, *keys: str) -> None:
    """Keys as fast as a terminal can send them: nothing is taken in between."""
    for key in keys:
        desk.app.post_message(events.Key(key, key if len(key) == 1 else None))
