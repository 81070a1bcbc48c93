"""What a line may text: length, countries, a day's share, and the bucket that fills by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import HOUR, SECOND, Instant, instant, plus
from helpdesk.errors import Refused
from helpdesk.limits import Bucket, Limits

NOW = Instant(1_780_000_000_000)


def test_a_text_that_is_too_long_is_refused_in_words() -> None:
    """How long it is, how long it may be, and what makes it so long."""
    limits = Limits(most_segments=2)
    limits.fits("x" * 306)
    with pytest.raises(Refused, match=r"takes 3 segments; 2 is the most on this line\. Say it more briefly"):
        limits.fits("x" * 307)
    with pytest.raises(Refused, match="'’' makes it so"):
        limits.fits("It’s " + "x" * 140)


@pytest.mark.parametrize(
    ("countries", "number", "reached"),
    [
        (("44",), "+447700900123", True),
        (("44", "353"), "+353850000000", True),
        (("44",), "+353850000000", False),
        (("1",), "+447700900123", False),
        ((), "+353850000000", True),
        (("44",), "60777", True),
    ],
)
def test_countries(countries: tuple[str, ...], number: str, reached: bool) -> None:
    """By calling code; a short code has none, and an empty list is for all."""
    assert Limits(countries=countries).reaches(number) is reached


def test_a_days_share() -> None:
    """The larger of texts and pence; what has no limit counts for nothing."""
    assert Limits().share(10_000, 10_000) == 0
    assert Limits(texts=100).share(80, 500) == 80
    assert Limits(texts=100, pence=400, pence_per_segment=4).share(10, 90) == 90
    assert Limits(texts=3).leaves_room(2, 0, 9)
    assert not Limits(texts=3).leaves_room(3, 0, 1)
    assert Limits(pence=40, pence_per_segment=4).leaves_room(0, 8, 2)
    assert not Limits(pence=40, pence_per_segment=4).leaves_room(0, 8, 3)


def test_what_is_used_in_words() -> None:
    """Texts and money, each beside its limit where it has one."""
    assert Limits().used(1, 1) == "1 text"
    assert Limits(texts=1000, pence_per_segment=4).used(12, 30) == "12 of 1,000 texts, £1.20"
    assert Limits(pence=2000, pence_per_segment=4.5).used(2, 3) == "2 texts, £0.14 of £20.00"


def test_the_day_is_the_librarys() -> None:
    """A text at half past midnight in summer counts for that day, whose end is an hour earlier by UTC."""
    limits = Limits(zone="Europe/London")
    late = instant(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert limits.day(late) == "2026-07-01"
    assert limits.midnight(late) == instant(datetime(2026, 7, 1, 23, 0, tzinfo=UTC))


def test_a_bucket_begins_full_and_fills_by_the_clock() -> None:
    """Two at once, then one each half second."""
    bucket = Bucket(2.0)
    assert bucket.tokens(NOW) == 2
    bucket.take(2)
    assert bucket.tokens(NOW) == 0
    assert bucket.ready(NOW) == plus(NOW, SECOND // 2)
    assert bucket.tokens(plus(NOW, SECOND // 2 - 1)) == 0
    assert bucket.tokens(plus(NOW, SECOND // 2)) == 1
    assert bucket.tokens(plus(NOW, HOUR)) == 2


def test_a_slow_bucket_holds_one() -> None:
    """A text each ten seconds."""
    bucket = Bucket(0.1)
    assert bucket.tokens(NOW) == 1
    bucket.take(1)
    assert bucket.tokens(NOW) == 0
    assert bucket.ready(NOW) == plus(NOW, 10 * SECOND)


def test_a_clock_set_back_stops_no_line() -> None:
    """It begins full again."""
    bucket = Bucket(1.0)
    bucket.tokens(NOW)
    bucket.take(1)
    assert bucket.tokens(plus(NOW, -HOUR)) == 1


@given(st.floats(0.01, 100), st.lists(st.integers(0, 5000), max_size=50))
def test_a_bucket_keeps_its_rate(per_second: float, waits: list[int]) -> None:
    """Over any stretch no more than its rate and what it holds go out; and when it says ready, one may go."""
    bucket, now, sent = Bucket(per_second), NOW, 0
    for wait in waits:
        now = plus(now, wait)
        tokens = bucket.tokens(now)
        bucket.take(tokens)
        sent += tokens
        assert replace(bucket).tokens(bucket.ready(now)) >= 1
    assert sent <= per_second * (now - NOW) / SECOND + max(1.0, per_second) + 1e-3
