"""Fetches the files that came with a text from the carrier, once the text itself is stored.

The addresses are made here, from the carrier's own ids; none is taken from a webhook. The carrier may point to another
host once or twice: only to its own or to one of the settings' ``media_hosts``, which never sees our token. A file is
read no further than the limit, and no other kind than the settings name. On a sealed line a picture is kept without
what it tells beside the picture, and any other file is not kept at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from yarl import URL

from channels.sms_pictures import GIF, JPEG, PNG, bare
from helpdesk.config import SmsSettings
from helpdesk.errors import TryLater, Unparseable
from helpdesk.message import Attachment, Fetched

MOST_FILES = 10
"""A text has no more files than this: the carrier's own limit."""

MOST_HOPS = 2
"""How often the carrier may point to another address for a file."""

ENDINGS = {
    JPEG: "jpg",
    PNG: "png",
    GIF: "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "video/3gpp": "3gp",
    "video/mp4": "mp4",
    "text/plain": "txt",
    "text/vcard": "vcf",
}

CHUNK = 64 * 1024


class Left(Exception):
    """A file is not taken, and asking again will not help: why, in words for the ticket."""


TOO_LARGE = "is larger than is taken here"
NO_KIND = "is of a kind that is not taken here"
NO_PICTURE = "could not be cleared of what a file tells about its sender"
GONE = "is not at the carrier any more"
ELSEWHERE = "lies on a host that is not in the settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    media_type: str
    content: bytes


class Downloads:
    """Reads files over the carrier's session. ``account`` and ``token`` are for the carrier's own host alone."""

    def __init__(self, session: aiohttp.ClientSession, settings: SmsSettings, account: str, token: str) -> None:
        self._session = session
        self._settings = settings
        self._own = URL(settings.base_url)
        self._auth = {"Authorization": aiohttp.encode_basic_auth(account, token)}
        self._limit = aiohttp.ClientTimeout(total=3 * settings.timeout_seconds)

    async def fetch(self, addresses: Sequence[str], *, sealed: bool) -> Fetched:
        """The files at these paths of the carrier's host. TryLater where the carrier can't give one just now."""
        kept: list[Attachment] = []
        left: list[str] = ["is one too many"] * len(addresses[MOST_FILES:])
        for n, address in enumerate(addresses[:MOST_FILES], 1):
            try:
                kept.append(_attachment(n, await self._file(self._own.join(URL(address))), sealed=sealed))
            except Left as reason:
                left.append(str(reason))
        return Fetched(files=tuple(kept), left=tuple(left))

    async def _file(self, url: URL) -> _Found:
        try:
            for _ in range(1 + MOST_HOPS):
                found = await self._once(url)
                if isinstance(found, _Found):
                    return found
                url = found
        except (TimeoutError, aiohttp.ClientError, ValueError):
            raise TryLater("The carrier did not give the file. It is asked again.") from None
        raise Left(ELSEWHERE)

    async def _once(self, url: URL) -> _Found | URL:
        """The file, or where it lies instead."""
        headers = self._auth if self._is_own(url) else {}
        async with self._session.get(
            url, headers=headers, timeout=self._limit, allow_redirects=False, trace_request_ctx=[]
        ) as answer:
            if answer.status in {301, 302, 303, 307, 308}:
                return self._allowed(url.join(URL(answer.headers.get("Location", ""))))
            if answer.status in {404, 410}:
                raise Left(GONE)
            if answer.status != 200:
                raise TryLater("The carrier did not give the file. It is asked again.", retry_after=_seconds(answer))
            if answer.content_type.lower() not in self._settings.media_types:
                raise Left(NO_KIND)
            return _Found(media_type=answer.content_type.lower(), content=await self._read(answer))

    def _allowed(self, url: URL) -> URL:
        """Only the carrier's own host, or over TLS one of those in the settings: nowhere inside our network."""
        named = url.scheme == "https" and url.explicit_port is None and url.host in self._settings.media_hosts
        if not (named or self._is_own(url)) or url.user:
            raise Left(ELSEWHERE)
        return url

    def _is_own(self, url: URL) -> bool:
        return (url.scheme, url.host, url.port) == (self._own.scheme, self._own.host, self._own.port)

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        most = self._settings.media_bytes
        if (answer.content_length or 0) > most:
            raise Left(TOO_LARGE)
        content = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK):
            content += chunk
            if len(content) > most:
                raise Left(TOO_LARGE)
        return bytes(content)


def _seconds(answer: aiohttp.ClientResponse) -> float | None:
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else None


def _attachment(n: int, found: _Found, *, sealed: bool) -> Attachment:
    """The file as it is kept, under a name of ours."""
    media_type, content = found.media_type, found.content
    if sealed:
        try:
            media_type, content = bare(content)
        except Unparseable:
            raise Left(NO_PICTURE) from None
    ending = ENDINGS.get(media_type, "bin")
    digest = hashlib.sha256(content).hexdigest()
    what = "picture" if media_type.startswith("image/") else "file"
    return Attachment(name=f"{what}-{n}.{ending}", media_type=media_type, content=content, digest=digest)
