"""What the whole desk asks: which command, which words, who is here, whether to leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from textual.app import App

from helpdesk.clock import SECOND
from helpdesk.errors import HelpdeskError, Refused
from helpdesk.message import Channel, IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ports import Desk
from helpdesk.sight import Found, Hello, Member
from tui import second_thoughts
from tui.background import in_background
from tui.colon import Said, one_of
from tui.commands import command
from tui.drafts import Kind, On
from tui.hanging_up import STATUS
from tui.key_names import with_keys
from tui.keymap import shown
from tui.meaning import LEAVING
from tui.newcomers import OFFER, is_new
from tui.presence import Presence
from tui.roles import reads, works
from tui.screens.acting import Acting
from tui.screens.incident import IncidentScreen
from tui.screens.incidents import IncidentsScreen
from tui.screens.palette import Palette
from tui.screens.pick import Option, Pick
from tui.screens.pin import PinScreen
from tui.screens.search import SearchScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.ticket import TicketScreen
from tui.screens.working import HELD
from tui.screens.worklist import WorklistScreen
from tui.sitting import CHANNELS, MakeClock, Sitting
from tui.unsent import ALL_SENT
from tui.words import VIA, plural


def palette(app: App[None], sitting: Sitting | None, line: str = "", wrong: str = "") -> None:
    """Find a command by its name or what it does, and do it; ``line`` stands there already, and what is ``wrong``."""
    screen = app.screen
    if not isinstance(screen, Acting) or sitting is None:
        return

    async def chosen(said: Said | None) -> None:
        if said is None:
            return
        try:
            await screen.do(said.command, rest=said.rest)
        except ValueError as error:
            if not said.rest:
                raise
            palette(app, sitting, f"{said.command.id} {said.rest}", str(error))

    app.push_screen(Palette(sitting, screen.place, screen.why, line=line, wrong=wrong), chosen)


def search(app: App[None], sitting: Sitting | None, words: str = "") -> None:
    """Find words, and open the ticket they were written in; ``words`` stand there already."""
    screen = app.screen
    if not isinstance(screen, Acting) or sitting is None:
        return

    base = next((each for each in app.screen_stack if isinstance(each, WorklistScreen)), None)

    def choose(ticket: TicketId) -> None:
        opened = TicketScreen(sitting, ticket)

        def left(outcome: str | None) -> None:
            if outcome and base is not None and screen is base:
                app.screen.dismiss(None)
                base.left(opened.ticket, outcome)

        app.push_screen(opened, left)

    find = partial(_find, screen, sitting)
    app.push_screen(SearchScreen(find, sitting.eye, choose, words))


async def _find(screen: Acting, sitting: Sitting, words: str) -> tuple[Found, ...] | None:
    return await screen.attempt(sitting.desk.search(sitting.actor, words))


def unsent(app: App[None], sitting: Sitting | None) -> None:
    """Go on with what could not be sent, the earliest first: it is looked over before it goes."""
    screen = app.screen
    if sitting is None or not isinstance(screen, Acting):
        return
    waiting = sitting.drafts.unsent(sitting.actor)
    if not waiting:
        screen.say(ALL_SENT)
        return
    on, draft = waiting[0]
    go_on_with(app, sitting, on, draft.kind)


def again(app: App[None], sitting: Sitting | None) -> None:
    """Go on with what was taken back: it is before its writer again, as it was written."""
    if sitting is not None and sitting.again is not None:
        (on, kind), sitting.again = sitting.again, None
        go_on_with(app, sitting, on, kind)


def go_on_with(app: App[None], sitting: Sitting, on: On, kind: Kind) -> None:
    """Open the composer with a draft."""
    screen = app.screen
    if kind in {"all", "outcome"}:
        outcome = sitting.drafts.get(sitting.actor, on, kind).outcome
        app.push_screen(IncidentScreen(sitting, IncidentId(on), outcome=outcome, telling=kind == "all"))
    elif (isinstance(screen, TicketScreen) and screen.ticket == on) or isinstance(screen, WorklistScreen):
        screen.compose_on(TicketId(on), kind)
    else:
        app.push_screen(TicketScreen(sitting, TicketId(on), kind=kind))


def own_channels(app: App[None], presence: Presence, told: Callable[[], None], typed: str = "") -> None:
    """Take a channel, or no longer; ``told`` passes it on. The chat page is open while somebody takes chats.

    ``typed`` names the channel, so that nothing is asked.
    """
    options = [
        Option(
            VIA[channel], "taken: enter to leave it" if channel in presence.takes else "left: enter to take it", channel
        )
        for channel in CHANNELS
    ]

    def chosen(channel: Channel | None) -> None:
        if channel is None:
            return
        presence.takes ^= {channel}
        taken = [VIA[each] for each in CHANNELS if each in presence.takes]
        app.notify(f"You take {', '.join(taken)}." if taken else "You take no channel.", markup=False)
        told()

    if typed:
        chosen(one_of(typed, {VIA[each]: each for each in CHANNELS}, "channel"))
    else:
        app.push_screen(Pick("Which channels do you take?", options), chosen)


def own_pin(app: App[None], sitting: Sitting | None) -> None:
    """Set, change or take away the PIN of who sits here."""
    member = sitting.members.get(sitting.actor) if sitting is not None else None
    if sitting is None or member is None:
        return

    def done(after: Member | None) -> None:
        if after is not None:
            words = "You have no PIN any more." if not after.has_pin else "Your PIN is changed."
            app.notify(words if member.has_pin else "Your PIN is set.", timeout=3, markup=False)
            sitting.meet(after)

    app.push_screen(PinScreen(sitting.desk, member), done)


async def meet_outgoing(sitting: Sitting) -> None:
    """What waits to go out; while nobody answers, what was known before."""
    if not sitting.trouble and reads(sitting.role):
        with suppress(HelpdeskError, OSError):
            second_thoughts.know(sitting, await sitting.desk.sending.held(sitting.actor))


async def first_here(
    app: App[None], desk: Desk, hello: Hello, actor: StaffId | None, name: str, *, alone: bool = False
) -> StaffId:
    """Who opens the desk: ``actor`` if they may sit down without a question, else whoever is picked.

    ``alone``: with a token nobody but its member can be picked.
    """
    title = f"{hello.library}: who is here?"
    if actor is not None:
        try:
            return (await desk.sign_in(actor, name=name)).id
        except Refused as error:
            title = f"{hello.library}: {error}"
    member = None
    while member is None:
        members = tuple(each for each in await desk.members() if not alone or each.id == actor)
        screen = SignInScreen(desk, members, title=title, locked=True, likely=actor, alone=alone, leave=True)
        member = await app.push_screen_wait(screen)
    return member.id


def sign_out(app: App[None], sitting: Sitting, presence: Presence, words: str) -> None:
    """Who sat here may not any more, as ``words`` say: what they wrote is kept, and the desk waits for somebody."""
    drafts = sitting.drafts.count
    kept = f" {plural(drafts, 'draft')} {'is' if drafts == 1 else 'are'} kept." if drafts else ""
    who_is_here(app, sitting, presence, locked=True, words=words, kept=kept)


def who_is_here(
    app: App[None], sitting: Sitting | None, presence: Presence, *, locked: bool, words: str = "", kept: str = ""
) -> None:
    """Sign in again, or somebody else does. ``words``: why, where the former one was signed out; ``kept``: drafts."""
    if sitting is None or any(isinstance(screen, SignInScreen) for screen in app.screen_stack):
        return

    def signed_in(member: Member | None) -> None:
        presence.touched()
        if member is not None:
            sitting.known.set()
        if member is not None and member.id != sitting.actor:
            sitting.seated.clear()
            in_background(app, partial(_sit_down, app, sitting, presence, member), "sit down")
        elif member is not None:
            sitting.meet(member)

    title = words or ("The desk is locked. Who is here?" if locked else "Who is here?")
    members = who_may(sitting)
    if words and not sitting.alone:  # it may not be known yet that they are off the list
        members = tuple(member for member in members if member.id != sitting.actor)
    screen = SignInScreen(
        sitting.desk,
        members,
        title=title,
        locked=locked,
        likely=sitting.actor if locked and not words else None,
        alone=sitting.alone,
        leave=bool(words),
        kept=kept,
    )
    app.push_screen(screen, signed_in)


def who_may(sitting: Sitting) -> tuple[Member, ...]:
    """Who can be picked: with a token its member alone, for whom it may be good again."""
    if not sitting.alone:
        return tuple(sitting.members.values())
    me = sitting.members.get(sitting.actor) or sitting.left or Member(id=sitting.actor, name=sitting.actor)
    return (me,)


async def _sit_down(app: App[None], sitting: Sitting, presence: Presence, member: Member) -> None:
    """The member before goes, with their drafts kept; the new one begins at the worklist."""
    try:
        await presence.leave(sitting)
        while len(app.screen_stack) > 1 and not isinstance(app.screen, WorklistScreen):
            await app.screen.dismiss(None)
        sitting.keeping.hurry()
        sitting.sit_down(member)
    finally:
        sitting.seated.set()
    presence.begin()
    new = await is_new(sitting)
    await presence.tell(sitting)
    sitting.reads_own()
    await sitting.keeping.fetch(sitting.actor)
    if app.screen_stack and isinstance(app.screen, WorklistScreen):  # there is none when the desk closes
        app.screen.do_view(2)
    if new:
        offer_tour(app, sitting)


def offer_tour(app: App[None], sitting: Sitting) -> None:
    """Tell of the tour in a line that goes by itself: it asks nothing, and takes no key."""
    words = with_keys(OFFER, lambda name: shown(command(sitting.commands, name)))
    app.notify(words, timeout=20, markup=False)


def incidents(app: App[None], sitting: Sitting | None) -> None:
    """Noise that goes on."""
    if sitting is not None:
        app.push_screen(IncidentsScreen(sitting))


def incident(app: App[None], sitting: Sitting | None, which: IncidentId, outcome: str) -> None:
    """One noise; with an ``outcome`` the text back is written at once."""
    if sitting is not None:
        app.push_screen(IncidentScreen(sitting, which, outcome=NoiseOutcome(outcome) if outcome else None))


async def meet(sitting: Sitting, make_clock: MakeClock) -> None:
    """Learn who works here by now and what is picked from, and set the clock: a machine that slept has lost the time.

    A desk that can't be reached says it the next time.
    """
    try:
        sitting.know(await sitting.desk.members())
        if reads(sitting.role):
            sitting.choose_from(await sitting.desk.noise.choices(sitting.actor))
            sitting.sorts = await sitting.desk.sorting.sorts(sitting.actor)
            sitting.ahead = await sitting.desk.openings.ahead(sitting.actor)
        hello = await sitting.desk.hello()
    except (HelpdeskError, OSError):
        return
    if works(sitting.role):
        sitting.keeping.hurry()
        await sitting.keeping.fetch(sitting.actor)
    if abs(hello.now - sitting.clock.now()) > 2 * SECOND * max(hello.pace, 1):
        sitting.clock = make_clock(hello)


def leave(app: App[None], sitting: Sitting | None, presence: Presence, *, owner: bool) -> None:
    """Leave; asks first where something would be lost or stopped."""
    if sitting is not None and sitting.drafts.unstored:
        in_background(app, partial(_leave, app, sitting, presence, owner), "leave", exclusive=True)
    else:
        _ask_to_leave(app, sitting, presence, [LEAVING] if owner else [])


async def _leave(app: App[None], sitting: Sitting, presence: Presence, owner: bool) -> None:
    """Once the drafts are in the store, or can't be brought there."""
    await sitting.keeping.last()
    words = [LEAVING] if owner else []
    if drafts := sitting.drafts.unstored:
        words.append(f"{plural(drafts, 'draft')} could not be kept in the store and would be lost.")
    _ask_to_leave(app, sitting, presence, words)


def _ask_to_leave(app: App[None], sitting: Sitting | None, presence: Presence, words: Sequence[str]) -> None:
    def answered(yes: bool | None) -> None:
        if yes:
            in_background(app, partial(_go, app, sitting, presence), "leave")

    if words:
        options = [Option("Stay", "", False), Option("Leave", "", True)]
        app.push_screen(Pick("Leave the desk?", options, words=" ".join(words)), answered)
    else:
        answered(True)


async def _go(app: App[None], sitting: Sitting | None, presence: Presence, status: int = 0) -> None:
    if sitting is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD), sitting.acts:
                pass
        await sitting.keeping.last()
        await presence.leave(sitting)
    app.exit(return_code=status)


def hang_up(app: App[None], sitting: Sitting | None, presence: Presence, status: int = STATUS) -> None:
    """Leave without a question, as nobody is there to answer one; what is half written is kept."""
    in_background(app, partial(_go, app, sitting, presence, status), "leave", exclusive=True)
