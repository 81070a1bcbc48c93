"""What another process may ask of the store's owner besides the desk: work on the store as a whole."""

from __future__ import annotations

from datetime import date
from typing import Literal, Protocol

from helpdesk.events import Seq
from helpdesk.message import StaffId
from helpdesk.store.verbs.figures import PublishedFigure

Publishable = Literal["calendar", "standard"]
"""What is written in files and counts once it is published."""

BOTH: tuple[Publishable, ...] = ("calendar", "standard")


Looked = Literal["report", "explain", "evidence", "export"]
"""What whoever runs commands on the owner's machine can read beside the desk: `helpdesk report` with its misses, the
clocks of one ticket, the evidence pack, the full export."""


class Keeper(Protocol):
    """Looks after the store. Each call returns lines that say what was done.

    ``actor`` is who acts: the system's login of whoever runs the command. Refused where a rule forbids it, and
    NotFound (with the nearest name) where there is no such standard or suspension.
    """

    async def publish(
        self,
        *,
        kinds: tuple[Publishable, ...] = BOTH,
        actor: str = "system",
        restate_from: date | None = None,
        why: str = "",
    ) -> tuple[str, ...]:
        """Publish the calendars, the standards or both as their files stand now; BadConfig where a file is wrong.

        ``restate_from``: calendars count from that past day on, and the clocks since are counted anew; ``why`` is kept.
        """
        ...

    async def reload(self, actor: StaffId) -> tuple[str, ...]:
        """Take the settings file anew, as far as that is possible while it runs; a line for each change.

        BadConfig where it is wrong, with file, line and remedy: then nothing has changed.
        """
        ...

    async def rebuild(self) -> tuple[str, ...]:
        """Make every projection (clocks, counts) again from the event log."""
        ...

    async def suspend(self, actor: StaffId, *, standard: str, begin: date, end: date, why: str) -> tuple[str, ...]:
        """A promise ("" for every one) does not hold from ``begin`` up to, not including, ``end``."""
        ...

    async def unsuspend(self, actor: StaffId, *, suspension: Seq) -> tuple[str, ...]:
        """Lift a suspension, named by its event."""
        ...

    async def account(
        self, actor: StaffId, *, standard: str, month: str, explanation: str, action: str = ""
    ) -> tuple[str, ...]:
        """Say to the public why a standard's month ("2026-11") dipped and what is done; the latest word counts."""
        ...

    async def published_figures(self, actor: StaffId, *, figures: tuple[PublishedFigure, ...]) -> tuple[str, ...]:
        """Note that these figures were given to the public; what was published just so before is not noted again."""
        ...

    async def retain(self, actor: StaffId, *, dry_run: bool) -> tuple[str, ...]:
        """Forget what is old enough by the rules of [retention]; with ``dry_run`` only say what would go, by line."""
        ...

    async def forget(self, actor: StaffId, *, person: str, why: str = "", dry_run: bool) -> tuple[str, ...]:
        """Forget somebody who asked for it: an id, an address, a number, or "#1042" for who wrote that ticket.

        With ``dry_run`` only say what is held. Refused while a ticket of theirs is not finished.
        """
        ...

    async def export_person(self, actor: StaffId, *, person: str) -> bytes:
        """All that is held of somebody, as a zip for them; ``person`` as in :meth:`forget`."""
        ...

    async def looked(self, actor: StaffId, *, what: Looked, ticket: int | None = None) -> None:
        """Note in the audit trail that somebody reads with a command what staff wrote, or patrons; of one ticket, by
        its number, where it is about one. A look that is repeated within ten minutes leaves no further row.
        """
        ...

    async def take_history(self, actor: StaffId, *, batch: str) -> tuple[str, ...]:
        """Take in contacts from another desk; a word for each of them: new, joined, known, changed.

        ``batch`` is a file beside the store (:mod:`helpdesk.importing.spool`). Contacts are stored whole, none twice.
        """
        ...

    async def noiseline(self) -> tuple[str, ...]:
        """What is still held of the sealed lines, until when, and what the carrier owes: neither ids nor numbers."""
        ...
