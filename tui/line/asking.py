"""Questions as numbered menus. Nothing is asked of a script: it is told what to say instead."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from tui.line.said import Said
from tui.line.voice import Voice
from tui.line.wrong import Left, NotUnderstood, NotUtf8, readable
from tui.plain import one_line

T = TypeVar("T")

NOTHING_DONE = "Nothing was done."
NOT_TAKEN = "It was not taken: write it again, in UTF-8."


def never() -> bool:
    """It can't be stopped between two steps."""
    return False


class Reader(Protocol):
    """Where lines come from. ``asks``: somebody is there who can be asked."""

    @property
    def asks(self) -> bool:
        """Whether somebody is there who can be asked."""
        ...

    async def line(self, prompt: str, *, secret: bool = False, begun: str = "") -> str | None:
        """The next line; None where there is none any more (ctrl+D, the end of a script), Left where it was left.

        ``secret``: it is not shown while it is typed. ``begun``: what stands on the line already.
        """
        ...

    async def doing(self, work: Coroutine[Any, Any, int], *, stops: Callable[[], bool] = never) -> int:
        """Do something that whoever is there may leave meanwhile: then it is Left.

        ``stops`` stops it after the step at hand, and is False where it can't: then it is ended where it is.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(Generic[T]):
    """One line of a menu: what it says, what is said beside it, what it stands for, other words for it."""

    words: str
    value: T
    hint: str = ""
    also: str = ""

    @property
    def said(self) -> str:
        """As it is read aloud."""
        return f"{one_line(self.words)}, {one_line(self.hint)}" if self.hint else one_line(self.words)

    @property
    def names(self) -> list[str]:
        """All that may be typed for it, without regard to case."""
        return [one_line(each).casefold() for each in (self.words, self.hint, *self.also.split("|")) if each]


class Asker:
    """Asks over a voice and a reader. ``waits``: somebody is being asked now."""

    def __init__(self, voice: Voice, reader: Reader) -> None:
        self._voice, self.reader = voice, reader
        self.waits = False

    def warn(self, words: str) -> None:
        """What is wrong with an answer."""
        self._voice.warn(words)

    async def line(self, prompt: str, *, secret: bool = False, begun: str = "") -> str:
        """A line; Left where it was left."""
        said = await self.heard(prompt, secret=secret, begun=begun)
        if said is None:
            raise Left(NOTHING_DONE)
        return said

    async def heard(self, prompt: str, *, secret: bool = False, begun: str = "") -> str | None:
        """A line, None where there is none any more; Left where the reader leaves it.

        One that is not UTF-8 is asked for again; NotUtf8 where nobody is there to be asked.
        """
        while True:
            self.waits = True
            try:
                line = await self.reader.line(prompt, secret=secret, begun=begun)
            finally:
                self.waits = False
            try:
                return None if line is None else readable(line, NOT_TAKEN)
            except NotUtf8 as wrong:
                if not self.reader.asks:
                    raise
                self.warn(str(wrong))

    async def choose(
        self, title: str, options: Sequence[Option[T]], *, given: str = "", default: int | None = None
    ) -> T:
        """What was picked: by ``given``, else from the menu. ``default``: the option that enter takes, from 0."""
        if given:
            return picked(options, given).value
        if not self.reader.asks:
            raise NotUnderstood(f"{title} Say one of: {'; '.join(each.said for each in options)}.")
        self._voice.say(title)
        for at, each in enumerate(options, start=1):
            self._voice.say(f"{at}. {each.said}.")
        enter = "enter to leave it" if default is None else f"enter for {one_line(options[default].words)}"
        while True:
            said = (await self.line(f"Number or {enter}: ")).strip()
            if not said and default is None:
                raise Left(NOTHING_DONE)
            try:
                return options[default].value if not said and default is not None else picked(options, said).value
            except NotUnderstood as wrong:
                self._voice.warn(str(wrong))

    async def sure(self, question: str, yes: str, said: Said, means: str = "") -> None:
        """Go on only where somebody says so: the answer is No unless they do. Left otherwise."""
        if "yes" in said:
            return
        words = f"{question} {means}".strip()
        if not self.reader.asks:
            raise NotUnderstood(f"{words} Say it again with --yes.")
        if not await self.choose(words, [Option(words="No", value=False), Option(words=yes, value=True)], default=0):
            raise Left(NOTHING_DONE)

    async def typed(
        self, title: str, like: str, *, given: str = "", check: Callable[[str], object], value: str = ""
    ) -> str:
        """A line of words. ``like``: what it may look like; ``check`` raises ValueError with what is wrong with it."""
        if given or not self.reader.asks:
            return self._given(title, like, given, check)
        self._voice.say(f"{title} Such as: {like}.")
        while True:
            said = (await self.line("Your words, or ctrl+D to leave it: ", begun=value)).strip()
            try:
                check(said)
            except ValueError as wrong:
                self._voice.warn(str(wrong))
            else:
                return said

    def _given(self, title: str, like: str, given: str, check: Callable[[str], object]) -> str:
        """What was said on the line, if it is good; where nothing was, nothing must be good enough."""
        try:
            check(given)
        except ValueError as wrong:
            raise NotUnderstood(str(wrong) if given else f"{title} Say it on the line, such as: {like}.") from None
        return given


def picked(options: Sequence[Option[T]], said: str) -> Option[T]:
    """The option of a number, or the only one that begins with what was said, or has it in it."""
    wanted = one_line(said).casefold()
    if wanted.isdecimal() and 1 <= int(wanted) <= len(options):
        return options[int(wanted) - 1]
    whole = [each for each in options if wanted in each.names]
    begun = whole or [each for each in options if any(name.startswith(wanted) for name in each.names)]
    found = begun or [each for each in options if any(wanted in name for name in each.names)]
    if len(found) == 1 or (found and found == whole):
        return found[0]
    which = "; ".join(each.said for each in found or options)
    raise NotUnderstood(f"{'Several fit' if found else 'Nothing there is called'} {said!r}. There is: {which}.")
