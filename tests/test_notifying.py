"""What systemd is told, over a real datagram socket."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.notifying import Notifier, from_environment


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's socket, and the name that it gives its services."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        if request.param == "path":
            address = str(tmp_path / "notify")
            bound.bind(address)
        else:
            address = f"@helpdesk-test-{os.getpid()}-{tmp_path.name}"
            bound.bind(f"\0{address[1:]}")
        bound.settimeout(20)
        yield bound, address


def heard(manager: socket.socket) -> dict[str, str]:
    """The next message."""
    return dict(line.split("=", 1) for line in manager.recv(4096).decode().split("\n"))


def test_all_that_is_told(manager: tuple[socket.socket, str]) -> None:
    """In the words of the protocol."""
    bound, address = manager
    notifier = Notifier(address, watchdog=30)
    notifier.ready("serving http://127.0.0.1:8080")
    assert heard(bound) == {"READY": "1", "STATUS": "serving http://127.0.0.1:8080"}
    notifier.alive()
    assert heard(bound) == {"WATCHDOG": "1"}
    notifier.reloading()
    told = heard(bound)
    assert told["RELOADING"] == "1"
    assert re.fullmatch(r"[0-9]{6,}", told["MONOTONIC_USEC"])
    notifier.stopping()
    assert heard(bound) == {"STOPPING": "1", "STATUS": "stopping"}


def test_a_status_is_told_where_it_changed(manager: tuple[socket.socket, str]) -> None:
    """Not every few seconds; and it stays one line, whatever it says."""
    bound, address = manager
    notifier = Notifier(address)
    notifier.ready("ready")
    heard(bound)
    notifier.status("ready")
    notifier.status("store: it\nhangs\nREADY=1")
    assert heard(bound) == {"STATUS": "store: it hangs READY=1"}


def test_who_is_not_watched_says_nothing_of_it(manager: tuple[socket.socket, str]) -> None:
    """Without WatchdogSec there is nothing to feed."""
    bound, address = manager
    notifier = Notifier(address)
    notifier.alive()
    notifier.stopping()
    assert heard(bound)["STOPPING"] == "1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens-here"])
def test_nobody_to_tell_is_no_trouble(address: str) -> None:
    """On a terminal, or where the manager has gone."""
    Notifier(address, watchdog=1).ready("ready")


def test_a_manager_that_does_not_read_is_not_waited_for(manager: tuple[socket.socket, str]) -> None:
    """Its queue is full: messages are dropped."""
    _, address = manager
    notifier = Notifier(address, watchdog=1)
    for _ in range(5000):
        notifier.alive()


@pytest.mark.parametrize(
    ("environ", "watchdog"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "30000000"}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
    ],
)
def test_the_watchdog_is_ours_only_where_it_says_so(environ: dict[str, str], watchdog: float) -> None:
    """$WATCHDOG_PID names the process that must feed it."""
    assert from_environment(environ).watchdog == watchdog


def test_the_socket_is_found_in_the_environment(manager: tuple[socket.socket, str]) -> None:
    """$NOTIFY_SOCKET; what is neither a path nor an abstract name is nobody's."""
    bound, address = manager
    from_environment({"NOTIFY_SOCKET": address}).ready("ready")
    assert heard(bound)["READY"] == "1"
    from_environment({"NOTIFY_SOCKET": "vsock:2:1234"}).ready("ready")
