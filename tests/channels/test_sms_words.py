"""A text that is one word alone: STOP, START, HELP, and those that a patron of a library may mean otherwise."""

from __future__ import annotations

import pytest

from helpdesk.message import Inbound, Keyword
from tests.channels.texting import Wire, texting


async def read(wire: Wire, body: str, *, said: str = "", sender: str = "") -> Inbound:
    """A text as the door gets it. ``said``: what the carrier did about it; ``sender``: if not the usual one."""
    form = [(name, sender if sender and name == "From" else value) for name, value in wire.form(body)]
    await wire.posts([*form, ("OptOutType", said)] if said else form)
    return wire.door.received[-1]


@pytest.mark.parametrize(
    ("body", "keyword", "quiet"),
    [
        ("STOP", Keyword.STOP, True),
        (" stop\n", Keyword.STOP, True),
        ("Unsubscribe", Keyword.STOP, True),
        ("optout", Keyword.STOP, True),
        ("start", Keyword.START, True),
        ("unstop", Keyword.START, True),
        ("Yes", Keyword.START, False),
        ("help", Keyword.HELP, False),
        ("INFO", Keyword.HELP, False),
        ("stop it please", None, False),
        ("the noise won't stop", None, False),
        ("help!", None, False),
        ("", None, False),
    ],
)
async def test_the_bare_word_alone(body: str, keyword: Keyword | None, quiet: bool) -> None:
    """Nothing but the word, in any case; what is for the carrier alone wakes nobody."""
    async with texting() as wire:
        inbound = await read(wire, body)
    assert (inbound.keyword, inbound.automatic) == (keyword, quiet)


async def test_the_carrier_has_the_last_word() -> None:
    """Where it says what it did, that is it, in whatever language; what it answered is not answered twice."""
    async with texting() as wire:
        assert (await read(wire, "ARRET", said="STOP")).keyword is Keyword.STOP
    async with texting() as wire:
        assert (await read(wire, "MORE", said="start")).keyword is Keyword.START
    async with texting() as wire:
        assert (await read(wire, "HELP", said="HELP")).keyword is None


async def test_a_lone_cancel_gets_a_human_look() -> None:
    """It is no STOP of ours; the history says what the carrier may make of it."""
    async with texting() as wire:
        inbound = await read(wire, "Cancel")
    assert (inbound.keyword, inbound.automatic) == (None, False)
    [said] = inbound.remarks
    assert said == "Perhaps a loan or a booking is meant. The carrier may take it for STOP and refuses our texts then."


async def test_a_cancel_that_the_carrier_took_for_stop() -> None:
    """Then it is so, and still somebody looks."""
    async with texting() as wire:
        inbound = await read(wire, "CANCEL", said="STOP")
    assert (inbound.keyword, inbound.automatic) == (Keyword.STOP, False)
    assert "The carrier takes it for STOP" in inbound.remarks[0]


async def test_a_short_code_is_a_machine() -> None:
    """It is taken like any text, and nothing answers it by itself."""
    async with texting() as wire:
        inbound = await read(wire, "Your parcel is here", sender="60777")
        assert inbound.keep_quiet
        assert "short code" in inbound.remarks[0]
    async with texting() as wire:
        assert not (await read(wire, "Your parcel is here")).keep_quiet
