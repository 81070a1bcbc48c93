"""A day's noise: what one statement counts is what the rules count one by one; kept, stale and as it stood."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import pytest

from helpdesk import upkeep
from helpdesk.clock import Instant
from helpdesk.counting import spent_by
from helpdesk.daily import Day, day_from_text
from helpdesk.events import Seq
from helpdesk.local_days import local_day, span_of
from helpdesk.noise_days import NoiseDay
from helpdesk.ports import Sql
from helpdesk.store.verbs import days, events, folding, hindsight, incident_rows, rulebook
from helpdesk.ticket import ASIDE, Flag, State
from tests.loud.storm import ZONE, NoiseStorm, every_ticket, noise_storm
from tests.seeds import seeds


def _days(sql: Sql, begin: Instant, end: Instant, cut: Seq | None = None) -> list[Day]:
    """Every day from one moment's to another's, folded anew; with ``cut`` as it stood there."""
    published = rulebook.published(sql)
    past = None if cut is None else hindsight.past(sql, cut, end, published)
    first, last = local_day(begin, ZONE), local_day(end, ZONE)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [folding.fold(sql, ZONE, span_of(day, ZONE), spent_by(published), past) for day in every]


def _sums(noise: list[NoiseDay]) -> dict[str, object]:
    return {
        "texts": _in_all(_by_zone(day.zones, day.texts, 24) for day in noise),
        "noises": _in_all(_by_zone(day.zones, day.noises, 24) for day in noise),
        "answered": sum(sum(day.answered) for day in noise),
        "concerns": sum(sum(day.concerns) for day in noise),
        "staffed": sum(sum(day.staffed) for day in noise),
        "kinds": _in_all({name: sum(column) for name, column in day.kinds.items()} for day in noise),
        "outcomes": _in_all({name: sum(column) for name, column in day.outcomes.items()} for day in noise),
        "times": sorted(
            _of(day.zones, each) for day in noise for went in (day.there, day.away) for each in zip(*went, strict=True)
        ),
        "apart": _in_all(day.apart for day in noise),
    }


def _in_all(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    """What days counted, added up; what nobody counted is left out."""
    return sum((Counter(each) for each in counts), Counter())


def _by_zone(zones: Sequence[str], column: array[int], each: int) -> dict[str, int]:
    return {zone: sum(column[each * n : each * n + each]) for n, zone in enumerate(zones)}


def _of(zones: Sequence[str], went: tuple[int, int, int]) -> tuple[str, int, int]:
    zone, began, there = went
    return zones[zone], began, there


def _by_rule(sql: Sql) -> dict[str, object]:
    """The same, counted ticket by ticket and incident by incident."""
    every = every_ticket(sql)
    texts = [
        each
        for each in every
        if each.incident is not None
        and each.state not in ASIDE
        and each.merged_into is None
        and not each.flags & {Flag.TEST, Flag.AUTOMATIC}
    ]
    telling = {each.incident for each in texts}
    noises = [each for each in incident_rows.kept(sql).values() if each.id in telling]
    muted = [e for e in every if e.state is State.MUTED and e.merged_into is None and Flag.TEST not in e.flags]
    why = ([e.data["because"] for e in events.of_ticket(sql, each.id) if "because" in e.data][-1] for each in muted)
    return {
        "texts": Counter(each.zone for each in texts),
        "noises": Counter(each.zone for each in noises),
        "answered": sum(each.answered is not None for each in texts),
        "concerns": sum(each.concern != "" for each in texts),
        "staffed": sum(each.staffed for each in noises),
        "kinds": Counter(str(each.noise) for each in noises),
        "outcomes": Counter("going_on" if each.live else str(each.outcome or "unsaid") for each in noises),
        "times": sorted((each.zone, each.began, each.attended) for each in noises if each.attended is not None),
        "apart": Counter(map(str, why)),
    }


@pytest.mark.parametrize("seed", seeds(0, 3))
async def test_days_count_noise_as_the_rules_say(seed: int) -> None:
    """Every zone, kind, outcome and time, over everything that can happen; and its text reads back."""
    async with noise_storm(seed, 120) as storm:
        store = storm.town.house.store
        found = await store.read(_days, *await _span(storm))
        assert _sums([day.noise for day in found]) == await store.read(_by_rule)
        assert [day_from_text(day.to_text()) for day in found] == found
    assert sum(bool(day.noise.zones) for day in found) > 5


async def _span(storm: NoiseStorm) -> tuple[Instant, Instant]:
    every = await storm.town.house.store.read(every_ticket)
    return min(each.opened for each in every), storm.town.time.now


@pytest.mark.parametrize("seed", seeds(3, 6))
async def test_no_kept_day_of_noise_is_stale(seed: int) -> None:
    """Whatever happened to an incident since its day was kept, the day is what folding gives, or kept no more."""
    async with noise_storm(seed, 40) as storm:
        store = storm.town.house.store
        for _ in range(3):
            await storm.rolling.make_all(storm.town.time.now)
            await storm.blow(20)
            assert await store.read(days.keeping)
            assert await upkeep.check(store) == ()


@pytest.mark.parametrize("seed", seeds(6, 9))
async def test_noise_as_it_stood(seed: int) -> None:
    """Folded as of an earlier event a day holds what it held then, whatever was said of it since."""
    async with noise_storm(seed, 30) as storm:
        store, then = storm.town.house.store, []
        for _ in range(5):
            begin, end = await _span(storm)
            then.append((begin, end, await store.read(events.last), await store.read(_days, begin, end)))
            await storm.blow(16)
        for begin, end, cut, found in then:
            again = await store.read(_days, begin, end, Seq(cut))
            assert [day.noise for day in again] == [day.noise for day in found]
