"""One question to the owner of the store over HTTP: sent, answered, read. What goes wrong is raised as itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from helpdesk.api.codec import PROBLEM, raised
from helpdesk.errors import HelpdeskError, TryLater

T = TypeVar("T")

ANOTHER_VERSION = "The owner of the store runs another version of the help desk. Restart it, then this one."


async def asked(client: httpx.AsyncClient, path: str, arguments: Mapping[str, Any]) -> bytes:
    """The answer's bytes; what went wrong is raised as itself."""
    try:
        answer = await client.post(path, content=to_json(arguments))
    except httpx.HTTPError as error:
        raise gone(error) from None
    if answer.status_code != httpx.codes.OK:
        raise trouble(answer, answer.content)
    return answer.content


def trouble(answer: httpx.Response, content: bytes) -> HelpdeskError:
    """What an answer that is none says."""
    if answer.headers.get("content-type") == PROBLEM:
        return raised(content)
    return HelpdeskError(ANOTHER_VERSION)


def read(result: TypeAdapter[T], answer: str | bytes) -> T:
    """The answer as what it should be; a HelpdeskError where the owner writes it otherwise."""
    try:
        return result.validate_json(answer)
    except ValidationError:
        raise HelpdeskError(ANOTHER_VERSION) from None


def gone(error: httpx.HTTPError) -> TryLater:
    """What a failed request means: it was never sent, or nobody knows whether it was done."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return TryLater("Nobody owns the store now. Start `helpdesk serve`, or open the desk anew.")
    return TryLater("The owner of the store broke off. Look again whether it was done before repeating it.")
