"""When it is done: by night, a little at a time, by the rules that are set; or at once, when somebody says so."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from helpdesk.clock import DAY, HOUR, Instant, ManualClock, instant, plus
from helpdesk.config import RetentionSettings, Settings
from helpdesk.events import Kind
from helpdesk.forgetting import Forgetting, rules_of
from helpdesk.message import Channel
from helpdesk.ports import Record, Sql
from helpdesk.settings.rules import problems
from helpdesk.settings.starter import RETENTION
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import ageing, notices
from helpdesk.store.verbs.ageing import Rule
from tests.conversation import Town
from tests.forgetting.house import ADMIN, DAYS, answered, forgetful, keeper, later, rows

pytestmark = pytest.mark.usefixtures("engine")

NOON = instant(datetime(2026, 11, 19, 12, tzinfo=UTC))


def kept(**days: int) -> tuple[Rule, ...]:
    """The rules of these settings."""
    return rules_of(Settings(retention=RetentionSettings(**days)))


def test_rules_name_people_first() -> None:
    """Who wrote goes before what was written; where only the latter has a day, both go then."""
    assert [rule.what for rule in kept(mail_text_days=60, mail_identity_days=30)] == ["who", "words"]
    assert [rule.what for rule in kept(mail_text_days=60)] == ["all"]
    assert [(rule.setting, rule.sealed) for rule in kept(sealed_text_days=9, sms_text_days=9)] == [
        ("sms_text_days", False),
        ("sealed_text_days", True),
    ]
    assert kept() == ()


@pytest.mark.parametrize(
    ("days", "key"),
    [
        ({"mail_identity_days": 61, "mail_text_days": 60}, "mail_identity_days"),
        ({"chat_identity_days": 61, "chat_text_days": 60}, "chat_identity_days"),
        ({"mail_raw_days": 31, "mail_identity_days": 30}, "mail_raw_days"),
        ({"sealed_text_days": 6}, "sealed_text_days"),
    ],
)
def test_what_holds_a_name_is_not_kept_longer_than_the_name(days: dict[str, int], key: str) -> None:
    """The setting is named, and what to write; 0, which keeps it, is never wrong."""
    noise = {"channel": "sms", "title": "Noise", "policy": "sealed", "address": "+447700900001"}
    base = {"lines": {"noise": noise}, "sms": {"account": "AC" + "0" * 32, "tokens": ["t"]}}
    found = problems(Settings.model_validate({**base, "retention": days}))
    assert [problem.key for problem in found] == [("retention", key)]
    assert problems(Settings.model_validate({**base, "retention": {**days, key: 0}})) == []


def test_what_a_new_library_starts_with_agrees() -> None:
    """Every rule is set, and none is wrong."""
    settings = Settings(retention=RetentionSettings(**RETENTION))
    assert problems(settings) == []
    assert len(rules_of(settings)) == len(RetentionSettings.model_fields)


async def test_the_first_night_is_waited_for_and_then_every_one() -> None:
    """At three by the library's clock, summer or winter: there is time for a dry run before."""
    async with open_store(None) as store:
        doing = Forgetting(store, kept(mail_text_days=1), "Europe/London")
        first = await doing.go_on(NOON)
        assert first == plus(NOON, 15 * HOUR)
        assert await doing.go_on(plus(first, -1)) == first
        assert await doing.go_on(first) == plus(first, DAY)
        assert await doing.go_on(plus(first, 5 * DAY)) == plus(first, 6 * DAY)
        again = Forgetting(store, kept(mail_text_days=1), "America/New_York")
        assert await again.go_on(plus(first, 5 * DAY + HOUR)) == plus(first, 5 * DAY + 5 * HOUR)


async def test_a_clock_that_was_ahead_puts_nothing_off_for_years() -> None:
    """What was noted in the future counts from now."""
    async with open_store(None) as store:
        await store.write(notices.move_cursor, "retention", plus(NOON, 4000 * DAY))
        doing = Forgetting(store, kept(mail_text_days=1), "Europe/London")
        assert await doing.go_on(NOON) == plus(NOON, 15 * HOUR)


async def test_without_rules_nothing_is_due() -> None:
    """Nothing is even asked."""
    async with open_store(None) as store:
        assert await Forgetting(store, (), "Europe/London").go_on(NOON) is None


async def _several(town: Town, count: int) -> None:
    mia = await town.staff("mia")
    for n in range(count):
        patron = town.mailer(f"patron{n}")
        await patron.mails("Where is the atlas?")
        await mia.opens(patron.ticket)
        await mia.solves()
    await later(town, days=15)


async def test_many_go_in_several_commits() -> None:
    """Others can write in between; the log has a line for each, and none is forgotten twice."""
    async with forgetful(days=RetentionSettings()) as town:
        await _several(town, 5)
        town.clock.passes(days=11)
        doing = Forgetting(town.house.store, kept(mail_identity_days=10), "Europe/London", batch=2)
        found = await doing.run(town.time.now)
        assert [(each.line, each.gone.tickets, each.gone.people) for each in found] == [("help", 5, 5)]
        told = [event.data["tickets"] for event in await town.log() if event.kind is Kind.FORGOTTEN]
        assert told == [2, 2, 1]
        assert await rows(town, "people") == []


async def test_a_dry_run_says_what_would_go_and_changes_nothing() -> None:
    """By rule and line, as the run itself then says; and how many stay because somebody works on them."""
    async with forgetful() as town:
        await _several(town, 2)
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        await answered(mia, ana)
        await mia.opens(ana.ticket)
        await town.mailer("waits").mails("And I?")
        town.clock.passes(days=61)
        said = await keeper(town).retain(ADMIN, dry_run=True)
        assert said == (
            "Would be forgotten:",
            "  mail_identity_days (30 days), line help: 2 tickets, 2 people",
            "  sms_identity_days (30 days), line text: 1 ticket, 1 person",
            "  mail_text_days (60 days), line help: 2 tickets, 2 entries",
            "  sms_text_days (60 days), line text: 1 ticket, 2 entries",
            "Old enough, and kept because they are not finished: 1 ticket.",
        )
        assert len(await rows(town, "people")) == 4
        done = await keeper(town).retain(ADMIN, dry_run=False)
        assert done == ("Forgotten:", *said[1:])
        assert len(await rows(town, "people")) == 1
        told = {(event.actor, event.ticket) for event in await town.log() if event.kind is Kind.FORGOTTEN}
        assert told == {(ADMIN, None)}
        assert (await keeper(town).retain(ADMIN, dry_run=True))[0] == "Nothing is old enough to be forgotten."


def _asked(sql: Sql, text: str, params: dict[str, object]) -> list[Record]:
    return sql(text, **params)


async def test_what_is_due_is_found_by_an_index(tmp_path: Path) -> None:
    """However many tickets there are that were forgotten long ago."""
    async with forgetful(tmp_path, clock=ManualClock(NOON)) as town:
        for rule in rules_of(Settings(retention=DAYS)):
            where, params = ageing._due(rule, Instant(NOON))
            text = f"EXPLAIN QUERY PLAN SELECT t.id FROM tickets t WHERE {where} ORDER BY t.updated, t.id LIMIT 50"
            plan = [row["detail"] for row in await town.house.store.read(partial(_asked, text=text, params=params))]
            if rule.what != "mails":
                used = "tickets_to_part" if rule.what == "who" else "tickets_to_wipe"
                assert any(used in step for step in plan), (rule.setting, plan)
        assert Channel.MAIL in rules_of(Settings(retention=DAYS))[0].channels
