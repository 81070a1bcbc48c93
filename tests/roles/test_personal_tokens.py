"""Personal tokens as texts: what they say of themselves, and what nobody sees of them."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.errors import SignedOut
from helpdesk.personal_tokens import ANOTHER_LIBRARY, CUT_SHORT, hashed, mint, read_id
from helpdesk.ports import Issued, Token
from tests.conversation import drawn


def _minted(seed: int = 1, library: str = "main") -> str:
    return mint(library, random.Random(seed).randbytes).text


def test_a_token_has_256_random_bits() -> None:
    """The same 32 bytes give the same secret; each further bit another one."""
    drawn: list[int] = []

    def entropy(n: int) -> bytes:
        drawn.append(n)
        return bytes(n)

    assert mint("main", entropy).text.startswith("hd_")
    assert sum(drawn) >= 32
    assert 32 in drawn
    assert len({_minted(seed) for seed in range(200)}) == 200


@given(st.integers(0, 10_000))
def test_what_was_minted_is_read(seed: int) -> None:
    """By its id, which is no part of the secret; kept is SHA-256 of the whole."""
    minted = mint("main", random.Random(seed).randbytes)
    assert len(minted.text) == 65
    assert read_id(minted.text) == read_id(minted.text, "main") == minted.id
    assert minted.hash == hashed(minted.text) == hashlib.sha256(minted.text.encode()).digest()


@given(st.integers(0, 500), st.integers(0, 64))
def test_a_token_that_was_cut_short_is_told_so(seed: int, length: int) -> None:
    """At every length, without asking anybody."""
    with pytest.raises(SignedOut, match="not a whole token"):
        read_id(_minted(seed)[:length])


@given(st.integers(0, 500), st.integers(3, 64), st.sampled_from("0aZ-é _"))
def test_a_token_with_a_wrong_letter_is_told_so(seed: int, place: int, letter: str) -> None:
    """The check at its end finds every single slip."""
    text = _minted(seed)
    slipped = text[:place] + letter + text[place + 1 :]
    if slipped != text:
        with pytest.raises(SignedOut) as said:
            read_id(slipped)
        assert str(said.value) == CUT_SHORT
        assert text not in str(said.value)


def test_a_token_of_another_library_is_told_so() -> None:
    """It says itself whose it is; the words say what to do."""
    with pytest.raises(SignedOut) as said:
        read_id(_minted(library="law"), "main")
    assert str(said.value) == ANOTHER_LIBRARY
    assert read_id(_minted(library="law"))


def test_nobody_sees_it_by_looking() -> None:
    """Not in what Python shows of it."""
    minted = mint("main", drawn(3))
    token = Token(id=minted.id, staff="ana", name="laptop", created=0, expires=1)  # type: ignore[arg-type]
    shown = f"{minted!r} {Issued(token=token, text=minted.text)!r}"
    assert minted.text not in shown
    assert minted.text[16:40] not in shown
    assert minted.hash.hex() not in shown
    assert repr(minted.hash) not in shown
