"""The seam to what lies ahead by the published calendars: the next opening, next week, next term."""

from __future__ import annotations

from typing import Protocol

from helpdesk.hours.ahead import ToCome
from helpdesk.message import StaffId


class Openings(Protocol):
    """Says when lines open, as far as that is published, with what is closed by hand left out."""

    async def ahead(self, actor: StaffId) -> tuple[ToCome, ...]:
        """What lies ahead, for lines that keep the same hours together.

        The line "" stands for contacts that came by none: they go by the calendar that reports show. A line without a
        calendar is always open.
        """
        ...
