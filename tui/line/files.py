"""Verbs about the files that came with a ticket: saved, read out, or opened in the member's own viewer."""

from __future__ import annotations

import asyncio
from pathlib import Path

from helpdesk.errors import Refused
from helpdesk.thread import File
from tui.allowed import Target
from tui.files import clean_name, default_folder, file_number, files_of, folder_of, saved, short
from tui.key_names import with_keys
from tui.kinds import Fit, Kind, fit_to_open, never_opened, text_of
from tui.line.asking import NOTHING_DONE, Option
from tui.line.said import Said
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import Left, NotUnderstood
from tui.plain import many_lines, one_line
from tui.progress import Meter
from tui.words import plural, size


async def _files(talk: Talk, target: Target) -> tuple[File, ...]:
    """The files of a ticket; Refused where none came with it."""
    files = files_of(await talk.sitting.desk.thread(talk.sitting.actor, target.id))
    if not files:
        raise Refused(f"No file came with ticket {target.number}.")
    return files


async def save(talk: Talk, said: Said) -> None:
    """Save the files that came with a ticket: all, or the one that is chosen."""
    target, sitting = await talk.ticket(said, "save"), talk.sitting
    files = await _files(talk, target)
    folder = await _folder(talk, said, target.number, files)
    sitting.folder = folder
    with talk.metering(Meter("Saving", len(files))) as meter:
        for file in files:
            await _save_one(talk, target.number, folder, file, meter)
            meter.done += 1


async def _fetched(talk: Talk, file: File, meter: Meter) -> bytes:
    """What a file holds; Left where that was stopped."""
    fetching = talk.sitting.desk.attachment(talk.sitting.actor, file.digest)
    content = None if meter.stopping else await meter.unless_stopped(fetching)
    if content is None:
        raise Left(f"Stopped: {meter.done} of {plural(meter.total, 'file')} saved." if meter.total else NOTHING_DONE)
    return content


async def _save_one(talk: Talk, number: int, folder: Path, file: File, meter: Meter) -> None:
    content = await _fetched(talk, file, meter)
    try:
        path = await asyncio.to_thread(saved, folder, file.name, content)
    except OSError as error:
        raise Refused(f"{clean_name(file.name)} could not be written: {error.strerror or error}.") from None
    talk.voice.tell("saved", {"ticket": number, "path": str(path)}, [f"Saved: {short(path, Path.home())}."])


async def _folder(talk: Talk, said: Said, number: int, files: tuple[File, ...]) -> Path:
    """Where they go: the folder that was said, or the usual one where somebody agrees."""
    usual = talk.sitting.folder or default_folder(Path.home())
    given = said.words()
    if not given and talk.ask.reader.asks:
        names = ", ".join(f"{one_line(each.name) or 'unnamed'}, {size(each.size)}" for each in files)
        talk.voice.say(f"Ticket {number} came with {plural(len(files), 'file')}: {names}.")
        given = (await talk.ask.line(f"Folder, or enter for {short(usual, Path.home())}: ")).strip()
    try:
        return folder_of(given or str(usual))
    except ValueError:
        folder = one_line(given or str(usual))
        raise Refused(f"{folder} is no folder. Say another one, as in save {number} ~/Downloads.") from None


async def open_file(talk: Talk, said: Said) -> None:
    """Read a text file out, or open another file in the viewer."""
    target = await talk.ticket(said, "open_file")
    file = await _picked(talk, said, target)
    try:
        if reason := never_opened(file.name):
            raise Refused(reason)
        with talk.metering(Meter("Fetching the file", stops="leaves it")) as meter:
            content = await _fetched(talk, file, meter)
        fit = await asyncio.to_thread(fit_to_open, file.name, content)
        if fit.kind is Kind.TEXT:
            _read_out(talk, target.number, fit.name, text_of(content))
        else:
            await _view(talk, target.number, fit, content)
    except Refused as error:
        raise Refused(with_keys(str(error), str)) from None


async def _picked(talk: Talk, said: Said, target: Target) -> File:
    """The file whose number was said, the only one, or the one that is chosen."""
    files, given = await _files(talk, target), said.words()
    try:
        number = file_number(given) if given else None
    except ValueError as error:
        raise NotUnderstood(str(error)) from None
    if number is not None and number > len(files):
        came = plural(len(files), "file")
        raise NotUnderstood(f"{came} came with ticket {target.number}: there is no file {number}.")
    if number is not None or len(files) == 1:
        return files[(number or 1) - 1]
    options = [Option(words=one_line(each.name) or "unnamed", hint=_hint(each), value=each) for each in files]
    return await talk.ask.choose(f"Open which file of ticket {target.number}?", options)


def _hint(file: File) -> str:
    return f"{size(file.size)}{', only saved' if never_opened(file.name) else ''}"


def _read_out(talk: Talk, number: int, name: str, text: str) -> None:
    lines = [f"  {each}" for each in many_lines(text)]
    talk.voice.tell("file", {"ticket": number, "name": name, "text": text}, [f"File: {name}.", *lines])


async def _view(talk: Talk, number: int, fit: Fit, content: bytes) -> None:
    """In the viewer: the prompt is back once that ended, or at ctrl+C, which leaves it open."""
    if not talk.ask.reader.asks:
        raise Refused(f"Nobody is here to look at {fit.name}: save {number} writes it to a folder.")
    viewing = talk.sitting.viewing
    viewer = viewing.viewer
    try:
        path = await asyncio.to_thread(viewing.put, fit.name, content)
    except OSError as error:
        raise Refused(f"{fit.name} could not be written: {error.strerror or error}. Nothing was opened.") from None
    shape = {"ticket": number, "name": fit.name, "path": str(path), "viewer": viewer.name}
    talk.voice.tell("opened", shape, [f"Opening {fit.name} with {viewer.name}."])
    trouble = await (viewing.show_here if viewer.here else viewing.show)(viewer, path)
    if trouble:
        raise Refused(trouble)
    if talk.once and not viewer.here:
        await talk.ask.heard("Enter when you have looked at it; then it is removed here: ")


FILES = (
    Verb(id="save", do=save, takes="[ticket] [folder]"),
    Verb(
        id="open_file",
        do=open_file,
        takes="[ticket] [the file's number]",
        help="Read out a text file that came with a ticket, or open another file in your viewer",
    ),
)
"""Verbs about files."""
