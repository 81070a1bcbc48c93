"""Keys pressed on a real terminal, and what they cost: processor time of the desk's process, bytes, and time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter

from helpdesk.clock import SECOND, SystemClock, plus
from tests.bench.api_office import Office
from tests.tui.terminal import Terminal

DOWN, UP, ESCAPE, ENTER = "\x1b[B", "\x1b[A", "\x1b", "\r"
PAGES = ("\x1b[6~",) * 5 + ("\x1b[5~",) * 5
"""Five screens down, and up again."""
QUIET = 0.4 * SECOND
"""The screen is settled when nothing more came for so long, in milliseconds."""


def desk_at(place: Office) -> tuple[str, ...]:
    """The command that opens the desk of a server on this machine."""
    return (sys.executable, "-m", "helpdesk.cli", "desk", "--config", str(place.library.folder / "helpdesk.toml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one key, on average. ``cpu`` milliseconds of the process, ``octets`` written, ``waits`` in milliseconds."""

    cpu: float
    octets: float
    waits: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.cpu:6.1f} ms CPU {self.octets:8,.0f} bytes   {self.wait}"

    @property
    def wait(self) -> str:
        """How long until it stood on the screen."""
        cuts = quantiles(self.waits, n=100) if len(self.waits) > 1 else [self.waits[0]] * 99
        return f"p50 {cuts[49]:5.0f} p99 {cuts[98]:5.0f} ms"


async def rests(screen: Terminal) -> None:
    """Return once nothing more comes."""
    clock, before = SystemClock(), -1
    while screen.octets != before:
        before = screen.octets
        await clock.until(plus(clock.now(), round(QUIET)))


async def pressed(screen: Terminal, keys: Sequence[str], seen: Callable[[str], bool] | None = None) -> Cost:
    """Press keys, each when what the one before brings is all there; what one of them cost.

    A key waits until the cursor, or anything, stands elsewhere, or until ``seen`` is true of the screen. Before another
    key than the last one the screen settles: down and up in one drawing would show nothing at all.
    """
    await rests(screen)
    cpu, octets = screen.processor_seconds, screen.octets
    waits, times = [], len(keys)
    for key, then in zip(keys, [*keys[1:], ""], strict=True):
        waits.append(await until_shown(screen, key, seen))
        if screen.slow or then != key:
            await rests(screen)
    await rests(screen)
    spent, written = screen.processor_seconds - cpu, screen.octets - octets
    return Cost(cpu=spent * 1000 / times, octets=written / times, waits=tuple(waits))


async def until_shown(screen: Terminal, key: str, seen: Callable[[str], bool] | None = None) -> float:
    """Press a key; milliseconds until the cursor, or anything, stood elsewhere, or ``seen`` what it brings."""
    before, began = (screen.cursor, screen.text), perf_counter()
    screen.press(key)
    if seen is None:
        await screen.until(lambda: (screen.cursor, screen.text) != before, f"{key!r} moved nothing")
    else:
        await screen.until(lambda: seen(screen.text), f"{key!r} did not show it")
    return (perf_counter() - began) * 1000


async def idles(screen: Terminal, seconds: int) -> tuple[float, float]:
    """The share of a processor, in percent, and the bytes a second of a desk at which nobody does anything."""
    await rests(screen)
    clock = SystemClock()
    cpu, octets, began = screen.processor_seconds, screen.octets, perf_counter()
    await clock.until(plus(clock.now(), seconds * SECOND))
    passed = perf_counter() - began
    return (screen.processor_seconds - cpu) / passed * 100, (screen.octets - octets) / passed


async def costs_to_import(*modules: str) -> float:
    """Processor seconds of a Python that imports something and ends; the best of three."""
    command = f"import time, {', '.join(modules)}; print(time.process_time())"
    found = []
    for _ in range(3):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", command, stdout=asyncio.subprocess.PIPE)
        said, _ = await process.communicate()
        found.append(float(said))
    return min(found)
