"""The simulated carrier's REST API: the part of the provider's 2010-04-01 API that a desk uses."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from helpdesk.phone import PhoneNumber
from helpdesk.simulator.carrier_account import list_numbers, tell_account
from helpdesk.simulator.carrier_faults import Fault
from helpdesk.simulator.carrier_store import FINAL, Text

if TYPE_CHECKING:
    from helpdesk.simulator.carrier import Carrier

LONGEST_BODY = 1600
"""Characters; a longer text is refused with 21617."""

PICTURE = (
    "image/gif",
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
)
"""What a file is that nobody has put on the carrier's shelf: one dot."""

Handler = Callable[["Carrier", Request], Awaitable[Response]]


def rest_routes(carrier: Carrier) -> list[Route]:
    """The API's routes over ``carrier``."""
    messages = "/2010-04-01/Accounts/{account}/Messages.json"
    message = "/2010-04-01/Accounts/{account}/Messages/{sid}.json"
    files = "/2010-04-01/Accounts/{account}/Messages/{sid}/Media"
    return [
        Route("/2010-04-01/Accounts/{account}.json", _signed_in(carrier, tell_account), methods=["GET"]),
        Route(
            "/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json",
            _signed_in(carrier, list_numbers),
            methods=["GET"],
        ),
        Route(messages, _signed_in(carrier, _send), methods=["POST"]),
        Route(messages, _signed_in(carrier, _list), methods=["GET"]),
        Route(message, _signed_in(carrier, _fetch), methods=["GET"]),
        Route(message, _signed_in(carrier, _redact), methods=["POST"]),
        Route(message, _signed_in(carrier, _delete), methods=["DELETE"]),
        Route(f"{files}.json", _signed_in(carrier, _list_files), methods=["GET"]),
        Route(f"{files}/{{file}}.json", _signed_in(carrier, _delete_file), methods=["DELETE"]),
        Route(f"{files}/{{file}}", _signed_in(carrier, _give_file), methods=["GET"]),
    ]


def _signed_in(carrier: Carrier, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """``handler`` for whoever knows the account and one of its tokens, 401 for others."""

    async def endpoint(request: Request) -> Response:
        if not _knows_a_token(carrier, request.headers.get("authorization", "")):
            return _error(401, 20003)
        if request.path_params["account"] != carrier.account:
            return _error(404, 20404)
        return await handler(carrier, request)

    return endpoint


def _knows_a_token(carrier: Carrier, authorization: str) -> bool:
    good = [base64.b64encode(f"{carrier.account}:{token}".encode()).decode() for token in carrier.tokens]
    return any(hmac.compare_digest(f"Basic {one}".encode(), authorization.encode()) for one in good)


async def _send(carrier: Carrier, request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    fault = carrier.faults.next_send()
    if fault and not fault.taken:
        return await _fail(fault, request)
    sender = form.get("From") or _sender_of(carrier, form.get("MessagingServiceSid", ""))
    if code := _refusal(carrier, sender, form):
        return _error(400, code)
    text = Text(
        sid=carrier.texts.new_sid(),
        account=carrier.account,
        direction="outbound-api",
        sender=sender,
        recipient=form["To"],
        body=form["Body"],
        status="queued",
        created=carrier.clock.now(),
        service=form.get("MessagingServiceSid", ""),
        status_callback=form.get("StatusCallback", ""),
    )
    carrier.accept(text)
    return await _fail(fault, request) if fault else JSONResponse(text.as_json(), 201)


def _sender_of(carrier: Carrier, service: str) -> str:
    """The first number of a pool, "" where it has none."""
    pool = (rented.number for rented in carrier.numbers.values() if service and rented.service == service)
    return next(pool, "")


def _refusal(carrier: Carrier, sender: str, form: dict[str, str]) -> int | None:
    """The code with which the provider would refuse this form, None if it takes it."""
    if not sender:
        return 21703 if form.get("MessagingServiceSid") else 21603
    if sender not in carrier.numbers:
        return 21606
    if not _is_number(form.get("To", "")):
        return 21211
    if not form.get("Body"):
        return 21602
    if len(form["Body"]) > LONGEST_BODY:
        return 21617
    return 21610 if carrier.has_stopped(sender, form["To"]) else None


def _is_number(value: str) -> bool:
    try:
        PhoneNumber(value)
    except ValueError:
        return False
    return True


async def _list(carrier: Carrier, request: Request) -> Response:
    if fault := carrier.faults.next_list():
        return await _fail(fault, request)
    query = request.query_params
    size = min(int(query.get("PageSize", "50")), 1000)
    page = int(query.get("Page", "0"))
    try:
        found = carrier.texts.listed(query)
    except ValueError:
        return _error(400, 20001)
    return JSONResponse(_page(request, "messages", [text.as_json() for text in found], page, size))


def _page(request: Request, name: str, found: list[dict[str, object]], page: int, size: int) -> dict[str, object]:
    """One page of a list, and where the others are."""
    start, end = page * size, min((page + 1) * size, len(found))

    def address(number: int) -> str:
        asked = {**request.query_params, "Page": number, "PageSize": size}
        return f"{request.url.path}?{urlencode(asked | ({'PageToken': f'PA{number}'} if number else {}))}"

    return {
        name: found[start:end],
        "page": page,
        "page_size": size,
        "start": start,
        "end": max(start, end - 1),
        "uri": address(page),
        "first_page_uri": address(0),
        "previous_page_uri": address(page - 1) if page else None,
        "next_page_uri": address(page + 1) if end < len(found) else None,
    }


async def _fetch(carrier: Carrier, request: Request) -> Response:
    if fault := carrier.faults.next_fetch():
        return await _fail(fault, request)
    text = carrier.texts.get(request.path_params["sid"])
    return JSONResponse(text.as_json()) if text else _error(404, 20404)


async def _redact(carrier: Carrier, request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    text = carrier.texts.get(request.path_params["sid"])
    if text is None:
        return _error(404, 20404)
    if form.get("Body") != "":
        return _error(400, 20001)
    if text.status not in FINAL:
        return _error(409, 20009)
    return JSONResponse(carrier.texts.redact(text.sid).as_json())


async def _delete(carrier: Carrier, request: Request) -> Response:
    if fault := carrier.faults.next_deletion():
        return await _fail(fault, request)
    text = carrier.texts.get(request.path_params["sid"])
    if text is None:
        return _error(404, 20404)
    if text.status not in FINAL:
        return _error(409, 20009)
    carrier.forget(text)
    return Response(status_code=204)


async def _list_files(carrier: Carrier, request: Request) -> Response:
    text = carrier.texts.get(request.path_params["sid"])
    if text is None:
        return _error(404, 20404)
    files = [_file_as_json(carrier, text, sid, url) for sid, url in text.files().items()]
    return JSONResponse(_page(request, "media_list", files, 0, 50))


def _file_as_json(carrier: Carrier, text: Text, sid: str, url: str) -> dict[str, object]:
    shown = text.as_json()
    return {
        "sid": sid,
        "parent_sid": text.sid,
        "account_sid": text.account,
        "content_type": carrier.shelf.get(url, PICTURE)[0],
        "date_created": shown["date_created"],
        "date_updated": shown["date_updated"],
        "uri": f"/2010-04-01/Accounts/{text.account}/Messages/{text.sid}/Media/{sid}.json",
    }


async def _give_file(carrier: Carrier, request: Request) -> Response:
    """A file's bytes; or where they lie, as the provider does that keeps them elsewhere."""
    if fault := carrier.faults.next_file():
        return await _fail(fault, request)
    text = carrier.texts.get(request.path_params["sid"])
    url = text.files().get(request.path_params["file"]) if text else None
    if url is None:
        return _error(404, 20404)
    if carrier.faults.points:
        return Response(status_code=307, headers={"Location": carrier.faults.points.popleft()})
    media_type, content = carrier.shelf.get(url, PICTURE)
    return Response(content, headers={"Content-Type": media_type})


async def _delete_file(carrier: Carrier, request: Request) -> Response:
    if fault := carrier.faults.next_deletion():
        return await _fail(fault, request)
    text = carrier.texts.get(request.path_params["sid"])
    if text is None or request.path_params["file"] not in text.files():
        return _error(404, 20404)
    if text.status not in FINAL:
        return _error(409, 20009)
    carrier.forget_file(text, request.path_params["file"])
    return Response(status_code=204)


async def _fail(fault: Fault, request: Request) -> Response:
    """Play a scripted fault."""
    if fault.silent:
        await _until_gone(request)
    if fault.silent or fault.garbled:
        return Response('{"sid": "SM', 201 if request.method == "POST" else 200, media_type="application/json")
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.code is None:
        return PlainTextResponse("out of order", fault.status, headers)
    return _error(fault.status, fault.code, headers)


async def _until_gone(request: Request) -> None:
    """Wait until the caller has given up."""
    while (await request.receive())["type"] != "http.disconnect":
        continue


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"code": code, "message": "refused", "more_info": f"errors/{code}", "status": status}
    return JSONResponse(body, status, headers)
