"""The retention schedule: what is kept, for how long, and what becomes of it then; made from the settings.

It says what this program does by itself. What nothing erases by itself is said to stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.config import LineSettings, RetentionSettings, Settings
from helpdesk.message import Channel
from helpdesk.plurals import plural

STAYS = "until somebody erases it (`helpdesk forget`); nothing does so by itself"
"""What is kept where no day is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row: ``what``, for how ``long``, what happens ``then``, and the ``setting`` that decides ("" for none)."""

    what: str
    long: str
    then: str
    setting: str = ""


def schedule(settings: Settings) -> dict[str, tuple[Kept, ...]]:
    """The rows, under a heading for each sealed line, one for all other lines, and one for the desk itself."""
    sealed = {name: line for name, line in settings.lines.items() if line.policy == "sealed"}
    rows = {f"{line.title} (sealed line {name})": tuple(_sealed(settings, name, line)) for name, line in sealed.items()}
    if others := [line for line in settings.lines.values() if line.policy == "open"]:
        rows[f"Open lines: {', '.join(line.title for line in others)}"] = tuple(_open(settings.retention, others))
    return {**rows, "The desk": tuple(_desk(settings.retention))}


def _sealed(settings: Settings, name: str, line: LineSettings) -> Iterator[Kept]:
    setting = f"lines.{name}.reply_days"
    days = _days(line.reply_days)
    longest = max(each.reply_days for each in settings.lines.values())
    yield Kept(
        what="The texter's number",
        long="not kept",
        then="it is in memory from the carrier's call to the seal, and while an answer is sent",
    )
    yield Kept(
        what="The sealed reply address, its key, and the handle",
        long=f"{days} after the conversation's last message",
        then="the key is destroyed, address and handle are forgotten, the databases' logs are emptied",
        setting=setting,
    )
    yield Kept(
        what="The key that makes handles",
        long=f"{_days(settings.store.epoch_days)}, and {_days(longest)} more to recognise who goes on texting",
        then="it is destroyed: texts of two such spans can't be joined after that",
        setting="`store.epoch_days`, and the longest reply_days of all lines",
    )
    yield Kept(
        what="The carrier's copies of the texts, both ways",
        long=f"{days} after the conversation's last message",
        then="the carrier is asked to delete them, again and again until it has; the log notes it",
        setting=setting,
    )
    yield Kept(
        what="The carrier's id of each text",
        long="until the carrier has deleted the text",
        then="it is forgotten: it is a road back to the number",
    )
    yield Kept(
        what="The words of the texts, numbers and e-mail addresses in them masked; the words of the answers",
        **_aged(settings.retention.sealed_text_days, "sealed_text_days", "they are erased, also from the word index"),
    )
    yield Kept(
        what="Pictures that came with texts, without what a file tells about its sender; who has texted STOP",
        long=f"{days} after the conversation's last message",
        then="they are deleted; at the carrier STOP holds",
        setting=setting,
    )
    yield Kept(what="The made-up name (Quiet Heron)", long="as long as the words", then="")


_TITLES = {Channel.MAIL: "Mail", Channel.SMS: "Texts", Channel.CHAT: "Chats"}


def _open(kept: RetentionSettings, lines: list[LineSettings]) -> Iterator[Kept]:
    channels = {line.channel for line in lines}
    for channel in sorted(channels & _TITLES.keys(), key=list(_TITLES).index):
        who, words = f"{channel}_identity_days", f"{channel}_text_days"
        days = getattr(kept, who) or getattr(kept, words)
        then = "the carrier is asked to delete its copies, too" if channel is Channel.SMS else "they are erased"
        yield Kept(
            what=f"{_TITLES[channel]}: names, addresses and numbers of patrons",
            **_aged(days, who if getattr(kept, who) else words, then),
        )
        yield Kept(
            what=f"{_TITLES[channel]}: the words of messages and answers, notes, files",
            **_aged(getattr(kept, words), words, "they are erased, also from the word index"),
        )
    if Channel.MAIL in channels:
        then = "it is erased; who wrote being forgotten, it goes in any case"
        yield Kept(
            what="Each mail as it came in, with its files",
            **_aged(kept.mail_raw_days, "mail_raw_days", then, since="it came in"),
        )
    if Channel.SMS in channels:
        yield Kept(
            what="Which number wants no texts",
            long="until START is texted from it, or its owner is forgotten",
            then="the row is deleted; at the carrier STOP holds",
        )


def _aged(days: int, setting: str, then: str, *, since: str = "the ticket was closed") -> dict[str, str]:
    """The rest of a row that a setting in [retention] decides."""
    if not days:
        return {"long": STAYS, "then": "", "setting": f"retention.{setting}"}
    return {"long": f"{_days(days)} after {since}", "then": then, "setting": f"retention.{setting}"}


def _desk(kept: RetentionSettings) -> Iterator[Kept]:
    yield Kept(
        what="Contacts by phone and at the desk: what staff noted",
        **_aged(kept.desk_text_days, "desk_text_days", "it is erased, also from the word index"),
    )
    yield Kept(
        what="The log: what happened to a ticket and when, by whom of the staff; no words, names or addresses; "
        "numbers, times, clocks and counts",
        long="for good",
        then="reports are made from it",
    )
    yield Kept(
        what="What webhooks were sent, and how it went; ids, enums, numbers and times, no words, no names",
        long="30 days, or sooner beyond the latest of each hook",
        then="the row is deleted",
        setting="`hooks.keep`",
    )
    yield Kept(
        what="What probes of our own lines came to; their messages are nobody's and are not kept",
        long="30 days",
        then="the row is deleted",
    )
    yield Kept(what="Who of the staff was there", long="a day after the last sign of life", then="the row is deleted")
    yield Kept(
        what="The audit trail: who of the staff opened what, who signed in, what was refused; ids and times alone",
        long="for good",
        then="each row is bound to the one before",
    )
    yield Kept(
        what="Personal tokens of staff, as digests, with their names and last use",
        long="a year after they expired or were revoked",
        then="the row is deleted",
    )
    yield Kept(
        what="What staff have begun to write and not sent; each reads their own",
        long="30 days after it was last touched, at the most as long as its ticket's names",
        then="the row is deleted; on a sealed line also when the way back is destroyed",
    )
    yield Kept(what="Trouble that the desk shows", long="a day; questions to staff a week", then="the row is deleted")
    yield Kept(what="The keys by which a repeated request is known", long="a week", then="the row is deleted")
    yield Kept(
        what="The program's own log file; no words, no numbers", long="as the system's log rotation says", then=""
    )
    yield Kept(
        what="Backups of the store; no keys and no handles in them, but what was forgotten since they were made",
        long="as your own rule for backups says",
        then="",
    )


def _days(n: int) -> str:
    return plural(n, "day")


def as_markdown(settings: Settings) -> str:
    """The schedule as a page: a table under each heading."""
    parts = [f"# Retention schedule of {settings.library.name}\n"]
    for heading, rows in schedule(settings).items():
        lines = [f"| {row.what} | {row.long} | {row.then} | {_named(row.setting)} |" for row in rows]
        head = "| What | Kept | Then | Setting |\n|---|---|---|---|"
        parts.append("\n".join([f"## {heading}\n", head, *lines]) + "\n")
    return "\n".join(parts)


def _named(setting: str) -> str:
    return f"`{setting}`" if setting.startswith(("lines.", "retention.")) else setting
