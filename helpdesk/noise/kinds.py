"""Which kind of noise a text tells of, from the words in ``kinds.toml``. Pure.

Words are read as they are texted: misspelt, cut short, drawn out, with no capitals. Where several kinds are named the
one that says most of what to do there wins: somebody who talks on a phone is on the phone, a group that eats and plays
music plays music.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from helpdesk.noise.phrases import Phrases, literals
from helpdesk.noise.spelling import Spelling


class NoiseKind(StrEnum):
    """What makes the noise."""

    TALKING = "talking"
    PHONE = "phone"
    MUSIC = "music"
    FOOD = "food"
    OTHER = "other"


def noise_kind(text: str) -> NoiseKind:
    """The kind of noise; ``OTHER`` where no word says."""
    lists = _lists()
    found = {kind for kind, _ in lists.phrases.find([word.text for word in lists.spelling.words(text)])}
    return next((kind for kind in lists.order if kind in found), NoiseKind.OTHER)


@dataclass(frozen=True, slots=True)
class _Lists:
    order: tuple[NoiseKind, ...]
    phrases: Phrases[NoiseKind]
    spelling: Spelling


@cache
def _lists() -> _Lists:
    """The words of each kind, read once."""
    values = tomllib.loads(resources.files("helpdesk.noise").joinpath("kinds.toml").read_text("utf-8"))
    kinds: list[tuple[NoiseKind, list[str]]] = [(NoiseKind(kind), words) for kind, words in values["kinds"].items()]
    return _Lists(
        order=tuple(kind for kind, _ in kinds),
        phrases=Phrases(kinds, {}),
        spelling=Spelling(
            known=literals(word for _, words in kinds for word in words),
            spelt=values["spelt"],
            near=values["near"]["words"],
            apart=values["near"]["apart"],
        ),
    )
