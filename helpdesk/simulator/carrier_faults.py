"""What can be made to go wrong at the simulated carrier, on request.

A script is a list of :class:`Fault`, used up one by one; an empty script means that all goes well.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failure.

    ``status`` and ``code``  what a refused REST request gets; ``code`` None for an answer without the API's JSON
    ``retry_after``          the Retry-After header, in seconds
    ``silent``               no answer at all: the caller runs into its own time-out
    ``garbled``              an answer of status 200 or 201 whose JSON breaks off
    ``taken``                the text was taken all the same
    """

    status: int = 400
    code: int | None = None
    retry_after: int | None = None
    silent: bool = False
    garbled: bool = False
    taken: bool = False


@dataclass(slots=True)
class Faults:
    """The scripts and moods of one carrier; change them at any time.

    ``sends``     for the next texts that are handed over, in order (None: this one goes well)
    ``lists``     for the next listings
    ``deletes``   for the next texts and files that are to be deleted
    ``fetches``   for the next texts that are asked for one by one
    ``files``     for the next files that are asked for
    ``points``    where the next files lie instead: the carrier points there
    ``delivers``  an error code for each of the next texts on their way to a handset (None: it arrives)
    ``copies``    how often each status callback is posted
    ``backwards`` the callbacks of a text come in the wrong order: delivered before sent
    ``muted``     no callbacks at all
    ``delay``     seconds on the carrier's clock between taking a text and its arrival, and again to "delivered"
    """

    sends: deque[Fault | None] = field(default_factory=deque)
    lists: deque[Fault | None] = field(default_factory=deque)
    deletes: deque[Fault | None] = field(default_factory=deque)
    fetches: deque[Fault | None] = field(default_factory=deque)
    files: deque[Fault | None] = field(default_factory=deque)
    points: deque[str] = field(default_factory=deque)
    delivers: deque[int | None] = field(default_factory=deque)
    copies: int = 1
    backwards: bool = False
    muted: bool = False
    delay: float = 0.0

    def next_send(self) -> Fault | None:
        """The fault for the text that is being handed over."""
        return self.sends.popleft() if self.sends else None

    def next_list(self) -> Fault | None:
        """The fault for the listing that was asked for."""
        return self.lists.popleft() if self.lists else None

    def next_deletion(self) -> Fault | None:
        """The fault for what is to be deleted."""
        return self.deletes.popleft() if self.deletes else None

    def next_fetch(self) -> Fault | None:
        """The fault for the text that is asked for."""
        return self.fetches.popleft() if self.fetches else None

    def next_file(self) -> Fault | None:
        """The fault for the file that is asked for."""
        return self.files.popleft() if self.files else None

    def next_delivery(self) -> int | None:
        """The error code for the text that is on its way."""
        return self.delivers.popleft() if self.delivers else None
