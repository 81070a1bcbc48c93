"""Quiet spans: how they are written, and until when it is quiet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import DAY, MINUTE, Instant, instant, moment
from helpdesk.errors import BadConfig
from helpdesk.quiet_spans import QuietSpan, quiet_span, quiet_till
from helpdesk.settings.file import load

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> Instant:
    """A wall time in London."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


def spans(*texts: str) -> tuple[QuietSpan, ...]:
    """As the settings have them."""
    return tuple(map(quiet_span, texts))


@pytest.mark.parametrize(
    ("written", "now", "till"),
    [
        (("12:30-13:30",), "2026-11-18 12:30", "2026-11-18 13:30"),
        (("12:30-13:30",), "2026-11-18 13:29", "2026-11-18 13:30"),
        (("12:30-13:30",), "2026-11-18 13:30", None),
        (("12:30-13:30",), "2026-11-18 12:29", None),
        (("18:00-08:00",), "2026-11-18 23:00", "2026-11-19 08:00"),
        (("18:00-08:00",), "2026-11-19 07:59", "2026-11-19 08:00"),
        (("18:00-08:00", "07:30-09:00"), "2026-11-18 20:00", "2026-11-19 09:00"),
        (("18:00-24:00", "00:00-06:30"), "2026-11-18 20:00", "2026-11-19 06:30"),
        (("00:00-24:00",), "2026-11-18 20:00", "2026-11-19 20:00"),
        (("18:00-08:00",), "2026-10-24 23:00", "2026-10-25 08:00"),
        (("18:00-08:00",), "2027-03-27 23:00", "2027-03-28 08:00"),
        ((), "2026-11-18 20:00", None),
    ],
)
def test_it_is_quiet_until_the_end_of_what_follows_without_a_gap(
    written: tuple[str, ...], now: str, till: str | None
) -> None:
    """Over midnight, from one span into the next, and through changes of the clock."""
    assert quiet_till(spans(*written), at(now), LONDON) == (at(till) if till else None)


times = st.integers(0, 24 * 60 - 1)


@given(st.lists(st.tuples(times, times), max_size=4), st.integers(at("2026-10-01"), at("2027-04-30")))
def test_quiet_ends_within_a_day_and_at_a_minute_that_is_not_quiet(pairs: list[tuple[int, int]], now: int) -> None:
    """Unless every minute is quiet, or the clock changes on the way."""
    some = tuple(QuietSpan(a, b) for a, b in pairs)
    till = quiet_till(some, Instant(now), LONDON)
    wall = moment(Instant(now)).astimezone(LONDON)
    inside = any(span.left(wall.hour * 60 + wall.minute) for span in some)
    assert (till is not None) == inside
    if till is not None:
        assert now < till <= now + DAY + 60 * MINUTE


@pytest.mark.parametrize(
    "written", ["12.30-13.30", "12:30", "25:00-26:00", "12:60-13:00", "9:00-9:00", "", "18:00-24:01"]
)
def test_what_is_no_span_says_how_to_write_one(written: str, tmp_path: Path) -> None:
    """With the file and the setting."""
    file = tmp_path / "helpdesk.toml"
    file.write_text(f'[desk]\nquiet = ["12:30-13:30", "{written}"]\n', "utf-8")
    with pytest.raises(BadConfig) as wrong:
        load(file)
    assert "desk.quiet" in str(wrong.value)
    assert 'as "12:30-13:30", or over midnight as "18:00-08:00"' in str(wrong.value)
    assert repr(written) in str(wrong.value)
