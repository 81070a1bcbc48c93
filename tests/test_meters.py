"""What is counted while the house runs, and how it is written down."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from helpdesk.api.metrics import Exposition, Reading
from helpdesk.clock import HOUR, MINUTE, Instant, ManualClock, plus
from helpdesk.events import Event, Kind, Seq
from helpdesk.ids import Ids, made
from helpdesk.message import Channel, EntryId, LineId, OutboxId, TicketId
from helpdesk.meters import MOST_ERRORS, Histogram, Meters
from helpdesk.ports import Sql
from helpdesk.readiness import Check
from helpdesk.store.opening import open_store
from helpdesk.store.verbs import gauges, notices, outbox
from helpdesk.store.verbs.gauges import Gauges, Waiting
from helpdesk.worklist import View
from tests.conversation import library

NOW = Instant(1_780_000_000_000)
QUIET = Gauges(
    views=dict.fromkeys(set(View) - {View.MINE}, 0),
    unanswered=None,
    outbox={},
    nearing=0,
    unread=0,
    paused=0,
    notices={},
    seq=Seq(0),
)


def reading(meters: Meters | None = None, found: Gauges = QUIET, certificate: Instant | None = None) -> Reading:
    """A reading of a quiet house, but for what is given."""
    checks = (Check("store"), Check("trouble", "delivery by mail: fails and is tried again"))
    passing = {"watch": plus(NOW, -MINUTE)}
    return Reading(
        now=NOW,
        gauges=found,
        meters=meters or Meters(),
        checks=checks,
        passing=passing,
        chats=2,
        certificate=certificate,
    )


def samples(one: Reading) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of ours, as a scraper understands it."""
    text = Exposition().written(one).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("helpdesk")
    }


def _event(kind: Kind, seq: int = 1) -> Event:
    return Event(seq=Seq(seq), kind=kind, ticket=None, when=NOW, noted=NOW, actor="system")


def test_a_histogram_counts_up_to_each_bound() -> None:
    """A bound belongs to what lies below it; what is longer than all lies under infinity."""
    histogram = Histogram((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 7):
        histogram.took(seconds)
    assert histogram.up_to() == [(0.1, 2), (1.0, 3), (float("inf"), 4)]
    assert histogram.total == 7.65


def test_facts_are_counted_by_kind_and_channel() -> None:
    """A fact about no ticket has no channel."""
    meters = Meters()
    for _ in range(3):
        meters.heard(_event(Kind.RECEIVED), Channel.SMS)
    meters.heard(_event(Kind.PUBLISHED), None)
    found = samples(reading(meters))
    assert found["helpdesk_events_total", (("channel", "sms"), ("kind", "received"))] == 3
    assert found["helpdesk_events_total", (("channel", ""), ("kind", "published"))] == 1


def test_errors_are_counted_by_what_failed_and_how() -> None:
    """Warnings are no errors, nor are facts that were counted as such; a loop counts by its name."""
    meters = Meters()
    meters.logged("error", {"event": "step failed", "step": "watch", "kind": "KeyError", "text": ""})
    meters.logged("error", {"event": "a webhook failed", "error": "OSError"})
    meters.logged("warning", {"event": "undeliverable"})
    meters.logged("error", {"event": "line_paused", "seq": 7})
    found = samples(reading(meters))
    assert found["helpdesk_errors_total", (("kind", "KeyError"), ("what", "watch"))] == 1
    assert found["helpdesk_errors_total", (("kind", "OSError"), ("what", "a webhook failed"))] == 1
    assert sum(n for (name, _), n in found.items() if name == "helpdesk_errors_total") == 2


def test_the_labels_of_errors_are_bounded() -> None:
    """Whatever is logged, there are so many series and one for the rest."""
    meters = Meters()
    for n in range(MOST_ERRORS + 50):
        meters.logged("error", {"event": f"failure {n}"})
    assert len(meters.errors) == MOST_ERRORS + 1
    assert meters.errors["other", ""] == 50


def test_what_parts_count_themselves_is_asked_of_them() -> None:
    """Bad tokens, ended ones, wrong PINs and live lines, summed over all doors."""
    meters = Meters()
    meters.watching += [lambda: 3, lambda: 4]
    meters.bad_tokens.append(lambda: 9)
    meters.ended_tokens.append(lambda: 4)
    meters.wrong_pins += [lambda: 2, lambda: 3]
    found = samples(reading(meters))
    assert found["helpdesk_desks_connected", ()] == 7
    assert found["helpdesk_bad_tokens_total", ()] == 9
    assert found["helpdesk_ended_tokens_total", ()] == 4
    assert found["helpdesk_wrong_pins_total", ()] == 5


def test_a_reading_is_written_down() -> None:
    """Ages in seconds, by the clock of the house; a check is 1 where it is well."""
    found = Gauges(
        views={View.UNANSWERED: 3},
        unanswered=plus(NOW, -HOUR),
        outbox={Channel.MAIL: Waiting(2, plus(NOW, -MINUTE))},
        nearing=1,
        unread=5,
        paused=1,
        notices={"warning": 2},
        seq=Seq(77),
    )
    told = samples(reading(found=found, certificate=plus(NOW, HOUR)))
    assert told["helpdesk_tickets", (("view", "unanswered"),)] == 3
    assert told["helpdesk_unanswered_oldest_seconds", ()] == 3600
    assert told["helpdesk_outbox_messages", (("channel", "mail"),)] == 2
    assert told["helpdesk_outbox_oldest_seconds", (("channel", "mail"),)] == 60
    assert told["helpdesk_ready", (("check", "store"),)] == 1
    assert told["helpdesk_ready", (("check", "trouble"),)] == 0
    assert told["helpdesk_loop_pass_seconds", (("loop", "watch"),)] == 60
    assert told["helpdesk_certificate_expires_timestamp_seconds", ()] == (NOW + HOUR) / 1000
    assert told["helpdesk_chats_open", ()] == 2
    assert told["helpdesk_event_seq", ()] == 77


def test_two_houses_in_one_process_have_figures_of_their_own() -> None:
    """No registry is shared."""
    first, second = Meters(), Meters()
    first.heard(_event(Kind.RECEIVED), Channel.SMS)
    assert samples(reading(first)) != samples(reading(second))


def test_an_id_tells_when_it_was_made() -> None:
    """To the millisecond."""
    clock = ManualClock(NOW)
    assert made(Ids(clock).new()) == NOW


def _waits(sql: Sql, ids: Ids, channel: Channel, now: Instant) -> None:
    outbox.add(
        sql,
        id=OutboxId(ids.new()),
        ticket=TicketId("t"),
        entry=EntryId("e"),
        channel=channel,
        line=LineId("help"),
        address=None,
        conversation=None,
        text="Hello",
        author="",
        now=now,
    )


async def test_the_store_tells_how_things_stand() -> None:
    """What waits to go out, and since when; troubles by level; paused lines."""
    clock = ManualClock(NOW)
    ids = Ids(clock)
    async with open_store(None) as store:
        for channel in (Channel.SMS, Channel.SMS, Channel.MAIL):
            await store.write(_waits, ids, channel, clock.now())
            clock.passes(minutes=1)
        await store.write(notices.rest_line, LineId("text"), "20003", "The account is closed.", clock.now())
        found = await store.read(gauges.gauges, clock.now())
    assert found.outbox == {
        Channel.SMS: Waiting(2, NOW),
        Channel.MAIL: Waiting(1, plus(NOW, 2 * MINUTE)),
    }
    assert (found.paused, found.notices) == (1, {"error": 1})
    assert View.MINE not in found.views


async def test_who_waits_longest_is_known() -> None:
    """Also where a ticket with a nearer deadline stands above theirs; an answer ends the waiting."""
    async with library() as town:
        mia = await town.staff("mia")
        ben = town.mailer("ben")
        await ben.mails("Can I renew?")
        since = town.clock.now()
        town.clock.passes(minutes=5)
        ana = town.texter("ana", line="text")
        await ana.texts("Are you open?")
        later = town.clock.now()
        found = await town.house.store.read(gauges.gauges, later)
        assert found.unanswered == since
        await mia.opens(ben.ticket)
        await mia.replies("Yes.")
        found = await town.house.store.read(gauges.gauges, later)
        assert found.unanswered == later


async def test_a_commit_is_measured() -> None:
    """Each shared commit once."""
    meters = Meters()
    async with open_store(None) as store:
        store.timed = meters.commit
        await store.write(notices.move_cursor, "a", NOW)
        await store.read(notices.cursor, "a")
    assert meters.commits.up_to()[-1][1] == 1
