"""The seam to the desk: all that staff can do.

What they do about noise is :mod:`helpdesk.ports.noise`, their queries and saved views :mod:`helpdesk.ports.views`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.message import Address, Channel, StaffId, TicketId
from helpdesk.ports.chatting import Chatting
from helpdesk.ports.closing import ClosingDesk
from helpdesk.ports.company import Company
from helpdesk.ports.drafts import Drafts
from helpdesk.ports.duty import Duty
from helpdesk.ports.macros import Macros
from helpdesk.ports.noise import NoiseDesk
from helpdesk.ports.openings import Openings
from helpdesk.ports.reports import ReportsDesk
from helpdesk.ports.sending import Sending
from helpdesk.ports.sorting import SortingDesk
from helpdesk.ports.ties import Ties
from helpdesk.ports.views import Views
from helpdesk.sight import Found, Hello, Member, Notice, Presence, Standing, Told
from helpdesk.thread import Thread
from helpdesk.ticket import Then, Ticket
from helpdesk.worklist import Anchor, Page, Row, View


class Desk(Protocol):
    """All that staff can do. Each write says who acts and which version of the ticket they saw.

    Stale: somebody else changed it first, and the error names who. Refused: it breaks a rule, and the
    error says what to do. ``key`` makes a write repeatable: the same key with the same content returns
    the first result, with another content it is Refused.
    """

    @property
    def noise(self) -> NoiseDesk:
        """What staff can do about noise."""
        ...

    @property
    def sending(self) -> Sending:
        """What waits to go out, and can be taken back."""
        ...

    @property
    def closings(self) -> ClosingDesk:
        """Closing by hand, and opening again."""
        ...

    @property
    def macros(self) -> Macros:
        """Texts that are written once and sent often."""
        ...

    @property
    def company(self) -> Company:
        """Who else is at which ticket."""
        ...

    @property
    def duty(self) -> Duty:
        """Who is on, and how many chats each takes."""
        ...

    @property
    def chatting(self) -> Chatting:
        """Chats: with you in a moment, and on by e-mail."""
        ...

    @property
    def drafts(self) -> Drafts:
        """What the member has begun to write."""
        ...

    @property
    def views(self) -> Views:
        """Queries, and the views that staff made of them."""
        ...

    @property
    def openings(self) -> Openings:
        """What lies ahead by the published calendars."""
        ...

    @property
    def sorting(self) -> SortingDesk:
        """How staff sort their work."""
        ...

    @property
    def ties(self) -> Ties:
        """What ties tickets to each other, and to who follows them."""
        ...

    @property
    def reports(self) -> ReportsDesk:
        """The figures of a day, a week, a month, a term."""
        ...

    async def hello(self) -> Hello:
        """The library, its clock and where the log stands."""
        ...

    async def members(self) -> tuple[Member, ...]:
        """Staff who can be picked on opening."""
        ...

    async def sign_in(self, actor: StaffId, *, name: str = "", pin: str = "") -> Member:
        """Say who acts. An unknown member is added by name; a wrong PIN is Refused."""
        ...

    async def set_pin(self, actor: StaffId, *, old: str, new: str) -> Member:
        """Set, change or (with "") take away one's own PIN."""
        ...

    async def set_presence(self, actor: StaffId, channel: Channel, available: bool) -> None:
        """Take contacts of a channel, or no longer; repeated every minute as a sign of life."""
        ...

    async def presence(self) -> tuple[Presence, ...]:
        """Who is on, on which channel."""
        ...

    async def worklist(
        self, actor: StaffId, view: View, *, start: int = 0, count: int = 50, near: Anchor | None = None
    ) -> Page:
        """Rows ``start`` to ``start + count`` of a view, most urgent first."""
        ...

    async def counts(self, actor: StaffId) -> Mapping[View, int]:
        """How many tickets stand in each view; breaching is capped at 1,000."""
        ...

    async def numbered(self, actor: StaffId, number: int) -> Row:
        """The ticket that staff call so, as a line of the worklist. NotFound where there is none."""
        ...

    async def thread(self, actor: StaffId, ticket: TicketId) -> Thread:
        """A ticket with its entries, history and clocks."""
        ...

    async def attachment(self, actor: StaffId, digest: str) -> bytes:
        """An attachment's bytes."""
        ...

    async def take_next(self, actor: StaffId) -> Ticket | None:
        """Claim the unanswered ticket that most needs somebody; None if nobody waits."""
        ...

    async def claim(self, actor: StaffId, ticket: TicketId) -> Ticket:
        """Hold a ticket for ten minutes; Stale names the colleague who has it."""
        ...

    async def release(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Put a ticket back."""
        ...

    async def reply(
        self,
        actor: StaffId,
        ticket: TicketId,
        version: int,
        text: str,
        *,
        then: Then = "open",
        include: tuple[Address, ...] = (),
        exclude: tuple[Address, ...] = (),
        key: str = "",
    ) -> Ticket:
        """Answer the patron by the channel they came from. Until it goes out, :attr:`sending` takes it back.

        While unverified writers are on the ticket, each must stand in ``include`` or ``exclude``, or it is Refused.
        """
        ...

    async def note(self, actor: StaffId, ticket: TicketId, text: str, *, key: str = "") -> Ticket:
        """Write for colleagues only."""
        ...

    async def assign(self, actor: StaffId, ticket: TicketId, version: int, to: StaffId) -> Ticket:
        """Give the ticket to a member for good."""
        ...

    async def wait(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Wait for the patron."""
        ...

    async def snooze(self, actor: StaffId, ticket: TicketId, version: int, until: Instant) -> Ticket:
        """Out of sight until a time."""
        ...

    async def solve(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Done."""
        ...

    async def reopen(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Take it up again."""
        ...

    async def spam(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Into spam, or out of it."""
        ...

    async def attended(self, actor: StaffId, ticket: TicketId, version: int, when: Instant) -> Ticket:
        """Somebody went there at ``when``: on a noise line that is the answer. Not before it came, nor still to come.

        The patron waits no longer, save where a running standard waits for words and does not count going there.
        """
        ...

    async def correct(self, actor: StaffId, ticket: TicketId, version: int, answered: Instant, why: str) -> Ticket:
        """It was answered otherwise (by phone), at ``answered``. Both figures are shown. ``why``: 1 to 500 letters."""
        ...

    async def explain(self, actor: StaffId, ticket: TicketId, version: int, why: str) -> Ticket:
        """Why its standard was missed, in 1 to 500 letters; said again, the latest counts. Refused if none was."""
        ...

    async def promise(self, actor: StaffId, ticket: TicketId, version: int, by: Instant) -> Ticket:
        """News is promised to the patron by a time to come."""
        ...

    async def test(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """A probe or a training contact leaves the figures; done again, it comes back."""
        ...

    async def tag(self, actor: StaffId, ticket: TicketId, version: int, tags: tuple[str, ...]) -> Ticket:
        """All its tags, in place of those it has: at most 10, each of a-z, 0-9 and hyphens."""
        ...

    async def merge(self, actor: StaffId, ticket: TicketId, version: int, into: int) -> Ticket:
        """Close it: the ticket of number ``into`` goes on in its place. Refused where that is another patron's."""
        ...

    async def undo(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Take back one's own deed that made this version of a ticket, within a day, with all that it did.

        Clocks and figures come out as if it had not been done. Stale where something came after it. Refused for what
        stays: replies and notes. A logged contact becomes a test, which counts in no figure.
        """
        ...

    async def log_contact(
        self,
        actor: StaffId,
        channel: Channel,
        *,
        text: str = "",
        kind: str = "",
        site: str = "",
        waited: int | None = None,
        key: str = "",
    ) -> Ticket:
        """Somebody rang (PHONE) or came (DESK): opened and solved at once; ``text`` is a note, kind "" is "enquiry".

        ``waited`` is in milliseconds, None where nobody measured it: then no standard is judged by it.
        """
        ...

    async def search(self, actor: StaffId, words: str, *, limit: int = 20) -> tuple[Found, ...]:
        """The newest entries that hold all words."""
        ...

    async def typing(self, actor: StaffId, ticket: TicketId) -> None:
        """Tell a chat's visitor that somebody is writing; nothing is stored."""
        ...

    async def notices(self) -> tuple[Notice, ...]:
        """Trouble that is not over yet."""
        ...

    async def standing(self, actor: StaffId) -> Standing:
        """How the library stands: each promise today, this week and this month, what breaches next, the heat map.

        It may be asked every half minute: it reads this month, or four weeks, and no more.
        """
        ...

    def changes(self, after: Seq) -> AsyncIterator[Told]:
        """All that happens after ``after``, as it happens, without gaps. Close the iterator to stop."""
        ...
