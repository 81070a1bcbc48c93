"""The carrier's REST API as we speak it: the twilio client over a transport of our own.

The stock transports log requests (numbers included), ignore their time-out, may post twice and drop Retry-After.
Ours does one request, once, within one time limit, logs nothing, and raises the errors of :mod:`helpdesk.errors`
itself, so that no exception carries a URL, a form or the carrier's own words.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from channels.sms_codes import trouble
from channels.sms_media import Downloads
from helpdesk.clock import SECOND, Clock, instant
from helpdesk.config import SmsSettings
from helpdesk.errors import BadConfig, HelpdeskError, LinePaused, TryLater, Unclear
from helpdesk.message import Fetched

T = TypeVar("T")

_IDLE_SECONDS = 3
"""Connections are kept so long: less than servers keep theirs, so that a text is not written to a dead one."""

_SILENT = logging.Logger("twilio", level=logging.CRITICAL + 1)
"""The client wants a logger; this one belongs to no tree and has no handler."""

NOT_FINAL = "20009"
"""The carrier's code for a text that can't be deleted while it is under way."""

GONE = "20404"
"""Its code for what is not there (any more)."""

PAGE = 200
"""Texts a page when a list is read."""

Answer = tuple[int, str, str]
"""Status, text and Retry-After header."""


class NotFinal(TryLater):
    """The text is still under way."""


class Transport(AsyncHttpClient):  # type: ignore[misc]  # twilio asks for this parent; it has no types
    """One aiohttp session, made with :func:`_tracing`, as the twilio client's transport.

    ``seconds``: the limit for one whole request.
    """

    def __init__(self, session: aiohttp.ClientSession, clock: Clock, *, seconds: float) -> None:
        super().__init__(_SILENT, True, seconds)
        self._session = session
        self._clock = clock
        self._limit = aiohttp.ClientTimeout(total=seconds)

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Do one request; what is no success is raised as a HelpdeskError, without context."""
        full = dict(headers or {})
        if auth is not None:
            full["Authorization"] = aiohttp.encode_basic_auth(*auth)
        creates = method.upper() == "POST" and uri.endswith("/Messages.json")
        answer = await self._once(method, uri, creates=creates, params=params, data=data, headers=full)
        if isinstance(answer, HelpdeskError):
            raise answer
        status, text, retry_after = answer
        if status >= 300:
            raise _refusal(status, text, self._seconds(retry_after), creates=creates)
        if status != 204 and _parsed(text) is None:
            raise _half_done(creates=creates)
        return Response(status, text)

    async def _once(self, method: str, uri: str, *, creates: bool, **request: Any) -> Answer | HelpdeskError:
        """The answer, or the error that says whether the carrier may have heard us."""
        written: list[bool] = []
        try:
            async with self._session.request(
                method.upper(),
                uri,
                timeout=self._limit,
                allow_redirects=False,
                trace_request_ctx=written,
                **request,
            ) as answer:
                text = await answer.text("utf-8", "replace")
                return answer.status, text, answer.headers.get("Retry-After", "")
        except aiohttp.InvalidURL:
            return LinePaused("The carrier's address is not a URL. Check base_url under [sms] in the settings.")
        except (TimeoutError, aiohttp.ClientError):
            if not written:
                return TryLater("The carrier can't be reached. The text waits and is tried again.")
            return _half_done(creates=creates)

    def _seconds(self, retry_after: str) -> float | None:
        """Retry-After in seconds, given in seconds or as a date; None where it says nothing."""
        if retry_after.isascii() and retry_after.isdigit():
            return float(retry_after)
        try:
            return max(0.0, (instant(parsedate_to_datetime(retry_after)) - self._clock.now()) / SECOND)
        except ValueError:
            return None


def _tracing() -> aiohttp.TraceConfig:
    """Notes in a request's context that it was written: from then on the carrier may have heard it."""

    async def note(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.append(True)

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(note)
    return tracing


def _half_done(*, creates: bool) -> HelpdeskError:
    """The request went out and no answer came: unclear for a new text, harmless for all else."""
    if creates:
        return Unclear("The carrier did not answer. It is asked whether it took the text before this goes again.")
    return TryLater("The carrier did not answer. It is asked again.")


def _refusal(status: int, text: str, retry_after: float | None, *, creates: bool) -> HelpdeskError:
    """The error for an answer that is no success; a gateway's 502 or 504 does not say what lay behind it did."""
    if status in (502, 504):
        return _half_done(creates=creates)
    told = _parsed(text)
    code = str(told.get("code") or "") if isinstance(told, dict) else ""
    if code == NOT_FINAL:
        return NotFinal("The carrier has not finished delivering the text.", retry_after=retry_after)
    return trouble(code, status=status, retry_after=retry_after)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


class CarrierApi:
    """What we ask of the carrier. Raises the errors of the transport, TryLater for a list that can't be read."""

    def __init__(self, client: Client, downloads: Downloads) -> None:
        self._messages = client.messages
        self._downloads = downloads

    async def files(self, sid: str, *, sealed: bool) -> Fetched:
        """The files that came with a text, as :class:`channels.sms_media.Downloads` takes them."""
        media = self._messages(quote(sid, safe="")).media
        found = await _unless_gone(_whole(media.list_async(page_size=PAGE))) or []
        return await self._downloads.fetch([_path(file) for file in found], sealed=sealed)

    async def create(self, **fields: str) -> Any:
        """Hand over one text (``to``, ``body``, ``from_`` or ``messaging_service_sid``, ``status_callback``)."""
        return await self._messages.create_async(**fields)

    async def listed(
        self, *, to: str = "", from_: str = "", since: datetime | None = None, most: int | None = None
    ) -> list[Any]:
        """The texts that fit all conditions given, newest first: all pages, or the newest ``most``."""
        conditions = {"to": to, "from_": from_, "date_sent_after": since}
        given = {name: value for name, value in conditions.items() if value}
        return await _whole(self._messages.list_async(limit=most, page_size=PAGE, **given))

    async def get(self, sid: str) -> Any | None:
        """One text; None where the carrier has it no more."""
        return await _unless_gone(self._messages(quote(sid, safe="")).fetch_async())

    async def delete(self, sid: str) -> bool:
        """Delete a text with its media. True: it is gone, also where it was before; False: it is still under way.

        The media go first: nothing of ours leads to them once the text is gone.
        """
        message = self._messages(quote(sid, safe=""))
        try:
            for file in await _unless_gone(_whole(message.media.list_async(page_size=PAGE))) or []:
                await _unless_gone(file.delete_async())
            await _unless_gone(message.delete_async())
        except NotFinal:
            return False
        return True


def _path(file: Any) -> str:
    """Where a file lies on the carrier's host, made of ids alone."""
    ids = [quote(str(each), safe="") for each in (file.account_sid, file.parent_sid, file.sid)]
    return "/2010-04-01/Accounts/{}/Messages/{}/Media/{}".format(*ids)


async def _whole(listing: Awaitable[list[Any]]) -> list[Any]:
    """A listing; TryLater, which carries nothing of it, where the answer is no list."""
    if (found := await _read(listing)) is None:
        raise TryLater("The carrier's list could not be read. It is asked again.")
    return found


async def _read(listing: Awaitable[list[Any]]) -> list[Any] | None:
    try:
        return await listing
    except (TwilioException, AttributeError, KeyError, TypeError):
        return None


async def _unless_gone(call: Awaitable[T]) -> T | None:
    """What the call gives; None where the carrier says that there is no such thing."""
    try:
        return await call
    except LinePaused as error:
        if error.code != GONE:
            raise
    return None


@contextlib.asynccontextmanager
async def carrier_api(settings: SmsSettings, clock: Clock) -> AsyncIterator[CarrierApi]:
    """The carrier's API over one session, closed with the block. BadConfig without an account and a token."""
    if not settings.account or not settings.tokens:
        raise BadConfig("[sms] needs account and tokens: copy both from the carrier's console into helpdesk.toml.")
    connector = aiohttp.TCPConnector(keepalive_timeout=_IDLE_SECONDS)
    async with aiohttp.ClientSession(connector=connector, trace_configs=[_tracing()]) as session:
        client = Client(
            settings.account,
            settings.tokens[0].get_secret_value(),
            http_client=Transport(session, clock, seconds=settings.timeout_seconds),
            environment={"TWILIO_REGION": ""},  # an empty mapping would let the process's own variables in
        )
        client.api.base_url = settings.base_url
        token = settings.tokens[0].get_secret_value()
        yield CarrierApi(client, Downloads(session, settings, settings.account, token))
