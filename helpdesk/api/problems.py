"""Errors as they travel: problem documents (RFC 9457), each arriving at the other end as itself.

``type`` is ``/api/v1/problems/<kind>``, which says in a sentence what the kind means; ``detail`` is what the reader is
told. Beside them stand what an error carries: ``by`` (Stale: who was first), ``code``, ``retry_after`` in seconds,
``wrong`` (what could not be read, part by part, and never what stood there).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from helpdesk.errors import (
    BadConfig,
    HelpdeskError,
    KeyUsed,
    LinePaused,
    NeverOpen,
    NotAllowed,
    NotFound,
    Refused,
    SignedOut,
    Stale,
    TryLater,
    Unclear,
    Undeliverable,
    Unparseable,
)

MEDIA_TYPE = "application/problem+json"

TYPES = "/api/v1/problems"
"""What the ``type`` of every problem begins with."""


class TooMany(TryLater):
    """More requests in a short time than one token may send, or too many bad tokens from one address."""


class TooLarge(Refused):
    """The request is larger than anything that the desk could want of it."""


class Misread(Refused):
    """A part of the request is missing, is not known, or is of the wrong shape. ``wrong``: (where, what) pairs."""

    def __init__(self, message: str, *, wrong: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.wrong = wrong


class NotJson(Misread):
    """The request's body is of another media type than application/json."""


class NoSuchCall(HelpdeskError):
    """There is no such resource. Where a ticket is not there, that is a NotFound."""


class WrongMethod(NoSuchCall):
    """The resource is there and is asked in another way. ``allow``: the methods that it takes."""

    def __init__(self, message: str, *, allow: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.allow = allow


class Kind(NamedTuple):
    """A kind of problem: the error that it is, the status that it travels with."""

    error: type[HelpdeskError]
    status: HTTPStatus


KINDS: Mapping[str, Kind] = {
    "too-many": Kind(TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    "try-later": Kind(TryLater, HTTPStatus.SERVICE_UNAVAILABLE),
    "undeliverable": Kind(Undeliverable, HTTPStatus.UNPROCESSABLE_ENTITY),
    "line-paused": Kind(LinePaused, HTTPStatus.SERVICE_UNAVAILABLE),
    "unclear": Kind(Unclear, HTTPStatus.BAD_GATEWAY),
    "stale": Kind(Stale, HTTPStatus.CONFLICT),
    "not-found": Kind(NotFound, HTTPStatus.NOT_FOUND),
    "signed-out": Kind(SignedOut, HTTPStatus.UNAUTHORIZED),
    "not-allowed": Kind(NotAllowed, HTTPStatus.FORBIDDEN),
    "too-large": Kind(TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    "not-json": Kind(NotJson, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    "misread": Kind(Misread, HTTPStatus.UNPROCESSABLE_ENTITY),
    "key-used": Kind(KeyUsed, HTTPStatus.UNPROCESSABLE_ENTITY),
    "refused": Kind(Refused, HTTPStatus.UNPROCESSABLE_ENTITY),
    "unparseable": Kind(Unparseable, HTTPStatus.UNPROCESSABLE_ENTITY),
    "never-open": Kind(NeverOpen, HTTPStatus.UNPROCESSABLE_ENTITY),
    "wrong-method": Kind(WrongMethod, HTTPStatus.METHOD_NOT_ALLOWED),
    "no-such-call": Kind(NoSuchCall, HTTPStatus.NOT_FOUND),
    "bad-config": Kind(BadConfig, HTTPStatus.INTERNAL_SERVER_ERROR),
    "failed": Kind(HelpdeskError, HTTPStatus.INTERNAL_SERVER_ERROR),
}
"""By the last part of ``type``; an error is of the first kind here that it is an instance of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What could not be read: where, and what is expected there."""

    where: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as it travels."""

    type: str
    title: str
    status: int
    detail: str
    by: str = ""
    code: str = ""
    retry_after: float | None = None
    wrong: tuple[Wrong, ...] = ()


_PROBLEM = TypeAdapter(Problem)


def meaning(kind: str) -> str:
    """What a kind of problem means, for whoever follows its ``type``."""
    return (KINDS[kind].error.__doc__ or "").strip().partition("\n")[0]


def told(error: HelpdeskError) -> tuple[int, bytes, dict[str, str]]:
    """The status, the document and the headers by which an error travels."""
    kind, (_, status) = next((kind, each) for kind, each in KINDS.items() if isinstance(error, each.error))
    retry_after: float | None = getattr(error, "retry_after", None)
    document = Problem(
        type=f"{TYPES}/{kind}",
        title=kind.replace("-", " ").capitalize(),
        status=status,
        detail=str(error),
        by=getattr(error, "by", ""),
        code=getattr(error, "code", ""),
        retry_after=retry_after,
        wrong=tuple(Wrong(where=where, what=what) for where, what in getattr(error, "wrong", ())),
    )
    headers = {"content-type": MEDIA_TYPE}
    if retry_after is not None:
        headers["retry-after"] = str(math.ceil(retry_after))
    if isinstance(error, SignedOut):
        headers["www-authenticate"] = 'Bearer realm="helpdesk"'
    if isinstance(error, WrongMethod):
        headers["allow"] = ", ".join(error.allow)
    return status, _PROBLEM.dump_json(document, exclude_defaults=True), headers


def raised(document: bytes) -> HelpdeskError | None:
    """The error that a document stands for; one of an unknown kind is a plain HelpdeskError. None if it is no problem.

    A call that the other side does not know is told apart: it runs another version.
    """
    try:
        said = _PROBLEM.validate_json(document)
    except ValidationError:
        return None
    cls, _ = KINDS.get(said.type.rpartition("/")[2], KINDS["failed"])
    if issubclass(cls, NoSuchCall):
        return None
    return _carrying(cls, said)


def _carrying(cls: type[HelpdeskError], said: Problem) -> HelpdeskError:
    if issubclass(cls, TryLater):
        return cls(said.detail, retry_after=said.retry_after)
    if issubclass(cls, Stale):
        return cls(said.detail, by=said.by)
    if issubclass(cls, Undeliverable | LinePaused):
        return cls(said.detail, code=said.code)
    if issubclass(cls, Misread):
        return cls(said.detail, wrong=tuple((each.where, each.what) for each in said.wrong))
    return cls(said.detail)
