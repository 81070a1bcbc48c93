"""The guided tour: what it asks for, step by step, and when a step is done. Pure.

A step ends when what it asks for was really done: a command that was carried out (``open``), a fact of the log
(``replied``), or in line mode a verb (``verb open``). Where somebody does something else, the step waits.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass

from tui.plain import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do.

    ``words``   what is asked for; {take} is the key of that command
    ``spoken``  the same for line mode, where {take} is the verb
    ``ends``    any of these acts ends it
    """

    words: str
    spoken: str
    ends: frozenset[str]


def _step(words: str, spoken: str, *ends: str) -> Step:
    return Step(words=words, spoken=spoken, ends=frozenset(ends))


STEPS = (
    _step(
        "Who waits for an answer, the most urgent on top; the first column says how long there is. {down} goes down.",
        "Say {list}: who waits for an answer, the most urgent first.",
        "down", "up", "verb list", "verb down",
    ),
    _step(
        "{open} opens the one under the bar, with all that was said. {back} leads back.",
        "Say {open}: it reads all that was said.",
        "open", "verb open",
    ),
    _step(
        "{take} takes the ticket that most needs an answer. It is held for you, and colleagues see that.",
        "Say {take}: it takes the ticket that most needs an answer. It is held for you, and colleagues hear that.",
        "claimed", "verb take",
    ),
    _step(
        "{reply} answers: write a line, {send} sends it.",
        "Say {reply} and your words, as in: {reply} We are on our way.",
        "replied", "verb reply",
    ),
    _step(
        "It waits before it goes out: ten seconds as a rule, here half a minute. {undo} takes it back. Try it.",
        "It waits before it goes out: ten seconds as a rule, here half a minute. Say {undo}: it takes it back.",
        "unsent", "verb undo",
    ),
    _step(
        "The patron never had it. Your words are back: {send} sends them after all.",
        "The patron never had it. Say {reply} and your words once more.",
        "replied", "verb reply",
    ),
    _step(
        "{note} writes a note that only colleagues see, and {send} keeps it.",
        "Say {note} and your words: only colleagues hear it.",
        "noted", "verb note",
    ),
    _step(
        "{back} leads to the list. Open a text of somebody called Quiet Heron or the like: on the Noiseline names are"
        " made up, and nobody here sees the number.",
        "Open a text of somebody called Quiet Heron or the like, as in {open} 3: Noiseline names are made up, and"
        " nobody here learns the number.",
        "open noise", "verb open",
    ),
    _step(
        "{snooze} puts it out of sight until a time. Choose one.",
        "Say {snooze}, and choose a time: it is out of sight until then.",
        "snoozed", "verb snooze",
    ),
    _step(
        "{solve} says that one is done. Where nobody has answered yet it asks first.",
        "Say {solve} and a number: it is done. Where nobody has answered yet it asks first.",
        "solved", "verb solve",
    ),
    _step(
        "{keys} shows all keys; type a word to find one. Have a look, then come back with {back}.",
        "Say {keys}: all verbs with what they take.",
        "keys", "verb keys", "verb help",
    ),
)  # fmt: skip
"""The tour, in two minutes."""

OVER = "That was the tour. {quit} leaves; look round as long as you like. {tour} begins it again."
SKIPS = "{tour} skips it."


def commands_of(words: str) -> set[str]:
    """The commands that a sentence names."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


class Guide:
    """Where somebody is on the tour."""

    def __init__(self, *, spoken: bool = False) -> None:
        self._spoken = spoken
        self._at = 0

    @property
    def over(self) -> bool:
        """Whether every step was done or skipped."""
        return self._at >= len(STEPS)

    def saw(self, act: str) -> bool:
        """Somebody did something; whether that ended the step."""
        if self.over or act not in STEPS[self._at].ends:
            return False
        self._at += 1
        return True

    def skip(self) -> None:
        """The next step; after the last, the first again."""
        self._at = 0 if self.over else self._at + 1

    def words(self, key_of: Callable[[str], str]) -> str:
        """What is asked for now, in a sentence or two. ``key_of``: how a command's key, or its verb, is written."""
        said = OVER if self.over else self._step.spoken if self._spoken else self._step.words
        sentence = said if self.over else f"Tour {self._at + 1} of {len(STEPS)}: {said} {SKIPS}"
        return one_line(sentence.format_map({name: key_of(name) for name in commands_of(sentence)}))

    @property
    def _step(self) -> Step:
        return STEPS[self._at]
