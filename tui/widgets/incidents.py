"""Incidents as rows."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.noise.incidents import Incident
from tui.incidents import Columns, age, blank, columns, incident_line
from tui.noise import Zones, clock
from tui.render import Eye
from tui.widgets.rows import Now, Read, RowList
from tui.words import Line


class IncidentList(RowList[Incident, Columns]):
    """Incidents that go on, or those that are over. ``zones``: what places are called."""

    def __init__(
        self,
        read: Read[Incident],
        eye: Callable[[], Eye],
        zones: Callable[[], Zones],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        self._zones = zones
        super().__init__(read, eye, id=id)

    def columns_for(self, cells: int) -> Columns:
        """The columns of a list of ``cells`` cells."""
        return columns(cells)

    def line(self, row: Incident, eye: Eye, *, selected: bool, armed: bool) -> Line:
        """An incident."""
        return incident_line(row, eye, self.columns, self._zones(), selected=selected, armed=armed)

    def blank(self, *, selected: bool) -> Line:
        """An incident whose page is still being read."""
        return blank(self.columns, selected=selected)

    def changing(self, row: Incident, eye: Eye) -> Now:
        """Its clock, and its age."""
        return clock(row, eye), age(row, eye)
