"""After forgetting no byte of a name, an address or a text is in any file of the store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from helpdesk.config import RetentionSettings
from helpdesk.ports import Sql
from helpdesk.store.care import examine
from helpdesk.store.sqlite import open_reader
from helpdesk.upkeep import check
from tests.arriving import attachment
from tests.conversation import Mailer, Texter, Town
from tests.forgetting.house import ADMIN, DAYS, answered, as_it_came, forgetful, keeper, later

ANA = (b"ana@example.org", b"Ana", b"xylophone", b"zeppelin", b"quagga", b"brontosaur", b"okapi", b"0777", b"marzipan")
"""Words that stand in what Ana wrote, in what was answered, noted and remarked, in her file, and who she is."""


@asynccontextmanager
async def known(folder: Path, days: RetentionSettings) -> AsyncIterator[tuple[Town, Mailer, Texter]]:
    """A library to which Ana wrote and Ben texted; both were answered, and their tickets are closed."""
    async with forgetful(folder, days) as town:
        ana, ben, mia = town.mailer("ana"), town.texter("ben", line="text"), await town.staff("mia")
        await ana.mails(
            "Where is the xylophone?",
            subject="zeppelin",
            named="<quagga@example.org>",
            attachments=(attachment("okapi.pdf", b"brontosaur" * 400),),
            remarks=("the charset was marzipan",),
        )
        await as_it_came(town, ana, "Where is the xylophone?" * 500)
        await mia.opens(ana.ticket)
        await mia.notes("Ana has card 0777.")
        await answered(mia, ana, "The xylophone is on level 2, Ana.")
        await ben.texts("Is the marimba back?", named="SMben00001")
        await answered(mia, ben, "The marimba is.")
        yield town, ana, ben


def contents(folder: Path) -> bytes:
    """Whatever lies in the folder."""
    return b"".join(each.read_bytes() for each in sorted(folder.iterdir()) if each.is_file())


def left(folder: Path, words: tuple[bytes, ...]) -> list[bytes]:
    """Which of some words still stand in a file."""
    lying = contents(folder)
    return [word for word in words if word in lying]


async def test_a_person_who_asked_is_in_no_file(tmp_path: Path) -> None:
    """While the help desk runs, and after it; who did not ask is still there."""
    async with known(tmp_path, RetentionSettings()) as (town, _, ben):
        assert left(tmp_path, ANA) == list(ANA)
        await keeper(town).forget(ADMIN, person="ana@example.org", dry_run=False)
        assert left(tmp_path, ANA) == []
        assert await check(town.house.store) == ()
        assert left(tmp_path, (ben.number.encode(), b"marimba")) == [ben.number.encode(), b"marimba"]
    assert left(tmp_path, ANA) == []
    assert examine(tmp_path / "helpdesk.sqlite", "main") == ()


async def test_what_time_forgot_is_in_no_file(tmp_path: Path) -> None:
    """First who wrote: words stay that name nobody. Then the words."""
    async with known(tmp_path, DAYS) as (town, _, ben):
        who = (b"ana@example.org", b"quagga", ben.number.encode(), b"SMben00001")
        await later(town, days=31)
        await town.settles()
        assert left(tmp_path, who[:3]) == []
        assert left(tmp_path, (b"xylophone", b"marimba")) == [b"xylophone", b"marimba"]
        await later(town, days=31)
        assert left(tmp_path, (*ANA, b"marimba", *who)) == []
        assert await check(town.house.store) == ()
    assert left(tmp_path, (*ANA, b"marimba", *who)) == []
    assert examine(tmp_path / "helpdesk.sqlite", "main") == ()


async def test_a_reader_who_holds_the_log_is_waited_for(tmp_path: Path) -> None:
    """What was erased by night still lies in the log while somebody reads; a minute later it is wiped."""
    async with known(tmp_path, DAYS) as (town, _, _):
        store = town.house.store
        async with open_reader(tmp_path / "helpdesk.sqlite") as reader:
            reading, done = asyncio.Event(), threading.Event()
            loop = asyncio.get_running_loop()

            def long_report(sql: Sql) -> None:
                sql("SELECT count(*) FROM entries WHERE library = :library")
                loop.call_soon_threadsafe(reading.set)
                done.wait()

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(reader.read(long_report))
                try:
                    await reading.wait()
                    await later(town, days=62)
                    assert not await store.purge(words=False)
                    assert left(tmp_path, (b"xylophone",)) == [b"xylophone"]
                finally:
                    done.set()
        await town.time.passes(minutes=1)
        assert left(tmp_path, ANA) == []
