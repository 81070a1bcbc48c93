"""Line mode in a test: say a line, answer what is asked, hear what is said."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.thread import Thread
from helpdesk.ticket import Ticket
from tests.tui.house import ANA, House, busy, house
from tests.tui.noisy import Loud, loud, noisy
from tui.line.asking import never
from tui.line.session import attempt, opened
from tui.line.talk import Talk
from tui.line.voice import Voice


@dataclass
class Person:
    """Whoever types: the lines that are still to come, and what was asked so far."""

    asks: bool = True
    lines: deque[str | None] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    secret: list[str] = field(default_factory=list)

    async def line(self, prompt: str, *, secret: bool = False, begun: str = "") -> str | None:
        """The next line; None where no more was prepared."""
        (self.secret if secret else self.asked).append(prompt)
        return self.lines.popleft() if self.lines else None

    async def doing(self, work: Coroutine[Any, Any, int], *, stops: Callable[[], bool] = never) -> int:
        """Do it; nobody interrupts."""
        return await work


@dataclass
class Listener:
    """A member at the line, with what was heard since the last thing that was said."""

    library: House
    talk: Talk
    person: Person
    heard: list[str]
    wrong: list[str]
    loud: Loud | None = None

    async def says(self, line: str, *answers: str | None) -> int:
        """Say a line and answer its questions; the exit status. All answers must have been asked for."""
        self.heard.clear()
        self.wrong.clear()
        self.person.lines.extend(answers)
        status = await attempt(self.talk, line)
        assert not self.person.lines, f"not asked for: {self.person.lines}; heard {self.text}"
        return status

    async def does(self, line: str, *answers: str | None) -> None:
        """Say a line that must be done."""
        status = await self.says(line, *answers)
        assert status == 0, f"{line}: {self.wrong}"

    @property
    def text(self) -> str:
        """All that was heard."""
        return "\n".join(self.heard)

    @property
    def stands(self) -> str:
        """Where somebody is now."""
        return str(self.talk.here.place)

    @property
    def told(self) -> list[dict[str, Any]]:
        """What a program was given."""
        return [json.loads(line) for line in self.heard]

    async def ticket(self, about: str) -> Ticket:
        """A ticket by words in it, as the desk has it now."""
        return (await self.thread(about)).ticket

    async def thread(self, about: str) -> Thread:
        """The same, whole."""
        found = await self.library.desk.search(ANA, about)
        ids: set[TicketId] = {each.row.id for each in found}
        assert len(ids) == 1, f"{about}: {len(ids)} tickets"
        return await self.library.desk.thread(ANA, ids.pop())


@asynccontextmanager
async def listening(
    library: House,
    *,
    actor: StaffId = ANA,
    asks: bool = True,
    json: bool = False,
    desk: Desk | None = None,
    **sits: Any,
) -> AsyncIterator[Listener]:
    """Sit down at the line of an open library, by its own clock."""
    heard: list[str] = []
    wrong: list[str] = []
    person = Person(asks=asks)
    voice = Voice(heard.append, wrong.append, json=json, width=0)
    async with opened(
        desk or library.desk, actor, voice, person, make_clock=lambda hello: library.clock, wall=library.clock, **sits
    ) as talk:
        yield Listener(library, talk, person, heard, wrong)


@asynccontextmanager
async def at_noon(**sits: Any) -> AsyncIterator[Listener]:
    """A Monday noon with a bit of everything."""
    async with house() as library:
        await busy(library)
        async with listening(library, **sits) as here:
            yield here


@asynccontextmanager
async def in_noise(**sits: Any) -> AsyncIterator[Listener]:
    """A library where it is loud."""
    async with noisy(sealed=True) as library:
        texts = await loud(library)
        async with listening(library, **sits) as here:
            here.loud = texts
            yield here
