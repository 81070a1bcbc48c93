"""What the carrier holds of a shredded conversation is deleted there, asked for until it is done, then forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from channels.loopback import Loopback
from helpdesk.clock import DAY, HOUR, SECOND, Instant, ManualClock, plus
from helpdesk.deletions import AGAIN, BACKOFF, NOT_FINAL, Deletions
from helpdesk.errors import HelpdeskError, LinePaused, Refused, TryLater, Unclear
from helpdesk.events import Kind
from helpdesk.message import Channel, Delivery, DeliveryReport, LineId, Matter
from helpdesk.ports import Sql
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import deletions, leasing, outbox
from helpdesk.store.verbs.deletions import OVERDUE, Debt
from tests.conversation import Staff, Texter, Town

on_both_engines = pytest.mark.usefixtures("engine")

BUSY = "The carrier asks us to send more slowly."


def ids(sql: Sql) -> set[str]:
    """Every id of the carrier's that stands anywhere in the store."""
    rows = sql(
        "SELECT external_id AS id FROM received WHERE library = :library AND external_id NOT LIKE 'shredded:%'"
        " UNION SELECT provider_id FROM outbox WHERE library = :library"
        " UNION SELECT provider_id FROM deletions WHERE library = :library"
    )
    return {row["id"] for row in rows} - {""}


async def kept(town: Town) -> set[str]:
    """As :func:`ids`."""
    return await town.house.store.read(ids)


async def debts(town: Town) -> list[Debt]:
    """What the carrier owes."""
    return await town.house.store.read(deletions.debts)


def wire(town: Town) -> Loopback:
    """The carrier's end."""
    return town.wires[Channel.SMS]


async def told(town: Town) -> list[dict[str, object]]:
    """What the log says of deletions."""
    return [dict(event.data) for event in await town.log() if event.kind is Kind.CARRIER_DELETED]


@pytest.fixture
async def mia(town: Town) -> Staff:
    """Who answers."""
    return await town.staff("mia")


@pytest.fixture
async def ana(town: Town, mia: Staff) -> Texter:
    """A texter of the Noiseline who was answered, in a conversation of two texts: SM2 and loopback-1."""
    ana = town.texter("ana")
    await ana.texts("loud", named="SM-ana")
    await mia.replies("On our way")
    await ana.hears("On our way")
    return ana


@on_both_engines
async def test_both_directions_are_deleted_once_the_conversation_is_over(town: Town, ana: Texter) -> None:
    """Not a moment before; then no id of theirs stands anywhere, and the log says how many texts it were, no more."""
    await town.time.comes(plus(town.time.now, 7 * DAY - 1))
    assert (wire(town).erased, await debts(town)) == ([], [])
    assert await kept(town) == {"SM-ana", "loopback-1"}
    await town.time.passes(seconds=1)
    assert sorted(wire(town).erased) == ["SM-ana", "loopback-1"]
    assert await kept(town) == set()
    assert await debts(town) == []
    assert await told(town) == [{"line": "noise", "texts": 2}]


async def test_open_lines_and_mail_are_left_alone(town: Town, mia: Staff) -> None:
    """Their senders are known to the library anyway: what it keeps is another rule's."""
    dev, ben = town.texter("dev", line="text"), town.mailer("ben")
    await dev.texts("Are you open?")
    await ben.mails("Are you open?")
    await mia.replies("Until nine.")
    await town.time.passes(days=8)
    assert wire(town).erased == []
    assert await debts(town) == []


@on_both_engines
async def test_what_is_not_final_is_asked_for_again_and_again(town: Town, ana: Texter) -> None:
    """At growing distances, while the other text goes at once; each try a little later, until it is gone."""
    over = plus(town.time.now, 7 * DAY)
    wire(town).holds(*[None] * 4)
    await town.time.comes(over)
    assert await debts(town) == [Debt(line=LineId("noise"), texts=2, since=over, reason=NOT_FINAL)]
    await town.time.comes(plus(over, BACKOFF[0]))
    assert [debt.texts for debt in await debts(town)] == [2]
    await town.time.comes(plus(over, BACKOFF[0] + BACKOFF[1]))
    assert await debts(town) == []
    assert await told(town) == [{"line": "noise", "texts": 2}]


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (TryLater(BUSY, retry_after=7), 7 * SECOND),
        (TryLater(BUSY, retry_after=30 * 24 * 3600), DAY),
        (TryLater(BUSY), BACKOFF[0]),
        (LinePaused("The carrier does not accept our account and token.", code="20003"), BACKOFF[0]),
    ],
)
async def test_trouble_of_the_carrier_or_our_account_lets_all_texts_rest(
    town: Town, ana: Texter, error: HelpdeskError, wait: int
) -> None:
    """As long as it asked; nothing else is asked meanwhile, whatever happens at the desk."""
    over = plus(town.time.now, 7 * DAY)
    wire(town).holds(error)
    await town.time.comes(over)
    assert [(debt.texts, debt.reason) for debt in await debts(town)] == [(2, str(error))]
    await town.texter("bo").texts("loud")
    await town.time.comes(plus(over, wait - 1))
    assert wire(town).erased == []
    await town.time.comes(plus(over, wait))
    assert len(wire(town).erased) == 2


@pytest.mark.parametrize(
    "error", [Refused("It lies in another account. Delete it there."), ZeroDivisionError("SM-ana")]
)
async def test_one_text_that_can_not_be_deleted_holds_up_no_other(town: Town, ana: Texter, error: Exception) -> None:
    """It waits by itself; a fault of ours is told by its kind alone, for its words could hold an id."""
    wire(town).holds(error)  # type: ignore[arg-type]
    await town.time.passes(days=7)
    [debt] = await debts(town)
    assert debt.texts == 1
    assert debt.reason == (str(error) if isinstance(error, Refused) else "Asking for it failed (ZeroDivisionError).")
    await town.time.passes(minutes=1)
    assert len(wire(town).erased) == 2


async def test_what_is_overdue_is_told_at_the_desk_until_it_is_done(town: Town, ana: Texter) -> None:
    """After three days, with the reason and no id; gone with the debt."""
    wire(town).holds(*[LinePaused("The account is suspended.", code="30002")] * 100)
    await town.time.passes(days=7)
    await town.time.passes(seconds=(OVERDUE - HOUR) / SECOND)
    assert await town.house.desk.notices() == ()
    await town.time.passes(hours=2)
    [notice] = await town.house.desk.notices()
    assert notice.text == (
        "The carrier still holds 2 texts of line noise that it was told to delete. The account is suspended."
    )
    wire(town)._held.clear()
    await town.time.passes(days=1)
    assert await debts(town) == []
    assert await town.house.desk.notices() == ()


async def test_an_earlier_try_at_the_carrier_is_deleted_too(town: Town, mia: Staff) -> None:
    """A reply that failed there and went again has two ids; the outbox keeps the latest only."""
    ana = town.texter("ana")
    await ana.texts("loud", named="SM-ana")
    await mia.replies("On our way")
    await ana.hears("On our way")
    failed = DeliveryReport(
        outbox=ana.heard[0].id,
        status=Delivery.FAILED,
        provider_id="loopback-1",
        code="30008",
        reason="unknown",
        matter=Matter.PASSING,
    )
    await town.house.intake.report(failed)
    await town.time.passes(minutes=5)
    assert await kept(town) == {"SM-ana", "loopback-1", "loopback-2"}
    await town.time.passes(days=7)
    assert sorted(wire(town).erased) == ["SM-ana", "loopback-1", "loopback-2"]
    assert await kept(town) == set()


async def test_candidates_that_a_person_had_to_decide_about_are_deleted(town: Town, mia: Staff) -> None:
    """The desk never learnt which of them was the reply: all are, in words, patron and line."""
    ana = town.texter("ana")
    await ana.texts("loud", named="SM-ana")
    await mia.replies("On our way")
    wire(town).fails(Unclear("no answer"), Unclear("no answer"), taken=True)
    await town.house.outbox.deliver_due(Channel.SMS)
    wire(town).sent.append(wire(town).sent[0])
    await town.time.passes(minutes=1)
    assert await kept(town) == {"SM-ana", "loopback-1", "loopback-2"}
    await town.time.passes(days=7)
    assert sorted(wire(town).erased) == ["SM-ana", "loopback-1", "loopback-2"]


@pytest.mark.parametrize("named", ["loopback-1", "another"])
async def test_a_callback_after_the_shredding_leaves_no_id(town: Town, ana: Texter, named: str) -> None:
    """Late, double or of a try that nobody knew of: the carrier is told to delete what it names, and that is all."""
    await town.time.passes(days=8)
    report = DeliveryReport(outbox=ana.heard[0].id, status=Delivery.DELIVERED, provider_id=named)
    await town.house.intake.report(report)
    assert await kept(town) == {named}
    await town.time.passes(seconds=1)
    assert await kept(town) == set()
    assert wire(town).erased[-1] == named


async def test_a_try_that_succeeds_after_the_shredding_leaves_no_id(town: Town, mia: Staff) -> None:
    """The text was on its way while its conversation ended."""
    await town.texter("ana").texts("loud", named="SM-ana")
    await mia.replies("On our way")
    now = town.time.now
    [parcel] = await town.house.store.write(leasing.lease, Channel.SMS, now, plus(now, 30 * DAY))
    town.clock.move_to(plus(now, 7 * DAY))
    await town.house.watch.check_due()
    published = town.house.rules.published()
    await town.house.store.write(outbox.sent, parcel, "SM-late", town.time.now, published)
    assert await kept(town) == {"SM-ana", "SM-late"}
    await town.time.passes(seconds=1)
    assert await kept(town) == set()
    assert sorted(wire(town).erased) == ["SM-ana", "SM-late"]


async def test_texts_of_no_conversation_go_after_the_same_window(town: Town) -> None:
    """On a sealed line: in quarantine, or from a sender without a number. Caught up again they are no news."""
    quarantine = (Channel.SMS, LineId("noise"), "SM-aside", "digest", 20, "it has no sender")
    await town.house.intake.quarantine(*quarantine)
    await town.house.intake.quarantine(Channel.SMS, LineId("text"), "SM-open", "digest", 20, "it has no sender")
    await town.time.passes(days=7)
    assert await kept(town) == {"aside:SM-aside", "aside:SM-open"}
    await town.time.passes(hours=2)
    assert wire(town).erased == ["SM-aside"]
    assert await kept(town) == {"aside:SM-open"}
    assert (await town.house.intake.quarantine(*quarantine)).duplicate


async def test_what_was_put_off_by_a_clock_that_was_ahead_is_due_now(town: Town) -> None:
    """Nothing waits for a year because a clock was a year ahead once."""
    await town.house.store.write(owing("SM-later", plus(town.time.now, 400 * DAY)))
    await town.house.store.write(owing("SM-soon", plus(town.time.now, HOUR)))
    await town.house.deletions.delete_due()
    assert wire(town).erased == ["SM-later"]


async def test_a_pass_that_breaks_off_keeps_what_was_done(town: Town, ana: Texter) -> None:
    """What is deleted there is dropped here, though the next one lets the pass end."""
    wire(town).holds(None, None)
    await town.time.passes(days=7)
    wire(town)._held.clear()

    class Breaking(Loopback):
        async def erase(self, provider_id: str, account: str) -> bool:
            if self.erased:
                raise KeyboardInterrupt
            return await super().erase(provider_id, account)

    eraser = Breaking(Channel.SMS, town.house.intake, town.clock)
    town.clock.passes(minutes=1)
    broken = Deletions(store=town.house.store, clock=town.clock, erasers={Channel.SMS: eraser})
    with pytest.raises(KeyboardInterrupt):
        await broken.delete_due()
    assert [debt.texts for debt in await debts(town)] == [1]
    await town.time.passes(hours=1)
    assert await debts(town) == []


async def test_no_byte_of_an_id_is_left_in_the_files(tmp_path: Path) -> None:
    """Neither in the store nor in its log, once the deletion is done; a reader that holds the log only delays it."""
    path, clock = tmp_path / "desk.sqlite", ManualClock()
    name = "SM" + "5" * 32

    def content() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    async with open_store(path) as store:
        eraser = Loopback(Channel.SMS, None, clock)  # type: ignore[arg-type]
        erasing = Deletions(store=store, clock=clock, erasers={Channel.SMS: eraser})
        await store.write(owing(name, clock.now()))
        assert name.encode() in content()
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM tickets").fetchall()
            assert await erasing.delete_due() == plus(clock.now(), AGAIN)
            assert name.encode() in content()
        assert await erasing.delete_due() is None
        assert eraser.erased == [name]
        assert name.encode() not in content()


def owing(name: str, now: Instant) -> Callable[[Sql], object]:
    """A text that the carrier is to delete."""
    return lambda sql: sql(
        "INSERT INTO deletions VALUES (:library, 'sms', :name, 'noise', '', NULL, :now, :now, 0, '')",
        name=name,
        now=now,
    )


@on_both_engines
async def test_what_has_no_eraser_waits(town: Town, ana: Texter) -> None:
    """Without texts in the settings nobody can be asked; the debt stands, to be shown."""
    bare = Deletions(store=town.house.store, clock=town.clock, erasers={})
    town.clock.passes(days=7)
    await town.house.watch.check_due()
    assert await bare.delete_due() is None
    assert [debt.texts for debt in await debts(town)] == [2]


async def test_a_burst_is_deleted_in_passes(town: Town) -> None:
    """Sixty conversations that end at once: all of them, twenty texts at a time, and one event for each pass."""
    for n in range(60):
        await town.texter(f"a{n}").texts("loud")
    await town.time.passes(days=7)
    assert len(set(wire(town).erased)) == 60
    assert [each["texts"] for each in await told(town)] == [20, 20, 20]
