"""What stands in a cell: times as people write them, addresses, channels, tags; and what is none of these."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import Instant, instant
from helpdesk.importing.cells import (
    channel_of,
    mailbox_of,
    number_of,
    tags_of,
    text_of,
    waited_of,
    when_of,
    word_of,
)
from helpdesk.importing.mapping import Dates
from helpdesk.message import Channel

LONDON = Dates(zone=ZoneInfo("Europe/London"))
NOW = instant(datetime(2026, 11, 22, 12, tzinfo=UTC))


def _utc(text: str) -> Instant:
    return instant(datetime.fromisoformat(f"{text}+00:00"))


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-03-14 09:15", "2024-03-14 09:15"),
        ("2024-03-14T09:15:30", "2024-03-14 09:15:30"),
        ("2024-07-14 09:15", "2024-07-14 08:15"),
        ("2024-07-14T09:15Z", "2024-07-14 09:15"),
        ("2024-07-14 09:15:00 UTC", "2024-07-14 09:15"),
        ("2024-07-14T09:15:00.123+02:00", "2024-07-14 07:15:00.123"),
        ("14/03/2024 09:15", "2024-03-14 09:15"),
        ("4.3.2024 9.15", "2024-03-04 09:15"),
        ("04-03-2024, 09:15:07", "2024-03-04 09:15:07"),
        ("14/03/2024 9:15 pm", "2024-03-14 21:15"),
        ("14/03/2024 12.05 a.m.", "2024-03-14 00:05"),
        ("14/03/2024 12:05PM", "2024-03-14 12:05"),
        ("14 March 2024 09:15", "2024-03-14 09:15"),
        ("1st Mar 2024, 9:15 am", "2024-03-01 09:15"),
        ("14-Mar-2024 09:15", "2024-03-14 09:15"),
        ("  14/03/2024   09:15 ", "2024-03-14 09:15"),
        ("2024-03-31 01:30", "2024-03-31 01:30"),  # skipped by the clock change: shifted forward
        ("2024-10-27 01:30", "2024-10-27 00:30"),  # comes twice: the first
    ],
)
def test_times(written: str, utc: str) -> None:
    """ISO, or day first; without a zone by the library's clocks."""
    assert when_of(written, LONDON, NOW) == _utc(utc)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3/14/2024 09:15", "is no date, read day first"),
        ("31/02/2024 09:15", "is no date"),
        ("14/03/24 09:15", "write 2024-03-14"),
        ("45365.385", "is no time"),
        ("yesterday", "is no time"),
        ("2024-03-14", "no time of day"),
        ("14/03/2024", "no time of day"),
        ("14/03/2024 25:15", "is no time of day"),
        ("14/03/2024 13:15 pm", "is no time of day"),
        ("14/03/2024 at nine", "is no time of day"),
        ("2024-03-14 9h15", "is no time"),
        ("2024-02-30T09:15", "is no time"),
        ("14 Foo 2024 09:15", "is no time"),
        ("1879-03-14 09:15", "before 1980"),
        ("2027-01-01 00:00", "still to come"),
        ("=NOW()", "is no time"),
        ("9" * 5000, "is no time"),
    ],
)
def test_what_is_no_time(written: str, said: str) -> None:
    """Said with what to write; nothing is guessed."""
    with pytest.raises(ValueError, match=said) as raised:
        when_of(written, LONDON, NOW)
    assert len(str(raised.value)) < 150


def test_other_habits() -> None:
    """A mapping says so: the month first, another zone, a time for dates that have none."""
    habits = Dates(zone=ZoneInfo("America/New_York"), month_first=True, time=time(12))
    assert when_of("3/14/2024 09:15", habits, NOW) == _utc("2024-03-14 13:15")
    assert when_of("3/14/2024", habits, NOW) == when_of("2024-03-14", habits, NOW) == _utc("2024-03-14 16:00")
    with pytest.raises(ValueError, match="month first"):
        when_of("14/3/2024 09:15", habits, NOW)


def test_channels() -> None:
    """By what people call them."""
    words = {"E-mail": Channel.MAIL, " Web  form ": Channel.MAIL, "In Person": Channel.DESK, "web_chat": Channel.CHAT}
    assert {word: channel_of(word) for word in words} == words
    with pytest.raises(ValueError, match="pigeon"):
        channel_of("pigeon")


def test_addresses() -> None:
    """In the form in which live ones are kept."""
    assert mailbox_of("Ana@Example.ORG") == ("ana@example.org", "")
    assert mailbox_of('"Ana B." <Ana@Example.org>') == ("ana@example.org", "Ana B.")
    for wrong in (
        "ana",
        "ana@",
        "a@b@c",
        "a b@c.d",
        "=cmd()@x",
        "ana@example.org\nBcc: all@example.org",
        "\u202ea@b.c",
    ):
        with pytest.raises(ValueError, match="no mail address"):
            mailbox_of(wrong)
    for written in ("+447700900123", "07700 900123", "0044 (0)7700-900123", "+44 7700 900 123"):
        assert number_of(written, "44") == "+447700900123"
    for wrong in ("7700900123", "+44", "07700 90o123", "+" + "1" * 30, ""):
        with pytest.raises(ValueError, match="telephone number") as raised:
            number_of(wrong, "44")
        assert wrong[4:] == "" or wrong not in str(raised.value)


def test_tags() -> None:
    """Small letters, hyphens, each once."""
    assert tags_of("Lost Card; loans, LOANS|") == ("loans", "lost-card")
    assert tags_of(" ,; ") == ()
    with pytest.raises(ValueError, match="is no tag"):
        tags_of("größe")
    with pytest.raises(ValueError, match="10 is the most"):
        tags_of(",".join(f"t{n}" for n in range(11)))


def test_waiting_times() -> None:
    """Seconds, minutes, hours."""
    assert [waited_of(text) for text in ("90", "1:30", "0:01:30")] == [90_000] * 3
    for wrong in ("soon", "-1", "1:2:3:4", "25:00:00", "", "²"):
        with pytest.raises(ValueError):
            waited_of(wrong)


def test_words_and_texts() -> None:
    """One line, or as many as there are; too long is said, with figures."""
    assert word_of(" a\n b ", "kind") == "a b"
    assert text_of("a\r\nb\rc \n", "text") == "a\nb\nc"
    with pytest.raises(ValueError, match="the kind has 41 characters; 40 is the most"):
        word_of("x" * 41, "kind")
    with pytest.raises(ValueError, match="200,000 is the most"):
        text_of("x" * 200_001, "text")
