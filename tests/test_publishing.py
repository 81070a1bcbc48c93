"""Publishing the performance page: its files, its notes in the log, and how the web server shows it."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from channels.performance import performance_routes
from helpdesk.api.server import desk_socket
from helpdesk.clock import ManualClock
from helpdesk.commands.publish import months_before, published
from helpdesk.config import LibrarySettings, Settings, StoreSettings
from helpdesk.errands import LocalKeeper
from helpdesk.errors import BadConfig, HelpdeskError, Refused
from helpdesk.reports.page import write
from helpdesk.reports.page.writing import put
from helpdesk.store.verbs import figures
from helpdesk.store.verbs.figures import Printed
from tests.made_reports import autumn, spoilt
from tests.page_reading import Page
from tests.report_house import Library, at, library
from tests.serving import serving


def settings_of(store: Path) -> Settings:
    """A library whose store lies at ``store``."""
    return Settings(library=LibrarySettings(name="Moor Street Library"), store=StoreSettings(path=store))


def beside(folder: Path) -> list[Path]:
    """Files that were begun and not put in their places."""
    return list(folder.rglob(".*.part"))


async def autumn_passes(moor: Library) -> None:
    """In October 24 noise texts, two of them answered too late; in November one more."""
    for n in range(24):
        text = await moor.comes("noise", at(f"2026-10-{n + 1:02}"))
        await moor.replies(text, at(f"2026-10-{n + 1:02}", "12:40" if n < 2 else "12:05"))
    last = await moor.comes("noise", at("2026-11-03"))
    await moor.replies(last, at("2026-11-03", "12:01"))
    moor.clock.move_to(at("2026-12-01", "09:00"))


async def noted(moor: Library) -> tuple[Printed, ...]:
    """What the log says was told to the public."""
    return await moor.store.read(figures.published_figures)


@asynccontextmanager
async def owned(path: Path) -> AsyncIterator[tuple[Library, Settings]]:
    """A library after its autumn, whose owner answers on its socket."""
    settings = settings_of(path / "helpdesk.sqlite")
    async with library(path=settings.store.path) as moor:
        await autumn_passes(moor)
        keeper = LocalKeeper(settings, moor.clock, moor.store, moor.rulebook)
        async with desk_socket(moor.desk, settings.store.socket_path, keeper=keeper):
            yield moor, settings


async def test_what_is_published_is_noted_in_the_log(tmp_path: Path) -> None:
    """Every month that is over, with the event it was made from; done again, nothing is noted twice."""
    async with owned(tmp_path) as (moor, settings):
        said = await published(settings, moor.clock, out=tmp_path / "public")
        told = [
            (each.figure.standard, each.figure.month, each.figure.met, each.figure.missed) for each in await noted(moor)
        ]
        assert told == [("noise-texts", "2026-10", 22, 2), ("noise-texts", "2026-11", 1, 0)]
        assert f"wrote {tmp_path}/public/index.html" in said
        assert "shown http://127.0.0.1:8080/standards" in said
        again = await published(settings, moor.clock)
        assert [line for line in again if line.startswith("noted")] == []
        assert len(await noted(moor)) == 2


async def test_the_page_is_the_same_in_both_places(tmp_path: Path) -> None:
    """The folder that was named, and the file beside the store that the web server shows."""
    async with owned(tmp_path) as (moor, settings):
        await published(settings, moor.clock, out=tmp_path / "public")
    index = (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
    assert settings.store.page_path.read_text(encoding="utf-8") == index
    page = Page(index)
    assert (
        page.table("Month", "Of contacts").rows[1:]
        == [
            ["Oct 2026", "91.6 %", "met", "24"],
            ["Nov 2026 1", "100.0 %", "too few to tell", "1"],
        ]
        or "91.6 %" in page.text
    )
    assert "Moor Street Library" in page.text
    assert list((tmp_path / "public").iterdir()) == [tmp_path / "public" / "index.html"]


async def test_a_figure_that_changed_since_is_marked(tmp_path: Path) -> None:
    """A contact proves to have been a test: the next page says what was published before, and why it differs."""
    async with owned(tmp_path) as (moor, settings):
        await published(settings, moor.clock)
        await moor.tests(moor.contacts[0])
        await published(settings, moor.clock)
        text = Page(settings.store.page_path.read_text(encoding="utf-8")).text
        assert "Restated: on 1 December 2026 this was published as 91.6 %." in text
        assert "marked as a test" in text
        assert [(each.figure.met, each.figure.missed) for each in await noted(moor)][-1] == (22, 1)


async def test_where_nothing_can_be_written_nothing_is_noted(tmp_path: Path) -> None:
    """A file stands where the folder should be: refused in words, no file changed, no note made."""
    (tmp_path / "taken").write_text("not a folder", encoding="utf-8")
    async with owned(tmp_path) as (moor, settings):
        with pytest.raises(Refused, match="Name another folder"):
            await published(settings, moor.clock, out=tmp_path / "taken")
        assert await noted(moor) == ()
        assert not settings.store.page_path.exists()
    assert beside(tmp_path) == []


async def test_where_nothing_can_be_noted_nothing_is_shown(tmp_path: Path) -> None:
    """Another process owns the store and does not answer: no page appears that the log knows nothing of."""
    settings = settings_of(tmp_path / "helpdesk.sqlite")
    async with library(path=settings.store.path) as moor:
        await autumn_passes(moor)
        with pytest.raises(HelpdeskError):
            await published(settings, moor.clock, out=tmp_path / "public")
    assert not settings.store.page_path.exists()
    assert list((tmp_path / "public").iterdir()) == []


async def test_a_draft_is_for_a_look(tmp_path: Path) -> None:
    """In the named folder alone; nothing is published."""
    async with owned(tmp_path) as (moor, settings):
        (said,) = await published(settings, moor.clock, out=tmp_path / "draft", draft=True)
        assert said == f"wrote {tmp_path}/draft/index.html: a draft, nothing is published"
        assert await noted(moor) == ()
        assert not settings.store.page_path.exists()


async def test_a_library_without_a_contact_can_publish(tmp_path: Path) -> None:
    """Promises and hours are worth telling before the first figure is."""
    settings = settings_of(tmp_path / "helpdesk.sqlite")
    async with library(path=settings.store.path) as moor:
        clock = ManualClock(moor.clock.now())
    await published(settings, clock)
    assert "There is no whole month to report on yet." in settings.store.page_path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("first", "months", "begin"), [("2026-12", 12, "2025-12"), ("2026-01", 1, "2025-12"), ("2026-03", 26, "2024-01")]
)
def test_months_are_counted_back(first: str, months: int, begin: str) -> None:
    """Over the turn of years."""
    assert months_before(date.fromisoformat(f"{first}-01"), months) == date.fromisoformat(f"{begin}-01")


# Files


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    """The page with its figures for machines beside it; written again, it replaces what was there."""
    folder = tmp_path / "new" / "folder"
    for _ in range(2):
        assert write(autumn(), folder) == tuple(folder / name for name in ("report.html", "report.json", "report.csv"))
    assert Page((folder / "report.html").read_text(encoding="utf-8")).all("h1")
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["library"] == "Moor Street Library"
    assert len(list(folder.iterdir())) == 3


def test_a_folder_that_can_not_be_written_is_told_in_words(tmp_path: Path) -> None:
    """And what was there before is as it was."""
    (tmp_path / "one").mkdir()
    put(tmp_path, {"two": b"before"})
    with pytest.raises(Refused, match="one: can't be written"):
        put(tmp_path, {"one": b"a folder stands here", "two": b"after"})
    assert (tmp_path / "two").read_bytes() == b"before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "two"]


def test_without_its_library_a_pdf_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No traceback, no half file."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(BadConfig, match=r"'\.\[pdf\]'.*libpango"):
        write(spoilt(), tmp_path, "pdf")
    assert list(tmp_path.iterdir()) == []


# The web server


@asynccontextmanager
async def shown(path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before a web server that shows the page at ``path``."""
    async with serving(Starlette(routes=performance_routes(path))) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def test_until_it_is_published_there_is_nothing(tmp_path: Path) -> None:
    """404 in words, and not kept by anybody."""
    async with shown(tmp_path / "page.html") as client:
        answer = await client.get("/standards")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert "has not published its service standards yet" in answer.text


async def test_the_page_is_served_as_it_was_published(tmp_path: Path) -> None:
    """Byte for byte; with a tag by which a browser knows it again; anew as soon as it is published anew."""
    page = tmp_path / "page.html"
    put(tmp_path, {"page.html": b"<style>p{}</style>first"})
    async with shown(page) as client:
        answer = await client.get("/standards")
        assert answer.content == page.read_bytes()
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=300"
        tag = answer.headers["etag"]
        for held in (tag, f"W/{tag}", f'"other", {tag}'):
            again = await client.get("/standards", headers={"If-None-Match": held})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (await client.head("/standards")).headers["etag"] == tag
        put(tmp_path, {"page.html": b"<style>p{}</style>again"})
        anew = await client.get("/standards", headers={"If-None-Match": tag})
        assert (anew.status_code, anew.text[-5:]) == (200, "again")


async def test_the_policy_allows_its_own_style_and_nothing_else(tmp_path: Path) -> None:
    """By its digest; no script, no picture from elsewhere, no frame around it."""
    put(tmp_path, {"page.html": b"<style>p{}</style>"})
    async with shown(tmp_path / "page.html") as client:
        headers = (await client.get("/standards")).headers
        assert (await client.post("/standards")).status_code == 405
    digest = base64.b64encode(hashlib.sha256(b"p{}").digest()).decode()
    policy = headers["content-security-policy"].split("; ")
    assert policy[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "script" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
