"""The chat page in a real Chromium: chats, loses its connection, resumes, and passes axe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from helpdesk.ticket import Flag
from tests.channels.chat_house import BEA, House, served_house

pytestmark = pytest.mark.full

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _needs_a_browser() -> None:
    missing = None if CHROMIUM.exists() else f"{CHROMIUM} is not installed"
    for package in ("playwright", "axe_playwright_python"):
        if find_spec(package) is None:
            missing = f"{package} is not installed: pip install -e '.[browser]'"
    if missing:
        pytest.skip(missing)


class Wire:
    """A wire between browser and server that can be cut: a browser's offline switch leaves open sockets alone."""

    def __init__(self) -> None:
        self._upstream = 0
        self._near: set[asyncio.StreamWriter] = set()
        self._far: set[asyncio.StreamWriter] = set()
        self._whole = True
        self._mute = False
        self.swallowed = 0
        self.url = ""

    def leads_to(self, url: str) -> None:
        """Say which server is at the far end."""
        self._upstream = int(url.rpartition(":")[2])

    def cut(self) -> None:
        """Break every connection; new ones are refused until it is mended."""
        self._whole = False
        self.break_off()

    def break_off(self) -> None:
        """Break every connection; new ones are carried as before."""
        for writer in self._near | self._far:
            writer.transport.abort()

    def mute(self) -> None:
        """Carry what the browser sends, and nothing back."""
        self._mute = True

    def mend(self) -> None:
        """Let everything through again."""
        self._whole, self._mute = True, False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways, until either side ends it."""
        if not self._whole:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        self._near.add(writer)
        self._far.add(far_writer)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._one_way(reader, far_writer))
                ways.create_task(self._one_way(far_reader, writer))
        finally:
            self._near.discard(writer)
            self._far.discard(far_writer)

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                if self._mute and writer in self._near:
                    self.swallowed += len(data)
                    continue
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    """A wire whose near end listens; say where it leads before it is used."""
    between = Wire()
    server = await asyncio.start_server(between.carry, "127.0.0.1", 0)
    between.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield between
    finally:
        server.close()
        between.cut()


@asynccontextmanager
async def chromium(**context: Any) -> AsyncIterator[Any]:
    """A fresh page in Debian's Chromium; what its script complains of fails the test."""
    _needs_a_browser()
    from playwright.async_api import async_playwright

    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        try:
            page = await (await browser.new_context(**context)).new_page()
            page.set_default_timeout(10_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page
        finally:
            await browser.close()
    assert complaints == []


async def start(page: Any, house: House, text: str, url: str = "") -> None:
    """Open the page and start a chat with ``text``."""
    await page.goto(f"{url or house.url}/chat/chat")
    await page.locator("#name").fill("Ana")
    await page.locator("#text").fill(text)
    await page.get_by_role("button", name="Start chat").click()
    await stored(page, 1)


async def stored(page: Any, count: int) -> None:
    """Wait until so many of the visitor's messages are stored."""
    await page.locator("#messages .mine:not(.waiting)").nth(count - 1).wait_for()


async def conversation(page: Any) -> list[str]:
    """The texts on the page, top to bottom."""
    texts: list[str] = await page.locator("#messages .said").all_text_contents()
    return texts


async def faults(page: Any) -> list[str]:
    """What axe finds wrong with the page. It is injected past the page's own strict policy, which stays on."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    await page.evaluate(axe)
    found = await page.evaluate("axe.run()")
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@asynccontextmanager
async def cut_house() -> AsyncIterator[tuple[House, Wire]]:
    """A served help desk behind a wire that can be cut."""
    async with wire() as between, served_house(origins=(between.url,)) as house:
        between.leads_to(house.url)
        yield house, between


async def test_a_chat_survives_a_lost_connection() -> None:
    """The visitor writes while the wire is cut; after it is mended both sides have read everything once."""
    async with cut_house() as (house, between), chromium() as page:
        await house.on_duty()
        await start(page, house, "Do you have Middlemarch?", between.url)
        await page.get_by_text("Connected.").wait_for()
        between.cut()
        await page.get_by_text("Connection lost").wait_for()
        for text in ("The second edition,", "if you can."):
            await page.locator("#text").fill(text)
            await page.keyboard.press("Enter")
        await page.get_by_text("waiting to be sent").nth(1).wait_for()
        await house.replies("Yes, on level 2.")
        between.mend()
        await page.get_by_text("Yes, on level 2.").wait_for()
        await stored(page, 3)
        said = ["Do you have Middlemarch?", "Yes, on level 2.", "The second edition,", "if you can."]
        assert await conversation(page) == said
        [ticket] = await house.tickets()
        assert [each.text for each in (await house.desk.thread(BEA, ticket.id)).entries] == said


async def test_an_acknowledgement_lost_on_the_way_doubles_nothing() -> None:
    """The library stored the message, the page never heard so: it sends it again, and there is one."""
    async with cut_house() as (house, between), chromium() as page:
        await house.on_duty()
        await start(page, house, "One", between.url)
        between.mute()
        await page.locator("#text").fill("Two")
        await page.keyboard.press("Enter")
        async with asyncio.timeout(30):
            while len((await house.desk.thread(BEA, (await house.tickets())[0].id)).entries) < 2:
                await page.locator("#messages .waiting").wait_for()
        between.cut()
        between.mend()
        await stored(page, 2)
        await house.replies("Three")
        await page.get_by_text("Three").wait_for()
        assert await conversation(page) == ["One", "Two", "Three"]


async def test_a_connection_that_leads_nowhere_is_given_up() -> None:
    """The page asks for its chat again, and nobody answers: it tries once more by itself, and has it."""
    async with cut_house() as (house, between), chromium() as page:
        await house.on_duty()
        await page.clock.install()
        await start(page, house, "One", between.url)
        between.mute()
        between.break_off()
        async with asyncio.timeout(30):
            while between.swallowed == 0:
                await page.clock.run_for(1_000)
        between.mend()
        await house.replies("Two")
        async with asyncio.timeout(30):
            while await page.get_by_text("Two").count() == 0:
                await page.clock.run_for(1_000)
        assert await conversation(page) == ["One", "Two"]


async def test_loading_the_page_again_goes_on_with_the_chat() -> None:
    """The tab remembers the conversation, and everything in it is shown once."""
    async with served_house() as house, chromium() as page:
        await house.on_duty()
        await start(page, house, "Hello")
        await house.replies("Good morning.")
        await page.get_by_text("Good morning.").wait_for()
        await page.reload()
        await page.get_by_text("Good morning.").wait_for()
        assert await conversation(page) == ["Hello", "Good morning."]
        await page.locator("#text").fill("Thanks")
        await page.get_by_role("button", name="Send", exact=True).click()
        await stored(page, 2)
        assert len(await house.tickets()) == 1


async def test_end_chat_forgets_the_visitor_on_a_shared_computer() -> None:
    """With the keyboard alone: nothing is left on the page or in the browser, and staff see that they left."""
    async with served_house() as house, chromium() as page:
        await house.on_duty()
        await start(page, house, "My secret")
        await page.get_by_role("button", name="End chat").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await page.get_by_text("Nothing of it is left").wait_for()
        assert await page.evaluate("sessionStorage.length + localStorage.length + document.cookie.length") == 0
        assert "secret" not in await page.content()
        await page.reload()
        await page.get_by_text("The chat is open.").wait_for()
        assert await conversation(page) == []
        assert await page.locator("#name").input_value() == ""
        [ticket] = await house.tickets()
        assert ticket.flags == {Flag.LEFT}


async def test_staff_are_seen_writing_and_being_there() -> None:
    """In words, and gone again with the reply."""
    async with served_house() as house, chromium() as page:
        await house.on_duty()
        await start(page, house, "Hello")
        [ticket] = await house.tickets()
        await house.desk.typing(BEA, ticket.id)
        await page.get_by_text("A member of staff is writing").wait_for()
        await house.replies("Good morning.")
        await page.get_by_text("Good morning.").wait_for()
        assert await page.locator("#writing").inner_text() == ""


async def test_markup_is_shown_as_text_on_both_sides() -> None:
    """Neither the visitor's nor the library's text becomes part of the page."""
    markup = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    async with served_house() as house, chromium() as page:
        await house.on_duty()
        await start(page, house, markup)
        await house.replies(markup)
        await page.locator("#messages .theirs").wait_for()
        assert await conversation(page) == [markup, markup]
        assert await page.locator("#messages img, #messages script").count() == 0
        assert "owned" not in await page.title()


async def test_out_of_hours_the_form_says_what_is_wrong_and_then_thanks() -> None:
    """The field that needs another look has the focus and the words; the question becomes a mail ticket."""
    async with served_house() as house, chromium() as page:
        house.hours["open"] = False
        await page.goto(f"{house.url}/chat/chat")
        await page.locator("#mail-email").fill("ana@")
        await page.locator("#mail-question").fill("When do you open?")
        await page.get_by_role("button", name="Send question").click()
        await page.get_by_text("it should look like").wait_for()
        assert await page.evaluate("document.activeElement.id") == "mail-email"
        assert await page.locator("#mail-email").get_attribute("aria-invalid") == "true"
        await page.keyboard.type("example.org")
        await page.get_by_role("button", name="Send question").click()
        await page.get_by_text("Thank you.").wait_for()
        [ticket] = await house.tickets()
        assert (ticket.channel, ticket.preview) == ("mail", "When do you open?")


async def test_with_nobody_there_the_form_appears_beside_the_chat() -> None:
    """After the waiting time, with the question already in it; the chat goes on beside it."""
    async with served_house() as house, chromium() as page:
        await start(page, house, "Do you have Middlemarch?")
        while await page.locator("#by-mail").is_hidden():
            house.clock.passes(seconds=30)
        assert await page.locator("#mail-question").input_value() == "Do you have Middlemarch?"
        await page.locator("#text").fill("I wait here.")
        await page.keyboard.press("Enter")
        await stored(page, 2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(scheme: str) -> None:
    """Idle, in conversation, with the dialog open, and the form with its errors, at 320 pixels: no violation."""
    async with served_house() as house, chromium(color_scheme=scheme, viewport={"width": 320, "height": 640}) as page:
        await house.on_duty()
        await page.goto(f"{house.url}/chat/chat")
        assert await faults(page) == []
        await start(page, house, "Do you have a very-long-word-" + "x" * 120 + "?")
        await house.replies("Yes.")
        await page.get_by_text("Yes.").wait_for()
        [ticket] = await house.tickets()
        await house.desk.typing(BEA, ticket.id)
        await page.get_by_text("is writing").wait_for()
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        await page.get_by_role("button", name="End chat").click()
        assert await faults(page) == []
        await page.get_by_role("dialog").get_by_role("button", name="End chat").click()
        house.hours["open"] = False
        await page.goto(f"{house.url}/chat/chat")
        await page.get_by_role("button", name="Send question").click()
        await page.get_by_text("Write your e-mail address").wait_for()
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
