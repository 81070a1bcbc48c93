"""What goes on all the time under the screens: the clock, signs of life, changes, and trouble that comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from helpdesk.clock import MINUTE, Clock
from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.events import Kind
from helpdesk.message import TicketId
from helpdesk.ports import Desk
from helpdesk.sight import Hello, Told
from tui import asking, given, roll_call, second_thoughts
from tui.alerts import told_of_followed
from tui.background import in_background
from tui.calling import WAITS_ANEW, Caller
from tui.company import EVERY, NOWHERE, Here
from tui.likes import Likes
from tui.live import LOOK_SECONDS, Gathered, follow, why
from tui.presence import Presence
from tui.roles import reads, works
from tui.screens.acting import Acting
from tui.screens.sign_in import SignInScreen
from tui.sitting import MakeClock, Sitting
from tui.taking import Taking
from tui.words import on_day

_ABOUT_SENDING = frozenset({Kind.REPLIED, Kind.UNSENT, Kind.SENT})
"""After these facts it is asked what waits to go out."""


CHAT_SECONDS = 2.0
"""How often who has chats open looks whether their visitors write."""

CHATS_MOVED = frozenset(
    {Kind.RECEIVED, Kind.CLAIMED, Kind.ASSIGNED, Kind.RELEASED, Kind.REPLIED, Kind.SOLVED, Kind.LEFT}
)
"""After these facts one's own chats may be other ones, or hold something new."""


def never() -> None:
    """Where there is no token, none is renewed."""


class Watching(Taking, inherit_bindings=False):
    """An app that follows the desk from the moment that somebody sits there."""

    def __init__(
        self,
        desk: Desk,
        presence: Presence,
        wall: Clock,
        *,
        likes: Likes,
        make_clock: MakeClock,
        renewed: Callable[[], object] = never,
    ) -> None:
        super().__init__(presence)
        self.desk = desk
        self._wall, self._make_clock = wall, make_clock
        self._renewed, self._tokens, self._out = renewed, renewed(), ""
        self.caller = Caller(self, likes, wall)
        self._gathered = Gathered(self.set_timer, self._pass_on)
        self._looking = self._unanswered = self._waits_anew = False

    def watch_over(self, sitting: Sitting) -> None:
        """From now on."""
        self.set_interval(1, self._tick)
        self.set_interval(max(2.0, MINUTE / 1000 / sitting.hello.pace), self._beat)
        self.set_interval(LOOK_SECONDS, self._look_for_trouble)
        self.set_interval(CHAT_SECONDS, self._look_at_chats)
        sitting.reads_own = partial(self._read_own, sitting)
        sitting.reads_own()
        sitting.beside.hurry = self._look_beside
        self.set_interval(EVERY, self._look_beside)
        heard = (self._gathered.add, self._lost, self._back, self._unknown, sitting.known.wait)
        in_background(self, partial(follow, self.desk, sitting.hello.seq, self._wall, *heard), "follow")

    def _read_own(self, sitting: Sitting) -> None:
        """What is of who sits here: what waits to go out, their chats, what is next to be late."""
        in_background(self, partial(asking.meet_outgoing, sitting), "outgoing", exclusive=True)
        self._read_chats(sitting)
        self._look_ahead(sitting)

    def _tick(self) -> None:
        if self.sitting is not None:
            second_thoughts.time_passes(self.sitting)
            self.caller.hear((), self.sitting)
        if self.sitting is not None and self._waits_anew:
            self._waits_anew = False
            self._look_ahead(self.sitting)
        below = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Acting)), None)
        if below is not None:
            below.tick()
        if self._presence.must_lock and not isinstance(self.screen, SignInScreen):
            asking.who_is_here(self, self.sitting, self._presence, locked=True)
        if self.sitting is not None and self._presence.available != self.sitting.available:
            self._beat()
        if self.sitting is not None and not self.sitting.known.is_set():
            self._still_unknown(self.sitting)

    def _beat(self) -> None:
        """A sign of life, and the counts that change as time goes by."""
        if self.sitting is not None and self.sitting.known.is_set():
            in_background(self, partial(self.is_here, self.sitting), "presence", exclusive=True)
            in_background(self, partial(asking.meet, self.sitting, self._make_clock), "meet", exclusive=True)
            self._look_ahead(self.sitting)
            self._spread(frozenset())

    async def is_here(self, sitting: Sitting) -> None:
        """Say that the member is here, and learn who else is on."""
        await self._presence.tell(sitting)
        with suppress(HelpdeskError, OSError):  # what was known before stays
            sitting.on_duty = await sitting.desk.duty.now(sitting.actor)

    def _look_ahead(self, sitting: Sitting) -> None:
        """Learn what is next to be late, and what is one's own."""
        in_background(self, partial(self._ask_ahead, sitting), "look ahead", exclusive=True)

    async def _ask_ahead(self, sitting: Sitting) -> None:
        """What is new of it is drawn at once."""
        before = sitting.soon
        await self.caller.look_ahead(sitting)
        if sitting.soon != before:
            self._tick()

    def _look_beside(self) -> None:
        """Say where the member is, and hear where the others are."""
        sitting = self.sitting
        if sitting is None or sitting.trouble or not sitting.known.is_set() or not reads(sitting.role):
            return
        here = next((screen.here for screen in reversed(self.screen_stack) if isinstance(screen, Acting)), NOWHERE)
        in_background(self, partial(self._ask_beside, sitting, here), "company", exclusive=True)

    async def _ask_beside(self, sitting: Sitting, here: Here) -> None:
        """What is new of it is drawn with the next tick of the clock."""
        before = sitting.beside.near
        await sitting.beside.tell(sitting.actor, here)
        if sitting.beside.near != before:
            self._tick()

    def on_app_focus(self) -> None:
        """The terminal is looked at: nobody needs to be called."""
        self.caller.looked()

    def on_app_blur(self) -> None:
        """It is not looked at."""
        self.caller.looked()

    def _look_for_trouble(self) -> None:
        """Trouble of the house comes and goes with no change in its log."""
        if self.sitting is None or not self.sitting.known.is_set():
            return
        if not self._looking and (not self.sitting.trouble or self._unanswered):
            self._looking = True
            in_background(self, partial(self._ask_for_trouble, self.sitting), "trouble")

    def _look_at_chats(self) -> None:
        """Who has chats open sees who writes, and what is new; nobody else asks."""
        sitting = self.sitting
        if sitting is not None and sitting.chats and sitting.known.is_set() and not sitting.trouble:
            self._read_chats(sitting)

    def _read_chats(self, sitting: Sitting) -> None:
        if works(sitting.role):
            in_background(self, partial(self._ask_for_chats, sitting), "chats", exclusive=True)

    async def _ask_for_chats(self, sitting: Sitting) -> None:
        """Read one's own open chats; a desk that can't be reached says so elsewhere."""
        with suppress(HelpdeskError, OSError):
            actor = sitting.actor
            found = await sitting.desk.duty.chats(actor)
            if actor == sitting.actor and found != sitting.chats:
                sitting.chats = found
                self._spread(frozenset())
                self._tick()

    async def _ask_for_trouble(self, sitting: Sitting) -> None:
        """Show what is new of it; that nobody can say is trouble, too, until somebody can."""
        try:
            notices = await self.desk.notices()
            hello = await self.desk.hello() if self._unanswered else None
        except (TryLater, OSError) as error:
            if not sitting.trouble:
                self._lost(why(error))
                self._unanswered = True
        except HelpdeskError:
            return  # that somebody may not ask is said where they do something
        else:
            if hello is not None and self._unanswered:
                self._back(hello)
            elif {(each.key, each.text) for each in notices} != {(each.key, each.text) for each in sitting.notices}:
                sitting.notices = notices
                self._spread(frozenset())
        finally:
            self._looking = False

    def _pass_on(self, told: Sequence[Told]) -> None:
        if self.sitting is not None:
            self.sitting.hear(told)
        if self.sitting is not None and any(each.kind in CHATS_MOVED for each in told):
            self._read_chats(self.sitting)
        self._mark(told)
        self._waits_anew |= any(each.kind in WAITS_ANEW for each in told)
        self.caller.hear(told, self.sitting)
        if self.sitting is not None and self.caller.is_otherwise(told, self.sitting):
            self._look_ahead(self.sitting)
        if self.sitting is not None and (tickets := given.given(told, self.sitting.actor)):
            in_background(self, partial(self._told_of_given, self.sitting, tickets), "given")
            self._look_ahead(self.sitting)
        self._guided(told)
        if roll_call.is_due(told):
            in_background(self, partial(roll_call.call, self, self._presence), "roll call", exclusive=True)
        if self.sitting is not None and not _ABOUT_SENDING.isdisjoint(each.kind for each in told):
            in_background(self, partial(asking.meet_outgoing, self.sitting), "outgoing", exclusive=True)
        self._spread(frozenset(each.ticket for each in told if each.ticket is not None))

    def _mark(self, told: Sequence[Told]) -> None:
        """Who follows a ticket sees in the list that something happened on it, until it is looked at."""
        if (sitting := self.sitting) is not None:
            fresh = told_of_followed(told, sitting.followed, sitting.actor)
            sitting.news |= {each.ticket for each in told if each.seq in fresh and each.ticket is not None}

    async def _told_of_given(self, sitting: Sitting, tickets: Sequence[TicketId]) -> None:
        """A colleague gave something to whoever sits here."""
        for ticket in tickets:
            thread = await given.read(sitting, ticket)
            if thread is not None and reads(sitting.role):
                self.caller.tell(given.call_words(thread), sitting)
                self.notify(given.said_words(thread, sitting), timeout=8, markup=False)

    def _guided(self, told: Sequence[Told]) -> None:
        """The tour hears of what was done by whoever sits here."""
        if (sitting := self.sitting) is not None and sitting.guide is not None:
            for each in told:
                if each.actor == sitting.actor:
                    sitting.did(str(each.kind))
            self._tick()

    def _signed_out(self, words: str) -> None:
        if self.sitting is not None:
            asking.sign_out(self, self.sitting, self._presence, words)

    def _unknown(self, words: str) -> None:
        """The server does not know who sits here: it is asked nothing more until somebody signs in."""
        if self.sitting is not None:
            self.sitting.known.clear()
            self._out = words
            self._signed_out(words)

    def _still_unknown(self, sitting: Sitting) -> None:
        """Nobody gets by without signing in; another token is tried once."""
        if (tokens := self._renewed()) != self._tokens:
            self._tokens = tokens
            sitting.known.set()
        else:
            self._signed_out(self._out)

    def _spread(self, tickets: frozenset[TicketId]) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Acting):
                screen.hear(tickets)

    def _lost(self, words: str) -> None:
        sitting, self._unanswered = self.sitting, False
        if sitting is not None and not sitting.trouble:
            now = sitting.clock.now()
            sitting.trouble = f"{words} since {on_day(now, now, sitting.zone)}; trying again. Your drafts are kept."
            self._tick()

    def _back(self, hello: Hello) -> None:
        self._unanswered = False
        if self.sitting is not None:
            self.sitting.hello, self.sitting.clock, self.sitting.trouble = hello, self._make_clock(hello), ""
            self._tick()
            self._beat()
            for screen in self.screen_stack:
                if isinstance(screen, Acting):
                    in_background(screen, screen.reread, "reread", exclusive=True)
                elif isinstance(screen, SignInScreen) and self._out:
                    screen.lets_in()
            self._out = ""
