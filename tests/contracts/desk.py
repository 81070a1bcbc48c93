"""A small library with a desk in its own process; the same desk over the owner's socket, and over TLS with tokens."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from helpdesk import tokens
from helpdesk.api.admitting import admitting
from helpdesk.api.bearer import ByToken
from helpdesk.api.remote import RemoteDesk, connect, connect_to
from helpdesk.api.routes import Offered
from helpdesk.api.server import answering, desk_socket
from helpdesk.beside import beside
from helpdesk.clock import ManualClock
from helpdesk.closing import LocalClosings
from helpdesk.config import LineSettings, Settings
from helpdesk.desk import About, LocalDesk
from helpdesk.gate import Gate
from helpdesk.ids import Ids
from helpdesk.incidents import LocalNoise
from helpdesk.intake import Intake
from helpdesk.lines import OpenLine
from helpdesk.loops import Troubles, on_change
from helpdesk.message import Address, Attachment, Channel, Inbound, LineId, StaffId, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.noise.rules import NoiseRules
from helpdesk.ports import Desk
from helpdesk.reports.standing import Bands, standing
from helpdesk.reports_asked import LocalReports
from helpdesk.roster import LocalRoster
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.sessions import Sessions
from helpdesk.sorting import LocalSorting
from helpdesk.sorts import Preset, Sorts
from helpdesk.store.commits import SharedStore
from helpdesk.store.opening import open_store
from helpdesk.zones.plan import Zone, ZoneKind
from tests.channels.certificates import certified
from tests.engines import fresh_store

SIDES = ("local", "remote", "tls")
"""From where a desk is used: in the owner's process, attached to it, or from another machine with personal tokens."""

ANA = StaffId("ana")
BEN = StaffId("ben")
CAI = StaffId("cai")
ZONES = (
    Zone(id="l3", site="Main", floor="3", name="Level 3 silent study", kind=ZoneKind.SILENT, code="L3A"),
    Zone(id="l1", site="Main", floor="1", name="Level 1 group study", kind=ZoneKind.GROUP, code="L1B"),
)
SORTS = Sorts(
    kinds=("enquiry", "complaint", "loan"),
    sites=("Main", "North"),
    presets=(
        Preset(number=1, title="Directions", channel=Channel.DESK, effort=1, first_contact=True, tags=("map",)),
        Preset(number=4, title="Phone", channel=Channel.PHONE, kind="loan", site="North"),
    ),
)
SAYS = {outcome: f"{outcome.name.title()}: {{zone}}" for outcome in NoiseOutcome}
_KEY = b"\x05" * 32
_LINES = {
    LineId("help"): LineSettings(channel=Channel.MAIL, title="Enquiries", address="help@library.example"),
    LineId("chat"): LineSettings(channel=Channel.CHAT, title="Web chat", address="chat"),
    LineId("noise"): LineSettings(channel=Channel.SMS, title="Noise", kind="noise", address="+447700900900"),
}


@dataclass(frozen=True, slots=True)
class Library:
    """What stands behind the desk, for tests to make something happen."""

    clock: ManualClock
    store: SharedStore
    intake: Intake
    desk: LocalDesk
    typed: list[TicketId]

    async def mail(
        self,
        text: str = "Can I renew?",
        *,
        sender: str = "mina@example.org",
        subject: str = "Renewal",
        to: TicketId | None = None,
        files: tuple[Attachment, ...] = (),
    ) -> TicketId:
        """A patron writes; ``to`` a ticket's own signed address, else to the line. Returns the ticket."""
        self.clock.passes(seconds=1)
        named = f"<{self.clock.now()}@example.org>"
        receipt = await self.intake.receive(
            Inbound(
                channel=Channel.MAIL,
                line=LineId("help"),
                external_id=named,
                digest=hashlib.sha256(f"{named}{text}".encode()).hexdigest(),
                sender=Address(channel=Channel.MAIL, value=sender, name=sender.partition("@")[0].title()),
                text=text,
                subject=subject,
                tokens=(tokens.sign(_KEY, to),) if to else (),
                attachments=files,
            )
        )
        assert receipt.ticket is not None
        return receipt.ticket

    async def text(self, text: str = "loud on level 3", *, sender: str = "+447700900001") -> TicketId:
        """Somebody texts the noise line. Returns the ticket."""
        self.clock.passes(seconds=1)
        receipt = await self.intake.receive(
            Inbound(
                channel=Channel.SMS,
                line=LineId("noise"),
                external_id=f"SM{self.clock.now()}",
                digest=hashlib.sha256(f"{self.clock.now()}{text}".encode()).hexdigest(),
                sender=Address(channel=Channel.SMS, value=sender),
                text=text,
            )
        )
        assert receipt.ticket is not None
        return receipt.ticket

    @asynccontextmanager
    async def side(self, side: str, folder: Path) -> AsyncIterator[Desk]:
        """The desk as ``side`` has it; ``folder`` is where its socket lies."""
        if side == "local":
            yield self.desk
        elif side == "remote":
            async with desk_socket(self.desk, folder / "desk.sock"), connect(folder / "desk.sock") as attached:
                yield attached
        else:
            async with self.tokens(Offered(desk=self.desk), folder) as each:
                yield cast(Desk, ByMember("desk", each))

    @asynccontextmanager
    async def tokens(self, offered: Offered, folder: Path) -> AsyncIterator[Mapping[StaffId, RemoteDesk]]:
        """Each member's desk on a machine of their own: over TLS, with a personal token, behind the gate."""
        async with self.online(offered, folder) as (url, roster), AsyncExitStack() as stack:
            found = {}
            for member in (ANA, BEN, CAI):
                token = (await roster.issue(ANA, member, name="laptop")).text
                there = connect_to(url, token, authority=folder / "cert.pem")
                found[member] = await stack.enter_async_context(there)
            yield found

    @asynccontextmanager
    async def online(self, offered: Offered, folder: Path) -> AsyncIterator[tuple[str, LocalRoster]]:
        """The API over TLS, behind the gate: its URL, and who hands out tokens. ``folder``/cert.pem vouches for it."""
        sessions, gate = Sessions(self.store, self.clock), Gate(self.store, self.clock)
        by_token = ByToken(self.store, self.clock, sessions)
        async with (
            beside(on_change("signing out", sessions.check_due, self.store, self.clock, Troubles())),
            answering(self.desk, admitting(gate, offered), by_token, tls=certified(folder)) as url,
        ):
            yield url, LocalRoster(self.store, self.clock)


class ByMember:
    """One side of several desks: a call is made at the desk of whoever acts, at Ana's where nobody is named."""

    def __init__(self, protocol: str, desks: Mapping[StaffId, RemoteDesk]) -> None:
        self._protocol = protocol
        self._desks = desks

    @property
    def noise(self) -> Any:
        """What is done about noise, by the same desks."""
        return ByMember("noise", self._desks)

    @property
    def sending(self) -> Any:
        """What waits to go out, by the same desks."""
        return ByMember("sending", self._desks)

    @property
    def duty(self) -> Any:
        """Who is on, by the same desks."""
        return ByMember("duty", self._desks)

    @property
    def closings(self) -> Any:
        """Closing by hand, by the same desks."""
        return ByMember("closings", self._desks)

    @property
    def openings(self) -> Any:
        """What lies ahead, by the same desks."""
        return ByMember("openings", self._desks)

    @property
    def macros(self) -> Any:
        """Macros, by the same desks."""
        return ByMember("macros", self._desks)

    @property
    def company(self) -> Any:
        """Who is where, by the same desks."""
        return ByMember("company", self._desks)

    @property
    def chatting(self) -> Any:
        """What is done with chats, by the same desks."""
        return ByMember("chatting", self._desks)

    @property
    def drafts(self) -> Any:
        """What members have begun to write, by the same desks."""
        return ByMember("drafts", self._desks)

    @property
    def views(self) -> Any:
        """Queries and saved views, by the same desks."""
        return ByMember("views", self._desks)

    @property
    def sorting(self) -> Any:
        """How work is sorted, by the same desks."""
        return ByMember("sorting", self._desks)

    @property
    def ties(self) -> Any:
        """Followers and links, by the same desks."""
        return ByMember("ties", self._desks)

    @property
    def reports(self) -> Any:
        """The figures of a period, by the same desks."""
        return ByMember("reports", self._desks)

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            actor = kwargs.get("actor", args[0] if args else ANA)
            desk: Any = self._desks.get(actor, self._desks[ANA])
            return getattr(desk if self._protocol == "desk" else getattr(desk, self._protocol), name)(*args, **kwargs)

        return call


@asynccontextmanager
async def library(standards: Path | None = None) -> AsyncIterator[Library]:
    """An empty library, always open, with Ana, Ben and Cai on its staff. The standards are the presets, or a file's."""
    clock = ManualClock()
    async with open_store(fresh_store()) as store:
        ids = Ids(clock)
        rulebook = Rulebook(store, clock)
        await rulebook.publish(drafts(None, standards, now=clock.now(), zone="Europe/London"))
        intake = Intake(
            store=store,
            clock=clock,
            ids=ids,
            lines=_LINES,
            policies={line: OpenLine() for line in _LINES},
            published=rulebook.published,
            reply_key=_KEY,
        )
        typed: list[TicketId] = []
        desk = LocalDesk(
            store=store,
            clock=clock,
            ids=ids,
            published=rulebook.published,
            about=About(library="main", zone="Europe/London", pace=60.0, said="demo", lines={"help": "Enquiries"}),
            typing=typed.append,
            standing=partial(standing, bands=Bands(zone="Europe/London", few=2)),
            closings=LocalClosings(
                store=store,
                clock=clock,
                ids=ids,
                published=rulebook.published,
                load=rulebook.load,
                lines={name: line.channel for name, line in _LINES.items()},
            ),
            noise=LocalNoise(
                store=store,
                clock=clock,
                ids=ids,
                published=rulebook.published,
                rules=NoiseRules(zones=ZONES, says={"noise": SAYS}, complaint={"noise": "Write to us."}),
            ),
            sorting=LocalSorting(store=store, clock=clock, ids=ids, published=rulebook.published, sorts=SORTS),
            reports=LocalReports(Settings(), store=store, clock=clock, published=rulebook.published),
        )
        await desk.sign_in(ANA, name="Ana")
        await desk.sign_in(BEN, name="Ben")
        await desk.sign_in(CAI, name="Cai")
        yield Library(clock, store, intake, desk, typed)
