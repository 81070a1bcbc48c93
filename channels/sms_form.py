"""The carrier's signed forms: parsing and checking. Pure.

A form is parsed here and not by the web library because the signature covers every field as it was sent: blank
ones, double ones, unknown ones, and bytes that are no text.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
"""How the provider signs: with an auth token by SHA-1, with a shared key by SHA-256."""

_CHARSETS = {"utf-8", "utf8", "iso-8859-1", "latin-1", "windows-1252", "cp1252", "us-ascii"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A posted form: its fields in order, as bytes (what was signed).

    ``charset`` is what the request declared; an unknown one is read as UTF-8, and bytes that are no text in it
    become U+FFFD.
    """

    fields: tuple[tuple[bytes, bytes], ...] = field(repr=False)
    charset: str = "utf-8"

    def get(self, name: str, default: str = "") -> str:
        """The first value of ``name``."""
        return next((self._text(value) for key, value in self.fields if key == name.encode()), default)

    def broken(self, name: str) -> bool:
        """Whether the first value of ``name`` holds bytes that are no text."""
        value = next((value for key, value in self.fields if key == name.encode()), b"")
        try:
            value.decode(self.charset)
        except UnicodeDecodeError:
            return True
        return False

    def _text(self, value: bytes) -> str:
        return value.decode(self.charset, "replace")


def parse_form(body: bytes, *, content_type: str = "") -> Form:
    """The form in a request's body; never fails, whatever the bytes."""
    pairs = (piece.partition(b"=") for piece in body.split(b"&") if piece)
    return Form(
        fields=tuple((_unquoted(name), _unquoted(value)) for name, _, value in pairs), charset=_charset(content_type)
    )


def _unquoted(piece: bytes) -> bytes:
    return unquote_to_bytes(piece.replace(b"+", b" "))


def _charset(content_type: str) -> str:
    for parameter in content_type.lower().split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name == "charset" and value.strip('"') in _CHARSETS:
            return value.strip('"')
    return "utf-8"


def public_address(public_url: str, path: str, query: str = "") -> str:
    """The address that the provider signed: our public URL without slash and fragment, then path and query."""
    base = urlunsplit(urlsplit(public_url)._replace(query="", fragment="")).rstrip("/")
    return f"{base}{path}?{query}" if query else f"{base}{path}"


def is_signed(form: Form, *, address: str, signature: str, tokens: Iterable[str], algorithm: str = "") -> bool:
    """Whether one of ``tokens`` made ``signature`` over ``address`` and all fields.

    ``algorithm`` as the provider's settings header names it, "" for the usual one; an unknown one is never good.
    """
    digest = ALGORITHMS.get((algorithm or "HMAC_SHA1").upper())
    if not digest or not signature:
        return False
    content = b"".join(name + value for name, value in sorted(set(form.fields)))
    made = (
        base64.b64encode(hmac.digest(token.encode(), spelling.encode() + content, digest))
        for token in tokens
        for spelling in _spellings(address)
    )
    matches = [hmac.compare_digest(one, signature.encode()) for one in made]
    return any(matches)


def algorithm_of(settings_header: str) -> str:
    """The algorithm that ``X-Twilio-Webhooks-Signature-Settings: key=...,algorithm=...`` names, "" if none."""
    parts = (part.strip().partition("=") for part in settings_header.split(","))
    return next((value for name, _, value in parts if name == "algorithm"), "")


def _spellings(address: str) -> Iterator[str]:
    """The address as it is, without its port and with the scheme's own: the provider is of two minds about ports."""
    yield address
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    bare = host if host.endswith("]") else host.rpartition(":")[0] or host
    if parts.port is not None:
        yield urlunsplit(parts._replace(netloc=bare))
    else:
        yield urlunsplit(parts._replace(netloc=f"{host}:{443 if parts.scheme == 'https' else 80}"))
