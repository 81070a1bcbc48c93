"""A library that is served with its API on loopback, and members with a home and a token each: for desks elsewhere."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtplib import send

from helpdesk.api.remote import connect
from helpdesk.message import StaffId
from helpdesk.own_tokens import OwnTokens
from tests.chaos.owner import Library, Owner, found_library, free_port

HELPDESK = f"{sys.executable} -m helpdesk.cli"


@dataclass(frozen=True)
class Served:
    """``server`` is where its desks connect; ``homes`` and ``tokens`` are its members'."""

    library: Library
    server: str
    homes: dict[str, Path]
    tokens: dict[str, str]


@asynccontextmanager
async def served(folder: Path, *members: str) -> AsyncIterator[Served]:
    """Start it, and hand each member a token."""
    port = free_port()
    server = f"http://127.0.0.1:{port}"
    library = found_library(folder, carrier="http://127.0.0.1:9", relay_port=9)
    with library.settings.open("a") as settings:
        settings.write(f'[api]\nport = {port}\npublic_url = "{server}"\n')
    homes, tokens = {each: folder / each for each in members}, {}
    async with Owner(library).running():
        async with connect(library.socket) as desk:
            for each in members:
                who = StaffId(each)
                await desk.sign_in(who, name=each.title())
                tokens[each] = (await desk.roster.issue(who, who, name="desk")).text
                OwnTokens(homes[each] / ".config" / "helpdesk").keep(server, tokens[each])
        yield Served(library, server, homes, tokens)


async def mails(library: Library, subject: str) -> None:
    """Somebody writes to the library's mailbox."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Mina <mina@example.org>", library.mailbox, subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@example.org>"
    message.set_content(subject)
    await send(message, hostname="127.0.0.1", port=library.mail_port, start_tls=False)
