"""Reading noise: incidents one by one, and who told of one."""

from __future__ import annotations

from tui.commands import Where
from tui.line.shapes import incident_shape
from tui.line.spoken import incident_said
from tui.line.talk import Talk
from tui.words import plural


async def list_noise(talk: Talk, *, start: int = 0) -> None:
    """Read a page of the incidents that go on, or of those that are over, and stand there."""
    here, sitting = talk.here, talk.sitting
    found = await sitting.desk.noise.incidents(sitting.actor, over=here.over, start=start, count=here.count)
    here.place, here.thread, here.sight = Where.INCIDENTS, None, None
    here.noises, here.noise_at, here.start = found, None, start
    if not found:
        talk.voice.aloud(["Noise: none is over yet." if here.over else "Noise: nothing is going on."])
        return
    count = f"{plural(len(found), 'incident')}{' or more' if len(found) >= here.count else ''}"
    talk.voice.aloud([f"Noise that is over, the latest first: {count}." if here.over else f"Noise now: {count}."])
    for each in found:
        talk.voice.tell("incident", incident_shape(each, sitting.eye), [incident_said(each, sitting.eye)])


async def move_noise(talk: Talk, step: int) -> None:
    """Read the next incident, which is at hand from now on."""
    here, eye = talk.here, talk.sitting.eye
    at = here.noise_at + step if here.noise_at is not None else 0
    if not 0 <= at < len(here.noises):
        talk.voice.say("That is the end." if step > 0 else "That is the beginning.")
        return
    here.noise_at, each = at, here.noises[at]
    talk.voice.tell("incident", incident_shape(each, eye), [incident_said(each, eye)])


def move_reporter(talk: Talk, step: int) -> None:
    """Read the next one who told of the open incident."""
    here = talk.here
    at = here.reporter + step if here.reporter is not None else 0
    if here.sight is None or not 0 <= at < len(here.sight.reporters):
        talk.voice.say("That is the end." if step > 0 else "That is the beginning.")
        return
    talk.tell_reporter(at)
