"""What takes long at the line: a word now and then, ctrl+C after the step at hand, and what has become of it."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from pathlib import Path

from helpdesk.clock import ManualClock
from helpdesk.message import StaffId, TicketId
from helpdesk.ticket import State, Ticket
from tests.line.listener import Person, at_noon, listening
from tests.tui.house import House, house
from tui.line.progress import EVERY, telling
from tui.line.talk import Talk
from tui.progress import Meter


async def _after(talk: Talk, clock: ManualClock, times: int = 1) -> None:
    """Let somebody wait so many times as long as they wait for a word."""
    async with telling(talk, clock):
        for _ in range(times):
            while clock.next_wake is None:
                await _moment()
            clock.passes(seconds=EVERY / 1000)
        while clock.next_wake is None:
            await _moment()


async def _moment() -> None:
    """Let the others go on."""
    turn = asyncio.Event()
    asyncio.get_running_loop().call_soon(turn.set)
    await turn.wait()


async def test_somebody_who_waits_hears_for_how_long() -> None:
    """Every few seconds, and how to leave it."""
    async with at_noon() as here:
        await _after(here.talk, ManualClock(), 2)
        assert here.wrong == [
            "Still at it, for 4 seconds. ctrl+C leaves it.",
            "Still at it, for 8 seconds. ctrl+C leaves it.",
        ]
        assert here.heard == []


async def test_what_can_be_counted_says_how_far_it_has_come() -> None:
    """In words and per cent, no bar that would be read out sign by sign."""
    async with at_noon() as here:
        with here.talk.metering(Meter("solve", 40, stops="stops after this one")) as meter:
            meter.done = 17
            await _after(here.talk, ManualClock())
            meter.stop()
            await _after(here.talk, ManualClock())
        assert here.wrong == [
            "solve 17 of 40, 42 %. ctrl+C stops after this one.",
            "solve 17 of 40, 42 %. Stopping.",
        ]


async def test_a_program_and_a_script_hear_nothing() -> None:
    """Their output is what they asked for."""
    async with at_noon(json=True) as here:
        await _after(here.talk, ManualClock())
        assert here.heard == here.wrong == []
    async with at_noon(asks=False) as here, telling(here.talk, clock := ManualClock()):
        assert clock.next_wake is None


async def test_nobody_is_hurried_who_thinks_about_an_answer() -> None:
    """A question is no task."""
    async with at_noon() as here:
        here.talk.ask.waits = True
        await _after(here.talk, ManualClock(), 2)
        assert here.wrong == []


class _Slow(Person):
    """Somebody who thinks before each line. ``hurried``: whether a word would have come meanwhile, line by line."""

    def __init__(self, talk: Talk, *lines: str) -> None:
        super().__init__(lines=deque(lines))
        self._talk, self.hurried = talk, list[bool]()

    async def line(self, prompt: str, *, secret: bool = False, begun: str = "") -> str | None:
        """The next line, after a while."""
        self.hurried.append(not self._talk.ask.waits)
        return await super().line(prompt, secret=secret, begun=begun)


async def test_nobody_is_hurried_who_writes_an_answer() -> None:
    """Neither between its lines nor when it is asked what becomes of it."""
    async with at_noon() as here:
        here.talk.ask.reader = slow = _Slow(here.talk, "Dear Jo,", "it is gone.", ".", "")
        await here.does("reply 1")
        assert slow.asked[:3] == ["Text: "] * 3
        assert slow.hurried == [False] * len(slow.asked)


class _Interrupted:
    """A desk at which ctrl+C comes while the first ticket is being solved; all else goes to the real one."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk
        self.talk: Talk | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    async def solve(self, actor: StaffId, of: TicketId, version: int) -> Ticket:
        """Solve it, and be interrupted."""
        assert self.talk is not None
        self.talk.stops()
        return await self._desk.solve(actor, of, version)


async def test_many_stop_after_the_one_at_hand_and_are_taken_back_by_undo() -> None:
    """What was done is one deed; what was not is still selected."""
    async with house() as library:
        mails = [await library.mails(f"Renewal {n}", "May I?", who=f"m{n}@example.org") for n in range(3)]
        desk = _Interrupted(library)
        async with listening(library, desk=desk) as here:  # type: ignore[arg-type]
            desk.talk = here.talk
            await here.does("select 1 2 3")
            await here.does("solve --yes")
            assert "Stopped: 1 of 3 tickets done. undo takes it back. The others are still selected." in here.text
            assert here.talk.here.selected == (2, 3)
            await here.does("undo")
        states = [(await library.desk.thread(here.talk.sitting.actor, each)).ticket.state for each in mails]
        assert states == [State.NEW] * 3


class _Halted:
    """A desk at which ctrl+C comes while a file is fetched, or a report is made; all else goes to the real one."""

    reports: object

    def __init__(self, desk: object) -> None:
        self._desk = desk
        self.talk: Talk | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    async def attachment(self, *_: object, **__: object) -> bytes:
        """Never comes."""
        assert self.talk is not None
        self.talk.stops()
        await asyncio.Event().wait()
        raise AssertionError

    written = attachment


async def test_a_file_and_a_report_that_do_not_come_are_stopped(tmp_path: Path) -> None:
    """At once, with nothing written."""
    async with house() as library:
        await library.mails("Renewal", "See the list.", files=(("list.pdf", b"books"),))
        desk = _Halted(library.desk)
        desk.reports = reports = _Halted(library.desk.reports)
        async with listening(library, desk=desk) as here:  # type: ignore[arg-type]
            desk.talk = reports.talk = here.talk
            await here.says(f"save 1 {tmp_path}")
            assert here.text == "Stopped: 0 of 1 file saved."
            await here.says(f"export this month --form=text --to={tmp_path}/report.txt")
            assert here.text == "Stopped: no report was made."
            await here.says("open_file 1")
            assert here.text == "Nothing was done."
    assert os.listdir(tmp_path) == []
