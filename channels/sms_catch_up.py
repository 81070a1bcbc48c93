"""Fetches the texts whose webhook never reached us: carriers do not post again what we could not take.

Each pass lists what came in on a line since its cursor, a day's overlap included, and hands everything through the
same door as the webhook; what is there already is a duplicate and writes nothing. Then the cursor moves.

A line with a messaging service has several numbers, and the carrier's API cannot list by service: such a line reads
all the account's texts of that time and keeps those of its service. The loop belongs to the composer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import structlog

from channels.sms_carrier import CarrierApi, carrier_api
from channels.sms_codes import sid_of
from channels.sms_reading import Lines, Received, clean, count_of, hand_over, is_short, number_of, quarantine
from helpdesk.clock import HOUR, Clock, Instant, instant, moment, plus
from helpdesk.config import LineSettings, SmsSettings
from helpdesk.errors import HelpdeskError, LinePaused, TryLater
from helpdesk.message import LineId, Receipt
from helpdesk.ports import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What one pass found: texts listed, and of these new ones and new ones in quarantine."""

    listed: int = 0
    received: int = 0
    quarantined: int = 0

    def __add__(self, other: CaughtUp) -> CaughtUp:
        return CaughtUp(
            listed=self.listed + other.listed,
            received=self.received + other.received,
            quarantined=self.quarantined + other.quarantined,
        )


class SmsCatchUp:
    """Lists and hands over what was missed: use it in ``async with``, call :meth:`catch_up` at start and regularly."""

    def __init__(self, settings: SmsSettings, lines: Mapping[str, LineSettings], door: Door, clock: Clock) -> None:
        self._settings = settings
        self._lines = Lines(lines)
        self._door = door
        self._clock = clock
        self._open = contextlib.AsyncExitStack()
        self._api: CarrierApi | None = None
        self._stored: dict[LineId, frozenset[str]] = {}
        """What the last pass saw stored, per line: not asked for again while the overlap shows it."""

    async def __aenter__(self) -> Self:
        self._api = await self._open.enter_async_context(carrier_api(self._settings, self._clock))
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._api = None
        await self._open.aclose()

    async def catch_up(self) -> CaughtUp:
        """One pass over all lines. A line that fails leaves its cursor and does not keep the others from theirs.

        Raises the first TryLater or LinePaused after all lines had their turn.
        """
        total, failed = CaughtUp(), None
        for name, line in self._lines.items():
            try:
                total += await self._line(name, line)
            except (TryLater, LinePaused) as error:
                failed = failed or error
        if failed is not None:
            raise failed
        return total

    async def _line(self, name: LineId, line: LineSettings) -> CaughtUp:
        began = self._clock.now()
        cursor = await self._door.cursor(f"sms:{name}")
        reached = began if cursor is None else min(cursor, began)  # not past now, whatever a clock once said
        records = await self._listed(line, plus(reached, -self._settings.overlap_hours * HOUR))
        seen = self._stored.get(name, frozenset())
        total = CaughtUp(listed=len(records))
        for record in reversed(records):
            if record.sid not in seen:
                total += _counted(await self._store(read_record(record), name))
        self._stored[name] = frozenset(record.sid for record in records)
        await self._door.move_cursor(f"sms:{name}", began)
        return total

    async def _listed(self, line: LineSettings, since: Instant) -> list[Any]:
        """The line's inbound texts since then, newest first; those that were erased at the carrier are left out."""
        if self._api is None:
            raise RuntimeError("catching up is closed: use it in async with")
        to = "" if line.messaging_service else line.address
        records = await self._api.listed(to=to, since=moment(since))
        return [record for record in records if _came_in_on(line, record) and not _erased(record)]

    async def _store(self, received: Received, line: LineId) -> Receipt:
        """Through the door; a text that it can't take for good is quarantined, not in the way of the next."""
        try:
            return await hand_over(received, line, self._door)
        except (TryLater, LinePaused):
            raise
        except HelpdeskError as error:
            reason = str(error).rstrip(".")
        except Exception as error:  # noqa: BLE001 (one text that breaks our code must not hold up the others)
            reason = "the desk could not read it"
            structlog.get_logger().error("a text could not be stored", line=line, error=type(error).__name__)
        return await quarantine(received, line, self._door, reason)


def read_record(record: Any) -> Received:
    """The text in one entry of the carrier's list: the same id and digest as from its webhook."""
    return Received(
        sid=sid_of(record.sid or ""),
        account=record.account_sid or "",
        sender=number_of(record.from_),
        recipient=record.to or "",
        service=record.messaging_service_sid or "",
        body=clean(record.body or ""),
        segments=count_of(record.num_segments, least=1),
        files=count_of(record.num_media, least=0),
        short=is_short(record.from_),
        sent_at=instant(record.date_created) if isinstance(record.date_created, datetime) else None,
        caught_up=True,
    )


def _came_in_on(line: LineSettings, record: Any) -> bool:
    by_service = bool(line.messaging_service) and record.messaging_service_sid == line.messaging_service
    return bool(record.direction == "inbound" and (by_service or record.to == line.address))


def _erased(record: Any) -> bool:
    """Whether the carrier was told to forget the words: there is nothing left to fetch."""
    return not record.body and not count_of(record.num_media, least=0)


def _counted(receipt: Receipt) -> CaughtUp:
    fresh = not receipt.duplicate
    return CaughtUp(received=int(fresh and not receipt.quarantined), quarantined=int(fresh and receipt.quarantined))
