"""Sealed lines: a sender stays unknown from the first await to the last byte kept."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import logging
import pickle
import traceback
import types
from collections.abc import AsyncIterator, Coroutine, Generator
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from helpdesk.clock import DAY, HOUR, MINUTE, Instant, ManualClock, instant, plus
from helpdesk.config import LineSettings
from helpdesk.errors import Undeliverable
from helpdesk.friendly import friendly_name
from helpdesk.ids import Ids
from helpdesk.lines import OpenLine, SealedLine, address_policies, sweep
from helpdesk.message import Address, Attachment, Channel, ConversationId, Inbound, LineId
from helpdesk.phone import PhoneNumber, reveal
from helpdesk.privacy import Identified, Key, SealedAddress, SealedConversation
from helpdesk.store.keys import KeyStore

ANA = "+447700900123"
BEN = "+447700900456"
NOISE = LineId("noise")
MONDAY = instant(datetime(2026, 11, 23, tzinfo=UTC))


def forms(digits: str) -> tuple[str, ...]:
    """A number in every form in which it could slip out."""
    national = "0" + digits[3:]
    plain = (digits, digits[1:], national, national[1:], f"{national[:5]} {national[5:]}", quote(digits))
    hashed = (hashlib.sha256(form.encode()).hexdigest() for form in plain)
    encoded = (base64.b64encode(form.encode()).decode() for form in plain)
    return (*plain, *hashed, *encoded)


def text(digits: str = ANA, words: str = "loud on level 3", *, number: int = 1, **more: Any) -> Inbound:
    """A text as the channel hands it in."""
    return Inbound(
        channel=Channel.SMS,
        line=NOISE,
        external_id=f"SM{number:032x}",
        digest=hashlib.sha256((digits + words).encode()).hexdigest(),
        sender=PhoneNumber(digits),
        text=words,
        **more,
    )


@pytest.fixture
def clock() -> ManualClock:
    """Sunday, a minute before the epoch ends."""
    return ManualClock(plus(MONDAY, -MINUTE))


@pytest.fixture
async def keys(clock: ManualClock) -> AsyncIterator[KeyStore]:
    """A key store in memory."""
    async with KeyStore.open(None, Key(b"\x07" * 32), clock) as store:
        yield store


@pytest.fixture
def line(keys: KeyStore, clock: ManualClock) -> SealedLine:
    """The Noiseline."""
    return SealedLine(NOISE, keys, Ids(clock).new)


class Conversations:
    """The live conversations, as a store would find them."""

    def __init__(self) -> None:
        self.live: dict[bytes, SealedConversation] = {}

    def write(self, identified: Identified) -> ConversationId | None:
        """Join a live conversation under any handle, else begin the fresh one: what the store's verb decides."""
        for handle in identified.handles:
            if handle in self.live:
                return self.live[handle].id
        if identified.fresh is not None:
            self.live[identified.fresh.handle] = identified.fresh
            return identified.fresh.id
        return None

    async def known(self, handles: tuple[bytes, ...]) -> ConversationId | None:
        """The lookup beforehand."""
        return next((self.live[each].id for each in handles if each in self.live), None)

    async def stored(self) -> frozenset[ConversationId]:
        """All of them."""
        return frozenset(each.id for each in self.live.values())


async def test_a_texter_is_known_again_and_answered(line: SealedLine, clock: ManualClock) -> None:
    """The second text joins the first; a reply finds the number; nobody else is joined to it."""
    desk = Conversations()
    first = desk.write(await line.identify(text(), clock.now(), known=desk.known))
    second = desk.write(await line.identify(text(words="still loud"), clock.now(), known=desk.known))
    other = desk.write(await line.identify(text(BEN), clock.now(), known=desk.known))
    assert first == second != other
    ana, ben = desk.live.values()
    to = await line.reach(ana.address), await line.reach(ben.address)
    assert [reveal(each) for each in to if isinstance(each, PhoneNumber)] == [ANA, BEN]


async def test_the_key_is_there_before_anything_is_stored(line: SealedLine, keys: KeyStore, clock: ManualClock) -> None:
    """A stored conversation can always be answered."""
    identified = await line.identify(text(), clock.now())
    assert identified.fresh is not None
    assert await keys.conversations() == {identified.fresh.id}
    assert identified.fresh.handle == identified.handles[0]
    assert identified.expires == plus(clock.now(), 7 * DAY)


async def test_a_known_texter_needs_no_new_key(line: SealedLine, keys: KeyStore, clock: ManualClock) -> None:
    """One key per conversation, not per text."""
    desk = Conversations()
    for _ in range(3):
        desk.write(await line.identify(text(), clock.now(), known=desk.known))
    assert len(await keys.conversations()) == 1


async def test_a_text_after_midnight_joins_the_one_before(line: SealedLine, clock: ManualClock) -> None:
    """At 00:01 the texter is found under the old handle, and the new one is written nowhere."""
    desk = Conversations()
    first = desk.write(await line.identify(text(), clock.now(), known=desk.known))
    clock.passes(minutes=2)
    again = await line.identify(text(words="still loud"), clock.now(), known=desk.known)
    assert desk.write(again) == first
    assert len(again.handles) == 2
    assert again.handles[0] not in desk.live


async def test_after_the_window_two_epochs_cannot_be_joined(
    line: SealedLine, keys: KeyStore, clock: ManualClock
) -> None:
    """The same number has no handle in common with what is stored from before."""
    before = await line.identify(text(), clock.now())
    clock.move_to(plus(MONDAY, 7 * DAY))
    await sweep(keys, Conversations().stored, clock.now())
    after = await line.identify(text(), clock.now())
    assert not set(before.handles) & set(after.handles)


async def test_two_sealed_lines_cannot_be_joined(keys: KeyStore, clock: ManualClock) -> None:
    """One texter, two lines: no handle in common, and a seal of one does not open on the other."""
    one, two = (SealedLine(LineId(name), keys, Ids(clock).new) for name in ("noise", "quiet"))
    first, second = await one.identify(text(), clock.now()), await two.identify(text(), clock.now())
    assert not set(first.handles) & set(second.handles)
    assert first.fresh is not None
    with pytest.raises(Undeliverable, match="does not open"):
        await two.reach(first.fresh.address)


async def test_a_seal_moved_to_another_conversation_reaches_nobody(line: SealedLine, clock: ManualClock) -> None:
    """A mixed-up row sends to nobody rather than to a stranger."""
    ana, ben = [await line.identify(text(digits), clock.now()) for digits in (ANA, BEN)]
    assert ana.fresh is not None
    assert ben.fresh is not None
    with pytest.raises(Undeliverable, match="does not open"):
        await line.reach(SealedAddress(conversation=ana.fresh.id, seal=ben.fresh.seal))


async def test_a_shredded_conversation_reaches_nobody(line: SealedLine, keys: KeyStore, clock: ManualClock) -> None:
    """The outbox hears why, in words for the desk."""
    identified = await line.identify(text(), clock.now())
    assert identified.fresh is not None
    await keys.destroy((identified.fresh.id,))
    with pytest.raises(Undeliverable, match="key destroyed"):
        await line.reach(identified.fresh.address)


async def test_a_line_whose_policy_was_changed_says_so(line: SealedLine, clock: ManualClock) -> None:
    """Tickets of before can't be answered by the other policy."""
    with pytest.raises(Undeliverable, match="sealed now"):
        await line.reach(Address(channel=Channel.SMS, value=ANA))
    with pytest.raises(Undeliverable, match="open now"):
        await OpenLine().reach(SealedAddress(conversation=ConversationId("01TALK"), seal=b""))


async def test_a_sender_without_a_number_is_kept_out_and_the_text_is_kept(
    line: SealedLine, keys: KeyStore, clock: ManualClock
) -> None:
    """A word in the place of the number: no handle, no key, no name of theirs."""
    inbound = dataclasses.replace(text(), sender=Address(channel=Channel.SMS, value="ParkingCo"))
    assert await line.identify(inbound, clock.now()) == Identified()
    assert await keys.conversations() == frozenset()
    assert "ParkingCo" not in repr(line.cleaned(inbound))


async def test_the_name_comes_from_the_conversation_not_the_number(line: SealedLine, clock: ManualClock) -> None:
    """A later conversation of the same texter has another."""
    names = set()
    for _ in range(5):
        identified = await line.identify(text(), clock.now())
        assert identified.fresh is not None
        assert identified.fresh.name == friendly_name(identified.fresh.id)
        names.add(identified.fresh.name)
    assert len(names) > 1


async def test_a_seeded_line_repeats_itself(clock: ManualClock) -> None:
    """What simulate needs: handles, seals and names byte for byte."""
    seen = []
    for _ in range(2):
        entropy = Random(4).randbytes
        async with KeyStore.open(None, Key(b"\x07" * 32), clock, entropy=entropy) as keys:
            line = SealedLine(NOISE, keys, Ids(clock, entropy).new, entropy=entropy)
            seen.append([await line.identify(text(digits), clock.now()) for digits in (ANA, BEN)])
    assert seen[0] == seen[1]


FIELDS_KEPT = {
    "channel", "line", "external_id", "digest", "text", "sent_at", "caught_up", "automatic", "segments",
    "attachments", "remarks",
}  # fmt: skip


def full_text() -> Inbound:
    """A text with the number in every field that can hold one."""
    photo = Attachment(name=f"{ANA}.jpg", media_type=f'image/jpeg; name="{ANA}"', content=b"\xff\xd8", digest="ab" * 32)
    sound = Attachment(name="a.ogg", media_type="audio/ogg", content=b"Ogg", digest="cd" * 32)
    return text(
        ANA,
        f"loud in 2.59, call {ANA} or me@uni.ac.uk",
        account=ANA,
        subject=ANA,
        sent_at=Instant(5),
        caught_up=True,
        tokens=(ANA,),
        references=(ANA,),
        recipients=(ANA,),
        quote_from=3,
        automatic=True,
        segments=2,
        attachments=(photo, sound),
        remarks=(f"unknown field WaId {ANA}",),
        conversation=ConversationId(ANA),
    )


def test_only_listed_fields_of_a_sealed_text_are_kept(line: SealedLine) -> None:
    """Whoever adds a field to Inbound has to say here whether a sealed line may keep it."""
    kept, blank = line.cleaned(full_text()), text(words="")
    changed = {
        each.name
        for each in dataclasses.fields(Inbound)
        if each.default is not dataclasses.MISSING and getattr(kept, each.name) != each.default
    }
    assert changed <= FIELDS_KEPT
    assert kept.sender is None
    assert (kept.channel, kept.line, kept.external_id) == (blank.channel, blank.line, blank.external_id)
    assert (kept.sent_at, kept.caught_up, kept.automatic, kept.segments) == (5, True, True, 2)
    assert kept.text == "loud in 2.59, call [number] or [e-mail]"
    assert kept.remarks == ("unknown field WaId [number]",)
    assert [(each.name, each.media_type) for each in kept.attachments] == [
        ("file-1", "application/octet-stream"),
        ("file-2", "audio/ogg"),
    ]


def test_the_digest_of_a_sealed_text_is_no_way_back_to_what_was_masked(line: SealedLine) -> None:
    """Two texts of one carrier's id have one digest, whatever stands in them."""
    first, second = line.cleaned(text(ANA, f"call {ANA}")), line.cleaned(text(BEN, f"call {BEN}"))
    assert first.digest == second.digest != line.cleaned(text(number=2)).digest
    assert len(first.digest) == 64


async def test_no_form_of_the_number_is_in_what_may_be_kept(line: SealedLine, clock: ManualClock) -> None:
    """Neither in the cleaned text nor in who sent it: printed, pickled or as JSON."""
    inbound = full_text()
    kept = (line.cleaned(inbound), await line.identify(inbound, clock.now()))
    shown = repr(kept) + str(pickle.dumps(kept)) + json.dumps([dataclasses.asdict(each) for each in kept], default=str)
    assert not [form for form in forms(ANA) if form in shown]


def test_the_number_on_its_way_cannot_be_copied_out() -> None:
    """What the channel hands in prints without it, and can't be pickled or made into JSON."""
    inbound = text()
    assert not [form for form in forms(ANA) if form in f"{inbound} {inbound.sender}"]
    for take in (pickle.dumps, dataclasses.asdict, lambda each: json.dumps(each.sender)):
        with pytest.raises(TypeError) as caught:
            take(inbound)
        assert ANA not in str(caught.value)


class Boom(Exception):
    """Something else goes wrong."""


@types.coroutine
def interrupted(call: Coroutine[Any, Any, Any], step: int) -> Generator[Any, Any, bool]:
    """Run ``call`` and raise Boom inside it at its ``step``-th await; False if it was over before."""
    for _ in range(step):
        try:
            waiting = call.send(None)
        except StopIteration:
            return False
        yield waiting
    call.throw(Boom("here"))
    return True


async def test_a_failure_at_any_await_shows_no_number(
    line: SealedLine, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback with all local variables, and all logs, at each place where intake or outbox can be broken."""
    caplog.set_level(logging.DEBUG)
    desk = Conversations()
    desk.write(await line.identify(text(BEN), clock.now()))
    (ben,) = desk.live.values()
    broken = 0
    for begin in (lambda: line.identify(text(), clock.now(), known=desk.known), lambda: line.reach(ben.address)):
        for step in range(1, 20):
            try:
                if not await interrupted(begin(), step):
                    break
            except Boom as error:
                broken += 1
                shown = traceback.TracebackException.from_exception(error, capture_locals=True)
                logging.getLogger("helpdesk").exception("while receiving")
                frames = "".join(shown.format()) + caplog.text
                assert "helpdesk/lines.py" in frames
                assert not [form for each in (ANA, BEN) for form in forms(each) if form in frames_of_ours(frames)]
        else:
            pytest.fail("it never ended")
    assert broken >= 3


def frames_of_ours(frames: str) -> str:
    """All but the lines in which this module names its own constants."""
    return "\n".join(each for each in frames.splitlines() if not each.strip().startswith(("ANA =", "BEN =")))


async def test_the_sweep_destroys_orphans_after_their_grace(
    line: SealedLine, keys: KeyStore, clock: ManualClock
) -> None:
    """A key of a moment ago may be on its way to the store; an hour later it is an orphan."""
    desk = Conversations()
    desk.write(await line.identify(text(), clock.now()))
    orphan = (await line.identify(text(BEN), clock.now())).fresh
    assert orphan is not None
    assert await sweep(keys, desk.stored, clock.now()) == ()
    clock.passes(hours=1, seconds=1)
    young = (await line.identify(text(BEN), clock.now())).fresh
    assert young is not None
    assert await sweep(keys, desk.stored, clock.now()) == (orphan.id,)
    assert await keys.conversations() == {*(await desk.stored()), young.id}


async def test_what_is_stored_during_a_sweep_keeps_its_key(
    line: SealedLine, keys: KeyStore, clock: ManualClock
) -> None:
    """The keys are listed first: neither a slow text nor one that comes in meanwhile is an orphan, grace or none."""
    desk = Conversations()
    slow = await line.identify(text(), clock.now())

    async def stored() -> frozenset[ConversationId]:
        desk.write(slow)
        answer = await desk.stored()
        desk.write(await line.identify(text(BEN), clock.now()))
        return answer

    assert await sweep(keys, stored, clock.now(), grace=-HOUR) == ()
    assert await keys.conversations() == await desk.stored()


async def test_the_sweep_destroys_epochs_that_are_over(line: SealedLine, keys: KeyStore, clock: ManualClock) -> None:
    """Even if nobody ever texts again."""
    await line.identify(text(), clock.now())
    await sweep(keys, Conversations().stored, plus(MONDAY, 7 * DAY))
    assert await keys.expire(plus(MONDAY, 7 * DAY)) == 0


def test_settings_say_which_policy_a_line_has(keys: KeyStore, clock: ManualClock) -> None:
    """Open unless it says sealed."""
    settings = {
        "noise": LineSettings(channel=Channel.SMS, title="Noise", address="+447700900001", policy="sealed"),
        "ask": LineSettings(channel=Channel.SMS, title="Ask", address="+447700900002"),
    }
    policies = address_policies(settings, keys, Ids(clock).new)
    assert isinstance(policies[NOISE], SealedLine)
    assert isinstance(policies[LineId("ask")], OpenLine)
