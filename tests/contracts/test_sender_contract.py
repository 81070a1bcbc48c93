"""What every sender promises, whatever carries its messages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from tests.channels.texting import PATRON
from tests.contracts.senders import FAR_SIDES, FIRST, LOOKING, SECOND, TROUBLES, FarSide, Trouble

RAISED: dict[Trouble, type[HelpdeskError]] = {
    Trouble.LATER: TryLater,
    Trouble.PATRON: Undeliverable,
    Trouble.OURS: LinePaused,
    Trouble.UNCLEAR: Unclear,
    Trouble.UNCLEAR_LOST: Unclear,
}


@pytest.fixture(params=FAR_SIDES)
async def far(request: pytest.FixtureRequest) -> AsyncIterator[FarSide]:
    """The far side of one sender."""
    async with FAR_SIDES[request.param]() as side:
        yield side


async def test_what_is_sent_arrives_and_is_named(far: FarSide) -> None:
    """Once, as it was written, and the provider's own name for it comes back."""
    message = await far.reply(text="On our way – two minutes")
    sent = await far.sender.send(message)
    assert sent.provider_id
    assert sent.segments >= 1
    assert await far.arrived() == [(message.id, "On our way – two minutes")]


async def test_the_same_message_twice_can_be_told(far: FarSide) -> None:
    """A repetition carries the same id, or does not arrive a second time at all."""
    message = await far.reply()
    await far.sender.send(message)
    await far.sender.send(message)
    assert {proof for proof, _ in await far.arrived()} == {message.id}


async def test_a_provider_that_cant_be_reached_means_later(far: FarSide) -> None:
    """Nothing was sent, so the same call may succeed later."""
    with pytest.raises(TryLater):
        await far.cut_off.send(await far.reply(SECOND))


@pytest.mark.parametrize(("name", "trouble"), [(name, each) for name in TROUBLES for each in TROUBLES[name]])
async def test_trouble_is_raised_by_what_to_do_next(name: str, trouble: Trouble) -> None:
    """Later, never, our fault or unclear; in words for staff, with no address of the patron in them."""
    async with FAR_SIDES[name]() as far:
        message = await far.reply()
        await far.fails(trouble)
        with pytest.raises(RAISED[trouble]) as caught:
            await far.sender.send(message)
        assert type(caught.value) is RAISED[trouble]
        assert len(str(caught.value)) > 5
        assert PATRON not in str(caught.value)
        assert "ana@patron" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name in TROUBLES if Trouble.LATER in TROUBLES[name]])
async def test_after_trouble_the_next_message_goes(name: str) -> None:
    """A refusal of one message breaks nothing for the next."""
    async with FAR_SIDES[name]() as far:
        await far.fails(Trouble.LATER)
        with pytest.raises(TryLater):
            await far.sender.send(await far.reply())
        await far.mends()
        await far.sender.send(await far.reply(SECOND, "The next"))
        assert await far.arrived() == [(SECOND, "The next")]


@pytest.mark.parametrize("name", LOOKING)
async def test_what_stayed_unclear_is_found_if_it_went(name: str) -> None:
    """One match, under the name that it has at the provider: it is not sent again."""
    async with FAR_SIDES[name]() as far:
        message = await far.reply()
        if Trouble.UNCLEAR in TROUBLES[name]:
            await far.fails(Trouble.UNCLEAR)
            with pytest.raises(Unclear):
                await far.sender.send(message)
        [found] = await far.sender.find(message)
        assert found.provider_id
        assert len(await far.arrived()) == 1


@pytest.mark.parametrize("name", LOOKING)
async def test_what_never_went_is_not_found(name: str) -> None:
    """No match: it is sent again. A message to the same patron with other words is none."""
    async with FAR_SIDES[name]() as far:
        await far.sender.send(await far.reply(FIRST, "Something else"))
        lost = await far.reply(SECOND)
        if Trouble.UNCLEAR_LOST in TROUBLES[name]:
            await far.fails(Trouble.UNCLEAR_LOST)
            with pytest.raises(Unclear):
                await far.sender.send(lost)
        assert await far.sender.find(lost) == ()


@pytest.mark.parametrize("name", sorted(set(FAR_SIDES) - set(LOOKING)))
async def test_who_cant_be_asked_says_so(name: str) -> None:
    """Unclear stays unclear: the message goes again under its own id, flagged."""
    async with FAR_SIDES[name]() as far:
        message = await far.reply()
        await far.fails(Trouble.UNCLEAR)
        for attempt in (far.sender.send, far.sender.find):
            with pytest.raises(Unclear):
                await attempt(message)
