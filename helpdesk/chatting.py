"""What staff do with a chat besides writing in it, on the store of this process. See :mod:`helpdesk.ports.chatting`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helpdesk import by_mail as onward
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.duty import MOST
from helpdesk.errors import Refused
from helpdesk.ids import Ids
from helpdesk.message import Channel, EntryId, LineId, OutboxId, PersonId, StaffId, TicketId
from helpdesk.ports import Store
from helpdesk.standards import Published
from helpdesk.store.verbs import by_mail, chatting, stating, tickets
from helpdesk.ticket import Ticket

_NO_MAILBOX = "Chats go on by no mailbox here. Whoever keeps the settings names one: form_line in [chat]."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the library speaks to visitors of its chat.

    ``library``      what it is called
    ``moment``       what a visitor is told who waits a moment
    ``handed_over``  what they are told as a colleague takes over; {name} and {first_name} are that colleague's
    ``line``         the mail line that chats go on by, None for none
    ``ours``         the library's own addresses
    """

    library: str = ""
    moment: str = "With you in a moment."
    handed_over: str = ""
    line: LineId | None = None
    ours: frozenset[str] = frozenset()


def manner_of(settings: Settings) -> Manner:
    """As the settings say."""
    mailboxes = settings.lines_of(Channel.MAIL).values()
    return Manner(
        library=settings.library.name,
        moment=settings.chat.moment,
        handed_over=settings.chat.handed_over,
        line=LineId(settings.chat.form_line) if settings.chat.form_line else None,
        ours=frozenset(line.address.lower() for line in mailboxes),
    )


class LocalChatting:
    """Chats on this process's own store."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, published: Callable[[], Published], manner: Manner | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._published = published
        self._manner = manner or Manner()

    def refit(self, manner: Manner) -> None:
        """Go by other settings from now on."""
        self._manner = manner

    async def in_a_moment(self, actor: StaffId, ticket: TicketId | None = None) -> tuple[TicketId, ...]:
        """Somebody is with them in a moment."""
        minted = tuple((EntryId(self._ids.new()), OutboxId(self._ids.new())) for _ in range(1 if ticket else MOST))
        wanted = chatting.Moment(actor=actor, ticket=ticket, text=self._manner.moment, minted=minted)
        return await self._store.write(chatting.in_a_moment, wanted, self._clock.now(), self._published())

    async def go_by_mail(
        self, actor: StaffId, ticket: TicketId, version: int, address: str, *, transcript: bool = False
    ) -> Ticket:
        """From now on by mail."""
        manner = self._manner
        if manner.line is None:
            raise Refused(_NO_MAILBOX)
        chat = await self._store.read(tickets.get, ticket)
        to = by_mail.Turning(
            address=onward.address(address, chat.name if chat.name != "visitor" else "", manner.ours),
            line=manner.line,
            fresh=PersonId(self._ids.new()),
            carried=manner.library if transcript else "",
        )
        on = stating.Seen(ticket=ticket, version=version, actor=actor)
        return await self._store.write(by_mail.turn, on, to, self._clock.now(), self._published())
