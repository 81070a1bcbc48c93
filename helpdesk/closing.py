"""Closing by hand, on the store of this process. See :class:`helpdesk.ports.ClosingDesk`."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType

from helpdesk.clock import DAY, HOUR, Clock, Instant, plus
from helpdesk.errors import NotAllowed, NotFound, Refused
from helpdesk.events import Seq
from helpdesk.ids import Entropy, Ids
from helpdesk.message import Channel, LineId, StaffId
from helpdesk.opening_again import opens
from helpdesk.permissions import OF_ROLE, Permission
from helpdesk.ports import Sql, Store
from helpdesk.sight import Notice
from helpdesk.standards import Closing, Published
from helpdesk.store.verbs import closings as verbs
from helpdesk.store.verbs import rulebook, shutting, staff
from helpdesk.store.verbs.closings import Shutting
from helpdesk.store.verbs.remarks import SALT_BYTES, Remark
from helpdesk.tables import nearest_end
from helpdesk.wording import reason

LONGEST = 31 * DAY
"""For how long anything can be closed by hand: what is closed for longer stands in the calendar."""

WITHOUT_A_LEAD = 24 * HOUR
"""For how long whoever is at the desk may close: at a fire alarm nobody looks for a lead."""

BATCH = 50
"""The clocks of so many tickets follow in one write: a fraction of a second, which is what another writer waits."""

BEHIND = "settling"
"""The key of the notice that clocks do not count a closing yet."""

ALL = "all"

_NAMES = {ALL: "Everything", Channel.SMS: "Text", Channel.MAIL: "Mail", Channel.CHAT: "Chat"}
_OPENS = {str(Channel.SMS): "text"}
"""How members call what they open, where it is not its own name."""


class LocalClosings:
    """Closes and opens lines on this process's own store.

    ``lines``      the channel of each line
    ``published``  what is in force, the closings with it; ``load`` reads it anew
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        published: Callable[[], Published],
        load: Callable[[], Awaitable[Published]] | None = None,
        lines: Mapping[LineId, Channel] = MappingProxyType({}),
        entropy: Entropy = os.urandom,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._published = published
        self._load = load or partial(store.read, rulebook.published)
        self._lines = lines
        self._entropy = entropy

    def refit(self, lines: Mapping[LineId, Channel]) -> None:
        """Go by other settings from now on."""
        self._lines = lines

    async def current(self, actor: StaffId) -> tuple[Closing, ...]:
        """What is closed by hand now."""
        return self._published().closings.going_on(self._clock.now())

    async def close(self, actor: StaffId, what: str, until: Instant, why: str) -> Closing:
        """Close something until a time."""
        now = self._clock.now()
        channel, line = self._named(what)
        await self._for_so_long(actor, until, now)
        said = reason(why, ask="Say why it closes: colleagues, and readers of the report, will ask.")
        kept = Remark(id=self._ids.new(), text=said, salt=self._entropy(SALT_BYTES))
        shut = Shutting(channel=channel, line=line, until=until, why=kept, actor=actor)
        closing = await self._store.write(shutting.shut, shut, now)
        await self._settle()
        return closing

    async def open(self, actor: StaffId, closing: Seq, *, undo: bool = False) -> Closing:
        """End a closing now, or take it back."""
        was = await self._store.write(shutting.open_again, closing, actor, self._clock.now(), undo=undo)
        await self._settle()
        return was

    async def _settle(self) -> None:
        """From now on this process goes by it; then the clocks follow."""
        await self._load()
        await settle(self._store)

    def _named(self, what: str) -> tuple[str, str]:
        """The channel and the line that a word names; both "" for everything."""
        word = what.strip().lower()
        if word == ALL:
            return "", ""
        if word in {str(each) for each in self._lines.values()}:
            return word, ""
        if LineId(word) in self._lines:
            return "", word
        known = [ALL, *dict.fromkeys(str(each) for each in self._lines.values()), *self._lines]
        raise NotFound(f"There is nothing called {what[:40]!r} to close; {nearest_end(word, known)}")

    async def _for_so_long(self, actor: StaffId, until: Instant, now: Instant) -> None:
        if until <= now:
            raise Refused("That time has gone by: say until when it shall be closed.")
        if until > plus(now, LONGEST):
            raise Refused("Closed for more than 31 days is for the calendar: write it there, and publish it.")
        if until > plus(now, WITHOUT_A_LEAD):
            member = await self._store.read(staff.member, actor)
            if member is None or Permission.LEAD not in OF_ROLE[member.role]:
                raise NotAllowed("You can close for up to 24 hours. For longer, ask a lead.")


async def settle(store: Store, batch: int = BATCH) -> None:
    """Let clocks follow what was closed or opened, so many tickets in one write: others write between.

    Whoever closed does this, and so does the watch: what one left undone the other goes on with.
    """
    for which in await store.read(shutting.unsettled):
        waiting = await store.read(shutting.touched, which)
        for start in range(0, len(waiting), batch):
            await store.write(shutting.settle_some, which, waiting[start : start + batch])
        await store.write(shutting.settled, which)


def closed_notices(zone: str) -> Callable[[Sql, Instant], tuple[Notice, ...]]:
    """What the desk says of each closing while it goes on: what, until when, who, why, and how to open it."""

    def notices(sql: Sql, now: Instant) -> tuple[Notice, ...]:
        going_on = verbs.closings(sql).going_on(now)
        names = {each.id: each.name for each in staff.members(sql)} if going_on else {}
        told = tuple(_told_of(each, names.get(StaffId(each.by), each.by), now, zone) for each in going_on)
        return (*told, *_behind(sql, now))

    return notices


def _behind(sql: Sql, now: Instant) -> tuple[Notice, ...]:
    """That times shown may not count a closing yet, as long as clocks are to follow it."""
    text = "Clocks are being counted anew, as something was closed or opened: times shown may be wrong for a moment."
    return (Notice(key=BEHIND, level="warning", text=text, since=now),) if shutting.unsettled(sql) else ()


def _told_of(closing: Closing, who: str, now: Instant, zone: str) -> Notice:
    what = f"Line {closing.line}" if closing.line else _NAMES.get(closing.what, closing.what)
    opened = _OPENS.get(closing.what, closing.what)
    why = f" ({closing.reason.rstrip('.')})" if closing.reason else ""
    text = f"{what} is closed until {opens(closing.ends, now, zone)} by {who}{why}. `:open {opened}` opens it."
    return Notice(key=f"closing:{closing.seq}", level="warning", text=text, since=closing.begins)


def closed_note(published: Callable[[], Published], clock: Clock, zone: str) -> Callable[[Channel, LineId], str]:
    """Says of a line, in a sentence for patrons, until when it is closed by hand; "" where it is not."""

    def note(channel: Channel, line: LineId) -> str:
        now = clock.now()
        found = published().closings.closed(channel, line, now)
        return f"We are closed until {opens(found.ends, now, zone)} and answer after that." if found else ""

    return note
