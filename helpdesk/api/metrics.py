"""The figures as Prometheus reads them: a registry of its own for each house, filled when it is asked.

Nothing is kept here. Numbers of the store come from one snapshot of kept counts and index ranges
(:mod:`helpdesk.store.verbs.gauges`), the others from :class:`helpdesk.meters.Meters`. Labels are enums, loops, and
kinds of errors: no person, ticket, address or text can stand among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from helpdesk import __version__
from helpdesk.clock import SECOND, Instant
from helpdesk.meters import Histogram, Meters
from helpdesk.readiness import Check
from helpdesk.store.verbs.gauges import Gauges


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a scrape shows.

    ``gauges``       what the store says, None where it can't be read just now: its metrics are left out
    ``passing``      loops that are in a pass, with since when
    ``chats``        chats that a visitor's page is open on
    ``certificate``  when the web server's certificate ends, None without TLS
    """

    now: Instant
    gauges: Gauges | None
    meters: Meters
    checks: tuple[Check, ...]
    passing: dict[str, Instant]
    chats: int
    certificate: Instant | None = None


class Exposition:
    """Writes readings down. One for each house, so that two in one process have figures of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        self._reading: Reading | None = None

    def written(self, reading: Reading) -> bytes:
        """The reading in Prometheus' text format."""
        self._reading = reading
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """What the registry asks for; nothing before the first reading."""
        return families(self._reading) if self._reading else ()


def families(reading: Reading) -> Iterator[Metric]:
    """Every metric of ours, with its samples."""
    yield InfoMetricFamily("helpdesk", "Which version runs.", {"version": __version__})
    if reading.gauges is not None:
        yield from _queue(reading.gauges, reading.now)
        yield from _outgoing(reading.gauges, reading.now)
    yield from _counted(reading.meters)
    yield from _health(reading)


def _queue(gauges: Gauges, now: Instant) -> Iterator[Metric]:
    views = {str(view): n for view, n in gauges.views.items()}
    yield _labelled("helpdesk_tickets", "Tickets in each view of the worklist.", "view", views)
    oldest = 0.0 if gauges.unanswered is None else _age(gauges.unanswered, now)
    yield _one("helpdesk_unanswered_oldest_seconds", "How long the patron who has waited longest waits.", oldest)
    yield _one("helpdesk_clocks_near_breach", "Running clocks that end within ten minutes.", gauges.nearing)
    yield _one("helpdesk_mails_unread", "Mails that were taken and are not read yet.", gauges.unread)
    yield _one("helpdesk_event_seq", "The place of the last event in the log.", gauges.seq)
    yield _labelled("helpdesk_notices", "Troubles that the store holds for the desk.", "level", gauges.notices)


def _outgoing(gauges: Gauges, now: Instant) -> Iterator[Metric]:
    waiting = {str(channel): each for channel, each in gauges.outbox.items()}
    sizes = {channel: each.n for channel, each in waiting.items()}
    ages = {channel: _age(each.oldest, now) for channel, each in waiting.items()}
    yield _labelled("helpdesk_outbox_messages", "Messages that wait to go out.", "channel", sizes)
    yield _labelled("helpdesk_outbox_oldest_seconds", "How long the oldest of them waits.", "channel", ages)
    yield _one("helpdesk_lines_paused", "Lines that rest because our account is at fault.", gauges.paused)
    probes = gauges.probes
    ok, when = {line: int(each.ok) for line, each in probes.items()}, {n: e.when / SECOND for n, e in probes.items()}
    yield _labelled("helpdesk_probe_ok", "1 where the latest probe of a line came back.", "line", ok)
    yield _labelled("helpdesk_probe_timestamp_seconds", "When that probe was sent.", "line", when)
    yield _labelled("helpdesk_webhook_messages", "Messages that wait for each webhook.", "hook", gauges.hooks)


def _counted(meters: Meters) -> Iterator[Metric]:
    events = CounterMetricFamily("helpdesk_events", "Facts of the log since the start.", labels=("kind", "channel"))
    for labels, n in sorted(meters.events.items()):
        events.add_metric(labels, n)
    yield events
    errors = CounterMetricFamily("helpdesk_errors", "Errors in the program's own log.", labels=("what", "kind"))
    for labels, n in sorted(meters.errors.items()):
        errors.add_metric(labels, n)
    yield errors
    bad = sum(each() for each in meters.bad_tokens)
    yield CounterMetricFamily("helpdesk_bad_tokens", "Tokens that nobody was given.", value=bad)
    ended = sum(each() for each in meters.ended_tokens)
    yield CounterMetricFamily("helpdesk_ended_tokens", "Tokens that open nothing any more.", value=ended)
    wrong = sum(each() for each in meters.wrong_pins)
    yield CounterMetricFamily("helpdesk_wrong_pins", "PINs that opened nothing.", value=wrong)
    yield _histogram("helpdesk_store_commit_seconds", "How long commits took.", meters.commits)
    yield _histogram("helpdesk_loop_lag_seconds", "How late the event loop was.", meters.lags)


def _health(reading: Reading) -> Iterator[Metric]:
    watching = sum(each() for each in reading.meters.watching)
    yield _one("helpdesk_desks_connected", "Live lines to desks and other systems.", watching)
    yield _one("helpdesk_chats_open", "Chats that a visitor's page is open on.", reading.chats)
    ready = {check.name: int(check.ok) for check in reading.checks}
    yield _labelled("helpdesk_ready", "1 for each check of /readyz that is well.", "check", ready)
    passing = {name: _age(since, reading.now) for name, since in reading.passing.items()}
    yield _labelled("helpdesk_loop_pass_seconds", "How long a loop is in its pass by now.", "loop", passing)
    if reading.certificate is not None:
        ends = reading.certificate / SECOND
        yield _one("helpdesk_certificate_expires_timestamp_seconds", "When the web server's certificate ends.", ends)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _labelled(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=(label,))
    for value, n in sorted(values.items()):
        family.add_metric((value,), n)
    return family


def _histogram(name: str, words: str, histogram: Histogram) -> Metric:
    buckets = [("+Inf" if bound == float("inf") else str(bound), n) for bound, n in histogram.up_to()]
    return HistogramMetricFamily(name, words, buckets=buckets, sum_value=histogram.total)


def _age(since: Instant, now: Instant) -> float:
    return max(0, now - since) / SECOND
