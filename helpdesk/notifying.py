"""What systemd is told of us: ready, still turning, reloading, stopping. (sd_notify(3), in so many lines.)

Each message is a datagram to the socket that $NOTIFY_SOCKET names; without one nothing is told. Where the manager is
behind with its reading, what is told again anyhow is dropped; a turn in our life waits for it, for a moment.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from helpdesk.clock import since_boot

PATIENCE = 2.0
"""How long a message that must not be lost waits for room in the manager's queue, in seconds."""


class Notifier:
    """Tells the service manager. ``address`` is a path, or a name in the abstract namespace ("@..."); "" tells nobody.

    ``watchdog``: within how many seconds :meth:`alive` must be told again, 0 where nobody watches
    """

    def __init__(self, address: str = "", *, watchdog: float = 0) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog = watchdog
        self._status = ""

    def ready(self, status: str) -> None:
        """All doors are open (again)."""
        self._status = status
        self._tell("READY=1", f"STATUS={status}", patience=PATIENCE)

    def status(self, status: str) -> None:
        """What `systemctl status` shows, told where it changed."""
        if status != self._status:
            self._status = status
            self._tell(f"STATUS={status}")

    def alive(self) -> None:
        """Everything still turns."""
        if self.watchdog:
            self._tell("WATCHDOG=1")

    def reloading(self) -> None:
        """The settings are read again; :meth:`ready` ends it."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={since_boot()}", patience=PATIENCE)

    def stopping(self) -> None:
        """The doors close."""
        self._status = "stopping"
        self._tell("STOPPING=1", "STATUS=stopping", patience=PATIENCE)

    def _tell(self, *lines: str, patience: float = 0) -> None:
        if not self._address:
            return
        message = "\n".join(line.replace("\n", " ") for line in lines).encode()
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
            door.settimeout(patience)
            door.sendto(message, self._address)


def from_environment(environ: Mapping[str, str]) -> Notifier:
    """The notifier of this process, as systemd set it up; one that tells nobody without it."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        address = ""
    ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    micros = environ.get("WATCHDOG_USEC", "")
    return Notifier(address, watchdog=int(micros) / 1e6 if ours and micros.isascii() and micros.isdigit() else 0)
