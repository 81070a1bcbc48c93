"""Where the program's own log goes."""

from __future__ import annotations

import io
import json
import logging
import stat
from pathlib import Path

import pytest
import structlog

from helpdesk.clock import Instant, ManualClock
from helpdesk.journal import logged_beside, logged_to

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
    assert second == "WARNING uvicorn.error hm"


def test_a_desks_log_lies_beside_the_store(tmp_path: Path) -> None:
    """Only its owner can read it, and a second run goes on in it."""
    for _ in range(2):
        with logged_beside(tmp_path / "helpdesk.sqlite", CLOCK) as path:
            structlog.get_logger().info("opened")
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
