"""TLS by certificate files, read again without dropping a connection.

A renewed certificate is loaded into the same context: connections that are open keep what they began with, new ones
get the new one. A pair of files that does not work is refused as a whole, and the one before stays in use.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from cryptography import x509

from helpdesk.clock import Instant, instant
from helpdesk.errors import BadConfig


class Certificate:
    """A server's certificate, with its chain, and its key. ``names``: the two settings, for whoever has to mend them.

    ``context`` is what a server is given; ``expires`` when the certificate ends.
    """

    def __init__(self, certificate: Path, key: Path, *, names: tuple[str, str]) -> None:
        self._files = certificate, key
        self._names = names
        self.expires = Instant(0)
        self.context = _context()
        self.read()

    def read(self) -> None:
        """Read both files (again). BadConfig, and nothing is changed, where they can't be used."""
        self.prepared()()

    def prepared(self) -> Callable[[], None]:
        """What puts both files in use as they are now; BadConfig where they can't be used.

        They are tried elsewhere first: a pair that does not fit must not spoil what is in use.
        """
        expires = self._expiry()
        self._load(_context())

        def use() -> None:
            self._load(self.context)
            self.expires = expires

        return use

    def _load(self, context: ssl.SSLContext) -> None:
        certificate, key = self._files
        try:
            context.load_cert_chain(certificate, key, password=lambda: "")  # else OpenSSL would ask the terminal
        except ssl.SSLError as error:
            why = (error.reason or "no key, or not its own").replace("_", " ").lower()
            raise BadConfig(
                f"{self._names[1]}: {key} does not go with {certificate} ({why}). Name the key that the certificate was"
                " made for, as PEM and without a passphrase."
            ) from None
        except OSError as error:
            raise _unreadable(self._names[1], key, error) from None

    def _expiry(self) -> Instant:
        path = self._files[0]
        try:
            found = x509.load_pem_x509_certificates(path.read_bytes())
        except OSError as error:
            raise _unreadable(self._names[0], path, error) from None
        except ValueError:
            raise BadConfig(
                f"{self._names[0]}: {path} holds no certificate. Write it as PEM, its chain below."
            ) from None
        return instant(found[0].not_valid_after_utc)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


def _unreadable(name: str, path: Path, error: OSError) -> BadConfig:
    return BadConfig(
        f"{name}: {path} can't be read ({error.strerror}). Name a file that the help desk's user may read."
    )
