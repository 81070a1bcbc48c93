"""What other systems read of a library, on the store of this process. See :class:`helpdesk.ports.Records`."""

from __future__ import annotations

import base64
from binascii import Error
from datetime import date
from typing import Any

from helpdesk import reports
from helpdesk.clock import Clock, Instant
from helpdesk.config import Settings
from helpdesk.errors import Refused
from helpdesk.events import Seq
from helpdesk.ids import is_id
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.ports import EventPage, PublishedText, Store, TicketPage
from helpdesk.ports.records import BEGINNING, Grouping
from helpdesk.reports.export import plain
from helpdesk.settings.zoning import zone_plan
from helpdesk.store.verbs import events, records
from helpdesk.ticket import State

MOST_TICKETS = 200
MOST_EVENTS = 500


class LocalRecords:
    """Satisfies the Records protocol on the store of this process."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    def refit(self, settings: Settings) -> None:
        """Go by other settings from now on."""
        self._settings = settings

    async def tickets(
        self,
        actor: StaffId,
        *,
        cursor: str = "",
        limit: int = 50,
        state: State | None = None,
        channel: Channel | None = None,
        line: str = "",
        site: str = "",
        updated_since: Instant | None = None,
    ) -> TicketPage:
        """All tickets, the newest first."""
        _within(limit, MOST_TICKETS)
        filters = {
            "state": state and str(state),
            "channel": channel and str(channel),
            "line": line or None,
            "site": site or None,
            "updated_since": updated_since,
        }
        wanted = {name: value for name, value in filters.items() if value is not None}
        found, below = await self._store.read(records.page, _below(cursor), limit, wanted)
        return TicketPage(tickets=found, next="" if below is None else _cursor(below))

    async def events(self, actor: StaffId, *, after: Seq = BEGINNING, limit: int = 200) -> EventPage:
        """The facts of the log, in order."""
        _within(limit, MOST_EVENTS)
        found = await self._store.read(events.after, after, limit)
        return EventPage(events=tuple(found), next=found[-1].seq if found else after)

    async def standards(self, actor: StaffId) -> tuple[PublishedText, ...]:
        """Every standard that was ever published."""
        return await self._store.read(records.published, "standard")

    async def calendars(self, actor: StaffId) -> tuple[PublishedText, ...]:
        """Every calendar that was ever published."""
        return await self._store.read(records.published, "calendar")

    async def report(
        self,
        actor: StaffId,
        *,
        begin: date | None = None,
        end: date | None = None,
        by: Grouping = "month",
        as_of: Instant | None = None,
    ) -> dict[str, Any]:
        """Timeliness over some days."""
        if as_of is not None and as_of < 0:
            raise Refused("The log does not reach back before 1970. Choose a later as_of, or leave it out.")
        question = reports.question_for(
            self._settings,
            self._clock.now(),
            begin=begin,
            end=end,
            by=by,
            as_of=as_of,
            misses=0,
            plan=zone_plan(self._settings),
        )
        return plain(await reports.report(self._store, question))


def _within(limit: int, most: int) -> None:
    if not 1 <= limit <= most:
        raise Refused(f"Ask for 1 to {most} at a time, not {limit}: `next` leads on.")


def _cursor(below: TicketId) -> str:
    return base64.urlsafe_b64encode(below.encode()).decode().rstrip("=")


def _below(cursor: str) -> TicketId:
    if not cursor:
        return records.TOP
    try:
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (Error, ValueError):
        found = ""
    if not is_id(found):
        raise Refused("This cursor is none of ours. Leave it out to begin anew, and go on with the `next` you get.")
    return TicketId(found)
