"""Floors as signs and people write them, each under one name.

"3", "L3", "level 3", "3rd" and "third floor" are "3"; "G", "ground" and "0" are "0"; "B", "B1", "basement" and "-1"
are "-1"; "LG" (lower ground), "UG" (upper ground) and "M" (mezzanine) keep names of their own.
"""

from __future__ import annotations

import re

ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
"""Ordinals in words, up to the twelfth."""

NUMBERS = {
    word: str(number)
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
"""Numbers in words, up to twelve."""

LOWER_GROUND, UPPER_GROUND, MEZZANINE = "lg", "ug", "m"

LETTERED = {
    "g": "0",
    "gf": "0",
    "ground": "0",
    "b": "-1",
    "basement": "-1",
    "lg": LOWER_GROUND,
    "lgf": LOWER_GROUND,
    "lower ground": LOWER_GROUND,
    "ug": UPPER_GROUND,
    "ugf": UPPER_GROUND,
    "upper ground": UPPER_GROUND,
    "m": MEZZANINE,
    "mezz": MEZZANINE,
    "mezzanine": MEZZANINE,
}
"""Floors that signs name by letters or words."""

_SIGN = re.compile(r"(?:level|floor|l|f)? ?(-?\d{1,2})(?:st|nd|rd|th)?(?: (?:floor|level))?")
_BELOW = re.compile(r"(?:b|basement) ?(\d)")


def floor_key(sign: str) -> str:
    """The one name of a floor as a plan writes it; a sign that is no usual one is its own name, in small letters."""
    words = " ".join(sign.lower().replace("/", "").split())
    bare = words.removesuffix(" floor").removesuffix(" level").removeprefix("level ").removeprefix("floor ")
    if bare in LETTERED:
        return LETTERED[bare]
    if bare in ORDINALS or bare in NUMBERS:
        return ORDINALS.get(bare) or NUMBERS[bare]
    if found := _SIGN.fullmatch(words):
        return str(int(found[1]))
    if found := _BELOW.fullmatch(bare):
        return str(-int(found[1]))
    return bare


def height(key: str) -> float | None:
    """How high a floor lies, ground at 0; None for a floor of its own name."""
    between = {LOWER_GROUND: -0.5, UPPER_GROUND: 0.5, MEZZANINE: 0.7}
    if key in between:
        return between[key]
    return float(key) if re.fullmatch(r"-?\d{1,2}", key) else None
