"""Where the program's own log goes: one JSON line each, by the clock that is passed in.

Nothing that a patron wrote, and no address, is ever logged. Libraries speak from their warnings on.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import structlog

from helpdesk.clock import Clock, moment

MODE = 0o600


def log_to(stream: TextIO, clock: Clock) -> None:
    """Send everything that is logged in this process to ``stream``."""

    def stamped(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"time": moment(clock.now()).isoformat(), "level": method, **event}

    structlog.configure(
        processors=[stamped, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=stream, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", force=True)


@contextmanager
def logged_beside(store: Path, clock: Clock) -> Iterator[Path]:
    """Log to a file beside the store, which only its owner can read: a terminal belongs to the desk."""
    path = store.with_suffix(".log")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
    with open(handle, "a", encoding="utf-8", buffering=1) as file:
        log_to(file, clock)
        try:
            yield path
        finally:
            structlog.reset_defaults()
            logging.basicConfig(level=logging.WARNING, force=True)
