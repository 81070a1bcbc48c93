"""The duty phones: whoever carries one reads what nobody took, and answers OK or no after a while."""

from __future__ import annotations

import random

from helpdesk.clock import MINUTE, Clock, plus
from helpdesk.simulator.handset import Handset

ASKED = "Reply OK to take it"
"""What a text says that wants an answer."""

BUSY = 0.25
"""How often whoever has the phone can't go."""

_READS = (2 * MINUTE, 5 * MINUTE)


class DutyPhone:
    """Somebody with a duty phone. ``line``: the number of the library's that it hears from."""

    def __init__(self, handset: Handset, line: str, clock: Clock, seed: int) -> None:
        self._handset = handset
        self._line = line
        self._clock = clock
        self._chance = random.Random(f"{seed} {handset.label} on duty")

    async def run(self) -> None:
        """Answer until cancelled."""
        while True:
            arrived = await self._handset.next()
            if ASKED not in arrived.body:
                continue
            await self._clock.until(plus(self._clock.now(), self._chance.randint(*_READS)))
            says = "No, I am at the other site" if self._chance.random() < BUSY else "OK, going"
            await self._handset.texts(says, to=self._line)
