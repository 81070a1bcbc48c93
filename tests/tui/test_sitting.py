"""Who is at the desk: presence, sign-in, the lock, leaving."""

from __future__ import annotations

import asyncio
from dataclasses import fields

from helpdesk.clock import HOUR, plus
from helpdesk.errors import TryLater
from helpdesk.message import Channel
from helpdesk.sight import Member
from tests.tui.doing import Deaf, Forgetful
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import PATIENCE, seat
from tui.screens.sign_in import SignInScreen
from tui.sitting import Sitting

OF_ALL = frozenset(
    """desk hello clock commands alone signed_out reads_own members names drafts trouble saying known seated notices
    on_duty choices sorts ahead quiet_spans guide newcomers viewing""".split()
)
"""What a sitting knows of the house and of this desk, whoever sits here; drafts are kept by member."""

TOLD = frozenset({"actor", "role", "available"})
"""What is said anew of whoever sits down."""


async def takes(library: House, *channels: Channel) -> None:
    """Wait until contacts of these channels come to Ana, and of no others."""
    available: dict[Channel, bool] = {}
    try:
        async with asyncio.timeout(PATIENCE):
            while {channel for channel, yes in available.items() if yes} != set(channels) or len(available) < 3:
                presence = await library.desk.presence()
                available = {each.channel: each.available for each in presence if each.staff == ANA}
    except TimeoutError:
        raise AssertionError(available) from None


async def test_a_member_is_available_away_when_idle_and_back_with_a_key(library: House) -> None:
    """On opening for all channels; away after ten minutes without a key; P by choice; gone on leaving."""
    everywhere = (Channel.SMS, Channel.MAIL, Channel.CHAT)
    async with seat(library) as desk:
        await desk.sees("Ana Pereira · available")
        await takes(library, *everywhere)
        library.clock.passes(minutes=10)
        desk.app._tick()
        await desk.sees("Ana Pereira · away")
        await takes(library)
        await desk.press("j")
        desk.app._tick()
        await desk.sees("Ana Pereira · available")
        await desk.press("P")
        await desk.sees("Ana Pereira · away")
        await desk.press("P")
        await desk.sees("Ana Pereira · available")
        await takes(library, *everywhere)
        await desk.press("P", "P", "q")
        await desk.until(lambda: desk.app._exit)
        await takes(library)


async def test_a_member_may_leave_chats_and_keep_mail(library: House) -> None:
    """Chosen by :channels, one at a time."""
    async with seat(library) as desk:
        desk.app.action_channels()
        await desk.sees("Which channels do you take?", "taken: enter to leave it")
        await desk.press("j", "j", "enter")
        await desk.told("You take text, mail.")
        await takes(library, Channel.SMS, Channel.MAIL)


async def test_a_sign_of_life_is_repeated(library: House) -> None:
    """Each minute, whether or not anything changed."""
    async with seat(library) as desk:
        library.clock.passes(minutes=1)
        desk.app._beat()

        async with asyncio.timeout(PATIENCE):
            while {each.seen for each in await library.desk.presence()} != {library.clock.now()}:
                pass


async def test_a_shared_login_asks_who_is_here(library: House) -> None:
    """On opening: the members, and a line for somebody new."""
    async with seat(library, shared_login=True) as desk:
        await desk.sees("who is here?", "Ana Pereira", "Somebody new")
        await desk.press("down", "enter")
        await desk.sees("Ben Adeyemi · available")


async def test_somebody_new_signs_in_with_their_name(library: House) -> None:
    """They are a member from then on."""
    async with seat(library, shared_login=True) as desk:
        await desk.sees("Somebody new")
        await desk.press("end", "enter")
        await desk.sees("Your name, as colleagues know it")
        await desk.press(*"Cleo", "enter")
        await desk.sees("Cleo · available")
    assert "Cleo" in [member.name for member in await library.desk.members()]


async def test_a_pin_is_asked_for_and_a_wrong_one_refused(library: House) -> None:
    """The error stands beside the question."""
    await library.desk.set_pin(ANA, old="", new="4711")
    async with seat(library, shared_login=True) as desk:
        await desk.sees("Ana Pereira")
        await desk.press("enter")
        await desk.sees("PIN of Ana Pereira")
        await desk.press(*"1234", "enter")
        await desk.sees("That is not the PIN")
        assert "1234" not in desk.screen
        await desk.press(*"4711", "enter")
        await desk.sees("Ana Pereira · available")


async def test_the_desk_locks_when_idle_and_can_not_be_escaped(library: House) -> None:
    """Nothing of the queue shows; signing in again goes on where one was, with the draft."""
    await library.texts("loud on level 3")
    async with seat(library, lock_minutes=5) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On our w")
        library.clock.passes(minutes=5)
        desk.app._tick()
        await desk.sees("The desk is locked.")
        assert "loud" not in desk.screen
        await desk.press("escape")
        assert isinstance(desk.app.screen, SignInScreen)
        await desk.press("enter")
        await desk.sees("On our w", "Reply to")


async def test_another_member_sits_down_and_sees_nothing_half_written(library: House) -> None:
    """U: Ben begins at the worklist; Ana's draft is there when she is back."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On our w")
        await desk.press("escape")
        await desk.told("Draft kept")
        await desk.press("U")
        await desk.sees("Who is here?")
        await desk.press("down", "enter")
        await desk.sees("Ben Adeyemi · available", "FROM")
        await desk.press("enter")
        await desk.sees("loud on level 3")
        await desk.press("r")
        await desk.sees("Ana Pereira has ticket 1")
        await desk.press("down", "down", "enter")
        await desk.sees("Reply to")
        assert desk.ticket.composer.text == ""


async def test_nothing_of_the_member_before_stays(library: House) -> None:
    """Each field is of the house or the desk, or begins anew; what waits for a member is theirs alone."""
    desk = library.desk
    sitting = Sitting(desk=desk, actor=ANA, hello=await desk.hello(), clock=library.clock, commands=())
    theirs = [each.name for each in fields(Sitting) if each.name not in OF_ALL | TOLD]
    fresh = [getattr(sitting, name) for name in theirs]
    for name in theirs:
        setattr(sitting, name, "Ana's")
    sitting.be_quiet(plus(library.clock.now(), HOUR))
    sitting.kept.unkept = "Ana's"

    sitting.sit_down(Member(id=BEN, name="Ben Adeyemi"))

    assert [getattr(sitting, name) for name in theirs] == fresh
    assert (sitting.actor, sitting.quiet_till, sitting.kept.unkept) == (BEN, None, "")
    sitting.sit_down(Member(id=ANA, name="Ana Pereira"))
    assert sitting.kept.unkept == "Ana's"


async def test_who_sits_down_takes_all_contacts_and_sees_their_own_chats(library: House) -> None:
    """Ana took no chats; to Ben they come, and the one that he had open is on his list."""
    chat = await library.chats("Hello, is the printer on level 2 working again?")
    await library.desk.claim(BEN, chat)
    async with seat(library) as desk:
        desk.app.action_channels()
        await desk.sees("Which channels do you take?")
        await desk.press("j", "j", "enter")
        await desk.told("You take text, mail.")
        await desk.press("U")
        await desk.sees("Who is here?")
        await desk.press("down", "enter")
        await desk.sees("Ben Adeyemi · available")
        sitting = desk.worklist.sitting
        await desk.until(lambda: [each.ticket for each in sitting.chats] == [chat])
        assert desk.app._presence.takes == {Channel.SMS, Channel.MAIL, Channel.CHAT}


async def test_leaving_as_the_owner_says_that_channels_stop(library: House) -> None:
    """q asks; stay is the first choice."""
    async with seat(library, owner=True) as desk:
        await desk.press("q")
        await desk.sees("This desk runs the channels")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        await desk.press("q")
        await desk.sees("Leave the desk?")
        await desk.press("down", "enter")
        await desk.until(lambda: desk.app._exit)


async def test_leaving_with_drafts_that_nobody_keeps_asks_too(library: House) -> None:
    """An attached desk leaves at once, unless something would be lost: what could not be brought to the store."""
    await library.texts("loud on level 3")
    async with seat(library, desk=Forgetful(library)) as desk:  # type: ignore[arg-type]
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On our w")
        await desk.press("ctrl+q")
        await desk.sees("Reply to")
        await desk.press("escape")
        await desk.told("Draft kept")
        await desk.press("q")
        await desk.sees("1 draft could not be kept in the store", "would be lost.")


async def test_leaving_with_drafts_in_the_store_asks_nothing(library: House) -> None:
    """They are there when the desk is opened again."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On our w")
        await desk.press("escape")
        await desk.told("Draft kept")
        await desk.press("escape", "q")
        await desk.until(lambda: desk.app._exit)
    assert [each.written.text for each in await library.desk.drafts.mine(ANA)] == ["On our w"]


async def test_a_member_with_a_pin_is_asked_for_it_on_opening(library: House) -> None:
    """Also where the login is their own; nothing is wrong yet, and esc leads to the others."""
    await library.desk.set_pin(ANA, old="", new="4711")
    async with seat(library, asked=True) as desk:
        await desk.sees("Moor Street Library: Type your PIN.", "PIN of Ana Pereira")
        assert "not the PIN" not in desk.screen
        await desk.press("escape")
        await desk.until(lambda: "PIN of Ana Pereira" not in desk.screen)
        await desk.press("enter")
        await desk.sees("PIN of Ana Pereira")
        await desk.press(*"4711", "enter")
        await desk.sees("Ana Pereira · available")


class Full(Deaf):
    """A desk that greets, and then can't take anybody in."""

    async def sign_in(self, *args: object, **kwargs: object) -> Member:
        """Not now."""
        raise TryLater("The store is full.")


async def test_a_desk_that_can_not_be_opened_says_why(library: House) -> None:
    """On the terminal, once the screen is gone."""
    async with seat(library, desk=Full(library), asked=True) as desk:  # type: ignore[arg-type]
        await desk.until(lambda: desk.app.return_code == 1)
        assert any("The store is full." in str(message) for message in desk.app._exit_renderables)
