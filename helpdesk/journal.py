"""Where the program's own log goes: one line each, by the clock that is passed in.

Nothing that a patron wrote, and no address, is ever logged. Libraries speak from their warnings on. A line is a JSON
object, or words for a terminal. Where systemd's journal reads them, each begins with its priority: ``<6>{...}``.
"""

from __future__ import annotations

import copy
import json
import logging
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict

from helpdesk.clock import Clock, moment

Level = Literal["debug", "info", "warning", "error"]
Form = Literal["json", "console"]

MODE = 0o600

LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")
"""From the most talkative on."""

_PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""As syslog counts them."""

_FIRST = ("time", "level", "event")


class Journal:
    """What is written of what is logged, and how. All of it can change while it is written.

    ``level``       lines below it are left out
    ``form``        "json" or "console"
    ``prioritised`` each line begins with its priority, for systemd's journal
    ``heard``       is told the level and the facts of every line from warnings on, written or not
    """

    def __init__(self, *, level: Level = "info", form: Form = "json", prioritised: bool = False) -> None:
        self.level: Level = level
        self.form: Form = form
        self.prioritised = prioritised
        self.heard: Callable[[str, Mapping[str, Any]], None] = _nobody

    def go_by(self, level: Level, form: Form) -> None:
        """Write otherwise from now on."""
        self.level, self.form = level, form

    def line(self, level: str, facts: EventDict) -> str:
        """One line, "" where the level is too low."""
        if _rank(level) >= _rank("warning"):
            self.heard(level, facts)
        if _rank(level) < _rank(self.level):
            return ""
        text = json.dumps(facts, ensure_ascii=False, default=repr) if self.form == "json" else _spoken(facts)
        return f"<{_PRIORITIES.get(level, 6)}>{text}" if self.prioritised else text


def _nobody(level: str, facts: Mapping[str, Any]) -> None:
    """Nobody counts lines."""


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _spoken(facts: EventDict) -> str:
    """The line for a terminal: the time of day, how grave it is, what, and the facts behind it."""
    time, level, event = (str(facts.get(name, "")) for name in _FIRST)
    more = " ".join(f"{name}={_value(value)}" for name, value in facts.items() if name not in _FIRST)
    return f"{time[11:19]} {level:7} {_value(event)}  {more}".rstrip()


def _value(value: object) -> str:
    """As it is where it is one printable line, else escaped: nothing in a line may steer a terminal."""
    text = str(value)
    return text if text.isprintable() else json.dumps(text)


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


class _Libraries(logging.Handler):
    """What libraries log, as lines of ours."""

    def __init__(self, write: Callable[[str, EventDict], None]) -> None:
        super().__init__(logging.WARNING)
        self._write = write
        self.setFormatter(_Frames("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        level = "error" if record.levelno >= logging.ERROR else "warning"
        self._write(level, {"event": "a library says", "logger": record.name, "text": self.format(record)})


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
def logged_to(stream: TextIO, clock: Clock, journal: Journal | None = None) -> Iterator[Journal]:
    """Send everything that is logged in this process to ``stream`` while the block lasts, as ``journal`` says.

    Where it can't be written (a full disk), lines are missing; nobody who logs hears of it.
    """
    patient, chosen = cast(TextIO, _Patient(stream)), journal or Journal()

    def rendered(logger: object, method: str, event: EventDict) -> str:
        first = {"time": moment(clock.now()).isoformat(), "level": method, "event": event.pop("event", "")}
        line = chosen.line(method, {**first, **event})
        if not line:
            raise structlog.DropEvent
        return line

    structlog.configure(
        processors=[rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        logger_factory=structlog.PrintLoggerFactory(patient),
        cache_logger_on_first_use=False,
    )
    handler = _Libraries(lambda level, facts: getattr(structlog.get_logger(), level)(**facts))
    logging.getLogger().addHandler(handler)
    try:
        yield chosen
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.reset_defaults()


@contextmanager
def quiet() -> Iterator[None]:
    """Errors alone are logged while the block lasts, unless it says where to: a command prints what was asked for."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.reset_defaults()


@contextmanager
def logged_beside(store: Path, clock: Clock, journal: Journal | None = None) -> Iterator[Path]:
    """Log to a file beside the store, which only its owner can read: a terminal belongs to the desk.

    From warnings on, unless ``journal`` says otherwise: nobody puts this file away when it grows.
    """
    path = store.with_suffix(".log")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
    file = open(handle, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 - closed below, where a full disk may say no
    try:
        with logged_to(file, clock, journal or Journal(level="warning")):
            yield path
    finally:
        with suppress(OSError):
            file.close()


def is_journals(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether systemd's journal reads a stream: $JOURNAL_STREAM names its device and inode."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM", "") == f"{found.st_dev}:{found.st_ino}"
