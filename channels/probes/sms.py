"""A probe of a text line: a text from another of our numbers, or all that can be seen without one.

Without a text: whether the carrier knows us and our number, and whether the number calls the webhook that is ours; and
a call to that webhook by its public address, signed as the carrier signs. That shows the whole way in but the carrier's
own part of it. The way out is not shown.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from channels.probes.web import Answer, Web
from channels.sms_form import public_address
from helpdesk.config import LineSettings, SmsSettings, WebSettings
from helpdesk.errors import HelpdeskError, LinePaused, Refused, TryLater, Unclear
from helpdesk.message import Address, Channel, LineId, Outbound
from helpdesk.ports import Sender
from helpdesk.ports.probes import Errand, Reached

CARRIER = "the carrier"
OURS = "the address in web.public_url"


class SmsProber:
    """Sends texts to our own numbers, or looks at the account."""

    def __init__(
        self, settings: SmsSettings, web: WebSettings, lines: Mapping[str, LineSettings], sender: Sender, asks: Web
    ) -> None:
        self._settings = settings
        self._public_url = web.public_url
        self._lines = lines
        self._sender = sender
        self._asks = asks

    async def send(self, errand: Errand) -> Reached:
        """A text where one may be sent and there is a line to send it by; else a look."""
        by = self._other(errand.line)
        if errand.texts and by is not None and self._lines[errand.line].address:
            return await self._text(errand, by)
        if self._settings.carrier == "smpp":
            raise Refused("A message centre can be probed by a text only: it needs two text lines, and may cost.")
        return await self._look(errand)

    def _other(self, line: LineId) -> LineId | None:
        """The line to text from: carriers take no text from a number to itself."""
        return next((LineId(name) for name in self._lines if name != line), None)

    async def _text(self, errand: Errand, by: LineId) -> Reached:
        text = Outbound(
            id=errand.outbox,
            channel=Channel.SMS,
            line=by,
            to=Address(channel=Channel.SMS, value=self._lines[errand.line].address),
            text=errand.text,
            automatic=True,
            created=errand.created,
        )
        segments = 1
        try:
            segments = (await self._sender.send(text)).segments
        except Unclear:
            pass  # the carrier may have it: then it comes back
        except LinePaused as error:
            raise Refused(f"The carrier takes no texts of line {by}: {error}") from None
        except HelpdeskError as error:
            raise Refused(f"A text of line {by} could not be sent: {error}") from None
        return Reached(
            shows=f"A text from line {by} went out by the carrier and came in here.",
            missing=f"The carrier took a text from line {by}. Look in its console at the number's webhook: it must be"
            f" {self._webhook}, and reach this machine.",
            segments=segments,
            by=by,
        )

    @property
    def _webhook(self) -> str:
        return public_address(self._public_url, "/sms/inbound")

    async def _look(self, errand: Errand) -> Reached:
        """At the account, at the number, and through our own webhook."""
        account = await self._account()
        number = await self._number(self._lines[errand.line])
        called = await self._call(errand)
        warnings = dict.fromkeys(each for each in (account.warning, called.warning, number) if each)
        return Reached(
            shows="The carrier's account is active, and a call to our webhook by its public address was taken. No text"
            " was sent.",
            missing="Our webhook took a signed call, and nothing came in here. Is web.public_url another machine's?",
            warning=" ".join(warnings),
        )

    async def _account(self) -> Answer:
        """Refused, in words, where the carrier does not let us in or has closed the account."""
        answer = await self._of_carrier("")
        if answer.status in {401, 403, 404}:
            said = f"The carrier does not know us ({answer.status})"
            raise Refused(f"{said}: put sms.account and sms.tokens right, as its console shows them.")
        standing = _json(answer).get("status")
        if answer.status != 200 or standing is None:
            raise TryLater(f"The carrier answered {answer.status} when it was asked about the account.")
        if standing != "active":
            raise Refused(f"The carrier says that our account is {standing}: no text comes or goes. See its console.")
        return answer

    async def _number(self, line: LineSettings) -> str:
        """Refused where the number is not ours, or calls somebody else; what could not be looked at, in words."""
        if line.messaging_service or not line.address:
            return "It has a messaging service, whose webhook was not looked at."
        answer = await self._of_carrier("/IncomingPhoneNumbers", PhoneNumber=line.address)
        found = _json(answer).get("incoming_phone_numbers")
        if answer.status != 200 or not isinstance(found, list):
            raise TryLater(f"The carrier answered {answer.status} when it was asked about the number.")
        if not found:
            raise Refused("The account has no such number. Put the line's address right, or rent the number again.")
        calls = str(found[0].get("sms_url") or "").partition("#")[0]
        if calls != self._webhook and not calls.startswith(f"{self._webhook}/"):
            raise Refused(f"The number does not call us: in the carrier's console its webhook must be {self._webhook}.")
        return ""

    async def _of_carrier(self, path: str, **asked: str) -> Answer:
        token = self._settings.tokens[0].get_secret_value()
        signed = base64.b64encode(f"{self._settings.account}:{token}".encode()).decode()
        query = f"?{urlencode(asked)}" if asked else ""
        url = f"{self._settings.base_url}/2010-04-01/Accounts/{self._settings.account}{path}.json{query}"
        return await self._asks.ask("GET", url, whose=CARRIER, headers={"Authorization": f"Basic {signed}"})

    async def _call(self, errand: Errand) -> Answer:
        """Call our own webhook as the carrier does."""
        number = self._lines[errand.line].address or "+447700900000"
        form = {
            "AccountSid": self._settings.account,
            "Body": errand.text,
            "From": number,
            "MessageSid": f"SM{errand.text[-32:]}",
            "NumMedia": "0",
            "NumSegments": "1",
            "To": self._lines[errand.line].address,
        }
        if service := self._lines[errand.line].messaging_service:
            form["MessagingServiceSid"] = service
        signed = self._webhook + "".join(name + value for name, value in sorted(form.items()))
        key = self._settings.tokens[0].get_secret_value().encode()
        headers = {
            "X-Twilio-Signature": base64.b64encode(hmac.digest(key, signed.encode(), "sha1")).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = await self._asks.ask("POST", self._webhook, whose=OURS, data=urlencode(form).encode(), headers=headers)
        if answer.status != 200:
            raise Refused(_turned_away(answer.status, self._webhook))
        return answer


def _turned_away(status: int, webhook: str) -> str:
    """Why our webhook did not take our own call."""
    if status == 403:
        return (
            "Our webhook refused a call that we signed: a proxy before it changes the path or the form, or another"
            " server with other tokens answers there."
        )
    if 300 <= status < 400:
        return f"{webhook} is redirected, and the carrier's signature does not hold then: set web.public_url to where."
    if status == 404:
        return f"At {webhook} nobody knows our webhook: the proxy must pass /sms/ on to this machine."
    return f"Our webhook answered {status} at {webhook}: the carrier's calls get the same."


def _json(answer: Answer) -> dict[str, object]:
    try:
        found = json.loads(answer.text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
