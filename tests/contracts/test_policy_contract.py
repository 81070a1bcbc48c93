"""One contract for both address policies: what intake and outbox may rely on without knowing which it is."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import Instant, ManualClock
from helpdesk.ids import Ids
from helpdesk.lines import AddressPolicy, OpenLine, SealedLine
from helpdesk.message import Address, Channel, Inbound, LineId
from helpdesk.phone import PhoneNumber, reveal
from helpdesk.privacy import Identified, Key, SealedAddress
from helpdesk.store.keys import KeyStore

LINE = LineId("line")
ANA = "+447700900123"
BEN = "+447700900456"


@pytest.fixture
def clock() -> ManualClock:
    """Any time."""
    return ManualClock()


@pytest.fixture(params=["open", "sealed"])
async def policy(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[AddressPolicy]:
    """Each policy in turn."""
    if request.param == "open":
        yield OpenLine()
        return
    async with KeyStore.open(None, Key(b"\x07" * 32), clock) as keys:
        yield SealedLine(LINE, keys, Ids(clock).new)


def text(digits: str, words: str = "loud on level 3, room 2.59 at 10.30") -> Inbound:
    """A text as a channel hands it in."""
    return Inbound(
        channel=Channel.SMS,
        line=LINE,
        external_id="SM1",
        digest="00" * 32,
        sender=PhoneNumber(digits),
        text=words,
        sent_at=Instant(7),
        segments=2,
        caught_up=True,
    )


def who(identified: Identified) -> object:
    """What the store would look the sender up under."""
    return identified.address or identified.handles


def recipient(identified: Identified) -> Address | SealedAddress:
    """What the store would keep to answer them."""
    if identified.address is not None:
        return identified.address
    assert identified.fresh is not None
    return identified.fresh.address


async def test_a_sender_is_the_same_each_time_and_nobody_else(policy: AddressPolicy, clock: ManualClock) -> None:
    """Two texts of one sender belong together; another sender's do not."""
    first, second, other = [await policy.identify(text(digits), clock.now()) for digits in (ANA, ANA, BEN)]
    assert who(first) == who(second) != who(other)
    assert who(first)


async def test_who_wrote_can_be_answered(policy: AddressPolicy, clock: ManualClock) -> None:
    """What is kept of a sender leads the sending step back to them, and to nobody else."""
    for digits in (ANA, BEN):
        to = await policy.reach(recipient(await policy.identify(text(digits), clock.now())))
        assert (reveal(to) if isinstance(to, PhoneNumber) else to.value) == digits


async def test_identifying_changes_nothing_of_the_message(policy: AddressPolicy, clock: ManualClock) -> None:
    """It may be asked again after a race."""
    inbound = text(ANA)
    before = repr(inbound)
    await policy.identify(inbound, clock.now())
    await policy.identify(inbound, clock.now())
    assert repr(inbound) == before


async def test_cleaning_leaves_what_the_desk_needs(policy: AddressPolicy) -> None:
    """The words, when it was sent, its segments, and the carrier's id; never a number that waits for its policy."""
    inbound = text(ANA)
    kept = policy.cleaned(inbound)
    assert not isinstance(kept.sender, PhoneNumber)
    for name in ("channel", "line", "external_id", "text", "sent_at", "segments", "caught_up"):
        assert getattr(kept, name) == getattr(inbound, name)


async def test_cleaning_twice_is_cleaning_once(policy: AddressPolicy) -> None:
    """The second time finds nothing to do: a message seen again has the same digest."""
    once = policy.cleaned(text(ANA, "call +447700900123"))
    assert policy.cleaned(once) == once
    assert policy.cleaned(text(ANA, "call +447700900123")) == once


async def test_a_message_that_names_nobody_is_taken(policy: AddressPolicy, clock: ManualClock) -> None:
    """No address, no handle, no conversation: a ticket without a way back."""
    inbound = dataclasses.replace(text(ANA), sender=None)
    assert await policy.identify(inbound, clock.now()) == Identified()
    assert policy.cleaned(inbound).text == inbound.text


@given(words=st.text(max_size=300))
async def test_no_text_breaks_cleaning(words: str) -> None:
    """Whatever is written, surrogates and control characters included."""
    async with KeyStore.open(None, Key(b"\x07" * 32), ManualClock()) as keys:
        for policy in (OpenLine(), SealedLine(LINE, keys, str)):
            assert isinstance(policy.cleaned(text(ANA, words)).text, str)
