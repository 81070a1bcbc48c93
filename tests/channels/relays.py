"""A mail relay that answers as it is told: what the far side of sending may do, on a real socket."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

GONE = "gone"
"""An answer: hang up instead."""

SILENT = "silent"
"""An answer: none, ever."""

_POLITE = {
    "GREETING": "220 relay.example",
    "EHLO": "250 relay.example",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 Go on",
    ".": "250 2.0.0 queued as A1",
    "QUIT": "221 Bye",
}


@dataclass
class Relay:
    """``answers`` replace the polite ones; keys are commands, ``RCPT <address>`` for one recipient alone.

    ``tls`` is spoken after STARTTLS, or from the start where ``wrapped`` says so.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    wrapped: bool = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Relay]:
        """Answer on a free port of loopback until the block ends."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0, ssl=self.tls if self.wrapped else None)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            going = await self._answer("GREETING", reader, writer)
            while going and (line := (await reader.readline()).decode().strip()):
                self.heard.append(line)
                going = await self._answer(line, reader, writer)
        except ConnectionError:
            self.heard.append("(connection lost)")
        finally:
            writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one line; whether the conversation goes on."""
        known = {**_POLITE, **self.answers}
        word = line.split(" ")[0].upper()
        address = line[line.find("<") + 1 : line.find(">")]
        answer = known.get(f"{word} {address}", known.get(word, "250 OK"))
        if answer == GONE:
            return False
        if answer == SILENT:
            await reader.read()
            return False
        writer.write(answer.encode() + b"\r\n")
        if answer.startswith("354"):
            self.mails.append((await reader.readuntil(b"\r\n.\r\n"))[:-3])
            return await self._answer(".", reader, writer)
        if word == "STARTTLS" and self.tls is not None:
            await writer.start_tls(self.tls)
        return word != "QUIT"
