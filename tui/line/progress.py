"""What takes long says so, a line now and then: to somebody at a prompt, never to a script or a program."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext

from helpdesk.beside import beside
from helpdesk.clock import SECOND, Clock, plus
from tui.line.talk import Talk
from tui.progress import progress_words

EVERY = 4 * SECOND
"""How long somebody waits for the first word, and then for the next."""


def telling(talk: Talk, clock: Clock) -> AbstractAsyncContextManager[None]:
    """Tell how far what is being done has come, as long as the block lasts."""
    return beside(_tell(talk, clock)) if talk.ask.reader.asks else nullcontext()


async def _tell(talk: Talk, clock: Clock) -> None:
    began = clock.now()
    while True:
        await clock.until(plus(clock.now(), EVERY))
        if talk.ask.waits:
            began = clock.now()  # somebody thinks about an answer: nothing else goes on
        else:
            talk.voice.meanwhile(_words(talk, (clock.now() - began) // SECOND))


def _words(talk: Talk, seconds: int) -> str:
    meter = talk.meter
    if meter is None:
        return f"Still at it, for {seconds} seconds. ctrl+C leaves it."
    return f"{progress_words(meter)}. " + ("Stopping." if meter.stopping else f"ctrl+C {meter.stops}.")
