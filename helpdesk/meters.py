"""What is counted while the house runs: plain numbers, handed to the parts that have something to say.

Labels come from enums, from the names of loops and from the names of errors: a bounded set, and nothing of anybody.
What the store can tell at any time is not counted here but read when it is asked for (helpdesk.store.verbs.gauges);
what parts count themselves (bad tokens, live lines) is asked of them. How it is shown: helpdesk.api.metrics.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from helpdesk.clock import stopwatch
from helpdesk.events import Event
from helpdesk.message import Channel

COMMITS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Bounds of the buckets for commits, in seconds."""

LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Bounds of the buckets for the event loop's lag, in seconds."""

MOST_ERRORS = 100
"""So many kinds of errors are told apart; what comes on top counts as "other"."""


class Histogram:
    """How often something took how long. ``bounds`` are inclusive upper ones, in seconds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.total = 0.0
        self._counts = [0] * (len(self.bounds) + 1)

    def took(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds

    def up_to(self) -> list[tuple[float, int]]:
        """Each bound, and how many were no longer; the last bound is infinity."""
        n, found = 0, []
        for bound, count in zip((*self.bounds, float("inf")), self._counts, strict=True):
            n += count
            found.append((bound, n))
        return found


class Meters:
    """The counts of one house.

    ``events``      facts of the log since the start, by kind and channel ("" where there is none)
    ``errors``      what was logged as an error, by what failed and the error's kind
    ``commits``     how long commits took
    ``lags``        how late the event loop was
    ``watching``    asked for how many live lines a part holds
    ``bad_tokens``  asked for how many bad tokens a part was shown; ``ended_tokens``: how many that are over;
                    ``wrong_pins``: how many PINs opened nothing
    """

    def __init__(self) -> None:
        self.events: Counter[tuple[str, str]] = Counter()
        self.errors: Counter[tuple[str, str]] = Counter()
        self.commits = Histogram(COMMITS)
        self.lags = Histogram(LAGS)
        self.watching: list[Callable[[], int]] = []
        self.bad_tokens: list[Callable[[], int]] = []
        self.ended_tokens: list[Callable[[], int]] = []
        self.wrong_pins: list[Callable[[], int]] = []

    def heard(self, event: Event, channel: Channel | None) -> None:
        """Something happened."""
        self.events[str(event.kind), str(channel or "")] += 1

    def logged(self, level: str, facts: Mapping[str, Any]) -> None:
        """Something was logged: faults of ours count, and facts of the log, which have a place in it, don't again."""
        if level != "error" or "seq" in facts:
            return
        key = str(facts.get("step") or facts.get("event", "")), str(facts.get("kind") or facts.get("error") or "")
        known = key in self.errors or len(self.errors) < MOST_ERRORS
        self.errors[key if known else ("other", "")] += 1

    @contextmanager
    def commit(self) -> Iterator[None]:
        """Measure a commit."""
        seconds = stopwatch()
        try:
            yield
        finally:
            self.commits.took(seconds())
