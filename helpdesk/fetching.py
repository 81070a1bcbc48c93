"""Files that came with texts are fetched from the carrier after the text itself was stored and acknowledged.

One pass is :meth:`Fetching.fetch_due`. What can't be fetched in the end is given up, and the ticket says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Clock, Instant, plus
from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.message import Channel, Fetched, LineId
from helpdesk.ports import Fetcher, Store
from helpdesk.standards import Published
from helpdesk.store.verbs import media
from helpdesk.store.verbs.media import Awaited

BACKOFF = (10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR)
"""How long to wait after each failed try; after the last the files are given up."""

LONGEST = DAY
"""The longest wait between two tries, whatever the carrier asks for, in milliseconds."""


class Fetching:
    """Fetches what is awaited. ``opened``: the lines that keep files as they came; of all others only bare pictures."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        fetchers: Mapping[Channel, Fetcher],
        opened: Collection[LineId],
        published: Callable[[], Published],
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetcher = fetchers.get(Channel.SMS)
        self._opened = opened
        self._published = published

    async def fetch_due(self) -> Instant | None:
        """Fetch all that is due, a text's files after the other's; returns when the next fall due, None for none."""
        now = self._clock.now()
        for awaited in await self._store.read(media.due, now, plus(now, LONGEST)):
            await self._fetch(awaited)
        return await self._store.read(media.next_due)

    async def _fetch(self, awaited: Awaited) -> None:
        if self._fetcher is None:
            await self._settle(awaited, Fetched(left=("can't be fetched: no line is set up for it",) * awaited.files))
            return
        sealed = awaited.line not in self._opened
        try:
            fetched = await self._fetcher.fetch(awaited.provider_id, awaited.account, sealed=sealed)
        except HelpdeskError as error:
            await self._later(awaited, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours with one file keeps no other from being fetched
            await self._later(awaited, TryLater(f"Fetching failed ({type(error).__name__})."))
        else:
            await self._settle(awaited, fetched)

    async def _later(self, awaited: Awaited, error: HelpdeskError) -> None:
        if awaited.tries >= len(BACKOFF):
            why = f"could not be fetched in {awaited.tries + 1} tries. {error}".rstrip(".")
            await self._settle(awaited, Fetched(left=(why,) * awaited.files))
            return
        wait = BACKOFF[awaited.tries]
        if isinstance(error, TryLater) and error.retry_after is not None:
            wait = max(wait, round(min(error.retry_after, LONGEST / SECOND) * SECOND))
        await self._store.write(media.later, awaited, plus(self._clock.now(), wait))

    async def _settle(self, awaited: Awaited, fetched: Fetched) -> None:
        await self._store.write(media.settle, awaited, fetched, said(fetched), self._clock.now(), self._published())


def said(fetched: Fetched) -> str:
    """What staff should know of files that are not here; "" where all are."""
    if not fetched.files and not fetched.left:
        return "The carrier has no file of it any more."
    reasons = dict.fromkeys(fetched.left)
    counts = [(fetched.left.count(reason), reason) for reason in reasons]
    return " ".join(f"A file {why}." if n == 1 else f"{n} files: each {why}." for n, why in counts)
