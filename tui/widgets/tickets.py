"""The worklist: tickets as rows."""

from __future__ import annotations

from helpdesk.worklist import Row
from tui.columns import Layout, layout
from tui.render import Eye, blank_line, clock, holder, row_line
from tui.widgets.rows import Now, RowList
from tui.words import Line, age


class TicketList(RowList[Row, Layout]):
    """Rows of a view of the queue."""

    def columns_for(self, cells: int) -> Layout:
        """The columns of a worklist of ``cells`` cells."""
        return layout(cells)

    def line(self, row: Row, eye: Eye, *, selected: bool, armed: bool) -> Line:
        """A ticket."""
        return row_line(row, eye, self.columns, selected=selected, armed=armed)

    def blank(self, *, selected: bool) -> Line:
        """A ticket whose page is still being read."""
        return blank_line(self.columns, selected=selected)

    def changing(self, row: Row, eye: Eye) -> Now:
        """Its clock; whose claim still holds, who writes, what marks it, whether it is selected, and how old it is."""
        return clock(row, eye), (
            eye.name(holder(row, eye.now)),
            row.id in eye.drafts,
            eye.writers.get(row.id),
            row.id in eye.chosen,
            row.id in eye.changed,
            eye.fresh.get(row.id),
            age(eye.now - row.opened) if self.columns["age"] else "",
        )
