"""What the web server mounts at ``/standards``: the performance page as it was last published.

It is a file beside the store, written whole by ``helpdesk publish``. A visitor's request reads that file and nothing
else: no store, no report is touched from outside. The page holds no script; its Content-Security-Policy allows its own
style by digest, and nothing from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

FRESH_SECONDS = 300
"""How long a browser may show the page without asking again."""

_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_NOTHING = "This library has not published its service standards yet.\n"


@dataclass(frozen=True, slots=True)
class _Read:
    """The page as it was read. ``mark``: what of the file changes with every writing."""

    mark: tuple[int, int, int]
    body: bytes
    tag: str
    headers: dict[str, str]


def performance_routes(page: Path) -> list[BaseRoute]:
    """The route of the performance page, which lies at ``page`` once it is published; 404 in words until then."""
    return [Route("/standards", _Page(page).shown, methods=["GET"])]


class _Page:
    """The file, and what was last read of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: _Read | None = None

    def shown(self, request: Request) -> Response:
        """The page, or that the browser holds it already. Runs in a thread, as it reads a file."""
        try:
            read = self._read()
        except OSError:
            return PlainTextResponse(_NOTHING, status_code=404, headers={"Cache-Control": "no-store"})
        if _knows(request.headers.get("if-none-match", ""), read.tag):
            return Response(status_code=304, headers=read.headers)
        return Response(read.body, media_type="text/html", headers=read.headers)

    def _read(self) -> _Read:
        found = self._path.stat()
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        last = self._last
        if last is None or last.mark != mark:
            last = self._last = _read(mark, self._path.read_bytes())
        return last


def _read(mark: tuple[int, int, int], body: bytes) -> _Read:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _Read(mark, body, tag, _headers(body, tag))


def _knows(held: str, tag: str) -> bool:
    """Whether the browser holds this very page: what a cache weakened is the same page still."""
    return tag in {each.strip().removeprefix("W/") for each in held.split(",")}


def _headers(body: bytes, tag: str) -> dict[str, str]:
    styles = [f"'sha256-{base64.b64encode(hashlib.sha256(each).digest()).decode()}'" for each in _STYLE.findall(body)]
    policy = (
        "default-src 'none'",
        "style-src " + (" ".join(styles) or "'none'"),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": f"public, max-age={FRESH_SECONDS}",
        "ETag": tag,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
