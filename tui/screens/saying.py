"""How a screen tells its reader what was done, and what failed: toasts, cards, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from textual.screen import Screen

from helpdesk.errors import HelpdeskError, SignedOut, Stale, TryLater
from tui.commands import command
from tui.key_names import with_keys
from tui.keymap import shown
from tui.naming import stale_words
from tui.plain import many_lines
from tui.progress import Stopped
from tui.screens.refusal import Refusal
from tui.screens.working import Working
from tui.sitting import Sitting

T = TypeVar("T")

UNREACHABLE = "The desk's owner does not answer. Nothing was changed; try again in a moment."


class Saying(Working, inherit_bindings=False):
    """A screen of a sitting that asks the desk for things, and says how that went."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self.sitting = sitting

    @property
    def acts(self) -> asyncio.Lock:
        """One for all screens of a sitting."""
        return self.sitting.acts

    async def changed(self, *, left: bool = False) -> None:
        """The reader changed the ticket; ``left``: it is out of the way now."""
        raise NotImplementedError

    def say(self, words: str, *, warn: bool = False, long: bool = False) -> None:
        """A toast. It says what to do, and goes by itself; later, if it warns or takes ``long`` to read."""
        timeout, words = 6 if warn or long else 3, "\n".join(many_lines(with_keys(words, self._key_of)))
        saying = self.sitting.saying
        if words in saying:
            return
        saying.add(words)
        self.app.set_timer(timeout, lambda: saying.discard(words))
        self.app.notify(words, severity="warning" if warn else "information", timeout=timeout, markup=False)

    def refuse(self, words: str) -> None:
        """Say it in a card that must be dismissed; one at a time."""
        if self._top is not None and not isinstance(self._top, Refusal):
            self.app.push_screen(Refusal("\n".join(many_lines(with_keys(words, self._key_of)))))

    async def attempt(
        self,
        doing: Awaitable[T],
        *,
        unanswered: Callable[[], str] | None = None,
        stale: Callable[[str], object] | None = None,
    ) -> T | None:
        """What a verb returns; None where it failed, and the reader is told what to do. Stopped is for who asked.

        ``unanswered`` is called where nobody answered, and says what has become of what was to be done. ``stale``
        hears who changed it first, where somebody did, in the place of the reader.
        """
        try:
            return await doing
        except SignedOut as error:
            self.sitting.signed_out(str(error))
        except Stale as error:
            words = stale_words(error, self.sitting.name)
            if stale is not None:
                stale(words)
            else:
                self.say(words, warn=True)
                await self.changed()
        except Stopped:
            raise
        except (TryLater, OSError) as error:
            words = str(error) if isinstance(error, TryLater) else UNREACHABLE
            self.refuse(f"{words} {unanswered()}" if unanswered is not None else words)
        except HelpdeskError as error:
            self.say(str(error), warn=True)
        return None

    async def look(self, doing: Awaitable[T]) -> T | None:
        """What is read without having been asked for; None where that failed.

        A broken connection stands in the first line already. Anything else is told, once while it shows.
        """
        try:
            return await doing
        except SignedOut as error:
            self.sitting.signed_out(str(error))
            return None
        except HelpdeskError as error:
            words = str(error)
        except OSError:
            words = UNREACHABLE
        if not self.sitting.trouble:
            self.say(words, warn=True)
        return None

    def _key_of(self, name: str) -> str:
        """The keys of a command, as they are shown."""
        return shown(command(self.sitting.commands, name))

    @property
    def _top(self) -> Screen[Any] | None:
        """What lies over everything; None while the desk closes."""
        stack = self.app.screen_stack
        return stack[-1] if stack else None
