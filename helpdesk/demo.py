"""The whole help desk on one machine, with nothing real outside it: a carrier, a mail system and patrons are played.

Everything goes through the real front doors: signed webhooks from the carrier, SMTP, WebSockets. The store is an
SQLite file in a temporary folder; the clock runs sixty times as fast as the wall's, from ten in the morning, and the
library never closes, so that the demo is alive at midnight too.
"""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from helpdesk.beside import beside
from helpdesk.clock import HOUR, MINUTE, SECOND, Clock, Instant, PacedClock, SystemClock, instant, moment, plus
from helpdesk.config import (
    ChatSettings,
    DeskSettings,
    DutySettings,
    EscalationSettings,
    LibrarySettings,
    LineSettings,
    MailSettings,
    Settings,
    SmsSettings,
    StoreSettings,
    WebSettings,
)
from helpdesk.doors import Doors as OpenDoors
from helpdesk.doors import open_doors
from helpdesk.house import House, open_house
from helpdesk.macros import from_toml
from helpdesk.macros_asked import Asking, starter, take
from helpdesk.message import Channel, LineId, StaffId
from helpdesk.noise.concerns import Concern
from helpdesk.reports import making, question_for
from helpdesk.serving import listening
from helpdesk.settings.wording import texts_of
from helpdesk.settings.zoning import zone_plan
from helpdesk.simulator.carrier import Carrier
from helpdesk.simulator.chat_client import ChatDoor
from helpdesk.simulator.contacts import Doors, MailDoor
from helpdesk.simulator.duty import DutyPhone
from helpdesk.simulator.ledger import Balance, Kept, Ledger, balance, settled, threads
from helpdesk.simulator.patrons import Manners, Patrons
from helpdesk.simulator.postbox import Bound, Postbox
from helpdesk.simulator.scenarios import Way
from helpdesk.simulator.staff import ScriptedStaff
from helpdesk.simulator.tally import tally

PACE = 60.0
"""How fast the demo's clock runs."""

SAID = "Demo: always open, one second is one minute"
"""What the screen says about it."""

NOISE, TEXTS, MAILBOX = "+447700900001", "+447700900002", "library@riverside.example"
DUTY = {"manager": "+447700900011", "porters": "+447700900012"}
"""The duty phones, in the order in which they are told."""

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "demo-token"

STAFF = ("robin", "sasha", "jules", "noor", "kit", "billie")
"""The scripted members of staff."""

COLLEAGUES = {"marit": "Marit Okafor", "teo": "Teo Blackwood"}
"""Who works beside the person at the demo's desk, by id: tickets can be given to them. They answer nothing."""

ON = StaffId("marit")
"""Which of them is at a desk, and takes texts and mail."""

BUSY, STEADY = 90.0, 1.0
"""Contacts an hour of the demo's clock, on average over a week: for scripted staff, and for a person."""

ALIVE = 2 * MINUTE
"""How often a colleague who is at work is heard of."""

UNHURRIED = Manners(
    patience={way: (4 * HOUR, 8 * HOUR) for way in Way},
    pause={way: (4 * MINUTE, 12 * MINUTE) for way in Way},
    leaves_early=(3 * HOUR, 4 * HOUR),
)
"""Patrons for a person at the keyboard: an hour of theirs is a minute on the wall."""

OPENING = ("noise-emoji", "mail-database", "noise-food")
"""What comes first to a person at the keyboard: a noise that several tell of, and one whose place is asked for."""

UNDO = 8
"""For how many seconds of the wall's clock a person at the keyboard can take a reply back."""

GRACE = 60 * SECOND
"""How long stragglers may take at the end, in milliseconds of the wall's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The running demo: the library, its front doors, and who may be let in by them."""

    house: House
    doors: Doors
    clock: PacedClock


@asynccontextmanager
async def stage(
    *, pace: float = PACE, start: Instant | None = None, undo: int = 0, said: str = ""
) -> AsyncIterator[Stage]:
    """Play everything around a library in a temporary folder, until the block ends.

    ``undo``: for how many seconds of the wall's clock a reply can be taken back; ``said``: what the screen says of it.
    """
    clock = PacedClock(pace=pace, start=start or ten_in_the_morning(SystemClock()))
    carrier = Carrier(account=ACCOUNT, tokens=(TOKEN,), clock=clock)
    postbox = Postbox()
    with tempfile.TemporaryDirectory(prefix="helpdesk-demo-") as folder:
        web = listening()
        async with carrier.serving() as carrier_url, postbox.listening() as relay:
            settings = demo_settings(Path(folder), web, carrier_url, relay, undo=min(round(undo * pace), 600))
            async with (
                open_house(settings, clock, owner="helpdesk demo", pace=pace, said=said or _said(pace)) as house,
                open_doors(house, web=web) as doors,
            ):
                yield Stage(house=house, doors=_front_doors(house, doors, carrier, postbox), clock=clock)


def ten_in_the_morning(wall: Clock) -> Instant:
    """Ten o'clock UTC on the latest weekday: the demo's day begins when people come."""
    today = moment(wall.now()).date()
    weekday = today - timedelta(days=max(0, today.weekday() - 4))
    return instant(datetime.combine(weekday, time(10), UTC))


def _said(pace: float) -> str:
    return SAID if pace == PACE else f"Demo: always open, the clock runs {pace:g} times as fast"


def demo_settings(folder: Path, web: socket.socket, carrier_url: str, relay: Bound, *, undo: int = 0) -> Settings:
    """The demo library's settings, as a file would hold them."""
    url = f"http://127.0.0.1:{web.getsockname()[1]}"
    return Settings(
        library=LibrarySettings(id="demo", name="Riverside Library", zone="Europe/London"),
        store=StoreSettings(path=folder / "helpdesk.sqlite"),
        web=WebSettings(port=web.getsockname()[1], public_url=url),
        lines=_lines(),
        sms=SmsSettings(account=ACCOUNT, tokens=(SecretStr(TOKEN),), base_url=carrier_url, catch_up_seconds=600),
        mail=MailSettings(listen="127.0.0.1:0", relay_host=relay.host, relay_port=relay.port),
        chat=ChatSettings(form_line="enquiries", idle_minutes=60, messages_per_minute=600, starts_per_minute=6000),
        # a person answers by the wall's clock: 240 minutes here are four there
        desk=DeskSettings(claim_minutes=240, undo_seconds=undo, undo_many_seconds=undo),
        standards=_copied(folder, "helpdesk.simulator", "demo_standards.toml"),
        zones=_copied(folder, "helpdesk.zones", "demo_zones.toml"),
        texts=_copied(folder, "helpdesk.simulator", "demo_texts.toml"),
        escalation=EscalationSettings(
            minutes=75,
            urgent_minutes=20,
            next_minutes=20,
            duty={name: DutySettings(address=number, line="texts") for name, number in DUTY.items()},
        ),
    )


def _copied(folder: Path, package: str, name: str) -> Path:
    """A file of ours as one of the library's own."""
    copy = folder / name
    copy.write_text(files(package).joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def _lines() -> dict[str, LineSettings]:
    return {
        "noiseline": LineSettings(
            channel=Channel.SMS,
            title="Noiseline",
            policy="sealed",
            kind="noise",
            site="main",
            address=NOISE,
        ),
        "texts": LineSettings(channel=Channel.SMS, title="Text the library", address=TEXTS),
        "enquiries": LineSettings(channel=Channel.MAIL, title="Enquiries", address=MAILBOX),
        "chat": LineSettings(channel=Channel.CHAT, title="Chat", address="chat"),
    }


def _front_doors(house: House, doors: OpenDoors, carrier: Carrier, postbox: Postbox) -> Doors:
    for number in (NOISE, TEXTS):
        carrier.rents(number, webhook=f"{doors.web}/sms/inbound")
    assert doors.mail_host is not None
    assert doors.mail_port is not None
    return Doors(
        handset=carrier.handset,
        texts=TEXTS,
        noise=NOISE,
        mail=MailDoor(host=doors.mail_host, port=doors.mail_port, mailbox=MAILBOX),
        postbox=postbox,
        chat=ChatDoor(url=f"ws{doors.web.removeprefix('http')}/chat/ws", origin=doors.web, line="chat"),
        greetings=automatic_texts(house.settings),
        question=texts_of(house.settings)[LineId("noiseline")].say("question"),
    )


def automatic_texts(settings: Settings) -> frozenset[str]:
    """All that the lines of a library that never closes may text by themselves: no patron takes it for an answer."""
    plan = zone_plan(settings)
    names = ("first", "joined", "question", "help", *(f"crisis_{concern}" for concern in Concern))
    return frozenset(
        texts.say(name, zone=zone, hours="day and night")
        for texts in texts_of(settings, plan).values()
        for name in names
        if texts.sends(name)
        for zone in ("", *(each.name for each in plan.zones))
    )


def duty_phones(played: Stage, seed: int) -> tuple[DutyPhone, ...]:
    """Whoever is on duty."""
    handset = played.doors.handset
    assert handset is not None
    return tuple(DutyPhone(handset(number), TEXTS, played.clock, seed) for number in DUTY.values())


async def headless(*, seconds: float, seed: int, pace: float = PACE) -> Balance:
    """Patrons for so many seconds, scripted staff answering; then wait for the stragglers and draw the balance."""
    ledger = Ledger()
    async with stage(pace=pace) as played:
        house, clock = played.house, played.clock
        staff = [ScriptedStaff(house.desk, StaffId(name), clock, seed) for name in STAFF]

        async def drawn() -> Balance:
            reader = StaffId(STAFF[0])
            drawn = balance(ledger, await threads(house.desk, reader), await standings(house))
            return replace(drawn, noise=await tally(house.desk, reader))

        on_duty = (phone.run() for phone in duty_phones(played, seed))
        async with beside(*(member.run() for member in staff), *on_duty):
            patrons = Patrons(seed, clock, played.doors, ledger, rate=BUSY)
            async with beside(patrons.run()):
                await clock.until(plus(clock.now(), round(seconds * SECOND * pace)))
            return await settled(drawn, clock, grace=round(GRACE * pace), every=round(SECOND * pace / 2))


@asynccontextmanager
async def with_patrons(played: Stage, *, seed: int, rate: float = STEADY) -> AsyncIterator[None]:
    """Let patrons come for as long as the block lasts: a handful at once, then as they do.

    The desk has macros and two colleagues, one of them at work.
    """
    await take(Asking(macros=played.house.bare.macros, actor=StaffId("demo")), from_toml(starter(), shared=True))
    for colleague, name in COLLEAGUES.items():
        await played.house.roster.add(StaffId("demo"), StaffId(colleague), name=name)
    first = Patrons(seed, played.clock, played.doors, Ledger(), rate=BUSY * 20, manners=UNHURRIED, opening=OPENING)
    then = Patrons(seed + 1, played.clock, played.doors, Ledger(), rate=rate, manners=UNHURRIED)
    on_duty = (phone.run() for phone in duty_phones(played, seed))
    coming: Sequence[Coroutine[Any, Any, None]] = (first.run(6), then.run(), *on_duty, _at_work(played))
    async with beside(*coming):
        yield


async def _at_work(played: Stage) -> None:
    """A colleague's signs of life, until cancelled."""
    while True:
        for channel in (Channel.SMS, Channel.MAIL):
            await played.house.bare.set_presence(ON, channel, True)
        await played.clock.until(plus(played.clock.now(), ALIVE))


TOUR = "Tour: patrons are simulated, nothing is kept"
"""What the screen says of the tour's library."""

TOUR_UNDO = 30
"""For how many seconds a reply can be taken back on the tour: somebody reads first what that means."""

_AT_ONCE = 100_000.0
"""Contacts an hour: all of the tour's come within the first second."""


@asynccontextmanager
async def tour() -> AsyncIterator[House]:
    """A library for the guided tour: by the wall's pace, with six contacts and no more, gone when the block ends."""
    async with stage(pace=1, undo=TOUR_UNDO, said=TOUR) as played:
        some = Patrons(7, played.clock, played.doors, Ledger(), rate=_AT_ONCE, manners=UNHURRIED, opening=OPENING)
        async with beside(some.run(6)):
            yield played.house


async def standings(house: House) -> tuple[Kept, ...]:
    """How the standards stand now, from the same report that ``helpdesk report`` prints."""
    now = house.clock.now()
    day = moment(now).date()
    begin, end = day - timedelta(days=2), day + timedelta(days=2)
    question = question_for(house.settings, now, begin=begin, end=end, by="standard")
    report = await making.report(house.store, question)
    return tuple(
        Kept(standard=figure.standard, met=figure.met, missed=figure.missed, pending=figure.pending)
        for figure in report.total.figures
    )


def as_json(outcome: Balance) -> str:
    """The outcome as one JSON object; times are milliseconds of the demo's clock."""
    channels = {
        str(row.channel): {
            name: getattr(row, name)
            for name in ("sent", "received", "ticketed", "answered", "delivered", "lost", "doubled")
        }
        | {"median_first_response_ms": row.first_response}
        for row in outcome.figures
    }
    standards = {
        kept.standard: {"met": kept.met, "missed": kept.missed, "pending": kept.pending} for kept in outcome.standards
    }
    noise = {"noise": asdict(outcome.noise)} if outcome.noise is not None else {}
    return json.dumps({"channels": channels, "standards": standards, **noise, "lost": outcome.lost}, indent=2)
