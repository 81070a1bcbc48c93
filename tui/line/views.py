"""Verbs about what is listed: a filter on the view, and the views that staff save."""

from __future__ import annotations

import re

from helpdesk.errors import Refused
from helpdesk.ports.views import SavedView
from helpdesk.queries import NotAQuery, both, read, written
from tui.commands import Where
from tui.line.asking import Option
from tui.line.reading import tell_page
from tui.line.said import Said
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.undoing import Deed
from tui.words import plural


async def filter_(talk: Talk, said: Said) -> None:
    """Narrow what is listed by a query, and read its first page."""
    words = said.words()
    if not words:
        words = await talk.ask.typed("Which query?", "channel:sms breaching:<10m", check=_readable)
    try:
        _readable(words)
    except NotAQuery as error:
        raise Refused(str(error)) from None
    here = talk.here
    label = talk.label
    here.query, here.title = both(talk.query, words), f"{label}, {words}"
    here.place, here.thread, here.sight = Where.WORKLIST, None, None
    await tell_page(talk, 0)


def _readable(typed: str) -> None:
    """A query. NotAQuery, a ValueError, says why it is none."""
    read(typed)


async def seen(talk: Talk, said: Said) -> None:
    """Take the marks of what changed away: of the tickets that are named or selected, or of all."""
    sitting, here = talk.sitting, talk.here
    number = said.number() if said.front is not None else None
    named = [number] if number is not None else list(here.selected)
    tickets = [(await sitting.desk.numbered(sitting.actor, each)).id for each in named]
    were = sitting.looked.at(tickets or (() if named else sitting.looked.changed))
    if not were:
        talk.voice.say("Nothing is marked as changed.")
        return
    words, looked = f"{plural(len(were), 'ticket')} marked as seen", sitting.looked

    async def back() -> bool:
        looked.mark(were)
        return True

    async def again() -> bool:
        looked.at(were)
        return True

    sitting.deeds.done(Deed(words=words, undo=back, redo=again))
    talk.voice.say(f"{words}.")


async def unfilter(talk: Talk, said: Said) -> None:
    """All of the fixed view again."""
    talk.here.query, talk.here.title, talk.here.place = "", "", Where.WORKLIST
    await tell_page(talk, 0)


async def save_view(talk: Talk, said: Said) -> None:
    """Save what is listed for oneself."""
    await _save(talk, said, shared=False)


async def share_view(talk: Talk, said: Said) -> None:
    """Save what is listed for everybody."""
    await _save(talk, said, shared=True)


async def _save(talk: Talk, said: Said, *, shared: bool, was: SavedView | None = None) -> None:
    """Under the name that is said, or asked for; "on 7" behind it is its key."""
    words = said.words() or await talk.ask.typed("Its name?", "Printers, or Printers on 7", check=_some)
    found = re.fullmatch(r"(.+?)\s+on\s+([0-9])", words.strip())
    name, digit = (found[1], found[2]) if found else (words, was.digit if was else "")
    actor, views = talk.sitting.actor, talk.sitting.desk.views
    keep = views.share if shared else views.keep
    asked = was.query if was is not None else talk.query
    saved = await keep(actor, name, asked, digit=digit, was=was.name if was is not None else "")
    talk.here.query, talk.here.title = saved.query or written(read("state:new,open,waiting")), saved.name
    talk.voice.say(f"“{saved.name}” is saved." + (f" Its key is {digit}." if digit else ""))


async def rename_view(talk: Talk, said: Said) -> None:
    """Give the saved view that is listed another name, or another key."""
    saved = await talk.sitting.desk.views.saved(talk.sitting.actor)
    view = next((each for each in saved if each.name == talk.here.title), None)
    if view is None:
        raise Refused("This view can't be renamed: it is the desk's own. First choose one that was saved.")
    await _save(talk, said, shared=view.shared, was=view)


async def drop_view(talk: Talk, said: Said) -> None:
    """Drop a saved view."""
    saved = await talk.sitting.desk.views.saved(talk.sitting.actor)
    if not saved:
        raise Refused("No view is saved.")
    view = await talk.ask.choose(
        "Which view?", [Option(words=each.name, value=each) for each in saved], given=said.words()
    )
    views = talk.sitting.desk.views
    await (views.withdraw if view.shared else views.drop)(talk.sitting.actor, view.name)
    if talk.here.title == view.name:
        talk.here.query, talk.here.title = "", ""
    talk.voice.say(f"“{view.name}” is dropped.")


def _some(typed: str) -> None:
    if not typed.strip():
        raise ValueError("Say its name.")


VIEWS = (
    Verb(id="filter", do=filter_, takes="[query]", words=True),
    Verb(id="unfilter", do=unfilter),
    Verb(id="seen", do=seen, takes="[ticket]"),
    Verb(id="save_view", do=save_view, takes="[name] [on 7]", words=True),
    Verb(id="share_view", do=share_view, takes="[name] [on 7]", words=True),
    Verb(id="rename_view", do=rename_view, takes="[name] [on 7]", words=True),
    Verb(id="drop_view", do=drop_view, takes="[name]", words=True),
)
"""Verbs about what is listed."""
