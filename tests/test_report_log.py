"""A log that is not whole shows on a report's face, whether it is short or long, and the desk is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.daily import Day
from helpdesk.events import Seq
from helpdesk.local_days import Span
from helpdesk.ports import Sql
from helpdesk.reports import as_text
from helpdesk.reports.page import as_html
from helpdesk.rolling import BROKEN, Rolling
from helpdesk.store.verbs import chain, days, notices
from tests.report_house import LONDON, Library, at, library

pytestmark = pytest.mark.usefixtures("engine")

SHORT = 10
"""What counts as a short log here."""


@pytest.fixture
async def house() -> AsyncIterator[Library]:
    """A library with a log of some fifty events."""
    async with library() as opened:
        for n in range(15):
            await opened.replies(await opened.comes("noise", at("2026-09-02", f"{n + 5:02}:00")))
        yield opened


async def end(house: Library) -> Seq:
    """Where the log ends."""
    return (await house.reports()).log.end.seq


async def test_a_log_is_walked_whole(house: Library) -> None:
    """Up to its end, as of now and as of then."""
    now = await house.reports()
    then = await house.reports(as_of=at("2026-09-02", "12:00"))
    assert (now.log.whole, now.log.checked, now.log.fault) == (True, now.log.end.seq, "")
    assert (then.log.whole, then.log.checked) == (True, then.log.end.seq)
    assert 0 < then.log.end.seq < now.log.end.seq


_APPENDED = """
INSERT INTO events (library, seq, kind, ticket, occurred, noted, actor, data, hash)
SELECT library, seq + 1, kind, ticket, occurred, noted, actor, data, hash FROM events ORDER BY seq DESC LIMIT 1
"""


@pytest.mark.parametrize(
    ("spoils", "says"),
    [
        ("UPDATE events SET occurred = occurred - 60000 WHERE seq = 20", "event 20 was changed after it was written"),
        ("UPDATE events SET data = replace(data, 'false', 'true') WHERE seq = 20", "event 20 was changed"),
        ("DELETE FROM events WHERE seq = 20", "event 20 is missing from the log"),
        ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "is missing from the log"),
        (_APPENDED, "was put in behind the end of the log"),
        ("UPDATE chain SET hash = (SELECT hash FROM events WHERE seq = 1)", "is not the one that was written last"),
    ],
)
async def test_what_is_wrong_stands_on_the_face(house: Library, spoils: str, says: str) -> None:
    """A row that was changed, one that is gone, an end that is not the end."""
    await house.store.write(lambda sql: sql(spoils))
    made = await house.reports()
    assert not made.log.whole
    assert says in made.log.fault
    assert says in as_text(made)
    assert made.log.checked <= made.log.end.seq > 0
    assert "empty log" not in as_text(made) + as_html(made)


async def test_of_a_long_log_only_what_is_new_is_walked(house: Library) -> None:
    """Behind the mark that the watch keeps; how far that goes is said."""
    cut = await end(house)
    assert (await house.store.read(chain.health, cut, SHORT)).seq == SHORT  # nobody has walked it yet
    await _walk(house, passes=2)
    found = await house.store.read(chain.health, cut, SHORT)
    assert (found.seq, found.fault) == (cut, "")
    await house.comes("noise", at("2026-09-03"))
    await house.store.write(lambda sql: sql(f"UPDATE events SET noted = 0 WHERE seq = {cut + 1}"))
    found = await house.store.read(chain.health, Seq(cut + 2), SHORT)
    assert (found.seq, found.fault) == (cut, f"event {cut + 1} was changed after it was written")


async def test_a_long_log_is_walked_again_and_again(house: Library) -> None:
    """What was changed behind the mark is found on the next walk, told to the desk, and shown by reports."""
    rolling = Rolling(house.store, LONDON, short=SHORT)
    await _walk(house, passes=3, rolling=rolling)
    await house.store.write(lambda sql: sql("UPDATE events SET actor = 'eve' WHERE seq = 7"))
    cut = await end(house)
    assert (await house.store.read(chain.health, cut, SHORT)).fault == ""
    await _walk(house, passes=2, rolling=rolling)
    found = await house.store.read(chain.health, cut, SHORT)
    assert (found.seq, found.fault) == (6, "event 7 was changed after it was written")
    (notice,) = [each for each in await house.store.read(notices.notices) if each.key == BROKEN]
    assert "event 7 was changed" in notice.text
    await house.store.write(lambda sql: sql("UPDATE events SET actor = 'ana' WHERE seq = 7"))


async def test_a_log_that_is_mended_is_whole_again(house: Library) -> None:
    """A row put back from the backup: the next walk clears the notice."""
    rolling = Rolling(house.store, LONDON, short=SHORT)
    (before,) = await house.store.read(lambda sql: sql("SELECT actor FROM events WHERE seq = 7"))
    for actor, notes in (("eve", 1), (before["actor"], 0)):
        await house.store.write(_says, actor)
        await _walk(house, passes=3, rolling=rolling)
        found = await house.store.read(notices.notices)
        assert sum(each.key == BROKEN for each in found) == notes


def _says(sql: Sql, actor: str) -> None:
    sql("UPDATE events SET actor = :actor WHERE library = :library AND seq = 7", actor=actor)


async def _walk(house: Library, *, passes: int, rolling: Rolling | None = None) -> None:
    rolling = rolling or Rolling(house.store, LONDON, short=SHORT)
    for _ in range(passes):
        await rolling.go_on(house.clock.now())


# The days that the watch keeps


async def test_a_pass_does_a_bounded_piece_of_work(house: Library) -> None:
    """Seven days at a time, the latest first, until yesterday and the first day are there; today is not over."""
    rolling = Rolling(house.store, LONDON)
    house.clock.move_to(at("2026-09-12", "09:00"))
    assert await rolling.go_on(house.clock.now())
    assert len(await house.store.read(days.keeping)) == 7
    assert not await rolling.go_on(house.clock.now())
    kept = await house.store.read(days.keeping)
    assert (min(kept), max(kept.values())) == (at("2026-09-02", "00:00"), at("2026-09-12", "00:00"))
    assert len(kept) == 10


async def test_a_day_that_changes_while_it_is_summed_up_is_not_kept(house: Library) -> None:
    """The sums that were folded before the change are thrown away, also where somebody has begun anew since."""
    span = Span(at("2026-09-02", "00:00"), at("2026-09-03", "00:00"))
    old = Day(zone=LONDON, begins=span.begins, ends=span.ends)
    late = await house.comes("noise", at("2026-09-02", "22:00"))
    mark = await house.store.write(days.begin_keeping, span)
    await house.replies(late, at("2026-09-04"))
    assert not await house.store.write(days.keep, old, mark)
    await house.store.write(days.begin_keeping, span)
    assert not await house.store.write(days.keep, old, mark)
    assert await house.store.read(days.keeping) == {}
