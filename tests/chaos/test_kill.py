"""kill -9 of the owner, again and again, while texts, mails and chats come in and staff answer them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from pathlib import Path
from typing import Literal

import pytest

from helpdesk import upkeep
from helpdesk.message import Channel
from helpdesk.simulator.carrier_faults import Fault
from helpdesk.store.sqlite import open_reader
from tests.chaos.town import Town, town

CHANNELS = (Channel.SMS, Channel.CHAT, Channel.MAIL)

Moment = Literal["any", "text", "mail"]
MOMENTS: tuple[Moment, ...] = ("any", "text", "mail")
"""When to kill: whenever; while the carrier has a text that it has not confirmed; while the relay has such a mail."""

PER_ROUND = 60
"""How many things patrons say in a round, over all channels."""


@pytest.mark.full
@pytest.mark.timeout(600)
async def test_twenty_kills(tmp_path: Path) -> None:
    """One store, twenty deaths: nothing that was acknowledged is lost, nothing goes out twice in silence."""
    chance, unclear = random.Random(20), Counter[str]()
    async with town(tmp_path, seed=20) as place, place.busy():
        for n in range(20):
            await place.owner.start()
            await _killed_under_load(
                place, questions=chance.randint(5, 40), answers=chance.randint(1, 25), moment=MOMENTS[n % len(MOMENTS)]
            )
            assert place.library.unsound() == ()
            unclear.update(channel for _, channel, state, _, _ in place.in_hand() if state == "leased")
        async with place.owner.running():
            place.may_say(PER_ROUND)
            await place.settles()
            _all_came_once(place)
            assert min(unclear["sms"], unclear["mail"]) >= 2, "the kills came when nothing was on its way"
            assert min(place.ledger.taken_by(channel) for channel in CHANNELS) > 40
            _nothing_twice_in_silence(place)
        async with open_reader(place.library.store) as store:
            assert await upkeep.check(store) == ()


@pytest.mark.full
async def test_one_kill(tmp_path: Path) -> None:
    """In short: what was acknowledged before the death is there after it, once; the log has no gap."""
    async with town(tmp_path) as place, place.busy(texters=2, mailers=2, visitors=2):
        await place.owner.start()
        await _killed_under_load(place, questions=20, answers=3)
        async with place.owner.running():
            place.may_say(PER_ROUND)
            await place.all_are_kept()
            _all_came_once(place)
    assert place.library.unsound() == ()


async def _killed_under_load(place: Town, *, questions: int, answers: int, moment: Moment = "any") -> None:
    """Kill the owner after so many acknowledgements, with a text or a mail on its way if that is the moment.

    Of a text that it has not confirmed the carrier sends no news either: it would tell the owner that it has it.
    """
    place.carrier.took.clear()
    place.postbox.took.clear()
    place.carrier.faults.sends = deque([Fault(silent=True, taken=True)] if moment == "text" else [])
    place.carrier.faults.muted = moment == "text"
    place.may_say(PER_ROUND)
    async with asyncio.timeout(30):
        await place.ledger.grows(questions=questions, answers=answers)
        if moment == "text":
            await place.carrier.took.wait()
        if moment == "mail":
            await place.postbox.took.wait()
    await place.owner.die()
    place.carrier.faults.sends.clear()
    place.carrier.faults.muted = False


def _all_came_once(place: Town) -> None:
    kept = place.kept()
    assert place.ledger.taken <= kept.keys()
    assert kept == Counter(place.ledger.said)


def _nothing_twice_in_silence(place: Town) -> None:
    """Texts and chats arrive once. A mail that came twice has one Message-ID, and its ticket says so."""
    assert set(place.ledger.answers) <= place.arrived()
    for channel in (Channel.SMS, Channel.CHAT):
        assert max(place.arrived_by(channel).values()) == 1
    twice = [answer for answer, times in place.arrived_by(Channel.MAIL).items() if times > 1]
    ids = Counter(str(each.message["Message-ID"]) for each in place.mails())
    doubled = {name.strip("<>").partition("@")[0] for name, times in ids.items() if times > 1}
    assert len(doubled) == len(twice)
    assert doubled <= place.flagged()
    print(f"\n{len(place.ledger.said)} in, {len(place.arrived())} answers out, {len(twice)} mails twice and flagged")
