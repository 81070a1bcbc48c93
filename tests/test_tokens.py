"""Reply tokens: they lead back to their ticket, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import tokens
from helpdesk.clock import ManualClock
from helpdesk.ids import Ids
from helpdesk.message import TicketId

KEY = b"k" * 32


def ticket_id() -> TicketId:
    """A fresh id, as the desk mints them."""
    return TicketId(Ids(ManualClock()).new())


@given(st.binary(min_size=10, max_size=10))
def test_a_token_leads_back_to_its_ticket(random: bytes) -> None:
    """Whatever the id, and also after a mail system changed the case of the address."""
    ticket = TicketId(Ids(ManualClock(), lambda n: random[:n]).new())
    token = tokens.sign(KEY, ticket)
    assert tokens.verify(KEY, token) == ticket
    assert tokens.verify(KEY, token.upper()) == ticket


def test_a_token_fits_into_a_local_part() -> None:
    """64 characters are allowed before the @; only lower-case letters and digits are safe there."""
    token = tokens.sign(KEY, ticket_id())
    assert len(token) == tokens.LENGTH
    assert len(f"library-enquiries+{token}") < 64
    assert token.isalnum()
    assert token == token.lower()


@given(st.integers(0, tokens.LENGTH - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_one_changed_letter_spoils_a_token(place: int, letter: str) -> None:
    """Every one of the 200 bits counts."""
    token = tokens.sign(KEY, TicketId("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    changed = token[:place] + letter + token[place + 1 :]
    assert (tokens.verify(KEY, changed) is not None) == (changed == token)


def test_another_key_does_not_verify() -> None:
    """A token of one library opens nothing at another."""
    assert tokens.verify(b"x" * 32, tokens.sign(KEY, ticket_id())) is None


@pytest.mark.parametrize("junk", ["", "a", "=" * 40, "1" * 40, "é" * 40, "a" * 41, "a" * 40, "\x00" * 40])
def test_junk_is_no_token(junk: str) -> None:
    """Anybody can write to any plus-address: it must not raise."""
    assert tokens.verify(KEY, junk) is None


@pytest.mark.parametrize("junk", ["", "8" + "0" * 25, "I" * 26, "01arz3ndektsv4rrffq69g5fav"])
def test_only_ids_of_ours_are_signed(junk: str) -> None:
    """A wrong id is a mistake of the caller, not a token that verifies as something else."""
    with pytest.raises(ValueError):
        tokens.sign(KEY, TicketId(junk))
