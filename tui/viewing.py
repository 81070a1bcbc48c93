"""Attachments opened: which program shows them, the private folder that they lie in, and how it is run. No Textual."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from helpdesk.errors import Refused
from tui.files import saved

NONE = "none"
"""What the setting ``viewer`` says where nothing is to be opened."""

PREFIX = "helpdesk-opened-"
"""How the private folders are called, each with a random end."""

OWN = "HELPDESK_"
"""How the variables of the desk itself begin, which no viewer gets: there may be a secret among them."""

ON_A_PAGE = "This desk is drawn on a page in your browser: nothing can be opened from it. Save it ({key:save})."
OVER_SSH = "This desk runs on another machine, over SSH: nothing can be opened from it. Save it ({key:save})."
NO_SCREEN = "This terminal has no screen beside it to open a file on. Save it ({key:save})."
NO_VIEWER = "No program opens files here: set `viewer` in [desk], or save them ({key:save})."
SWITCHED_OFF = "Nothing is opened from this desk: its settings say so. Save it ({key:save})."


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A program with its arguments; the file stands behind them. ``here``: it runs on this terminal."""

    words: tuple[str, ...]
    here: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return PurePath(self.words[0]).name


def viewer_of(
    wanted: str,
    *,
    here: bool = False,
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
    find: Callable[[str], str | None] = shutil.which,
) -> Viewer:
    """The program that shows attachments; Refused says why there is none.

    ``wanted``  the setting: a command line, "" for the system's own opener, "none" for none
    ``here``    it runs on this terminal, and needs no other screen
    ``find``    where a program lies, None for nowhere
    """
    environ = os.environ if environ is None else environ
    if wanted == NONE:
        raise Refused(SWITCHED_OFF)
    if environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver"):
        raise Refused(ON_A_PAGE)
    words = tuple(shlex.split(wanted))
    if words and here:
        return Viewer(words=words, here=True)
    if reason := _no_screen(environ, platform):
        raise Refused(reason)
    opener = "open" if platform == "darwin" else "xdg-open"
    if not words and find(opener) is None:
        raise Refused(NO_VIEWER)
    return Viewer(words=words or (opener,))


def _no_screen(environ: Mapping[str, str], platform: str) -> str:
    """Why no window can be opened, "" where one can."""
    far = "SSH_CONNECTION" in environ or "SSH_TTY" in environ
    if platform == "darwin":
        return OVER_SSH if far else ""
    if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return ""
    return OVER_SSH if far else NO_SCREEN


class Viewing:
    """What is opened from one desk, until it is left.

    The folder is made with the first file and locked as long as the desk lives, so that a desk that was killed leaves
    one behind that nobody holds: the next desk of the same user removes it (:meth:`sweep`).
    """

    def __init__(self, wanted: str = "", *, here: bool = False, environ: Mapping[str, str] | None = None) -> None:
        self._wanted, self._here = wanted, here
        self._environ = os.environ if environ is None else environ
        self._folder: Path | None = None
        self._lock = -1
        self._making = threading.Lock()

    @property
    def viewer(self) -> Viewer:
        """The program that shows attachments; Refused says why there is none."""
        return viewer_of(self._wanted, here=self._here, environ=self._environ)

    def put(self, name: str, content: bytes) -> Path:
        """Write a file for nobody else to read; OSError where it can't be written."""
        with self._making:
            if self._folder is None:
                self._folder, self._lock = _made(self._places[0])
            return saved(self._folder, name, content)

    def remove(self) -> None:
        """Remove what was opened: the desk is left, or somebody else sits down."""
        folder, lock, self._folder, self._lock = self._folder, self._lock, None, -1
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)

    def sweep(self) -> None:
        """Remove what desks of this user left behind that were killed."""
        for place in self._places:
            for folder in _left(place):
                _remove_if_nobody_holds(folder)

    @property
    def _places(self) -> list[Path]:
        """Where private folders are made, and were: the first is used."""
        runtime, shared = Path(self._environ.get("XDG_RUNTIME_DIR") or "-"), Path(tempfile.gettempdir())
        return [runtime, shared] if _is_own(runtime) else [shared]

    async def show(self, viewer: Viewer, path: Path) -> str:
        """Run a viewer that has a window of its own; once it ended, what went wrong in words, "" for nothing.

        Whoever waits may stop waiting: the viewer goes on, also when the desk is left.
        """
        try:
            process = subprocess.Popen(  # noqa: ASYNC220 - a viewer outlives the loop
                [*viewer.words, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=self._surroundings,
            )
        except OSError as error:
            return not_started(viewer, error)
        return ended(viewer, await _its_end(process))

    async def show_here(self, viewer: Viewer, path: Path) -> str:
        """Run a viewer on this terminal; what went wrong in words, "" for nothing."""
        try:
            process = await asyncio.create_subprocess_exec(*viewer.words, str(path), env=self._surroundings)
        except OSError as error:
            return not_started(viewer, error)
        return ended(viewer, await process.wait())

    @property
    def _surroundings(self) -> dict[str, str]:
        """The environment of a viewer: nothing of the desk's own, and no shell out of a pager."""
        passed_on = {name: value for name, value in self._environ.items() if not name.startswith(OWN)}
        return {**passed_on, "LESSSECURE": "1"}


def not_started(viewer: Viewer, error: OSError) -> str:
    """A viewer that is not there, or may not be run."""
    why = "it is not installed" if isinstance(error, FileNotFoundError) else (error.strerror or str(error))
    return (
        f"{viewer.name} could not be started: {why}. Name another `viewer` in [desk], or save the file ({{key:save}})."
    )


def ended(viewer: Viewer, status: int) -> str:
    """What is said of how a viewer ended, "" where all was well."""
    if not status:
        return ""
    how = f"ended with an error ({status})" if status > 0 else f"was ended by signal {-status}"
    return f"{viewer.name} {how}. If it did not show the file, save it ({{key:save}})."


async def _its_end(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a process. A daemon thread waits for it: nothing in this program does, when that ends."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[int] = loop.create_future()

    def tell(status: int) -> None:
        if not told.done():
            told.set_result(status)

    def wait() -> None:
        status = process.wait()
        with suppress(RuntimeError):  # the desk was left meanwhile
            loop.call_soon_threadsafe(tell, status)

    threading.Thread(target=wait, name="viewer", daemon=True).start()
    return await told


def _made(place: Path) -> tuple[Path, int]:
    """A new private folder, and the lock on it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():  # else a desk that opened at this moment took it for one that was left behind
            return folder, lock
        os.close(lock)


def _left(place: Path) -> Iterator[Path]:
    """Folders of this user's own that may have been left behind."""
    with suppress(OSError):
        for each in list(os.scandir(place)):
            if re.fullmatch(rf"{PREFIX}\w+", each.name) and _is_own(Path(each.path)):
                yield Path(each.path)


def _is_own(folder: Path) -> bool:
    """Whether it is a folder of this user's that nobody else gets into, and no link to one."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


def _remove_if_nobody_holds(folder: Path) -> None:
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
