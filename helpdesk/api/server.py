"""A desk over HTTP: what the owner of the store answers on its Unix socket.

Each method of the Desk protocol is ``POST /api/v1/desk/<method>`` with a JSON object of its arguments, each of the
NoiseDesk's is ``POST /api/v1/noise/<method>``; changes are a stream of JSON lines. Which methods there
are, and how they are written, is the codec's table.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from helpdesk import __version__
from helpdesk.api.auth import private_socket
from helpdesk.api.codec import CHANGES, DESK, HEARTBEAT_SECONDS, KEEPER, NOISE, PROBLEM, TOLD, Call, calls, problem
from helpdesk.api.keeper import Keeper
from helpdesk.errors import HelpdeskError, Refused
from helpdesk.events import Seq
from helpdesk.ports import Desk, NoiseDesk
from helpdesk.serving import serving
from helpdesk.sight import Told


@asynccontextmanager
async def desk_socket(desk: Desk, path: Path, *, keeper: Keeper | None = None) -> AsyncIterator[None]:
    """Answer for ``desk`` on the Unix socket ``path`` while the block lasts. Those who watch are told that it ends."""
    closing = asyncio.Event()
    with private_socket(path) as bound:
        async with serving(application(desk, keeper=keeper, closing=closing), on=bound):
            try:
                yield
            finally:
                closing.set()


def application(
    desk: Desk,
    *,
    keeper: Keeper | None = None,
    closing: asyncio.Event | None = None,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> FastAPI:
    """The HTTP application. ``closing`` ends the streams; ``heartbeat`` is in seconds."""
    app = FastAPI(title="Library help desk", version=__version__, docs_url=None, redoc_url=None)
    app.add_exception_handler(HelpdeskError, _told)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(Exception, _failed)
    for call in calls(Desk):
        _offer(app, DESK, call, getattr(desk, call.name))
    for call in calls(NoiseDesk):
        _offer(app, NOISE, call, getattr(desk.noise, call.name))
    if keeper is not None:
        for call in calls(Keeper):
            _offer(app, KEEPER, call, getattr(keeper, call.name))
    app.router.routes.append(Route(CHANGES, _Changes(desk, closing or asyncio.Event(), heartbeat), methods=["GET"]))
    return app


def _offer(app: FastAPI, under: str, call: Call, method: Callable[..., Awaitable[Any]]) -> None:
    """Add one call. Its signature is made from the codec's table, so that the API's schema shows it."""
    media_type = "application/octet-stream" if call.returns is bytes else "application/json"

    async def answer(arguments: BaseModel) -> Response:
        given = {name: getattr(arguments, name) for name in call.arguments.model_fields}
        return Response(call.encode(await method(**given)), media_type=media_type)

    arguments = inspect.Parameter("arguments", inspect.Parameter.KEYWORD_ONLY, annotation=call.arguments)
    answer.__signature__ = inspect.Signature([arguments])  # type: ignore[attr-defined]
    shown = None if call.returns is bytes else call.returns
    app.add_api_route(
        f"{under}/{call.name}", answer, methods=["POST"], name=call.name, summary=call.summary, response_model=shown
    )


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, HelpdeskError)
    status, document = problem(error)
    seconds = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(round(seconds))} if seconds is not None else {}
    return Response(document, status, headers, PROBLEM)


async def _misread(request: Request, error: Exception) -> Response:
    """Says which arguments are wrong and how, and never what stood in them."""
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(map(str, one['loc'][1:])) or 'body'}: {one['msg']}" for one in error.errors())
    return await _told(request, Refused(f"The call could not be read: {wrong}."))


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of ours: the server logs it, the caller is told no more than that."""
    return await _told(request, HelpdeskError("The owner of the store failed at this. Its log says why."))


class _Changes:
    """The stream of changes, as an ASGI application: it ends with its listener, or with the owner."""

    def __init__(self, desk: Desk, closing: asyncio.Event, heartbeat: float) -> None:
        self._desk = desk
        self._closing = closing
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        after = Request(scope).query_params.get("after", "")
        if not after.isascii() or not after.isdigit() or len(after) > 18:
            refusal = await _told(Request(scope), Refused("Say after which event to start: ?after=0."))
            await refusal(scope, receive, send)
            return
        headers = [(b"content-type", b"application/jsonl"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with asyncio.TaskGroup() as group:
            ends = [
                group.create_task(self._tell(Seq(int(after)), send)),
                group.create_task(_hung_up(receive)),
                group.create_task(_set(self._closing)),
            ]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _tell(self, after: Seq, send: Send) -> None:
        """A line for each change; an empty line at once, and where none came for a while."""
        try:
            await send(_line(b""))
            while True:
                changes = cast(AsyncGenerator[Told, None], self._desk.changes(after))
                async with aclosing(changes):
                    with suppress(TimeoutError):
                        while True:
                            async with asyncio.timeout(self._heartbeat):
                                told = await anext(changes)
                            await send(_line(TOLD.dump_json(told)))
                            after = told.seq
                # A timed-out iterator is spent; the next one goes on from the last change that was sent.
                await send(_line(b""))
        except StopAsyncIteration:
            return
        except HelpdeskError as error:
            await send(_line(b'{"problem":' + problem(error)[1] + b"}"))


def _line(content: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content + b"\n", "more_body": True}


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _set(event: asyncio.Event) -> None:
    await event.wait()
