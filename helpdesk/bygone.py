"""Contacts from before: what another desk or a mailbox kept, on its way into the store.

An importer makes them (:mod:`helpdesk.importing`), the store's owner takes them in
(:mod:`helpdesk.store.verbs.bygones`). Between the two they travel as lines of JSON, in a file beside the store.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.clock import Instant
from helpdesk.message import Attachment, Channel, LineId
from helpdesk.thread import EntryKind

_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One message or note of a contact.

    ``author``       who wrote it, as colleagues shall see it
    ``address``      the patron's, in lower case or as +44..., "" where nobody knows it, and of what we wrote
    ``external_id``  by which it is known again (a Message-ID), "" where it has no id of its own
    ``digest``       of its content; with ``account`` and ``external_id`` what the store knows every message by
    ``automatic``    a program wrote it
    """

    kind: EntryKind
    when: Instant
    text: str
    author: str
    address: str = ""
    external_id: str = ""
    digest: str = ""
    account: str = ""
    quote_from: int | None = None
    automatic: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bygone:
    """One contact, from its first message to its end.

    ``key``         by which the contact as a whole is known again; "" where its messages have ids of their own
    ``digest``      of what it was made from: the same key with another digest is told of, and not taken in twice
    ``source``      which import it belongs to: the first 16 letters of its file's digest
    ``spoken``      in the order of time, at least one
    ``closed``      when it was over; None where it is to be worked on
    ``measured``    whether its times are whole, so that the promises of its time judge it
    ``references``  ids of messages that it goes on from, nearest first
    ``waited``      of a call or a visit: how long until somebody had time, in milliseconds; None where nobody noted it
    """

    key: str
    digest: str
    source: str
    channel: Channel
    line: LineId
    kind: str
    site: str
    subject: str
    tags: tuple[str, ...]
    spoken: tuple[Spoken, ...]
    closed: Instant | None
    measured: bool = False
    references: tuple[str, ...] = ()
    waited: int | None = None


def to_line(bygone: Bygone) -> bytes:
    """One line of JSON."""
    plain = {name: getattr(bygone, name) for name in Bygone.__slots__}
    plain["spoken"] = [_plain(each) for each in bygone.spoken]
    return _line(plain).encode("utf-8", "replace") + b"\n"


def _plain(spoken: Spoken) -> dict[str, Any]:
    plain = {name: getattr(spoken, name) for name in Spoken.__slots__}
    plain["files"] = [[file.name, file.media_type, base64.b64encode(file.content).decode()] for file in spoken.files]
    return plain


def from_line(line: bytes) -> Bygone:
    """What :func:`to_line` wrote; ValueError for anything else. It holds no letter that a store does not take."""
    try:
        plain: dict[str, Any] = json.loads(line)
        lists = {name: tuple(map(storable, plain[name])) for name in ("tags", "references")}
        words = {name: storable(plain[name]) for name in ("key", "digest", "source", "kind", "site", "subject")}
        return Bygone(
            **{
                **plain,
                **lists,
                **words,
                "channel": Channel(plain["channel"]),
                "line": LineId(storable(plain["line"])),
                "spoken": tuple(map(_spoken, plain["spoken"])),
            }
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no contact ({type(error).__name__})") from None


def _spoken(plain: Mapping[str, Any]) -> Spoken:
    words = {name: storable(plain[name]) for name in ("text", "author", "address", "external_id", "digest", "account")}
    files = tuple(_file(*each) for each in plain["files"])
    return Spoken(**{**plain, **words, "kind": EntryKind(plain["kind"]), "files": files})


def _file(name: str, media_type: str, content: str) -> Attachment:
    raw = base64.b64decode(content, validate=True)
    return Attachment(
        name=storable(name), media_type=storable(media_type), content=raw, digest=hashlib.sha256(raw).hexdigest()
    )


def storable(text: str) -> str:
    """The text, letter for letter, without what no database takes: half letters and NUL."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "?")


def sizes(bygones: Iterable[Bygone]) -> int:
    """About how many bytes these come to."""
    return sum(
        200 + len(each.text) + sum(len(file.content) for file in each.files)
        for bygone in bygones
        for each in bygone.spoken
    )
