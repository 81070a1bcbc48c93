"""Files that came with texts: stored after their text, tried again, given up in words, shredded in the end."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from helpdesk.clock import Instant, plus
from helpdesk.errors import NotFound, TryLater
from helpdesk.events import Kind
from helpdesk.fetching import BACKOFF, Fetching, said
from helpdesk.message import Attachment, Channel, Fetched, LineId
from helpdesk.ports import Fetcher as FetcherPort
from helpdesk.ports import Sql
from tests.conversation import Town, library

pytestmark = pytest.mark.usefixtures("engine")

CONTENT = b"GIF89a and so on"
FILE = Attachment(
    name="picture-1.gif", media_type="image/gif", content=CONTENT, digest=hashlib.sha256(CONTENT).hexdigest()
)


@dataclass
class Shelf:
    """Meets the port: gives what it is told to, and remembers who asked."""

    gives: list[Fetched | Exception] = field(default_factory=list)
    asked: list[tuple[str, bool]] = field(default_factory=list)

    async def fetch(self, provider_id: str, account: str, *, sealed: bool) -> Fetched:
        """The next that it is told to give, else one file."""
        self.asked.append((provider_id, sealed))
        given = self.gives.pop(0) if self.gives else Fetched(files=(FILE,))
        if isinstance(given, Exception):
            raise given
        return given


@dataclass
class Scene:
    """A town, and what fetches for it."""

    town: Town
    shelf: Shelf
    fetching: Fetching

    async def passes(self) -> Instant | None:
        """One pass."""
        return await self.fetching.fetch_due()


@asynccontextmanager
async def scene(fetchers: Mapping[Channel, FetcherPort] | None = None) -> AsyncIterator[Scene]:
    """With a shelf, unless others fetch."""
    shelf = Shelf()
    async with library() as town:
        fetching = Fetching(
            store=town.house.store,
            clock=town.clock,
            fetchers={Channel.SMS: shelf} if fetchers is None else fetchers,
            opened={LineId("text")},
            published=town.house.rules.published,
        )
        yield Scene(town, shelf, fetching)


@pytest.mark.parametrize(("line", "sealed"), [("noise", True), ("text", False)])
async def test_a_text_is_there_before_its_file(line: str, sealed: bool) -> None:
    """The text is stored and acknowledged, then its file is fetched by the carrier's name for the text, once."""
    async with scene() as here:
        ana, mia = here.town.texter("ana", line=line), await here.town.staff("mia")
        await ana._sends(ana.text("look", named="SM7", files=1))
        assert (await mia.opens(ana.ticket)).entries[0].files == ()
        assert await here.passes() is None
        thread = await mia.opens(ana.ticket)
        [file] = thread.entries[0].files
        assert (file.name, file.size) == ("picture-1.gif", len(CONTENT))
        assert await here.town.house.desk.attachment(mia.id, file.digest) == CONTENT
        assert thread.history[-1].kind is Kind.FETCHED
        await here.passes()
        assert here.shelf.asked == [("SM7", sealed)]


async def test_a_text_that_came_twice_is_fetched_once() -> None:
    """By webhook and by catching up."""
    async with scene() as here:
        ana = here.town.texter("ana", line="text")
        for _ in range(2):
            await ana._sends(ana.text("look", named="SM7", files=1))
        await here.passes()
        assert len(here.shelf.asked) == 1


async def test_it_is_tried_again_and_given_up_in_words() -> None:
    """After each failure it waits as the table says, or as the carrier asks; in the end the ticket says so."""
    async with scene() as here:
        ana, mia = here.town.texter("ana", line="text"), await here.town.staff("mia")
        await ana._sends(ana.text("look", files=2))
        here.shelf.gives += [TryLater("The carrier is busy.")] * len(BACKOFF) + [ZeroDivisionError("+447700900123")]
        for wait in BACKOFF:
            assert await here.passes() == plus(here.town.time.now, wait)
            await here.passes()
            here.town.clock.move_to(plus(here.town.time.now, wait))
        assert await here.passes() is None
        thread = await mia.opens(ana.ticket)
        assert thread.entries[0].files == ()
        assert thread.history[-1].remark == (
            "2 files: each could not be fetched in 7 tries. Fetching failed (ZeroDivisionError)."
        )


async def test_the_carrier_says_when() -> None:
    """Retry-After is heeded where it is longer."""
    async with scene() as here:
        ana = here.town.texter("ana", line="text")
        await ana._sends(ana.text("look", files=1))
        here.shelf.gives += [TryLater("Busy.", retry_after=90)]
        assert await here.passes() == plus(here.town.time.now, 90_000)


async def test_a_clock_set_back_keeps_no_file_waiting() -> None:
    """What was put off by a clock that was days ahead is due."""
    async with scene() as here:
        ana = here.town.texter("ana", line="text")
        await ana._sends(ana.text("look", files=1))
        await here.town.house.store.write(_put_off, plus(here.town.time.now, 9 * 86_400_000))
        await here.passes()
        assert len(here.shelf.asked) == 1


def _put_off(sql: Sql, when: Instant) -> None:
    sql("UPDATE media SET not_before = :when WHERE library = :library", when=when)


async def test_without_a_carrier_the_ticket_says_so() -> None:
    """The line is gone from the settings, or its carrier knows no files."""
    async with scene(fetchers={}) as here:
        ana, mia = here.town.texter("ana", line="text"), await here.town.staff("mia")
        await ana._sends(ana.text("look", files=1))
        assert await here.passes() is None
        assert (await mia.opens(ana.ticket)).history[-1].remark.startswith("A file can't be fetched")


@pytest.mark.parametrize(("line", "there"), [("noise", False), ("text", True)])
async def test_files_of_a_sealed_line_go_when_it_is_shredded(line: str, there: bool) -> None:
    """Their bytes, too; an open line keeps them."""
    async with scene() as here:
        ana, mia = here.town.texter("ana", line=line), await here.town.staff("mia")
        await ana._sends(ana.text("look", files=1))
        await here.passes()
        await here.town.time.passes(days=8)
        assert bool((await mia.opens(ana.ticket)).entries[0].files) is there
        if not there:
            with pytest.raises(NotFound):
                await here.town.house.desk.attachment(mia.id, FILE.digest)


async def test_a_file_that_another_ticket_has_too_stays() -> None:
    """Bytes go at their last reference."""
    async with scene() as here:
        ana, ben, mia = here.town.texter("ana"), here.town.texter("ben", line="text"), await here.town.staff("mia")
        for patron in (ana, ben):
            await patron._sends(patron.text("look", files=1))
        await here.passes()
        await here.town.time.passes(days=8)
        assert await here.town.house.desk.attachment(mia.id, FILE.digest) == CONTENT


async def test_what_is_shredded_is_not_fetched_any_more() -> None:
    """Nothing is asked for, and what comes too late is not kept."""
    async with scene() as here:
        ana = here.town.texter("ana")
        await ana._sends(ana.text("look", files=1))
        await here.town.time.passes(days=8)
        assert await here.passes() is None
        assert here.shelf.asked == []


def test_words() -> None:
    """Each reason once, with how many files it is about."""
    assert said(Fetched(files=(FILE,))) == ""
    assert said(Fetched()) == "The carrier has no file of it any more."
    assert said(Fetched(left=("is gone", "is large", "is gone"))) == "2 files: each is gone. A file is large."
