"""The files that came with a ticket: saved, or opened in the member's own viewer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from textual.app import SuspendNotSupported

from helpdesk.errors import Refused
from helpdesk.thread import File
from tui.allowed import Target
from tui.background import in_background
from tui.files import clean_name, default_folder, file_number, files_of, folder_of, saved, short
from tui.kinds import Fit, Kind, fit_to_open, never_opened, text_of
from tui.plain import cut
from tui.progress import Meter
from tui.screens.many import Many
from tui.screens.pick import Option, Pick
from tui.screens.save import SaveScreen
from tui.screens.text import TextPage
from tui.sitting import Sitting
from tui.viewing import Viewer
from tui.words import plural, size

NAMED = 34
"""Cells of a name where files are picked: how large they are stands beside it on the smallest screen, too."""


class Files(Many):
    """What is done with files."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._aside = False

    @property
    def deaf(self) -> bool:
        """While a viewer is started on this terminal, what is typed is meant for it."""
        return self._aside

    async def _files(self, target: Target) -> tuple[File, ...]:
        """The files of a ticket; () where there are none or it can't be read, and the reader was told."""
        thread = await self.attempt(self.sitting.desk.thread(self.sitting.actor, target.id))
        files = files_of(thread) if thread is not None else ()
        if thread is not None and not files:
            self.say(f"No file came with ticket {target.number}.")
        return files

    async def _fetched(self, file: File, meter: Meter) -> bytes | None:
        """What a file holds; None where that was stopped, or failed and the reader was told."""
        return await meter.unless_stopped(self.attempt(self.sitting.desk.attachment(self.sitting.actor, file.digest)))

    # Saved

    def do_save(self, rest: str = "") -> None:
        """Save the files that came with the ticket; ``rest``: the folder, not asked for then."""
        self.act(partial(self._save, folder_of(rest) if rest else None))

    async def _save(self, folder: Path | None, target: Target) -> None:
        if files := await self._files(target):
            in_background(self, partial(self._save_where, target, files, folder), "save", exclusive=True)

    async def _save_where(self, target: Target, files: Sequence[File], folder: Path | None) -> None:
        sitting, home = self.sitting, Path.home()
        if folder is None:
            ask = SaveScreen(target.number, files, sitting.folder or default_folder(home))
            folder = await self.app.push_screen_wait(ask)
        if folder is None:
            return
        sitting.folder = folder
        names: list[str] = []
        with self.metering(Meter("Saving", len(files), acts=True)) as meter:
            for file in files:
                if name := await self._save_one(folder, file, meter):
                    names.append(name)
                if meter.stopping:
                    break
                meter.done += 1
        if meter.stopping and len(names) < len(files):
            self.say(
                f"Stopped: {len(names)} of {plural(len(files), 'file')} saved in {short(folder, home)}.", long=True
            )
        elif names:
            what = names[0] if len(names) == 1 else plural(len(names), "file")
            self.say(f"Saved {what} in {short(folder, home)}.", long=True)

    async def _save_one(self, folder: Path, file: File, meter: Meter) -> str:
        """Fetch and write one file; its name, "" where that was stopped, or failed and the reader was told."""
        content = await self._fetched(file, meter)
        if content is None:
            return ""
        try:
            return (await asyncio.to_thread(saved, folder, file.name, content)).name
        except OSError as error:
            why = error.strerror or error
            self.say(
                f"{clean_name(file.name)} could not be written: {why}. Choose another folder ({{key:save}}).", warn=True
            )
            return ""

    # Opened

    def do_open_file(self, rest: str = "") -> None:
        """Open a file that came with the ticket; ``rest``: its number, not asked for then."""
        self.act(partial(self._open_file, file_number(rest) if rest else None))

    async def _open_file(self, number: int | None, target: Target) -> None:
        if files := await self._files(target):
            in_background(self, partial(self._look_at, target, files, number), "view")

    async def _look_at(self, target: Target, files: Sequence[File], number: int | None) -> None:
        file = await self._picked_file(target, files, number)
        if file is None:
            return
        if reason := never_opened(file.name):
            self.refuse(reason)
            return
        with self.metering(Meter("Fetching the file")) as meter:
            content = await self._fetched(file, meter)
        if content is None:
            return
        try:
            await self._show_file(await asyncio.to_thread(fit_to_open, file.name, content), content)
        except Refused as error:
            self.refuse(str(error))

    async def _picked_file(self, target: Target, files: Sequence[File], number: int | None) -> File | None:
        """The file of that number, the only one, or the one that is picked."""
        if number is not None and number > len(files):
            self.say(f"{plural(len(files), 'file')} came with ticket {target.number}: there is no file {number}.")
            return None
        if number is not None or len(files) == 1:
            return files[(number or 1) - 1]
        options = [
            Option(f"{at} {cut(clean_name(each.name), NAMED)}", _hint(each), each, f"{at} {clean_name(each.name)}")
            for at, each in enumerate(files, start=1)
        ]
        return await self.app.push_screen_wait(Pick(f"Open which file of ticket {target.number}?", options, typed=True))

    async def _show_file(self, fit: Fit, content: bytes) -> None:
        """Text at the desk itself, all else in the viewer; Refused where there is none."""
        if fit.kind is Kind.TEXT:
            self.app.push_screen(TextPage(fit.name, text_of(content)))
            return
        viewing = self.sitting.viewing
        viewer = viewing.viewer
        try:
            path = await asyncio.to_thread(viewing.put, fit.name, content)
        except OSError as error:
            self.say(f"{fit.name} could not be written: {error.strerror or error}. Nothing was opened.", warn=True)
            return
        if viewer.here:
            await self._step_aside(viewer, path)
        else:
            self.say(f"Opening {fit.name} with {viewer.name}.")
            in_background(self.app, partial(self._viewed, viewer, path), "view")

    async def _viewed(self, viewer: Viewer, path: Path) -> None:
        """Until the viewer ends, wherever the reader is by then; what went wrong is told."""
        if trouble := await self.sitting.viewing.show(viewer, path):
            self.say(trouble, warn=True)

    async def _step_aside(self, viewer: Viewer, path: Path) -> None:
        """The viewer has the terminal until it ends."""
        self._aside, trouble = True, ""
        try:
            with self.app.batch_update(), self.app.suspend():
                trouble = await self.sitting.viewing.show_here(viewer, path)
        except SuspendNotSupported:
            trouble = "This terminal can't step aside for a viewer. Save the file ({key:save})."
        finally:
            self._aside = False
        if trouble:
            self.say(trouble, warn=True)


def _hint(file: File) -> str:
    """How large it is, and whether it is only saved."""
    return f"{size(file.size)}{', only saved' if never_opened(file.name) else ''}"
