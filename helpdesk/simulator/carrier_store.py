"""What the simulated carrier holds: texts, in memory only, as its REST API shows them.

A real carrier sees numbers, so this one does too; none is in a repr, an error or the transcript.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from helpdesk.clock import Instant, moment
from helpdesk.segments import segments

Status = Literal["received", "queued", "sent", "delivered", "undelivered", "failed"]
FINAL: frozenset[Status] = frozenset({"received", "delivered", "undelivered", "failed"})
"""A text in one of these states may be redacted or deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text as the carrier holds it; ``status_callback`` is "" where nobody asked to be told."""

    sid: str
    account: str
    direction: Literal["inbound", "outbound-api"]
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    body: str = field(repr=False)
    status: Status
    created: Instant
    service: str = ""
    media: tuple[str, ...] = ()
    error: int | None = None
    status_callback: str = ""

    def files(self) -> dict[str, str]:
        """Its media: each one's SID and URL. A URL that comes twice is one file."""
        return {f"ME{hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()}": url for url in self.media}

    def as_json(self) -> dict[str, object]:
        """The text in the shape of the carrier's REST API."""
        created = format_datetime(moment(self.created).replace(microsecond=0), usegmt=False)
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "messaging_service_sid": self.service or None,
            "direction": self.direction,
            "from": self.sender,
            "to": self.recipient,
            "body": self.body,
            "status": self.status,
            "num_segments": str(segments(self.body).parts),
            "num_media": str(len(self.media)),
            "date_created": created,
            "date_updated": created,
            "date_sent": None if self.status == "queued" else created,
            "error_code": self.error,
            "error_message": None,
            "price": None,
            "price_unit": "GBP",
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}.json",
            "subresource_uris": {},
        }


class Texts:
    """All texts of the simulated account, oldest first. ``seed`` decides the SIDs."""

    def __init__(self, *, account: str, seed: int) -> None:
        self.account = account
        self._random = random.Random(seed)
        self._held: dict[str, Text] = {}

    def __iter__(self) -> Iterator[Text]:
        return iter(self._held.values())

    def __len__(self) -> int:
        return len(self._held)

    def new_sid(self, prefix: str = "SM") -> str:
        """The next SID: two letters and 32 hex digits."""
        return prefix + self._random.randbytes(16).hex()

    def put(self, text: Text) -> Text:
        """Keep ``text``, in place of the one with its SID if there is one."""
        self._held[text.sid] = text
        return text

    def get(self, sid: str) -> Text | None:
        """The text of that SID."""
        return self._held.get(sid)

    def settle(self, sid: str, status: Status, error: int | None = None) -> Text | None:
        """Note how far a text has come; None where it was deleted meanwhile."""
        if (held := self._held.get(sid)) is None:
            return None
        return self.put(replace(held, status=status, error=error))

    def redact(self, sid: str) -> Text:
        """Empty a text's body."""
        return self.put(replace(self._held[sid], body="", media=()))

    def delete(self, sid: str) -> None:
        """Remove a text and its media."""
        del self._held[sid]

    def delete_file(self, sid: str, file: str) -> None:
        """Remove one of a text's media."""
        held = self._held[sid]
        self.put(replace(held, media=tuple(url for each, url in held.files().items() if each != file)))

    def listed(self, query: Mapping[str, str]) -> list[Text]:
        """The texts that ``To``, ``From`` and the ``DateSent`` conditions of a query let through, newest first."""
        chosen: Iterable[Text] = self._held.values()
        if recipient := query.get("To"):
            chosen = [text for text in chosen if text.recipient == recipient]
        if sender := query.get("From"):
            chosen = [text for text in chosen if text.sender == sender]
        chosen = [text for text in chosen if _in_time(text, query)]
        return sorted(chosen, key=lambda text: text.created)[::-1]


def _in_time(text: Text, query: Mapping[str, str]) -> bool:
    """Whether a text's DateSent fits; a queued text has none and fits no condition."""
    after, before, on = query.get("DateSent>"), query.get("DateSent<"), query.get("DateSent")
    if not (after or before or on):
        return True
    if text.status == "queued":
        return False
    sent = moment(text.created).replace(microsecond=0)
    return (
        (not after or sent >= _parsed(after))
        and (not before or sent <= _parsed(before))
        and (not on or _parsed(on) <= sent < _parsed(on) + timedelta(days=1))
    )


def _parsed(value: str) -> datetime:
    """An ISO date or time in UTC; ValueError for anything else."""
    found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
