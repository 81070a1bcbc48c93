"""When a relay took a mail: the one header that is read before the mail is kept."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from helpdesk.clock import Instant, instant

_RECEIVED = re.compile(rb"^received:((?:[^\n]*\n[ \t])*[^\n]*)", re.IGNORECASE | re.MULTILINE)
_HEAD_BYTES = 16_384


def received_at(content: bytes) -> Instant | None:
    """The time in the topmost Received line, None where there is none that can be read. Fast, and never raises."""
    head = content[:_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    line = _RECEIVED.search(head)
    if line is None:
        return None
    date = line[1].rpartition(b";")[2].decode("ascii", "replace")
    try:
        when = parsedate_to_datetime(" ".join(date.split())[:100])
        return instant(when)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
