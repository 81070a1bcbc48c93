"""What staff say of a ticket for the figures' sake: attended, tags, a late correction, why it was missed.

The other verbs, those of the day's work, are in :mod:`tui.screens.verbs`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.message import TicketId
from helpdesk.statements import tags_of
from helpdesk.ticket import Flag, Ticket
from tui.acts import Act
from tui.allowed import Target
from tui.meaning import CORRECTING, EXPLAINING, TAGGING_MANY, TESTING, TESTS
from tui.screens.line import Field, TypeLines, some_words
from tui.screens.pick import Option, Pick
from tui.screens.reporting import Reporting
from tui.sitting import Sitting
from tui.snooze import choices, of_lines, time_to_come
from tui.typed import typed_past
from tui.words import on_day

TAGGING = "Words with a space between, such as: printer refund. They replace the tags it has."


class Facts(Reporting):
    """Verbs that say something of a ticket. Each asks first, in one card or two."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._unsaid: dict[str, tuple[str, ...]] = {}

    # When it was attended

    def do_attended(self, rest: str = "") -> None:
        """Somebody went there: just now, or at a time that is typed."""
        if (target := self.target) is not None and rest:
            self._time(rest)
            self._say_of(target, self._attended, rest)
        elif target is not None:
            field = Field(placeholder="just now; or 10 min ago, 12:05", check=self._time)
            self._type(f"When did somebody go there for ticket {target.number}?", [field], self._attended)

    async def _attended(self, target: Target, typed: str) -> bool:
        sitting, when = self.sitting, self._time(typed)

        async def do(ticket: TicketId, version: int) -> Ticket:
            return await sitting.desk.attended(sitting.actor, ticket, version, when)

        return await self._verb(target, do, f"Ticket {target.number} was attended {self._at(when)}.")

    # What a figure needs to be right

    def do_correct(self, rest: str = "") -> None:
        """It was answered otherwise, by phone perhaps: when, and how."""
        if (target := self.target) is not None and rest:
            self._say_of(target, self._correct, *self._time_and_words(rest))
        elif target is not None:
            fields = [
                Field(placeholder="when: 10:05, or yesterday 16:30", check=self._typed_time),
                Field(placeholder="how, and how it is known: by phone, as the desk diary says"),
            ]
            self._type(f"When was ticket {target.number} answered in truth?", fields, self._correct, words=CORRECTING)

    async def _correct(self, target: Target, typed: str, why: str) -> bool:
        sitting, when = self.sitting, self._time(typed)

        async def do(ticket: TicketId, version: int) -> Ticket:
            return await sitting.desk.correct(sitting.actor, ticket, version, when, why)

        return await self._verb(target, do, f"Ticket {target.number}: answered {self._at(when)}, as corrected.")

    def do_explain(self, rest: str = "") -> None:
        """Why its standard was missed."""
        if (target := self.target) is not None and rest:
            self._say_of(target, self.explain, rest)
        elif target is not None:
            fields = [Field(placeholder="two of us were ill")]
            self._type(f"Why was ticket {target.number} late?", fields, self.explain, words=EXPLAINING)

    def do_promise(self, rest: str = "") -> None:
        """News is promised to the patron by a time to come."""
        sitting, target = self.sitting, self.target
        if target is None:
            return
        now, to_come = sitting.clock.now(), of_lines(sitting.ahead, [target.line])

        async def promised(by: Instant) -> None:
            async def do(ticket: TicketId, version: int) -> Ticket:
                return await sitting.desk.promise(sitting.actor, ticket, version, by)

            words = f"Ticket {target.number}: news is promised by {on_day(by, now, sitting.zone)}."
            await self._verb(target, do, words)

        def chosen(by: Instant | None) -> None:
            if by is not None:
                self.after_others(partial(promised, by))

        if rest:
            chosen(time_to_come(rest, now, sitting.zone, to_come))
            return
        options = [Option(each.words, each.shown, each.until) for each in choices(now, sitting.zone, to_come)]
        self.app.push_screen(Pick(f"Ticket {target.number}: news is promised by", options), chosen)

    def do_test(self) -> None:
        """A probe or a training contact: out of the figures, or back into them."""

        every = self.chosen or (() if self.target is None else (self.target,))
        back = bool(every) and all(Flag.TEST in each.flags for each in every)
        act = self._testing(back)
        if back and not self.chosen:
            self._do(act)
        elif back:
            self._ask(f"Do {self.called} count again?", "They count again", "", act)
        elif self.chosen:
            self._ask(f"Are {self.called} tests?", "They are tests", TESTS, act)
        elif self.target is not None:
            self._ask(f"Is {self.called} a test?", "It is a test", TESTING, act)

    def _testing(self, back: bool) -> Act:
        one, many = "is a test, and counts in no figure", "are tests, and count in no figure"
        return Act(
            command="test",
            do=partial(self.sitting.desk.test, self.sitting.actor),
            doing="Counting again" if back else "Marking",
            one="counts again" if back else one,
            many="count again" if back else many,
            unfit=lambda each: "" if back or Flag.TEST not in each.flags else "is a test already",
        )

    # Where it belongs

    def do_tags(self, rest: str = "") -> None:
        """Its tags, all of them."""

        if self.chosen:
            self._tag_many(rest)
            return

        async def work(target: Target, typed: str) -> bool:
            tags = tuple(dict.fromkeys(typed.casefold().split()))

            async def do(ticket: TicketId, version: int) -> Ticket:
                return await self.sitting.desk.tag(self.sitting.actor, ticket, version, tags)

            return await self._verb(target, do, f"Ticket {target.number}: {' '.join(tags) or 'no tags'}.")

        if (target := self.target) is not None and rest:
            _tags(rest)
            self._say_of(target, work, rest)
        elif target is not None:
            field = Field(placeholder="printer refund", value=" ".join(target.tags), check=_tags)
            self._type(f"Tags of ticket {target.number}", [field], work, words=TAGGING)

    def _tag_many(self, rest: str) -> None:
        """More tags for each that is selected, and away with others."""

        async def work(_: object, typed: str) -> bool:
            self._do(self._tagging(typed))
            return True

        if rest:
            _more_and_less(rest)
            self._do(self._tagging(rest))
        else:
            field = Field(placeholder="printer -refund", check=_more_and_less)
            self._type(f"Tags of {self.called}", [field], work, words=TAGGING_MANY, about=self.chosen)

    def _tagging(self, typed: str) -> Act:
        more, less = _more_and_less(typed)
        had = {each.id: each.tags for each in self.chosen}

        async def do(ticket: TicketId, version: int) -> Ticket:
            kept = [tag for tag in had[ticket] if tag not in less]
            tags = tuple(dict.fromkeys([*kept, *more]))
            return await self.sitting.desk.tag(self.sitting.actor, ticket, version, tags)

        then = f": {' '.join([*more, *(f'-{tag}' for tag in less)])}"
        return Act(command="tags", do=do, doing="Tagging", one=then, many=then)

    # How the questions are put

    def _at(self, when: Instant) -> str:
        return f"at {on_day(when, self.sitting.clock.now(), self.sitting.zone)}"

    def _time(self, typed: str) -> Instant:
        sitting = self.sitting
        return typed_past(typed, sitting.clock.now(), sitting.zone)

    def _typed_time(self, typed: str) -> Instant:
        some_words(typed)
        return self._time(typed)

    def _time_and_words(self, typed: str) -> tuple[str, str]:
        """ "10:05 by phone" as a time and how it is known; ValueError where one of them is missing."""
        words = typed.split()
        for count in range(len(words) - 1, 0, -1):
            with suppress(ValueError):
                self._time(" ".join(words[:count]))
                return " ".join(words[:count]), " ".join(words[count:])
        self._time(typed)
        raise ValueError(f"Say how it is known, too: {typed} by phone, as the desk diary says.")

    def _say_of(self, target: object, work: Callable[..., Awaitable[object]], *typed: str) -> None:
        """Do what was typed on one line, after what was done before; what can't be read was said already."""

        async def done() -> None:
            await work(target, *typed)

        self.after_others(done)

    def _type(
        self,
        title: str,
        fields: Sequence[Field],
        work: Callable[..., Awaitable[bool]],
        *,
        words: str = "",
        about: object = None,
    ) -> None:
        """Ask for lines about the ticket under the cursor, or ``about`` something else; ``work`` gets that, as it was
        seen, and the lines.

        Where that failed, they stand there when the same is asked again.
        """
        target = self.target if about is None else about
        if unsaid := self._unsaid.pop(title, None):
            fields = [replace(field, value=value) for field, value in zip(fields, unsaid, strict=True)]

        async def tried(typed: tuple[str, ...]) -> None:
            if not await work(target, *typed):
                self._unsaid[title] = typed

        def given(typed: tuple[str, ...] | None) -> None:
            if typed is not None and target is not None:
                self.after_others(partial(tried, typed))

        self.app.push_screen(TypeLines(title, fields, words=words), given)


def _tags(typed: str) -> None:
    try:
        tags_of(typed.split())
    except Refused as error:
        raise ValueError(str(error)) from None


_NUMBER = re.compile(r"[0-9]{1,9}")


def some_number(typed: str) -> None:
    """Digits alone; ValueError else."""
    if not _NUMBER.fullmatch(typed.strip()):
        raise ValueError("Type the number of the other one, in digits.")


def _more_and_less(typed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ "printer -refund" as tags to give and tags to take away; ValueError says what is none."""
    words = tuple(dict.fromkeys(typed.casefold().split()))
    more = tuple(word for word in words if not word.startswith("-"))
    less = tuple(word[1:] for word in words if word.startswith("-"))
    if not words:
        raise ValueError("Type a tag, or one to take away with - before it.")
    _tags(" ".join((*more, *less)))
    return more, less
