"""What simulated patrons ask, and who they are: read from ``texts.toml`` beside this module."""

from __future__ import annotations

import random
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from typing import Any

from helpdesk.message import Channel
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ticket import Then

FIRST_NUMBER, LAST_NUMBER = 447_700_900_200, 447_700_900_999
"""The patrons' numbers, from Ofcom's drama range; +447700900000 to 199 are left to the library's lines."""

DOMAINS = ("student.example", "example.ac.uk")
"""Where the patrons have their mailboxes: domains that nobody can own."""

_UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "đ": "d"})


class Way(StrEnum):
    """The way a patron takes to the library: texts have two, an enquiries number and the Noiseline."""

    TEXT = "text"
    NOISE = "noise"
    MAIL = "mail"
    CHAT = "chat"

    @property
    def channel(self) -> Channel:
        """The channel that this way belongs to."""
        return Channel.SMS if self in {Way.TEXT, Way.NOISE} else Channel(self.value)


@dataclass(frozen=True, slots=True)
class Question:
    """Something a patron writes, and what staff answer: "" where it needs no answer."""

    text: str
    expects: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A patron's errand.

    ``follow_ups``    what they may write after replies, in this order
    ``subject``       of a mail; ``name``: who must be asking, "" for anybody
    ``attachment``    the name of a file that comes with the mail, "" for none
    ``quoted``        what the mail quotes below its text
    ``automatic``     the mail was written by a machine
    ``leaves_early``  the chat's visitor does not wait for an answer
    ``note``          what staff write down for each other
    ``then``          what staff set the ticket to with their first answer

    Of noise: ``where`` is texted when the library asks for the place, ``company`` by others about the same noise,
    ``pesters`` one after the other, waiting for nothing; ``outcome`` is what comes of it, None for whatever is drawn;
    ``mutes``: staff mute the texter.
    """

    id: str
    ways: tuple[Way, ...]
    opening: Question
    follow_ups: tuple[Question, ...] = ()
    subject: str = ""
    name: str = ""
    attachment: str = ""
    quoted: str = ""
    automatic: bool = False
    leaves_early: bool = False
    note: str = ""
    then: Then = "solved"
    where: str = ""
    company: tuple[str, ...] = ()
    pesters: tuple[str, ...] = ()
    outcome: NoiseOutcome | None = None
    mutes: bool = False

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is written in it, in order."""
        return (self.opening, *self.follow_ups)

    @property
    def likewise(self) -> tuple[str, ...]:
        """What else is texted about it, by whomever, that staff see to as they do to the opening."""
        return tuple(text for text in (self.where, *self.company, *self.pesters) if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All of ``texts.toml``. ``thanks``: what closes a conversation; ``welcome``: what staff say to it.

    ``general``: what staff answer when they don't know the question.
    """

    scenarios: tuple[Scenario, ...]
    first_names: tuple[str, ...]
    initials: str
    thanks: tuple[str, ...]
    welcome: str
    general: tuple[str, ...]

    def for_way(self, way: Way) -> tuple[Scenario, ...]:
        """The errands that can take this way."""
        return tuple(scenario for scenario in self.scenarios if way in scenario.ways)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A simulated patron: made up, and reachable nowhere."""

    id: str
    name: str
    mailbox: str
    number: str = field(repr=False)


def texts() -> Texts:
    """Read ``texts.toml``; ValueError or KeyError where it is not well formed."""
    content = tomllib.loads(resources.files("helpdesk.simulator").joinpath("texts.toml").read_text(encoding="utf-8"))
    return Texts(
        scenarios=tuple(_scenario(table) for table in content["question"]),
        first_names=tuple(content["first_names"]),
        initials=content["initials"],
        thanks=tuple(content["thanks"]),
        welcome=content["welcome"],
        general=tuple(content["general"]),
    )


def _scenario(table: Mapping[str, Any]) -> Scenario:
    read = {"ways", "text", "expects", "follow_ups", "quoted", "company", "pesters", "outcome"}
    own = {name: table[name] for name in table if name not in read}
    return Scenario(
        ways=tuple(Way(way) for way in table["ways"]),
        opening=_question(table),
        follow_ups=tuple(_question(each) for each in table.get("follow_ups", ())),
        quoted=table.get("quoted", "").strip(),
        company=tuple(table.get("company", ())),
        pesters=tuple(table.get("pesters", ())),
        outcome=NoiseOutcome(table["outcome"]) if "outcome" in table else None,
        **own,
    )


def _question(table: Mapping[str, str]) -> Question:
    return Question(text=table["text"].strip(), expects=table["expects"].strip())


def people(chance: random.Random, written: Texts) -> tuple[Person, ...]:
    """Everybody who may write, in the order of their first visit; one for each of the patrons' numbers."""
    numbers = list(range(FIRST_NUMBER, LAST_NUMBER + 1))
    chance.shuffle(numbers)
    return tuple(
        _person(place, number, f"{chance.choice(written.first_names)} {chance.choice(written.initials)}.")
        for place, number in enumerate(numbers, 1)
    )


def _person(place: int, number: int, name: str) -> Person:
    mailbox = f"{folded(name)}.{place}@{DOMAINS[place % len(DOMAINS)]}"
    return Person(id=f"patron {place}", name=name, mailbox=mailbox, number=f"+{number}")


def folded(name: str) -> str:
    """A name as the local part of a mailbox: "Siân B." is "sian.b"."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_UNFOLDED)).encode("ascii", "ignore").decode()
    return ".".join(plain.replace(".", " ").split())


class Deck:
    """Errands drawn without putting back; once all are drawn they are shuffled again."""

    def __init__(self, chance: random.Random, errands: Iterable[Scenario]) -> None:
        self._chance = chance
        self._errands = tuple(errands)
        self._left: list[Scenario] = []

    def draw(self) -> Scenario:
        """The next errand; IndexError where there is none at all."""
        if not self._left:
            self._left = self._chance.sample(self._errands, len(self._errands))
        return self._left.pop()
