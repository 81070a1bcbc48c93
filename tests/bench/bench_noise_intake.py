"""Intake of noise texts: messages a second with their place, incident and automatic answer, beside plain ones.

A house in memory takes texts about noise (heard, placed, joined, answered by themselves) and plain enquiries by text:
what listening costs, beside sealing and storing. Prints ratios; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
from time import perf_counter, process_time

import pytest

from helpdesk.clock import ManualClock
from helpdesk.message import Channel, LineId
from helpdesk.phone import PhoneNumber
from tests.arriving import inbound
from tests.conversation import LINES
from tests.noisy import noisy

SENDERS = 64
EACH = 15
SAID = {
    "noise": ("it is so loud by the windows, please send somebody", "loud in 2.59", "L1C, music", "so loud here"),
    "text": ("Is the printer working again?", "Can I renew my books?", "When do you close?", "Where is the map room?"),
}


async def _taken(line: str) -> tuple[float, float]:
    """Texts a second, and CPU microseconds each: a thousand texters, each of whom writes once."""
    async with noisy(clock=ManualClock(), lines=LINES) as town:
        door = town.house.intake

        async def sends(sender: int) -> None:
            for n in range(EACH):
                number = PhoneNumber(f"+447700900{sender * EACH + n:03}")
                said = SAID[line][n % len(SAID[line])]
                await door.receive(inbound(Channel.SMS, LineId(line), number, said, f"SM{sender:03}{n:029}"))

        began, cpu = perf_counter(), process_time()
        async with asyncio.TaskGroup() as tasks:
            for sender in range(SENDERS):
                tasks.create_task(sends(sender))
        count = SENDERS * EACH
        return count / (perf_counter() - began), (process_time() - cpu) / count * 1e6


@pytest.mark.bench
def test_noise_intake() -> None:
    """Three rounds of each in turn; the best of each counts."""
    found: dict[str, list[tuple[float, float]]] = {"noise": [], "text": []}
    for _ in range(3):
        for line, rounds in found.items():
            rounds.append(asyncio.run(_taken(line)))
    noise, plain = max(found["noise"]), max(found["text"])
    print(f"\nnoise texts, {SENDERS} senders: {noise[0]:,.0f}/s heard, placed and answered, {noise[1]:.0f} us CPU each")
    print(f"  enquiries by text {plain[0]:,.0f}/s, {plain[1]:.0f} us CPU each; ratio {noise[0] / plain[0]:.2f}")
