"""A simulated SMS carrier that speaks the provider's HTTP in both directions.

Towards the desk it is a REST API (send, list with paging, redact, delete, media; basic auth) that :mod:`.carrier_rest`
serves; towards the desk's webhooks it posts signed forms (inbound texts, status callbacks). On its other side are
handsets. It keeps texts in memory only, takes its time from the clock it is given, and its transcript shows no number.

::

    async with Carrier(account="AC...", tokens=("secret",), clock=clock).serving() as carrier_url:
        carrier.rents("+447700900001", webhook="http://127.0.0.1:8080/sms/inbound")
        ana = carrier.handset("+447700900123")
        await ana.texts("loud on level 3", to="+447700900001")
        reply = await ana.next()
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp
from starlette.applications import Starlette
from twilio.request_validator import RequestValidator
from yarl import URL

from helpdesk.clock import SECOND, Clock, plus
from helpdesk.segments import segments
from helpdesk.serving import serving
from helpdesk.simulator.carrier_faults import Faults
from helpdesk.simulator.carrier_rest import rest_routes
from helpdesk.simulator.carrier_store import FINAL, Status, Text, Texts
from helpdesk.simulator.handset import Arrived, Handset, Posted

WEBHOOK_SECONDS = 15
"""How long the carrier waits for a webhook's answer."""

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RentedNumber:
    """One of the library's numbers; ``webhook`` gets what comes in, ``service`` is the SID of the pool it is in."""

    number: str
    webhook: str
    service: str = ""


class Carrier:
    """The carrier, its account of the library, and all handsets.

    ``tokens``: the account's auth tokens, all good for the REST API; webhooks are signed with the first.
    """

    def __init__(self, *, account: str, tokens: tuple[str, ...], clock: Clock, seed: int = 0) -> None:
        self.account = account
        self.tokens = tokens
        self.clock = clock
        self.faults = Faults()
        self.texts = Texts(account=account, seed=seed)
        self.shelf: dict[str, tuple[str, bytes]] = {}
        """Files that patrons sent, by URL: each one's media type and bytes. Others are one dot."""
        self.transcript: list[str] = []
        """What happened, a line each, with labels in place of numbers and no words of a text."""
        self.numbers: dict[str, RentedNumber] = {}
        self.standing = "active"
        """What the carrier says of the account: "active", "suspended", "closed"."""
        self._handsets: dict[str, Handset] = {}
        self._stopped: set[tuple[str, str]] = set()
        self._on_their_way: asyncio.Queue[Text] = asyncio.Queue()
        self._went_on = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None

    @property
    def app(self) -> Starlette:
        """The REST API as an ASGI application."""
        return Starlette(routes=rest_routes(self))

    @contextlib.asynccontextmanager
    async def serving(self, *, on: socket.socket | None = None) -> AsyncIterator[str]:
        """Serve the REST API and deliver texts while the block lasts; yields the API's base URL."""
        timeout = aiohttp.ClientTimeout(total=WEBHOOK_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(force_close=True)) as session:
            self._session = session
            async with serving(self.app, on=on) as url, self._delivering():
                yield url

    @contextlib.asynccontextmanager
    async def _delivering(self) -> AsyncIterator[None]:
        raised: Exception | None = None
        async with asyncio.TaskGroup() as group:
            courier = group.create_task(self._deliver_all())
            try:
                yield
            except Exception as error:  # noqa: BLE001 (raised again below, outside the group)
                raised = error
            finally:
                courier.cancel()
        if raised is not None:
            raise raised

    def rents(self, number: str, *, webhook: str, service: str = "") -> None:
        """Give the library a number, or point one that it has at another webhook."""
        self.numbers[number] = RentedNumber(number=number, webhook=webhook, service=service)

    def handset(self, number: str) -> Handset:
        """The handset with that number, made on first use."""
        if number not in self._handsets:
            self._handsets[number] = Handset(number, f"handset {len(self._handsets) + 1}", self._take)
        return self._handsets[number]

    def has_stopped(self, sender: str, recipient: str) -> bool:
        """Whether the patron has texted STOP to that number, or to another of its pool."""
        return (self._pool(sender), recipient) in self._stopped

    def signature(self, url: str, pairs: Pairs, *, token: str | None = None) -> str:
        """The signature header's value for a form posted to ``url``, a fragment left out as the provider does."""
        bare = urlunsplit(urlsplit(url)._replace(fragment=""))
        computed = RequestValidator(token or self.tokens[0]).compute_signature(bare, _Form(pairs))
        return str(computed)

    async def posts(self, url: str, pairs: Pairs) -> int | None:
        """Post a signed form; the last answer's HTTP status, or None where there was none.

        As the provider does: one more try where the connection fails, none after a 5xx or a time-out, unless the
        URL's fragment says otherwise (``#rc=2&rp=5xx,ct``: retry count and policy).
        """
        if self._session is None:
            raise RuntimeError("the carrier is not serving: enter serving() first")
        headers = {
            "X-Twilio-Signature": self.signature(url, pairs),
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        }
        overrides = dict(parse_qsl(urlsplit(url).fragment))
        policy = overrides.get("rp", "ct").split(",")
        status: int | None = None
        for _ in range(1 + int(overrides.get("rc", "1"))):
            status, outcome = await _post(self._session, url, urlencode(pairs).encode(), headers)
            if outcome not in policy and "all" not in policy:
                break
        return status

    def accept(self, text: Text) -> None:
        """Keep an outbound text and send it on its way."""
        self.texts.put(text)
        self._note(f"took a text for {self._label(text.recipient)} from {self._label(text.sender)}")
        self._on_their_way.put_nowait(text)

    async def settled(self, sid: str) -> None:
        """Wait until a text has arrived, or failed to, whether or not anybody is told."""
        while (text := self.texts.get(sid)) is not None and text.status not in FINAL:
            self._went_on.clear()
            await self._went_on.wait()

    def forget(self, text: Text) -> None:
        """Delete a text, as the library asked."""
        self.texts.delete(text.sid)
        self._note("deleted a text, as it was told")

    def forget_file(self, text: Text, file: str) -> None:
        """Delete one of a text's media, as the library asked."""
        self.texts.delete_file(text.sid, file)
        self._note("deleted a file, as it was told")

    async def _take(self, handset: Handset, body: str, to: str, media: tuple[str, ...]) -> Posted:
        """A patron's text: kept, acted on if it is a keyword, then posted to the library."""
        if (rented := self.numbers.get(to)) is None:
            raise LookupError("nobody has rented the number that was texted: call rents() first")
        text = self.texts.put(
            Text(
                sid=self.texts.new_sid("MM" if media else "SM"),
                account=self.account,
                direction="inbound",
                sender=handset.number,
                recipient=to,
                body=body,
                status="received",
                created=self.clock.now(),
                service=rented.service,
                media=media,
            )
        )
        self._heed(handset, to, body.strip().upper())
        status = await self.posts(rented.webhook, inbound_form(text))
        self._note(f"{handset.label} texted {self._label(to)}: webhook answered {status or 'nothing'}")
        return Posted(sid=text.sid, status=status)

    def _heed(self, handset: Handset, to: str, word: str) -> None:
        """Do what a lone keyword asks: STOP, START or HELP, with an answer of the carrier's own."""
        pair = (self._pool(to), handset.number)
        if word in STOP_WORDS:
            self._stopped.add(pair)
            self._answer(handset, "You will get no more texts from this number. Text START to get them again.")
        elif word in START_WORDS and pair in self._stopped:
            self._stopped.discard(pair)
            self._answer(handset, "You will get texts from this number again. Text STOP to end them.")
        elif word in HELP_WORDS:
            self._answer(handset, "This is the library's text line. Text STOP to end its texts.")

    def _answer(self, handset: Handset, body: str) -> None:
        handset.rings(Arrived(sid=self.texts.new_sid(), line="", body=body))

    async def _deliver_all(self) -> None:
        """Carry each accepted text to its handset, several at a time where there is a delay."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._deliver(await self._on_their_way.get()))

    async def _deliver(self, text: Text) -> None:
        if (rented := self.numbers.get(text.recipient)) is not None:
            await self._deliver_to(rented, text)
            return
        handset = self.handset(text.recipient)
        error = self.faults.next_delivery() or (None if handset.reachable else 30003)
        await self._delayed(text, times=1)
        steps: list[tuple[Status, int | None]] = [("sent", None), ("undelivered" if error else "delivered", error)]
        if self.faults.backwards:
            steps.reverse()
        if error is None:
            self.texts.settle(text.sid, "sent")
            handset.rings(Arrived(sid=text.sid, line=text.sender, body=text.body))
        for number, (status, code) in enumerate(steps, start=1):
            await self._delayed(text, times=number)
            await self._call_back(text, status, code)
        self.texts.settle(text.sid, "undelivered" if error else "delivered", error)
        self._went_on.set()
        self._note(f"{handset.label} {'did not get' if error else 'got'} a text")

    async def _deliver_to(self, rented: RentedNumber, text: Text) -> None:
        """A text from one of the library's numbers to another: out, and in again, each with an id of its own."""
        await self._delayed(text, times=1)
        error = self.faults.next_delivery()
        if error is None:
            came = self.texts.put(
                replace(
                    text,
                    sid=self.texts.new_sid(),
                    direction="inbound",
                    status="received",
                    service=rented.service,
                    status_callback="",
                )
            )
            await self.posts(rented.webhook, inbound_form(came))
        status: Status = "undelivered" if error else "delivered"
        await self._call_back(text, status, error)
        self.texts.settle(text.sid, status, error)
        self._went_on.set()
        self._note(f"{self._label(text.recipient)} {'did not get' if error else 'got'} a text of ours")

    async def _delayed(self, text: Text, *, times: int) -> None:
        """Wait until the scripted delay has passed ``times`` times since the text was taken."""
        if self.faults.delay:
            await self.clock.until(plus(text.created, round(times * self.faults.delay * SECOND)))

    async def _call_back(self, text: Text, status: Status, error: int | None) -> None:
        if self.faults.muted or not text.status_callback:
            return
        for _ in range(self.faults.copies):
            await self.posts(text.status_callback, status_form(text, status, error))

    def _pool(self, number: str) -> str:
        rented = self.numbers.get(number)
        return (rented.service if rented else "") or number

    def _label(self, number: str) -> str:
        if number in self.numbers:
            return f"line {list(self.numbers).index(number) + 1}"
        return self.handset(number).label

    def _note(self, line: str) -> None:
        self.transcript.append(line)


async def _post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]
) -> tuple[int | None, str]:
    """Post once: the status, and the outcome in the provider's words (ct no connection, rt no answer, 4xx, 5xx)."""
    try:
        async with session.post(URL(url, encoded=True), data=body, headers=headers) as answer:
            return answer.status, f"{answer.status // 100}xx" if answer.status >= 400 else "ok"
    except TimeoutError:
        return None, "rt"
    except aiohttp.ClientError:
        return None, "ct"


class _Form:
    """A posted form as the provider's signer reads it: names may stand twice."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._pairs])

    def __len__(self) -> int:
        return len(self._pairs)

    def getall(self, name: str) -> list[str]:
        """All values of ``name``."""
        return [value for key, value in self._pairs if key == name]


def inbound_form(text: Text) -> list[tuple[str, str]]:
    """The form that the provider posts for a text that came in, its blank fields included."""
    form = [
        ("ToCountry", "GB"),
        ("ToState", ""),
        ("SmsMessageSid", text.sid),
        ("NumMedia", str(len(text.media))),
        ("ToCity", ""),
        ("FromZip", ""),
        ("SmsSid", text.sid),
        ("FromState", ""),
        ("SmsStatus", "received"),
        ("FromCity", ""),
        ("Body", text.body),
        ("FromCountry", "GB"),
        ("To", text.recipient),
        ("ToZip", ""),
        ("NumSegments", str(segments(text.body).parts)),
        ("MessageSid", text.sid),
        ("AccountSid", text.account),
        ("From", text.sender),
        ("ApiVersion", "2010-04-01"),
    ]
    if text.service:
        form.append(("MessagingServiceSid", text.service))
    for number, url in enumerate(text.media):
        form += [(f"MediaUrl{number}", url), (f"MediaContentType{number}", "image/jpeg")]
    return form


def status_form(text: Text, status: Status, error: int | None) -> list[tuple[str, str]]:
    """The form of a status callback."""
    form = [
        ("SmsSid", text.sid),
        ("SmsStatus", status),
        ("MessageStatus", status),
        ("To", text.recipient),
        ("MessageSid", text.sid),
        ("AccountSid", text.account),
        ("From", text.sender),
        ("ApiVersion", "2010-04-01"),
    ]
    return [*form, ("ErrorCode", str(error))] if error else form
