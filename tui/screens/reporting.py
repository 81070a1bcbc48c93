"""What staff do with figures: look at them, go through what was missed, write them to a file."""

from __future__ import annotations

from pathlib import Path

from helpdesk.message import TicketId
from helpdesk.noise.incidents import NoiseMap
from helpdesk.ports.reports import Figures, Form, Length, Table, Written
from helpdesk.sight import Standing
from helpdesk.thread import Thread
from helpdesk.ticket import Ticket
from tui.allowed import Target, target
from tui.files import default_folder, short
from tui.reports import Choice, choice_of
from tui.roles import reads, why_not_by_role
from tui.screens.reports import ReportsScreen
from tui.screens.verbs import Verbs


class Reporting(Verbs):
    """The reports screen asks through this one: whatever fails is told in words."""

    def do_standing(self) -> None:
        """How the promises are kept now; from there any period."""
        self.app.push_screen(ReportsScreen(self))

    def do_report(self, rest: str = "") -> None:
        """The figures of a period; ValueError says how one is named."""
        self.app.push_screen(ReportsScreen(self, choice_of(rest) if rest else Choice("month")))

    async def explain(self, on: Target, why: str) -> bool:
        """Keep why a standard was missed."""
        sitting = self.sitting

        async def do(ticket: TicketId, version: int) -> Ticket:
            return await sitting.desk.explain(sitting.actor, ticket, version, why)

        return await self._verb(on, do, f"Ticket {on.number}: the reason is kept for the report.")

    # What the reports screen asks for

    async def reported(self, choice: Choice) -> Standing | Figures | None:
        """What a tab shows."""
        desk, actor = self.sitting.desk, self.sitting.actor
        if choice.what == "now":
            return await self.attempt(desk.standing(actor))
        return await self.attempt(desk.reports.figures(actor, length=choice.what, back=choice.back))

    async def noise_mapped(self) -> NoiseMap | None:
        """Where and when it was noisy."""
        return await self.attempt(self.sitting.desk.noise.noise_map(self.sitting.actor))

    async def report_written(self, length: Length, back: int, form: Form, table: Table) -> Written | None:
        """The same bytes as `helpdesk report` writes; for who reads no texts without the misses one by one."""
        calls, actor = self.sitting.desk.reports, self.sitting.actor
        call = calls.written if reads(self.sitting.role) else calls.written_briefly
        return await self.attempt(call(actor, length=length, back=back, form=form, table=table))

    async def missed_ticket(self, number: int) -> Thread | None:
        """The ticket of a miss."""
        desk, actor = self.sitting.desk, self.sitting.actor
        row = await self.attempt(desk.numbered(actor, number))
        return None if row is None else await self.attempt(desk.thread(actor, row.id))

    async def explain_miss(self, thread: Thread, why: str) -> bool:
        """Keep the reason of a miss."""
        return await self.explain(target(thread.ticket, thread.clocks), why)

    def why_not_to(self, command: str) -> str:
        """Why their role may not do something, "" where it may."""
        return why_not_by_role(command, self.sitting.role)

    @property
    def usual_folder(self) -> Path:
        """Where files of this member go."""
        return self.sitting.folder or default_folder(Path.home())

    def report_saved(self, path: Path) -> None:
        """A report lies in a file now."""
        self.sitting.folder = path.parent
        self.say(f"Written to {short(path, Path.home())}.", long=True)
