"""The seams of the house: what each side may ask of the other.

=========  ========================================  =====================================
port       who calls it                              who stands behind it
=========  ========================================  =====================================
Store      intake, desk, outbox, watch, reports      helpdesk.store.sqlite
Keys       helpdesk.lines                            helpdesk.store.keys
Door       channels (what came in)                   helpdesk.intake
Reader     intake (a mail's second commit)           channels.mime_worker
Sender     outbox (what goes out)                    channels.sms, .mail, .webchat, .loopback
Eraser     deletions (what the carrier forgets)      channels.sms, .loopback
Desk       tui, api                                  helpdesk.desk (local), helpdesk.api.remote
=========  ========================================  =====================================

Adapters don't inherit from these; they have the methods.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, runtime_checkable

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.message import (
    Address,
    Channel,
    ConversationId,
    DeliveryReport,
    Envelope,
    Inbound,
    LineId,
    Outbound,
    Reading,
    Receipt,
    Sent,
    StaffId,
    TicketId,
)
from helpdesk.sight import Found, Hello, Member, Notice, Presence, Standing, Told
from helpdesk.thread import Thread
from helpdesk.ticket import Then, Ticket
from helpdesk.worklist import Anchor, Page, View

P = ParamSpec("P")
T = TypeVar("T")

Record = Mapping[str, Any]
"""A row as the database gives it, by column name."""


class FullText(Protocol):
    """The word index over entries: one of the three things in which databases differ."""

    def add(self, sql: Sql, row: int, text: str) -> None:
        """Index ``text`` as entry row ``row``."""
        ...

    def remove(self, sql: Sql, row: int, text: str) -> None:
        """Take entry row ``row`` out; ``text`` is what was indexed."""
        ...

    def find(self, sql: Sql, words: str, limit: int) -> list[int]:
        """The newest ``limit`` entry rows that hold all ``words``; the last word may be unfinished."""
        ...

    def purge(self, sql: Sql) -> None:
        """Keep no removed word in the file."""
        ...


class Sql(Protocol):
    """One open transaction of one library. ``:library`` is bound in every statement."""

    library: str
    full_text: FullText

    def __call__(self, text: str, /, **params: object) -> list[Record]:
        """Run one statement of portable SQL with ``:named`` parameters; all its rows."""
        ...


class Store(Protocol):
    """Runs verbs. Who wrote, and when others hear of it, is the store's business.

    ``trouble``  why the last write failed, in words for the desk; "" since the last one that did not
    """

    library: str
    trouble: str

    async def write(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` in a shared commit and return after it is on disk.

        What the verb raises undoes its own writes alone and arrives here. TryLater where the store is full, read-only
        or closing; nothing is acknowledged then. Cancelling the caller does not undo or repeat the write.
        """
        ...

    async def read(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` on a read-only connection, in one snapshot."""
        ...

    async def purge(self, *, words: bool = True) -> bool:
        """Leave no trace of deleted text or keys in the write-ahead log and (costly: ``words``) the word index.

        False where a reader held the log: try again later.
        """
        ...

    async def changed(self, after: Seq) -> Seq:
        """Return the last event's number as soon as it is above ``after``."""
        ...


class Keys(Protocol):
    """The key store of sealed lines: apart from the store, and in none of its backups."""

    async def epochs(self, line: LineId, now: Instant) -> tuple[bytes, ...]:
        """The handle keys to look under, the current epoch's first (it is made when it is due)."""
        ...

    async def open_conversation(self, conversation: ConversationId) -> bytes:
        """Make and keep the key of a new conversation; returns it."""
        ...

    async def conversation(self, conversation: ConversationId) -> bytes | None:
        """A conversation's key, None once it is destroyed."""
        ...

    async def destroy(self, conversations: tuple[ConversationId, ...]) -> None:
        """Destroy keys for good, the write-ahead log included."""
        ...

    async def conversations(self, *, before: Instant | None = None) -> frozenset[ConversationId]:
        """All conversations that have a key, or those whose key was made ``before``: what a sweep compares."""
        ...

    async def expire(self, now: Instant) -> int:
        """Destroy the epoch keys that no lookup needs any more; returns how many."""
        ...


class Door(Protocol):
    """What a channel may do with what came in. A return is the receipt; anything raised means "not stored"."""

    async def receive(self, inbound: Inbound) -> Receipt:
        """Store a parsed message. TryLater where the store can't take it now."""
        ...

    async def keep(self, envelope: Envelope) -> Receipt:
        """Store a mail's bytes before they are parsed (its first commit)."""
        ...

    async def report(self, report: DeliveryReport) -> None:
        """Note what the provider says of a message it took from us. Late, double and unordered reports are fine."""
        ...

    async def turned_away(self, channel: Channel, line: LineId | None, reason: str) -> None:
        """Count what was refused at the door (a forged signature); no body is kept, and the desk is told."""
        ...

    async def quarantine(
        self, channel: Channel, line: LineId, external_id: str, digest: str, size: int, reason: str
    ) -> Receipt:
        """Keep a visible trace of what can't be read or has no line, without its content."""
        ...

    async def cursor(self, name: str) -> Instant | None:
        """How far a line's catching up has come, None if it never ran."""
        ...

    async def move_cursor(self, name: str, when: Instant) -> None:
        """Remember how far catching up has come."""
        ...


class Reader(Protocol):
    """Reads mails that were kept."""

    async def read(self, envelope: Envelope) -> Reading:
        """What the mail says. Unparseable where it can't be read, also at the second try: quarantine it."""
        ...


class Sender(Protocol):
    """Hands messages to patrons."""

    channel: Channel

    async def send(self, message: Outbound) -> Sent:
        """Hand one message over.

        Raises Undeliverable (never possible), TryLater (with the provider's Retry-After), LinePaused (our account is
        at fault) or Unclear (a time-out after the request was written).
        """
        ...

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """What the provider holds that could be ``message``, after Unclear.

        One: it was sent. None: send again. More than one: a person decides. A channel that can't look
        (mail) raises Unclear: the message goes again under the same id, flagged.
        """
        ...


@runtime_checkable
class Eraser(Protocol):
    """A sender whose provider keeps copies that it can be told to delete."""

    async def erase(self, provider_id: str, account: str) -> bool:
        """Delete a text there, with its media. True: it is gone, also where it was before. False: not final yet.

        ``account``: where it lies, "" where nobody knows. Refused where this one can't be deleted by us; TryLater
        (with the provider's Retry-After) and LinePaused as in sending: asking for others would not help just now.
        """
        ...


class Desk(Protocol):
    """All that staff can do. Each write says who acts and which version of the ticket they saw.

    Stale: somebody else changed it first, and the error names who. Refused: it breaks a rule, and the
    error says what to do. ``key`` makes a write repeatable: the same key with the same content returns
    the first result, with another content it is Refused.
    """

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
        """Answer the patron by the channel they came from.

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
