"""Where the program's own log goes: one JSON line each, by the clock that is passed in.

Nothing that a patron wrote, and no address, is ever logged. Libraries speak from their warnings on.
"""

from __future__ import annotations

import copy
import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO, cast

import structlog

from helpdesk.clock import Clock, moment

MODE = 0o600


class _Frames(logging.Formatter):
    """Shows where an exception came from and its kind, but not its words: a patron's could be among them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without what another handler may have kept of the exception's text."""
        own = copy.copy(record)
        own.exc_text = None
        return super().format(own)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        """The frames, then the exception's class."""
        kind, _, frames = cast(tuple[type[BaseException] | None, object, TracebackType | None], ei)
        return "".join([*traceback.format_tb(frames), kind.__name__ if kind else ""])


class _Patient:
    """A stream whose trouble is nobody else's: what a full disk can't take is not logged, and the desk works on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or don't."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what was written, as far as it goes."""
        with suppress(OSError):
            self._stream.flush()


@contextmanager
def logged_to(stream: TextIO, clock: Clock) -> Iterator[None]:
    """Send everything that is logged in this process to ``stream`` while the block lasts.

    Where it can't be written (a full disk), lines are missing; nobody who logs hears of it.
    """
    patient = cast(TextIO, _Patient(stream))

    def stamped(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"time": moment(clock.now()).isoformat(), "level": method, **event}

    structlog.configure(
        processors=[stamped, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(patient),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(patient)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Frames("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.reset_defaults()


@contextmanager
def logged_beside(store: Path, clock: Clock) -> Iterator[Path]:
    """Log to a file beside the store, which only its owner can read: a terminal belongs to the desk."""
    path = store.with_suffix(".log")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
    file = open(handle, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 - closed below, where a full disk may say no
    try:
        with logged_to(file, clock):
            yield path
    finally:
        with suppress(OSError):
            file.close()
