"""One SMPP session: requests with their answers, the carrier's texts, and a sign of life now and then.

::

    async with open_session(settings, clock) as session:     # connected and bound
        await session.serve(handle)                          # until it ends; answers texts with what handle returns
        await session.request(SUBMIT, body, heard)           # meanwhile, by others
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from channels import smpp_wire as wire
from channels.smpp_codes import AGAIN, UNKNOWN_COMMAND, bind_trouble
from channels.smpp_wire import Frame
from helpdesk.clock import SECOND, Clock, plus
from helpdesk.config import SmppSettings
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Unparseable

Handle = Callable[[Frame], Awaitable[int]]
"""Takes a deliver_sm; returns the status to answer it with."""

Heard = Callable[[Frame], None]
"""Is told the answer to a request when it comes, also where it comes too late for who asked."""

AT_ONCE = 500
"""How many texts of the carrier are worked on at a time; it waits with the next."""


class Session:
    """A connection that is bound, or about to be. Made by :func:`open_session`."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        clock: Clock,
        *,
        seconds: float,
        keepalive: int,
        window: int,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._seconds = seconds
        self._keepalive = keepalive
        self._sequence = 0
        self._window = asyncio.Semaphore(window)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[int, tuple[asyncio.Future[Frame | None], Heard]] = {}
        self._over = False
        self._left = False

    async def bind(self, body: bytes) -> None:
        """Sign in. LinePaused or TryLater, in words, where the carrier refuses."""
        self._write(Frame(command=wire.BIND, sequence=self._next(), body=body))
        try:
            async with asyncio.timeout(self._seconds):
                frame = await wire.read_frame(self._reader)
        except TimeoutError:
            frame = None
        except Unparseable as error:
            raise LinePaused(str(error)) from None
        if frame is None or not frame.is_response:
            raise TryLater("The carrier did not answer when we connected. It is tried again.")
        if frame.status:
            raise bind_trouble(frame.status)

    async def request(self, command: int, body: bytes = b"", heard: Heard = lambda _: None) -> Frame:
        """The carrier's answer. TryLater where nothing was written, Unclear where no answer came in time."""
        async with self._window:
            if self._over:
                raise TryLater("The connection to the carrier has ended. The text waits and is tried again.")
            sequence = self._next()
            answered: asyncio.Future[Frame | None] = asyncio.get_running_loop().create_future()
            self._asked[sequence] = (answered, heard)
            self._write(Frame(command=command, sequence=sequence, body=body))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await asyncio.wait([answered])
        if not answered.done() or (frame := answered.result()) is None:
            raise Unclear("The carrier did not answer: perhaps it took the text, perhaps not.")
        return frame

    async def serve(self, handle: Handle) -> None:
        """Read until the session ends, by either side. What ``handle`` raises is answered with "try again"."""
        try:
            async with asyncio.TaskGroup() as tasks:
                beside = {tasks.create_task(self._stay_alive())}
                while (frame := await self._frame()) is not None:
                    if frame.is_response:
                        self._settle(frame)
                    elif frame.command == wire.DELIVER:
                        await self._room.acquire()
                        taking = tasks.create_task(self._take(frame, handle))
                        beside.add(taking)
                        taking.add_done_callback(beside.discard)
                    elif not self._answered_shortly(frame):
                        break
                self._left = True
                for task in beside:  # nobody is left to be answered: the carrier hands these texts in again
                    task.cancel()
        finally:
            self._end()

    async def leave(self) -> None:
        """Take our leave, unless the carrier did, and close the connection."""
        if not self._left:
            self._write(Frame(command=wire.UNBIND, sequence=self._next()))
        self._end()
        self._writer.close()
        with contextlib.suppress(OSError):  # the connection broke before we hung up
            try:
                async with asyncio.timeout(1):
                    await self._writer.wait_closed()
            except TimeoutError:
                self._writer.transport.abort()

    def _end(self) -> None:
        """Whoever still waits for an answer hears that there is none, and nothing more is asked."""
        self._over = True
        for answered, _ in self._asked.values():
            if not answered.done():
                answered.set_result(None)
        self._asked.clear()

    async def _frame(self) -> Frame | None:
        try:
            return await wire.read_frame(self._reader)
        except Unparseable:
            return None

    def _settle(self, frame: Frame) -> None:
        """Hand an answer to who waits for it; an answer that nobody waits for any more is heard all the same."""
        answered, heard = self._asked.pop(frame.sequence, (None, None))
        if answered is None or heard is None:
            return
        heard(frame)
        if not answered.done():
            answered.set_result(frame)

    def _answered_shortly(self, frame: Frame) -> bool:
        """Answer what needs no thought; False where the carrier takes its leave."""
        if frame.command in (wire.ENQUIRE, wire.UNBIND):
            self._write(wire.answer(frame, 0))
        else:
            self._write(wire.refusal(frame, UNKNOWN_COMMAND))
        return frame.command != wire.UNBIND

    async def _take(self, frame: Frame, handle: Handle) -> None:
        """One text: the answer follows what ``handle`` returns, so that acknowledged means stored."""
        try:
            status = await handle(frame)
        except TryLater:
            status = AGAIN
        except Exception as error:  # noqa: BLE001 (whatever it is, the text is not stored: the carrier is to try again)
            structlog.get_logger().error("a text by SMPP could not be taken", error=type(error).__name__)
            status = AGAIN
        finally:
            self._room.release()
        if not self._over:
            self._write(wire.answer(frame, status))

    async def _stay_alive(self) -> None:
        """Ask whether the carrier is there, now and then; cut the connection if it says nothing."""
        while not self._over:
            await self._clock.until(plus(self._clock.now(), self._keepalive * SECOND))
            try:
                await self.request(wire.ENQUIRE)
            except (TryLater, Unclear):
                self._end()
                self._writer.transport.abort()

    def _next(self) -> int:
        self._sequence = self._sequence % 0x7FFF_FFFF + 1
        return self._sequence

    def _write(self, frame: Frame) -> None:
        self._writer.write(frame.encoded())


@contextlib.asynccontextmanager
async def open_session(settings: SmppSettings, clock: Clock) -> AsyncIterator[Session]:
    """A session, bound as transceiver; at the end of the block we take our leave.

    TryLater where the carrier can't be reached, LinePaused where it refuses us or its certificate is not good.
    """
    reader, writer = await _connect(settings)
    session = Session(
        reader,
        writer,
        clock,
        seconds=settings.timeout_seconds,
        keepalive=settings.keepalive_seconds,
        window=settings.window,
    )
    password = settings.password.get_secret_value()
    body = wire.bind_body(system_id=settings.system_id, password=password, system_type=settings.system_type)
    try:
        await session.bind(body)
        yield session
    finally:
        await session.leave()


async def _connect(settings: SmppSettings) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    failed: HelpdeskError
    try:
        async with asyncio.timeout(settings.timeout_seconds):
            return await asyncio.open_connection(
                settings.host, settings.port, ssl=ssl.create_default_context() if settings.tls else None
            )
    except ssl.SSLCertVerificationError:
        failed = LinePaused("The carrier's certificate is not good for its host. Check host under [smpp], or tls.")
    except ssl.SSLError:
        failed = LinePaused("The carrier does not speak TLS on this port. Check port and tls under [smpp].")
    except (TimeoutError, OSError):
        failed = TryLater("The carrier can't be reached. The text waits and is tried again.")
    raise failed
