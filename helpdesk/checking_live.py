"""What `helpdesk check --live` says: a probe by every line, now, through the help desk that is running."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from helpdesk.api.auth import answers
from helpdesk.api.remote import connect
from helpdesk.check import FAIL, OK, WARN, Finding
from helpdesk.clock import MINUTE, SECOND, Clock, plus
from helpdesk.config import Settings
from helpdesk.errors import HelpdeskError
from helpdesk.message import Channel, LineId, StaffId
from helpdesk.ports.probes import Probe, Probes, ProbeState

LOOK = SECOND // 4
"""How often it is asked how the probes go, in milliseconds."""

GRACE = MINUTE
"""How long after its time a probe that is not over is waited for, in milliseconds."""


async def live(
    settings: Settings, clock: Clock, actor: StaffId, *, lines: Sequence[str] = (), texts: bool = True
) -> AsyncIterator[Finding]:
    """A finding for each line, as soon as its probe is over."""
    path = settings.store.socket_path
    if not answers(path):
        yield Finding(FAIL, "live", "the help desk does not run here, so nothing can come back: start `helpdesk serve`")
        return
    if texts and (cost := _cost(settings, lines)):
        yield Finding(OK, "live", cost)
    try:
        async with connect(path) as owner:
            async for finding in _probed(owner.probes, clock, actor, tuple(lines), texts=texts):
                yield finding
    except HelpdeskError as error:
        yield Finding(FAIL, "live", str(error))


def _cost(settings: Settings, lines: Sequence[str]) -> str:
    """What the texts of a probe cost, in words; "" where none is sent."""
    texting = settings.lines_of(Channel.SMS)
    probed = [name for name in texting if not lines or name in lines]
    if not probed or (len(texting) < 2 and settings.sms.carrier != "smpp"):
        return ""
    pence = sum(texting[name].pence_per_segment for name in probed)
    return f"texts to ourselves: {len(probed)}, about {pence:g} pence by pence_per_segment; --no-texts sends none"


async def _probed(
    probes: Probes, clock: Clock, actor: StaffId, lines: tuple[str, ...], *, texts: bool
) -> AsyncIterator[Finding]:
    begun = await probes.begin(actor, lines=lines, texts=texts)
    under_way = await probes.latest(actor)
    waited = {each.line: each for each in under_way if not lines or each.line in lines}
    waited = {line: each for line, each in waited.items() if not each.state.over or each.id in {b.id for b in begun}}
    while waited:
        for probe in await probes.latest(actor):
            if probe.line in waited and (said := _said(probe, clock)) is not None:
                del waited[LineId(probe.line)]
                yield said
        if waited:
            await clock.until(plus(clock.now(), LOOK))


def _said(probe: Probe, clock: Clock) -> Finding | None:
    """What came of a probe; None while it is under way."""
    if probe.state is ProbeState.PASSED:
        after = f"came back after {(probe.took or 0) / SECOND:.1f} s. {probe.said}"
        return Finding(WARN if probe.warning else OK, probe.line, after)
    if probe.state is ProbeState.FAILED:
        return Finding(FAIL, probe.line, probe.said)
    if clock.now() > plus(probe.until, GRACE):
        return Finding(FAIL, probe.line, "its probe is not over yet: see what the help desk logs")
    return None
