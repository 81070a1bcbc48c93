"""Numbers that staff know go no further than they must: a duty phone's, and one in a note on an incident."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.events import Kind
from tests.canary.forms import Canaries
from tests.canary.readings import READINGS
from tests.canary.test_canary import Caught, caught, scene, temporary
from tests.staff import eventually

__all__ = ["caught"]

DUTY, NOTED = "+447700900501", "+447700900502"
CANARIES = Canaries({"the duty phone": DUTY, "the note": NOTED})

ON_DISK = {"the files", "the backup"}
AT_THE_DESK = {"the desk", "the desk's interface", "the screens"}


@pytest.mark.full
async def test_they_stay_where_they_belong(tmp_path: Path, caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    """The duty list is told and answers; a colleague notes a number. Logs, reports, exports, posters hold neither."""
    escalation = {"duty": {"manager": {"address": DUTY, "line": "texts"}}}
    with temporary(tmp_path / "temporary", monkeypatch):
        async with scene(tmp_path, caught, escalation=escalation) as here:
            town, sam = here.town, here.town.desk
            phone = town.texter(DUTY, line="+447700900002")
            await town.texter("+447700900201").texts("Loud, L3A")
            town.time.passes(minutes=10)
            assert "Nobody has it. Reply OK to take it" in await phone.hears()
            assert (await phone.texts("OK, going")).status == 200
            [incident] = await sam.desk.noise.incidents(sam.name)
            assert incident.goes == "manager"
            await sam.desk.noise.remark(sam.name, incident.id, f"Security's own phone: {NOTED}")

            async def told() -> bool | None:
                log = [step.what for step in (await sam.desk.noise.incident(sam.name, incident.id)).trail]
                return Kind.ESCALATION_TAKEN in log or None

            await eventually(sam.desk, told)
            found: dict[str, set[str]] = {"the duty phone": set(), "the note": set()}
            for name, reads in READINGS.items():
                for place, _ in CANARIES.found(await reads(here)):
                    found[place].add(name)
    assert found["the duty phone"] == ON_DISK
    assert found["the note"] == ON_DISK | AT_THE_DESK
