"""The parts of a mail: which are its text, which are its files.

Everything is counted: at most 200 parts, 20 deep, 100 files. What lies beyond stays in the mail as it was kept, and a
remark says so.
"""

from __future__ import annotations

import binascii
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from channels.charsets import clean, decode, plain
from channels.mime_headers import words
from channels.mime_text import HTML_LIMIT, from_html, tidy, unflowed
from helpdesk.message import Attachment

TEXT_LIMIT = 200_000
"""Characters of text that the desk shows; the whole of a longer one comes as a file."""

_PARTS = 200
_DEPTH = 20
_FILES = 100
_NAME = 120
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,60}/[a-z0-9][a-z0-9.+_-]{0,100}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]+')
_RESERVED_TYPES = {"text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml", "text/calendar": ".ics"}


@dataclass(slots=True)
class Contents:
    """What is gathered while the parts are walked."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def remark(self, text: str) -> None:
        """Say something once."""
        if text and text not in self.remarks:
            self.remarks.append(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A mail's text and files, and what was noticed on the way."""

    text: str
    files: tuple[Attachment, ...]
    remarks: tuple[str, ...]


def body_of(message: Message) -> Body:
    """The text and files of a mail. Plain text is preferred to HTML wherever it says anything."""
    contents = Contents()
    for part in _leaves(message, contents):
        _take(part, contents)
    text = tidy("\n\n".join(contents.plain))
    if not text and contents.html:
        text = tidy("\n\n".join(from_html(markup) for markup in contents.html))
        if not text:
            contents.remark("the mail has an HTML part, but no text in it")
        if any(len(markup) > HTML_LIMIT for markup in contents.html):
            contents.remark(f"only the first {HTML_LIMIT:,} characters of the HTML were read")
    return Body(text=_shown(text, contents), files=tuple(contents.files), remarks=tuple(contents.remarks))


def _shown(text: str, contents: Contents) -> str:
    if len(text) <= TEXT_LIMIT:
        return text
    contents.remark(f"the text is shown up to {TEXT_LIMIT:,} characters; the whole is in message.txt")
    contents.files.append(file("message.txt", "text/plain", text.encode()))
    return text[:TEXT_LIMIT]


def file(name: str, media_type: str, content: bytes) -> Attachment:
    """A file, named by its content."""
    return Attachment(name=name, media_type=media_type, content=content, digest=hashlib.sha256(content).hexdigest())


def _leaves(message: Message, contents: Contents) -> Iterator[Message]:
    """The parts that are no containers, in reading order, without recursion."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if seen > _PARTS or depth > _DEPTH:
            contents.remark("the mail has more parts than are read; the rest is in the mail as it was kept")
            return
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting.extend((child, depth + 1) for child in reversed(inside) if isinstance(child, Message))
        else:
            yield part


def _take(part: Message, contents: Contents) -> None:
    kind = part.get_content_type()
    if kind in {"text/plain", "text/html"} and not _is_file(part):
        text = _text(part, contents)
        (contents.plain if kind == "text/plain" else contents.html).append(text)
    elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
        _attach(part, contents)


def _is_file(part: Message) -> bool:
    disposition = str(part.get("content-disposition", ""))[:200].partition(";")[0].strip().lower()
    return disposition == "attachment" or (disposition == "inline" and bool(_given_name(part)))


def _text(part: Message, contents: Contents) -> str:
    decoded = decode(_bytes(part), _parameter(part, "charset"))
    contents.remark(decoded.remark)
    text = clean(decoded.text)
    if _parameter(part, "format").lower() == "flowed":
        return unflowed(text, delete_space=_parameter(part, "delsp").lower() == "yes")
    return text


def _parameter(part: Message, name: str) -> str:
    """A parameter of Content-Type, "" where there is none or it can't be read."""
    try:
        value = part.get_param(name, "")
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return ""
    return str(value[2]) if isinstance(value, tuple) else str(value)


def _bytes(part: Message) -> bytes:
    """The content of a part, its transfer encoding undone as far as it can be."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, TypeError, KeyError, LookupError, binascii.Error):
        content = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return content if isinstance(content, bytes) else b""


def _attach(part: Message, contents: Contents) -> None:
    if len(contents.files) >= _FILES:
        contents.remark(f"only the first {_FILES} files are listed; the rest is in the mail as it was kept")
        return
    kind = part.get_content_type().lower()
    kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
    if kind in {"application/ms-tnef", "application/vnd.ms-tnef"}:
        contents.remark("the sender's Outlook packed its files into winmail.dat; ask for them as ordinary files")
    if kind == "application/pgp-encrypted" or kind.endswith("/pkcs7-mime"):
        contents.remark("the mail is encrypted: its text can't be shown")
    content = _enclosed(part, contents) if kind.startswith("message/") else _bytes(part)
    name = clean_name(_given_name(part)) or f"file-{len(contents.files) + 1}{_extension(kind)}"
    contents.files.append(file(name, kind, content))


def _enclosed(part: Message, contents: Contents) -> bytes:
    """A mail inside the mail, as bytes."""
    inside = part.get_payload()
    if not isinstance(inside, list) or not inside or not isinstance(inside[0], Message):
        return _bytes(part)
    try:
        return inside[0].as_bytes()
    except (ValueError, TypeError, KeyError, LookupError, AttributeError, RecursionError):
        contents.remark("a mail inside this mail can't be shown; it is in the mail as it was kept")
        return b""


def _given_name(part: Message) -> str:
    try:
        return words(part.get_filename("")[:1000], 400)
    except (ValueError, TypeError, IndexError, KeyError, LookupError, AttributeError):
        return ""


def clean_name(name: str) -> str:
    """A file's name without folders, control characters or what hides its kind; "" if nothing is left."""
    last = re.split(r"[/\\]", plain(name, 400))[-1]
    safe = _UNSAFE.sub("_", last).strip(". ")
    stem, dot, extension = safe.rpartition(".")
    if not dot or len(extension) > 12:
        return safe[:_NAME]
    return f"{stem[: _NAME - len(extension) - 1]}.{extension}"


def _extension(kind: str) -> str:
    return _RESERVED_TYPES.get(kind) or mimetypes.guess_extension(kind) or ".bin"
