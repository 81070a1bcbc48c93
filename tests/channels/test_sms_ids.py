"""The carrier's ids and codes are kept where they have its shape: anything else could hold a number."""

from __future__ import annotations

import pytest

from channels.sms_codes import code_of, sid_of, trouble
from helpdesk.errors import Undeliverable
from tests.channels.texting import NOISE, PATRON, texting


@pytest.mark.parametrize("sid", ["SM" + "0123456789abcdef" * 2, "MM" + "7" * 32, "SM1", "", "SM000123"])
def test_an_id_of_the_carriers_is_kept(sid: str) -> None:
    """Two letters and 32 hex digits, or one that has no room for a number."""
    assert sid_of(sid) == sid


@pytest.mark.parametrize(
    "sid", [PATRON, PATRON[1:], f"SM{PATRON}", "SM7700900123", "SM" + "0" * 33, "SM0\n", "whatsapp"]
)
def test_what_has_another_shape_is_dropped(sid: str) -> None:
    """It could be a number, or lead to one."""
    assert sid_of(sid) == ""


def test_an_error_keeps_a_code_of_five_digits_only() -> None:
    """What the carrier puts in its place is neither shown nor stored."""
    assert [code_of(each) for each in ("21610", "", PATRON, "21610 " + PATRON, "٢١٦١٠")] == ["21610", "", "", "", ""]
    refusal = trouble(f"21211: {PATRON}")
    assert isinstance(refusal, Undeliverable)
    assert refusal.code == ""


async def test_a_text_with_such_an_id_is_seen_and_its_id_dropped() -> None:
    """It waits in quarantine, once, however often it is posted."""
    async with texting() as wire:
        for _ in range(2):
            assert (await wire.posts(wire.form(to=NOISE, sid=f"SM{PATRON}")))[0] == 200
        [(line, external_id, _, reason)] = wire.door.quarantined
    assert (line, external_id) == ("noise", "")
    assert "no id of its own kind" in reason
