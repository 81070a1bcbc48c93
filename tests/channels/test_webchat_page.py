"""What the chat serves over HTTP: the page and its policy, and the form for when nobody can chat."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.applications import Starlette

from channels.webchat import webchat_routes
from helpdesk.message import Channel
from tests.channels.chat_house import House, chat_house, served_house, settings_for, visitor
from tests.serving import serving

GOOD = {"id": "f1", "name": "Ana", "email": "ana@example.org", "question": "When do you open?"}


async def _fill(house: House, **fields: object) -> httpx.Response:
    async with httpx.AsyncClient(base_url=house.url) as client:
        return await client.post("/chat/form", json={**GOOD, **fields}, headers={"origin": house.url})


async def test_the_form_becomes_a_mail_ticket() -> None:
    """Sent twice it is one ticket, with a word on where it came from and on the chat before it."""
    async with served_house() as house, visitor(house) as ana:
        await ana.begins()
        await ana.says("Anybody there?", "a1")
        for _ in range(2):
            answer = await _fill(house, conversation=ana.conversation, token=ana.token)
            assert answer.status_code == 201
        chat, mail = sorted(await house.tickets(), key=lambda each: each.number)
        assert (chat.channel, mail.channel, mail.name) == (Channel.CHAT, Channel.MAIL, "Ana")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": ""}, {"email"}),
        ({"email": "ana"}, {"email"}),
        ({"email": "ana@example"}, {"email"}),
        ({"email": "ana@example.org, ben@example.org"}, {"email"}),
        ({"email": "ana@example.org\nBcc: all@example.org"}, {"email"}),
        ({"email": "\ud800@example.org"}, {"email"}),
        ({"email": "a" * 250 + "@example.org"}, {"email"}),
        ({"email": 5, "question": None}, {"email", "question"}),
        ({"question": "  "}, {"question"}),
        ({"question": "x" * 10_001}, {"question"}),
        ({"id": ""}, {"question"}),
    ],
)
async def test_the_form_says_what_to_put_right(fields: dict[str, object], wrong: set[str]) -> None:
    """Beside the field, and nothing is stored."""
    async with served_house() as house, httpx.AsyncClient(base_url=house.url) as client:
        body = json.dumps({**GOOD, **fields})
        answer = await client.post("/chat/form", content=body, headers={"origin": house.url})
        assert answer.status_code == 422
        assert set(answer.json()["fields"]) == wrong
        assert await house.tickets() == []


@pytest.mark.parametrize("chat", [{"conversation": "\ud800"}, {"token": "\ud800"}, {"conversation": "x y"}])
async def test_a_chat_that_we_never_gave_out_costs_nobody_their_question(chat: dict[str, str]) -> None:
    """The question is taken, as of somebody who had not chatted."""
    async with served_house() as house, httpx.AsyncClient(base_url=house.url) as client:
        body = json.dumps({**GOOD, "conversation": "c", "token": "t", **chat})
        answer = await client.post("/chat/form", content=body, headers={"origin": house.url})
        assert answer.status_code == 201
        assert [each.name for each in await house.tickets()] == ["Ana"]


async def test_a_form_that_is_no_form_is_answered_in_words() -> None:
    """Broken JSON, and more than a form can be."""
    async with served_house() as house, httpx.AsyncClient(base_url=house.url) as client:
        for body, status in ((b"\xff{", 422), (b"[" * 60_000, 422), (b"x" * 1_000_000, 413)):
            answer = await client.post("/chat/form", content=body, headers={"origin": house.url})
            assert answer.status_code == status
            assert answer.json()["text"]


async def test_forms_from_one_address_are_limited() -> None:
    """Generously; then the words say how long to wait."""
    async with served_house() as house, httpx.AsyncClient(base_url=house.url) as client:
        headers = {"origin": house.url}
        answers = [await client.post("/chat/form", json={**GOOD, "id": f"f{n}"}, headers=headers) for n in range(31)]
        assert [each.status_code for each in answers] == [201] * 30 + [429]
        assert "2 seconds" in answers[-1].json()["text"]


async def test_the_page_runs_nothing_but_our_own_script() -> None:
    """Strict policy, no inline script or style, nothing from elsewhere, no cookie."""
    async with (
        served_house(origins=("https://library.example",)) as house,
        httpx.AsyncClient(base_url=house.url) as client,
    ):
        page = await client.get("/chat/chat")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "frame-ancestors 'self' https://library.example" in policy
        assert "unsafe" not in policy
        assert "set-cookie" not in page.headers
        assert "style=" not in page.text
        assert "http" not in page.text.replace('http-equiv="', "")
        for name in ("chat.css", "chat.js", "form.js", "memory.js"):
            answer = await client.get(f"/chat/{name}")
            assert answer.status_code == 200
            assert answer.headers["x-content-type-options"] == "nosniff"
        script = (await client.get("/chat/chat.js")).text + (await client.get("/chat/form.js")).text
        for way_in in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way_in not in script
        assert (await client.get("/chat/desk")).status_code == 404
        assert (await client.get("/chat/nowhere")).status_code == 404


async def test_a_library_name_with_markup_is_shown_as_text() -> None:
    """Settings are escaped like anything else."""
    async with AsyncExitStack() as stack:
        settings = settings_for()
        odd = settings.library.model_copy(update={"name": '<script>"&$line'})
        house = await stack.enter_async_context(chat_house(settings.model_copy(update={"library": odd})))
        routes = webchat_routes(house.chats, house.settings, house.clock)
        url = await stack.enter_async_context(serving(Starlette(routes=routes)))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url))
        page = (await client.get("/chat/chat")).text
        assert "&lt;script&gt;&quot;&amp;$line" in page
        assert "<script>" not in page
