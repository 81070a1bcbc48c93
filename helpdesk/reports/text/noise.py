"""What texts told of noise: zone by zone, hour by hour; numbers, with a block that only helps the eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpdesk.reports import words
from helpdesk.reports.contents import Noise, Report, Week, Went, ZoneNoise
from helpdesk.reports.text.lines import WIDTH, headline, table, wrapped

_BLOCKS = "▁▂▃▄▅▆▇█"
_STEPS = (1, 2, 3, 4, 6, 12, 24)
_NAME = 24


def noise(report: Report) -> Iterator[str]:
    """Where it was noisy and when, what kinds of noise, what came of it, how soon somebody went."""
    found = report.noise
    if found is None:
        return
    yield from headline("Noise")
    for said in words.noise(found):
        yield from wrapped(said)
    if not found.total.told:
        return
    yield ""
    yield from _zones(found)
    yield from _map("Texts by zone and hour", _hourly(found))
    yield from _map("Texts by weekday and hour", _days(found.total.texts))
    yield ""
    yield from wrapped(f"Kinds of noise: {words.counted(found.total.kinds, words.NOISES)}.", rest="  ")
    yield from wrapped(f"What came of them: {words.counted(found.total.outcomes, words.OUTCOMES)}.", rest="  ")
    yield from wrapped(words.NOT_PEOPLE)


def _zones(found: Noise) -> Iterator[str]:
    every = [*found.zones, *([found.unplaced] if found.unplaced.told or found.unplaced.heard else [])]
    told = [(words.zone(each), *_counts(each), *_went(each.went)) for each in every]
    total = found.total
    told.append(("All", *_counts(total), *_went(total.went)))
    heads = ("Where", "Texts", "Answered", "Noises", "Staffed", "Gone to", "Half within")
    yield from table(heads, told, left=(0,))


def _counts(each: ZoneNoise) -> tuple[str, ...]:
    return tuple(map(words.count, (each.told, each.answered, each.heard, each.staffed)))


def _went(went: Went) -> tuple[str, str]:
    return words.count(went.n), words.length(went.median, working=True)


# The map

Row = tuple[str, tuple[int, ...]]
"""What a row is called, and its count for each local hour."""


def _hourly(found: Noise) -> list[Row]:
    """Zones by hour, with the texts whose place nobody knew at the end."""
    return [(words.zone(each), each.by_hour) for each in (*found.zones, found.unplaced) if each.told]


def _days(week: Week) -> list[Row]:
    return [(day, counts) for day, counts in zip(words.WEEKDAYS, week, strict=True)]


def _map(title: str, found: Sequence[Row]) -> Iterator[str]:
    """A line for each row; hours are put together where there is no room for each."""
    used = [hour for hour in range(24) if any(counts[hour] for _, counts in found)]
    named = max(len(name) for name, _ in found)
    name = min(named, _NAME)
    for step in _STEPS:
        begins = range(min(used) // step * step, max(used) + 1, step)
        parts = [[sum(counts[begin : begin + step]) for begin in begins] for _, counts in found]
        digits = max(2, *(len(str(n)) for row in parts for n in row))
        if name + len(begins) * (digits + 2) <= WIDTH:
            break
    yield ""
    yield f"{title}{'' if step == 1 else f', {step} hours together from the one named'}"
    yield ""
    yield " " * name + "".join(f"{begin:0>2}".rjust(digits + 2) for begin in begins)
    most = max(map(max, parts))
    for (words_of, _), row in zip(found, parts, strict=True):
        *above, last = _folded(words_of, name)
        yield from above
        yield f"{last:<{name}}" + "".join(_cell(n, most, digits) for n in row)


def _folded(name: str, width: int) -> list[str]:
    """A name on as many lines as it takes."""
    lines = wrapped(name) if len(name) > width else [name]
    return lines if len(lines[-1]) <= width else [*lines, ""]


def _cell(count: int, most: int, digits: int) -> str:
    if not count:
        return "·".rjust(digits + 2)
    return f" {_BLOCKS[-(-count * len(_BLOCKS) // most) - 1]}{count:>{digits}}"
