"""The carrier's way in: texts and status callbacks, as signed forms over HTTP.

=================================  ============================================================
POST /sms/inbound                  a text; the line is found by the number or service it went to
POST /sms/inbound/{line}           the same; the name says only which line to count a refusal for
POST /sms/status/{outbox}          how far a text of ours has come
=================================  ============================================================

The answer is the receipt: 200 follows the commit. 503 says "not stored", and as carriers do not try again after it,
:mod:`channels.sms_catch_up` fetches what was missed. 403 (no token made the signature) and 413 (over 64 kB) keep
nothing of the body. Nothing here logs a number or a text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from channels.sms_codes import reported
from channels.sms_form import Form, algorithm_of, is_signed, parse_form, public_address
from channels.sms_reading import Lines, hand_over, read_form
from helpdesk.config import LineSettings, SmsSettings, WebSettings
from helpdesk.errors import Refused, TryLater
from helpdesk.message import Channel, LineId, OutboxId
from helpdesk.ports import Door

MOST_BYTES = 64 * 1024
"""The largest form taken."""

Handler = Callable[[Request, Form], Awaitable[Response]]


class _TurnedAway(Exception):
    """The request is not let in: its HTTP status, and why, in words for the desk."""

    def __init__(self, status: int, reason: str, line: LineId | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.line = line


class SmsWebhook:
    """The webhook of all SMS lines. The composer mounts :meth:`routes`."""

    def __init__(self, settings: SmsSettings, web: WebSettings, lines: Mapping[str, LineSettings], door: Door) -> None:
        self._tokens = tuple(token.get_secret_value() for token in settings.tokens)
        self._public_url = web.public_url
        self._lines = Lines(lines)
        self._door = door

    def routes(self) -> list[Route]:
        """The routes, to be mounted at the root of the public URL."""
        return [
            Route("/sms/inbound", self._guarded(self._inbound), methods=["POST"]),
            Route("/sms/inbound/{line}", self._guarded(self._inbound), methods=["POST"]),
            Route("/sms/status/{outbox}", self._guarded(self._status), methods=["POST"]),
        ]

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """``handler`` for signed forms; 403, 413 or 503 for the rest."""

        async def endpoint(request: Request) -> Response:
            try:
                return await self._answered(handler, request)
            except TryLater as error:
                return _later(error.retry_after)
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception as error:  # noqa: BLE001 (whatever it is, the text is not stored: the carrier hears 503)
                structlog.get_logger().error("a webhook failed", error=type(error).__name__)
                return _later(None)

        return endpoint

    async def _answered(self, handler: Handler, request: Request) -> Response:
        try:
            form = await self._signed_form(request)
        except _TurnedAway as refusal:
            turned = refusal
        else:
            return await handler(request, form)
        await self._door.turned_away(Channel.SMS, turned.line, turned.reason)
        return PlainTextResponse(turned.reason, turned.status)

    async def _signed_form(self, request: Request) -> Form:
        """The request's form, if one of our tokens made its signature; _TurnedAway else."""
        form = parse_form(await _body(request), content_type=request.headers.get("content-type", ""))
        signature = request.headers.get("x-twilio-signature", "")
        if is_signed(
            form,
            address=public_address(
                self._public_url, _raw_path(request), request.scope["query_string"].decode("latin-1")
            ),
            signature=signature,
            tokens=self._tokens,
            algorithm=algorithm_of(request.headers.get("x-twilio-webhooks-signature-settings", "")),
        ):
            return form
        why = "none of our tokens made its signature" if signature else "it carries no signature"
        raise _TurnedAway(403, f"A message from the carrier was refused: {why}.", self._claimed(request, form))

    def _claimed(self, request: Request, form: Form) -> LineId | None:
        """The line that an unsigned request says it is for: good for counting, for nothing else."""
        if (name := request.path_params.get("line", "")) and self._lines.get(name):
            return LineId(name)
        return self._lines.find(form.get("To"), form.get("MessagingServiceSid"))

    async def _inbound(self, request: Request, form: Form) -> Response:
        received = read_form(form)
        await hand_over(received, self._lines.find(received.recipient, received.service), self._door)
        return Response("<Response/>", media_type="text/xml")

    async def _status(self, request: Request, form: Form) -> Response:
        report = reported(
            OutboxId(request.path_params["outbox"]),
            form.get("MessageStatus") or form.get("SmsStatus"),
            code=form.get("ErrorCode"),
            sid=form.get("MessageSid"),
        )
        if report is not None:
            with suppress(Refused):  # a text that we do not know, or forgot: telling us again would not help
                await self._door.report(report)
        return Response(status_code=200)


async def _body(request: Request) -> bytes:
    """The body, read no further than the limit; _TurnedAway above it."""
    chunks: list[bytes] = []
    left = MOST_BYTES
    async for chunk in request.stream():
        left -= len(chunk)
        if left < 0:
            raise _TurnedAway(413, "A message from the carrier was refused: it is larger than 64 kB.")
        chunks.append(chunk)
    return b"".join(chunks)


def _raw_path(request: Request) -> str:
    """The path as it stood on the wire, escapes and all."""
    return bytes(request.scope.get("raw_path") or request.scope["path"].encode()).decode("latin-1")


def _later(seconds: float | None) -> Response:
    headers = {} if seconds is None else {"Retry-After": str(round(seconds))}
    return PlainTextResponse("The message could not be stored. Send it again later.", 503, headers)
