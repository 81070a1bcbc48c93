"""Where the program's own log goes."""

from __future__ import annotations

import io
import json
import logging
import os
import stat
from pathlib import Path

import pytest
import structlog

from helpdesk.clock import Instant, ManualClock
from helpdesk.journal import Journal, is_journals, logged_beside, logged_to

CLOCK = ManualClock(Instant(1_780_000_000_500))


def test_one_json_line_each_by_the_clock_passed_in() -> None:
    """Time, level, what, and the facts; libraries from their warnings on."""
    stream = io.StringIO()
    with logged_to(stream, CLOCK):
        structlog.get_logger().error("step failed", step="delivery")
        logging.getLogger("uvicorn.error").warning("hm")
        logging.getLogger("mail.log").info("not this")
    first, second = stream.getvalue().splitlines()
    assert json.loads(first) == {
        "time": "2026-05-28T20:26:40.500000+00:00",
        "level": "error",
        "event": "step failed",
        "step": "delivery",
    }
    assert json.loads(second) == {
        "time": "2026-05-28T20:26:40.500000+00:00",
        "level": "warning",
        "event": "a library says",
        "logger": "uvicorn.error",
        "text": "hm",
    }


def test_a_desks_log_lies_beside_the_store(tmp_path: Path) -> None:
    """Only its owner can read it, a second run goes on in it, and it does not grow with every message."""
    for _ in range(2):
        with logged_beside(tmp_path / "helpdesk.sqlite", CLOCK) as path:
            structlog.get_logger().info("received")
            structlog.get_logger().warning("undeliverable")
    assert path == tmp_path / "helpdesk.log"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 2


def test_a_faults_words_are_not_logged() -> None:
    """Where it happened and its kind are; what it says could be a patron's."""
    stream = io.StringIO()
    with logged_to(stream, CLOCK):
        try:
            int("from mina@example.org")
        except ValueError:
            logging.getLogger("uvicorn.error").exception("a fault")
    assert "ValueError" in stream.getvalue()
    assert "test_journal.py" in stream.getvalue()
    assert "literal for int" not in stream.getvalue()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_stops_nobody(tmp_path: Path) -> None:
    """What can't be written is not logged; whoever logs goes on, and so does whoever opened the log."""
    (tmp_path / "helpdesk.log").symlink_to("/dev/full")
    with logged_beside(tmp_path / "helpdesk.sqlite", CLOCK):
        structlog.get_logger().error("step failed")
        logging.getLogger("uvicorn.error").warning("hm")


def _logged(journal: Journal, **facts: object) -> list[str]:
    """What is written of one line of each level."""
    stream = io.StringIO()
    with logged_to(stream, CLOCK, journal):
        for level in ("debug", "info", "warning", "error"):
            getattr(structlog.get_logger(), level)("received", **facts)
    return stream.getvalue().splitlines()


def test_lines_below_the_level_are_left_out() -> None:
    """And the level may change while it is written."""
    journal = Journal(level="warning")
    assert [json.loads(line)["level"] for line in _logged(journal)] == ["warning", "error"]
    journal.level = "debug"
    assert len(_logged(journal)) == 4


def test_for_a_terminal_it_is_said_in_words() -> None:
    """The time of day, the level, what, and the facts; nothing in them steers the terminal."""
    lines = _logged(Journal(form="console"), ticket="01ABC", why="\x1b[31mred")
    assert lines[0] == '20:26:40 info    received  ticket=01ABC why="\\u001b[31mred"'


def test_for_systemds_journal_each_line_begins_with_its_priority() -> None:
    """As syslog counts them, so that `journalctl -p warning` finds what wants a person."""
    lines = _logged(Journal(level="debug", prioritised=True))
    assert [line[:3] for line in lines] == ["<7>", "<6>", "<4>", "<3>"]
    assert json.loads(lines[1][3:])["event"] == "received"


def test_whoever_counts_hears_of_every_warning() -> None:
    """Also of those that are not written, and of what libraries say."""
    journal, heard = Journal(level="error"), []
    journal.heard = lambda level, facts: heard.append((level, facts["event"]))
    with logged_to(io.StringIO(), CLOCK, journal):
        structlog.get_logger().info("received")
        structlog.get_logger().warning("undeliverable")
        logging.getLogger("uvicorn.error").error("hm")
    assert heard == [("warning", "undeliverable"), ("error", "a library says")]


def test_systemds_journal_is_known_by_its_stream(tmp_path: Path) -> None:
    """The variable alone says nothing: standard error may have been sent elsewhere since."""
    with (tmp_path / "a").open("w") as ours, (tmp_path / "b").open("w") as other:
        found = os.fstat(ours.fileno())
        environ = {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}
        assert is_journals(ours, environ)
        assert not is_journals(other, environ)
        assert not is_journals(ours, {})
        assert not is_journals(io.StringIO(), environ)
