"""Whatever breaks at whichever await on a text's way, no number is logged, kept, shown or left in a frame."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from helpdesk.clock import ManualClock
from helpdesk.loops import Troubles, _guarded
from helpdesk.message import Channel
from helpdesk.simulator.carrier import inbound_form
from helpdesk.simulator.carrier_faults import Fault
from helpdesk.simulator.carrier_store import Text
from tests.canary.broken import Broken, House, frames, house
from tests.canary.forms import Canaries
from tests.canary.places import national
from tests.canary.readings import files
from tests.channels.texting import ACCOUNT, NOISE
from tests.seeds import first_of

MOST = 60
"""No way has more calls than this."""

NUMBERS = {f"text {n}": f"+447700900{300 + n}" for n in range(2 * MOST)}
CANARIES = Canaries(NUMBERS)


def number(n: int) -> str:
    """Whose the nth text is: everybody's first is greeted."""
    return NUMBERS[f"text {n}"]


def text(way: House, n: int) -> Text:
    """The nth text, with its sender's number in its words."""
    return Text(
        sid=f"SM{n:032x}",
        account=ACCOUNT,
        direction="inbound",
        sender=number(n),
        recipient=NOISE,
        body=f"Loud on level 3, ring {national(number(n))}",
        status="received",
        created=way.clock.now(),
    )


async def _comes(way: House, n: int) -> None:
    assert await way.posts(inbound_form(text(way, n))) in (200, 503)


async def _is_quarantined(way: House, n: int) -> None:
    odd = {**dict(inbound_form(text(way, n))), "From": f"whatsapp:{number(n)}"}
    assert await way.posts([*odd.items()]) in (200, 503)


async def _is_forged(way: House, n: int) -> None:
    form = dict(inbound_form(text(way, n)))
    answer = await way.browser.post("/sms/inbound", data=form, headers={"X-Twilio-Signature": "bm8="})
    assert answer.status_code in (403, 503)


async def _is_caught_up(way: House, n: int) -> None:
    way.carrier.texts.put(text(way, n))
    await _quietly(way.catch_up.catch_up)


async def _is_answered(way: House, n: int) -> None:
    """Its greeting goes out."""
    with way.fuse.off():
        assert await way.posts(inbound_form(text(way, n))) == 200
    await _quietly(lambda: way.outbox.deliver_due(Channel.SMS))


async def _is_looked_up(way: House, n: int) -> None:
    """Its greeting may have gone out when the last owner died: the carrier is asked."""
    with way.fuse.off():
        assert await way.posts(inbound_form(text(way, n))) == 200
        way.carrier.faults.sends.append(Fault(garbled=True, taken=True))
        await _quietly(lambda: way.outbox.deliver_due(Channel.SMS))
        way.clock.passes(minutes=5)
    await _quietly(lambda: way.outbox.deliver_due(Channel.SMS))


async def _is_shredded(way: House, n: int) -> None:
    with way.fuse.off():
        assert await way.posts(inbound_form(text(way, n))) == 200
        way.clock.passes(days=8)
    await _quietly(way.watch.check_due)


async def _quietly(step: Callable[[], Awaitable[object]]) -> None:
    """One pass of a loop behind its guard, and what the desk is told of it."""
    troubles = Troubles()

    async def once() -> None:
        await step()

    await _guarded("a step", once, ManualClock(), troubles)
    logging.getLogger("helpdesk").warning("told: %s", troubles.now)


WAYS: dict[str, Callable[[House, int], Awaitable[None]]] = {
    "a text comes": _comes,
    "a text is quarantined": _is_quarantined,
    "a text is forged": _is_forged,
    "a text is caught up": _is_caught_up,
    "a text is answered": _is_answered,
    "an answer is looked up": _is_looked_up,
    "a conversation is shredded": _is_shredded,
}


async def breaks_everywhere(way: House, goes: Callable[[House, int], Awaitable[None]], first: int) -> int:
    """Go the way again and again, broken at the first call, at the second, and so on; how often it broke."""
    for late in (False, True):
        for at in range(1, MOST):
            way.fuse.set(at, late=late)
            first += 1
            await goes(way, first % len(NUMBERS))
            if way.fuse.calls < at:
                break
        else:
            pytest.fail("the way never ended")
    return len(way.fuse.blown)


@pytest.mark.parametrize("name", first_of(WAYS))
async def test_a_failure_at_any_await_leaves_no_number(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in the log, in what is printed, in the files, in any local variable of ours that the error passed."""
    caplog.set_level(logging.DEBUG)
    async with house(tmp_path, f"near '{number(1)}': syntax error") as way:
        assert await breaks_everywhere(way, WAYS[name], 0) >= 2
        passed = "\n".join(frames(error) for error in way.fuse.blown)
        kept = files(tmp_path)
    said = caplog.text + "".join(capfd.readouterr())
    assert CANARIES.found(passed.encode()) == set()
    assert CANARIES.found(said.encode()) == set()
    assert CANARIES.found(kept + files(tmp_path)) == set()


async def test_a_frame_that_shows_a_number_would_be_found(tmp_path: Path) -> None:
    """The frames are read with their variables."""
    async with house(tmp_path, "broken") as way:
        way.fuse.set(1, late=False)
        with pytest.raises(Broken) as caught:
            await way.intake.cursor(number(1))
    assert CANARIES.found(frames(caught.value).encode()) == {
        ("text 1", form) for form in ("digits", "escaped", "percent-encoded", "quoted-printable")
    }
