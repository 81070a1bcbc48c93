"""A library's SMS channel on a real wire: the simulated carrier, the webhook, the sender, catching up."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from pydantic import SecretStr
from starlette.applications import Starlette
from yarl import URL

from channels.sms import SmsSender
from channels.sms_catch_up import SmsCatchUp
from channels.sms_webhook import SmsWebhook
from helpdesk.clock import ManualClock
from helpdesk.config import LineSettings, SmsSettings, WebSettings
from helpdesk.message import Address, Channel, LineId, Outbound, OutboxId
from helpdesk.phone import PhoneNumber
from helpdesk.serving import serving
from helpdesk.simulator.carrier import Carrier, inbound_form
from helpdesk.simulator.carrier_store import Text
from tests.channels.doorway import Doorway

ACCOUNT = "AC" + "0" * 32
TOKEN = "the newer token"
OLDER = "the older token"
NOISE = "+447700900001"
ENQUIRIES = "+447700900002"
POOLED = "+447700900003"
SERVICE = "MG" + "1" * 32
PATRON = "+447700900123"

LINES = {
    "noise": LineSettings(channel=Channel.SMS, title="Noiseline", policy="sealed", address=NOISE),
    "enquiries": LineSettings(channel=Channel.SMS, title="Enquiries", address=ENQUIRIES),
    "pool": LineSettings(channel=Channel.SMS, title="Pool", address=POOLED, messaging_service=SERVICE),
    "mail": LineSettings(channel=Channel.MAIL, title="Mail", address="desk@library.example"),
}

Pairs = Sequence[tuple[str, str]]


@dataclass
class Wire:
    """All ends of the wire. ``public`` is what the carrier calls us, ``local`` where we listen."""

    carrier: Carrier
    door: Doorway
    clock: ManualClock
    sms: SmsSettings
    web: WebSettings
    local: str
    session: aiohttp.ClientSession

    def sender(self, *, seconds: float = 5) -> SmsSender:
        """A sender, not yet open, that waits ``seconds`` for an answer."""
        settings = self.sms.model_copy(update={"timeout_seconds": seconds})
        return SmsSender(settings, self.web, LINES, self.clock)

    def catching_up(self) -> SmsCatchUp:
        """A catcher-up, not yet open."""
        return SmsCatchUp(self.sms, LINES, self.door, self.clock)

    async def posts(
        self,
        body: bytes | Pairs,
        *,
        path: str = "/sms/inbound",
        signed_for: str | None = None,
        token: str = TOKEN,
        signature: str | None = None,
        content_type: str = "application/x-www-form-urlencoded; charset=UTF-8",
    ) -> tuple[int, str]:
        """Post to our webhook by hand: the status and text of the answer. ``signed_for``: default our public URL."""
        headers = {"Content-Type": content_type}
        if signature is None and not isinstance(body, bytes):
            signature = self.carrier.signature(signed_for or self.web.public_url + path, body, token=token)
        if signature:
            headers["X-Twilio-Signature"] = signature
        data = body if isinstance(body, bytes) else urlencode(body).encode()
        url = URL(self.local + path, encoded=True)
        async with self.session.post(url, data=io.BytesIO(data), headers=headers) as answer:
            return answer.status, await answer.text()

    def form(self, body: str = "loud on level 3", *, to: str = ENQUIRIES, sid: str = "SM1") -> list[tuple[str, str]]:
        """An inbound text's form, as the provider posts it."""
        return inbound_form(
            Text(
                sid=sid,
                account=ACCOUNT,
                direction="inbound",
                sender=PATRON,
                recipient=to,
                body=body,
                status="received",
                created=self.clock.now(),
            )
        )

    def reply(self, text: str = "On our way", *, line: str = "enquiries", outbox: str = "ob1") -> Outbound:
        """A reply to the patron: to a number on the sealed line, to an address on the others."""
        to = PhoneNumber(PATRON) if line == "noise" else Address(channel=Channel.SMS, value=PATRON)
        return Outbound(
            id=OutboxId(outbox), channel=Channel.SMS, line=LineId(line), to=to, text=text, created=self.clock.now()
        )


@contextlib.asynccontextmanager
async def texting(*, public: str = "") -> AsyncIterator[Wire]:
    """Everything served on loopback; ``public`` is the webhook's public URL where that is not the listening one."""
    clock, door = ManualClock(), Doorway()
    carrier = Carrier(account=ACCOUNT, tokens=(TOKEN, OLDER), clock=clock, seed=11)
    app = Starlette()
    async with carrier.serving() as api, serving(app) as local, aiohttp.ClientSession() as session:
        tokens = (SecretStr(TOKEN), SecretStr(OLDER))
        sms = SmsSettings(account=ACCOUNT, tokens=tokens, base_url=api)
        web = WebSettings(public_url=public or local)
        app.router.routes.extend(SmsWebhook(sms, web, LINES, door).routes())
        for number, service in ((NOISE, ""), (ENQUIRIES, ""), (POOLED, SERVICE)):
            carrier.rents(number, webhook=local + "/sms/inbound", service=service)
        yield Wire(carrier, door, clock, sms, web, local, session)
