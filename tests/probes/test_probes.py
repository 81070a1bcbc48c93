"""Probes by every line, over the real doors: what passes, what fails and why, and that they leave nothing behind."""

from __future__ import annotations

from pathlib import Path

from helpdesk.events import Kind
from helpdesk.ports.probes import ProbeState
from helpdesk.worklist import View
from tests.probes.scene import scene, until
from tests.staff import SAM


async def test_every_line_is_alive(tmp_path: Path) -> None:
    """Mail, two numbers and the chat: each comes back, says what it shows, and is in nobody's way."""
    async with scene(tmp_path) as here:
        found = await here.probes()
        assert {line: probe.said for line, probe in found.items() if probe.state is not ProbeState.PASSED} == {}
        assert set(found) == {"noise", "texts", "mail", "chat"}
        assert "A text from line texts went out by the carrier and came in here." in found["noise"].said
        assert "brought it back, and it was read" in found["mail"].said
        assert "a message was stored" in found["chat"].said
        assert all(probe.took == 0 for probe in found.values())
        assert await here.notices() == ""


async def test_a_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    """No ticket, no entry, no person, no conversation, no handle, no key, no raw mail, nothing in any view."""
    async with scene(tmp_path, lines={"mail": {"greeting": "Thank you."}, "texts": {"greeting": "Thank you."}}) as here:
        for texts in (True, False):
            over = await here.probes(texts=texts)
            assert {line: probe.said for line, probe in over.items() if probe.state is ProbeState.FAILED} == {}

        async def mail_is_gone() -> bool:
            return not await here.rows("raw")

        await until(mail_is_gone)  # the mail goes in a write after the one by which its probe has passed
        for table in ("tickets", "entries", "people", "conversations", "received", "raw", "chats", "outbox", "remarks"):
            assert await here.rows(table) == 0, table
        assert await here.town.house.keys.count() == 0
        counts = await here.town.house.desk.counts(SAM)
        assert {view: n for view, n in counts.items() if n} == {}
        assert await here.town.desk.rows(View.OPEN) == ()
        kinds = {event.kind for event in await here.log()}
        assert kinds <= {Kind.PROBE_WANTED, Kind.PROBE_PASSED, Kind.KEPT, Kind.PUBLISHED, Kind.STAFF_ADDED}
        assert len(here.town.postbox.mailbox("enquiries@library.example").mails) == 2
