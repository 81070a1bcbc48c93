"""What the patrons sent and got, against what the store holds: nothing may be lost, and nothing doubled.

The patrons' side is written down as it happens (:class:`Ledger`); the store's side is read through the desk
(:func:`threads`). :func:`balance` lays one beside the other, text by text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import median

from helpdesk.clock import Clock, Instant, plus
from helpdesk.masking import mask
from helpdesk.message import Channel, Delivery, EntryId, StaffId
from helpdesk.ports import Desk
from helpdesk.simulator.tally import Tally
from helpdesk.thread import Entry, EntryKind, Thread
from helpdesk.worklist import View

_VIEWS = (View.OPEN, View.SNOOZED, View.FINISHED, View.MUTED)
"""Views that together show every ticket once."""

_PAGE = 200
_KEY = 24
"""So many characters of a text find its writers; the whole text decides."""


Inbox = Callable[[], Sequence[str]]
"""All that has reached somebody, as it stands when it is called."""


@dataclass(slots=True, kw_only=True)
class Line:
    """Something a patron wrote. ``taken``: whether the door acknowledged it, None while nobody knows."""

    text: str = field(repr=False)
    when: Instant
    taken: bool | None = None


@dataclass(slots=True, kw_only=True)
class Account:
    """One patron on one line.

    ``inbox``  all that has reached them
    ``left``   they have closed the chat: what is written later can't reach them
    """

    patron: str
    channel: Channel
    inbox: Inbox
    lines: list[Line] = field(default_factory=list)
    left: bool = False

    def wrote(self, text: str, when: Instant) -> Line:
        """Note what the patron sends now; say later whether it was taken."""
        line = Line(text=text, when=when)
        self.lines.append(line)
        return line


class Ledger:
    """All that the patrons did."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []

    def opens(self, patron: str, channel: Channel, inbox: Inbox) -> Account:
        """A patron turns to the library."""
        account = Account(patron=patron, channel=channel, inbox=inbox)
        self.accounts.append(account)
        return account


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One channel.

    ``sent``           messages that patrons sent
    ``received``       of these, acknowledged at the door
    ``ticketed``       of the acknowledged, found in the store
    ``answered``       of those in the store, followed by a reply of a person
    ``delivered``      of the answered, whose reply reached the patron
    ``unstored``       acknowledged, yet not in the store
    ``unreached``      replies that were sent and did not reach the patron, who had not left
    ``doubled``        messages stored, or replies arrived, more often than they were written
    ``on_the_way``     replies that still wait to be sent
    ``undeliverable``  replies that can never be sent, and the desk was told
    ``gone``           replies to visitors who had left
    ``first_response`` median time from the first message to the first reply, in milliseconds; None for none
    """

    channel: Channel
    sent: int = 0
    received: int = 0
    ticketed: int = 0
    answered: int = 0
    delivered: int = 0
    unstored: int = 0
    unreached: int = 0
    doubled: int = 0
    on_the_way: int = 0
    undeliverable: int = 0
    gone: int = 0
    first_response: int | None = None

    @property
    def lost(self) -> int:
        """Messages and replies of which nobody knows where they are."""
        return self.unstored + self.unreached


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How one standard fared: contacts met, missed and still pending."""

    standard: str
    met: int
    missed: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The outcome: a row for each channel, and for each standard; and what became of the noise, if anybody counted."""

    figures: tuple[Figures, ...]
    standards: tuple[Kept, ...] = ()
    noise: Tally | None = None

    @property
    def lost(self) -> int:
        """All that was lost."""
        return sum(row.lost for row in self.figures)

    @property
    def doubled(self) -> int:
        """All that was doubled."""
        return sum(row.doubled for row in self.figures)

    @property
    def settled(self) -> bool:
        """Whether nothing is missing or on its way any more."""
        return self.lost == 0 and all(row.on_the_way == 0 for row in self.figures)

    def text(self) -> str:
        """The balance as lines for a terminal."""
        head = f"{'':6}{'sent':>6}{'received':>10}{'ticketed':>10}{'answered':>10}{'delivered':>11}{'lost':>6}"
        rows = [
            f"{row.channel:6}{row.sent:>6}{row.received:>10}{row.ticketed:>10}{row.answered:>10}{row.delivered:>11}"
            f"{row.lost:>6}   {_time(row.first_response)}"
            for row in self.figures
        ]
        kept = [f"{row.standard}: {row.met} met, {row.missed} missed, {row.pending} pending" for row in self.standards]
        noise = [self.noise.text()] if self.noise is not None else []
        return "\n".join([f"{head}   median first response", *rows, *kept, *noise])


def _time(millis: int | None) -> str:
    if millis is None:
        return "none"
    minutes, seconds = divmod(round(millis / 1000), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


async def threads(desk: Desk, actor: StaffId) -> tuple[Thread, ...]:
    """Every ticket of the store with its entries, as ``actor`` may read it."""
    found: dict[str, Thread] = {}
    for view in _VIEWS:
        start, total = 0, 1
        while start < total:
            page = await desk.worklist(actor, view, start=start, count=_PAGE)
            for row in page.rows:
                found[row.id] = await desk.thread(actor, row.id)
            start, total = start + _PAGE, page.total
    return tuple(found.values())


def balance(ledger: Ledger, stored: Iterable[Thread], standards: Sequence[Kept] = ()) -> Balance:
    """Lay the patrons' side beside the store's."""
    of = sorted(stored, key=lambda thread: thread.ticket.channel)
    by_channel = {channel: list(each) for channel, each in groupby(of, key=lambda thread: thread.ticket.channel)}
    channels = sorted({account.channel for account in ledger.accounts})
    figures = (
        _Count([a for a in ledger.accounts if a.channel is channel], by_channel.get(channel, [])).figures(channel)
        for channel in channels
    )
    return Balance(figures=tuple(figures), standards=tuple(standards))


async def settled(count: Callable[[], Awaitable[Balance]], clock: Clock, *, grace: int, every: int) -> Balance:
    """The balance once it is settled, or after ``grace`` milliseconds as it then is; looked at ``every`` so often."""
    end = plus(clock.now(), grace)
    while not (found := await count()).settled and clock.now() < end:
        await clock.until(min(plus(clock.now(), every), end))
    return found


@dataclass(slots=True, eq=False)
class _Page:
    """One account while it is counted: its lines by their normal form, and what has reached the patron."""

    account: Account
    lines: list[tuple[str, Line]]
    inbox: Counter[str]

    def writes(self, text: str) -> tuple[str, Line] | None:
        """The first line not yet counted that ``text`` begins with (a mail is signed below it)."""
        return next((line for line in self.lines if text.startswith(line[0])), None)


class _Count:
    """The balance of one channel. Each thread is laid beside the account that fits it best."""

    def __init__(self, accounts: Sequence[Account], stored: Sequence[Thread]) -> None:
        self._pages = [_page(account) for account in accounts]
        self._sent = [line for account in accounts for line in account.lines]
        self._n: Counter[str] = Counter()
        self._in_store: set[int] = set()
        self._first: list[int] = []
        self._writers: dict[str, list[_Page]] = {}
        for page in self._pages:
            for key in {text[:_KEY] for text, _ in page.lines}:
                self._writers.setdefault(key, []).append(page)
        self._known = {text for page in self._pages for text, _ in page.lines}
        replied = [(self._laid(thread), thread) for thread in sorted(stored, key=lambda each: each.ticket.opened)]
        for laid, thread in replied:
            self._copies(laid, thread)

    def figures(self, channel: Channel) -> Figures:
        """The row of this channel."""
        taken = [line for line in self._sent if line.taken]
        ticketed = sum(id(line) in self._in_store for line in taken)
        return Figures(
            channel=channel,
            sent=len(self._sent),
            received=len(taken),
            ticketed=ticketed,
            unstored=len(taken) - ticketed,
            first_response=round(median(self._first)) if self._first else None,
            **self._n,
        )

    def _laid(self, thread: Thread) -> _Page | None:
        """Count one thread; the account that it was laid beside, None if it is no patron's of ours."""
        ins = [_own(entry) for entry in thread.entries if entry.kind is EntryKind.IN]
        outs = [entry for entry in thread.entries if entry.kind is EntryKind.OUT]
        page = self._best(ins, [_normal(entry.text) for entry in outs])
        if page is None:
            self._n["doubled"] += sum(any(text.startswith(known) for known in self._known) for text in ins)
            return None
        if outs:
            self._first.append(outs[0].written - thread.ticket.opened)
        arrived = {entry.id for entry in outs if self._reached(page, entry)}
        for place, entry in enumerate(thread.entries):
            if entry.kind is EntryKind.IN:
                self._count_line(page, entry, thread.entries[place:], arrived)
        return page

    def _best(self, ins: Sequence[str], outs: Sequence[str]) -> _Page | None:
        """The account that wrote most of ``ins``; of several the one that got most of ``outs``, or was acknowledged."""
        writers = {id(page): page for text in ins for page in self._writers_of(text)}
        fits = [(_fit(page, ins, Counter(outs)), page) for page in writers.values()]
        fit, page = max(fits, key=lambda each: each[0], default=((0, 0, 0), None))
        return page if fit[0] else None

    def _writers_of(self, text: str) -> Iterable[_Page]:
        short = (
            page for key, pages in self._writers.items() if len(key) < _KEY and text.startswith(key) for page in pages
        )
        return (*self._writers.get(text[:_KEY], ()), *short)

    def _reached(self, page: _Page, entry: Entry) -> bool:
        """Whether a reply is in the patron's inbox; if not, count why."""
        text = _normal(entry.text)
        if page.inbox[text]:
            page.inbox[text] -= 1
            return True
        if entry.delivery is Delivery.WAITING:
            self._n["on_the_way"] += 1
        elif page.account.left:
            self._n["gone"] += 1
        elif entry.delivery is Delivery.FAILED:
            self._n["undeliverable"] += 1
        else:
            self._n["unreached"] += 1
        return False

    def _count_line(self, page: _Page, entry: Entry, later: Sequence[Entry], arrived: set[EntryId]) -> None:
        found = page.writes(_own(entry))
        if found is None:
            self._n["doubled"] += 1
            return
        page.lines.remove(found)
        self._in_store.add(id(found[1]))
        answer = next((each for each in later if each.kind is EntryKind.OUT), None)
        if answer is not None:
            self._n["answered"] += 1
            self._n["delivered"] += answer.id in arrived

    def _copies(self, page: _Page | None, thread: Thread) -> None:
        """Replies that arrived more often than they were written."""
        if page is not None:
            for text in {_normal(entry.text) for entry in thread.entries if entry.kind is EntryKind.OUT}:
                self._n["doubled"] += page.inbox.pop(text, 0)


def _page(account: Account) -> _Page:
    lines = [(_normal(line.text), line) for line in account.lines]
    return _Page(account=account, lines=lines, inbox=Counter(_normal(text) for text in account.inbox()))


def _fit(page: _Page, ins: Sequence[str], outs: Counter[str]) -> tuple[int, int, int]:
    """How well a thread fits an account: texts that they wrote, replies that they got, texts that were taken."""
    lines = [line for text in ins if (line := page.writes(text)) is not None]
    return len(lines), (page.inbox & outs).total(), sum(bool(line.taken) for _, line in lines)


def _own(entry: Entry) -> str:
    """What the patron wrote in it, without what it quotes."""
    return _normal(entry.text if entry.quote_from is None else entry.text[: entry.quote_from])


def _normal(text: str) -> str:
    """A text as it can be compared: a sealed line masks numbers, and a mail breaks lines anew."""
    return " ".join(mask(text).split())
