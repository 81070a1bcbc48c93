"""Calls, results and errors as JSON.

One table is made from the type hints of a protocol: each of its ``async def`` methods is a :class:`Call` with a
model of its arguments and an adapter of its result. All adapters are built once.

An error travels as a problem document (RFC 9457) and arrives as itself: Stale with the winner's name, TryLater with
its ``retry_after``.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model

from helpdesk.errors import (
    BadConfig,
    HelpdeskError,
    LinePaused,
    NeverOpen,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    TryLater,
    Unclear,
    Undeliverable,
    Unparseable,
)
from helpdesk.sight import Told

DESK = "/api/v1/desk"
"""Where the desk's calls are: POST to ``DESK/<method>`` with a JSON object of its arguments."""

NOISE = "/api/v1/noise"
"""Where the calls about noise are, in the same way."""

KEEPER = "/api/v1/keeper"
"""Where the calls of the store's keeper are, in the same way."""

CHANGES = "/api/v1/changes"
"""GET with ``?after=<seq>``: a JSON line for each change; an empty line says that the owner is still there."""

HEARTBEAT_SECONDS = 10.0
"""How often an empty line is sent while nothing happens."""

PROBLEM = "application/problem+json"

TOLD: TypeAdapter[Told] = TypeAdapter(Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One method of a protocol: what it takes and what it gives.

    ``returns``  its return type; bytes travel as they are, all else as JSON
    """

    name: str
    summary: str
    arguments: type[BaseModel]
    returns: Any
    result: TypeAdapter[Any]

    def encode(self, value: Any) -> bytes:
        """A result as it travels."""
        return value if self.returns is bytes else self.result.dump_json(value)


@cache
def calls(protocol: type) -> tuple[Call, ...]:
    """Every ``async def`` of a protocol, in its order. A plain ``def`` (a stream) is not among them."""
    methods = [(name, value) for name, value in vars(protocol).items() if inspect.iscoroutinefunction(value)]
    return tuple(_call(name, method) for name, method in methods if not name.startswith("_"))


def _call(name: str, method: Any) -> Call:
    hints = get_type_hints(method)
    returns = hints.pop("return")
    fields: dict[str, Any] = {
        parameter.name: (hints[parameter.name], ... if parameter.default is parameter.empty else parameter.default)
        for parameter in list(inspect.signature(method).parameters.values())[1:]
    }
    return Call(
        name=name,
        summary=(inspect.getdoc(method) or "").partition("\n")[0],
        arguments=create_model(f"{name}_arguments", __config__=ConfigDict(extra="forbid"), **fields),
        returns=returns,
        result=TypeAdapter(returns),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as it travels. ``type`` is its kind, ``detail`` what the reader is told."""

    type: str
    detail: str
    by: str = ""
    code: str = ""
    retry_after: float | None = None


_PROBLEM = TypeAdapter(Problem)
_KINDS: dict[str, tuple[type[HelpdeskError], int]] = {
    "try-later": (TryLater, 503),
    "undeliverable": (Undeliverable, 422),
    "line-paused": (LinePaused, 503),
    "unclear": (Unclear, 502),
    "stale": (Stale, 409),
    "not-found": (NotFound, 404),
    "not-allowed": (NotAllowed, 403),
    "refused": (Refused, 422),
    "unparseable": (Unparseable, 422),
    "never-open": (NeverOpen, 422),
    "bad-config": (BadConfig, 500),
    "failed": (HelpdeskError, 500),
}


def problem(error: HelpdeskError) -> tuple[int, bytes]:
    """The HTTP status and the document of an error."""
    kind, status = next((kind, status) for kind, (cls, status) in _KINDS.items() if isinstance(error, cls))
    document = Problem(
        type=kind,
        detail=str(error),
        by=getattr(error, "by", ""),
        code=getattr(error, "code", ""),
        retry_after=getattr(error, "retry_after", None),
    )
    return status, _PROBLEM.dump_json(document, exclude_defaults=True)


def raised(document: bytes) -> HelpdeskError:
    """The error that a problem document stands for; a kind that is not known here is a plain HelpdeskError."""
    told = _PROBLEM.validate_json(document)
    cls, _ = _KINDS.get(told.type, _KINDS["failed"])
    if issubclass(cls, TryLater):
        return cls(told.detail, retry_after=told.retry_after)
    if issubclass(cls, Stale):
        return cls(told.detail, by=told.by)
    if issubclass(cls, Undeliverable | LinePaused):
        return cls(told.detail, code=told.code)
    return cls(told.detail)
