"""A library that forgets, and contacts of every kind in it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from helpdesk.clock import DAY, plus
from helpdesk.config import RetentionSettings
from helpdesk.errands import LocalKeeper
from helpdesk.message import Envelope, LineId, RawId, StaffId
from helpdesk.ports import Record
from helpdesk.store.verbs import mail
from helpdesk.ticket import State, Ticket
from tests.conversation import Mailer, Staff, Texter, Town, library

ADMIN = StaffId("admin")

DAYS = RetentionSettings(
    mail_raw_days=10,
    mail_identity_days=30,
    mail_text_days=60,
    sms_identity_days=30,
    sms_text_days=60,
    chat_identity_days=30,
    chat_text_days=60,
    desk_text_days=60,
    sealed_text_days=60,
)
"""Short, so that a test need not live through years."""


@asynccontextmanager
async def forgetful(folder: Path | None = None, days: RetentionSettings = DAYS, **more: Any) -> AsyncIterator[Town]:
    """A library with these rules; with a ``folder`` its stores are files there."""
    async with library(folder=folder, retention=days, **more) as town:
        yield town


def keeper(town: Town) -> LocalKeeper:
    """Who is asked to forget."""
    house = town.house
    return LocalKeeper(house.settings, house.clock, house.store, house.rules, keys=house.keys)


async def as_it_came(town: Town, patron: Mailer, text: str = "") -> RawId:
    """The bytes of a patron's latest mail, kept before it was read."""
    content = f"From: {patron.address.name} <{patron.address.value}>\r\n\r\n{text}".encode()
    digest = hashlib.sha256(content).hexdigest()
    envelope = Envelope(
        line=LineId(patron.line),
        sender=patron.address.value,
        recipients=("help@library.example",),
        content=content,
        digest=digest,
    )
    raw = RawId(f"raw{town.next_number()}")
    await town.house.store.write(mail.keep, raw, envelope, town.time.now)
    await town.house.store.write(mail.finish, raw, "parsed", patron.ticket)
    return raw


async def later(town: Town, *, days: float) -> None:
    """All at once, and then whatever time brings: much quicker than night by night."""
    await town.settles()
    town.clock.move_to(plus(town.time.now, round(days * DAY)))
    await town.settles()


async def answered(mia: Staff, patron: Mailer | Texter, text: str = "Here you are.") -> Ticket:
    """The patron's latest ticket is answered and solved, and its window passes."""
    await mia.opens(patron.ticket)
    await mia.replies(text, then="solved")
    await later(patron.town, days=15)
    ticket = (await mia.opens(patron.ticket)).ticket
    assert ticket.state is State.CLOSED
    return ticket


async def rows(town: Town, table: str, where: str = "library = :library", **params: object) -> list[Record]:
    """What a table holds."""
    return await town.house.store.read(lambda sql: sql(f"SELECT * FROM {table} WHERE {where}", **params))
