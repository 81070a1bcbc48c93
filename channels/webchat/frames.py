"""The protocol between the chat page and us: one JSON object per text frame, told apart by its ``type``.

From the visitor's page::

    {"type": "hello", "line": "chat", "name": "Ana"}                 begin; the name may be ""
    {"type": "resume", "conversation": c, "token": t, "after": 7}    go on; 7 was the last message it holds
    {"type": "say", "id": "3f2c...", "text": "Do you have ...?"}     id: the page's own, the same on each retry
    {"type": "typing"}
    {"type": "seen", "seq": 9}                                       the page holds everything up to 9
    {"type": "end"}                                                  leave for good

To it::

    {"type": "welcome", "conversation": c, "token": t, "seq": 0, "availability": "open", "until": "",
                        "place": 0, "staff": false}
    {"type": "message", "seq": 8, "mine": false, "author": "Library staff", "text": "...", "written": ms, "id": ""}
    {"type": "ack", "id": "3f2c...", "seq": 9}                       stored: sent after the commit
    {"type": "staff_typing"}     {"type": "staff_here", "here": true}
    {"type": "doors", "availability": "closed", "until": "14:00", "place": 0}   who is there is otherwise now
    {"type": "offer", "reason": "closed" | "nobody"}                 the form may be the better way
    {"type": "closed", "text": "..."}                                the conversation is over
    {"type": "error", "text": "...", "id": "3f2c...", "retry_after": 3}

``until`` says in words when a chat that was closed by hand opens again, else it is "". ``place`` is the
visitor's place among those who wait for somebody: 1 is next, 0 where they don't wait; availability "busy" says that all
who are there have as many chats as they take.
``token`` is in the welcome that answers a hello, and only there. ``id`` in an error names the ``say`` that was not
stored; with ``retry_after`` (seconds) the same frame may be sent again, without it never. Messages come in the order
of their numbers, each at least once: a page that drops a number it has shows each once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.errors import HelpdeskError
from helpdesk.message import ConversationId, LineId

WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""What a line, a conversation or a token looks like."""

CLIENT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
"""What a page may call its messages."""


class BadFrame(HelpdeskError):
    """The frame breaks the protocol. The text says what to send instead."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Begin a conversation on a line."""

    line: LineId
    name: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with a conversation after message number ``after``."""

    conversation: ConversationId
    token: str
    after: int


@dataclass(frozen=True, slots=True)
class Say:
    """A message of the visitor."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Typing:
    """The visitor is writing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The page holds everything up to number ``seq``."""

    seq: int


@dataclass(frozen=True, slots=True)
class End:
    """The visitor leaves for good."""


Frame = Hello | Resume | Say | Typing | Seen | End


def read(text: str | None) -> Frame:
    """The frame in a text message, None for a binary one; BadFrame in words for anything else."""
    if text is None:
        raise BadFrame("Send text frames, not binary ones.")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("Send one JSON object in each frame.") from None
    if not isinstance(fields, dict):
        raise BadFrame("Send one JSON object in each frame.")
    reader = _READERS.get(str(fields.get("type")))
    if reader is None:
        raise BadFrame(f'"type" is one of: {", ".join(_READERS)}.')
    return reader(fields)


def _text(fields: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise BadFrame(f'"{name}" is a text.')
    return value


def _word(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if not WORD.fullmatch(value):
        raise BadFrame(f'"{name}" is as it was given to you, or to your page.')
    return value


def _number(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BadFrame(f'"{name}" is a whole number, 0 or more.')
    return value


def _hello(fields: Mapping[str, Any]) -> Frame:
    return Hello(LineId(_word(fields, "line")), _text(fields, "name", ""))


def _resume(fields: Mapping[str, Any]) -> Frame:
    conversation = ConversationId(_word(fields, "conversation"))
    return Resume(conversation, _word(fields, "token"), _number(fields, "after"))


def _say(fields: Mapping[str, Any]) -> Frame:
    name = _text(fields, "id")
    if not CLIENT_ID.fullmatch(name):
        raise BadFrame('"id" is 1 to 64 letters, digits or hyphens.')
    return Say(name, _text(fields, "text"))


_READERS: dict[str, Callable[[Mapping[str, Any]], Frame]] = {
    "hello": _hello,
    "resume": _resume,
    "say": _say,
    "typing": lambda _: Typing(),
    "seen": lambda fields: Seen(_number(fields, "seq")),
    "end": lambda _: End(),
}


def written(kind: str, **fields: object) -> str:
    """A frame to the page, as text."""
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))
