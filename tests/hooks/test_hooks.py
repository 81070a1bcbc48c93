"""Looking after hooks: what can be added, secrets that are shown once, the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from helpdesk.clock import ManualClock
from helpdesk.config import LibrarySettings, Settings, StoreSettings
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Kind, Seq
from helpdesk.house import House, open_house
from helpdesk.ports.hooks import HookState
from helpdesk.privacy import Key
from helpdesk.store.care import back_up
from helpdesk.store.verbs import events
from helpdesk.webhooks import signature
from tests.canary.readings import files
from tests.conversation import LINES, QUIET
from tests.hooks.receiver import Mood, receiver
from tests.hooks.scene import Scene, scene
from tests.staff import SAM

pytestmark = pytest.mark.usefixtures("engine")

URL = "https://wall.library.example/hooks"


@pytest.fixture
async def here() -> AsyncIterator[Scene]:
    """A library with a hook to be added."""
    async with scene() as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "url", "events", "why"),
    [
        ("Wall", URL, ("ticket.opened",), "small letters"),
        ("", URL, ("ticket.opened",), "small letters"),
        ("wall", URL, (), "at least one event"),
        ("wall", URL, ("ticket.opend",), "did you mean 'ticket.opened'"),
        ("wall", "http://wall.library.example/", ("ticket.opened",), "Write https"),
        ("wall", "https://user:secret@wall.library.example/", ("ticket.opened",), "Leave name and password out"),
        ("wall", "https://wall.library.example/#x", ("ticket.opened",), "follows the #"),
        ("wall", "ftp://wall.library.example/", ("ticket.opened",), "begins with https"),
        ("wall", "https:///nowhere", ("ticket.opened",), "begins with https"),
        ("wall", "https://wall.library.example:99999/", ("ticket.opened",), "no URL"),
        ("wall", "https://wäll.example/", ("ticket.opened",), "in ASCII"),
        ("wall", "https://a.example\\@10.0.0.1/", ("ticket.opened",), "in ASCII"),
        ("wall", "https://wall.library.example/" + "x" * 500, ("ticket.opened",), "at most 500"),
    ],
)
async def test_what_is_no_hook_is_refused(here: Scene, name: str, url: str, events: tuple[str, ...], why: str) -> None:
    """In words that say what to write; nothing is kept."""
    with pytest.raises(Refused, match=why):
        await here.hooks.add(SAM, name, url=url, events=events)
    assert await here.hooks.overview(SAM) == ()


async def test_loopback_may_be_spoken_to_in_clear(here: Scene) -> None:
    """There nobody listens on the way."""
    for n, url in enumerate(("http://127.0.0.1:8000/", "http://localhost/x", "http://[::1]:9/x")):
        added = await here.hooks.add(SAM, f"h{n}", url=url, events=("ticket.opened",))
        assert added.hook.url == url


async def test_a_name_is_used_once(here: Scene) -> None:
    """Refused while it is there; free again once it is removed, with a log of its own."""
    await here.listens("ticket.opened")
    with pytest.raises(Refused, match="already"):
        await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    await here.delivers()
    await here.hooks.remove(SAM, "wall")
    assert await here.delivers() is None
    await here.listens("ticket.opened")
    assert await here.log() == []


async def test_a_hook_that_is_not_there(here: Scene) -> None:
    """Every call says so, with the nearest name."""
    await here.listens("ticket.opened")
    hooks = here.hooks
    for call in (hooks.test, hooks.log, hooks.enable, hooks.disable, hooks.rotate, hooks.remove):
        with pytest.raises(NotFound, match="did you mean 'wall'"):
            await call(SAM, "wal")


async def test_changes_are_in_the_log_with_who_made_them(here: Scene) -> None:
    """Added, disabled, enabled, rotated, removed: by name, with no secret and no URL."""
    await here.listens("ticket.opened")
    await here.hooks.disable(SAM, "wall")
    await here.hooks.enable(SAM, "wall")
    await here.hooks.rotate(SAM, "wall")
    await here.hooks.remove(SAM, "wall")
    log = await here.town.house.store.read(events.after, Seq(0))
    told = [event for event in log if event.kind is Kind.HOOK_CHANGED]
    assert [event.data["act"] for event in told] == ["added", "disabled", "enabled", "rotated", "removed"]
    assert {event.actor for event in told} == {SAM}
    assert {frozenset(event.data) for event in told} == {frozenset({"hook", "act"})}


async def test_a_test_is_sent_at_once_and_noted(here: Scene) -> None:
    """Also to a hook that is disabled, and past what waits; it is not repeated."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    await here.hooks.disable(SAM, "wall")
    assert (await here.hooks.test(SAM, "wall")).taken
    here.wall.moods.append(Mood(status=404))
    failed = await here.hooks.test(SAM, "wall")
    assert (failed.taken, failed.status, failed.trouble) == (False, 404, "The receiver answered 404.")
    assert here.wall.events == ["hook.test", "hook.test"]
    assert here.wall.messages[0].signed == 1
    assert (await here.hook()).state is HookState.OFF
    await here.hooks.enable(SAM, "wall")
    await here.delivers()
    assert here.wall.events == ["hook.test", "hook.test", "ticket.opened"]


async def test_two_secrets_while_one_is_changed(here: Scene) -> None:
    """For a day each message carries both signatures; then the new one's alone, and the old one is forgotten."""
    await here.listens("ticket.opened")
    rotated = await here.hooks.rotate(SAM, "wall")
    here.wall.secrets.append(rotated.secret)
    await here.town.mailer("ben").mails("Can I renew?")
    await here.delivers()
    assert [message.signed for message in here.wall.messages] == [2]
    here.town.clock.passes(hours=24)
    await here.town.mailer("kit").mails("Can I?")
    await here.delivers()
    assert [message.signed for message in here.wall.messages] == [2, 1]
    await here.town.house.watch.check_due()
    assert (await here.hook()).rotating is None


async def test_a_secret_of_ones_own(here: Scene) -> None:
    """It is taken as it is and shown to nobody; what is no secret is refused without being shown."""
    own = signature.written(signature.fresh())
    added = await here.hooks.add(SAM, "wall", url=here.wall.url, events=("ticket.opened",), secret=own)
    assert added.secret == ""
    here.wall.secrets.append(own)
    await here.hooks.test(SAM, "wall")
    assert here.wall.messages[0].signed == 1
    for wrong in ("hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%"):
        with pytest.raises(Refused) as refused:
            await here.hooks.rotate(SAM, "wall", secret=wrong)
        assert wrong[6:] == "" or wrong not in str(refused.value)


def test_a_secret_is_not_shown_by_accident() -> None:
    """Neither printed nor formatted."""
    secret = signature.fresh()
    assert {repr(secret), str(secret), f"{secret}"} == {"Secret(hidden)"}


@asynccontextmanager
async def opened(folder: Path, master: Key) -> AsyncIterator[House]:
    """A library in a folder, under this master key."""
    store = StoreSettings(path=folder / "desk.sqlite", keys=folder / "keys.sqlite")
    lines = {name: LINES[name] for name in ("help", "chat")}
    settings = Settings(library=LibrarySettings(name="Fernhill Library"), store=store, lines=lines, texts=QUIET)
    async with open_house(settings, ManualClock(), master=master) as house:
        yield house


async def test_no_secret_is_in_the_files_or_in_a_backup(tmp_path: Path) -> None:
    """Neither as it is written nor as bytes, in none of the library's files."""
    async with opened(tmp_path, Key(bytes(32))) as house:
        added = await house.hooks.local.add(SAM, "wall", url=URL, events=("ticket.opened",))
        rotated = await house.hooks.local.rotate(SAM, "wall")
        back_up(tmp_path / "desk.sqlite", tmp_path / "backup.sqlite")
        held = files(tmp_path)
        for shown in (added.secret, rotated.secret):
            assert shown.removeprefix("whsec_").encode() not in held
            assert bytes(signature.read(shown)) not in held
        assert URL.encode() in held


async def test_secrets_outlive_a_new_master_key(tmp_path: Path) -> None:
    """Granted as `helpdesk noiseline rotate` does: the next start seals them anew, and the old key opens nothing."""
    old, new = Key(bytes(32)), Key(bytes(range(32)))
    async with receiver() as wall:
        async with opened(tmp_path, old) as house:
            added = await house.hooks.local.add(SAM, "wall", url=wall.url, events=("ticket.opened",))
            wall.secrets.append(added.secret)
            await house.keys.grant(new)
            before = await house.store.read(lambda sql: sql("SELECT secret FROM hooks")[0]["secret"])
        async with opened(tmp_path, new) as house:
            assert (await house.hooks.local.test(SAM, "wall")).taken
            after = await house.store.read(lambda sql: sql("SELECT secret FROM hooks")[0]["secret"])
    assert [message.signed for message in wall.messages] == [1]
    assert before != after


async def test_a_secret_that_does_not_open_stops_its_hook(tmp_path: Path) -> None:
    """A store under another master key: the desk says what to do, and a new secret mends it."""
    async with receiver() as wall:
        async with opened(tmp_path, Key(bytes(32))) as house:
            await house.hooks.local.add(SAM, "wall", url=wall.url, events=("line.paused",))
        (tmp_path / "keys.sqlite").unlink()
        async with opened(tmp_path, Key(bytes(range(32)))) as house:
            with pytest.raises(Refused, match="helpdesk hooks rotate wall"):
                await house.hooks.local.test(SAM, "wall")
            rotated = await house.hooks.local.rotate(SAM, "wall")
            wall.secrets.append(rotated.secret)
            assert (await house.hooks.local.test(SAM, "wall")).taken
    assert [message.signed for message in wall.messages] == [1]
