"""Where numbers are looked for: everything that the desk keeps, writes, sends and shows.

A new reading is one line in :data:`READINGS`: its name, and what gives its bytes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from helpdesk.api.calls import calls
from helpdesk.api.live import TOLD
from helpdesk.api.remote import RemoteDesk
from helpdesk.commands.noiseline_zones import planned
from helpdesk.events import Seq
from helpdesk.message import StaffId
from helpdesk.ports import Desk, NoiseDesk
from helpdesk.posters import as_html, as_svg, index_of, poster_for
from helpdesk.reports import Question, Report, report
from helpdesk.reports.benchmark.ours import exported
from helpdesk.reports.export import as_json
from helpdesk.reports.page import write
from helpdesk.reports.question import question_for
from helpdesk.reports.spreadsheet import What, as_csv
from helpdesk.reports.text import as_text
from helpdesk.settings.zoning import zone_plan
from helpdesk.sight import Told
from helpdesk.store.care import back_up
from helpdesk.worklist import View
from tests.canary.hooked import told_to_others
from tests.staff import Staff
from tests.tui.house import House as Seats
from tests.tui.seat import Seat, seat
from tests.wire import Town
from tui.screens.incident import IncidentScreen
from tui.screens.incidents import IncidentsScreen
from tui.screens.ticket import TicketScreen
from tui.screens.worklist import WorklistScreen

TABLES: tuple[What, ...] = ("figures", "misses", "contacts", "heat", "runs")
KEYS = ("1", "2", "3", "4", "7", "8", "9", "3")
"""The worklist's views that a walk along the screens looks at."""

FEW, MANY = 4, 12
"""So many tickets are opened on a short walk, and on a long one."""

EVERY = (
    "j k n N a escape l escape f escape p escape v escape W escape R escape h escape Q S escape c u P escape ? escape"
).split()
"""And the keys that a long walk tries on every ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is read: the town, and what it has said so far. ``thorough``: every screen, with every key."""

    town: Town
    said: Callable[[], str]
    thorough: bool = False


Reads = Callable[[Scene], Awaitable[bytes]]


async def _files(scene: Scene) -> bytes:
    """Every file under the town's folder: store, log, keys, backups, pages, temporary files, and their names."""
    return files(scene.town.folder)


def files(folder: Path) -> bytes:
    """All files under a folder, one after the other, each with its name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in found)


async def _backup(scene: Scene) -> bytes:
    folder = scene.town.folder
    back_up(folder / "helpdesk.sqlite", folder / "backup.sqlite")
    return (folder / "backup.sqlite").read_bytes()


async def _said(scene: Scene) -> bytes:
    return scene.said().encode()


async def _transcript(scene: Scene) -> bytes:
    return "\n".join(scene.town.carrier.transcript).encode()


async def _desk(scene: Scene) -> bytes:
    return repr(await _all_of(scene.town.desk)).encode()


async def _api(scene: Scene) -> bytes:
    """What travels to an attached desk, as it travels."""
    async with scene.town.attached() as desk:
        assert isinstance(desk.desk, RemoteDesk)
        answers = await _all_of(desk)
    codecs = {call.name: call for call in (*calls(Desk), *calls(NoiseDesk))}
    return b"\n".join(codecs[name].encode(answer) for name, answer in answers)


async def _all_of(staff: Staff) -> list[tuple[str, object]]:
    """The answers to every question that a desk asks, by the question."""
    desk, me = staff.desk, staff.name
    answers: list[tuple[str, object]] = [
        ("hello", await desk.hello()),
        ("notices", await desk.notices()),
        ("standing", await desk.standing(me)),
        ("counts", await desk.counts(me)),
        ("presence", await desk.presence()),
    ]
    for words in ("loud", "text", "ring", "07700", "7700900", "447700", "taken"):
        answers.append(("search", await desk.search(me, words, limit=100)))
    answers += await _about_noise(desk, me)
    for view in View:
        page = await desk.worklist(me, view, count=200)
        answers.append(("worklist", page))
        answers += [("thread", await desk.thread(me, row.id)) for row in page.rows]
    return answers


async def _about_noise(desk: Desk, me: StaffId) -> list[tuple[str, object]]:
    """The same of what a desk asks about noise."""
    noise = desk.noise
    answers: list[tuple[str, object]] = [
        ("choices", await noise.choices(me)),
        ("noise_map", await noise.noise_map(me, weeks=1)),
    ]
    for over in (False, True):
        found = await noise.incidents(me, over=over, count=200)
        answers.append(("incidents", found))
        answers += [("incident", await noise.incident(me, each.id)) for each in found]
    return answers


async def _changes(scene: Scene) -> bytes:
    """What whoever watches was told since the beginning."""
    desk = scene.town.house.desk
    told: list[Told] = []
    last = (await desk.hello()).seq
    async with aclosing(cast("AsyncGenerator[Told]", desk.changes(Seq(0)))) as changes:
        while not told or told[-1].seq < last:
            told.append(await anext(changes))
    return b"\n".join(TOLD.dump_json(each) for each in told)


async def _report(scene: Scene) -> Report:
    house = scene.town.house
    return await report(house.store, _question(scene))


def _question(scene: Scene) -> Question:
    return question_for(scene.town.house.settings, scene.town.time.now(), misses=1000)


async def _pages(scene: Scene) -> bytes:
    folder = scene.town.folder / "pages"
    written = write(await _report(scene), folder)
    return b"\n".join(path.read_bytes() for path in written)


async def _tables(scene: Scene) -> bytes:
    made = await _report(scene)
    return "\n".join(as_csv(made, each) for each in TABLES).encode()


async def _screens(scene: Scene) -> bytes:
    """Every view of the worklist, the tickets in it, their history; the noise; what is searched for; the alarms."""
    house = scene.town.house
    library = Seats(house.store, house.desk, house.intake, scene.town.time)
    shown: list[str] = []
    async with seat(library, actor=scene.town.desk.name, size=(120, 60)) as desk:
        for view in KEYS:
            await desk.press(view)
            shown += [desk.screen, *desk.toasts]
        tickets, keys = (MANY, EVERY) if scene.thorough else (FEW, ["h", "escape"])
        await _walk(desk, shown, tickets, keys)
        await _walk_noise(desk, shown)
        await desk.press("slash")
        await desk.until(lambda: not _listing(desk))
        await desk.press(*"ring", "enter")
        shown.append(desk.screen)
        while not _listing(desk):
            await desk.press("escape")
        await desk.press("slash")  # keys are taken in one after the other: once this one was, none is left
        await desk.until(lambda: not _listing(desk))
    return "\n".join(shown).encode()


async def _walk(desk: Seat, shown: list[str], tickets: int, keys: Sequence[str]) -> None:
    """Open one ticket after the other, and press the keys on each."""
    for _ in range(tickets):
        while not _reading(desk):
            await desk.press("enter")
            await desk.until(lambda: _listing(desk) or _reading(desk))
        shown.append(desk.screen)
        for key in keys:
            await desk.press(key)
            shown += [desk.screen, *desk.toasts]
        while not _listing(desk):
            await desk.press("escape")
        await desk.press("j")


async def _walk_noise(desk: Seat, shown: list[str]) -> None:
    """The noise that goes on, some incidents, and the map of it."""
    await desk.press("I")
    await desk.until(lambda: isinstance(desk.app.screen, IncidentsScreen))
    await desk.rests()
    shown.append(desk.screen)
    for _ in range(FEW):
        await desk.press("enter")
        await desk.rests()
        shown.append(desk.screen)
        if isinstance(desk.app.screen, IncidentScreen):
            await desk.press("escape")
        await desk.press("j")
    await desk.press("M")
    await desk.rests()
    shown.append(desk.screen)
    while not _listing(desk):
        await desk.press("escape")


def _reading(desk: Seat) -> bool:
    return isinstance(desk.app.screen, TicketScreen) and desk.ticket.target is not None


def _listing(desk: Seat) -> bool:
    return isinstance(desk.app.screen, WorklistScreen)


async def _posters(scene: Scene) -> bytes:
    """What hangs on the walls, and the plan as ``helpdesk noiseline zones`` prints it."""
    settings = scene.town.house.settings
    plan = zone_plan(settings)
    made = [poster_for(zone, settings) for zone in plan.zones if zone.code]
    pages = [index_of(made), *(page for poster in made for page in (as_html(poster), as_svg(poster)))]
    return "\n".join([*pages, *planned(plan)]).encode()


READINGS: dict[str, Reads] = {
    "what was logged and printed": _said,
    "the carrier's transcript": _transcript,
    "the desk": _desk,
    "the desk's interface": _api,
    "what a watcher is told": _changes,
    "the screens": _screens,
    "the report in words": lambda scene: _encoded(scene, as_text),
    "the report as JSON": lambda scene: _encoded(scene, as_json),
    "the report's tables": _tables,
    "the report as pages": _pages,
    "the posters and the plan": _posters,
    "the benchmark export": lambda scene: _encoded(scene, exported),
    "what other systems are told": lambda scene: told_to_others(scene.town),
    "the backup": _backup,
    "the files": _files,
}
"""In this order: what the readings before the last leave behind, it reads, too."""


async def _encoded(scene: Scene, write: Callable[[Report], str]) -> bytes:
    return write(await _report(scene)).encode()
