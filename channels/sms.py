"""Texts out, and what the carrier is to forget. The way in is :mod:`channels.sms_webhook`, what it missed
:mod:`channels.sms_catch_up`.

The patron's number is opened here, in the sending step, and nowhere else in the channel.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from channels.sms_carrier import CarrierApi, carrier_api
from channels.sms_codes import MEANINGS, reported, sid_of
from channels.sms_form import public_address
from channels.sms_reading import Lines
from helpdesk.clock import MINUTE, Clock, instant, plus
from helpdesk.config import LineSettings, SmsSettings, WebSettings
from helpdesk.errors import LinePaused, Refused, Unclear, Undeliverable
from helpdesk.limits import ABROAD, reaches
from helpdesk.message import Address, Channel, DeliveryReport, Fetched, Outbound, OutboxId, Sent
from helpdesk.phone import PhoneNumber, reveal
from helpdesk.segments import segments

MARGIN = 5 * MINUTE
"""How far the carrier's clock and ours may differ when a text is looked up."""

MOST_CANDIDATES = 1000
"""How many texts to one patron are looked through for one that may have gone out."""


class SmsSender:
    """Sends texts over one HTTP session: use it in ``async with``. The ports Sender, Tracer, Fetcher and Eraser."""

    channel = Channel.SMS

    def __init__(
        self, settings: SmsSettings, web: WebSettings, lines: Mapping[str, LineSettings], clock: Clock
    ) -> None:
        self._settings = settings
        self._public_url = web.public_url
        self._lines = Lines(lines)
        self._clock = clock
        self._open = contextlib.AsyncExitStack()
        self._api: CarrierApi | None = None

    async def __aenter__(self) -> Self:
        self._api = await self._open.enter_async_context(carrier_api(self._settings, self._clock))
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._api = None
        await self._open.aclose()

    async def send(self, message: Outbound) -> Sent:
        """Hand one text to the carrier, with the outbox id in its status-callback address."""
        line = self._line(message)
        number = number_to_text(message)
        if not reaches(line.countries, number):
            raise Undeliverable(ABROAD)
        record = await self._carrier.create(
            to=number,
            body=message.text,
            status_callback=public_address(self._public_url, f"/sms/status/{message.id}"),
            **_sender(line),
        )
        if not record.sid:
            raise Unclear("The carrier's answer names no text. It is asked whether it took it before this goes again.")
        return _sent(record)

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """The texts at the carrier that could be ``message``: same patron, line and words, made since it was written.

        They are not narrowed by date at the carrier, because a text that still waits there has no date sent.
        """
        sender = _sender(self._line(message))
        records = await self._carrier.listed(
            to=number_to_text(message), from_=sender.get("from_", ""), most=MOST_CANDIDATES
        )
        return tuple(_sent(record) for record in records if _could_be(record, message, sender))

    async def trace(self, outbox: OutboxId, provider_id: str) -> DeliveryReport | None:
        """How far a text of ours has come; see :class:`helpdesk.ports.Tracer`."""
        record = await self._carrier.get(provider_id)
        if record is None:
            return None
        return reported(outbox, str(record.status), code=str(record.error_code or ""), sid=record.sid or "")

    async def fetch(self, provider_id: str, account: str, *, sealed: bool) -> Fetched:
        """The files that came with a text; see :class:`helpdesk.ports.Fetcher`."""
        if not self._settings.media_bytes:
            return Fetched(left=("is not fetched here (media_bytes is 0)",))
        if account not in ("", self._settings.account):
            return Fetched(left=("lies in another account of ours at the carrier",))
        return await self._carrier.files(provider_id, sealed=sealed)

    async def erase(self, provider_id: str, account: str) -> bool:
        """Have the carrier delete a text, either direction, and its media; see :class:`helpdesk.ports.Eraser`."""
        if account not in ("", self._settings.account):
            raise Refused(f"It lies in the account {account}, which is not the one in the settings. Delete it there.")
        try:
            return await self._carrier.delete(provider_id)
        except Undeliverable as error:
            code = f" (code {error.code})" if error.code else ""
        raise Refused(f"The carrier refuses to delete it{code}. Delete it there.")

    @property
    def _carrier(self) -> CarrierApi:
        if self._api is None:
            raise RuntimeError("the sender is closed: use it in async with")
        return self._api

    def _line(self, message: Outbound) -> LineSettings:
        if (line := self._lines.get(message.line)) is None:
            raise LinePaused("The line that this text goes out by is not in the settings any more. Add it again.")
        return line


def number_to_text(message: Outbound) -> str:
    """The digits to text, from a seal or from an ordinary person's address."""
    match message.to:
        case PhoneNumber():
            return reveal(message.to)
        case Address(channel=Channel.SMS, value=value) if _is_number(value):
            return value
    raise Undeliverable(MEANINGS["21211"].words, code="21211")


def _is_number(value: str) -> bool:
    try:
        PhoneNumber(value)
    except ValueError:
        return False
    return True


def _sender(line: LineSettings) -> dict[str, str]:
    """Who the text comes from: the line's messaging service, else its number."""
    return {"messaging_service_sid": line.messaging_service} if line.messaging_service else {"from_": line.address}


def _could_be(record: Any, message: Outbound, sender: dict[str, str]) -> bool:
    """Whether the carrier's text could be ``message``."""
    earliest = plus(message.created, -MARGIN)
    service = sender.get("messaging_service_sid")
    return (
        str(record.direction).startswith("outbound")
        and (service is None or record.messaging_service_sid == service)
        and (record.body or "").strip() == message.text.strip()
        and isinstance(record.date_created, datetime)
        and instant(record.date_created) >= earliest
    )


def _sent(record: Any) -> Sent:
    told = str(record.num_segments or "")
    return Sent(
        provider_id=sid_of(record.sid or ""),
        segments=int(told) if told.isdigit() and int(told) else segments(record.body or "").parts,
    )
