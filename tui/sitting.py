"""A sitting: who is at this terminal, by which clock, and what the desk knows of the house. No Textual."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from helpdesk.clock import Clock, Instant, PacedClock
from helpdesk.hours.ahead import ToCome
from helpdesk.message import Channel, OutboxId, StaffId, TicketId
from helpdesk.noise.incidents import Choices, Incident
from helpdesk.permissions import Role
from helpdesk.ports import Desk
from helpdesk.ports.sending import Held
from helpdesk.ports.views import SavedView
from helpdesk.quiet_spans import QuietSpan, quiet_till
from helpdesk.sight import Hello, Member, Notice, OnDuty, OwnChat, Told
from helpdesk.sorts import Sorts
from helpdesk.worklist import Row, View
from tui.commands import Command
from tui.company import Beside
from tui.drafts import Drafts, Kind, On
from tui.keeping import Keeping
from tui.looked import Looked
from tui.newcomers import Newcomers
from tui.render import Eye
from tui.tour import Guide
from tui.undoing import Deed, Deeds
from tui.viewing import Viewing

CHANNELS = (Channel.SMS, Channel.MAIL, Channel.CHAT)
"""The channels that a member is available for or away from."""

MakeClock = Callable[[Hello], Clock]
"""How the desk comes by the clock that its countdowns follow."""


def _nobody_hears(words: str) -> None:
    """What a sitting says of itself before the desk listens."""


def _nobody_reads() -> None:
    """Before the desk listens nothing is read for who sits down."""


def paced(hello: Hello) -> Clock:
    """The owner's clock, run on here at its pace."""
    return PacedClock(pace=hello.pace, start=hello.now)


@dataclass(kw_only=True)
class Kept:
    """What waits for a member while a colleague sits here; drafts do, too, beside it.

    ``deeds``    what they did, and can take back
    ``looked``   what changed since they last looked
    ``tagging``  what macros tag tickets with as their replies are sent
    ``tagged``   what macros gave as their replies were sent: the version that it made, and the tags
    ``unkept``   a macro that was written and could not be kept: it is gone on with
    """

    deeds: Deeds = field(default_factory=Deeds)
    looked: Looked = field(default_factory=Looked)
    tagging: dict[TicketId, tuple[str, ...]] = field(default_factory=dict)
    tagged: dict[TicketId, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    unkept: str = ""


@dataclass(kw_only=True)
class Sitting:
    """What all screens share. Screens read it; the app and the verbs change it.

    ``trouble``  why the connection is broken, "" while it holds
    ``viewing``  attachments opened, until the desk is left
    ``folder``   where files were saved last, None if none were
    ``on_duty``  who is on, as far as it was learnt
    ``chats``    one's own open chats, as far as they were read
    ``saved``    the views that staff saved, the library's and their own, as far as they were read
    ``ahead``    what lies ahead by the calendars of the lines, as far as it was read
    ``going``    noise that goes on, as far as it was read
    ``outgoing`` replies that wait before they go out, as far as it was read
    ``again``    what was taken back, and is to be gone on with: where, and as what
    ``soon``     tickets close to their deadline, the closest first, or else the next one, as far as they were read
    ``own``      tickets that are with who sits here, as far as they were read
    ``followed`` tickets that who sits here follows, as far as it was read
    ``news``     those of them on which others did something that was not looked at yet
    ``guide``    the tour, where one is given; ``newcomers``: how somebody is told of it
    ``quiet_spans`` when nobody is called, each day
    ``quiet_until`` until when nobody is called by :quiet, by the library's clock
    ``loud_until``  until when they are called although it is a quiet span
    ``saying``   what toasts say now: none is said twice at a time
    ``role``     what who sits here may do, as far as it was learnt
    ``selected`` how many tickets of the list are selected
    ``signed_out`` is told, in words, when the desk does not know any more who sits here
    ``acts``     held by what is being done: one act comes after the other, also from screen to screen
    ``alone``    the desk was opened with a token: nobody but its member sits down
    ``known``    cleared while the server does not know any more who sits here: nothing is asked of it meanwhile
    ``seated``   cleared while somebody else sits down: keys wait, or they would act in the former one's name
    ``reads_own`` reads what is theirs for who sat down
    """

    desk: Desk
    actor: StaffId
    hello: Hello
    clock: Clock
    commands: tuple[Command, ...]
    role: Role = Role.LEAD
    alone: bool = False
    signed_out: Callable[[str], None] = _nobody_hears
    reads_own: Callable[[], None] = _nobody_reads
    members: Mapping[StaffId, Member] = field(default_factory=dict)
    names: Mapping[StaffId, str] = field(default_factory=dict)
    drafts: Drafts = field(default_factory=Drafts)
    available: bool = True
    trouble: str = ""
    selected: int = 0
    folder: Path | None = None
    viewing: Viewing = field(default_factory=Viewing)
    saying: set[str] = field(default_factory=set)
    known: asyncio.Event = field(default_factory=asyncio.Event)
    seated: asyncio.Event = field(default_factory=asyncio.Event)
    notices: tuple[Notice, ...] = ()
    on_duty: tuple[OnDuty, ...] = ()
    chats: tuple[OwnChat, ...] = ()
    counts: Mapping[View, int] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    sorts: Sorts = field(default_factory=Sorts)
    ahead: tuple[ToCome, ...] = ()
    saved: tuple[SavedView, ...] = ()
    going: tuple[Incident, ...] = ()
    outgoing: tuple[Held, ...] = ()
    again: tuple[On, Kind] | None = None
    soon: tuple[Row, ...] = ()
    own: frozenset[TicketId] = frozenset()
    followed: frozenset[TicketId] = frozenset()
    news: frozenset[TicketId] = frozenset()
    quiet_spans: tuple[QuietSpan, ...] = ()
    guide: Guide | None = None
    newcomers: Newcomers = field(default_factory=Newcomers)

    def __post_init__(self) -> None:
        self.zone = ZoneInfo(self.hello.zone)
        self.left: Member | None = None
        self.quiet_until = self.loud_until = Instant(0)
        self.places: Mapping[str, str] = {}
        self._kept: dict[StaffId, Kept] = {}
        self.keeping = Keeping(self.desk, self.drafts)
        self.beside = Beside(self.desk)
        self.second_thoughts: dict[OutboxId, tuple[Deeds, Deed]] = {}
        self.acts = asyncio.Lock()
        self.known.set()
        self.seated.set()

    def sit_down(self, member: Member) -> None:
        """Somebody else is here: what was read for the one before, and what they chose, goes with them.

        What they wrote and did waits for them (:class:`Kept`).
        """
        self.viewing.remove()
        self.actor = member.id
        self.again = self.folder = None
        self.chats = self.saved = self.going = self.outgoing = self.soon = ()
        self.own = self.followed = self.news = frozenset()
        self.counts, self.selected = {}, 0
        self.quiet_until = self.loud_until = Instant(0)
        self.beside.near = ()
        self.meet(member)

    @property
    def kept(self) -> Kept:
        """What waits for who sits here whenever they are back."""
        return self._kept.setdefault(self.actor, Kept())

    @property
    def deeds(self) -> Deeds:
        """What who sits here did, and can take back."""
        return self.kept.deeds

    @property
    def eye(self) -> Eye:
        """Who looks, and when."""
        drafts = self.drafts.tickets(self.actor)
        return Eye(
            self.clock.now(),
            self.zone,
            self.actor,
            self.names,
            drafts,
            self.places,
            self.beside.writers,
            changed=self.looked.changed,
            fresh={each.ticket: each.fresh for each in self.chats if each.fresh},
            news=self.news,
        )

    @property
    def looked(self) -> Looked:
        """What changed since who sits here last looked."""
        return self.kept.looked

    def hear(self, told: Sequence[Told]) -> None:
        """Something changed: it is marked, for whoever sat here so far."""
        for member in {*self._kept, self.actor}:
            self._kept.setdefault(member, Kept()).looked.hear(told, member)

    def did(self, *acts: str) -> None:
        """Somebody did something that the tour may wait for."""
        if self.guide is not None:
            any(self.guide.saw(act) for act in acts)

    @property
    def quiet_till(self) -> Instant | None:
        """Until when nobody is called, but for danger; None where they are."""
        now = self.clock.now()
        span = quiet_till(self.quiet_spans, now, self.zone) if now >= self.loud_until else None
        till = max(self.quiet_until, span or now)
        return till if till > now else None

    def be_quiet(self, until: Instant) -> None:
        """Call nobody until then."""
        self.quiet_until, self.loud_until = until, Instant(0)

    def be_called(self) -> None:
        """Call again, also for the rest of a quiet span."""
        now = self.clock.now()
        self.quiet_until = Instant(0)
        self.loud_until = quiet_till(self.quiet_spans, now, self.zone) or now

    def choose_from(self, choices: Choices) -> None:
        """What can be picked about noise."""
        self.choices = choices
        self.places = {zone.id: zone.name for zone in choices.zones}

    @property
    def several_sites(self) -> bool:
        """Whether the library's zones lie at more than one site."""
        return len({zone.site for zone in self.choices.zones}) > 1

    def know(self, members: tuple[Member, ...]) -> None:
        """Who works here. Somebody who left keeps their name."""
        gone = self.members.get(self.actor)
        self.members = {member.id: member for member in members}
        self.names = {**self.names, **short_names(self.members)}
        if (me := self.members.get(self.actor)) is not None:
            self.role = me.role
        elif gone is not None:
            self.left = gone

    def meet(self, member: Member) -> None:
        """Somebody new here, or somebody as they are now."""
        self.know((*(each for each in self.members.values() if each.id != member.id), member))

    def name(self, staff: str) -> str:
        """A colleague's full name, their id where nobody knows it."""
        member = self.members.get(StaffId(staff)) or (self.left if self.left and self.left.id == staff else None)
        return member.name if member is not None and member.name else staff


def short_names(members: Mapping[StaffId, Member]) -> dict[StaffId, str]:
    """First names, or full names where two share the first."""
    firsts = [first_word(member.name or member.id) for member in members.values()]
    return {
        staff: first if firsts.count(first := first_word(member.name or member.id)) == 1 else member.name
        for staff, member in members.items()
    }


def first_word(name: str) -> str:
    """ "Ana" of "Ana Pereira"."""
    return name.split(" ", 1)[0]
