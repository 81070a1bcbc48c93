"""A number that comes in by a sealed line is afterwards nowhere, whatever it came in by and in whatever form."""

from __future__ import annotations

import io
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from helpdesk.journal import logged_to
from tests.canary.forms import Canaries, spellings
from tests.canary.places import PLACES, national, numbers
from tests.canary.readings import READINGS, Scene, files
from tests.noisy import ZONES
from tests.wire import Town, outside

NUMBERS = numbers()
CANARIES = Canaries(NUMBERS)
WORDLESS = {
    "what was logged and printed",
    "what a watcher is told",
    "what other systems are told",
    "the report's tables",
}
"""Where not even an open line's numbers stand, nor the library's name; the log is tried on its own."""

Caught = tuple[pytest.LogCaptureFixture, pytest.CaptureFixture[str]]


@pytest.fixture
def caught(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Caught:
    """Every library's log from its first word on, and what is printed."""
    caplog.set_level(logging.DEBUG)
    return caplog, capfd


@contextmanager
def temporary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Temporary files are made in ``folder`` and so are read."""
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("SQLITE_TMPDIR", str(folder))
    yield


@asynccontextmanager
async def scene(folder: Path, caught: Caught, *, thorough: bool = False, **changes: Any) -> AsyncIterator[Scene]:
    """A town with its library open, whose every word is heard."""
    caplog, capfd = caught
    said: list[str] = []
    journal = io.StringIO()

    def heard() -> str:
        said.append("".join(capfd.readouterr()))
        return "\n".join([*said, caplog.text, journal.getvalue()])

    async with outside(folder, **{"zones": ZONES, **changes}) as town:
        with logged_to(journal, town.time):
            async with town.opens():
                yield Scene(town=town, said=heard, thorough=thorough)
        said.append(files(folder).decode("latin-1"))


async def plant(town: Town, caught: Caught) -> None:
    """Every number in its place. What the other side's client logs of it is not ours."""
    caplog, _ = caught
    with caplog.at_level(logging.WARNING, "httpx"), caplog.at_level(logging.WARNING, "httpcore"):
        for place, number in NUMBERS.items():
            await PLACES[place](town, number)


async def leaks(scene: Scene) -> dict[str, list[str]]:
    """The places whose numbers are found, by where they are."""
    found = {
        name: sorted({place for place, _ in CANARIES.found(await reads(scene))}) for name, reads in READINGS.items()
    }
    return {name: each for name, each in found.items() if each}


async def test_a_number_is_nowhere(tmp_path: Path, caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in every place; looked for in every file, log, screen, report, export and answer."""
    greeting = {"noise": {"greeting": "Thank you, we look into it.", "texts_per_second": 100}}
    with temporary(tmp_path / "temporary", monkeypatch):
        async with scene(tmp_path, caught, lines=greeting) as here:
            await plant(here.town, caught)
            found = await leaks(here)
            assert not found, "\n".join(f"{where}: {', '.join(places)}" for where, places in found.items())
            assert CANARIES.found(files(tmp_path)) == set()
        assert CANARIES.found(files(tmp_path) + here.said().encode()) == set()


async def test_a_leak_would_be_found(tmp_path: Path, caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an open line, in a library that is called by a number, every reading finds what it can hold."""
    changes: dict[str, Any] = {
        "library": {"name": f"Fernhill {national(NUMBERS['the body'])}"},
        "lines": {"noise": {"policy": "open"}},
    }
    with temporary(tmp_path / "temporary", monkeypatch):
        async with scene(tmp_path, caught, **changes) as here:
            await PLACES["the sender"](here.town, NUMBERS["the sender"])
            here.town.carrier.transcript.append(NUMBERS["a search"])
            leaking = await leaks(here)
    assert READINGS.keys() - leaking.keys() == WORDLESS


@pytest.mark.parametrize("way", ["logging", "structlog", "stderr", "stdout", "a temporary file"])
async def test_a_careless_word_would_be_found(
    way: str, tmp_path: Path, caught: Caught, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a program's words go."""
    number = NUMBERS["the sender"]
    careless: dict[str, Callable[[], object]] = {
        "logging": lambda: logging.getLogger("a.library").debug("from %s", number),
        "structlog": lambda: structlog.get_logger().info("came in", sender=number),
        "stderr": lambda: sys.stderr.write(number),
        "stdout": lambda: sys.stdout.write(number),
        "a temporary file": lambda: Path(tempfile.mkstemp()[1]).write_text(number),
    }
    with temporary(tmp_path / "temporary", monkeypatch):
        async with scene(tmp_path, caught) as here:
            careless[way]()
            heard = here.said().encode() + files(tmp_path)
    assert ("the sender", "digits") in CANARIES.found(heard)


@pytest.mark.full
@pytest.mark.timeout(500)
async def test_no_spelling_survives_and_no_key_shows_it(
    tmp_path: Path, caught: Caught, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every spelling in the words of a text, every key on every ticket; and again when all is shredded."""
    bodies = [f"{before}{said}{after}" for said in SPELLINGS for before in ("", "Loud. Ring ") for after in ("", "!")]
    with temporary(tmp_path / "temporary", monkeypatch):
        async with scene(tmp_path, caught, thorough=True) as here:
            await plant(here.town, caught)
            for n, body in enumerate(bodies):
                form = here.town.form(body, number=f"+447700900{600 + n % 400}", sid=f"MM{n:032x}")
                assert await here.town.posts(form) == 200
            assert await leaks(here) == {}
            here.town.time.passes(days=8)
            await here.town.house.watch.check_due()
            (tmp_path / "backup.sqlite").unlink()
            assert await leaks(here) == {}


SPELLINGS = [
    *spellings(NUMBERS["the body"]),
    *(each.translate({48 + digit: 0x660 + digit for digit in range(10)}) for each in spellings(NUMBERS["the body"])),
    *("\u200b".join(each) for each in spellings(NUMBERS["the body"])[:4]),
]
"""As people write it, in Arabic digits, and with characters of no width between."""
