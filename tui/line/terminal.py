"""The keyboard: it has the main thread, so that ctrl+C leaves a line and readline completes; the desk runs beside it.

What is asked comes here by a queue and is answered back into the event loop; where nobody is there to be asked
(a pipe), lines are read as they are needed.
"""

from __future__ import annotations

import asyncio
import getpass
import io
import queue
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TextIO, TypeVar

from tui.line.asking import never
from tui.line.wrong import Left

T = TypeVar("T")

STOPPED = 130
"""The exit status of what ctrl+C ended before it had begun."""

LISTENS = 0.5
"""Seconds after which ctrl+C is heard though it came in the instant before the main thread began to wait."""

Answer = str | None | Left
"""A line; None where there is none any more; Left where ctrl+C left it."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is to be read, and where the answer goes."""

    prompt: str
    secret: bool
    begun: str
    answered: Callable[[Answer], object]


class Keyboard:
    """Lines of standard input. ``words``: what the first word of a line may be, for tab."""

    def __init__(self, source: TextIO | None = None, *, words: Sequence[str] = ()) -> None:
        self._source = source or sys.stdin
        if isinstance(self._source, io.TextIOWrapper):
            self._source.reconfigure(errors="surrogateescape")  # what is no text is told as such, in its line
        self._asks = self._source.isatty()
        self._words = tuple(sorted(words))
        self._questions: queue.Queue[_Question | None] = queue.Queue()
        self._stop: Callable[[], object] | None = None
        self._reading = False

    @property
    def asks(self) -> bool:
        """Whether somebody is there who can be asked."""
        return self._asks

    async def line(self, prompt: str, *, secret: bool = False, begun: str = "") -> str | None:
        """The next line; None where there is none any more (ctrl+D, the end of a script), Left where it was left."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()

        def given(said: Answer) -> None:
            if answer.done():
                return
            if isinstance(said, Left):
                answer.set_exception(said)
            else:
                answer.set_result(said)

        def answered(said: Answer) -> None:
            with suppress(RuntimeError):  # the desk is closed: nobody waits any more
                loop.call_soon_threadsafe(given, said)

        self._questions.put(_Question(prompt, secret, begun, answered))
        return await answer

    async def doing(self, work: Coroutine[Any, Any, T], *, stops: Callable[[], bool] = never) -> T:
        """Do something that ctrl+C leaves: then it is Left. What ``stops`` by itself goes on to its next step."""
        loop, before = asyncio.get_running_loop(), self._stop
        left = False

        def leave() -> None:
            nonlocal left
            left = not stops() and task.cancel()

        try:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(work)
                self._stop = lambda: loop.call_soon_threadsafe(leave)
        finally:
            self._stop = before
        if left and task.cancelled():
            raise Left("Stopped.")
        return task.result()

    def beside(self, work: Callable[[], Coroutine[Any, Any, int]]) -> int:
        """Run the desk in a thread of its own and read here what it asks for, until it has ended; its exit status."""
        with self._interrupted(), ThreadPoolExecutor(1, thread_name_prefix="desk") as pool, self._completing():
            running: Future[int] = pool.submit(self._run, work)
            running.add_done_callback(lambda done: self._questions.put(None))
            while (question := self._next()) is not None:
                question.answered(self._read(question))
            return running.result()

    def _run(self, work: Callable[[], Coroutine[Any, Any, int]]) -> int:
        async def whole() -> int:
            return await self.doing(work())

        try:
            return asyncio.run(whole())
        except Left:
            return STOPPED

    def _next(self) -> _Question | None:
        while True:
            with suppress(queue.Empty):
                return self._questions.get(timeout=LISTENS)

    @contextmanager
    def _interrupted(self) -> Iterator[None]:
        """ctrl+C leaves the line that is read, or else what is being done; between the two it breaks nothing."""

        def interrupt(number: int, frame: object) -> None:
            if self._reading:
                self._reading = False
                raise KeyboardInterrupt
            if self._stop is not None:
                with suppress(RuntimeError):  # what is left has just ended by itself
                    self._stop()

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _read(self, question: _Question) -> Answer:
        try:
            self._reading = True
            if not self._asks:
                line = self._source.readline()
                return line.rstrip("\n") if line else None
            if question.secret:
                return getpass.getpass(question.prompt)
            with _already(question.begun):
                return input(question.prompt)
        except EOFError:
            sys.stdout.write("\n")
            return None
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            return Left("Nothing was done.")
        finally:
            self._reading = False

    @contextmanager
    def _completing(self) -> Iterator[None]:
        """Tab completes the first word of a line, where there is readline; nothing of a line is kept in a file."""
        found = _readline() if self._asks else None
        if found is None:
            yield
            return
        found.set_completer(self._complete)
        found.set_completer_delims(" ")
        found.parse_and_bind("tab: complete")
        found.parse_and_bind("set enable-bracketed-paste off")
        try:
            yield
        finally:
            found.set_completer(None)

    def _complete(self, begun: str, state: int) -> str | None:
        fitting = [word for word in self._words if word.startswith(begun)]
        return f"{fitting[state]} " if state < len(fitting) else None


@contextmanager
def _already(text: str) -> Iterator[None]:
    """A line that stands there already, where there is readline."""
    found = _readline() if text else None
    if found is None:
        yield
        return
    found.set_startup_hook(lambda: found.insert_text(text))
    try:
        yield
    finally:
        found.set_startup_hook(None)


def _readline() -> Any:
    """The module, None for a Python without it."""
    try:
        import readline
    except ImportError:
        return None
    return readline
