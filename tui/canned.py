"""Macros at the desk: what is filled in, which are offered, and what quotes the patron. No Textual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from helpdesk.errors import HelpdeskError
from helpdesk.macros import Macro, blanks, fill, from_page, like
from helpdesk.message import Channel, TicketId
from helpdesk.thread import Entry, EntryKind
from helpdesk.ticket import Ticket
from tui.composing import THEN
from tui.opening import MONTHS_IN_FULL, open_words, why_unsaid
from tui.plain import many_lines
from tui.sitting import Sitting, first_word
from tui.snooze import of_lines
from tui.undoing import Deed
from tui.words import LONG_DAYS, local

NONE = "There are no macros yet. :macros writes one, and helpdesk macros starter prints some to begin with."


async def known(sitting: Sitting) -> tuple[Macro, ...]:
    """The macros, and the opening hours that they may tell, as both stand now."""
    sitting.ahead = await sitting.desk.openings.ahead(sitting.actor)
    return await sitting.desk.macros.known(sitting.actor)


def facts(ticket: Ticket, sitting: Sitting) -> dict[str, str]:
    """What is known of a ticket and its writer, by the names of blanks; what nobody knows is not there."""
    me, today = sitting.name(sitting.actor), local(sitting.clock.now(), sitting.zone)
    name = _name(ticket)
    found = {
        "name": name,
        "first_name": first_word(name),
        "number": str(ticket.number),
        "subject": ticket.subject,
        "me": me,
        "my_first_name": first_word(me),
        "library": sitting.hello.library,
        "line": sitting.hello.lines.get(ticket.line, ""),
        "open": open_words(of_lines(sitting.ahead, [ticket.line]), sitting.clock.now(), sitting.zone),
        "today": f"{LONG_DAYS[today.weekday()]} {today.day} {MONTHS_IN_FULL[today.month - 1]}",
    }
    return {each: value for each, value in found.items() if value}


def _name(ticket: Ticket) -> str:
    """How the patron is called, "" where only a number, an address or the name of a stranger in a noise is known."""
    gave = ticket.person is not None or (ticket.channel is Channel.CHAT and ticket.name != "visitor")
    named = gave and any(letter.isalpha() for letter in ticket.name) and "@" not in ticket.name
    return ticket.name if named else ""


def filled(macro: Macro, ticket: Ticket, sitting: Sitting) -> str:
    """A macro's text for a ticket; its blanks are marked still."""
    return fill(macro.text, facts(ticket, sitting)).text


def unsaid(macro: Macro, line: str, sitting: Sitting) -> str:
    """Why the opening hours that a macro tells are still a blank, "" where they are not."""
    to_come = of_lines(sitting.ahead, [line])
    if "open" not in blanks(macro.text) or open_words(to_come, sitting.clock.now(), sitting.zone):
        return ""
    return f"{{open}} is yours to write. {why_unsaid(to_come)}"


def hint(macro: Macro) -> str:
    """What is said of a macro beside its name: whose it is, and what it does besides."""
    parts = ["shared" if macro.shared else "yours"]
    parts += ["opens a chat"] if macro.opener else []
    parts += [f"then it {THEN[macro.becomes]}"] if macro.becomes else []
    parts += [" ".join(macro.tags)] if macro.tags else []
    return ", ".join(parts)


def named(typed: str, macros: Iterable[Macro]) -> Macro:
    """The macro that was meant. ValueError, with the names, where none or several could be."""
    found = like(typed, macros)
    exact = [each for each in found if each.name.casefold() == typed.casefold().strip()]
    if exact or len(found) == 1:
        return (exact or found)[0]
    if not found:
        raise ValueError(f"No macro is called {typed!r}. :macros shows them.")
    raise ValueError(f"{typed!r} could be {', '.join(each.name for each in found[:4])}. Type more of its name.")


def said_in_short(macro: Macro) -> str:
    """What a toast says as a macro is put in: what it does besides."""
    parts = [f"then it {THEN[macro.becomes]}"] if macro.becomes else []
    parts += [f"tags: {' '.join(macro.tags)}"] if macro.tags else []
    return f"{macro.name}: {'; '.join(parts)}." if parts else ""


def quoted(entries: Sequence[Entry]) -> str:
    """The patron's last words, each line after "> "; "" where they said nothing."""
    came = [entry for entry in entries if entry.kind is EntryKind.IN]
    if not came:
        return ""
    text = came[-1].text[: came[-1].quote_from]
    lines = [line.rstrip() for line in many_lines(text.strip())]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n" if lines else ""


def asks_to_quote(before: str, after: str) -> int | None:
    """The line on which a lone ">" was typed just now, None where something else was."""
    if len(after) != len(before) + 1:
        return None
    old, new = before.split("\n"), after.split("\n")
    changed = [at for at, (was, now) in enumerate(zip(old, new, strict=False)) if was != now]
    return changed[0] if len(old) == len(new) and len(changed) == 1 and new[changed[0]] == ">" else None


def remember(sitting: Sitting, ticket: TicketId, macro: Macro) -> None:
    """Its tags are given as the reply is sent."""
    if macro.tags:
        sitting.kept.tagging[ticket] = tuple(dict.fromkeys((*sitting.kept.tagging.get(ticket, ()), *macro.tags)))


async def tag_besides(sitting: Sitting, ticket: Ticket) -> Ticket:
    """What macros tag a ticket with as they are sent; where that fails the reply is sent all the same."""
    wanted = sitting.kept.tagging.pop(ticket.id, ())
    tags = tuple(dict.fromkeys((*ticket.tags, *wanted)))
    if tags == ticket.tags:
        return ticket
    try:
        made = await sitting.desk.tag(sitting.actor, ticket.id, ticket.version, tags)
    except HelpdeskError:
        return ticket
    sitting.kept.tagged[ticket.id] = made.version, wanted
    return made


async def untag(sitting: Sitting, ticket: TicketId) -> None:
    """The reply was taken back: its macro's tags go with it, and come again as it is sent again.

    They stay where somebody has changed the ticket since.
    """
    version, wanted = sitting.kept.tagged.pop(ticket, (0, ()))
    if version:
        sitting.kept.tagging[ticket] = wanted
        with suppress(HelpdeskError, OSError):
            await sitting.desk.undo(sitting.actor, ticket, version)


async def keep(sitting: Sitting, before: Macro | None, page: str) -> str:
    """Keep a macro as its page says; an empty page lets it go. What was done, in words. Refused where it can't be."""
    if not page.strip():
        return await _drop(sitting, before) if before is not None else "No macro was made."
    macro = from_page(page)
    if macro == before:
        return f"Macro {macro.name} is as it was."
    made = await _save(sitting, macro)
    if before is not None and (before.name, before.shared) != (made.name, made.shared):
        await _let_go(sitting, before)
    return f"Macro {made.name} is kept, {'for everybody' if made.shared else 'for you'}."


async def _save(sitting: Sitting, macro: Macro) -> Macro:
    desk = sitting.desk.macros
    save = desk.share if macro.shared else desk.save
    return await save(
        sitting.actor, macro.name, macro.text, becomes=macro.becomes, tags=macro.tags, opener=macro.opener
    )


async def _let_go(sitting: Sitting, macro: Macro) -> None:
    desk = sitting.desk.macros
    await (desk.unshare if macro.shared else desk.drop)(sitting.actor, macro.name)


async def _drop(sitting: Sitting, macro: Macro) -> str:
    await _let_go(sitting, macro)

    async def back() -> bool:
        await _save(sitting, macro)
        return True

    async def again() -> bool:
        await _let_go(sitting, macro)
        return True

    sitting.deeds.done(Deed(words=f"macro {macro.name} is dropped", undo=back, redo=again))
    return f"Macro {macro.name} is dropped."
