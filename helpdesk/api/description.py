"""The API's own description (OpenAPI 3.1), made by FastAPI from the table of routes and the type hints.

FastAPI is asked for this alone: requests don't pass through it. ``python -m helpdesk.api.description`` prints it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args

from fastapi import Body, FastAPI, Header, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter
from pydantic_core import to_json

from helpdesk import __version__
from helpdesk.api.calls import ANNOTATED
from helpdesk.api.identity import ACTOR, KEY
from helpdesk.api.problems import KINDS, MEDIA_TYPE, Problem
from helpdesk.api.routes import LIVE, ROOT, Route, all_routes

ABOUT = f"""\
Everything that the desk does, and what other systems want to read.

* **Times** are whole milliseconds since 1970-01-01T00:00Z; days are written 2026-11-30; whole numbers stay below 2^53.
* **Who asks**: a personal token (`helpdesk staff token`). What a member may do follows from their role.
* **Versions**: a change says which `version` of the ticket or incident was seen. 409 names who was first: read it
  again, then decide.
* **{KEY}**: the same key with the same content gives the first result again, with another content it is refused. A lost
  answer is no reason to write twice.
* **Errors** are problem documents (RFC 9457); the `type` of each says what it means.
* **Lists** that go on have a `Link` with `rel="next"`.
* **Live**: `{LIVE}?after=0` is a WebSocket. Each message is an array of what happened, in order; `seq` of the last one
  is where to go on from.
"""

TAGS = {
    "desk": "What staff do at the desk: the queue, tickets, replies, contacts.",
    "macros": "Macros: texts that are written once and sent often, a member's own and shared ones.",
    "company": "Who is at which ticket now; nothing of it is stored.",
    "drafts": "Drafts: what a member has begun to write, for that member alone.",
    "noise": "Noise: incidents, the places of texts, reporters who are a nuisance.",
    "sending": "Replies that wait before they go out, and taking them back.",
    "duty": "Who is on, on which channel, with how many chats.",
    "chatting": "Chats: with you in a moment, and a chat that goes on by e-mail.",
    "closings": "Closing a channel or a line by hand, with all that follows, and opening it again.",
    "openings": "What lies ahead by the published calendars: next opening, next week, next term.",
    "views": "Queries over the queue, what they list, and the views that staff save.",
    "ties": "What ties tickets to each other, and to members who follow them.",
    "sorting": "How staff sort their work: kind, site, READ level, first contact, contacts by a digit.",
    "reports": "The figures of a day, a week, a month or a term, and the same as a file.",
    "records": "What other systems read: every ticket and every fact, what is published, the figures.",
    "roster": "Who works here, what they may do, their tokens, and the trail of what they did.",
    "keeper": "Work on the store as a whole.",
    "hooks": "Outgoing webhooks: what other systems hear of without asking.",
    "probes": "Probes: messages to ourselves by every line, which show that it is alive.",
}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "desk.reply": {"version": 3, "text": "Yes, until 9 pm.", "then": "solved"},
    "desk.note": {"text": "Rang back, left a message."},
    "desk.log_contact": {"channel": "phone", "text": "Wants the opening hours.", "waited": 12000},
    "desk.search": {"words": "renew card", "limit": 20},
    "desk.tag": {"version": 3, "tags": ["lost-card", "refund"]},
    "views.rows": {"query": "channel:sms breaching:<10m -owner:me", "count": 20},
    "views.keep": {"query": "tag:printer", "digit": "7"},
    "noise.conclude": {"version": 4, "outcome": "quiet", "text": "Thank you. It is quiet again on level 3."},
    "closings.close": {"what": "chat", "until": 1795615200000, "why": "Fire alarm."},
    "chatting.go_by_mail": {"version": 3, "address": "mina@example.org", "transcript": True},
    "sorting.sort": {"version": 3, "kind": "complaint", "site": None},
    "sorting.grade": {"version": 3, "effort": 2, "first_contact": True},
    "roster.add": {"member": "mia", "name": "Mia", "role": "agent"},
    "roster.issue": {"name": "laptop at the enquiry point", "days": 365},
    "hooks.add": {
        "name": "wall-display",
        "url": "https://display.library.example/hooks",
        "events": ["noise.opened", "noise.concluded"],
    },
    "probes.begin": {"lines": ["mail", "chat"], "texts": False},
    "keeper.suspend": {"standard": "mail-answered", "begin": "2026-11-03", "end": "2026-11-15", "why": "Strike."},
}
"""A request's body, where one says more than its schema."""

SCHEMAS = "#/components/schemas"

_ALWAYS = ("not-allowed", "signed-out", "misread", "too-many", "failed", "try-later")
_HEADERS = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}


@cache
def description() -> bytes:
    """The description, as JSON."""
    app = FastAPI(title="Library help desk", version=__version__, description=ABOUT)
    for route in all_routes():
        _describe(app, route)
    whole = app.openapi()
    whole["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    whole["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A personal token."},
        "socket": {
            "type": "apiKey",
            "in": "header",
            "name": ACTOR,
            "description": "On the owner's Unix socket alone: the member who acts, percent-encoded as UTF-8.",
        },
    }
    problem = TypeAdapter(Problem).json_schema(ref_template=f"{SCHEMAS}/{{model}}", mode="serialization")
    whole["components"]["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
    whole["security"] = [{"token": []}, {"socket": []}]
    whole["paths"][LIVE] = {"get": _live()}
    return to_json(whole)


def _describe(app: FastAPI, route: Route) -> None:
    call = route.call
    app.add_api_route(
        f"{ROOT}{route.path}",
        _endpoint(route),
        methods=[route.method],
        operation_id=route.name,
        tags=[route.protocol],
        summary=call.summary,
        description=call.description or call.summary,
        response_model=None if call.returns in {bytes, NoneType} else call.returns,
        status_code=204 if call.returns is NoneType else 200,
        response_class=Response if call.returns in {bytes, NoneType} else JSONResponse,
        responses={**_good(route), **_bad(route)},
    )


def _endpoint(route: Route) -> Callable[..., Awaitable[None]]:
    """A function with the signature that the route has; nobody calls it."""

    async def endpoint() -> None: ...

    taken = [_parameter(name, Annotated[route.call.parameters[name][0], Path()], ...) for name in route.inside]
    if route.in_query:
        asked = {name: route.call.parameters[name] for name in route.given.model_fields}
        taken += [_parameter(name, _asked(hint), default) for name, (hint, default) in asked.items()]
    elif route.given.model_fields:
        examples = [EXAMPLES[route.name]] if route.name in EXAMPLES else None
        needed = any(field.is_required() for field in route.given.model_fields.values())
        body = ANNOTATED[route.given, Body(examples=examples)]
        taken.append(_parameter("body", body, ... if needed else None))
    if not route.changes_nothing:
        about = "Makes the call repeatable: 1 to 200 letters, new for each new message."
        taken.append(_parameter("key", Annotated[str, Header(alias=KEY, description=about, max_length=200)], ""))
    endpoint.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]
    return endpoint


def _asked(hint: Any) -> Any:
    """A parameter of a query. One that is more than a word is a JSON text there."""
    for each in (hint, *get_args(hint)):
        if isinstance(each, type) and is_dataclass(each):
            content = {"contentMediaType": "application/json", "contentSchema": {"$ref": f"{SCHEMAS}/{each.__name__}"}}
            return Annotated[str | None, Query(json_schema_extra=content)]
    return Annotated[hint, Query()]


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    given = inspect.Parameter.empty if default is ... else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=given)


def _good(route: Route) -> dict[int | str, dict[str, Any]]:
    if route.call.returns is NoneType:
        return {204: {"description": "Done"}}
    if route.call.returns is bytes:
        content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        return {200: {"description": "The bytes", "content": content}}
    paged = {"cursor", "after"} & route.call.parameters.keys() and route.protocol == "records"
    link = {"Link": {"schema": {"type": "string"}, "description": 'The next page: rel="next".'}}
    return {200: {"description": "Done", "headers": link} if paged else {"description": "Done"}}


def _bad(route: Route) -> dict[int | str, dict[str, Any]]:
    """Every problem that a call can be answered with, by status."""
    kinds = [*_ALWAYS, "refused", "never-open", "not-found", "line-paused", "bad-config"]
    if not route.changes_nothing:
        kinds += ["stale", "key-used"]
    if not route.in_query:
        kinds += ["too-large", "not-json"]
    found: dict[int | str, dict[str, Any]] = {}
    for kind in sorted(kinds, key=lambda each: KINDS[each].status):
        found.setdefault(int(KINDS[kind].status), _problem([])).setdefault("kinds", []).append(kind)
    return {status: _problem(each["kinds"]) for status, each in found.items()}


def _problem(kinds: list[str]) -> dict[str, Any]:
    schema = {"$ref": f"{SCHEMAS}/Problem"}
    retried = {"too-many", "try-later", "line-paused"} & set(kinds)
    return {
        "description": ", ".join(kind.replace("-", " ") for kind in kinds).capitalize(),
        "content": {MEDIA_TYPE: {"schema": schema}},
        **({"headers": _HEADERS} if retried else {}),
    }


def _live() -> dict[str, Any]:
    after = {"name": "after", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 0}}
    problem = {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}/Problem"}}}
    return {
        "operationId": "live",
        "tags": ["desk"],
        "summary": "What happens, as it happens: a WebSocket.",
        "parameters": [after],
        "responses": {
            "101": {"description": "The line is open"},
            **{
                str(int(KINDS[kind].status)): {"description": kind.replace("-", " ").capitalize(), "content": problem}
                for kind in _ALWAYS
            },
        },
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(description())
