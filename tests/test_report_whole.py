"""All at once on the real store: reasons, a correction, a suspension, a dip, published figures, and the text of it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from helpdesk.reports import Report, as_text
from helpdesk.reports.restating import to_publish
from helpdesk.store.verbs import facts
from helpdesk.store.verbs.facts import Account
from helpdesk.store.verbs.remarks import Remark
from tests.report_house import ANA, Library, at, library
from tests.test_misses import corrects, explains, suspends

GOLDEN = Path(__file__).parent / "golden" / "report_whole.txt"


async def a_managers_autumn(house: Library) -> None:
    """Noise texts of two months and a few mails; what the manager says of them on 3 November and later."""
    chance = random.Random(9)
    for month, late in (("09", 2), ("10", 6)):
        for n in range(26):
            text = await house.comes("noise", at(f"2026-{month}-{n + 2:02}", f"{9 + n % 9:02}:00"))
            if (month, n) != ("10", 25):
                house.clock.passes(minutes=25 + n if n < late else 3, seconds=chance.randrange(600))
                await house.replies(text)
    await house.spams(await house.comes("help"))
    await house.replies(await house.comes("help"))
    house.clock.move_to(at("2026-11-03", "10:00"))
    await house.store.write(facts.publish_figures, to_publish(await house.reports()), ANA, house.clock.now())
    await explains(house, house.contacts[26], "Nobody was at the desk.")
    await corrects(house, house.contacts[27], at("2026-10-03", "10:10"), "Answered by phone")
    await suspends(house, "2026-10-05", "2026-10-07")
    why = Remark(id="why", text="Two of four were ill in the first week.", salt=b"w" * 16)
    done = Remark(id="done", text="A student assistant helps from 5 October.", salt=b"d" * 16)
    said = Account(standard="noise-texts", month="2026-10", explanation=why, action=done, actor=ANA)
    await house.store.write(facts.account, said, house.clock.now())
    house.clock.move_to(at("2026-12-01", "09:00"))


async def made() -> Report:
    """The report of September to November. The log's digest hangs on salts that are drawn: here it is written over."""
    async with library() as house:
        await a_managers_autumn(house)
        found = await house.reports("2026-09-01", "2026-12-01", misses=20)
    return replace(found, log=replace(found.log, end=found.log.end._replace(digest="0" * 64)))


async def test_the_whole_report() -> None:
    """To the letter; ``python -m tests.test_report_whole`` writes it anew."""
    assert as_text(await made()) == GOLDEN.read_text(encoding="utf-8")


async def test_everything_the_manager_said_is_in_it() -> None:
    """Each in its place, the restated month marked with what changed it."""
    report = await made()
    text = as_text(report)
    assert [(each.standard, each.month) for each in report.restated] == [("noise-texts", "2026-10")]
    for said in (
        "Nobody was at the desk.",
        "Why: Two of four were ill in the first week.",
        "Done: A student assistant helps from 5 October.",
        "5 to 6 October 2026, every standard",
        "2026-10 *",
        "Suspended then.",
    ):
        assert said in text, said


def write() -> None:
    """The golden page, as the report has it now."""
    import asyncio

    GOLDEN.write_text(as_text(asyncio.run(made())), encoding="utf-8")


if __name__ == "__main__":
    write()
