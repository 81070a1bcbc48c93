"""A term of noise: who texts what and when, when somebody goes, what comes of it. A plan drawn from a seed.

It is played on the real house by :func:`played`, and counted from the plan alone by :mod:`tests.loud.naive`. Each noise
is told of within minutes and over before the next one in its zone begins, so that the plan knows what belongs together.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from helpdesk.clock import HOUR, ManualClock, instant, plus
from helpdesk.noise.incidents import NoiseOutcome
from tests.conversation import LINES, QUIET, Town
from tests.noisy import Walker, incident_of, noisy, walker

LONDON = ZoneInfo("Europe/London")
FIRST = datetime(2026, 10, 5, 9, 0, tzinfo=LONDON)
"""The first Monday; the clocks go back three weeks later."""

CODES = {"l3-silent": "L3A", "l2-quiet": "L2B", "l1-group": "L1C"}
KINDS = {"talking": "talking", "phone": "phone call", "music": "music", "other": "so loud"}

CALENDARS = """
[calendars.staffed]
zone = "Europe/London"
[calendars.staffed.week]
mon-fri = ["09:00-13:00", "14:00-19:00"]
"""
STANDARDS = """
[standards.noise-texts]
title = "We respond to Noiseline texts within 15 minutes, while we are staffed."
measure = "first_response"
limit = "15 working min"
calendar = "staffed"
share = 90
covers = { channels = ["sms"], kinds = ["noise"] }
attended_answers = true
from = 2026-01-01
"""


@dataclass(frozen=True, kw_only=True)
class Noise:
    """One noise: when its texts come, in local time; minutes after the first until somebody is there and it is over.

    ``zone``     "" where no text says the place: then it has one
    ``attended`` None where nobody goes; ``spam``: its texts prove to be spam
    """

    zone: str
    kind: str
    texts: tuple[datetime, ...]
    attended: int | None
    over: int
    outcome: NoiseOutcome
    spam: bool = False


def term(seed: int, noises: int) -> list[Noise]:
    """So many noises, in the order in which they begin, an hour or more apart: by day, in the evening, at weekends."""
    chance, now, found = random.Random(seed), FIRST.replace(tzinfo=None), []
    for _ in range(noises):
        now += timedelta(minutes=60 + chance.choice([0, 7, 95, 500, 1400]))
        zone = chance.choice([*CODES, *CODES, ""])
        texts = [now + timedelta(minutes=n) for n in range(chance.randrange(1, 4) if zone else 1)]
        attended = chance.choice([None, 4, 9, 21])
        found.append(
            Noise(
                zone=zone,
                kind=chance.choice(list(KINDS)),
                texts=tuple(each.replace(tzinfo=LONDON) for each in texts),
                attended=attended,
                over=25 + chance.randrange(9),
                outcome=chance.choice(list(NoiseOutcome)),
                spam=chance.random() < 0.08,
            )
        )
    return found


@asynccontextmanager
async def played(folder: Path, plan: list[Noise]) -> AsyncIterator[Town]:
    """The library after its term."""
    (folder / "calendars.toml").write_text(CALENDARS, encoding="utf-8")
    (folder / "standards.toml").write_text(STANDARDS, encoding="utf-8")
    lines = {**LINES, "noise": LINES["noise"].model_copy(update={"calendar": "staffed"})}
    files = {"calendars": folder / "calendars.toml", "standards": folder / "standards.toml"}
    clock = ManualClock(plus(instant(FIRST), -HOUR))
    async with noisy(clock=clock, texts=QUIET, lines=lines, **files) as town:
        mia = await walker(town, "mia")
        for number, noise in enumerate(plan):
            await _play(town, noise, number, mia)
        yield town


async def _play(town: Town, noise: Noise, number: int, mia: Walker) -> None:
    said = f"{KINDS[noise.kind]} {CODES.get(noise.zone, '')}".strip()
    texters = []
    for place, when in enumerate(noise.texts):
        await town.time.comes(instant(when))
        texter = town.texter(f"t{number}-{place}")
        await texter.texts(said)
        texters.append(texter)
    first = noise.texts[0]
    if noise.attended is not None:
        await town.time.comes(instant(later(first, noise.attended)))
        mia.incident = await incident_of(town, texters[0].ticket)
        await mia.attends()
    await town.time.comes(instant(later(first, noise.over)))
    if not noise.spam:
        mia.incident = await incident_of(town, texters[0].ticket)
        await mia.concludes(noise.outcome)
    for texter in texters if noise.spam else ():
        ticket = (await mia.opens(texter.ticket)).ticket
        await town.house.desk.spam(mia.id, ticket.id, ticket.version)


def later(when: datetime, minutes: int) -> datetime:
    """So many real minutes on, whatever the clocks do."""
    return datetime.fromtimestamp(when.timestamp() + minutes * 60, LONDON)
