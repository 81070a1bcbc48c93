"""What the list shows: a view, a filter on it, and the next unanswered ticket in both."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial

from helpdesk.message import StaffId, TicketId
from helpdesk.ports.views import Listing, SavedView
from helpdesk.queries import both
from helpdesk.ticket import Ticket
from helpdesk.worklist import Anchor, Page, Row, View
from tui.allowed import Target
from tui.background import in_background
from tui.colon import one_of
from tui.filtering import filter_line, known, looked
from tui.filtering import nothing as none_matches
from tui.key_names import with_keys
from tui.roles import reads
from tui.screens.filter import FilterScreen
from tui.screens.line import Field, TypeLines, some_words
from tui.screens.selecting import Selecting
from tui.selecting import Selection
from tui.sitting import Sitting
from tui.tabs import Shown, arranged, label, query_of, same
from tui.undoing import Deed
from tui.widgets.tickets import TicketList
from tui.words import Line

Save = Callable[..., Awaitable[SavedView]]
"""Saves a view, of one's own or for everybody: (actor, name, query, digit=, was=)."""

Drop = Callable[[StaffId, str], Awaitable[None]]
"""Drops one: (actor, name)."""

NOTHING = {
    View.MINE: "You have no tickets. {key:take} takes the one that most needs somebody.",
    View.UNANSWERED: "Nobody is waiting for an answer.",
    View.BREACHING: "Nothing is late or close to it.",
    View.SNOOZED: "Nothing is snoozed for later.",
    View.MUTED: "Nobody who is muted has texted.",
}
FIGURES_ONLY = (
    "You see figures and no texts: {key:standing} shows how the promises are kept, {key:map} where it is noisy."
)

_ON = re.compile(r"(.+?)\s+on\s+([0-9])")


class Narrowing(Selecting):
    """A list of tickets that a query narrows.

    ``view``   what its tab shows
    ``typed``  what narrows that, "" for nothing
    """

    def __init__(self, sitting: Sitting, view: Shown = View.UNANSWERED) -> None:
        super().__init__(sitting)
        self.view: Shown = view
        self.typed = ""
        self._listing: Listing | None = None

    @property
    def tickets(self) -> TicketList:
        """The list."""
        return self.query_one("#tickets", TicketList)

    @property
    def target(self) -> Target | None:
        """The selected ticket."""
        raise NotImplementedError

    def draw(self) -> None:
        """All lines around the list."""
        raise NotImplementedError

    async def begin(self) -> None:
        """Read the list from its top, and all that stands around it."""
        raise NotImplementedError

    @property
    def query_text(self) -> str:
        """What the list shows, as a query."""
        return both(query_of(self.view), self.typed)

    async def _read(self, start: int, count: int, near: Anchor | None) -> Page | Listing | None:
        """Rows of what the list shows; what a query lists is counted as far as one has come."""
        desk, actor = self.sitting.desk, self.sitting.actor
        if not reads(self.sitting.role):
            return Listing(start=start, rows=(), total=0)
        if isinstance(self.view, View) and not self.typed:
            return await self.look(desk.worklist(actor, self.view, start=start, count=count, near=near))
        found = await self.look(desk.views.rows(actor, self.query_text, start=start, count=count, near=near))
        if found is not None:
            self._listing = found
        return found

    def filter_lines(self) -> list[Line]:
        """What narrows the list, on a line of its own; none where nothing does."""
        if not self.typed:
            return []
        listing = self._listing
        return [filter_line(self.typed, listing or Listing(start=0, rows=(), total=0), cells=self.size.width)]

    def nothing(self) -> str:
        """What an empty list says."""
        return with_keys(self._nothing_said, self._key_of)

    @property
    def _nothing_said(self) -> str:
        if not reads(self.sitting.role):
            return FIGURES_ONLY
        if self.typed:
            return none_matches(self.typed)
        return NOTHING.get(self.view, "There is nothing here.") if isinstance(self.view, View) else "Nothing matches."

    def _show(self, view: Shown, typed: str = "") -> None:
        """Another view or another filter, from its top."""
        self.view, self.typed, self._listing = view, typed, None
        self.selection = Selection()
        self.draw()
        self._before_keys(self.begin, "view", exclusive=True)

    # Views

    def do_view(self, key: int, rest: str = "") -> None:
        """Another view, from its top; 0 is the tenth. ``rest``: its number or its name, as typed."""
        views = arranged(self.sitting.saved)
        if rest:
            names = {label(view): view for _, view in views} | {key: view for key, view in views if key}
            self._show(one_of(rest, names, "view"))
        else:
            self._show(dict(views)[str(key)])

    def settle(self, saved: tuple[SavedView, ...]) -> None:
        """The saved views as they are now; whoever looks at one that is gone looks at what it would show."""
        self.sitting.saved = saved
        view = self.view
        if isinstance(view, SavedView):
            now = next((each for each in saved if same(each, view)), None)
            self.view = View.OPEN if now is None else now
            self.typed = both(view.query, self.typed) if now is None else self.typed

    # The filter

    def do_filter(self, rest: str = "") -> None:
        """Narrow the list; with ``rest`` at once. ValueError says why that is no query."""
        if rest:
            if error := looked(rest):
                raise error
            self._show(self.view, rest.strip())
            return
        screen = FilterScreen(self.typed, known(self.sitting, {}), self._narrow)
        self.app.push_screen(screen, lambda text: self._narrow(text or ""))
        in_background(self, partial(self._tell_known, screen), "known", exclusive=True)

    async def _tell_known(self, screen: FilterScreen) -> None:
        in_use = await self.look(self.sitting.desk.views.known(self.sitting.actor))
        screen.learn(known(self.sitting, in_use or {}))

    def _narrow(self, text: str) -> None:
        if self.standing and text != self.typed:
            self._show(self.view, text)

    def do_none(self) -> None:
        """Select nothing; where nothing is selected, show all of the view again."""
        if self.typed and not self.selection and self.meter is None:
            self.do_unfilter()
        else:
            super().do_none()

    def do_unfilter(self) -> None:
        """Show all of the view again."""
        if self.typed:
            self._show(self.view)

    # Saving views

    def do_save_view(self, rest: str = "") -> None:
        """Save what the list shows under a name of one's own."""
        self._ask_name("Save this view for yourself", rest, shared=False)

    def do_share_view(self, rest: str = "") -> None:
        """Save what the list shows for the library."""
        self._ask_name("Save this view for everybody", rest, shared=True)

    def do_rename_view(self, rest: str = "") -> None:
        """Give the saved view that is shown another name or key."""
        if not isinstance(self.view, SavedView):
            self.say("This view can't be renamed: it is the desk's own.", warn=True)
            return
        self._ask_name("Rename this view", rest, shared=self.view.shared, was=self.view)

    def _ask_name(self, title: str, rest: str, *, shared: bool, was: SavedView | None = None) -> None:
        name, digit = _named(rest)
        if name:
            self._keep(name, digit or (was.digit if was else ""), shared=shared, was=was)
            return

        def typed(lines: tuple[str, ...] | None) -> None:
            if lines is not None:
                self._keep(lines[0], lines[1], shared=shared, was=was)

        before = was or (self.view if isinstance(self.view, SavedView) else SavedView(name="", query=""))
        fields = (
            Field(placeholder="its name, as it stands in the tab", value=before.name, check=some_words),
            Field(placeholder="a key, 1 to 9 or 0, or nothing", value=before.digit, check=_a_digit),
        )
        self.app.push_screen(TypeLines(title, fields, words=f"It shows {self.query_text or 'all that is open'}"), typed)

    def _keep(self, name: str, digit: str, *, shared: bool, was: SavedView | None) -> None:
        keeping = partial(self._kept, name, digit, shared=shared, was=was)
        in_background(self, keeping, "views", exclusive=True)

    async def _kept(self, name: str, digit: str, *, shared: bool, was: SavedView | None) -> None:
        sitting, views = self.sitting, self.sitting.desk.views
        save, drop = (views.share, views.withdraw) if shared else (views.keep, views.drop)
        query = was.query if was is not None else self.query_text
        before = next((each for each in sitting.saved if (each.name, each.shared) == (name, shared)), None)
        saved = await self.attempt(save(sitting.actor, name, query, digit=digit, was=was.name if was else ""))
        if saved is None:
            return
        self._keep_way_back(saved, was or before, save, drop, was=was.name if was is not None else "")
        self.view, self.typed = saved, "" if was is None else self.typed
        self.say(f"“{saved.name}” is {'renamed' if was else 'saved'}" + (f": {digit} opens it." if digit else "."))
        await self.begin()

    def _keep_way_back(self, saved: SavedView, former: SavedView | None, save: Save, drop: Drop, *, was: str) -> None:
        """Taken back it is gone, or again what it was: ``former``; done again it is called otherwise than ``was``."""
        actor = self.sitting.actor

        async def undo() -> bool:
            if former is None:
                return await self._reshown(drop(actor, saved.name))
            again = save(actor, former.name, former.query, digit=former.digit, was=saved.name if was else "")
            return await self._reshown(again)

        async def redo() -> bool:
            return await self._reshown(save(actor, saved.name, saved.query, digit=saved.digit, was=was))

        words = f"the view “{was}” is called “{saved.name}”" if was else f"the view “{saved.name}” is saved"
        self.sitting.deeds.done(Deed(words=words, undo=undo, redo=redo))

    def do_drop_view(self, rest: str = "") -> None:
        """Drop a saved view: the one that is shown, or the one that is named."""
        names = {each.name: each for each in self.sitting.saved}
        view = one_of(rest, names, "saved view") if rest else self.view
        if not isinstance(view, SavedView):
            self.say("This view can't be dropped: it is the desk's own.", warn=True)
            return
        in_background(self, partial(self._dropped, view), "views", exclusive=True)

    async def _dropped(self, view: SavedView) -> None:
        actor, views = self.sitting.actor, self.sitting.desk.views
        save, drop = (views.share, views.withdraw) if view.shared else (views.keep, views.drop)

        async def gone() -> bool:
            await drop(actor, view.name)
            return True

        if await self.attempt(gone()) is None:
            return

        async def undo() -> bool:
            return await self._reshown(save(actor, view.name, view.query, digit=view.digit))

        self.sitting.deeds.done(Deed(words=f"the view “{view.name}” is dropped", undo=undo))
        self.say(f"“{view.name}” is dropped; {{key:undo}} brings it back.")
        await self.begin()

    async def _reshown(self, doing: Awaitable[object]) -> bool:
        """Do it, and show the tabs as they are then."""
        await doing
        await self.begin()
        return True

    # The next one

    async def tells_from_where(self, ticket: Ticket) -> None:
        """What most needs somebody is taken from all tickets: said where it is none of those that are listed."""
        query = both(self.query_text, f"number:{ticket.number}")
        found = await self.look(self.sitting.desk.views.rows(self.sitting.actor, query, start=0, count=1))
        if found is not None and not found.rows:
            where = f"“{self.typed}”" if self.typed else label(self.view)
            self.say(f"From all tickets: ticket {ticket.number} is not in {where}.", long=True)

    def do_next(self) -> None:
        """The next unanswered ticket."""
        self._before_keys(partial(self.seek, 1), "seek", exclusive=True)

    def do_previous(self) -> None:
        """The unanswered ticket before."""
        self._before_keys(partial(self.seek, -1), "seek", exclusive=True)

    async def seek(self, step: int) -> Row | None:
        """Move to the nearest unanswered ticket in a direction, however far; None and a toast if there is none."""
        if not self.standing:
            return None
        here, ticket = self._from()
        found = await self.look(
            self.sitting.desk.views.ahead(self.sitting.actor, self.query_text, ticket=ticket, back=step < 0)
        )
        if found is None:
            self.say("There is no unanswered ticket " + ("after this one." if step > 0 else "before this one."))
            return None
        if self.standing:
            await self.tickets.reach(here + found.steps, found.row.id)
        return found.row

    def _from(self) -> tuple[int, TicketId | None]:
        """From which row the next one is looked for: the selected one, or the one above where it was."""
        window = self.tickets.window
        for at in (window.cursor, window.cursor - 1):
            row = window.row(at)
            if row is not None and (at < window.cursor or row.id == window.selected):
                return at, row.id
        return -1, None


def _named(rest: str) -> tuple[str, str]:
    """A name, and the key that stands behind it: "Printers on 7"."""
    found = _ON.fullmatch(rest.strip())
    return (found[1], found[2]) if found else (rest.strip(), "")


def _a_digit(typed: str) -> None:
    """One digit, or nothing."""
    if not re.fullmatch(r"[0-9]?", typed.strip()):
        raise ValueError("Type one digit, or nothing.")
