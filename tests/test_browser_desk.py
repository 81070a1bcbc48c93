"""The desk in a browser: whoever is not let in by the proxy in front gets neither page nor desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from helpdesk.api.browser import BrowserDesk, browser_desk

SECRET = "s" * 32
ORIGIN = "https://desk.library.example"
PROVEN = ("X-Desk-Secret", SECRET)
ANA = ("X-Desk-User", "ana")

Said = list[tuple[str, str]]


@pytest.fixture
def desks(tmp_path: Path) -> Starlette:
    """Desks behind a proxy. Ana has one."""
    kept = tmp_path / "ana" / ".config" / "helpdesk" / "tokens.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}", encoding="utf-8")
    desk = BrowserDesk(server="https://help.library.example", origin=ORIGIN, homes=tmp_path, secret=SECRET)
    return browser_desk(desk)


async def told(desks: Starlette, path: str, said: Said, *, kind: str = "http") -> list[dict[str, Any]]:
    """What a request is answered with, event by event, as servers have it; a WebSocket says nothing and goes."""
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in said]
    scope: dict[str, Any] = {"type": kind, "path": path, "query_string": b"", "headers": headers, "method": "GET"}
    coming = iter([{"type": "websocket.connect"}] if kind == "websocket" else [{"type": "http.request"}])
    answers: list[dict[str, Any]] = []

    async def receive() -> Any:
        return next(coming, {"type": f"{kind}.disconnect", "code": 1000})

    async def send(event: Any) -> None:
        answers.append(dict(event))

    await desks({**scope, "extensions": {"websocket.http.response": {}}}, receive, send)
    return answers


async def no_desk(desks: Starlette, said: Said) -> None:
    """A WebSocket is refused before it is open."""
    answers = await told(desks, "/desk", said, kind="websocket")
    assert "websocket.accept" not in [each["type"] for each in answers]
    assert answers[0]["status"] == 403


FORGED: dict[str, Said] = {
    "nothing": [],
    "no secret": [ANA],
    "another secret": [("X-Desk-Secret", "t" * 32), ANA],
    "half of it": [("X-Desk-Secret", SECRET[:16]), ANA],
    "an empty one": [("X-Desk-Secret", ""), ANA],
    "two secrets": [PROVEN, PROVEN, ANA],
    "a guess beside it": [PROVEN, ("X-Desk-Secret", "guess"), ANA],
    "a letter of Latin-1": [("X-Desk-Secret", "\xe9" * 32), ANA],
    "nobody": [PROVEN],
    "an empty name": [PROVEN, ("X-Desk-User", "")],
    "two names": [PROVEN, ANA, ("X-Desk-User", "ben")],
    "the same name twice": [PROVEN, ANA, ANA],
    "two in one": [PROVEN, ("X-Desk-User", "ana, ben")],
    "no desk": [PROVEN, ("X-Desk-User", "ben")],
    "a way up": [PROVEN, ("X-Desk-User", "../ana")],
    "a way round": [PROVEN, ("X-Desk-User", "ana/../ana")],
    "the folder itself": [PROVEN, ("X-Desk-User", ".")],
    "a nul": [PROVEN, ("X-Desk-User", "ana\x00")],
    "too long": [PROVEN, ("X-Desk-User", "a" * 5000)],
    "another header": [PROVEN, ("X-Remote-User", "ana"), ("Remote-User", "ana")],
}


@pytest.mark.parametrize("said", FORGED.values(), ids=FORGED.keys())
async def test_who_the_proxy_did_not_name_sees_nothing(desks: Starlette, said: Said) -> None:
    """No page, no script, no desk: whatever headers somebody makes up."""
    for path in ("/", "/desk.js", "/desk.css", "/static/textual.js"):
        first, *rest = await told(desks, path, said)
        assert first["status"] == 403
        assert SECRET.encode() not in b"".join(each["body"] for each in rest)
    await no_desk(desks, [*said, ("Origin", ORIGIN)])


@pytest.mark.parametrize(
    "origins",
    [
        [],
        ["null"],
        [""],
        ["https://evil.example"],
        ["http://desk.library.example"],
        ["https://desk.library.example:8443"],
        ["https://desk.library.example.evil.example"],
        ["https://desk.library.example/"],
        ["HTTPS://DESK.LIBRARY.EXAMPLE"],
        [ORIGIN, "https://evil.example"],
        [ORIGIN, ORIGIN],
    ],
)
async def test_another_s_page_opens_no_desk(desks: Starlette, origins: list[str]) -> None:
    """A browser that is signed in would send its name along: the page must be ours."""
    await no_desk(desks, [PROVEN, ANA, *(("Origin", each) for each in origins)])


async def test_who_is_named_gets_a_page_that_loads_nothing_from_elsewhere(desks: Starlette) -> None:
    """Its address is the one that was set up, whatever the request says of itself."""
    first, second = await told(
        desks, "/", [PROVEN, ANA, ("Host", "evil.example"), ("X-Forwarded-Host", "evil.example")]
    )
    assert first["status"] == 200
    assert b"evil.example" not in second["body"]
    assert b"wss://desk.library.example/desk" in second["body"]
    assert b"default-src 'none'" in dict(first["headers"])[b"content-security-policy"]
    missing, *_ = await told(desks, "/static/..%2f..%2fserver.py", [PROVEN, ANA])
    assert missing["status"] == 404
