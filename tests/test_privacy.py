"""Handles, seals and wrapped keys: what they give away, which is nothing."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.errors import Refused
from helpdesk.message import Channel, ConversationId, LineId
from helpdesk.phone import PhoneNumber, reveal
from helpdesk.privacy import (
    Identified,
    Key,
    SealedAddress,
    SealedConversation,
    disclosed,
    handle,
    new_key,
    seal,
    unseal,
    unwrap,
    wrap,
)

DIGITS = "+447700900123"
NOISE = LineId("noise")
TALK = ConversationId("01TALK")

keys = st.binary(min_size=32, max_size=32).map(Key)
numbers = st.one_of(st.from_regex(r"\+447700900[0-9]{3}", fullmatch=True), st.from_regex(r"[0-9]{3,8}", fullmatch=True))


@given(keys, keys, numbers)
def test_a_handle_is_the_same_for_the_same_sender_and_epoch_only(first: Key, second: Key, digits: str) -> None:
    """Sixteen bytes; another epoch's key gives others."""
    own = handle(first, PhoneNumber(digits))
    assert own == handle(first, PhoneNumber(digits))
    assert len(own) == 16
    assert (own == handle(second, PhoneNumber(digits))) == (bytes(first) == bytes(second))


@given(keys)
def test_drama_numbers_have_a_thousand_handles(key: Key) -> None:
    """No two senders share one."""
    assert len({handle(key, PhoneNumber(f"+447700900{n:03}")) for n in range(1000)}) == 1000


@given(keys, numbers, st.text(max_size=40), st.text(max_size=40))
def test_a_seal_opens_again(key: Key, digits: str, conversation: str, line: str) -> None:
    """Whatever the conversation and the line are called; and it is 44 bytes long for every number."""
    bound = {"conversation": ConversationId(conversation), "line": LineId(line)}
    closed = seal(key, PhoneNumber(digits), **bound)  # type: ignore[arg-type]
    assert len(closed) == 44
    assert reveal(unseal(key, closed, **bound)) == digits  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conversation", "line"),
    [("01OTHER", "noise"), ("01TALK", "enquiries"), ("1TALK", "noise0"), ("noise01TALK", ""), ("", "noise01TALK")],
)
def test_a_seal_belongs_to_its_conversation_and_line(conversation: str, line: str) -> None:
    """Moved to another row it does not open, and the refusal says so without the number."""
    key = new_key()
    closed = seal(key, PhoneNumber(DIGITS), conversation=TALK, line=NOISE)
    with pytest.raises(Refused, match="does not open"):
        unseal(key, closed, conversation=ConversationId(conversation), line=LineId(line))


@given(st.data())
def test_a_changed_seal_never_opens(data: st.DataObject) -> None:
    """One flipped bit, a cut, or another key: Refused, never another number."""
    key = new_key()
    closed = seal(key, PhoneNumber(DIGITS), conversation=TALK, line=NOISE)
    bit = data.draw(st.integers(0, len(closed) * 8 - 1))
    flipped = (int.from_bytes(closed, "big") ^ (1 << bit)).to_bytes(len(closed), "big")
    cut = closed[: data.draw(st.integers(0, len(closed) - 1))]
    for broken, opener in ((flipped, key), (cut, key), (closed, new_key())):
        with pytest.raises(Refused):
            unseal(opener, broken, conversation=TALK, line=NOISE)


def test_two_seals_of_one_number_differ() -> None:
    """A fresh nonce each: equal seals would join conversations."""
    key = new_key()
    first, second = (seal(key, PhoneNumber(DIGITS), conversation=TALK, line=NOISE) for _ in range(2))
    assert first != second


def test_a_seeded_run_seals_the_same() -> None:
    """With seeded entropy every byte repeats itself."""
    first, second = (
        seal(new_key(entropy), PhoneNumber(DIGITS), conversation=TALK, line=NOISE, entropy=entropy)
        for entropy in (Random(7).randbytes, Random(7).randbytes)
    )
    assert first == second


@given(keys, keys, st.sampled_from(["epoch", "conversation"]), st.text(max_size=30))
def test_a_wrapped_key_opens_for_its_purpose_and_name_only(master: Key, key: Key, purpose: str, name: str) -> None:
    """A row copied over another, or the wrong master key, is Refused."""
    closed = wrap(master, key, purpose=purpose, name=name)
    assert bytes(unwrap(master, closed, purpose=purpose, name=name)) == bytes(key)
    assert bytes(key) not in closed
    for other in ({"purpose": "check", "name": name}, {"purpose": purpose, "name": name + "x"}):
        with pytest.raises(Refused, match="master key"):
            unwrap(master, closed, **other)
    with pytest.raises(Refused, match="master key"):
        unwrap(Key(bytes(byte ^ 1 for byte in master)), closed, purpose=purpose, name=name)


def test_a_key_does_not_show_itself() -> None:
    """Not printed, formatted, pickled or copied; and it is 32 bytes or none."""
    key = new_key()
    assert {repr(key), str(key), f"{key}", f"{key!r:>12}"} == {"Key(hidden)"} | {f"{'Key(hidden)':>12}"}
    for take in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            take(key)
    with pytest.raises(ValueError, match="32 bytes"):
        Key(b"short")


def test_a_traceback_with_local_variables_shows_no_number_and_no_key() -> None:
    """The frames of a failed opening hold nothing that leads to the sender."""
    key = Key(b"\x11" * 32)
    closed = seal(Key(b"\x22" * 32), PhoneNumber(DIGITS), conversation=TALK, line=NOISE)
    with pytest.raises(Refused) as caught:
        unseal(key, closed, conversation=TALK, line=NOISE)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "unseal" in shown
    assert "700900123" not in shown
    assert "\\x11\\x11" not in shown
    assert caught.value.__context__ is None


def test_what_is_identified_shows_no_bytes_in_its_repr() -> None:
    """Handles aside, which are pseudonyms, a repr holds ids and the friendly name."""
    fresh = SealedConversation(id=TALK, handle=b"h" * 16, seal=b"s" * 44, name="Quiet Heron")
    assert "ssss" not in repr(Identified(handles=(b"h" * 16,), fresh=fresh))
    assert fresh.address == SealedAddress(conversation=TALK, seal=b"s" * 44)
    assert "ssss" not in repr(fresh.address)


def test_an_open_line_may_disclose_a_number() -> None:
    """As an ordinary address."""
    address = disclosed(PhoneNumber(DIGITS))
    assert (address.channel, address.value) == (Channel.SMS, DIGITS)
