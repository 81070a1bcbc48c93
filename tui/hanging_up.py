"""The terminal is gone: a window was closed, a line broke. What is half written is kept, and the desk ends."""

from __future__ import annotations

import asyncio
import errno
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AT_MOST = 8.0
"""Within so many seconds it has ended, whatever does not answer."""

STATUS = 128 + signal.SIGHUP
"""The exit status of what a hang-up ended, as shells have it."""


@contextmanager
def hearing_hang_up(hung_up: Callable[[], object]) -> Iterator[None]:
    """SIGHUP calls ``hung_up`` while the block lasts; a process that then does not end is ended.

    Where whoever started us has the signal ignored (``nohup``), it stays ignored.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        yield
        return
    loop = asyncio.get_running_loop()

    def gone() -> None:
        ending_soon()
        hung_up()

    loop.add_signal_handler(signal.SIGHUP, gone)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def is_gone() -> bool:
    """Whether there was a terminal at standard input that nobody is at the other end of any more."""
    try:
        termios.tcgetattr(0)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False


def ending_soon() -> None:
    """End this process after a while, whatever it waits for: nobody is there who could."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, AT_MOST)
