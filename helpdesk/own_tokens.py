"""A member's own tokens on their own machine: in a file that nobody else may read, or in the system's keyring.

A token is looked for in ``$HELPDESK_TOKEN`` first, then where ``helpdesk login`` put it. It is never taken from the
command line, where every user of the machine could read it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from helpdesk.errors import BadConfig, SignedOut
from helpdesk.extras import install
from helpdesk.personal_tokens import read_id

VARIABLE = "HELPDESK_TOKEN"
SERVICE = "helpdesk"
"""Under this name the keyring holds them."""

MODE = 0o600
_IN_KEYRING = "keyring"


class OwnTokens:
    """The tokens of whoever runs this process, one for each server. ``folder``: ~/.config/helpdesk by default."""

    def __init__(self, folder: Path | None = None, *, environment: Mapping[str, str] | None = None) -> None:
        self._file = (folder or Path.home() / ".config" / "helpdesk") / "tokens.json"
        self._environment = os.environ if environment is None else environment

    def of(self, server: str) -> str:
        """The token for a server. SignedOut, saying how to come by one, where there is none or only a part of one."""
        text = self._environment.get(VARIABLE, "").strip() or self._kept(site(server))
        if not text:
            raise SignedOut(f"You are not signed in to {site(server)}. Run `helpdesk login --server {site(server)}`.")
        read_id(text)
        return text

    def keep(self, server: str, text: str, *, keyring: bool = False) -> Path | None:
        """Keep a token for a server, in place of the one before; returns the file that it is in, None in the keyring.

        SignedOut where it is no whole token, BadConfig where it can't be kept.
        """
        read_id(text)
        tokens = self._read()
        if keyring:
            _asked(_keyring(), "set_password", SERVICE, site(server), text)
        elif tokens.get(site(server)) == _IN_KEYRING:
            self._drop_from_keyring(site(server))
        self._write({**tokens, site(server): _IN_KEYRING if keyring else text})
        return None if keyring else self._file

    def forget(self, server: str) -> bool:
        """Keep no token for a server any more; False where there was none."""
        tokens = self._read()
        was = tokens.pop(site(server), "")
        if was == _IN_KEYRING:
            self._drop_from_keyring(site(server))
        if was:
            self._write(tokens)
        return bool(was)

    def written(self) -> tuple[int, int]:
        """Something else each time that a token was kept or forgotten, in the keyring, too."""
        with suppress(OSError):
            found = self._file.stat()
            return found.st_mtime_ns, found.st_ino
        return 0, 0

    def _kept(self, server: str) -> str:
        kept = self._read().get(server, "")
        if kept != _IN_KEYRING:
            return kept
        return str(_asked(_keyring(), "get_password", SERVICE, server) or "")

    def _drop_from_keyring(self, server: str) -> None:
        with suppress(BadConfig):
            _asked(_keyring(), "delete_password", SERVICE, server)

    def _read(self) -> dict[str, str]:
        try:
            mode = self._file.stat().st_mode
            text = self._file.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError):
            raise BadConfig(f"{self._file} can't be read. Move it away, then run `helpdesk login` again.") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadConfig(f"{self._file} can be read by others: chmod 600 it, and revoke the tokens that were in it.")
        try:
            found = json.loads(text)
            return {str(server): str(token) for server, token in found.items()}
        except (ValueError, AttributeError):
            raise BadConfig(f"{self._file} is damaged. Move it away, then run `helpdesk login` again.") from None

    def _write(self, tokens: Mapping[str, str]) -> None:
        """Whole or not at all, and never readable for others, not even for a moment."""
        part = self._file.with_suffix(".part")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(tokens, file, indent=1)
                file.flush()
                os.fsync(handle)
            part.replace(self._file)
        except OSError as error:
            raise BadConfig(f"{self._file} can't be written ({error.strerror}).") from None


def site(server: str) -> str:
    """A server's URL as tokens are kept by it: scheme, host and port, in small letters."""
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else server


def _keyring() -> ModuleType:
    try:
        import keyring
    except ImportError:
        raise BadConfig(f"The keyring needs a package: {install('keyring')}") from None
    module: ModuleType = keyring
    return module


def _asked(keyring: ModuleType, call: str, *arguments: str) -> Any:
    """Ask the keyring. What a backend raises may hold what it was given, so that its words are not passed on."""
    try:
        return getattr(keyring, call)(*arguments)
    except Exception as error:  # noqa: BLE001 - backends raise what they like
        raise BadConfig(
            f"The system's keyring does not answer ({type(error).__name__}). Unlock it, or leave out --keyring."
        ) from None
