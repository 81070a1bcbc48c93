"""Settings that are taken anew while the house runs: which, by whom, and all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpdesk.config import Settings
from helpdesk.errors import BadConfig
from helpdesk.message import Channel, LineId
from helpdesk.reloading import RELOADED, Reloading, changes, is_reloaded, merged
from tests.conversation import LINES, Town, library

LINE = {"channel": "sms", "title": "Texts", "address": "+447700900100"}


def settings(**given: Any) -> Settings:
    """Settings with a line of texts, but for what is given."""
    return Settings.model_validate({"lines": {"texts": LINE}, **given})


def test_what_changed_is_said_setting_by_setting() -> None:
    """A value where it is short and no secret; what a reload can't take waits for the next start."""
    after = settings(
        lines={"texts": {**LINE, "greeting": "Thank you, we are on our way to you as fast as anybody can walk."}},
        web={"port": 9090},
        sms={"tokens": ["a new secret"]},
        log={"level": "debug"},
    )
    assert [str(change) for change in changes(settings(), after)] == [
        "web.port: 8080, now 9090; this waits for the next start",
        "log.level: 'info', now 'debug'",
        "lines.texts.greeting changed",
        "sms.tokens changed; this waits for the next start",
    ]


def test_a_line_that_comes_or_goes_waits() -> None:
    """An address is a door: it opens and closes with the house."""
    after = Settings.model_validate({"lines": {"help": {**LINE, "channel": "mail", "address": "help@library.example"}}})
    said = [str(change) for change in changes(settings(), after)]
    assert said == [
        "lines.texts changed; this waits for the next start",
        "lines.help changed; this waits for the next start",
    ]
    assert merged(settings(), after).lines.keys() == {"texts"}


def test_only_what_can_be_taken_is_taken() -> None:
    """The others stay as they were, side by side in one table."""
    after = settings(lines={"texts": {**LINE, "title": "Text us", "address": "+447700900101"}}, noise={"most_texts": 9})
    taken = merged(settings(), after)
    assert (taken.lines["texts"].title, taken.lines["texts"].address) == ("Text us", "+447700900100")
    assert taken.noise.most_texts == 9


def _keys(model: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every setting of a table."""
    found = []
    for name in type(model).model_fields:
        value = getattr(model, name)
        inner = {"lines": next(iter(settings().lines.values()))}.get(name) if not above else None
        if inner is not None:
            found += _keys(inner, (name, "*"))
        elif hasattr(type(value), "model_fields"):
            found += _keys(value, (*above, name))
        else:
            found.append((*above, name))
    return found


def test_every_name_on_the_list_is_a_setting() -> None:
    """A setting that is renamed does not silently wait for the next start."""
    known = {".".join(key[:end]) for key in _keys(settings()) for end in range(1, len(key) + 1)}
    assert set(RELOADED) <= known


def test_the_operations_page_names_what_is_taken() -> None:
    """Setting by setting, or table by table, in the same order."""
    page = (Path(__file__).parent.parent / "docs" / "operations.md").read_text("utf-8")
    table = page.partition("<!-- reloaded -->")[2].partition("<!-- end -->")[0]
    assert tuple(re.findall(r"`([a-z_.*]+)`", table)) == RELOADED


def test_a_part_that_can_t_take_it_stops_all() -> None:
    """First everybody makes what they need, then everybody takes it."""
    took: list[str] = []
    reloading = Reloading(settings())
    reloading.add(lambda _: lambda: took.append("first"))

    def refuses(_: Settings) -> Callable[[], None]:
        raise BadConfig("zones.toml:3: floor: is missing")

    reloading.add(refuses)
    with pytest.raises(BadConfig, match=r"zones\.toml:3"):
        reloading.take(settings(noise={"most_texts": 9}))
    assert took == []
    assert reloading.settings.noise.most_texts == 6


def test_what_counts_on_a_setting_that_waits_is_refused() -> None:
    """A duty list by a line that is not there yet: the start would take both, a reload can't."""
    asked: list[Settings] = []

    def agree(each: Settings) -> list[str]:
        asked.append(each)
        return ["escalation.duty.lee.line: no line"] if each.escalation.duty else []

    reloading = Reloading(settings(), agree=agree)
    with pytest.raises(BadConfig, match=r"no line(.|\n)*next start"):
        reloading.take(settings(escalation={"duty": {"lee": {"address": "+447700900500", "line": "new"}}}))
    assert asked[-1].lines.keys() == {"texts"}


def test_secrets_are_never_said() -> None:
    """Neither the old nor the new."""
    before, after = settings(sms={"tokens": ["old-secret"]}), settings(mail={"relay_password": "new-secret"})
    said = " ".join(str(change) for change in changes(before, after))
    assert "sms.tokens changed" in said
    assert "secret" not in said


def test_a_whole_table_covers_what_is_in_it() -> None:
    """And a name does not cover another that begins like it."""
    assert is_reloaded(("noise", "most_texts"))
    assert is_reloaded(("lines", "texts", "greeting"))
    assert not is_reloaded(("lines", "texts"))
    assert not is_reloaded(("metrics", "enabled"))
    assert not is_reloaded(("lines", "texts", "policy"))


# In a house


def taken(town: Town, **given: Any) -> None:
    """The house takes settings that differ so."""
    house = town.house
    fresh = house.settings.model_copy(update=given)
    house.reloading.take(fresh)


async def test_texts_are_said_otherwise_from_now_on(tmp_path: Path) -> None:
    """The file that `texts` names is read again, whether or not its name has changed."""
    texts = tmp_path / "texts.toml"
    texts.write_text('[texts]\nfirst = "Thank you."\n')
    lines = {"text": LINES["text"]}
    async with library(lines=lines, texts=texts) as town:
        ana, ben = town.texter("ana", line="text"), town.texter("ben", line="text")
        await ana.texts("Are you open?")
        await ana.hears("Thank you.")
        texts.write_text('[texts]\nfirst = "We have your text."\n')
        town.house.reloading.take(town.house.settings)
        await ben.texts("Are you open?")
        await ben.hears("We have your text.")


async def test_a_limit_holds_from_now_on() -> None:
    """What a line may send is counted by the new limit."""
    async with library(lines={"text": LINES["text"]}) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        shorter = {"text": LINES["text"].model_copy(update={"most_segments": 1})}
        taken(town, lines=shorter)
        with pytest.raises(Exception, match="1 is the most on this line"):
            await mia.replies("x" * 200)
        taken(town, lines={"text": LINES["text"]})
        await mia.replies("x" * 200)


async def test_a_claim_holds_longer_from_now_on() -> None:
    """What is held already keeps its time."""
    async with library(lines={"text": LINES["text"]}) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        first = await mia.takes_next()
        taken(town, desk=town.house.settings.desk.model_copy(update={"claim_minutes": 60}))
        await town.texter("ben", line="text").texts("And on Sunday?")
        second = await mia.takes_next()
        assert first is not None
        assert second is not None
        assert first.held_until == town.clock.now() + 10 * 60_000
        assert second.held_until == town.clock.now() + 60 * 60_000


async def test_the_limit_of_noise_texts_is_the_new_one() -> None:
    """Who texts too often is set apart by what the settings say now."""
    async with library() as town:
        taken(town, noise=town.house.settings.noise.model_copy(update={"most_texts": 1}))
        ana = town.texter("ana")
        await ana.texts("Loud on level 3")
        await ana.texts("Still loud")
        kinds = [str(event.kind) for event in await town.log()]
        assert "set_apart" in kinds


async def test_a_title_is_shown_to_the_next_desk() -> None:
    """What staff call a line."""
    async with library(lines={"text": LINES["text"]}) as town:
        taken(town, lines={"text": LINES["text"].model_copy(update={"title": "Text us"})})
        assert (await town.house.desk.hello()).lines["text"] == "Text us"


async def test_a_line_s_rate_goes_on_where_it_was() -> None:
    """A reload is no way around a limit."""
    async with library(lines={"text": LINES["text"]}) as town:
        buckets = town.house.outbox._buckets
        before = buckets[LineId("text")]
        taken(town, noise=town.house.settings.noise.model_copy(update={"most_texts": 3}))
        assert buckets[LineId("text")] is before
        taken(town, lines={"text": LINES["text"].model_copy(update={"texts_per_second": 1.0})})
        assert town.house.outbox._buckets[LineId("text")] is not before
        assert Channel.SMS in town.house.outbox.channels
