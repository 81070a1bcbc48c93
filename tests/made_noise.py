"""The noise of the autumn of :mod:`tests.made_reports`, made by hand: two silent floors, a foyer, a café that moved."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.clock import MINUTE
from helpdesk.reports.contents import Noise, Week, Went, ZoneNoise
from helpdesk.reports.noise import KINDS, OUTCOMES

_DAYS = (6, 7, 6, 8, 4, 2, 3)
_HOURS = {9: 1, 10: 2, 11: 3, 12: 4, 13: 5, 14: 6, 15: 5, 16: 4, 17: 3, 18: 2, 19: 2, 20: 1, 22: 1}


def week(scale: int, share: int = 1) -> Week:
    """A week's counts: the busier the hour, the louder; ``share`` of them, rounded down."""
    return tuple(tuple(days * _HOURS.get(hour, 0) * scale // (96 * share) for hour in range(24)) for days in _DAYS)


def zone(zone: str, name: str, site: str, scale: int, medians: tuple[int | None, int | None]) -> ZoneNoise:
    """A zone with noise of all kinds; ``medians`` in minutes."""
    texts, noises = week(scale), week(scale, 2)
    told, heard = sum(map(sum, texts)), sum(map(sum, noises))
    staffed = heard - heard // 6
    went = tuple(
        Went(heard // part, minutes * MINUTE) if minutes is not None and heard // part else Went()
        for minutes, part in zip(medians, (2, 9), strict=True)
    )
    return ZoneNoise(
        zone=zone,
        name=name,
        site=site,
        texts=texts,
        noises=noises,
        answered=told - told // 12,
        concerns=told // 90,
        staffed=staffed,
        kinds=_parted(heard, KINDS),
        outcomes=_parted(heard, OUTCOMES),
        went=went[0],
        went_away=went[1],
    )


def _parted(n: int, names: Sequence[str]) -> dict[str, int]:
    """A number parted among names, most to the first."""
    found = {name: n // 2 ** (place + 1) for place, name in enumerate(names)}
    return found | {names[0]: found[names[0]] + n - sum(found.values())}


ZONES = (
    zone("l3-silent", "Silent study, level 3", "main", 40, (6, 21)),
    zone("l2-quiet", "Quiet study, level 2", "main", 24, (7, 24)),
    zone("annexe-reading", "The Ada Lovelace reading room and its gallery", "annexe", 9, (11, None)),
    zone("l0-cafe", "l0-cafe", "", 4, (None, None)),
)
UNPLACED = zone("", "", "", 6, (None, None))


def _week(weeks: Sequence[Week]) -> Week:
    return tuple(tuple(map(sum, zip(*rows, strict=True))) for rows in zip(*weeks, strict=True))


def _total() -> ZoneNoise:
    every = (*ZONES, UNPLACED)
    return ZoneNoise(
        texts=_week([each.texts for each in every]),
        noises=_week([each.noises for each in every]),
        answered=sum(each.answered for each in every),
        concerns=sum(each.concerns for each in every),
        staffed=sum(each.staffed for each in every),
        kinds={name: sum(each.kinds[name] for each in every) for name in KINDS},
        outcomes={name: sum(each.outcomes[name] for each in every) for name in OUTCOMES},
        went=Went(sum(each.went.n for each in every), 7 * MINUTE),
        went_away=Went(sum(each.went_away.n for each in every), 22 * MINUTE),
    )


NOISE = Noise(
    zones=ZONES,
    unplaced=UNPLACED,
    total=_total(),
    silent=("Group study, level 1", "Map room"),
    muted=9,
    limited=4,
    calendar="staffed",
)
