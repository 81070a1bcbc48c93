"""Incidents as rows."""

from __future__ import annotations

from helpdesk.noise.incidents import Incident
from tui.incidents import Columns, age, blank, columns, incident_line
from tui.noise import clock
from tui.render import Eye
from tui.widgets.rows import Now, RowList
from tui.words import Line


class IncidentList(RowList[Incident, Columns]):
    """Incidents that go on, or those that are over."""

    def columns_for(self, cells: int) -> Columns:
        """The columns of a list of ``cells`` cells."""
        return columns(cells)

    def line(self, row: Incident, eye: Eye, *, selected: bool, armed: bool) -> Line:
        """An incident."""
        return incident_line(row, eye, self.columns, selected=selected, armed=armed)

    def blank(self, *, selected: bool) -> Line:
        """An incident whose page is still being read."""
        return blank(self.columns, selected=selected)

    def changing(self, row: Incident, eye: Eye) -> Now:
        """Its clock, and its age."""
        return clock(row, eye), age(row, eye)
